package dreamlib

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// TestNumbersCompileNothing changes all of a Config but the structure of its objective,
// its measure and its sizes, one after another, and wants no program but the first
// dream's, one for each octave.
func TestNumbersCompileNothing(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		base := short(t, "pytorch")
		base.Width, base.Iterations = 0, 1
		objective := func(text string) func(*Config) { return func(c *Config) { c.Objective = parsed(t, text) } }
		objective("relu2_1 + logit:eye + relu2_2:1 + relu3_1:5@2x1")(&base)
		changes := []func(*Config){
			func(*Config) {},
			func(*Config) {}, // the same dream again
			func(c *Config) { c.Step *= 3 },
			func(c *Config) { c.Seed = 99 },
			func(c *Config) { c.Jitter = 5 },
			func(c *Config) { c.Jitter = 0 },
			func(c *Config) { c.Transform = Sequence(Jitter(3), Jitter(1)) },
			func(c *Config) { c.Smooth = 3 },
			func(c *Config) { c.Iterations = 4 },
			func(c *Config) { c.Clip = !c.Clip },
			func(c *Config) { c.Units = UnitsPixel },
			func(c *Config) { c.Pyramid = Detail },
			objective("-2.5*relu2_1 + 3*logit:eye + relu2_2:3 - relu3_1:2@0x0"),
			objective("relu2_1 + logit:spiral + 0*relu2_2:1 + relu3_1:5@2x0"),
		}
		for _, o := range Optimizers {
			changes = append(changes, func(c *Config) { c.Optimizer = o })
		}
		for _, change := range changes {
			cfg := base
			change(&cfg)
			dreamt(t, m, dreamtest.Scene(24, 20), cfg)
			if c := m.Compiled(); c.Programs != 2 || c.Took <= 0 || c.Waited <= 0 {
				t.Fatalf("compiled by the time of %+v: %+v, want 2 programs", cfg, c)
			}
		}
	})
}

// TestPrepareKnowsWhatADreamCompiles compiles ahead, for dreams of every kind,
// and wants the dreams to compile nothing more, and plans to count the same.
func TestPrepareKnowsWhatADreamCompiles(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	img := dreamtest.Scene(110, 93)
	cases := []struct {
		preset, objective string
		tile              int
		change            func(*Config)
		programs          int
	}{
		{"default", "relu2_1", 0, func(*Config) {}, 2},
		{"google", "logit:eye + relu2_1", 0, func(*Config) {}, 2},
		{"pytorch", "relu2_1", 0, func(c *Config) { c.Width, c.Optimizer = 0, Accumulate }, 2},
		{"classic", "relu2_1", 0, func(*Config) {}, 1}, // all levels are seen at one size
		{"default", "relu2_1 - logit:7", 60, func(c *Config) { c.Octaves = 1 }, 1},
		{"default", "relu2_1", 60, func(c *Config) { c.Octaves, c.Measure = 1, L2 }, 2},
		{"default", "relu2_1:3@5x5", 0, func(*Config) {}, 2},
		{"default", "relu2_1", 0, func(c *Config) { c.Iterations = 0 }, 0},
	}
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		for _, c := range cases {
			m := newModel(t, e, net, vgg.Options{Tile: c.tile})
			cfg := short(t, c.preset)
			cfg.Iterations = 1
			cfg.Objective = parsed(t, c.objective)
			c.change(&cfg)
			plan, err := NewPlan(m, img.Size(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := Prepare(context.Background(), m, img.Size(), cfg); err != nil {
				t.Fatal(err)
			}
			ahead := c.programs
			if e.Name == "go" {
				ahead = 0 // its graphs take no time, so nothing is done ahead
			}
			for deadline := time.Now().Add(time.Minute); m.Compiled().Programs < ahead && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if n := m.Compiled().Programs; n != ahead {
				t.Errorf("%s on %s: %d programs compiled ahead, want %d", c.preset, c.objective, n, ahead)
			}
			dreamt(t, m, img, cfg)
			if all := m.Compiled().Programs; all != c.programs || plan.Programs != c.programs {
				t.Errorf("%s on %s: planned %d programs, compiled %d in all, want %d", c.preset, c.objective, plan.Programs, all, c.programs)
			}
		}
	})
}

// TestDreamEndsEarly ends a dream while later octaves are still being compiled, and
// closes the model.
func TestDreamEndsEarly(t *testing.T) {
	cfg := short(t, "default")
	cfg.Octaves = 4
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, dreamtest.RandomNet(t, 32), vgg.Options{})
		enough := errors.New("enough")
		result, err := Dream(context.Background(), m, dreamtest.Scene(150, 120), cfg, func(Progress) error { return enough })
		if !errors.Is(err, enough) || len(result.Values) != 1 {
			t.Fatalf("got %v, want one step and then an end", err)
		}
		m.Close()
		n := m.Compiled().Programs
		if err := Prepare(context.Background(), m, dreamtest.Scene(150, 120).Size(), cfg); err != nil {
			t.Fatal(err)
		}
		if _, err := Dream(context.Background(), m, dreamtest.Scene(150, 120), cfg, nil); err == nil || m.Compiled().Programs != n {
			t.Errorf("a dream on a closed model: %v, %d programs more", err, m.Compiled().Programs-n)
		}
	})
}
