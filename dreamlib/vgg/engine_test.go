package vgg

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
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
			do(t, opened(t, status.Name))
		})
	}
}

func opened(t testing.TB, name string) *Engine {
	t.Helper()
	e, err := OpenEngine(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func newModel(t testing.TB, e *Engine, net *models.Net, o Options) *Model {
	t.Helper()
	m, err := NewModel(e, net, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// noise is n preprocessed pictures of random values around zero.
func noise(seed uint64, n, h, w int) *Input { return &Input{n, h, w, dreamtest.Noise(seed, n*h*w*3)} }

// gradientAt is m.Gradient's.
func gradientAt(t testing.TB, m *Model, o Objective, x *Input) (float64, []float32) {
	t.Helper()
	value, g, err := m.Gradient(context.Background(), o, x, nil)
	if err != nil {
		t.Fatal(err)
	}
	return value, g.X
}

// TestActivations compares every layer, on both lowerings and at odd sizes,
// with the float64 reference.
func TestActivations(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	const h, w = 37, 50
	x := noise(1, 1, h, w)
	want := reference{net}.activations(toVolume(x.X, h, w, 3), len(net.Layers)-1)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, lowering := range []Lowering{LoweringAuto, LoweringDirect, LoweringWinograd} {
			got, err := newModel(t, e, net, Options{Lowering: lowering}).Activations(x, net.Names()...)
			if err != nil {
				t.Fatal(err)
			}
			for i, act := range got {
				name := net.Layers[i].Name
				if d := act.Shape().Dimensions; d[1] != want[i].h || d[2] != want[i].w || d[3] != want[i].c {
					t.Fatalf("%s: shape %v, want [1 %d %d %d]", name, d, want[i].h, want[i].w, want[i].c)
				}
				if err := dreamtest.Relative(tensors.MustCopyFlatData[float32](act), want[i].v); !(err < 1e-5) {
					t.Errorf("%q: %s differs by %.2g, relative", lowering, name, err)
				}
			}
		}
	})
}

// TestSeveralPictures wants the activations and scores of each of several pictures to be
// those that it has alone.
func TestSeveralPictures(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	x := noise(6, 3, 21, 26)
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, Options{})
		read := func(x *Input) ([]float32, [][]float32) {
			acts, err := m.Activations(x, "relu2_2")
			if err != nil {
				t.Fatal(err)
			}
			if d := acts[0].Shape().Dimensions; d[0] != x.N || d[1] != 10 || d[2] != 13 {
				t.Errorf("shape %v, want [%d 10 13 4]", d, x.N)
			}
			scores, err := m.Logits(x)
			if err != nil || len(scores) != x.N {
				t.Fatalf("scores of %d pictures, %v, want %d", len(scores), err, x.N)
			}
			return tensors.MustCopyFlatData[float32](acts[0]), scores
		}
		acts, scores := read(x)
		for i := range x.N {
			one, score := read(x.At(i))
			if d := dreamtest.Relative(acts[i*len(one):][:len(one)], one); !(d < 1e-6) {
				t.Errorf("picture %d: activations differ by %.2g from those alone", i, d)
			}
			if d := dreamtest.Relative(scores[i], score[0]); !(d < 1e-6) {
				t.Errorf("picture %d: scores differ by %.2g from those alone", i, d)
			}
		}
	})
}

// TestGradientFiniteDifferences steps along random directions in the float64
// reference and compares the slope with what the gradient says: of one picture on the
// direct lowering, of two on Winograd's.
func TestGradientFiniteDifferences(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	ref := reference{net}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for i, lowering := range []Lowering{LoweringDirect, LoweringWinograd} {
			m := newModel(t, e, net, Options{Lowering: lowering})
			x := noise(2, 1+i, 34, 37)
			for _, c := range []struct{ objective, measure string }{
				{"relu1_1", l2},
				{"conv2_2", meanSquare},
				{"pool3", l2},
				{"relu5_4", meanSquare},
				{"0.5*relu3_1 + relu4_2 - 0.25*pool1", l2},
				{"relu2_1 + relu2_1", meanSquare},
				{"conv3_1:5", ""},
				{"relu3_2:5 - 2*pool2:1 + relu3_2:3", ""},
				{"conv2_2:3@4x5", ""},
				{"pool2:3@8x0 - 0.5*conv3_1:7@1x3", ""},
				{"variance:conv3_1:2", ""},
				{"variance:relu2_2:1 - conv1_2:1@30x20", ""},
			} {
				compareSlopes(t, m, ref, objective(t, net, c.measure, c.objective), x, c.objective)
			}
		}
	})
}

// compareSlopes compares the value and the gradient at pictures with the reference's.
func compareSlopes(t *testing.T, m *Model, ref reference, o Objective, x *Input, text string) {
	t.Helper()
	value, g := gradientAt(t, m, o, x)
	if want := ref.values(x, 0, x.X, o); math.Abs(value-want) > 1e-5*(1e-2+math.Abs(want)) { // terms of either sign cancel
		t.Errorf("%d pictures, %q %s: value %v, want %v", x.N, m.options.Lowering, text, value, want)
	}
	if d := slopeError(ref, x, g, o); !(d < 2e-3) {
		t.Errorf("%d pictures, %q %s: slopes differ by %.2g, relative", x.N, m.options.Lowering, text, d)
	}
}

// values is the objective at x + step*direction, all pictures' added up.
func (r reference) values(x *Input, step float64, direction []float32, o Objective) (sum float64) {
	for i := range x.N {
		v := toVolume(x.At(i).X, x.Height, x.Width, 3)
		for k := range v.v {
			v.v[k] += step * float64(direction[i*len(v.v)+k])
		}
		sum += r.value(v, o)
	}
	return sum
}

// slopeError compares directional derivatives along a few random directions
// and along the gradient itself.
func slopeError(ref reference, x *Input, g []float32, o Objective) float64 {
	const eps = 1e-6
	var want, got []float64
	for seed := range uint64(4) {
		direction := dreamtest.Noise(100+seed, len(x.X))
		if seed == 0 {
			direction = g
		}
		var norm, slope float64
		for i, d := range direction {
			norm += float64(d) * float64(d)
			slope += float64(g[i]) * float64(d)
		}
		norm = math.Sqrt(norm)
		rise := ref.values(x, eps/norm, direction, o) - ref.values(x, -eps/norm, direction, o)
		got, want = append(got, slope/norm), append(want, rise/(2*eps))
	}
	return dreamtest.Relative(got, want)
}

// TestPreprocessing wants pictures back as they went in, and Caffe's nets fed
// blue first in 0..255 less the mean.
func TestPreprocessing(t *testing.T) {
	m := picture.New(1, 1)
	copy(m.Pix, []float32{1, 0.5, 0})
	caffe := models.Preprocessing{BGR: true, Scale: 255, Mean: [3]float64{100, 110, 120}, Std: [3]float64{1, 1, 2}}
	got := Preprocess(caffe, m, picture.New(1, 1))
	if want := [6]float32{-100, 17.5, 67.5, -100, -110, -60}; got.N != 2 || [6]float32(got.X) != want {
		t.Errorf("got %v, want %v", got.X, want)
	}
	for _, p := range []models.Preprocessing{models.ImageNet, caffe} {
		back, err := Deprocess(p, Preprocess(p, m))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range back.Pix {
			if math.Abs(float64(v-m.Pix[i])) > 1e-6 {
				t.Errorf("%v came back as %v", m.Pix, back.Pix)
			}
		}
	}
}

func TestEngineRefuses(t *testing.T) {
	e, net := opened(t, "go"), dreamtest.RandomNet(t, 32)
	if _, err := NewModel(e, net, Options{Lowering: "fft"}); err == nil || !strings.Contains(err.Error(), "direct or winograd") {
		t.Errorf("an unknown lowering: %v", err)
	}
	if _, err := OpenEngine("tpu"); err == nil || !strings.Contains(err.Error(), "want auto, xla:cuda, ") {
		t.Errorf("an unknown engine: %v", err)
	}
	x := Preprocess(net.Preprocessing, dreamtest.Scene(7, 20))
	if _, err := newModel(t, e, net, Options{}).Activations(x, "pool4"); err == nil || !strings.Contains(err.Error(), "pool4 needs at least 16x16") {
		t.Errorf("a picture too small: %v", err)
	}
}
