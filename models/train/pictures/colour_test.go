package pictures

import (
	"image/color"
	"math"
	"testing"
)

var (
	black = Gray(0)
	white = Gray(1)
	red   = Color{1, 0, 0, 1}
	green = Color{0, 1, 0, 1}
	blue  = Color{0, 0, 1, 1}
)

// wantColor compares two colours but for rounding.
func wantColor(t *testing.T, what string, got, want Color) {
	t.Helper()
	d := max(math.Abs(got.R-want.R), math.Abs(got.G-want.G), math.Abs(got.B-want.B), math.Abs(got.A-want.A))
	if !(d < 1e-9) {
		t.Errorf("%s: got %.4f, want %.4f", what, got, want)
	}
}

func TestHSV(t *testing.T) {
	for _, c := range []struct {
		name    string
		h, s, v float64
		want    Color
	}{
		{"red", 0, 1, 1, red},
		{"yellow", 1. / 6, 1, 1, Color{1, 1, 0, 1}},
		{"green", 1. / 3, 1, 1, green},
		{"cyan", 1. / 2, 1, 1, Color{0, 1, 1, 1}},
		{"blue", 2. / 3, 1, 1, blue},
		{"magenta", 5. / 6, 1, 1, Color{1, 0, 1, 1}},
		{"red again", 1, 1, 1, red},
		{"green, two turns on", 7. / 3, 1, 1, green},
		{"blue, a turn back", -1. / 3, 1, 1, blue},
		{"green, two turns back", -5. / 3, 1, 1, green},
		{"orange", 1. / 12, 1, 1, Color{1, 0.5, 0, 1}},
		{"pale red", 0, 0.5, 0.8, Color{0.8, 0.4, 0.4, 1}},
		{"gray", 0.7, 0, 0.3, Color{0.3, 0.3, 0.3, 1}},
		{"black", 0.7, 1, 0, black},
	} {
		wantColor(t, c.name, HSV(c.h, c.s, c.v), c.want)
	}
}

func TestMixing(t *testing.T) {
	a, b := Color{0, 0.2, 1, 1}, Color{1, 0.6, 0, 0.5}
	wantColor(t, "a quarter of b", Mix(a, b, 0.25), Color{0.25, 0.3, 0.75, 0.875})
	wantColor(t, "none of b", Mix(a, b, 0), a)
	wantColor(t, "all of b", Mix(a, b, 1), b)
	wantColor(t, "less than none of b", Mix(a, b, -3), a)
	wantColor(t, "more than all of b", Mix(a, b, 3), b)

	c := Color{0.8, 0.4, 0, 0.5}
	wantColor(t, "left as it is", c.Dark(0), c)
	wantColor(t, "darker", c.Dark(0.25), Color{0.6, 0.3, 0, 0.5})
	wantColor(t, "black", c.Dark(1), Color{0, 0, 0, 0.5})
	wantColor(t, "not lit", c.Light(0), c)
	wantColor(t, "lighter", c.Light(0.5), Color{0.9, 0.7, 0.5, 0.5})
	wantColor(t, "white", c.Light(1), Color{1, 1, 1, 0.5})
	wantColor(t, "other alpha", c.Alpha(0.1), Color{0.8, 0.4, 0, 0.1})
	wantColor(t, "gray", Gray(0.3), Color{0.3, 0.3, 0.3, 1})
	wantColor(t, "everywhere", c.At(3, -8), c)
}

func TestLuma(t *testing.T) {
	for c, want := range map[Color]float64{red: 0.299, green: 0.587, blue: 0.114, black: 0, white: 1} {
		if got := c.Luma(); math.Abs(got-want) > 1e-12 {
			t.Errorf("luma of %v: got %v, want %v", c, got, want)
		}
	}
}

func TestGradients(t *testing.T) {
	level := Linear(1, 0, 3, 0, black, white)
	slant := Linear(0, 0, 1, 1, red, blue)
	round := Radial(1, -1, 2, white, black)
	for _, c := range []struct {
		name  string
		paint Paint
		x, y  float64
		want  Color
	}{
		{"level, start", level, 1, 0, black},
		{"level, a quarter on", level, 1.5, 9, Gray(0.25)},
		{"level, end", level, 3, -9, white},
		{"level, before", level, -5, 0, black},
		{"level, after", level, 5, 0, white},
		{"slant, beside the line", slant, 1, 0, Color{0.5, 0, 0.5, 1}},
		{"slant, three quarters", slant, 0.75, 0.75, Color{0.25, 0, 0.75, 1}},
		{"round, centre", round, 1, -1, white},
		{"round, half way", round, 1, 0, Gray(0.5)},
		{"round, edge", round, 3, -1, black},
		{"round, 3-4-5", Radial(0, 0, 10, black, white), 3, 4, Gray(0.5)},
		{"round, beyond", round, 9, 9, black},
	} {
		wantColor(t, c.name, c.paint.At(c.x, c.y), c.want)
	}
}

func TestLevels(t *testing.T) {
	for c, want := range map[Color]color.RGBA{
		{1, 0.5, 0, 1}:        {255, 128, 0, 255},
		{1, 0.5, 0, 0.5}:      {128, 64, 0, 128}, // premultiplied
		{1, 1, 1, 0}:          {},
		{2, -1, 0.2, 9}:       {255, 0, 51, 255},
		{0.001, 0.003, 1, 1}:  {0, 1, 255, 255},
		{0.5, 0.5, 0.5, -0.5}: {},
	} {
		if got := c.rgba(); got != want {
			t.Errorf("levels of %v: got %v, want %v", c, got, want)
		}
	}
}
