package kernels

import (
	"fmt"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// A Form is how a convolution is computed.
type Form int

const (
	Direct   Form = iota // every pixel's 3x3 neighbourhood times the kernel
	Winograd             // F(4x4, 3x3): a quarter of the products, and transforms
)

// A Convolution of 3x3 pixels, stride 1, zero padding 1, with its kernel packed.
type Convolution struct {
	In, Out int
	form    Form
	scatter bool // Direct: multiply first, then bring neighbours together
	packed  matrix
	panels  []panel // Winograd: of Out
	turned  bool    // Winograd: packed is the kernel of the way there
}

// NewConvolution packs a kernel in torch's layout, w [out, in, 3, 3].
func NewConvolution(form Form, in, out int, w []float32) *Convolution {
	c := &Convolution{In: in, Out: out, form: form}
	if form == Winograd {
		c.packWinograd(w)
	} else {
		// Either brings 9 times as much together as goes in or comes out.
		c.scatter = roundUp(9*out, Lanes) < 9*Stride(out)
		c.packDirect(w)
	}
	return c
}

// Backward is the convolution that carries gradients back through c, which must be
// in Winograd's form. It shares c's packed kernel.
func (c *Convolution) Backward() *Convolution {
	if c.form != Winograd || c.turned {
		panic("kernels: backward: want a convolution in Winograd's form, and not one that is backward itself")
	}
	return &Convolution{In: c.Out, Out: c.In, form: Winograd, packed: c.packed, panels: panels(Stride(c.In)), turned: true}
}

// Weights are those of some of the channels that c computes, in torch's layout,
// [len(channels), In, 3, 3].
func (c *Convolution) Weights(channels []int) []float32 {
	if c.turned {
		panic("kernels: weights: want a convolution that is not backward itself")
	}
	w := make([]float32, 0, len(channels)*c.In*9)
	for _, channel := range channels {
		for i := range c.In {
			w = append(w, c.window(i, channel)...)
		}
	}
	return w
}

// window is the 3x3 window from channel i to channel o, as it was packed.
func (c *Convolution) window(i, o int) []float32 {
	m, w := &c.packed, make([]float32, 9)
	for t := range w {
		switch {
		case c.form == Winograd:
			at, _ := m.taps(i, o/Lanes*Lanes)
			w[t] = m.packed[at+t*Lanes+o%Lanes]
		case c.scatter:
			w[t] = m.packed[m.place(i, t*c.Out+o)]
		default:
			w[t] = m.packed[m.place(t*c.In+i, o)]
		}
	}
	return w
}

// Bytes is the size of a packed kernel.
func Bytes(form Form, in, out int) int64 {
	if form == Winograd {
		return 4 * 9 * int64(Stride(in)) * int64(Stride(out))
	}
	if n := roundUp(9*out, Lanes); n < 9*Stride(out) {
		return 4 * int64(Stride(in)) * int64(n)
	}
	return 4 * int64(neighbours(in)) * int64(Stride(out))
}

// Run convolves src to dst, of the same height and width, and finishes what
// comes out. scratch is memory to work in.
func (c *Convolution) Run(dst, src Volume, f Finish, scratch *Scratch) {
	if src.C != c.In || dst.C != c.Out || src.H != dst.H || src.W != dst.W {
		panic(fmt.Errorf("kernels: convolution of %d to %d channels: got %dx%dx%d and %dx%dx%d",
			c.In, c.Out, src.H, src.W, src.C, dst.H, dst.W, dst.C))
	}
	switch {
	case c.form == Winograd:
		c.winograd(dst, src, f, scratch)
	case c.scatter:
		c.scatterRows(dst, src, f, scratch)
	default:
		c.gatherPixels(dst, src, f, scratch)
	}
}

// eachKernel visits the 3x3 windows of w [out, in, 3, 3] from several goroutines.
func eachKernel(in, out int, w []float32, visit func(i, o int, w []float32)) {
	parallel.Runs(in, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for o := range out {
				visit(i, o, w[(o*in+i)*9:][:9])
			}
		}
	})
}

// Scratch is memory that a convolution works in. It grows as needed and may be
// used again, by one convolution at a time.
type Scratch struct {
	workers [][]float32
	shared  []float32 // a convolution's transformed kernels
}

// ScratchBytes is about how large a Scratch grows with a convolution.
func ScratchBytes(in, out int) int64 {
	var shared int64
	if n := Stride(in) * Stride(out); n <= sharedAtMost {
		shared = 4 * 36 * int64(n)
	}
	in, width := Stride(in), min(Stride(out), widths[0])
	return shared + 4*int64(36*patchesAtOnce*(in+width)+(36+9)*min(in, channelsAtOnce)*width)*int64(parallel.Workers())
}

// of is a worker's memory of n numbers, whose contents are anything.
func (s *Scratch) of(worker, n int) []float32 {
	if len(s.workers[worker]) < n {
		s.workers[worker] = make([]float32, n)
	}
	return s.workers[worker][:n]
}

// NewScratch is empty.
func NewScratch() *Scratch { return &Scratch{workers: make([][]float32, parallel.Workers())} }
