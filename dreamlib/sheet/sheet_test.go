package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gomono"
)

// filled is a picture of one colour whose upper left corner is not the origin.
func filled(w, h int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(3, 5, 3+w, 5+h))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

var (
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 255, 0, 255}
	glass = color.NRGBA{0, 0, 255, 51} // a fifth of blue over white is 204, 204, 255
)

// TestDraw wants every pixel of a page of three cells of 2x1 pixels, two side by
// side: cells 8 pixels apart across and 23 down, 6 around.
func TestDraw(t *testing.T) {
	cells := []Cell{{Picture: filled(2, 1, red)}, {Picture: filled(2, 1, green)}, {Picture: filled(2, 1, glass)}}
	page, err := Draw(cells, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 22, 52); page.Bounds() != want {
		t.Fatalf("a page of %v, want %v", page.Bounds(), want)
	}
	want := map[image.Point]color.RGBA{
		{6, 6}: {255, 0, 0, 255}, {7, 6}: {255, 0, 0, 255},
		{14, 6}: {0, 255, 0, 255}, {15, 6}: {0, 255, 0, 255},
		{6, 29}: {204, 204, 255, 255}, {7, 29}: {204, 204, 255, 255},
	}
	for y := range 52 {
		for x := range 22 {
			c, ok := want[image.Pt(x, y)]
			if !ok {
				c = color.RGBA{255, 255, 255, 255}
			}
			if got := page.RGBAAt(x, y); got != c {
				t.Errorf("pixel %d, %d is %v, want %v", x, y, got, c)
			}
		}
	}
}

// TestDrawCentres wants a small picture in the middle of a cell as wide as the widest
// and as high as the highest.
func TestDrawCentres(t *testing.T) {
	page, err := Draw([]Cell{{Picture: filled(3, 1, red)}, {Picture: filled(1, 5, green)}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 24, 33); page.Bounds() != want {
		t.Fatalf("a page of %v, want %v", page.Bounds(), want)
	}
	for y := range 33 {
		for x := range 24 {
			want := color.RGBA{255, 255, 255, 255}
			switch {
			case image.Pt(x, y).In(image.Rect(6, 8, 9, 9)):
				want = color.RGBA{255, 0, 0, 255}
			case image.Pt(x, y).In(image.Rect(16, 6, 17, 11)):
				want = color.RGBA{0, 255, 0, 255}
			}
			if got := page.RGBAAt(x, y); got != want {
				t.Errorf("pixel %d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

// TestLabels wants ink below the picture that it belongs to, however long the
// text, and none elsewhere.
func TestLabels(t *testing.T) {
	white := filled(60, 10, color.White)
	for _, label := range []string{"relu3_2", strings.Repeat("WWW", 50), "two\nlines\tof text that is too long"} {
		page, err := Draw([]Cell{{"", white}, {label, white}, {"", white}}, 2)
		if err != nil {
			t.Fatal(err)
		}
		var ink image.Rectangle
		for y := range page.Rect.Max.Y {
			for x := range page.Rect.Max.X {
				if page.RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
					ink = ink.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if below := image.Rect(72, 16, 132, 32); !ink.In(below) || ink.Dx() < 30 || ink.Dy() < 8 || ink.Min.X > 74 {
			t.Errorf("%q: ink in %v, want it in %v", label, ink, below)
		}
	}
}

func TestShorten(t *testing.T) {
	mono, err := pen(image.NewRGBA(image.Rect(0, 0, 1, 1)), gomono.TTF, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		label string
		most  float64 // in letters
		want  string
	}{
		{"relu", 4, "relu"}, {"relu3_2", 7, "relu3_2"}, {"relu3_2", 6, "relu3…"}, {"relu3_2", 2, "r…"},
		{"relu3_2", 1, "…"}, {"relu3_2", 0.5, ""}, {"", 0, ""}, {"über alles", 3, "üb…"},
		{"a b c", 3, "a…"}, {" a \n\t b ", 9, "a b"},
	} {
		got := shorten(mono, c.label, int(math.Ceil(c.most*width(mono, "x"))))
		if got != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.label, c.most, got, c.want)
		}
	}
}

func TestSize(t *testing.T) {
	for _, c := range []struct {
		cells  int
		w, h   int
		across int
		want   image.Point
	}{
		{1, 1, 1, 0, image.Pt(13, 29)},
		{1, 288, 224, 7, image.Pt(300, 252)},
		{9, 288, 224, 0, image.Pt(888, 744)},    // 3x3: 1.19, where 4x3 has 1.59
		{12, 100, 100, 0, image.Pt(430, 372)},   // 4x3: 1.16; 5x3 is nearer, with 1.44, but has three places empty
		{68, 288, 224, 0, image.Pt(2652, 1974)}, // 9x8: 1.34, four places empty
		{12, 100, 100, 1, image.Pt(112, 1470)},
		{12, 100, 100, 12, image.Pt(1278, 128)},
		{1, 65523, 10, 1, image.Pt(65535, 38)},
	} {
		got, err := Size(c.cells, image.Pt(c.w, c.h), c.across)
		if err != nil || got != c.want {
			t.Errorf("%d of %dx%d, %d across: got %v, %v, want %v", c.cells, c.w, c.h, c.across, got, err, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	dot := filled(1, 1, red)
	for _, c := range []struct {
		cells  []Cell
		across int
		want   string
	}{
		{nil, 1, "sheet: has no cells"},
		{[]Cell{{"a", dot}, {"b", nil}}, 1, `sheet: cell 2, "b": has no picture`},
		{[]Cell{{"a", dot}}, -1, "sheet: -1 cells side by side: want 1 or more, or 0"},
		{[]Cell{{"a", dot}, {"b", image.NewRGBA(image.Rectangle{})}}, 1, `sheet: cell 2, "b": has an empty picture`},
		{[]Cell{{"a", image.NewUniform(red)}}, 1, "sheet: pictures of 2000000000x2000000000 pixels"},
	} {
		if page, err := Draw(c.cells, c.across); err == nil || page != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	for _, c := range []struct {
		cells, w, h, across int
		want                string
	}{
		{1, 65524, 1, 1, "a page of 65536x29 pixels for 1 pictures of 65524x1, 1 side by side: want at most 65535 a side and 67108864 in all"},
		{3000, 1, 1, 1, "a page of 13x69006 pixels"},
		{64, 4000, 3000, 0, "want at most"},
		{1, 8181, 8173, 1, "a page of 8193x8201 pixels"},
		{1, 0, 5, 1, "pictures of 0x5 pixels"},
	} {
		if _, err := Size(c.cells, image.Pt(c.w, c.h), c.across); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d of %dx%d: got %v, want %q", c.cells, c.w, c.h, err, c.want)
		}
	}
}
