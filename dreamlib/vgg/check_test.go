package vgg

import (
	"context"
	"errors"
	"image"
	"math"
	"runtime"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// TestMisshapenInputs wants what a network sees checked wherever it comes in.
func TestMisshapenInputs(t *testing.T) {
	net := dreamtest.Classified(t, "relu5_4")
	m := newModel(t, opened(t, "go"), net, Options{})
	o := objective(t, net, l2, "relu1_1")
	l, err := m.Layout(o, 1, picture.Size{Width: 40, Height: 40}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x    *Input
		want string
	}{
		{nil, "vgg: input: there is none, want one from Preprocess or NewInput"},
		{&Input{}, "vgg: input of 0 pictures of 0x0: want 0 values for each, found 0 in all"},
		{&Input{1, 40, 40, make([]float32, 40*40*4)}, "vgg: input of 1 pictures of 40x40: want 4800 values for each, found 6400 in all"},
		{&Input{-1, -40, 40, make([]float32, 40*40*3)}, "vgg: input of -1 pictures"},
		{&Input{1 << 62, 1 << 62, 16, nil}, "vgg: input of"},
	} {
		for name, call := range map[string]func() error{
			"Activations": func() error { _, err := m.Activations(c.x, "relu1_1"); return err },
			"Gradient":    func() error { _, _, err := m.Gradient(context.Background(), o, c.x, nil); return err },
			"into": func() error {
				_, _, err := m.Gradient(context.Background(), o, noise(1, 1, 40, 40), &Input{})
				return err
			},
			"Layout":    func() error { _, err := l.Gradient(context.Background(), c.x, NewInput(1, 40, 40)); return err },
			"Logits":    func() error { _, err := m.Logits(c.x); return err },
			"Deprocess": func() error { _, err := Deprocess(models.ImageNet, c.x); return err },
		} {
			want := c.want
			if name == "into" {
				want = "vgg: input of 0 pictures"
			}
			faulttest.Refused(t, name, want, call)
		}
	}
	faulttest.Refused(t, "another size", "vgg: gradient: want 1 pictures of 40x40, found 2 of 40x40", func() error {
		_, err := l.Gradient(context.Background(), noise(1, 2, 40, 40), NewInput(2, 40, 40))
		return err
	})
	faulttest.Refused(t, "no pictures", "want 1 picture or more", func() error {
		_, err := m.Layout(o, 0, picture.Size{Width: 40, Height: 40}, 0)
		return err
	})
	for what, images := range map[string][]*picture.Image{
		"want one image or more":                                  {},
		"want one image or more ":                                 {nil},
		"want images of one size, found 3x3 and 4x3":              {picture.New(3, 3), picture.New(4, 3)},
		"picture: image of 3x3: Pix: want 27 values, found 0":     {picture.New(3, 3), {Width: 3, Height: 3}},
		"vgg: preprocess: want images of one size, found 3x3 and": {picture.New(3, 3), picture.New(3, 4)},
	} {
		faulttest.Refused(t, "Preprocess", strings.TrimSpace(what), func() error { Preprocess(models.ImageNet, images...); return nil })
	}
}

// TestMisshapenObjectives wants objectives refused that cannot be, with what was found.
func TestMisshapenObjectives(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	size := picture.Size{Width: 101, Height: 75}
	sum := func(a Activations) *Node { return a.Total(0, a.Of(0)) }
	term := func(change func(*Term)) Objective {
		o := Term{Weight: 1, Kind: "mean", Reads: []Read{{Layer: 6, Channels: []int{0}}}, Sum: sum} // relu2_1
		change(&o)
		return Objective{o}
	}
	read := func(r Read) Objective { return term(func(t *Term) { t.Reads = []Read{r} }) }
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			objective Objective
			want      string
		}{
			{nil, "vgg: objective: is empty, want one term or more"},
			{term(func(t *Term) { t.Sum = nil }), `term "mean": want a Kind, a Sum and at least one of Reads`},
			{term(func(t *Term) { t.Kind = "" }), "want a Kind"},
			{term(func(t *Term) { t.Reads = nil }), "at least one of Reads"},
			{term(func(t *Term) { t.Weight = math.NaN() }), "weight NaN: want a finite number"},
			{term(func(t *Term) { t.Weight = 1e300 }), "weight 1e+300"},
			{read(Read{Layer: -1}), "layer -1: want 0 to "},
			{read(Read{Layer: 99}), "layer 99: want 0 to "},
			{read(Read{Layer: 6, Channels: []int{}}), "relu2_1: no channel, want at least one"},
			{read(Read{Layer: 6, Channels: []int{4}}), "relu2_1: channel 4: want 0 to 3"},
			{read(Read{Layer: 6, Channels: []int{-1}}), "relu2_1: channel -1: want 0 to 3"},
			{read(Read{Layer: 6, Channels: []int{0}, At: &image.Point{X: 50, Y: 3}}), "relu2_1: position 50x3: want column 0 to 49 and row 0 to 36 of a picture of 101x75"},
			{read(Read{Layer: 6, Channels: []int{0}, At: &image.Point{X: 0, Y: 37}}), "position 0x37"},
			{read(Read{Layer: 6, Channels: []int{0}, At: &image.Point{X: -1, Y: 0}}), "position -1x0"},
			{append(objective(t, net, l2, "relu1_1"), read(Read{Layer: 6, At: &image.Point{X: 0, Y: -1}})...), "position 0x-1"},
			{term(func(t *Term) { t.Sums = 2 }), "objective mean: Sum: want shape [1, 2], found (Float32)[1, 1]"},
		} {
			m := newModel(t, e, net, Options{})
			faulttest.Refused(t, "Gradient", c.want, func() error {
				_, _, err := m.Gradient(context.Background(), c.objective, noise(1, 1, size.Height, size.Width), nil)
				return err
			})
		}
	})
}

// TestNoModel wants no engine, a closed one and no model refused, which is what comes of
// not looking at an error.
func TestNoModel(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	closed, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	late := newModel(t, closed, net, Options{})
	closed.Close()
	for _, c := range []struct {
		engine *Engine
		want   string
	}{
		{nil, "vgg: engine: there is none, want one from OpenEngine"},
		{&Engine{Name: "go"}, "want one from OpenEngine"},
		{closed, "vgg: engine go: is closed"},
	} {
		faulttest.Refused(t, "NewModel", c.want, func() error {
			_, err := NewModel(c.engine, net, Options{})
			return err
		})
	}
	o, x := objective(t, net, l2, "relu1_1"), noise(1, 1, 20, 20)
	for _, c := range []struct {
		model *Model
		want  string
	}{
		{nil, "vgg: model: there is none, want one from NewModel"},
		{&Model{}, "want one from NewModel"},
		{&Model{Net: net, Engine: late.Engine}, "want one from NewModel"},
		{late, "vgg: engine go: is closed"},
	} {
		m := c.model
		for name, call := range map[string]func() error{
			"Activations": func() error { _, err := m.Activations(x, "relu1_1"); return err },
			"Gradient":    func() error { _, _, err := m.Gradient(context.Background(), o, x, nil); return err },
			"Layout":      func() error { _, err := m.Layout(o, 1, x.Size(), 0); return err },
			"Logits":      func() error { _, err := m.Logits(x); return err },
			"SetWeights":  func() error { return m.SetWeights(net) },
			"Ready":       func() error { return m.Ready(context.Background()) },
		} {
			faulttest.Refused(t, name, c.want, call)
		}
	}
	var model *Model
	model.Close()
	var engine *Engine
	engine.Close()
}

// TestMisshapenNets wants a net that was spoilt refused wherever one is taken, also
// in a model that was sound.
func TestMisshapenNets(t *testing.T) {
	e, sound := opened(t, "go"), dreamtest.Classified(t, "relu5_4")
	o := objective(t, sound, "", "logit:eye")
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
		m := newModel(t, e, sound, Options{})
		for name, call := range map[string]func() error{
			"NewModel":   func() error { _, err := NewModel(e, c.net, Options{}); return err },
			"SetWeights": func() error { return m.SetWeights(c.net) },
			"Gradient": func() error {
				m.Net = c.net
				defer func() { m.Net = sound }()
				_, _, err := m.Gradient(context.Background(), o, noise(1, 1, 30, 40), nil)
				return err
			},
		} {
			faulttest.Refused(t, name, c.want, call)
		}
	}
}

// TestWorkersPanic wants a panic in one of the engine's goroutines as an error of the
// function that was called, with where it was.
func TestWorkersPanic(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	o, x := objective(t, net, l2, "relu3_1"), noise(1, 1, 30, 40)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for name, call := range map[string]func(m *Model) error{
			"Gradient":    func(m *Model) error { _, _, err := m.Gradient(context.Background(), o, x, nil); return err },
			"Activations": func(m *Model) error { _, err := m.Activations(x, "relu3_1"); return err },
		} {
			m := newModel(t, e, dreamtest.RandomNet(t, 32), Options{})
			m.source[1].Kernel = m.source[1].Kernel[:1] // which no exported function lets in
			err := call(m)
			var fault runtime.Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), "vgg: worker: panic: runtime error: ") || !strings.Contains(err.Error(), "goroutine ") {
				t.Errorf("%s: got %v, want a worker's panic and its stack", name, err)
			}
		}
	})
}
