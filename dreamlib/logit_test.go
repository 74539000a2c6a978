package dreamlib

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// classified is a random net whose classes are told apart, at random, by the
// mean of one layer. Two labels cannot stand in an objective's text, and one is
// there twice.
func classified(t testing.TB, layer string) *models.Net {
	t.Helper()
	net := randomNet(t, 32)
	i, err := net.Index(layer)
	if err != nil {
		t.Fatal(err)
	}
	net.Labels = []string{"eye", "spiral", "7", "cat's head", "eye", "fur - long"}
	r := rand.New(rand.NewPCG(11, 0))
	draw := func(n int) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(r.NormFloat64())
		}
		return values
	}
	net.Classifier = &models.Classifier{
		Layer:  layer,
		Weight: draw(len(net.Labels) * net.Layers[i].Channels),
		Bias:   draw(len(net.Labels)),
	}
	return net
}

// logits are the classes' scores as the classifier's docstring has them.
func (r reference) logits(x volume) []float64 {
	c := r.net.Classifier
	i, err := r.net.Index(c.Layer)
	if err != nil {
		panic(err)
	}
	acts := r.activations(x, i)
	act := acts[i]
	scores := make([]float64, len(c.Bias))
	for class := range scores {
		scores[class] = float64(c.Bias[class])
		for p, v := range act.v {
			scores[class] += float64(c.Weight[class*act.c+p%act.c]) * v / float64(act.h*act.w)
		}
	}
	return scores
}

// TestLogitsByHand wants literal scores and gradients from a net whose one
// convolution hands the red channel on.
func TestLogitsByHand(t *testing.T) {
	net, err := models.Random(1, "vgg11", 64)
	if err != nil {
		t.Fatal(err)
	}
	l := &net.Layers[0] // conv1_1, one channel
	clear(l.Kernel)
	l.Kernel[4], l.Bias[0] = 1, 0 // the middle of red's window
	net.Labels = []string{"warm", "cold"}
	net.Classifier = &models.Classifier{Layer: "conv1_1", Weight: []float32{2, -1}, Bias: []float32{0.5, 1}}
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, LoweringDirect)
		x := tensors.FromFlatDataAndDimensions([]float32{1, 9, 9, 2, 9, 9, 3, 9, 9, 6, 9, 9}, 1, 2, 2, 3) // red: 1 2 3 6
		scores, err := m.Logits(x)
		if err != nil {
			t.Fatal(err)
		}
		if want := []float32{6.5, -2}; !slices.Equal(scores, want) {
			t.Errorf("scores %v, want %v", scores, want)
		}
		for text, want := range map[string]struct {
			value float64
			slope float32 // of every red value
		}{
			"logit:warm": {6.5, 0.5}, "logit:1": {-2, -0.25},
			"2*logit:warm - logit:cold": {15, 1.25}, "logit:warm - logit:0": {0, 0},
		} {
			o, err := ParseObjective(text)
			if err != nil {
				t.Fatal(err)
			}
			value, g, err := m.Gradient(x, o, L2)
			if err != nil {
				t.Fatal(err)
			}
			s := want.slope
			wantG := []float32{s, 0, 0, s, 0, 0, s, 0, 0, s, 0, 0}
			if got := tensors.MustCopyFlatData[float32](g); value != want.value || !slices.Equal(got, wantG) {
				t.Errorf("%s: value %v and gradient %v, want %v and %v", text, value, got, want.value, wantG)
			}
		}
	})
}

// TestLogits compares the scores of pictures of any size with the reference.
func TestLogits(t *testing.T) {
	for _, layer := range []string{"relu5_4", "pool2"} {
		net := classified(t, layer)
		eachEngine(t, func(t *testing.T, e *Engine) {
			m := newModel(t, e, net, LoweringAuto)
			for _, size := range []picture.Size{{Width: 16, Height: 16}, {Width: 37, Height: 34}} {
				x := noise(3, size.Height, size.Width)
				want := reference{net}.logits(toVolume(x, size.Height, size.Width, 3))
				got, err := m.Logits(tensors.FromFlatDataAndDimensions(x, 1, size.Height, size.Width, 3))
				if err != nil {
					t.Fatal(err)
				}
				if d := relative(got, want); len(got) != len(want) || !(d < 1e-5) {
					t.Errorf("%s %v: scores %v, want %v", layer, size, got, want)
				}
			}
		})
	}
}

func TestLogitsRefuses(t *testing.T) {
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	m := newModel(t, e, randomNet(t, 32), LoweringAuto)
	x := tensors.FromFlatDataAndDimensions(noise(1, 7, 20), 1, 7, 20, 3)
	if _, err := m.Logits(x); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("no classifier: got %v", err)
	}
	if _, _, err := m.Gradient(x, Logit("eye"), L2); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("no classifier: got %v", err)
	}
	m = newModel(t, e, classified(t, "relu4_1"), LoweringAuto)
	if _, err := m.Logits(x); err == nil || !strings.Contains(err.Error(), "relu4_1 needs at least 8x8") {
		t.Errorf("a picture too small: got %v", err)
	}
	if _, _, err := m.Gradient(x, Sum(Layer("relu1_1"), Logit("eye")), L2); err == nil || !strings.Contains(err.Error(), "relu4_1 needs at least 8x8") {
		t.Errorf("a picture too small: got %v", err)
	}
}

// TestLogitGradient compares values with the classifier written out, and slopes
// with finite differences, whichever of classifier and layers lies deeper.
func TestLogitGradient(t *testing.T) {
	const h, w = 34, 37
	x := noise(2, h, w)
	v := toVolume(x, h, w, 3)
	for _, c := range []struct {
		classifier string
		objective  string
		measure    Measure
		scores     []float64 // what the classes' scores are multiplied by
		layers     string    // the rest
	}{
		{"relu3_2", "logit:spiral", MeanSquare, []float64{0, 1}, ""},
		{"pool1", "-2*logit:0", L2, []float64{-2}, ""},
		{"pool5", "0.5*logit:eye + relu3_1 - 0.1*logit:3", L2, []float64{0.5, 0, 0, -0.1}, "relu3_1"},
		{"conv2_1", "logit:7 + logit:7", MeanSquare, []float64{0, 0, 2}, ""},
		{"relu2_2", "relu3_2 + 3*logit:spiral", MeanSquare, []float64{0, 3}, "relu3_2"},
		{"conv3_1", "logit:4 + 0.01*conv3_1 - pool1", MeanSquare, []float64{0, 0, 0, 0, 1}, "0.01*conv3_1 - pool1"},
	} {
		net := classified(t, c.classifier)
		ref := reference{net}
		o, err := ParseObjective(c.objective)
		if err != nil {
			t.Fatal(err)
		}
		var want float64
		for class, score := range ref.logits(v)[:len(c.scores)] {
			want += c.scores[class] * score
		}
		if c.layers != "" {
			layers, err := ParseObjective(c.layers)
			if err != nil {
				t.Fatal(err)
			}
			want += ref.value(v, layers, c.measure)
		}
		eachEngine(t, func(t *testing.T, e *Engine) {
			m := newModel(t, e, net, LoweringAuto)
			value, g, err := m.Gradient(tensors.FromFlatDataAndDimensions(x, 1, h, w, 3), o, c.measure)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(value-want) > 1e-5*(1+math.Abs(want)) { // scores of either sign cancel
				t.Errorf("%s of %s: value %v, want %v", o, c.classifier, value, want)
			}
			if d := slopeError(ref, v, tensors.MustCopyFlatData[float32](g), o, c.measure); !(d < 2e-3) {
				t.Errorf("%s of %s: slopes differ by %.2g, relative", o, c.classifier, d)
			}
		})
	}
}

// TestLogitRises wants each class to rise in three steps, and each step to say
// what the class's score was before it.
func TestLogitRises(t *testing.T) {
	net := classified(t, "relu4_1")
	picture := scene(40, 33)
	cfg := short(t, "default")
	cfg.Jitter, cfg.Step = 0, 0.5
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, LoweringAuto)
		for class := range net.Labels {
			cfg.Objective = Logit(className(net, class))
			ascent, err := m.Ascend(cfg, 0, picture)
			if err != nil {
				t.Fatal(err)
			}
			defer ascent.Close()
			before := math.Inf(-1)
			for range 3 {
				scores, err := m.Logits(input(ascent))
				if err != nil {
					t.Fatal(err)
				}
				value, err := ascent.Step()
				if err != nil {
					t.Fatal(err)
				}
				if want := float64(scores[class]); math.Abs(value-want) > 1e-4*math.Abs(want) {
					t.Errorf("%s: the step says %v, want %v", cfg.Objective, value, want)
				}
				if !(value > before) {
					t.Errorf("%s went from %v to %v, want it to rise", cfg.Objective, before, value)
				}
				before = value
			}
		}
	})
}

// TestDreamOfALogit wants Dream to climb a class and to record its label.
func TestDreamOfALogit(t *testing.T) {
	net := classified(t, "relu4_1")
	cfg := short(t, "default")
	cfg.Jitter, cfg.Objective = 0, Sum(Logit("1"), Scale(-0.1, Logit("CAT'S HEAD")), Layer("2"))
	eachEngine(t, func(t *testing.T, e *Engine) {
		result, err := Dream(context.Background(), newModel(t, e, net, LoweringAuto), scene(10, 50), cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := result.Config.Objective.String(), "logit:spiral - 0.1*logit:3 + relu1_1"; got != want {
			t.Errorf("recorded %q, want %q", got, want)
		}
		if len(result.Values) != 3 || !slices.IsSorted(result.Values) {
			t.Errorf("values %v, want 3 that rise", result.Values)
		}
		if want := []string{"1 of 2 octaves were dropped: relu4_1 needs at least 8 pixels a side"}; !slices.Equal(result.Notes, want) {
			t.Errorf("notes %q, want %q", result.Notes, want)
		}
	})
}

// TestClassesCompileNothing wants one program for any classes and weights, and
// another only for other layers.
func TestClassesCompileNothing(t *testing.T) {
	net := classified(t, "relu4_1")
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, LoweringAuto)
		cfg := short(t, "default")
		cfg.Octaves, cfg.Iterations = 1, 1
		for _, c := range []struct {
			objectives []string
			programs   int64 // compiled by then
		}{
			{[]string{"logit:eye", "logit:spiral", "-3*logit:5", "logit:0 + 0.5*logit:1 - logit:7"}, 1},
			{[]string{"logit:eye + relu3_1", "0.1*relu3_1 - logit:3", "logit:1 - 2*relu3_1 + logit:2"}, 2},
			{[]string{"relu4_1", "2*relu4_1"}, 3}, // the classifier's layer, but no class
		} {
			for _, text := range c.objectives {
				if err := cfg.Objective.UnmarshalText([]byte(text)); err != nil {
					t.Fatal(err)
				}
				if _, err := Dream(context.Background(), m, scene(24, 20), cfg, nil); err != nil {
					t.Fatal(err)
				}
			}
			if n := m.compiled.Load(); n != c.programs {
				t.Errorf("%d programs compiled after %q, want %d", n, c.objectives, c.programs)
			}
		}
	})
}
