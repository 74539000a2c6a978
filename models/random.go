package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// widths are the output channels of the convolutions of each VGG block
// (Simonyan and Zisserman 2014, table 1).
var widths = []int{64, 128, 256, 512, 512}

// Random draws a network for tests and for dreams without training. variant is
// vgg11, vgg13, vgg16 or vgg19; divide, 1 or more, divides all its widths, down
// to 1 channel. Kernels have mean 0 and standard deviation sqrt(2/(9*in)), with
// in the input channels (He et al. 2015, arXiv:1502.01852), biases 0.02. The
// preprocessing is ImageNet and SHA256 covers all weights as little-endian
// float32, layer by layer, kernel before bias.
//
// The same arguments give the same bits on every machine and in every release:
// see normals.
func Random(seed uint64, variant string, divide int) (*Net, error) {
	net, err := RandomOutline(variant, divide)
	if err == nil {
		net.draw(seed)
	}
	return net, err
}

// RandomOutline is to Random what Outline is to Load: nothing is drawn.
func RandomOutline(variant string, divide int) (*Net, error) {
	blocks, ok := depths[variant]
	if !ok {
		return nil, fmt.Errorf("models: random net: variant: want %s, found %q",
			strings.Join(slices.Sorted(maps.Keys(depths)), ", "), variant)
	}
	if divide < 1 {
		return nil, fmt.Errorf("models: random net: divide: want 1 or more, found %d", divide)
	}
	var channels []int
	for b, n := range blocks {
		channels = append(channels, slices.Repeat([]int{max(1, widths[b]/divide)}, int(n))...)
	}
	return &Net{Name: "random", Layers: table(blocks, channels), Preprocessing: ImageNet}, nil
}

// draw fills in all kernels and biases, each layer from a stream of its own, so
// that layers can be drawn at the same time, and hashes them.
func (n *Net) draw(seed uint64) {
	var all sync.WaitGroup
	in := 3
	for i, l := range convs(n.Layers) {
		fan := 9 * in
		in = l.Channels
		all.Go(func() {
			stream := newStream(seed, i)
			l.Kernel = normals(stream, l.Channels*fan, math.Sqrt(2/float64(fan)))
			l.Bias = normals(stream, l.Channels, 0.02)
		})
	}
	all.Wait()
	hash := sha256.New()
	var buf []byte
	for _, p := range n.parameters() {
		for part := range slices.Chunk(p.values, 1<<16) {
			buf = encoders["F32"](buf[:0], part)
			hash.Write(buf)
		}
	}
	n.SHA256 = hex.EncodeToString(hash.Sum(nil))
}

// newStream is the random stream of one layer. ChaCha8 is specified bit by bit
// (https://c2sp.org/chacha8rand).
func newStream(seed uint64, layer int) *rand.ChaCha8 {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], uint64(layer))
	return rand.NewChaCha8(key)
}

// normals draws n numbers of mean 0 and the given standard deviation, normal
// but for the tails, which end at six deviations. Each is the sum of twelve
// 16-bit integers, whose mean is 6*65535 and whose variance is 65536^2-1. Sums,
// one division and one product round alike on every machine, which logarithms
// and fused multiply-adds do not.
func normals(stream *rand.ChaCha8, n int, deviation float64) []float32 {
	const low = 0x0000ffff0000ffff // the lower half of each 32-bit lane
	scale := deviation / math.Sqrt(65536*65536-1)
	out := make([]float32, n)
	for i := range out {
		a, b, c := stream.Uint64(), stream.Uint64(), stream.Uint64()
		lanes := a&low + a>>16&low + b&low + b>>16&low + c&low + c>>16&low
		sum := int(lanes&math.MaxUint32 + lanes>>32)
		out[i] = float32(float64(sum-6*65535) * scale)
	}
	return out
}
