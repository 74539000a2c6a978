package dreamlib

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/models"
)

// eachEngine runs a test on every engine, and skips it on those that are not here.
// The pure-Go one always is.
func eachEngine(t *testing.T, do func(t *testing.T, e *Engine)) {
	t.Helper()
	for _, status := range Engines() {
		t.Run(status.Name, func(t *testing.T) {
			if !status.Found && status.Name != "go" {
				t.Skip(status.Detail)
			}
			e, err := OpenEngine(status.Name)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(e.Close)
			do(t, e)
		})
	}
}

func randomNet(t testing.TB, divide int) *models.Net {
	t.Helper()
	net, err := models.Random(7, "vgg19", divide)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func newModel(t testing.TB, e *Engine, net *models.Net, l Lowering) *Model {
	t.Helper()
	m, err := NewModel(e, net, ModelOptions{Lowering: l})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// noise is a preprocessed picture of random values around zero.
func noise(seed uint64, h, w int) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float32, h*w*3)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func toVolume(flat []float32, h, w, c int) volume {
	v := newVolume(h, w, c)
	for i, x := range flat {
		v.v[i] = float64(x)
	}
	return v
}

// relative is the distance of two vectors over the length of the second.
func relative[A, B float32 | float64](got []A, want []B) float64 {
	var diff, norm float64
	for i := range want {
		diff += math.Pow(float64(got[i])-float64(want[i]), 2)
		norm += math.Pow(float64(want[i]), 2)
	}
	return math.Sqrt(diff / norm)
}

// TestActivations compares every layer, on both lowerings and at odd sizes,
// with the float64 reference.
func TestActivations(t *testing.T) {
	net := randomNet(t, 32)
	const h, w = 37, 50
	x := noise(1, h, w)
	want := reference{net}.activations(toVolume(x, h, w, 3), len(net.Layers)-1)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, lowering := range []Lowering{LoweringAuto, LoweringDirect, LoweringWinograd} {
			m := newModel(t, e, net, lowering)
			got, err := m.Activations(tensors.FromFlatDataAndDimensions(x, 1, h, w, 3), net.Names()...)
			if err != nil {
				t.Fatal(err)
			}
			for i, act := range got {
				name := net.Layers[i].Name
				if d := act.Shape().Dimensions; d[1] != want[i].h || d[2] != want[i].w || d[3] != want[i].c {
					t.Fatalf("%s: shape %v, want [1 %d %d %d]", name, d, want[i].h, want[i].w, want[i].c)
				}
				if err := relative(tensors.MustCopyFlatData[float32](act), want[i].v); !(err < 1e-5) {
					t.Errorf("%q: %s differs by %.2g, relative", lowering, name, err)
				}
			}
		}
	})
}

// TestGradientFiniteDifferences steps along random directions in the float64
// reference and compares the slope with what the gradient says.
func TestGradientFiniteDifferences(t *testing.T) {
	net := randomNet(t, 32)
	const h, w = 34, 37
	x := noise(2, h, w)
	ref := reference{net}
	cases := []struct {
		objective Objective
		measure   Measure
	}{
		{Layer("relu1_1"), L2},
		{Layer("conv2_2"), MeanSquare},
		{Layer("pool3"), L2},
		{Layer("relu5_4"), MeanSquare},
		{Sum(Scale(0.5, Layer("relu3_1")), Layer("relu4_2"), Scale(-0.25, Layer("pool1"))), L2},
		{Sum(Layer("relu2_1"), Layer("relu2_1")), MeanSquare},
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, lowering := range []Lowering{LoweringDirect, LoweringWinograd} {
			m := newModel(t, e, net, lowering)
			for _, c := range cases {
				value, g, err := m.Gradient(tensors.FromFlatDataAndDimensions(x, 1, h, w, 3), c.objective, c.measure)
				if err != nil {
					t.Fatal(err)
				}
				v := toVolume(x, h, w, 3)
				if want := ref.value(v, c.objective, c.measure); math.Abs(value-want) > 1e-5*math.Abs(want) {
					t.Errorf("%q %s: value %v, want %v", lowering, c.objective, value, want)
				}
				flat := tensors.MustCopyFlatData[float32](g)
				if err := slopeError(ref, v, flat, c.objective, c.measure); !(err < 2e-3) {
					t.Errorf("%q %s %s: slopes differ by %.2g, relative", lowering, c.objective, c.measure, err)
				}
			}
		}
	})
}

// slopeError compares directional derivatives along a few random directions
// and along the gradient itself.
func slopeError(ref reference, x volume, g []float32, o Objective, m Measure) float64 {
	const eps = 1e-6
	var want, got []float64
	for seed := range uint64(4) {
		direction := noise(100+seed, x.h, x.w)
		if seed == 0 {
			direction = g
		}
		var norm, slope float64
		for _, d := range direction {
			norm += float64(d) * float64(d)
		}
		norm = math.Sqrt(norm)
		for i, d := range direction {
			slope += float64(g[i]) * float64(d) / norm
		}
		at := func(sign float64) float64 {
			moved := newVolume(x.h, x.w, x.c)
			for i, d := range direction {
				moved.v[i] = x.v[i] + sign*eps*float64(d)/norm
			}
			return ref.value(moved, o, m)
		}
		got, want = append(got, slope), append(want, (at(1)-at(-1))/(2*eps))
	}
	return relative(got, want)
}
