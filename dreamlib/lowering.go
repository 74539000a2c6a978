package dreamlib

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Lowering says how the 3x3 convolutions are expressed on an engine.
type Lowering string

const (
	// LoweringAuto chooses for each convolution what measured fastest on the
	// engine: see lowering for the rule.
	LoweringAuto Lowering = ""

	// LoweringDirect multiplies every pixel's 3x3 neighbourhood. Its gradient
	// agrees with PyTorch's to about 1e-6, relative.
	LoweringDirect Lowering = "direct"

	// LoweringWinograd is Winograd's F(4x4,3x3): a quarter of the
	// multiplications. Its rounding differs by about 1e-6 per layer, which
	// flips a few ReLU and pooling switches in deep nets.
	LoweringWinograd Lowering = "winograd"
)

// winogradFrom is the number of channels, in and out, from which Winograd's
// form is the faster one, by engine. XLA has a good direct convolution, which
// wins while the transforms of few channels cost more than they save; the
// pure-Go engine's is matrix products, as Winograd's form is.
var winogradFrom = map[bool]int{true: 128, false: 8} // by Engine.convolves

// lowering resolves LoweringAuto for a convolution of in to out channels.
func (e *Engine) lowering(want Lowering, in, out int) Lowering {
	if want != LoweringAuto {
		return want
	}
	if min(in, out) >= winogradFrom[e.convolves] {
		return LoweringWinograd
	}
	return LoweringDirect
}

// A kernel is one convolution's weights in torch's layout, [out, in, 3, 3].
type kernel struct {
	out, in int
	w       []float32
}

// transposed is the kernel of the convolution that carries gradients back:
// the channels change places and the 3x3 windows turn by half a circle.
func (k kernel) transposed() kernel {
	t := kernel{out: k.in, in: k.out, w: make([]float32, len(k.w))}
	parallel.Runs(k.out, func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for i := range k.in {
				from, to := k.w[(o*k.in+i)*9:], t.w[(i*k.out+o)*9:]
				for p := range 9 {
					to[8-p] = from[p]
				}
			}
		}
	})
	return t
}

// dims is the shape of the lowered kernel.
func (k kernel) dims(l Lowering) []int {
	if l == LoweringWinograd {
		return []int{36, k.in, k.out}
	}
	return []int{3, 3, k.in, k.out}
}

// lower writes the kernel in the form that conv reads, into flat.
func (k kernel) lower(l Lowering, flat []float32) {
	if l == LoweringWinograd {
		k.winograd(flat)
		return
	}
	k.each(func(i, o int, w []float32) {
		for p, v := range w {
			flat[(p*k.in+i)*k.out+o] = v
		}
	})
}

// each visits every 3x3 window of the kernel, from several goroutines.
func (k kernel) each(visit func(i, o int, w []float32)) {
	parallel.Runs(k.in, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for o := range k.out {
				visit(i, o, k.w[(o*k.in+i)*9:][:9])
			}
		}
	})
}

// conv convolves x [n, h, w, in] with a lowered kernel, zero padding 1 and
// stride 1, to [n, h, w, out].
func conv(x, k *Node) *Node {
	if k.Rank() == 3 {
		return winograd(x, k)
	}
	d := k.Shape().Dimensions
	if x.Rank() != 4 || x.Shape().Dimensions[3] != d[2] {
		panic(fmt.Errorf("dreamlib: convolution: want a picture [n, h, w, %d], got %s", d[2], x.Shape()))
	}
	return Convolve(x, k).PadSame().Done()
}
