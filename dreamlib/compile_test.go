package dreamlib

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// TestNumbersCompileNothing changes every number of a Config, one after another,
// and wants no program but the first dream's, one for each octave.
func TestNumbersCompileNothing(t *testing.T) {
	net := classified(t, "relu3_1")
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, LoweringAuto)
		base := short(t, "pytorch")
		base.Width, base.Iterations = 0, 1
		objective := func(text string) func(*Config) {
			return func(c *Config) {
				if err := c.Objective.UnmarshalText([]byte(text)); err != nil {
					t.Fatal(err)
				}
			}
		}
		objective("relu2_1 + logit:eye")(&base)
		for _, change := range []func(*Config){
			func(*Config) {},
			func(*Config) {}, // the same dream again
			func(c *Config) { c.Step *= 3 },
			func(c *Config) { c.Seed = 99 },
			func(c *Config) { c.Jitter = 5 },
			func(c *Config) { c.Smooth = 3 },
			func(c *Config) { c.Iterations = 4 },
			func(c *Config) { c.Clip = !c.Clip },
			func(c *Config) { c.Units = UnitsPixel },
			objective("-2.5*relu2_1 + 3*logit:eye"),
			objective("relu2_1 + logit:spiral"),
			objective("logit:7 + relu2_1 - 2*logit:spiral"),
		} {
			cfg := base
			change(&cfg)
			if _, err := Dream(context.Background(), m, scene(24, 20), cfg, nil); err != nil {
				t.Fatal(err)
			}
			if c := m.Compiled(); c.Programs != 2 || c.Took <= 0 || c.Waited <= 0 {
				t.Fatalf("compiled by the time of %+v: %+v, want 2 programs", cfg, c)
			}
		}
	})
}

// TestPrepareKnowsWhatADreamCompiles compiles ahead, for dreams of every kind,
// and wants the dreams to compile nothing more, and plans to count the same.
func TestPrepareKnowsWhatADreamCompiles(t *testing.T) {
	net := classified(t, "relu3_1")
	img := scene(110, 93)
	size := picture.Size{Width: img.Width, Height: img.Height}
	cases := []struct {
		preset, objective string
		change            func(*Config)
		programs          int
	}{
		{"default", "relu2_1", func(*Config) {}, 2},
		{"google", "logit:eye + relu2_1", func(*Config) {}, 2},
		{"pytorch", "relu2_1", func(c *Config) { c.Width, c.Rule = 0, RuleAccumulate }, 2},
		{"classic", "relu2_1", func(*Config) {}, 1}, // all levels are seen at one size
		{"default", "relu2_1 - logit:7", func(c *Config) { c.Octaves, c.Tile = 1, 60 }, 1},
		{"default", "relu2_1", func(c *Config) { c.Octaves, c.Tile, c.Measure = 1, 60, L2 }, 2},
		{"default", "relu2_1", func(c *Config) { c.Iterations = 0 }, 0},
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range cases {
			m := newModel(t, e, net, LoweringAuto)
			cfg := short(t, c.preset)
			cfg.Iterations = 1
			if err := cfg.Objective.UnmarshalText([]byte(c.objective)); err != nil {
				t.Fatal(err)
			}
			c.change(&cfg)
			plan, err := m.Plan(size, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Prepare(context.Background(), size, cfg); err != nil {
				t.Fatal(err)
			}
			m.background.Wait()
			ahead := m.Compiled().Programs
			if _, err := Dream(context.Background(), m, img, cfg, nil); err != nil {
				t.Fatal(err)
			}
			wantAhead := c.programs
			if !e.compiles {
				wantAhead = 0 // its graphs take no time, so nothing is done ahead
			}
			if all := m.Compiled().Programs; ahead != wantAhead || all != c.programs || plan.Programs != c.programs {
				t.Errorf("%s on %s: planned %d programs, compiled %d ahead and %d in all, want %d",
					c.preset, c.objective, plan.Programs, ahead, all, c.programs)
			}
		}
	})
}

// TestDreamEndsEarly ends dreams while later octaves are still being compiled.
// Close waits for that, and nothing is compiled afterwards.
func TestDreamEndsEarly(t *testing.T) {
	net := randomNet(t, 32)
	cfg := short(t, "default")
	cfg.Octaves = 4
	eachEngine(t, func(t *testing.T, e *Engine) {
		m, err := NewModel(e, net, ModelOptions{})
		if err != nil {
			t.Fatal(err)
		}
		never, cancel := context.WithCancel(context.Background())
		cancel()
		if err := m.Prepare(never, picture.Size{Width: 150, Height: 120}, cfg); err != nil {
			t.Fatal(err)
		}
		m.background.Wait()
		if n := m.Compiled().Programs; n != 0 {
			t.Errorf("%d programs compiled though nobody waits for them", n)
		}
		enough := errors.New("enough")
		result, err := Dream(context.Background(), m, scene(150, 120), cfg, func(Progress) error { return enough })
		if !errors.Is(err, enough) || len(result.Values) != 1 {
			t.Fatalf("got %v, want one step and then an end", err)
		}
		m.mu.Lock()
		var begun []*compilation
		for _, c := range m.programs {
			begun = append(begun, c)
		}
		m.mu.Unlock()
		m.Close()
		for _, c := range begun {
			select {
			case <-c.done:
			default:
				t.Error("the model is closed, and still something is being compiled")
			}
		}
		n := m.Compiled().Programs
		if err := m.Prepare(context.Background(), picture.Size{Width: 150, Height: 120}, cfg); err != nil {
			t.Fatal(err)
		}
		if _, err := Dream(context.Background(), m, scene(150, 120), cfg, nil); err == nil || !strings.Contains(err.Error(), "the model is closed") {
			t.Errorf("dream on a closed model: %v", err)
		}
		if now := m.Compiled().Programs; now != n {
			t.Errorf("%d programs compiled after the model was closed", now-n)
		}
	})
}

// outlined is net without its weights.
func outlined(net *models.Net) *models.Net {
	own := *net
	own.SHA256, own.Layers = "", slices.Clone(net.Layers)
	for i := range own.Layers {
		own.Layers[i].Kernel, own.Layers[i].Bias = nil, nil
	}
	return &own
}

// TestSetWeights begins with an outline, compiles, and brings the weights later.
func TestSetWeights(t *testing.T) {
	net := classified(t, "relu3_1")
	img := scene(40, 30)
	cfg := short(t, "default")
	cfg.Objective = Layer("relu3_1")
	eachEngine(t, func(t *testing.T, e *Engine) {
		want, err := Dream(context.Background(), newModel(t, e, net, LoweringAuto), img, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := newModel(t, e, outlined(net), LoweringAuto)
		if err := m.Prepare(context.Background(), picture.Size{Width: 40, Height: 30}, cfg); err != nil {
			t.Fatal(err)
		}
		x := tensors.FromFlatDataAndDimensions(noise(1, 30, 40), 1, 30, 40, 3)
		if _, _, err := m.Gradient(x, cfg.Objective, L2); err == nil || !strings.Contains(err.Error(), "SetWeights") {
			t.Errorf("a gradient without weights: %v", err)
		}
		other := outlined(net)
		other.Labels = slices.Repeat([]string{"cat"}, len(net.Labels))
		for _, wrong := range []*models.Net{randomNet(t, 16), other} {
			if err := m.SetWeights(wrong); err == nil || !strings.Contains(err.Error(), "has changed") {
				t.Errorf("the weights of another net: %v", err)
			}
		}
		if err := m.SetWeights(net); err != nil {
			t.Fatal(err)
		}
		got, err := Dream(context.Background(), m, img, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Image.Pix, want.Image.Pix) {
			t.Error("another picture than with the weights from the start")
		}
	})
}

// TestLower compares lowered kernels, also of channels that fill no block, with
// what their definition says.
func TestLower(t *testing.T) {
	for _, d := range [][2]int{{1, 1}, {3, 20}, {17, 16}, {33, 5}} {
		in, out := d[0], d[1]
		w := noise(5, in*out*3, 1)
		for _, turned := range []bool{false, true} {
			k := kernel{in: in, out: out, w: w, turned: turned}
			direct, winograd := make([]float32, 9*in*out), make([]float32, 36*in*out)
			k.lower(LoweringDirect, direct)
			k.lower(LoweringWinograd, winograd)
			for i := range in {
				for o := range out {
					var window [9]float32
					for p := range window {
						if turned {
							window[p] = w[(i*out+o)*9+8-p]
						} else {
							window[p] = w[(o*in+i)*9+p]
						}
						if got := direct[(p*in+i)*out+o]; got != window[p] {
							t.Fatalf("%dx%d, turned %v: direct %v at %d, want %v", in, out, turned, got, p, window[p])
						}
					}
					for p := range 36 {
						var want float64
						for q, v := range window {
							want += winogradG[p/6][q/3] * float64(v) * winogradG[p%6][q%3]
						}
						if got := winograd[(p*in+i)*out+o]; got != float32(want) {
							if diff := float64(got) - want; diff > 1e-6 || diff < -1e-6 {
								t.Fatalf("%dx%d, turned %v: Winograd's %v at %d, want %v", in, out, turned, got, p, want)
							}
						}
					}
				}
			}
		}
	}
}
