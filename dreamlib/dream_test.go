package dreamlib

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// eachEngine runs a test on every engine, and skips it on those that are not here.
// The pure-Go one always is.
func eachEngine(t *testing.T, do func(t *testing.T, e *vgg.Engine)) {
	t.Helper()
	for _, status := range vgg.Engines() {
		t.Run(status.Name, func(t *testing.T) {
			if !status.Found && status.Name != "go" {
				t.Skip(status.Detail)
			}
			do(t, opened(t, status.Name))
		})
	}
}

func opened(t testing.TB, name string) *vgg.Engine {
	t.Helper()
	e, err := vgg.OpenEngine(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func newModel(t testing.TB, e *vgg.Engine, net *models.Net, o vgg.Options) *vgg.Model {
	t.Helper()
	m, err := vgg.NewModel(e, net, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// dreamt is what Dream gives.
func dreamt(t testing.TB, m *vgg.Model, img *picture.Image, cfg Config) *Result {
	t.Helper()
	result, err := Dream(context.Background(), m, img, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// parsed reads an objective's text.
func parsed(t testing.TB, text string) Objective {
	t.Helper()
	o, err := ParseObjective(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// short is a preset with little to do.
func short(t testing.TB, name string) Config {
	t.Helper()
	cfg, err := Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Octaves, cfg.Iterations = 2, 3
	if cfg.Width > 0 {
		cfg.Width = 60
	}
	return cfg
}

// TestObjectiveRises wants three steps of every preset to raise the objective
// on every octave, from where the octave began.
func TestObjectiveRises(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for _, name := range Presets() {
			cfg := short(t, name)
			cfg.Jitter = 0 // the objective is compared from step to step
			result, err := Dream(context.Background(), m, dreamtest.Scene(50, 40), cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			for o := 0; o+3 <= len(result.Values); o += 3 {
				v := result.Values[o:][:3]
				if !(v[0] < v[1] && v[1] < v[2]) {
					t.Errorf("%s: the objective went %v, want it to rise", name, v)
				}
			}
			for _, v := range result.Image.Pix {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("%s: a value of %v in the result, want 0..1", name, v)
				}
			}
		}
	})
}

// TestSeeds wants the same pixels from the same seed, and others from another.
func TestSeeds(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		cfg := short(t, "google")
		dream := func(m *vgg.Model, seed uint64) []float32 {
			cfg.Seed = seed
			result, err := Dream(context.Background(), m, dreamtest.Scene(50, 40), cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			return result.Image.Pix
		}
		first := dream(m, 1)
		if !slices.Equal(first, dream(m, 1)) {
			t.Error("the same seed made other pixels")
		}
		if !slices.Equal(first, dream(newModel(t, e, net, vgg.Options{}), 1)) {
			t.Error("the same seed made other pixels on a new model")
		}
		if slices.Equal(first, dream(m, 2)) {
			t.Error("another seed made the same pixels")
		}
	})
}

// TestComposition does by hand what Dream does, from the exported steps.
func TestComposition(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	img := dreamtest.Scene(50, 40)
	cfg := short(t, "google")
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		want, err := Dream(context.Background(), m, img, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		var dreamt, lastBase *picture.Image
		sizes, _, err := Detail.Sizes(picture.Size{Width: 50, Height: 40}, cfg.Octaves, cfg.OctaveScale, 8)
		if err != nil {
			t.Fatal(err)
		}
		for o, size := range sizes {
			base := picture.Resize(img, size.Width, size.Height, picture.Bilinear)
			start := base.Clone()
			if dreamt != nil {
				dreamt.Sub(lastBase)
				start = picture.Resize(dreamt, size.Width, size.Height, picture.Bilinear)
				start.Add(base)
			}
			ascent, err := Ascend(m, cfg, o, start)
			if err != nil {
				t.Fatal(err)
			}
			for range cfg.Iterations {
				if _, err := ascent.Step(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if dreamt, err = ascent.Image(); err != nil {
				t.Fatal(err)
			}
			lastBase = base
		}
		dreamt.Clip()
		if !slices.Equal(dreamt.Pix, want.Image.Pix) {
			t.Error("the exported steps make another picture than Dream")
		}
	})
}

// TestStepIsGradientAscent wants one plain step to be x + step * gradient.
func TestStepIsGradientAscent(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	picture := dreamtest.Scene(40, 33)
	cfg := short(t, "classic")
	cfg.Optimizer, cfg.Objective = Plain, Layer("relu3_2")
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{Lowering: vgg.LoweringDirect})
		want := vgg.Preprocess(net.Preprocessing, picture)
		bound, err := cfg.Objective.On(Scope{net, cfg.Measure})
		if err != nil {
			t.Fatal(err)
		}
		value, g, err := m.Gradient(context.Background(), bound, want, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range g.X {
			want.X[i] += float32(cfg.Step) * v
		}
		ascent, err := Ascend(m, cfg, 0, picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ascent.Step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-value) > 1e-5*value {
			t.Errorf("value %v, want %v", got, value)
		}
		if d := dreamtest.Relative(ascent.picture.X, want.X); !(d < 1e-6) {
			t.Errorf("the step differs by %.2g, relative", d)
		}
	})
}

// TestSmallPictures wants any size to work, and to be told what was done.
func TestSmallPictures(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for _, c := range []struct {
			preset string
			size   picture.Size
			note   string
		}{
			{"google", picture.Size{Width: 1, Height: 1}, "the edges of the 1x1 picture were repeated to 8x8"},
			{"google", picture.Size{Width: 1, Height: 300}, "repeated to 8x300"},
			{"google", picture.Size{Width: 9, Height: 9}, "1 of 2 octaves were dropped"},
			{"classic", picture.Size{Width: 1, Height: 1}, ""},
			{"pytorch", picture.Size{Width: 3, Height: 2}, "brought from 3x2 to 60x40"},
		} {
			cfg := short(t, c.preset)
			result, err := Dream(context.Background(), m, dreamtest.Scene(c.size.Width, c.size.Height), cfg, nil)
			if err != nil {
				t.Errorf("%s %v: %v", c.preset, c.size, err)
				continue
			}
			notes := strings.Join(result.Notes, "; ")
			if !strings.Contains(notes, c.note) || (c.note == "") != (notes == "") {
				t.Errorf("%s %v: notes %q, want %q", c.preset, c.size, notes, c.note)
			}
			got := picture.Size{Width: result.Image.Width, Height: result.Image.Height}
			if cfg.Width == 0 && got != c.size {
				t.Errorf("%s: the result is %v, want %v", c.preset, got, c.size)
			}
		}
	})
}

// TestEndsEarly wants the picture so far, at full size, with the reason, from a
// context or an onStep that ends the dream at any step.
func TestEndsEarly(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	picture := dreamtest.Scene(40, 30)
	picture.Alpha = make([]float32, 40*30)
	stop := errors.New("enough")
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for _, preset := range []string{"google", "pytorch", "classic"} {
			for _, after := range []int{1, 2, 3, 4} {
				cfg := short(t, preset)
				cfg.Width = 0
				steps := 0
				result, err := Dream(context.Background(), m, picture, cfg, func(p Progress) error {
					if p.Step != steps || p.Octave != steps/3 || p.Iteration != steps%3 {
						t.Errorf("%s: step %d reported as %+v", preset, steps, p)
					}
					if steps++; steps == after {
						return stop
					}
					return nil
				})
				if !errors.Is(err, stop) || result == nil || len(result.Values) != after {
					t.Fatalf("%s: got %v after %d steps, want the reason after %d", preset, err, steps, after)
				}
				if result.Image.Width != 40 || result.Image.Height != 30 || result.Image.Alpha == nil {
					t.Errorf("%s: the picture so far is %dx%d", preset, result.Image.Width, result.Image.Height)
				}
				if slices.Equal(result.Image.Pix, picture.Pix) {
					t.Errorf("%s: the picture so far is the picture dreamt on", preset)
				}
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		result, err := Dream(ctx, m, picture, short(t, "google"), nil)
		if !errors.Is(err, context.Canceled) || result == nil || len(result.Values) != 0 {
			t.Errorf("a dream that was over before it began: %v, %v", result, err)
		}
	})
}

// TestDreamRefuses wants clear errors before any work.
func TestDreamRefuses(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	m := newModel(t, opened(t, "go"), net, vgg.Options{})
	for _, c := range []struct {
		change  func(*Config)
		picture *picture.Image
		want    string
	}{
		{func(c *Config) { c.Objective = Layer("relu4_9") }, dreamtest.Scene(9, 9), "did you mean relu4_"},
		{func(c *Config) { c.Objective = Sum() }, dreamtest.Scene(9, 9), "objective: is empty"},
		{func(c *Config) { c.OctaveScale = 0.5 }, dreamtest.Scene(9, 9), "octave scale"},
		{func(c *Config) { c.Objective = Unit("relu3_1", 0, 2, 5) }, dreamtest.Scene(9, 9), "relu3_1: position 2x5: want column 0 to 0 and row 0 to 0 of a picture of 6x6"},
		{func(*Config) {}, nil, "picture: is empty"},
	} {
		cfg := short(t, "google")
		c.change(&cfg)
		result, err := Dream(context.Background(), m, c.picture, cfg, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || result != nil {
			t.Errorf("got %v, %v; want an error with %q", result, err, c.want)
		}
	}
}

// TestNotFinite wants a dream that overflows to end with a word, not with a
// picture of nothing.
func TestNotFinite(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		cfg := short(t, "classic")
		cfg.Step = 1e38
		result, err := Dream(context.Background(), newModel(t, e, net, vgg.Options{}), dreamtest.Scene(30, 30), cfg, nil)
		if err == nil || !strings.Contains(err.Error(), "try a smaller step") || result == nil {
			t.Errorf("got %v, want a word about the step", err)
		}
	})
}
