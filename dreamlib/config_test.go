package dreamlib

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

func TestConfigSize(t *testing.T) {
	for _, c := range []struct {
		w, h, width int
		want        picture.Size
		fails       string
	}{
		{40, 30, 0, picture.Size{Width: 40, Height: 30}, ""},
		{40, 30, 20, picture.Size{Width: 20, Height: 15}, ""},
		{40, 30, 1, picture.Size{Width: 1, Height: 1}, ""},
		{3, 2, 600, picture.Size{Width: 600, Height: 400}, ""},
		{1, 1, 16384, picture.Size{Width: 16384, Height: 16384}, ""},
		{1, 1, 16385, picture.Size{}, "width 16385: makes a picture of 16385x16385, want at most 268435456 pixels"},
		{1, 4000, 600, picture.Size{}, "makes a picture of 600x2400000"},
	} {
		got, err := Config{Width: c.width}.Size(picture.Size{Width: c.w, Height: c.h})
		if got != c.want || c.fails == "" && err != nil || c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
			t.Errorf("%dx%d to width %d: got %v, %v, want %v, %q", c.w, c.h, c.width, got, err, c.want, c.fails)
		}
	}
	if _, err := (Config{}).Size(picture.Size{}); err == nil {
		t.Error("no picture has a size")
	}
}

// Done counts work, not steps: octaves of 60x48 and 30x24 cost 4 to 1.
func TestProgressDone(t *testing.T) {
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	m := newModel(t, e, randomNet(t, 32), LoweringAuto)
	for preset, want := range map[string][]float64{"default": {0.1, 0.2, 0.6, 1}, "classic": {0.25, 0.5, 0.75, 1}} {
		cfg := short(t, preset)
		cfg.OctaveScale, cfg.Iterations = 2, 2
		if cfg.Pyramid == PyramidArticle {
			cfg.Octaves = 1 // besides the full picture
		}
		var done []float64
		_, err := Dream(context.Background(), m, scene(60, 48), cfg, func(p Progress) error {
			done = append(done, p.Done)
			return nil
		})
		if err != nil || len(done) != len(want) {
			t.Fatalf("%s: got %v, %v, want %v", preset, done, err, want)
		}
		for i := range want {
			if math.Abs(done[i]-want[i]) > 1e-12 {
				t.Errorf("%s: got %v, want %v", preset, done, want)
			}
		}
	}
}
