package dreamlib

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// The goldens in testdata are PyTorch's, made by goldens.py there.

// TestClassicAgainstPyTorch repeats the article's whole dreams and wants 40 dB
// or better: PyTorch in float32 is itself some 42 dB from PyTorch in float64.
func TestClassicAgainstPyTorch(t *testing.T) {
	net := dreamtest.Load(t, "testdata/narrow.safetensors")
	img, err := picture.Read("testdata/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("testdata/dreams/*.png")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens in testdata/dreams: %v", err)
	}
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		m := newModel(t, e, net, vgg.Options{})
		for _, path := range paths {
			cfg := classicFromName(t, path)
			result, err := Dream(context.Background(), m, img, cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := picture.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			likeness, err := picture.PSNR(result.Image, want)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %.1f dB", filepath.Base(path), likeness)
			if !(likeness >= 40) {
				t.Errorf("%s: %.1f dB, want at least 40", filepath.Base(path), likeness)
			}
		}
	})
}

// classicFromName reads a golden's settings from its name.
func classicFromName(t *testing.T, path string) Config {
	t.Helper()
	cfg, err := Preset("classic")
	if err != nil {
		t.Fatal(err)
	}
	var layers int
	_, err = fmt.Sscanf(strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".png"), "_", " "), "L%d octaves%d scale%f iterations%d lr%f",
		&layers, &cfg.Octaves, &cfg.OctaveScale, &cfg.Iterations, &cfg.Step)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Objective = Layer(fmt.Sprint(layers))
	return cfg
}
