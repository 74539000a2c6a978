package dreamlib

import (
	"math"
	"slices"
	"testing"
)

func nan() float64 { return math.NaN() }

func TestOctaves(t *testing.T) {
	for _, c := range []struct {
		full    Size
		n       int
		scale   float64
		least   int
		want    []Size
		dropped int
	}{
		// gordicaleksa/pytorch-deepdream at its defaults, for a 576x448 picture.
		{Size{600, 466}, 4, 1.8, 8, []Size{{103, 80}, {185, 144}, {333, 259}, {600, 466}}, 0},
		{Size{100, 50}, 3, 2, 1, []Size{{25, 13}, {50, 25}, {100, 50}}, 0},
		{Size{100, 50}, 3, 2, 16, []Size{{50, 25}, {100, 50}}, 1},
		{Size{1, 4000}, 4, 1.4, 1, []Size{{1, 2041}, {1, 2857}, {1, 4000}}, 1},
		{Size{1, 1}, 3, 2, 8, []Size{{1, 1}}, 2},
		{Size{10, 10}, 1, 1.4, 8, []Size{{10, 10}}, 0},
	} {
		got, dropped := Octaves(c.full, c.n, c.scale, c.least)
		if !slices.Equal(got, c.want) || dropped != c.dropped {
			t.Errorf("Octaves(%v, %d, %g, %d) = %v, %d dropped; want %v, %d", c.full, c.n, c.scale, c.least, got, dropped, c.want, c.dropped)
		}
	}
}

func TestArticleLevels(t *testing.T) {
	got := articleLevels(Size{10, 7}, 5, 2)
	want := []Size{{2, 1}, {2, 1}, {2, 1}, {2, 1}, {5, 3}, {10, 7}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: sides stop where one would fall below a pixel", got, want)
	}
}

// TestShift wants jitter that is keyed by seed, octave and iteration alone, and
// reaches every place it may.
func TestShift(t *testing.T) {
	cfg := Config{Jitter: 2, Seed: 5}
	if first, again := cfg.shift(1, 2), cfg.shift(1, 2); first != again {
		t.Errorf("the same step draws jitter %v and %v", first, again)
	}
	seen := map[[2]int32]int{}
	for i := range 1000 {
		s := cfg.shift(0, i)
		if max(s[0], s[1]) > 2 || min(s[0], s[1]) < -2 {
			t.Fatalf("jitter %v, want within 2 pixels", s)
		}
		seen[s]++
	}
	if len(seen) != 25 {
		t.Errorf("%d different shifts of 25", len(seen))
	}
	other := Config{Jitter: 1 << 20, Seed: 6}
	same := Config{Jitter: 1 << 20, Seed: 5}
	if other.shift(0, 0) == same.shift(0, 0) || same.shift(0, 0) == same.shift(1, 0) || same.shift(0, 0) == same.shift(0, 1) {
		t.Error("seed, octave or iteration does not change the jitter")
	}
	// What is drawn is part of what makes a dream repeatable: it may not change.
	if got, want := same.shift(3, 4), [2]int32{-26996, -690552}; got != want {
		t.Errorf("seed 5, octave 3, iteration 4: got %v, want %v", got, want)
	}
}

func TestPadAndCrop(t *testing.T) {
	m := NewImage(2, 1)
	copy(m.Pix, []float32{.1, .2, .3, .4, .5, .6})
	p := padTo(m, Size{4, 3})
	if p.Width != 4 || p.Height != 3 {
		t.Fatalf("got %dx%d", p.Width, p.Height)
	}
	row := []float32{.1, .2, .3, .1, .2, .3, .4, .5, .6, .4, .5, .6}
	if want := slices.Concat(row, row, row); !slices.Equal(p.Pix, want) {
		t.Errorf("got %v, want %v", p.Pix, want)
	}
	if back := crop(p, Size{2, 1}); !slices.Equal(back.Pix, m.Pix) {
		t.Errorf("got %v, want %v", back.Pix, m.Pix)
	}
}
