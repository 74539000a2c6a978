package display

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	_ "github.com/gomlx/compute/gobackend"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// tiny is a dream of 2 octaves of 4 steps that takes no time.
func tiny(t *testing.T) (*vgg.Model, *picture.Image, dreamlib.Config) {
	t.Helper()
	m, img, cfg, err := tinyDream()
	if err != nil {
		t.Fatal(err)
	}
	return m, img, cfg
}

func tinyDream() (*vgg.Model, *picture.Image, dreamlib.Config, error) {
	cfg, err := dreamlib.Preset("google")
	if err != nil {
		return nil, nil, cfg, err
	}
	cfg.Objective, cfg.Octaves, cfg.Iterations, cfg.Jitter = dreamlib.Layer("relu2_1"), 2, 4, 0
	net, err := models.Random(1, "vgg11", 16)
	if err != nil {
		return nil, nil, cfg, err
	}
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		return nil, nil, cfg, err
	}
	m, err := vgg.NewModel(engine, net, vgg.Options{})
	return m, picture.New(48, 32), cfg, err
}

// clock is a time that goes on when it is told to.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

// slow is a recorder that takes time.
type slow struct {
	*recorder
	clock *clock
	takes time.Duration
}

func (s slow) Show(b Bundle, id string, update bool) error {
	s.clock.now = s.clock.now.Add(s.takes)
	return s.recorder.Show(b, id, update)
}

// kept are what a recorder was shown in one place, of one kind.
func (r *recorder) kept(kind string) (ids map[string]bool, forms []any) {
	ids = map[string]bool{}
	for i, b := range r.bundles {
		if form, ok := b[kind]; ok {
			ids[r.ids[i]] = true
			forms = append(forms, form)
		}
	}
	return ids, forms
}

func TestLive(t *testing.T) {
	model, picture, cfg := tiny(t)
	for _, c := range []struct {
		name        string
		step, shows time.Duration // that a step takes, and showing a bar or a picture
		every       int
		pictures    int // the result is one of them
	}{
		{"every step", time.Second, 0, 0, 9},
		{"every third step", time.Second, 0, 3, 5}, // 0, 3, 6 and the last
		{"steps that take little", 150 * time.Millisecond, 0, 0, 6},
		{"steps that take nothing", 0, 0, 0, 3},                             // the first and the last
		{"pictures that take long", time.Second, time.Second / 2, 0, 2 + 2}, // 1 s each: every fifth step and the last
	} {
		t.Run(c.name, func(t *testing.T) {
			var r recorder
			clock := &clock{time.Unix(1, 0)}
			defer SetSink(SetSink(slow{&r, clock, c.shows}))
			live := &Live{Every: c.every, clock: clock.read}
			result, err := dreamlib.Dream(t.Context(), model, picture, cfg, func(p dreamlib.Progress) error {
				clock.now = clock.now.Add(c.step)
				return live.OnStep(p)
			})
			live.End(result, err)
			if err != nil {
				t.Fatal(err)
			}
			places, pictures := r.kept("image/png")
			if len(places) != 1 || len(pictures) != c.pictures {
				t.Errorf("%d pictures in %d places, want %d in one", len(pictures), len(places), c.pictures)
			}
			places, bars := r.kept("text/html")
			if len(places) != 1 || len(bars) != c.pictures {
				t.Fatalf("%d bars in %d places, want %d in one", len(bars), len(places), c.pictures)
			}
			if first := bars[0].(string); !strings.Contains(first, "octave 1 of 2, 34x23 pixels, step 1 of 8, objective") {
				t.Errorf("begins with %s", first)
			}
			if second := bars[1].(string); strings.Contains(second, "s left") != (c.step == time.Second) {
				t.Errorf("the time left in %s", second)
			}
			if last := bars[len(bars)-1].(string); !strings.Contains(last, `value="1.000"`) || !strings.Contains(last, ">8 steps in ") {
				t.Errorf("ends with %s", last)
			}
		})
	}
}

// TestLiveEndsEarly ends dreams that fail at once, are stopped, or cannot be shown.
func TestLiveEndsEarly(t *testing.T) {
	model, picture, cfg := tiny(t)
	var r recorder
	defer SetSink(SetSink(&r))
	wrong := cfg
	wrong.Objective = dreamlib.Layer("relu9_9")
	var live Live
	if _, err := live.Dream(t.Context(), model, picture, wrong); err == nil {
		t.Error("there is no relu9_9")
	}
	if text := r.bundles[len(r.bundles)-1]["text/plain"].(string); !strings.HasPrefix(text, "0 %: ended early: ") || !strings.HasSuffix(text, "; no step") {
		t.Errorf("found %q", text)
	}

	r = recorder{}
	ctx, stop := context.WithCancel(t.Context())
	steps := 0
	result, err := dreamlib.Dream(ctx, model, picture, cfg, func(p dreamlib.Progress) error {
		if steps++; steps == 3 {
			stop()
		}
		return live.OnStep(p)
	})
	live.End(result, err)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("found %v", err)
	}
	places, bars := r.kept("text/html")
	if last := bars[len(bars)-1].(string); !strings.Contains(last, "ended early: ") || !strings.Contains(last, "3 steps in ") || len(places) != 1 {
		t.Errorf("in %d places, ends with %s", len(places), last)
	}

	broken := errors.New("nobody listens")
	SetSink(failing{broken})
	result, err = live.Dream(t.Context(), model, picture, cfg)
	if !errors.Is(err, broken) || result == nil || len(result.Values) != 8 {
		t.Errorf("found %v, %v, want the whole result and %v", result, err, broken)
	}
	SetSink(nil)
	if result, err = live.Dream(t.Context(), model, picture, cfg); err != nil || len(result.Values) != 8 {
		t.Errorf("outside of notebooks: %v, %v", result, err)
	}
}

// failing is a sink that shows nothing.
type failing struct{ err error }

func (f failing) Show(Bundle, string, bool) error  { return f.err }
func (f failing) Clear(bool) error                 { return f.err }
func (f failing) Ask(string, bool) (string, error) { return "", f.err }
