package vgg

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
)

// halves are the precisions of 16 bits, which XLA has.
var halves = []Precision{PrecisionBFloat16, PrecisionFloat16}

// eachHalf runs a test in 16 bits on every engine that is here and has them.
func eachHalf(t *testing.T, do func(t *testing.T, e *Engine, p Precision)) {
	t.Helper()
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, p := range halves {
			if !slices.Contains(p.engines(), e.Name) {
				t.Skipf("it does not compute in %s", p)
			}
			t.Run(string(p), func(t *testing.T) { do(t, e, p) })
		}
	})
}

// TestPrecisionAgainstPyTorch holds 16 bits against PyTorch in float32. Rounding
// flips switches of ReLU and pooling, so the limits are wide: PyTorch's own
// autocast differs by 0.19, 0.27, 0.38 and 0.40 in bfloat16, by 0.09, 0.11, 0.16
// and 0.15 in float16.
func TestPrecisionAgainstPyTorch(t *testing.T) {
	net := narrowNet(t)
	want := readGoldens(t, "testdata/gradients.safetensors")
	limits := map[Precision]struct{ value, gradient float64 }{
		PrecisionBFloat16: {1e-2, 0.5},
		PrecisionFloat16:  {1e-3, 0.2},
	}
	eachHalf(t, func(t *testing.T, e *Engine, p Precision) {
		m := newModel(t, e, net, Options{Precision: p})
		for _, l := range []string{"10", "20", "30", "36"} {
			value, g := gradientAt(t, m, objective(t, net, l2, l), seen(t, net, 48))
			loss := float64(want[l+".loss"].v[0])
			off := math.Abs(value-loss) / loss
			d := dreamtest.Relative(g, want[l+".grad"].v)
			t.Logf("%s L=%s: value %.2g, gradient %.2g", p, l, off, d)
			if !(off < limits[p].value) || !(d < limits[p].gradient) {
				t.Errorf("%s L=%s: value differs by %.2g, gradient by %.2g, relative; want below %g and %g", p, l, off, d, limits[p].value, limits[p].gradient)
			}
			if off == 0 || d < 1e-4 {
				t.Errorf("%s L=%s: as exact as float32, so it is not what was computed in", p, l)
			}
		}
	})
}

// TestGradientsOfAnySize wants the gradient of a weighted layer to be the weight
// times the layer's, where float16 itself would hold nothing or infinity.
func TestGradientsOfAnySize(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	eachHalf(t, func(t *testing.T, e *Engine, p Precision) {
		x := noise(3, 1, 20, 24)
		m := newModel(t, e, net, Options{Precision: p})
		weighted := func(weight string) []float32 {
			_, g := gradientAt(t, m, objective(t, net, meanSquare, weight+"*relu2_2"), x)
			return g
		}
		one := weighted("1")
		for weight, times := range map[string]float32{"1e-20": 1e20, "1e20": 1e-20} {
			g := weighted(weight)
			for i := range g {
				g[i] *= times
			}
			if d := dreamtest.Relative(g, one); !(d < 1e-2) { // a weight that is no power of two rounds otherwise
				t.Errorf("%s: weight %s: gradient differs by %.2g, relative", p, weight, d)
			}
		}
		for i, v := range weighted("0") {
			if v != 0 {
				t.Fatalf("%s: weight 0: gradient %v at %d, want 0", p, v, i)
			}
		}
	})
}

func TestModelOptions(t *testing.T) {
	engine := func(name string) *Engine { return &Engine{Name: name, compiles: name != "go"} }
	for _, c := range []struct {
		engine string
		ask    Options
		want   string // resolved, or the error
		native bool
	}{
		{"xla:cpu", Options{}, "{ float32 0 0}", true},
		{"xla:cpu", Options{Lowering: LoweringWinograd}, "{winograd float32 0 0}", true},
		{"xla:cpu", Options{Precision: PrecisionBFloat16}, "{direct bfloat16 0 0}", true},
		{"xla:cpu", Options{Precision: PrecisionTF32}, "engine xla:cpu cannot compute in it, want engine xla:cuda", false},
		{"xla:cuda", Options{}, "{ float32 0 0}", false}, // its convolution would be in TF32
		{"xla:cuda", Options{Precision: PrecisionTF32}, "{direct tf32 0 0}", true},
		{"xla:cuda", Options{Precision: PrecisionFloat16}, "{direct float16 0 0}", true},
		{"go", Options{}, "{ float32 0 0}", false},
		{"go", Options{Precision: PrecisionFloat16}, "precision float16: engine go cannot compute in it, want engine xla:cuda or xla:cpu", false},
		{"xla:cpu", Options{Precision: PrecisionFloat16, Lowering: LoweringWinograd}, "precision float16: lowering winograd would amplify its rounding, want direct", false},
		{"go", Options{Precision: "float8"}, `precision "float8": unknown, want one of ["float32" "tf32" "bfloat16" "float16"]`, false},
	} {
		got, err := c.ask.resolve(engine(c.engine))
		if own := c.ask.Check(); (own == nil) != (err == nil || strings.Contains(c.want, "cannot compute")) {
			t.Errorf("%+v: on every engine %v, on %s %v", c.ask, own, c.engine, err)
		}
		if err != nil {
			if !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%s %+v: got %v, want %s", c.engine, c.ask, err, c.want)
			}
			continue
		}
		m := Model{Engine: engine(c.engine), options: got}
		if fmt.Sprint(got) != c.want || m.native() != c.native {
			t.Errorf("%s %+v: got %v, native %v, want %s, %v", c.engine, c.ask, got, m.native(), c.want, c.native)
		}
	}
}

func TestToFloat16(t *testing.T) {
	for x, want := range map[float32]uint16{
		0: 0, 1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65520: 0x7c00, 0x1p-14: 0x0400,
		0x1p-15: 0x0200, -0x1p-24: 0x8001, 0x1p-25: 0, 0x1.8p-24: 2, 0x1.8p-25: 1, 0x1.ffp-15: 0x03fe, 0x1.ffep-15: 0x0400,
	} {
		if got := toFloat16(x).Bits(); got != want {
			t.Errorf("%g: got %#x, want %#x", x, got, want)
		}
	}
}

func TestUnitScale(t *testing.T) {
	eachEngine(t, func(t *testing.T, e *Engine) {
		for most, want := range map[float32]float32{0: 1, 1: 1, -1.5: 1, 2: 0.5, 3e-5: 0x1p16, 65504: 0x1p-15} {
			got, err := ExecOnce(e.backend, unitScale, []float32{0, most, most / 3})
			if err != nil {
				t.Fatal(err)
			}
			if scale := tensors.ToScalar[float32](got); scale != want {
				t.Errorf("%g: got %g, want %g", most, scale, want)
			}
		}
	})
}

// TestPrecisionTakesLessMemory wants a layout to know it.
func TestPrecisionTakesLessMemory(t *testing.T) {
	e, net := opened(t, "go"), dreamtest.RandomNet(t, 32)
	e.Name, e.compiles = "xla:cpu", true // a layout looks at no more
	need := func(o Options) int64 {
		l, err := newModel(t, e, net, o).Layout(objective(t, net, meanSquare, "relu4_3"), 1, picture.Size{Width: 900, Height: 600}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return l.Need(0)
	}
	exact, half := need(Options{Lowering: LoweringDirect}), need(Options{Precision: PrecisionBFloat16})
	if half >= exact {
		t.Errorf("%d bytes, want fewer than in float32: %d", half, exact)
	}
}
