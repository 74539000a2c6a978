package picture

import (
	"slices"
	"testing"
)

func TestPadAndCrop(t *testing.T) {
	m := New(2, 1)
	copy(m.Pix, []float32{.1, .2, .3, .4, .5, .6})
	p := m.Pad(Size{4, 3})
	if p.Width != 4 || p.Height != 3 {
		t.Fatalf("got %dx%d", p.Width, p.Height)
	}
	row := []float32{.1, .2, .3, .1, .2, .3, .4, .5, .6, .4, .5, .6}
	if want := slices.Concat(row, row, row); !slices.Equal(p.Pix, want) {
		t.Errorf("got %v, want %v", p.Pix, want)
	}
	if back := p.Crop(Size{2, 1}); !slices.Equal(back.Pix, m.Pix) {
		t.Errorf("got %v, want %v", back.Pix, m.Pix)
	}
}
