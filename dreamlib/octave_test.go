package dreamlib

import (
	"math"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

func nan() float64 { return math.NaN() }

func TestOctaves(t *testing.T) {
	for _, c := range []struct {
		full    picture.Size
		n       int
		scale   float64
		least   int
		want    []picture.Size
		dropped int
	}{
		// gordicaleksa/pytorch-deepdream at its defaults, for a 576x448 picture.
		{picture.Size{Width: 600, Height: 466}, 4, 1.8, 8, []picture.Size{{Width: 103, Height: 80}, {Width: 185, Height: 144}, {Width: 333, Height: 259}, {Width: 600, Height: 466}}, 0},
		{picture.Size{Width: 100, Height: 50}, 3, 2, 1, []picture.Size{{Width: 25, Height: 13}, {Width: 50, Height: 25}, {Width: 100, Height: 50}}, 0},
		{picture.Size{Width: 100, Height: 50}, 3, 2, 16, []picture.Size{{Width: 50, Height: 25}, {Width: 100, Height: 50}}, 1},
		{picture.Size{Width: 1, Height: 4000}, 4, 1.4, 1, []picture.Size{{Width: 1, Height: 2041}, {Width: 1, Height: 2857}, {Width: 1, Height: 4000}}, 1},
		{picture.Size{Width: 1, Height: 1}, 3, 2, 8, []picture.Size{{Width: 1, Height: 1}}, 2},
		{picture.Size{Width: 10, Height: 10}, 1, 1.4, 8, []picture.Size{{Width: 10, Height: 10}}, 0},
	} {
		got, dropped := Octaves(c.full, c.n, c.scale, c.least)
		if !slices.Equal(got, c.want) || dropped != c.dropped {
			t.Errorf("Octaves(%v, %d, %g, %d) = %v, %d dropped; want %v, %d", c.full, c.n, c.scale, c.least, got, dropped, c.want, c.dropped)
		}
	}
}

func TestArticleLevels(t *testing.T) {
	got := articleLevels(picture.Size{Width: 10, Height: 7}, 5, 2)
	want := []picture.Size{{Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 5, Height: 3}, {Width: 10, Height: 7}}
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
