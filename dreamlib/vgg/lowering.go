package vgg

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Lowering is how the 3x3 convolutions are expressed on an engine.
type Lowering string

const (
	// LoweringAuto chooses for each convolution what measured fastest on the
	// engine: see form for the rule.
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
// form is the faster one. A good direct convolution, such as XLA's, wins while the
// transforms of few channels cost more than they save; the pure-Go engine's is
// matrix products, as Winograd's form is.
var winogradFrom = map[bool]int{true: 128, false: 8} // by Model.native

// form is how a convolution of in to out channels is expressed.
func (m *Model) form(in, out int) Lowering {
	if m.options.Lowering != LoweringAuto {
		return m.options.Lowering
	}
	if min(in, out) >= winogradFrom[m.native()] {
		return LoweringWinograd
	}
	return LoweringDirect
}

// A kernel is one convolution's weights in torch's layout, [out, in, 3, 3].
//
// A turned kernel is that of the convolution that carries gradients back: the
// channels change places and the 3x3 windows turn by half a circle. Its weights
// are as they were, [in, out, 3, 3].
type kernel struct {
	out, in int
	w       []float32
	turned  bool
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
		k.transform(flat, 36, winogradKernel)
		return
	}
	k.transform(flat, 9, func(to []float32, w *[9]float32) { copy(to, w[:]) })
}

// kernelBlock is how many channels, in and out, are transformed together. What
// lies together in torch's layout lies far apart in ours; blocks keep both near.
const kernelBlock = 16

// transform makes n values of each 3x3 window and writes them to flat,
// [n, in, out].
func (k kernel) transform(flat []float32, n int, values func(to []float32, w *[9]float32)) {
	plane := k.in * k.out
	parallel.Runs((k.in+kernelBlock-1)/kernelBlock, func(lo, hi int) {
		made := make([]float32, kernelBlock*n) // of neighbours along out
		for i0 := lo * kernelBlock; i0 < min(hi*kernelBlock, k.in); i0 += kernelBlock {
			for o0 := 0; o0 < k.out; o0 += kernelBlock {
				most := min(kernelBlock, k.out-o0)
				for i := i0; i < min(i0+kernelBlock, k.in); i++ {
					for o := range most {
						w := k.window(i, o0+o)
						values(made[o*n:][:n], &w)
					}
					for p := range n {
						to := flat[p*plane+i*k.out+o0:][:most]
						for o := range to {
							to[o] = made[o*n+p]
						}
					}
				}
			}
		}
	})
}

// window is the 3x3 window from channel i to channel o.
func (k kernel) window(i, o int) [9]float32 {
	if !k.turned {
		return [9]float32(k.w[(o*k.in+i)*9:])
	}
	w := [9]float32(k.w[(i*k.out+o)*9:])
	slices.Reverse(w[:])
	return w
}

// plain is the kernel's weights in torch's layout, turned if it is.
func (k kernel) plain() []float32 {
	if !k.turned {
		return k.w
	}
	w := make([]float32, len(k.w))
	parallel.Runs(k.out, func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for i := range k.in {
				window := k.window(i, o)
				copy(w[(o*k.in+i)*9:], window[:])
			}
		}
	})
	return w
}

// conv convolves x [n, h, w, in] with a lowered kernel, zero padding 1 and
// stride 1, to [n, h, w, out]. With native, the engine's own convolution
// serves the direct form; otherwise it becomes matrix products.
func conv(x, k *Node, native bool) *Node {
	d := k.Shape().Dimensions
	if in := d[k.Rank()-2]; x.Rank() != 4 || x.Shape().Dimensions[3] != in {
		panic(fmt.Errorf("vgg: convolution: want a picture [n, h, w, %d], got %s", in, x.Shape()))
	}
	switch {
	case k.Rank() == 3:
		return winograd(x, k)
	case native:
		return Convolve(x, k).PadSame().Done()
	case d[3] < d[2]:
		return scatterConv(x, k)
	default:
		return gatherConv(x, k)
	}
}

// convBack carries a gradient g [n, h, w, out] back through a convolution, to
// [n, h, w, in], with the kernel that was lowered for that.
func convBack(g, k *Node, native bool) *Node {
	if k.Rank() == 3 {
		return winogradBack(g, k)
	}
	return conv(g, k, native)
}

// pad1 puts one zero around the picture x [n, h, w, c].
func pad1(x *Node) *Node {
	one := compute.PadAxis{Start: 1, End: 1}
	return Pad(x, ScalarZero(x.Graph(), x.DType()), compute.PadAxis{}, one, one, compute.PadAxis{})
}

// window is the part of a padded picture that the tap p of a 3x3 kernel reads.
func window(x *Node, p, h, w int) *Node {
	y, z := p/3, p%3
	return Slice(x, AxisRange(), AxisRange(y, y+h), AxisRange(z, z+w), AxisRange())
}

// gatherConv brings each pixel's neighbourhood together and multiplies once.
func gatherConv(x, k *Node) *Node {
	d, c := x.Shape().Dimensions, k.Shape().Dimensions
	n, h, w := d[0], d[1], d[2]
	padded := pad1(x)
	taps := make([]*Node, 9)
	for p := range taps {
		taps[p] = window(padded, p, h, w)
	}
	y := Reshape(Concatenate(taps, 3), n*h*w, 9*c[2])
	y = Dot(y, Reshape(k, 9*c[2], c[3])).Product()
	return Reshape(y, n, h, w, c[3])
}

// scatterConv multiplies first and then adds each product where it belongs,
// which moves less data when the output has the fewer channels.
func scatterConv(x, k *Node) *Node {
	d, c := x.Shape().Dimensions, k.Shape().Dimensions
	n, h, w := d[0], d[1], d[2]
	y := Reshape(x, n*h*w, c[2])
	y = Dot(y, Reshape(TransposeAllAxes(k, 2, 0, 1, 3), c[2], 9*c[3])).Product()
	padded := pad1(Reshape(y, n, h, w, 9*c[3]))
	var sum *Node
	for p := range 9 {
		tap := Slice(window(padded, p, h, w), AxisRange(), AxisRange(), AxisRange(), AxisRange(p*c[3], (p+1)*c[3]))
		if sum == nil {
			sum = tap
		} else {
			sum = Add(sum, tap)
		}
	}
	return sum
}
