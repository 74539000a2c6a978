package vgg

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// Units that see the same pixels have the same output, and in the flat regions of a
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
	if x.DType() == dtypes.Float32 {
		x = Bitcast(x, dtypes.Int32)
	} else {
		x = ConvertDType(Bitcast(x, dtypes.Int16), dtypes.Int32)
	}
	f := mix(x) // before adding up: few colours use the low bits
	f = mix(ReduceAndKeep(Mul(f, powers(f, 3, fingerprintBases[3])), ReduceSum, 3))
	for i, l := range layers {
		switch l.Kind {
		case models.Conv:
			f = windows(1, SumPool(atPlaces(f)).Window(3).Strides(1).PadSame())
			f = mix(OnePlus(f)) // a unit that sees nothing but zeros is not one of those beyond the border
		case models.Pool:
			found[i] = f
			f = mix(windows(2, SumPool(atPlaces(f)).Window(2).Strides(2).NoPadding()))
		}
	}
	return found
}

// mix scrambles f: x(2x+1), a permutation of the 32-bit integers that RC6 takes
// its diffusion from (Rivest and others 1998), carries differences upwards, and
// the shift carries them down. Without it sums of fingerprints would cancel.
func mix(f *Node) *Node {
	f = Mul(f, OnePlus(Add(f, f)))
	return BitwiseXor(f, BitwiseShiftRightLogicalScalar(f, 15))
}

// fingerprintBases are raised to the power of a place to tell places apart: one
// for each axis, odd, so that their powers can be divided by, and far from small
// powers' cycles (5 mod 8: Knuth, The Art of Computer Programming 2, 3.2.1.2).
var fingerprintBases = [4]int32{1: 0x2c9277b5, 2: 0x5851f42d, 3: 0x14057b7d}

// powers are a base's powers along an axis of f, shaped to multiply it.
func powers(f *Node, axis int, base int32) *Node {
	values, shape := make([]int32, f.Shape().Dimensions[axis]), []int{1, 1, 1, 1}
	shape[axis] = len(values)
	for i, power := 0, int32(1); i < len(values); i, power = i+1, power*base {
		values[i] = power
	}
	return Reshape(Const(f.Graph(), values), shape...)
}

// atPlaces weighs each place of f [n, h, w, 1] by the powers of its row and
// column.
func atPlaces(f *Node) *Node {
	return Mul(Mul(f, powers(f, 1, fingerprintBases[1])), powers(f, 2, fingerprintBases[2]))
}

// inverse32 is the inverse of an odd number modulo 2^32, by Newton's iteration.
func inverse32(a int32) int32 {
	x := a
	for range 5 {
		x *= 2 - a*x
	}
	return x
}

// windows is the sum over windows, stride apart, each place weighed by powers
// relative to its window's. Weighing by the place in the picture before and
// dividing by the window's place after leaves a plain sum in between, which
// every engine has.
func windows(stride int, sum *PoolBuilder) *Node {
	f := sum.Done()
	for axis := 1; axis <= 2; axis++ {
		base := inverse32(fingerprintBases[axis])
		if stride == 2 {
			base *= base
		}
		f = Mul(f, powers(f, axis, base))
	}
	return f
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
