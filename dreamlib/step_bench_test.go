package dreamlib

import (
	"fmt"
	"testing"

	"github.com/seed2310110f/godream/models"
)

// BenchmarkStep is one step of VGG19 at full width to relu5_4: forward, the
// picture's gradient, and the update.
func BenchmarkStep(b *testing.B) {
	net, err := models.Random(1, "vgg19", 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, status := range Engines() {
		if !status.Found {
			continue
		}
		e, err := OpenEngine(status.Name)
		if err != nil {
			b.Fatal(err)
		}
		for _, lowering := range []Lowering{LoweringAuto, LoweringDirect, LoweringWinograd} {
			for _, size := range []int{224, 512} {
				b.Run(fmt.Sprintf("engine=%s/lowering=%s/px=%d", status.Name, lowering, size), func(b *testing.B) {
					benchmarkStep(b, e, net, lowering, size)
				})
			}
		}
		e.Close()
	}
}

func benchmarkStep(b *testing.B, e *Engine, net *models.Net, lowering Lowering, size int) {
	m := newModel(b, e, net, lowering)
	cfg, err := Preset("classic")
	if err != nil {
		b.Fatal(err)
	}
	cfg.Objective = Layer("relu5_4")
	picture := NewImage(size, size)
	copy(picture.Pix, noise(1, size, size))
	a, err := m.Ascend(cfg, 0, picture)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	step := func() {
		if _, err := a.Step(); err != nil {
			b.Fatal(err)
		}
	}
	step() // compiles
	for b.Loop() {
		step()
	}
}
