package vgg

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// A chain is a network laid out on a graph, from the picture to the deepest
// layer that is read. Its backward pass is written out by hand: the weights are
// frozen, so the only gradient that matters is the picture's, and each step of
// it is one kernel of the forward pass, turned around.
type chain struct {
	layers    []models.Layer // up to the deepest layer read
	convs     []convolution  // one for each Conv among layers
	native    bool           // the engine's own convolution serves: see Model.native
	precision Precision      // of the weights, and of all between the picture and what is read

	picture *Node   // after forward: what the first layer sees, [n, h, w, 3]
	acts    []*Node // after forward: each layer's output, [n, h, w, channels]
}

// convolution holds one convolution's weights on the graph.
type convolution struct {
	forward, backward *Node // lowered kernels; backward is nil in programs without gradients
	bias              *Node // [out]
}

// forward runs x [n, h, w, 3] through the chain and keeps every activation.
func (c *chain) forward(x *Node) {
	x = ConvertDType(x, c.precision.dtype())
	c.picture = x
	next := 0
	for i, l := range c.layers {
		switch l.Kind {
		case models.Conv:
			k := c.convs[next]
			x = Add(conv(x, k.forward, c.native), ExpandLeftToRank(k.bias, 4))
			next++
		case models.ReLU:
			x = Max(x, ZerosLike(x))
		case models.Pool:
			x = maxPool(x)
		}
		c.acts = append(c.acts, x)
		c.check(i)
	}
}

// few is a convolution that computes some of its channels alone: those that the matrix
// pick [out, few] has a 1 for.
func (k convolution) few(pick *Node) convolution {
	pick = ConvertDType(pick, k.forward.DType())
	last := k.forward.Rank() - 1 // of [36, in, out] or [3, 3, in, out]
	few := convolution{
		forward: DotGeneral(k.forward, []int{last}, nil, pick, []int{0}, nil),
		bias:    DotGeneral(k.bias, []int{0}, nil, pick, []int{0}, nil),
	}
	switch {
	case k.backward == nil:
	case last == 2: // Winograd's form, where one kernel serves both directions
		few.backward = few.forward
	default: // [3, 3, out, in]
		few.backward = TransposeAllAxes(DotGeneral(k.backward, []int{2}, nil, pick, []int{0}, nil), 0, 1, 3, 2)
	}
	return few
}

// output is what layer i puts out, in float32.
func (c *chain) output(i int) *Node { return ConvertDType(c.acts[i], dtypes.Float32) }

// check panics when layer i has no unit left, naming it.
func (c *chain) check(i int) {
	if s := c.acts[i].Shape(); s.Size() == 0 {
		panic(errEmpty(c.layers[i]))
	}
}

func errEmpty(l models.Layer) error {
	return fmt.Errorf("vgg: %s is empty: the picture's sides must be at least %d pixels", l.Name, l.Stride)
}

// maxPool halves x [n, h, w, c] to [n, h/2, w/2, c], rounding down. It is a
// reduction rather than a window, which every engine has and runs fast.
func maxPool(x *Node) *Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1]/2, d[2]/2, d[3]
	x = Slice(x, AxisRange(), AxisRange(0, 2*h), AxisRange(0, 2*w), AxisRange())
	return ReduceMax(Reshape(x, n, h, 2, w, 2, c), 2, 4)
}
