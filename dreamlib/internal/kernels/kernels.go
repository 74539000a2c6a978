// Package kernels computes the layers of VGG networks on the processor, forward
// and backward: 3x3 convolutions, ReLU, and pooling of 2x2 units. Each works on
// a whole layer, from several goroutines, and writes to memory that its caller
// gives it. The innermost loops are assembly for AVX-512, AVX2 with multiply-adds
// and NEON, chosen at run time, and plain Go elsewhere and under the tag purego.
package kernels

// Lanes is what the channels of a pixel are padded to a multiple of.
const Lanes = 16

// A Volume is a layer's output for one picture. The channels of a pixel are
// neighbours and padded with zeros: V is [H, W, Stride(C)].
type Volume struct {
	H, W, C int
	V       []float32
}

// Stride is how far the pixels of a Volume with c channels are apart.
func Stride(c int) int { return roundUp(c, Lanes) }

// Size is how many numbers a Volume holds, its padding among them.
func Size(h, w, c int) int { return h * w * Stride(c) }

// NewVolume lays a Volume over memory of at least its Size, whose contents
// are anything.
func NewVolume(h, w, c int, memory []float32) Volume {
	return Volume{h, w, c, memory[:Size(h, w, c)]}
}

// Read fills the volume from flat [H, W, C].
func (v Volume) Read(flat []float32) {
	s := Stride(v.C)
	if s == v.C {
		copy(v.V, flat)
		return
	}
	for p := range v.H * v.W {
		n := copy(v.V[p*s:], flat[p*v.C:][:v.C])
		clear(v.V[p*s+n:][:s-n])
	}
}

// Write is the inverse of Read.
func (v Volume) Write(flat []float32) {
	s := Stride(v.C)
	if s == v.C {
		copy(flat, v.V)
		return
	}
	for p := range v.H * v.W {
		copy(flat[p*v.C:][:v.C], v.V[p*s:])
	}
}

// Add adds other to the volume.
func (v Volume) Add(other Volume) {
	for i, x := range other.V {
		v.V[i] += x
	}
}

// Finish is what else happens to the numbers that a convolution gives.
type Finish struct {
	Bias []float32 // is added: [Stride(C)], or nil
	ReLU bool      // numbers below zero become zero, and Bits are written
	Bits []byte    // without ReLU: numbers whose bit is 0 become zero; nil for none
}

// NewBits makes room for one bit for each number of a Volume.
func NewBits(h, w, c int) []byte { return make([]byte, Size(h, w, c)/8) }

// roundUp is the next multiple of unit.
func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
