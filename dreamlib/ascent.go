package dreamlib

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Rule is what happens to the gradient before a step is taken along it.
type Rule string

const (
	// RuleMeanAbs divides by the mean absolute value, so that a step moves an
	// average value by its size (google/deepdream, dream.ipynb, make_step).
	RuleMeanAbs Rule = "mean-abs"

	// RuleStd subtracts the mean and divides by the standard deviation
	// (gordicaleksa/pytorch-deepdream, gradient_ascent).
	RuleStd Rule = "std"

	// RuleNone takes the gradient as it is.
	RuleNone Rule = "none"

	// RuleAccumulate adds up the gradients of an octave's iterations and steps
	// along the sum: the article's script never clears x.grad.
	RuleAccumulate Rule = "accumulate"
)

// apply makes a step's direction of the gradient g.
func (r Rule) apply(g *Node) *Node {
	switch r {
	case RuleMeanAbs:
		return Div(g, MaxScalar(ReduceAllMean(Abs(g)), tiny))
	case RuleStd:
		g = Sub(g, ReduceAllMean(g))
		samples := float64(max(g.Shape().Size()-1, 1)) // unbiased, as torch.std
		return Div(g, Sqrt(MaxScalar(DivScalar(ReduceAllSum(Square(g)), samples), tiny)))
	default:
		return g
	}
}

// roll shifts x [1, h, w, c] around by shift [2] rows and columns, as numpy.roll
// does. The shift is an input, so jitter never compiles anything anew; it
// becomes a gather, since not every engine can slice at a computed place.
func roll(x, shift *Node) *Node {
	g, d := x.Graph(), x.Shape().Dimensions
	h, w, c := d[1], d[2], d[3]
	source := func(axis, size int) *Node { // where each row or column comes from, [h, w]
		at := Iota(g, shapes.Make(dtypes.Int32, h, w), axis)
		by := Reshape(Slice(shift, AxisElem(axis)))
		return ModScalar(AddScalar(Sub(at, ModScalar(by, size)), 2*size), size)
	}
	flat := Add(MulScalar(source(0, h), w), source(1, w))
	rolled := Gather(Reshape(x, h*w, c), Reshape(flat, h*w, 1))
	return Reshape(rolled, 1, h, w, c)
}

// blurTaps is the width of the smoothing kernels, in pixels, and blurSigmas the
// factors between their standard deviations (gordicaleksa/pytorch-deepdream,
// CascadeGaussianSmoothing).
const blurTaps = 9

var blurSigmas = [3]float64{0.5, 1, 2}

// blurWeights are the taps of the three Gaussians for a base deviation of
// sigma pixels, each summing to 1: [3][9].
func blurWeights(sigma float64) [][]float32 {
	weights := make([][]float32, len(blurSigmas))
	for s, factor := range blurSigmas {
		line, sum := make([]float64, blurTaps), 0.0
		for k := range line {
			z := float64(k-blurTaps/2) / (sigma * factor)
			line[k] = math.Exp(-z * z / 2)
			sum += line[k]
		}
		for _, v := range line {
			weights[s] = append(weights[s], float32(v/sum))
		}
	}
	return weights
}

// blur is the mean of three Gaussian blurs of g [1, h, w, c] with the taps in
// weights [3, 9]; beyond the border g is mirrored without repeating the edge.
func blur(g, weights *Node) *Node {
	var sum *Node
	for s := range blurSigmas {
		b := g
		for axis := 1; axis <= 2; axis++ {
			b = blurAxis(b, axis, func(k int) *Node {
				return Reshape(Slice(weights, AxisElem(s), AxisElem(k)))
			})
		}
		if sum == nil {
			sum = b
		} else {
			sum = Add(sum, b)
		}
	}
	return DivScalar(sum, len(blurSigmas))
}

// blurAxis convolves one axis of x [1, h, w, c] with blurTaps taps.
func blurAxis(x *Node, axis int, tap func(k int) *Node) *Node {
	size := x.Shape().Dimensions[axis]
	mirrored := mirror(x, axis, blurTaps/2)
	var sum *Node
	for k := range blurTaps {
		term := Mul(tap(k), SliceAxis(mirrored, axis, AxisRange(k, k+size)))
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	return sum
}

// mirror extends one axis of x by n on both sides with its reflection, as
// numpy.pad does in mode "reflect", for axes of any length.
func mirror(x *Node, axis, n int) *Node {
	size := x.Shape().Dimensions[axis]
	line := func(i int) *Node { return SliceAxis(x, axis, AxisElem(mirrored(i, size))) }
	var parts []*Node
	for i := -n; i < 0; i++ {
		parts = append(parts, line(i))
	}
	parts = append(parts, x)
	for i := size; i < size+n; i++ {
		parts = append(parts, line(i))
	}
	return Concatenate(parts, axis)
}

// mirrored brings i to 0..n-1 by reflection at the first and last element, which
// are not repeated.
func mirrored(i, n int) int {
	period := max(2*(n-1), 1)
	if i = around(i, period); i >= n {
		i = period - i
	}
	return i
}

// channels lays three values out to work on a picture: [1, 1, 1, 3].
func channels(v *Node) *Node { return Reshape(v, 1, 1, 1, 3) }
