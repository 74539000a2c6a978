package dreamlib

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// eachHalf runs a test in 16 bits on every engine that is here and has them.
func eachHalf(t *testing.T, do func(t *testing.T, e *vgg.Engine, p vgg.Precision)) {
	t.Helper()
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		if e.Name == "go" {
			t.Skip("it computes in float32 alone")
		}
		for _, p := range []vgg.Precision{vgg.PrecisionBFloat16, vgg.PrecisionFloat16} {
			t.Run(string(p), func(t *testing.T) { do(t, e, p) })
		}
	})
}

// TestPrecisionOfDreams wants a whole dream in 16 bits to be 40 dB or better from
// PyTorch's in float32, as TestClassicAgainstPyTorch does.
func TestPrecisionOfDreams(t *testing.T) {
	net := dreamtest.Load(t, "testdata/narrow.safetensors")
	img, err := picture.Read("testdata/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "dreams", "L30_octaves3_scale2_iterations6_lr0.2.png")
	want, err := picture.Read(golden)
	if err != nil {
		t.Fatal(err)
	}
	eachHalf(t, func(t *testing.T, e *vgg.Engine, p vgg.Precision) {
		m := newModel(t, e, net, vgg.Options{Precision: p})
		result, err := Dream(context.Background(), m, img, classicFromName(t, golden), nil)
		if err != nil {
			t.Fatal(err)
		}
		likeness, err := picture.PSNR(result.Image, want)
		t.Logf("%s: %.1f dB", p, likeness)
		if err != nil || !(likeness >= 40) {
			t.Errorf("%s: %.1f dB, %v, want at least 40", p, likeness, err)
		}
	})
}

// TestPrecisionInTiles wants a tiled step to end where the whole one does.
func TestPrecisionInTiles(t *testing.T) {
	cfg := short(t, "google")
	cfg.Objective, cfg.Octaves, cfg.Iterations = Layer("relu2_2"), 1, 1
	net, img := dreamtest.RandomNet(t, 32), dreamtest.Scene(90, 70)
	eachHalf(t, func(t *testing.T, e *vgg.Engine, p vgg.Precision) {
		whole := dreamt(t, newModel(t, e, net, vgg.Options{Precision: p}), img, cfg)
		parts := dreamt(t, newModel(t, e, net, vgg.Options{Precision: p, Tile: 48}), img, cfg)
		if likeness, err := picture.PSNR(parts.Image, whole.Image); err != nil || !(likeness > 50) {
			t.Errorf("%s: %.1f dB, %v, want above 50", p, likeness, err)
		}
	})
}
