package dreamlib

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
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

func newModelIn(t testing.TB, e *Engine, net *models.Net, p Precision) *Model {
	t.Helper()
	m, err := NewModel(e, net, ModelOptions{Precision: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
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
		m := newModelIn(t, e, net, p)
		for _, l := range []string{"10", "20", "30", "36"} {
			value, g, err := m.Gradient(seen(t, net, 48), Layer(l), L2)
			if err != nil {
				t.Fatal(err)
			}
			loss := float64(want[l+".loss"].v[0])
			off := math.Abs(value-loss) / loss
			d := relative(tensors.MustCopyFlatData[float32](g), want[l+".grad"].v)
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

// TestPrecisionOfDreams wants a whole dream in 16 bits to be 40 dB or better from
// PyTorch's in float32, as TestClassicAgainstPyTorch does.
func TestPrecisionOfDreams(t *testing.T) {
	net := narrowNet(t)
	img, err := picture.Read("testdata/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "dreams", "L30_octaves3_scale2_iterations6_lr0.2.png")
	want, err := picture.Read(golden)
	if err != nil {
		t.Fatal(err)
	}
	eachHalf(t, func(t *testing.T, e *Engine, p Precision) {
		m := newModelIn(t, e, net, p)
		result, err := Dream(context.Background(), m, img, classicFromName(t, golden), nil)
		if err != nil {
			t.Fatal(err)
		}
		likeness, err := picture.PSNR(result.Image, want)
		t.Logf("%s: %.1f dB", p, likeness)
		if err != nil || !(likeness >= 40) {
			t.Errorf("%s: %.1f dB, %v, want at least 40", p, likeness, err)
		}
	})
}

// TestGradientsOfAnySize wants the gradient of a weighted layer to be the weight
// times the layer's, where float16 itself would hold nothing or infinity.
func TestGradientsOfAnySize(t *testing.T) {
	net := randomNet(t, 32)
	eachHalf(t, func(t *testing.T, e *Engine, p Precision) {
		x := tensors.FromFlatDataAndDimensions(noise(3, 20, 24), 1, 20, 24, 3)
		m := newModelIn(t, e, net, p)
		gradient := func(weight string) []float32 {
			o, err := ParseObjective(weight + "*relu2_2")
			if err != nil {
				t.Fatal(err)
			}
			_, g, err := m.Gradient(x, o, MeanSquare)
			if err != nil {
				t.Fatal(err)
			}
			return tensors.MustCopyFlatData[float32](g)
		}
		one := gradient("1")
		for weight, times := range map[string]float32{"1e-20": 1e20, "1e20": 1e-20} {
			g := gradient(weight)
			for i := range g {
				g[i] *= times
			}
			if d := relative(g, one); !(d < 1e-2) { // a weight that is no power of two rounds otherwise
				t.Errorf("%s: weight %s: gradient differs by %.2g, relative", p, weight, d)
			}
		}
		for i, v := range gradient("0") {
			if v != 0 {
				t.Fatalf("%s: weight 0: gradient %v at %d, want 0", p, v, i)
			}
		}
	})
}

// TestPrecisionInTiles wants a tiled step to end where the whole one does.
func TestPrecisionInTiles(t *testing.T) {
	cfg, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Objective, cfg.Octaves, cfg.Iterations = Layer("relu2_2"), 1, 1
	img := scene(90, 70)
	eachHalf(t, func(t *testing.T, e *Engine, p Precision) {
		m := newModelIn(t, e, randomNet(t, 32), p)
		whole, err := Dream(context.Background(), m, img, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		tiled := cfg
		tiled.Tile = 48
		parts, err := Dream(context.Background(), m, img, tiled, nil)
		if err != nil {
			t.Fatal(err)
		}
		if likeness, err := picture.PSNR(parts.Image, whole.Image); err != nil || !(likeness > 50) {
			t.Errorf("%s: %.1f dB, %v, want above 50", p, likeness, err)
		}
	})
}

func TestModelOptions(t *testing.T) {
	engine := func(name string) *Engine { return &Engine{Name: name, compiles: name != "go"} }
	for _, c := range []struct {
		engine string
		ask    ModelOptions
		want   string // resolved, or the error
		native bool
	}{
		{"xla:cpu", ModelOptions{}, "{ float32}", true},
		{"xla:cpu", ModelOptions{Lowering: LoweringWinograd}, "{winograd float32}", true},
		{"xla:cpu", ModelOptions{Precision: PrecisionBFloat16}, "{direct bfloat16}", true},
		{"xla:cpu", ModelOptions{Precision: PrecisionTF32}, "engine xla:cpu cannot compute in it, want engine xla:cuda", false},
		{"xla:cuda", ModelOptions{}, "{ float32}", false}, // its convolution would be in TF32
		{"xla:cuda", ModelOptions{Precision: PrecisionTF32}, "{direct tf32}", true},
		{"xla:cuda", ModelOptions{Precision: PrecisionFloat16}, "{direct float16}", true},
		{"go", ModelOptions{}, "{ float32}", false},
		{"go", ModelOptions{Precision: PrecisionFloat16}, "precision float16: engine go cannot compute in it, want engine xla:cuda or xla:cpu", false},
		{"xla:cpu", ModelOptions{Precision: PrecisionFloat16, Lowering: LoweringWinograd}, "precision float16: lowering winograd would amplify its rounding, want direct", false},
		{"go", ModelOptions{Precision: "float8"}, `precision "float8": unknown, want one of ["float32" "tf32" "bfloat16" "float16"]`, false},
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

// TestPrecisionTakesLessMemory wants a plan to know it.
func TestPrecisionTakesLessMemory(t *testing.T) {
	cfg, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.Name, e.compiles = "xla:cpu", true // a plan looks at no more
	exact, err := newModel(t, e, randomNet(t, 32), LoweringDirect).Plan(picture.Size{Width: 900, Height: 600}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	half, err := newModelIn(t, e, randomNet(t, 32), PrecisionBFloat16).Plan(picture.Size{Width: 900, Height: 600}, cfg)
	if err != nil || half.Memory >= exact.Memory {
		t.Errorf("%d bytes, %v, want fewer than in float32: %d", half.Memory, err, exact.Memory)
	}
}
