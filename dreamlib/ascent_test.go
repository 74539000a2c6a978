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

// TestMaxPoolBackward wants a window's gradient to go to the largest unit, among
// equals to the first alone, as PyTorch has it, and an odd border to get none.
func TestMaxPoolBackward(t *testing.T) {
	eachEngine(t, func(t *testing.T, e *Engine) {
		backward := func(h, w int, x []float32, seen []int32) []float32 {
			return evaluate(t, e, tensors.FromFlatDataAndDimensions(x, 1, h, w, 1), func(x *Node) *Node {
				g := Const(x.Graph(), [][][][]float32{{{{1}, {2}}}})
				return maxPoolBackward(x, g, Reshape(Const(x.Graph(), seen), 1, h, w, 1))
			})
		}
		different := []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
		got := backward(3, 5, []float32{
			5, 5, 1, 2, 9,
			5, 5, 3, 1, 9,
			9, 9, 9, 9, 9,
		}, different)
		if want := []float32{1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		// Units that see the same tie, whatever rounding makes of them: in the
		// first window all four, in the second those on the diagonal.
		got = backward(2, 4, []float32{
			1, 2, 2, 3,
			4, 3, 4, 1,
		}, []int32{
			7, 7, 1, 8,
			7, 7, 8, 2,
		})
		if want := []float32{1, 0, 0, 2, 0, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestFingerprints wants two units to have the same fingerprint just where they
// see the same pixels, on a picture with flat regions, stripes and a slope.
func TestFingerprints(t *testing.T) {
	const h, w = 40, 44
	net := randomNet(t, 64)
	flat := make([]float32, h*w*3)
	for i := range flat {
		switch x, y := i/3%w, i/3/w; {
		case x > y+6:
			flat[i] = 0.5
		case x < 14:
			flat[i] = float32(y%4) + 1
		default:
			flat[i] = float32(x + 2*y + i%3)
		}
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct{ pool, margin, stride int }{{4, 2, 1}, {9, 6, 2}} { // what a unit sees beyond its own pixels
			prints := evaluate(t, e, tensors.FromFlatDataAndDimensions(flat, 1, h, w, 3), func(x *Node) *Node {
				return Bitcast(fingerprints(x, net.Layers)[c.pool], x.DType())
			})
			byPixels, byPrint := map[string]uint32{}, map[uint32]string{}
			for i, bits := range prints {
				print := math.Float32bits(bits)
				y, x := i/(w/c.stride), i%(w/c.stride)
				key := view(flat, h, w, y*c.stride-c.margin, x*c.stride-c.margin, 2*c.margin+c.stride)
				if known, ok := byPixels[key]; ok && known != print {
					t.Fatalf("pool of layer %d: two units see the same and have different fingerprints", c.pool)
				}
				if known, ok := byPrint[print]; ok && known != key {
					t.Fatalf("pool of layer %d: two units see different pixels and have one fingerprint %x:\n%s\n%s", c.pool, print, known, key)
				}
				byPixels[key], byPrint[print] = print, key
			}
			if len(byPixels) == len(prints) {
				t.Errorf("no two units see the same: the picture proves nothing")
			}
		}
	})
}

// view writes down the pixels of a square, those beyond the border as such.
func view(flat []float32, h, w, y0, x0, side int) string {
	var b strings.Builder
	for y := y0; y < y0+side; y++ {
		for x := x0; x < x0+side; x++ {
			if y < 0 || y >= h || x < 0 || x >= w {
				b.WriteString("-,")
				continue
			}
			fmt.Fprint(&b, flat[(y*w+x)*3:][:3])
		}
	}
	return b.String()
}
