package dreamlib

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// evaluate builds and runs a graph of one input on an engine.
func evaluate(t *testing.T, e *Engine, x *tensors.Tensor, build func(x *Node) *Node) []float32 {
	t.Helper()
	out, err := CallOnce(e.backend, build, x)
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out)
}

func TestRoll(t *testing.T) {
	// Two rows of three pixels; the channels of pixel i are i, i+10, i+20.
	var flat []float32
	for i := range 6 {
		flat = append(flat, float32(i), float32(i+10), float32(i+20))
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			shift []int32
			want  []float32 // the first channel
		}{
			{[]int32{0, 0}, []float32{0, 1, 2, 3, 4, 5}},
			{[]int32{0, 1}, []float32{2, 0, 1, 5, 3, 4}}, // numpy.roll by 1
			{[]int32{1, 0}, []float32{3, 4, 5, 0, 1, 2}},
			{[]int32{-1, -1}, []float32{4, 5, 3, 1, 2, 0}},
			{[]int32{-32, 31}, []float32{2, 0, 1, 5, 3, 4}},
		} {
			x := tensors.FromFlatDataAndDimensions(flat, 1, 2, 3, 3)
			got := evaluate(t, e, x, func(x *Node) *Node { return roll(x, Const(x.Graph(), c.shift)) })
			for i, want := range c.want {
				if got[3*i] != want || got[3*i+1] != want+10 || got[3*i+2] != want+20 {
					t.Errorf("shift %v: pixel %d is %v, want %v", c.shift, i, got[3*i:3*i+3], want)
				}
			}
		}
	})
}

func TestMirror(t *testing.T) {
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct{ in, want []float32 }{
			{[]float32{1, 2, 3, 4}, []float32{3, 2, 1, 2, 3, 4, 3, 2}},
			{[]float32{1, 2}, []float32{1, 2, 1, 2, 1, 2}},
			{[]float32{1}, []float32{1, 1, 1, 1, 1}},
		} {
			x := tensors.FromFlatDataAndDimensions(c.in, 1, len(c.in), 1, 1)
			got := evaluate(t, e, x, func(x *Node) *Node { return mirror(x, 1, 2) })
			if !slices.Equal(got, c.want) {
				t.Errorf("mirror(%v): got %v, want %v", c.in, got, c.want)
			}
		}
	})
}

// TestBlur compares with the blur written out: reflected borders, three
// normalised Gaussians of nine taps, their mean.
func TestBlur(t *testing.T) {
	const h, w, sigma = 7, 6, 1.3
	flat := noise(3, h, w)
	want := make([]float64, len(flat))
	reflect := func(i, n int) int {
		for i < 0 || i >= n {
			if i < 0 {
				i = -i
			} else {
				i = 2*(n-1) - i
			}
		}
		return i
	}
	for _, factor := range []float64{0.5, 1, 2} {
		var sum float64
		tap := func(d int) float64 { return math.Exp(-float64(d*d) / (2 * sigma * factor * sigma * factor)) }
		for d := -4; d <= 4; d++ {
			sum += tap(d)
		}
		for i := range want {
			c, x, y := i%3, i/3%w, i/3/w
			for dy := -4; dy <= 4; dy++ {
				for dx := -4; dx <= 4; dx++ {
					v := flat[(reflect(y+dy, h)*w+reflect(x+dx, w))*3+c]
					want[i] += float64(v) * tap(dy) * tap(dx) / (sum * sum) / 3
				}
			}
		}
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		got := evaluate(t, e, tensors.FromFlatDataAndDimensions(flat, 1, h, w, 3), func(x *Node) *Node {
			return blur(x, Const(x.Graph(), blurWeights(sigma)))
		})
		if d := relative(got, want); !(d < 1e-6) {
			t.Errorf("differs by %.2g, relative", d)
		}
	})
}

func TestRules(t *testing.T) {
	in := []float32{1, -2, 3, 6}
	std := float32(math.Sqrt((1 + 16 + 1 + 16) / 3.))
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			rule Rule
			want []float32
		}{
			{RuleMeanAbs, []float32{1. / 3, -2. / 3, 1, 2}},
			{RuleStd, []float32{-1 / std, -4 / std, 1 / std, 4 / std}},
			{RuleNone, in},
			{RuleAccumulate, in},
		} {
			got := evaluate(t, e, tensors.FromFlatDataAndDimensions(in, 1, 2, 2, 1), c.rule.apply)
			for i := range got {
				if math.Abs(float64(got[i]-c.want[i])) > 1e-6 {
					t.Errorf("%s: got %v, want %v", c.rule, got, c.want)
					break
				}
			}
			zero := evaluate(t, e, tensors.FromFlatDataAndDimensions(make([]float32, 4), 1, 2, 2, 1), c.rule.apply)
			if !slices.Equal(zero, make([]float32, 4)) {
				t.Errorf("%s: a gradient of zero became %v", c.rule, zero)
			}
		}
	})
}

