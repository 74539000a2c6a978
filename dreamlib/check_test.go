package dreamlib

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// goModel is a model of a narrow network on the pure-Go engine.
func goModel(t *testing.T) *Model {
	t.Helper()
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return newModel(t, e, classified(t, "relu5_4"), LoweringAuto)
}

// refused wants an error that holds a text, or where a function returns none a panic
// with it in the goroutine that called.
func refused(t *testing.T, what, want string, call func() error) {
	t.Helper()
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				if _, ok := v.(runtime.Error); ok {
					t.Errorf("%s: %v", what, v)
				}
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		return call()
	}()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %q", what, err, want)
	}
}

// TestMisshapenImages wants an image that is none refused where it comes in.
func TestMisshapenImages(t *testing.T) {
	m, cfg := goModel(t), short(t, "google")
	for _, c := range []struct {
		image *picture.Image
		want  string
	}{
		{nil, "picture: is empty, want at least 1x1 pixels"},
		{&picture.Image{Width: 40, Height: 30}, "picture: image of 40x30: Pix: want 3600 values, found 0"},
	} {
		for name, call := range map[string]func() error{
			"Dream": func() error {
				_, err := Dream(context.Background(), m, c.image, cfg, nil)
				return err
			},
			"Ascend": func() error {
				_, err := m.Ascend(cfg, 0, c.image)
				return err
			},
			"Preprocess": func() error { Preprocess(models.ImageNet, c.image); return nil },
		} {
			refused(t, name, c.want, call)
		}
	}
	refused(t, "a size", "want at most 268435456 pixels", func() error {
		_, err := m.Plan(picture.Size{Width: 1 << 40, Height: 1 << 40}, cfg)
		return err
	})
}

// TestMisshapenTensors wants a network's input checked, too.
func TestMisshapenTensors(t *testing.T) {
	m := goModel(t)
	gone := tensors.FromShape(tensors.FromScalar(float32(0)).Shape())
	release(gone)
	for _, x := range []*tensors.Tensor{
		nil, gone, tensors.FromScalar(float32(0)),
		tensors.FromFlatDataAndDimensions(make([]float64, 3*40*40), 1, 40, 40, 3),
		tensors.FromFlatDataAndDimensions(make([]float32, 4*40*40), 1, 40, 40, 4),
	} {
		const want = "want a tensor of float32 and shape [1, h, w, 3], found "
		refused(t, "Activations", "dreamlib: picture: "+want, func() error {
			_, err := m.Activations(x, "relu1_1")
			return err
		})
		refused(t, "Gradient", "dreamlib: picture: "+want, func() error {
			_, _, err := m.Gradient(x, Layer("relu1_1"), MeanSquare)
			return err
		})
		refused(t, "Logits", "dreamlib: picture: "+want, func() error {
			_, err := m.Logits(x)
			return err
		})
		refused(t, "Deprocess", "dreamlib: deprocess: "+want, func() error {
			_, err := Deprocess(models.ImageNet, x)
			return err
		})
	}
	refused(t, "a measure", `dreamlib: measure "sum": unknown`, func() error {
		_, _, err := m.Gradient(Preprocess(models.ImageNet, scene(9, 9)), Layer("relu1_1"), "sum")
		return err
	})
}

// TestNoModel wants no engine, a closed one, no model and no ascent refused, which is
// what comes of not looking at an error.
func TestNoModel(t *testing.T) {
	cfg, img, net := short(t, "google"), scene(40, 30), randomNet(t, 32)
	closed, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	late := newModel(t, closed, net, LoweringAuto)
	closed.Close()
	for _, c := range []struct {
		engine *Engine
		want   string
	}{
		{nil, "dreamlib: engine: there is none, want one from OpenEngine"},
		{&Engine{Name: "go"}, "want one from OpenEngine"},
		{closed, "dreamlib: engine go: is closed"},
	} {
		refused(t, "NewModel", c.want, func() error {
			_, err := NewModel(c.engine, net, ModelOptions{})
			return err
		})
	}
	for _, c := range []struct {
		model *Model
		want  string
	}{
		{nil, "dreamlib: model: there is none, want one from NewModel"},
		{&Model{}, "want one from NewModel"},
		{&Model{Net: net, Engine: late.Engine}, "want one from NewModel"},
		{late, "dreamlib: engine go: is closed"},
	} {
		m := c.model
		for name, call := range map[string]func() error{
			"Dream": func() error {
				_, err := Dream(context.Background(), m, img, cfg, nil)
				return err
			},
			"Ascend": func() error {
				_, err := m.Ascend(cfg, 0, img)
				return err
			},
			"Plan": func() error {
				_, err := m.Plan(picture.Size{Width: 40, Height: 30}, cfg)
				return err
			},
			"Activations": func() error {
				_, err := m.Activations(nil, "relu1_1")
				return err
			},
			"Gradient": func() error {
				_, _, err := m.Gradient(nil, Layer("relu1_1"), MeanSquare)
				return err
			},
			"Logits": func() error {
				_, err := m.Logits(nil)
				return err
			},
			"Prepare":    func() error { return m.Prepare(context.Background(), picture.Size{Width: 40, Height: 30}, cfg) },
			"SetWeights": func() error { return m.SetWeights(net) },
		} {
			refused(t, name, c.want, call)
		}
	}
	var model *Model
	model.Close()
	var engine *Engine
	engine.Close()
	ended, err := goModel(t).Ascend(cfg, 0, img)
	if err != nil {
		t.Fatal(err)
	}
	ended.Close()
	ended.Close()
	for _, a := range []*Ascent{nil, {}, ended} {
		refused(t, "Step", "dreamlib: ascent: ", func() error {
			_, err := a.Step()
			return err
		})
		refused(t, "Picture", "dreamlib: ascent: ", func() error {
			_, err := Progress{ascent: a}.Picture()
			return err
		})
	}
}

// TestMisshapenNets wants a net that was spoilt refused wherever one is taken, also
// in a model that was sound.
func TestMisshapenNets(t *testing.T) {
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	sound := classified(t, "relu5_4")
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
		m := newModel(t, e, sound, LoweringAuto)
		for name, call := range map[string]func() error{
			"NewModel": func() error {
				_, err := NewModel(e, c.net, ModelOptions{})
				return err
			},
			"SetWeights": func() error { return m.SetWeights(c.net) },
			"Classes": func() error {
				_, err := Classes(c.net)
				return err
			},
			"Objective.Check": func() error { return Logit("eye").Check(c.net) },
			"Gradient": func() error {
				m.Net = c.net
				defer func() { m.Net = sound }()
				_, _, err := m.Gradient(Preprocess(models.ImageNet, scene(40, 30)), Logit("eye"), MeanSquare)
				return err
			},
		} {
			refused(t, name, c.want, call)
		}
	}
}

// TestWorkersPanic wants a panic in one of the engine's goroutines as an error of the
// function that was called, with where it was.
func TestWorkersPanic(t *testing.T) {
	cfg := short(t, "google")
	cfg.Objective = Layer("relu3_1")
	eachEngine(t, func(t *testing.T, e *Engine) {
		for name, call := range map[string]func(m *Model) error{
			"Dream": func(m *Model) error {
				_, err := Dream(context.Background(), m, scene(40, 30), cfg, nil)
				return err
			},
			"Step": func(m *Model) error {
				a, err := m.Ascend(cfg, 0, scene(40, 30))
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				_, err = a.Step()
				return err
			},
			"Activations": func(m *Model) error {
				_, err := m.Activations(Preprocess(models.ImageNet, scene(40, 30)), "relu3_1")
				return err
			},
		} {
			m := newModel(t, e, randomNet(t, 32), LoweringAuto)
			m.source[1].Kernel = m.source[1].Kernel[:1] // which no exported function lets in
			err := call(m)
			var fault runtime.Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), "dreamlib: worker: panic: runtime error: ") || !strings.Contains(err.Error(), "goroutine ") {
				t.Errorf("%s: got %v, want a worker's panic and its stack", name, err)
			}
		}
	})
}
