package dreamlib

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// Units that see the same pixels say the same, and in the flat regions of a
// picture all the units of a pooling window do. The gradient then has to choose,
// and PyTorch gives it to the first. A comparison of the activations cannot be
// trusted to find such ties: in Winograd's form, and in many a GPU's, rounding
// depends on a unit's place, so flat regions would be decided at random, a third
// off PyTorch's gradient. So each unit carries a fingerprint of what it sees.
// Equal fingerprints are equal pixels, but for one chance in 2^32.

// fingerprints follows the picture x [n, h, w, 3] through the layers and returns
// those of the units that go into each pooling layer, by its index:
// [n, h, w, 1] in int32, whose overflow is wanted.
func fingerprints(x *Node, layers []models.Layer) map[int]*Node {
	found := map[int]*Node{}
	f := mix(Bitcast(x, dtypes.Int32)) // before adding up: few colours use the low bits
	f = mix(ReduceAndKeep(weighed(f, -1), ReduceSum, -1))
	for i, l := range layers {
		switch l.Kind {
		case models.Conv:
			f = neighbourhood(neighbourhood(f, 1), 2)
		case models.Pool:
			found[i] = f
			f = mix(windowSum(f))
		}
	}
	return found
}

// fingerprintWeights tell places apart. They are odd, so no bit is lost, and
// come from the digits of pi, e, the golden ratio and the root of 2.
var fingerprintWeights = [4]int32{0x243f6a89, 0x2b7e1515, 0x1e3779b9, 0x6a09e667}

// mix scrambles f: x(2x+1), a permutation of the 32-bit integers that RC6 takes
// its diffusion from (Rivest and others 1998), carries differences upwards, and
// the shift carries them down. Without it sums of fingerprints would cancel.
func mix(f *Node) *Node {
	f = Mul(f, OnePlus(Add(f, f)))
	return BitwiseXor(f, BitwiseShiftRightLogicalScalar(f, 15))
}

// weighed multiplies the places along an axis of at most four by their weights.
func weighed(f *Node, axis int) *Node {
	d := make([]int, f.Rank())
	for i := range d {
		d[i] = 1
	}
	if axis < 0 {
		axis += f.Rank()
	}
	d[axis] = f.Shape().Dimensions[axis]
	return Mul(f, Reshape(Const(f.Graph(), fingerprintWeights[:d[axis]]), d...))
}

// neighbourhood is the fingerprint of three neighbours along an axis of
// f [n, h, w, 1], with 0 for those beyond the border.
func neighbourhood(f *Node, axis int) *Node {
	size := f.Shape().Dimensions[axis]
	pad := make([]compute.PadAxis, 4)
	pad[axis] = compute.PadAxis{Start: 1, End: 1}
	padded := Pad(f, ScalarZero(f.Graph(), f.DType()), pad...)
	var sum *Node
	for k, weight := range fingerprintWeights[:3] {
		term := MulScalar(SliceAxis(padded, axis, AxisRange(k, k+size)), weight)
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	return mix(OnePlus(sum)) // a unit that sees nothing but zeros is not one of those beyond the border
}

// windowSum adds up the weighed units of each pooling window.
func windowSum(f *Node) *Node {
	var sum *Node
	for i, weight := range fingerprintWeights {
		term := MulScalar(windowUnit(f, i), weight)
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	return sum
}

// windowUnit is unit i, in reading order, of each pooling window of x
// [n, h, w, c]: [n, h/2, w/2, c].
func windowUnit(x *Node, i int) *Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1]/2, d[2]/2, d[3]
	x = Slice(x, AxisRange(), AxisRange(0, 2*h), AxisRange(0, 2*w), AxisRange())
	x = Slice(Reshape(x, n, h, 2, w, 2, c), AxisRange(), AxisRange(), AxisElem(i/2), AxisRange(), AxisElem(i%2))
	return Reshape(x, n, h, w, c)
}
