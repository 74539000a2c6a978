package dreamlib

import (
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

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
		got, dropped, err := Detail.Sizes(c.full, c.n, c.scale, c.least)
		if err != nil || !slices.Equal(got, c.want) || dropped != c.dropped {
			t.Errorf("%d octaves of %v by %g, at least %d: %v, %d dropped, %v; want %v, %d", c.n, c.full, c.scale, c.least, got, dropped, err, c.want, c.dropped)
		}
	}
}

func TestArticleLevels(t *testing.T) {
	levels := Article.Start(picture.New(10, 7), 5, 2).(articleLevels)
	want := []picture.Size{{Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 2, Height: 1}, {Width: 5, Height: 3}, {Width: 10, Height: 7}}
	for i, level := range levels {
		if size := (picture.Size{Width: level.Width, Height: level.Height}); len(levels) != len(want) || size != want[i] {
			t.Errorf("level %d is %v, want %v: sides stop where one would fall below a pixel", i, size, want)
		}
	}
	sizes, dropped, err := Article.Sizes(picture.Size{Width: 10, Height: 7}, 2, 2, 16)
	if side := (picture.Size{Width: 224, Height: 224}); err != nil || dropped != 0 || !slices.Equal(sizes, []picture.Size{side, side, side}) {
		t.Errorf("got %v, %d dropped, %v, want 224x224 three times", sizes, dropped, err)
	}
}
