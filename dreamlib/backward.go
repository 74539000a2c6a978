package dreamlib

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// backward carries gradients, given at some layers by their index, back to the
// picture: [n, h, w, 3]. forward has run.
func (c *chain) backward(at map[int]*Node) *Node {
	var g *Node
	last := len(c.convs)
	for i := len(c.layers) - 1; i >= 0; i-- {
		if own := at[i]; own != nil && g != nil {
			g = Add(g, own)
		} else if own != nil {
			g = own
		}
		switch c.layers[i].Kind {
		case models.Conv:
			last--
			g = conv(g, c.convs[last].backward, c.native)
		case models.ReLU:
			out := c.acts[i]
			g = Where(GreaterThan(out, ZerosLike(out)), g, ZerosLike(g))
		case models.Pool:
			g = maxPoolBackward(c.acts[i-1], c.acts[i], g, c.slack())
		}
	}
	return g
}

// winogradSlack is how far apart, over a layer's largest activation, two values
// may lie that are equal but for rounding in Winograd's form, where a value's
// rounding depends on its place in the tile. Without it the ties of flat
// regions fall as rounding has it, and their gradient is a third off
// PyTorch's; with it the two agree to 1e-5.
const winogradSlack = 3e-6

// slack is what the chain's pooling layers take for equal.
func (c *chain) slack() float64 {
	for _, k := range c.convs {
		if k.forward.Rank() == 3 {
			return winogradSlack
		}
	}
	return 0
}

// maxPoolBackward hands each pooled unit's gradient to the unit that won it:
// x [n, h, w, c] went in, max [n, h/2, w/2, c] came out, and g is shaped like
// max. Among equals the first in reading order wins, as in PyTorch; flat
// regions of a picture make such ties. Values count as equal when they are
// within slack times the largest of all.
func maxPoolBackward(x, max, g *Node, slack float64) *Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1]/2, d[2]/2, d[3]
	even := Slice(x, AxisRange(), AxisRange(0, 2*h), AxisRange(0, 2*w), AxisRange())
	even = Reshape(even, n, h, 2, w, 2, c)
	place := func(i int32) *Node { return Scalar(x.Graph(), dtypes.Int32, i) }
	least := Sub(max, MulScalar(ReduceAllMax(max), slack))
	wins := func(i int) *Node {
		part := Slice(even, AxisRange(), AxisRange(), AxisElem(i/2), AxisRange(), AxisElem(i%2), AxisRange())
		return GreaterOrEqual(Reshape(part, n, h, w, c), least)
	}
	winner := Where(wins(0), place(0), Where(wins(1), place(1), Where(wins(2), place(2), place(3)))) // [n, h, w, c]

	spread := func(v *Node) *Node {
		return BroadcastToDims(Reshape(v, n, h, 1, w, 1, c), n, h, 2, w, 2, c)
	}
	here := Const(x.Graph(), []int32{0, 1, 2, 3})
	here = BroadcastToDims(Reshape(here, 1, 1, 2, 1, 2, 1), n, h, 2, w, 2, c)
	out := Where(Equal(spread(winner), here), spread(g), ZerosLike(even))
	out = Reshape(out, n, 2*h, 2*w, c)
	if d[1] == 2*h && d[2] == 2*w {
		return out
	}
	return Pad(out, ScalarZero(x.Graph(), x.DType()), compute.PadAxis{},
		compute.PadAxis{End: d[1] - 2*h}, compute.PadAxis{End: d[2] - 2*w}, compute.PadAxis{})
}
