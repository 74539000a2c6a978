package dreamlib

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// moved is what steps of some gradients make of zeros.
func moved(o Optimizer, sizes []float32, gradients ...[]float32) []float32 {
	values := make([]float32, len(gradients[0]))
	update := o.Start(len(values))
	for _, g := range gradients {
		update(values, slices.Clone(g), sizes)
	}
	return values
}

// within says whether all of got are as close to want as that.
func within(got, want []float32, tolerance float64) bool {
	for i, v := range want {
		if !(math.Abs(float64(got[i]-v)) <= tolerance) {
			return false
		}
	}
	return len(got) == len(want)
}

func TestOptimizers(t *testing.T) {
	in := []float32{1, -2, 3, 6}
	std := float32(math.Sqrt((1 + 16 + 1 + 16) / 3.))
	for _, c := range []struct {
		optimizer  Optimizer
		once, more []float32 // after one step, and after another along in reversed
	}{
		{MeanAbs, []float32{1. / 3, -2. / 3, 1, 2}, []float32{7. / 3, 1. / 3, 1. / 3, 7. / 3}},
		{Std, []float32{-1 / std, -4 / std, 1 / std, 4 / std}, []float32{3 / std, -3 / std, -3 / std, 3 / std}},
		{Plain, in, []float32{7, 1, 1, 7}},
		{Accumulate, in, []float32{8, -1, 4, 13}}, // g1 + (g1 + g2)
	} {
		back := slices.Clone(in)
		slices.Reverse(back)
		if got := moved(c.optimizer, []float32{1}, in); !within(got, c.once, 1e-6) {
			t.Errorf("%s: got %v, want %v", c.optimizer, got, c.once)
		}
		if got := moved(c.optimizer, []float32{1}, in, back); !within(got, c.more, 1e-6) {
			t.Errorf("%s: after two steps %v, want %v", c.optimizer, got, c.more)
		}
		want := []float32{2 * c.once[0], -c.once[1], 2 * c.once[2], -c.once[3]}
		if got := moved(c.optimizer, []float32{2, -1}, in); !within(got, want, 2e-6) {
			t.Errorf("%s: steps of 2 and -1: got %v, want %v", c.optimizer, got, want)
		}
	}
	for name, o := range Optimizers {
		if got := moved(o, []float32{1}, make([]float32, 4), make([]float32, 4)); !slices.Equal(got, make([]float32, 4)) {
			t.Errorf("%s: a gradient of zero moved to %v", o, got)
		}
		if o.String() != name {
			t.Errorf("%s is called %s", o, name)
		}
	}
}

// TestAdam wants two steps by algorithm 1 of the paper, with means that keep half and a
// quarter, and epsilon 1, worked out by hand. For the gradients 2 and then -6:
//
//	m1 = 1,   unbiased 1/(1-1/2)    = 2         v1 = 3,     unbiased 3/(1-1/4)       = 4
//	m2 = -5/2, unbiased -5/2/(3/4)  = -10/3     v2 = 111/4, unbiased 111/4/(15/16) = 29.6
//
// and so steps of 2/(2+1) and -10/3/(sqrt(29.6)+1).
func TestAdam(t *testing.T) {
	a := adam{0.5, 0.25, 1}
	first := float32(2. / 3)
	second := first + float32(-10./3/(math.Sqrt(29.6)+1))
	if got := moved(a, []float32{1}, []float32{2, 0}); !within(got, []float32{first, 0}, 1e-6) {
		t.Errorf("got %v, want %v", got, first)
	}
	if got := moved(a, []float32{1}, []float32{2, 0}, []float32{-6, 0}); !within(got, []float32{second, 0}, 1e-6) {
		t.Errorf("got %v, want %v", got, second)
	}
	// With the paper's defaults the first step is the sign of the gradient.
	if got := moved(Optimizers["adam"], []float32{0.5}, []float32{1e-3, -7, 0}); !within(got, []float32{0.5, -0.5, 0}, 1e-5) {
		t.Errorf("got %v, want half the gradient's signs", got)
	}
}

// TestEveryObjectiveRises wants three steps of every optimizer to raise an objective of
// every kind.
func TestEveryObjectiveRises(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	steps := map[string]float64{"mean-abs": 0.02, "std": 0.02, "none": 0, "accumulate": 0, "adam": 0.02}
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for name, o := range Optimizers {
			for _, text := range []string{"relu2_2", "l2 relu2_2", "conv2_2:3", "conv2_2:3@9x8", "logit:eye", "conv3_1:2@5x5 + logit:eye - 0.1*relu1_1"} {
				cfg := short(t, "default")
				cfg.Jitter, cfg.Units, cfg.Optimizer, cfg.Step, cfg.Clip = 0, UnitsNet, o, steps[name], false
				if rest, found := strings.CutPrefix(text, "l2 "); found {
					cfg.Measure, text = L2, rest
				}
				cfg.Objective = parsed(t, text)
				if cfg.Step == 0 { // along the gradient itself, whose size is the objective's
					cfg.Step = stepFor(t, m, cfg)
				}
				values := ascended(t, m, cfg, 3)
				if !(values[0] < values[1] && values[1] < values[2]) {
					t.Errorf("%s on %s, %s: the objective went %v, want it to rise", name, text, cfg.Measure, values)
				}
			}
		}
	})
}

// stepFor is the size of a step along the gradient that moves its largest value by 0.05.
func stepFor(t *testing.T, m *vgg.Model, cfg Config) float64 {
	t.Helper()
	bound, err := cfg.Objective.On(Scope{m.Net, cfg.Measure})
	if err != nil {
		t.Fatal(err)
	}
	_, g, err := m.Gradient(t.Context(), bound, vgg.Preprocess(m.Net.Preprocessing, dreamtest.Scene(40, 37)), nil)
	if err != nil {
		t.Fatal(err)
	}
	var most float64
	for _, v := range g.X {
		most = max(most, math.Abs(float64(v)))
	}
	return 0.05 / most
}

// ascended takes steps and returns the objective before each.
func ascended(t *testing.T, m *vgg.Model, cfg Config, steps int) (values []float64) {
	t.Helper()
	a, err := Ascend(m, cfg, 0, dreamtest.Scene(40, 37))
	if err != nil {
		t.Fatal(err)
	}
	for range steps {
		value, err := a.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	return values
}
