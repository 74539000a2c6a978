package vgg

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
)

// TestMaxPoolBackward wants a window's gradient to go to the largest unit, among
// equals to the first alone, as PyTorch has it, and an odd border to get none.
func TestMaxPoolBackward(t *testing.T) {
	eachEngine(t, func(t *testing.T, e *Engine) {
		backward := func(h, w int, x []float32, seen []int32) []float32 {
			return evaluate(t, e, tensors.FromFlatDataAndDimensions(x, 1, h, w, 1), func(x *Node) *Node {
				g := Const(x.Graph(), [][][][]float32{{{{1}, {2}}}})
				return maxPoolBackward(x, g, Reshape(Const(x.Graph(), seen), 1, h, w, 1))
			})
		}
		different := []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
		got := backward(3, 5, []float32{
			5, 5, 1, 2, 9,
			5, 5, 3, 1, 9,
			9, 9, 9, 9, 9,
		}, different)
		if want := []float32{1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		// Units that see the same tie, whatever rounding makes of them: in the
		// first window all four, in the second those on the diagonal.
		got = backward(2, 4, []float32{
			1, 2, 2, 3,
			4, 3, 4, 1,
		}, []int32{
			7, 7, 1, 8,
			7, 7, 8, 2,
		})
		if want := []float32{1, 0, 0, 2, 0, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestFingerprints wants two units to have the same fingerprint just where they
// see the same pixels, on a picture with flat regions, stripes and a slope.
func TestFingerprints(t *testing.T) {
	const h, w = 40, 44
	net := dreamtest.RandomNet(t, 64)
	flat := make([]float32, h*w*3)
	for i := range flat {
		switch x, y := i/3%w, i/3/w; {
		case x > y+6:
			flat[i] = 0.5
		case x < 14:
			flat[i] = float32(y%4) + 1
		default:
			flat[i] = float32(x + 2*y + i%3)
		}
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct{ pool, margin, stride int }{{4, 2, 1}, {9, 6, 2}} { // what a unit sees beyond its own pixels
			prints := evaluate(t, e, tensors.FromFlatDataAndDimensions(flat, 1, h, w, 3), func(x *Node) *Node {
				return Bitcast(fingerprints(x, net.Layers)[c.pool], x.DType())
			})
			byPixels, byPrint := map[string]uint32{}, map[uint32]string{}
			for i, bits := range prints {
				print := math.Float32bits(bits)
				y, x := i/(w/c.stride), i%(w/c.stride)
				key := view(flat, h, w, y*c.stride-c.margin, x*c.stride-c.margin, 2*c.margin+c.stride)
				if known, ok := byPixels[key]; ok && known != print {
					t.Fatalf("pool of layer %d: two units see the same and have different fingerprints", c.pool)
				}
				if known, ok := byPrint[print]; ok && known != key {
					t.Fatalf("pool of layer %d: two units see different pixels and have one fingerprint %x:\n%s\n%s", c.pool, print, known, key)
				}
				byPixels[key], byPrint[print] = print, key
			}
			if len(byPixels) == len(prints) {
				t.Errorf("no two units see the same: the picture proves nothing")
			}
		}
	})
}

// view writes down the pixels of a square, those beyond the border as such.
func view(flat []float32, h, w, y0, x0, side int) string {
	var b strings.Builder
	for y := y0; y < y0+side; y++ {
		for x := x0; x < x0+side; x++ {
			if y < 0 || y >= h || x < 0 || x >= w {
				b.WriteString("-,")
				continue
			}
			fmt.Fprint(&b, flat[(y*w+x)*3:][:3])
		}
	}
	return b.String()
}
