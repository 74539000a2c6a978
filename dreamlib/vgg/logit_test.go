package vgg

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

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
		m := newModel(t, e, net, Options{Lowering: LoweringDirect})
		x := &Input{1, 2, 2, []float32{1, 9, 9, 2, 9, 9, 3, 9, 9, 6, 9, 9}} // red: 1 2 3 6
		scores, err := m.Logits(x)
		if err != nil {
			t.Fatal(err)
		}
		if want := []float32{6.5, -2}; !slices.Equal(scores[0], want) {
			t.Errorf("scores %v, want %v", scores, want)
		}
		for text, want := range map[string]struct {
			value float64
			slope float32 // of every red value
		}{
			"logit:warm": {6.5, 0.5}, "logit:1": {-2, -0.25},
			"2*logit:warm - logit:cold": {15, 1.25}, "logit:warm - logit:0": {0, 0},
		} {
			value, got := gradientAt(t, m, objective(t, net, "", text), x)
			s := want.slope
			wantG := []float32{s, 0, 0, s, 0, 0, s, 0, 0, s, 0, 0}
			if value != want.value || !slices.Equal(got, wantG) {
				t.Errorf("%s: value %v and gradient %v, want %v and %v", text, value, got, want.value, wantG)
			}
		}
	})
}

// TestLogits compares the scores of pictures of any size with the reference.
func TestLogits(t *testing.T) {
	for _, layer := range []string{"relu5_4", "pool2"} {
		net := dreamtest.Classified(t, layer)
		eachEngine(t, func(t *testing.T, e *Engine) {
			m := newModel(t, e, net, Options{})
			for _, size := range []picture.Size{{Width: 16, Height: 16}, {Width: 37, Height: 34}} {
				x := noise(3, 1, size.Height, size.Width)
				want := reference{net}.logits(toVolume(x.X, size.Height, size.Width, 3))
				got, err := m.Logits(x)
				if err != nil {
					t.Fatal(err)
				}
				if d := dreamtest.Relative(got[0], want); len(got[0]) != len(want) || !(d < 1e-5) {
					t.Errorf("%s %v: scores %v, want %v", layer, size, got, want)
				}
			}
		})
	}
}

func TestLogitsRefuses(t *testing.T) {
	e, net := opened(t, "go"), dreamtest.Classified(t, "relu4_1")
	x := noise(1, 1, 7, 20)
	if _, err := newModel(t, e, dreamtest.RandomNet(t, 32), Options{}).Logits(x); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("no classifier: got %v", err)
	}
	m := newModel(t, e, net, Options{})
	if _, err := m.Logits(x); err == nil || !strings.Contains(err.Error(), "relu4_1 needs at least 8x8") {
		t.Errorf("a picture too small: got %v", err)
	}
	if _, _, err := m.Gradient(context.Background(), objective(t, net, l2, "relu1_1 + logit:eye"), x, nil); err == nil || !strings.Contains(err.Error(), "relu4_1 needs at least 8x8") {
		t.Errorf("a picture too small: got %v", err)
	}
}

// TestLogitGradient compares values with the classifier written out, and slopes
// with finite differences, whichever of classifier and layers lies deeper.
func TestLogitGradient(t *testing.T) {
	for i, c := range []struct{ classifier, objective, measure string }{
		{"relu3_2", "logit:spiral", meanSquare},
		{"pool1", "-2*logit:0", l2},
		{"pool5", "0.5*logit:eye + relu3_1 - 0.1*logit:3", l2},
		{"conv2_1", "logit:7 + logit:7", meanSquare},
		{"relu2_2", "relu3_2 + 3*logit:spiral", meanSquare},
		{"conv3_1", "logit:4 + 0.01*conv3_1 - pool1", meanSquare},
	} {
		net := dreamtest.Classified(t, c.classifier)
		eachEngine(t, func(t *testing.T, e *Engine) {
			m := newModel(t, e, net, Options{})
			compareSlopes(t, m, reference{net}, objective(t, net, c.measure, c.objective), noise(2, 1+i%2, 34, 37), c.objective+" of "+c.classifier)
		})
	}
}
