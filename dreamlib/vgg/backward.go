package vgg

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// backward carries gradients, given at some layers by their index in float32, back
// to the picture: [n, h, w, 3] in float32. forward has run.
func (c *chain) backward(at map[int]*Node) *Node {
	var g gradient
	seen := fingerprints(c.picture, c.layers)
	last := len(c.convs)
	for i := len(c.layers) - 1; i >= 0; i-- {
		if own := at[i]; own != nil {
			g = g.plus(own, c.precision)
		}
		switch c.layers[i].Kind {
		case models.Conv:
			last--
			g = g.rescaled()
			g.scaled = convBack(g.scaled, c.convs[last].backward, c.native)
		case models.ReLU:
			out := c.acts[i]
			g.scaled = Where(GreaterThan(out, ZerosLike(out)), g.scaled, ZerosLike(g.scaled))
		case models.Pool:
			g.scaled = maxPoolBackward(c.acts[i-1], g.scaled, seen[i])
		}
	}
	return g.unscaled()
}

// maxPoolBackward hands each pooled unit's gradient to the unit that won it:
// x [n, h, w, c] went in, with the fingerprints seen [n, h, w, 1], and
// g [n, h/2, w/2, c] is the gradient of what came out. Among equals the first in
// reading order wins, as in PyTorch.
func maxPoolBackward(x, g, seen *Node) *Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1]/2, d[2]/2, d[3]
	var units, prints [4]*Node // [n, h, w, c] and [n, h, w, 1]; units that see the same are made equal
	for i := range units {
		units[i], prints[i] = windowUnit(x, i), windowUnit(seen, i)
		for j := range i {
			same := BroadcastToDims(Equal(prints[i], prints[j]), n, h, w, c)
			units[i] = Where(same, units[j], units[i])
		}
	}
	top := GreaterOrEqual(Max(units[0], units[1]), Max(units[2], units[3]))
	left := Where(top, GreaterOrEqual(units[0], units[1]), GreaterOrEqual(units[2], units[3]))

	place := func(yes *Node) *Node { // 0 or 1 for each place, broadcast to the windows
		index := Where(yes, ScalarZero(x.Graph(), dtypes.Int32), ScalarOne(x.Graph(), dtypes.Int32))
		return BroadcastToDims(Reshape(index, n, h, 1, w, 1, c), n, h, 2, w, 2, c)
	}
	whole := shapes.Make(dtypes.Int32, n, h, 2, w, 2, c)
	won := LogicalAnd(
		Equal(place(top), Iota(x.Graph(), whole, 2)),
		Equal(place(left), Iota(x.Graph(), whole, 4)))
	out := Where(won, BroadcastToDims(Reshape(g, n, h, 1, w, 1, c), n, h, 2, w, 2, c), ScalarZero(x.Graph(), x.DType()))
	out = Reshape(out, n, 2*h, 2*w, c)
	if d[1] == 2*h && d[2] == 2*w {
		return out
	}
	return Pad(out, ScalarZero(x.Graph(), x.DType()), compute.PadAxis{},
		compute.PadAxis{End: d[1] - 2*h}, compute.PadAxis{End: d[2] - 2*w}, compute.PadAxis{})
}
