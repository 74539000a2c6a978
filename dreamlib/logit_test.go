package dreamlib

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// TestLogitRises wants each class to rise in three steps, and each step to say
// what the class's score was before it.
func TestLogitRises(t *testing.T) {
	net := dreamtest.Classified(t, "relu4_1")
	picture := dreamtest.Scene(40, 33)
	cfg := short(t, "default")
	cfg.Jitter, cfg.Step = 0, 0.5
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for class := range net.Labels {
			cfg.Objective = Logit(className(net, class))
			ascent, err := Ascend(m, cfg, 0, picture)
			if err != nil {
				t.Fatal(err)
			}
			before := math.Inf(-1)
			for range 3 {
				scores, err := m.Logits(ascent.picture)
				if err != nil {
					t.Fatal(err)
				}
				value, err := ascent.Step(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				if want := float64(scores[0][class]); math.Abs(value-want) > 1e-4*math.Abs(want) {
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
	net := dreamtest.Classified(t, "relu4_1")
	cfg := short(t, "default")
	cfg.Jitter, cfg.Objective = 0, Sum(Logit("1"), Scale(-0.1, Logit("CAT'S HEAD")), Layer("2"))
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		result := dreamt(t, newModel(t, e, net, vgg.Options{}), dreamtest.Scene(10, 50), cfg)
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
