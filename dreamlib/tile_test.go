package dreamlib

import (
	"math"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// TestTiledDream compares whole dreams by every optimizer with those in one piece.
func TestTiledDream(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	img := dreamtest.Scene(110, 93)
	eachEngine(t, func(t *testing.T, e *vgg.Engine) {
		for _, c := range []struct {
			name, preset string
			change       func(*Config)
			programs     int // of a dream in tiles
		}{
			{"google", "google", func(c *Config) { c.Octaves = 2 }, 2},
			{"pytorch", "pytorch", func(c *Config) { c.Width = 100 }, 1},
			{"accumulate", "google", func(c *Config) { c.Optimizer, c.Step, c.Measure = Accumulate, 1e4, L2 }, 2},
			{"none", "google", func(c *Config) { c.Optimizer, c.Step, c.Clip, c.Units = Plain, 300, false, UnitsNet }, 1},
			{"adam", "google", func(c *Config) { c.Optimizer, c.Step = Optimizers["adam"], 2 }, 1},
		} {
			cfg := short(t, c.preset)
			cfg.Objective, cfg.Octaves = Layer("relu3_1"), 1
			c.change(&cfg)
			whole := dreamt(t, newModel(t, e, net, vgg.Options{}), img, cfg)
			m := newModel(t, e, net, vgg.Options{Tile: 60})
			tiled := dreamt(t, m, img, cfg)
			if n := m.Compiled().Programs; n != c.programs {
				t.Errorf("%s: %d programs compiled, want %d", c.name, n, c.programs)
			}
			psnr, err := picture.PSNR(tiled.Image, whole.Image)
			if err != nil {
				t.Fatal(err)
			}
			moved, _ := picture.PSNR(whole.Image, picture.Resize(img, whole.Image.Width, whole.Image.Height, picture.Bilinear))
			t.Logf("%s: %.1f dB between tiled and whole, %.1f dB from the picture", c.name, psnr, moved)
			if !(psnr > 60) || !(moved < 40) {
				t.Errorf("%s: %.1f dB between tiled and whole, want more than 60; %.1f dB from the picture, want less than 40", c.name, psnr, moved)
			}
			for i, want := range whole.Values {
				if got := tiled.Values[i]; math.Abs(got-want) > 1e-4*math.Abs(want) {
					t.Errorf("%s: values %v in tiles, want %v", c.name, tiled.Values, whole.Values)
					break
				}
			}
		}
	})
}

// TestTileRefuses wants tiles that hold no core refused before any work.
func TestTileRefuses(t *testing.T) {
	m := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{Tile: 64})
	faulttest.Refused(t, "Dream", "tile 64: relu4_3 needs tiles of at least 160 pixels a side", func() error {
		result, err := Dream(t.Context(), m, dreamtest.Scene(300, 300), short(t, "google"), nil)
		if result != nil {
			t.Error("something was dreamt")
		}
		return err
	})
}
