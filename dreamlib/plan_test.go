package dreamlib

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// TestPlan wants a plan's numbers as they follow from the settings.
func TestPlan(t *testing.T) {
	m := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{Tile: 64})
	cfg, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Objective, cfg.Octaves, cfg.OctaveScale, cfg.Width = Layer("relu1_1"), 3, 2, 200
	p, err := NewPlan(m, picture.Size{Width: 400, Height: 300}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	// conv1_1 takes 9*3*2 products a pixel, twice that in operations, and twice
	// again with the way back.
	const flop = 9 * 3 * 2 * 2 * 2
	for i, want := range []PlannedOctave{
		{Size: picture.Size{Width: 50, Height: 38}, Tile: picture.Size{Width: 50, Height: 38}, Tiles: 1},
		{Size: picture.Size{Width: 100, Height: 75}, Tile: picture.Size{Width: 52, Height: 39}, Tiles: 4},
		{Size: picture.Size{Width: 200, Height: 150}, Tile: picture.Size{Width: 56, Height: 54}, Tiles: 12},
	} {
		want.Steps = 10
		want.GFLOP = float64(10*want.Tiles*want.Tile.Width*want.Tile.Height*flop) / 1e9
		got := p.Octaves[i]
		got.Memory = 0
		if math.Abs(got.GFLOP/want.GFLOP-1) < 1e-12 {
			got.GFLOP = want.GFLOP
		}
		if got != want {
			t.Errorf("octave %d: got %+v, want %+v", i, got, want)
		}
	}
	if p.Size != (picture.Size{Width: 200, Height: 150}) || p.Steps != 30 || p.Programs != 3 || len(p.Notes) != 1 {
		t.Errorf("got %+v", p)
	}
	cfg.Measure = L2 // which takes two passes in tiles
	if p, err := NewPlan(m, picture.Size{Width: 400, Height: 300}, cfg); err != nil || p.Programs != 5 {
		t.Errorf("got %+v, %v, want 5 programs", p, err)
	}
	m = newModel(t, m.Engine, m.Net, vgg.Options{})
	classic, err := Preset("classic")
	if err != nil {
		t.Fatal(err)
	}
	p, err = NewPlan(m, picture.Size{Width: 4000, Height: 3000}, classic)
	if err != nil || p.Programs != 1 || len(p.Octaves) != 4 || p.Octaves[3].Tile != (picture.Size{Width: 224, Height: 224}) {
		t.Errorf("classic: got %+v, %v, want one program of 224x224", p, err)
	}
}

// TestMemoryChoosesTiles wants less memory to give smaller tiles that stay below
// it, the same in a plan and in a dream, and at last a refusal that says what
// fits.
func TestMemoryChoosesTiles(t *testing.T) {
	e, net := opened(t, "go"), dreamtest.RandomNet(t, 32)
	cfg, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Objective, cfg.Octaves, cfg.Iterations = Layer("relu2_2"), 1, 1
	size := picture.Size{Width: 331, Height: 270}
	whole, err := NewPlan(newModel(t, e, net, vgg.Options{}), size, cfg)
	if err != nil || whole.Octaves[0].Tiles != 1 {
		t.Fatalf("got %+v, %v, want one piece without a limit", whole, err)
	}
	const process = 44 << 20 // bytes, of the program itself: see vgg's footprints
	last := whole.Octaves[0].Tiles
	var m *vgg.Model
	for _, share := range []float64{1, 0.5, 0.2} {
		m = newModel(t, e, net, vgg.Options{Memory: int64(process + share*(float64(whole.Memory)-process))})
		p, err := NewPlan(m, size, cfg)
		if err != nil {
			t.Fatal(err)
		}
		o := p.Octaves[0]
		if most := m.Options().Memory; p.Memory > most || share == 1 && o.Tiles != 1 || share < 1 && o.Tiles <= last {
			t.Errorf("%d bytes allowed: got %+v", most, o)
		}
		last = o.Tiles
	}
	var tiles []int
	_, err = Dream(context.Background(), m, dreamtest.Scene(size.Width, size.Height), cfg, func(p Progress) error {
		tiles = append(tiles, p.Tiles)
		return nil
	})
	if err != nil || !slices.Equal(tiles, []int{last}) {
		t.Errorf("the dream took %v tiles, %v, want %d", tiles, err, last)
	}

	m = newModel(t, e, net, vgg.Options{Memory: process + 4<<20})
	_, err = NewPlan(m, size, cfg)
	if err == nil || !strings.Contains(err.Error(), "a dream of 331x270 on relu2_2 takes 0.05 GB: want that much, or a width of at most ") {
		t.Errorf("got %v, want a refusal that says what fits", err)
	}
	if result, refused := Dream(context.Background(), m, dreamtest.Scene(size.Width, size.Height), cfg, nil); result != nil || refused == nil || refused.Error() != err.Error() {
		t.Errorf("the dream says %v, want %v", refused, err)
	}
	if _, refused := Ascend(m, cfg, 0, dreamtest.Scene(size.Width, size.Height)); refused == nil || !strings.Contains(refused.Error(), "a step on 331x270 pixels takes 0.05 GB") {
		t.Errorf("a step that does not fit was begun: %v", refused)
	}
}
