package dreamlib

import (
	"context"
	"fmt"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// benchEngines runs a benchmark on each engine that is here.
func benchEngines(b *testing.B, run func(b *testing.B, e *vgg.Engine)) {
	for _, status := range vgg.Engines() {
		if !status.Found {
			continue
		}
		b.Run("engine="+status.Name, func(b *testing.B) {
			e, err := vgg.OpenEngine(status.Name)
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			run(b, e)
		})
	}
}

// benchNet is a VGG19 with its widths divided.
func benchNet(b *testing.B, divide int) *models.Net {
	net, err := models.Random(1, "vgg19", divide)
	if err != nil {
		b.Fatal(err)
	}
	return net
}

// benchConfig is a preset, cut to a few small steps.
func benchConfig(b *testing.B, preset string, octaves, iterations int) Config {
	cfg, err := Preset(preset)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Octaves, cfg.Iterations, cfg.Width = octaves, iterations, 0
	return cfg
}

// benchPicture is noise.
func benchPicture(size int) *picture.Image {
	img := picture.New(size, size)
	copy(img.Pix, dreamtest.Noise(1, len(img.Pix)))
	return img
}

// BenchmarkStep is one step of VGG19 at full width to relu5_4: forward, the
// picture's gradient, and the update.
func BenchmarkStep(b *testing.B) {
	net := benchNet(b, 1)
	benchEngines(b, func(b *testing.B, e *vgg.Engine) {
		for _, lowering := range []vgg.Lowering{vgg.LoweringAuto, vgg.LoweringDirect, vgg.LoweringWinograd} {
			for _, size := range []int{224, 512} {
				b.Run(fmt.Sprintf("lowering=%s/px=%d", lowering, size), func(b *testing.B) {
					benchmarkStep(b, newModel(b, e, net, vgg.Options{Lowering: lowering}), size)
				})
			}
		}
	})
}

func benchmarkStep(b *testing.B, m *vgg.Model, size int) {
	cfg := benchConfig(b, "classic", 0, 0)
	cfg.Objective = Layer("relu5_4")
	a, err := Ascend(m, cfg, 0, benchPicture(size))
	if err != nil {
		b.Fatal(err)
	}
	step := func() {
		if _, err := a.Step(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	step() // compiles
	for b.Loop() {
		step()
	}
}

// BenchmarkOctave is four steps of one octave of 128 px on an eighth of VGG19,
// the picture going to the engine and coming back.
func BenchmarkOctave(b *testing.B) {
	net := benchNet(b, 8)
	benchEngines(b, func(b *testing.B, e *vgg.Engine) {
		for _, preset := range Presets() {
			b.Run("preset="+preset, func(b *testing.B) {
				benchmarkOctave(b, newModel(b, e, net, vgg.Options{}), benchConfig(b, preset, 1, 4))
			})
		}
	})
}

func benchmarkOctave(b *testing.B, m *vgg.Model, cfg Config) {
	start := benchPicture(128)
	octave := func() {
		a, err := Ascend(m, cfg, 0, start)
		if err != nil {
			b.Fatal(err)
		}
		for range cfg.Iterations {
			if _, err := a.Step(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := a.Image(); err != nil {
			b.Fatal(err)
		}
	}
	octave() // compiles
	for b.Loop() {
		octave()
	}
}

// BenchmarkDream is a whole dream on 128 px on an eighth of VGG19: three octaves
// of two steps. "programs=new" compiles them each time, as a process of its own
// does, and brings the weights to the engine.
func BenchmarkDream(b *testing.B) {
	net := benchNet(b, 8)
	benchEngines(b, func(b *testing.B, e *vgg.Engine) {
		cfg, picture := benchConfig(b, "default", 3, 2), benchPicture(128)
		dream := func(m *vgg.Model) {
			if _, err := Dream(context.Background(), m, picture, cfg, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.Run("programs=kept", func(b *testing.B) {
			m := newModel(b, e, net, vgg.Options{})
			dream(m)
			for b.Loop() {
				dream(m)
			}
		})
		b.Run("programs=new", func(b *testing.B) {
			for b.Loop() {
				m, err := vgg.NewModel(e, net, vgg.Options{})
				if err != nil {
					b.Fatal(err)
				}
				dream(m)
				m.Close()
			}
		})
	})
}

// BenchmarkStart is all that comes before a first answer: the engine opened, the
// embedded net's weights on it, and one program compiled and run, to relu1_1.
// XLA's plugin and the net stay in memory from the first time on.
func BenchmarkStart(b *testing.B) {
	for _, status := range vgg.Engines() {
		if !status.Found {
			continue
		}
		b.Run("engine="+status.Name, func(b *testing.B) {
			for b.Loop() {
				benchmarkStart(b, status.Name)
			}
		})
	}
}

func benchmarkStart(b *testing.B, engine string) {
	net, err := models.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	e, err := vgg.OpenEngine(engine)
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	m, err := vgg.NewModel(e, net, vgg.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	x := vgg.NewInput(1, 32, 32)
	copy(x.X, dreamtest.Noise(1, len(x.X)))
	out, err := m.Activations(x, "relu1_1")
	if err != nil {
		b.Fatal(err)
	}
	for _, act := range out {
		if err := act.FinalizeAll(); err != nil {
			b.Fatal(err)
		}
	}
}
