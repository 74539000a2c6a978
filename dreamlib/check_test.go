package dreamlib

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// entries are the functions that take a model, an image and a Config.
func entries(m *vgg.Model, img *picture.Image, cfg Config, size picture.Size) map[string]func(t *testing.T) error {
	return map[string]func(t *testing.T) error{
		"Dream":   func(t *testing.T) error { _, err := Dream(t.Context(), m, img, cfg, nil); return err },
		"Ascend":  func(t *testing.T) error { _, err := Ascend(m, cfg, 0, img); return err },
		"NewPlan": func(t *testing.T) error { _, err := NewPlan(m, size, cfg); return err },
		"Prepare": func(t *testing.T) error { return Prepare(t.Context(), m, size, cfg) },
	}
}

// TestMisshapenImages wants an image that is none refused where it comes in.
func TestMisshapenImages(t *testing.T) {
	m, cfg := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{}), short(t, "google")
	for _, c := range []struct {
		image *picture.Image
		want  string
	}{
		{nil, "picture: is empty, want at least 1x1 pixels"},
		{&picture.Image{Width: 40, Height: 30}, "picture: image of 40x30: Pix: want 3600 values, found 0"},
	} {
		for _, name := range []string{"Dream", "Ascend"} {
			faulttest.Refused(t, name, c.want, func() error { return entries(m, c.image, cfg, picture.Size{})[name](t) })
		}
	}
	for _, name := range []string{"NewPlan", "Prepare"} {
		faulttest.Refused(t, name, "want at most 268435456 pixels", func() error {
			return entries(m, nil, cfg, picture.Size{Width: 1 << 40, Height: 1 << 40})[name](t)
		})
	}
}

// TestMissing wants a Config without one of its nouns, a model that is none and an ascent
// that is none refused in words.
func TestMissing(t *testing.T) {
	img, net := dreamtest.Scene(40, 30), dreamtest.RandomNet(t, 32)
	e, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	sound, late := newModel(t, opened(t, "go"), net, vgg.Options{}), newModel(t, e, net, vgg.Options{})
	e.Close()
	for _, c := range []struct {
		model  *vgg.Model
		change func(*Config)
		want   string
	}{
		{sound, func(c *Config) { c.Objective = nil }, "dreamlib: objective: is empty, want a layer such as relu4_2"},
		{sound, func(c *Config) { c.Pyramid = nil }, `dreamlib: pyramid: there is none, want one of ["article" "carry" "detail"]`},
		{sound, func(c *Config) { c.Optimizer = nil }, `dreamlib: rule: there is none, want one of ["accumulate"`},
		{sound, func(c *Config) { *c = Config{} }, `dreamlib: pyramid: there is none`},
		{nil, func(*Config) {}, "vgg: model: there is none, want one from NewModel"},
		{&vgg.Model{}, func(*Config) {}, "want one from NewModel"},
		{late, func(*Config) {}, "vgg: engine go: is closed"},
	} {
		cfg := short(t, "google")
		c.change(&cfg)
		for name, call := range entries(c.model, img, cfg, img.Size()) {
			faulttest.Refused(t, name, c.want, func() error { return call(t) })
		}
	}
	cfg := short(t, "google")
	cfg.Param, cfg.Transform = nil, nil // are pixels, and none
	dreamt(t, sound, img, cfg)
	for _, a := range []*Ascent{nil, {}} {
		faulttest.Refused(t, "Step", "dreamlib: ascent: there is none", func() error { _, err := a.Step(t.Context()); return err })
		faulttest.Refused(t, "Image", "dreamlib: ascent: there is none", func() error { _, err := a.Image(); return err })
		faulttest.Refused(t, "Progress", "dreamlib: ascent: there is none", func() error { _, err := Progress{ascent: a}.Image(); return err })
	}
}

// TestMisshapenNets wants a net that was spoilt refused wherever one is taken.
func TestMisshapenNets(t *testing.T) {
	sound := dreamtest.Classified(t, "relu5_4")
	spoilt := *sound
	spoilt.Classifier = &models.Classifier{Layer: "relu5_4", Weight: make([]float32, 5), Bias: sound.Classifier.Bias}
	for _, c := range []struct {
		net  *models.Net
		want string
	}{
		{nil, "models: net: has no layers, want a VGG network"},
		{&models.Net{}, "has no layers"},
		{&spoilt, "classifier: weight: want"},
	} {
		faulttest.Refused(t, "Classes", c.want, func() error { _, err := Classes(c.net); return err })
		faulttest.Refused(t, "Canonical", c.want, func() error { _, err := Canonical(Logit("eye"), c.net); return err })
	}
}

// faulty panics in a worker.
type faulty struct{ Jitter }

func (f faulty) Draw(size picture.Size, r *rand.Rand) Map {
	m := f.Jitter.Draw(size, r)
	m.Apply = func(to, _ *vgg.Input) {
		to.Rows(func(lo, hi int) { to.X[len(to.X)+lo] = 0 })
	}
	return m
}

// A half is a parameterisation or a transform that lacks something.
type half struct{ Fitted }

func (half) String() string { return "half" }

func (h half) Fit(start *vgg.Input, _ Space) (Fitted, error) {
	if h.Values == nil {
		h.Values = slices.Clone(start.X)
	}
	return h.Fitted, nil
}

func (half) Draw(size picture.Size, _ *rand.Rand) Map {
	return Map{Size: size, Apply: func(to, from *vgg.Input) { copy(to.X, from.X) }}
}

// TestHalfNouns wants nouns of one's own that lack something refused in words.
func TestHalfNouns(t *testing.T) {
	m, img := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{}), dreamtest.Scene(40, 30)
	cfg := short(t, "google")
	cfg.Objective, cfg.Param, cfg.Step, cfg.Octaves, cfg.Jitter = Layer("relu2_1"), half{}, 0.01, 1, 0
	if v := dreamt(t, m, img, cfg).Values; !(v[0] < v[1]) {
		t.Errorf("values %v: Values that are a copy of the picture aren't what is seen", v)
	}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Param = half{Fitted{Values: []float32{1}}} }, "param half: want Paint and Pull, or as Values the picture's"},
		{func(c *Config) { c.Param = half{Fitted{Paint: func(*vgg.Input) {}}} }, "param half: want Paint and Pull"},
		{func(c *Config) { c.Transform = half{} }, "transform half: want Apply and Pull"},
	} {
		cfg := short(t, "google")
		cfg.Jitter = 0
		c.change(&cfg)
		faulttest.Refused(t, "Dream", c.want, func() error { _, err := Dream(t.Context(), m, img, cfg, nil); return err })
	}
}

// TestWorkersPanic wants a panic in a worker of a part of one's own as an error of the
// function that was called, with where it was.
func TestWorkersPanic(t *testing.T) {
	m, cfg := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{}), short(t, "google")
	cfg.Objective, cfg.Transform = Layer("relu3_1"), faulty{}
	_, err := Dream(t.Context(), m, dreamtest.Scene(40, 30), cfg, nil)
	var fault runtime.Error
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), "dreamlib: worker: panic: runtime error: ") || !strings.Contains(err.Error(), "goroutine ") {
		t.Errorf("got %v, want a worker's panic and its stack", err)
	}
}
