package pictures

import (
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// newTestPen draws on a transparent picture.
func newTestPen(seed uint64, size int) *Pen { return newPen(rand.New(rand.NewPCG(seed, 0)), size) }

var everywhere = Rect(-2, -2, 2, 2)

// wantPixels compares a picture with a drawing of it, one letter a pixel: r, g
// and b are colours, a dot is transparent.
func wantPixels(t *testing.T, what string, p *Pen, want ...string) {
	t.Helper()
	letters := map[color.RGBA]byte{red.rgba(): 'r', green.rgba(): 'g', blue.rgba(): 'b', {}: '.'}
	for y, row := range want {
		got := make([]byte, len(row))
		for x := range got {
			letter, ok := letters[p.image().RGBAAt(x, y)]
			if !ok {
				letter = '?'
			}
			got[x] = letter
		}
		if string(got) != row {
			t.Errorf("%s, row %d: got %s, want %s", what, y, got, row)
		}
	}
}

func TestNewPen(t *testing.T) {
	lined := 0
	for seed := range uint64(100) {
		p := newTestPen(seed, 2)
		wantPixels(t, "new picture", p, "..", "..")
		if length := math.Hypot(p.light.X, p.light.Y); math.Abs(length-1) > 1e-12 || p.light.Y > -0.15 {
			t.Errorf("seed %d: light from %v, want from above", seed, p.light)
		}
		if p.Line > 0 {
			lined++
		}
		if p.Line != 0 && (p.Line < 0.03 || p.Line > 0.07) {
			t.Errorf("seed %d: lines %v wide, want 0 or 0.03 to 0.07", seed, p.Line)
		}
		if p.Ink.Luma() > 0.3 || p.Ink.A != 1 {
			t.Errorf("seed %d: ink %v, want dark and opaque", seed, p.Ink)
		}
	}
	if lined < 45 || lined > 75 {
		t.Errorf("%d of 100 pictures have outlines, want about 60", lined)
	}
}

func TestChoices(t *testing.T) {
	p := newTestPen(1, 1)
	whole, signs, likely := map[int]int{}, map[float64]int{}, 0
	for range 1000 {
		if v := p.Range(-3, -1); v < -3 || v >= -1 {
			t.Fatalf("%v is not from -3 to -1", v)
		}
		if p.Chance(0) || !p.Chance(1) {
			t.Fatal("what cannot be was, or what must be was not")
		}
		if p.Chance(0.8) {
			likely++
		}
		whole[p.Int(-1, 2)]++
		signs[p.Sign()]++
	}
	if likely < 750 || likely > 850 {
		t.Errorf("%d of 1000 chances of 0.8", likely)
	}
	if len(whole) != 4 || whole[-1] == 0 || whole[2] == 0 {
		t.Errorf("whole numbers %v, want -1 to 2", whole)
	}
	if len(signs) != 2 || signs[-1] < 400 || signs[1] < 400 {
		t.Errorf("signs %v, want -1 and 1 equally often", signs)
	}
}

func TestColors(t *testing.T) {
	p := newTestPen(2, 1)
	for range 500 {
		c := p.Color()
		if most := max(c.R, c.G, c.B); min(c.R, c.G, c.B) < -1e-12 || most < 0.15-1e-12 || most > 1 || c.A != 1 {
			t.Fatalf("%v is no colour from dark to bright", c)
		}
		if d := p.Against(c); math.Abs(d.Luma()-c.Luma()) < 0.33 {
			t.Fatalf("brightness %v against %v, want 0.33 apart", d.Luma(), c.Luma())
		}
		c.A = 0.4
		n := p.Near(c)
		if most := max(math.Abs(n.R-c.R), math.Abs(n.G-c.G), math.Abs(n.B-c.B)); most > 0.1+1e-12 || n == c || n.A != 0.4 {
			t.Fatalf("%v near %v, want within 0.1 and of the same alpha", n, c)
		}
		if n := p.Near(white); max(n.R, n.G, n.B) > 1 {
			t.Fatalf("%v near white", n)
		}
	}
	p.Against(Gray(0.5)) // there is room on both sides of the middle
}

func TestPlacesNestAndRestore(t *testing.T) {
	p := newTestPen(1, 100)
	pixel := func(x, y float64) Point {
		x, y = p.place.TransformPoint(x, y)
		return Point{x, y}
	}
	before := p.place
	wantPoint(t, "corner", pixel(-1, -1), Point{0, 0})
	wantPoint(t, "right and down", pixel(1, 0.5), Point{100, 75})
	p.At(0.5, 0, math.Pi/2, 0.5, func() {
		turned := p.place
		wantPoint(t, "origin moved", pixel(0, 0), Point{75, 50})
		wantPoint(t, "right turned down", pixel(1, 0), Point{75, 75})
		p.At(0, 1, 0, 2, func() { wantPoint(t, "within the turned", pixel(1, 0), Point{50, 100}) })
		p.Stretch(-1, 0.5, func() { wantPoint(t, "mirrored and squashed", pixel(1, 1), Point{62.5, 25}) })
		if p.place != turned {
			t.Errorf("back at %v, want %v", p.place, turned)
		}
	})
	if p.place != before {
		t.Errorf("back at %v, want %v", p.place, before)
	}
}

func TestFillAtAPlace(t *testing.T) {
	p := newTestPen(1, 4)
	p.At(0.5, -0.5, 0, 0.5, func() { p.Fill(red, Rect(-1, -1, 1, 1)) })
	p.At(-1, 1, -math.Pi/2, 1, func() { p.Fill(blue, Rect(0, 0, 0.5, 2)) }) // turned, up is right
	wantPixels(t, "two rectangles", p, "..rr", "..rr", "....", "bbbb")
}

func TestFillLeavesAHoleWherePathsOverlap(t *testing.T) {
	p := newTestPen(1, 8)
	p.Fill(red, Rect(-1, -1, 0.5, 0.5), Rect(-0.5, -0.5, 1, 1))
	p.Fill(green, Rect(-0.25, -0.25, 0.25, 0.25)) // knows nothing of the paths before
	wantPixels(t, "two squares", p,
		"rrrrrr..", "rrrrrr..", "rr....rr", "rr.gg.rr", "rr.gg.rr", "rr....rr", "..rrrrrr", "..rrrrrr")
}

func TestPaintIsAskedAtTheMiddleOfPixels(t *testing.T) {
	ramp := Field(func(x, y float64) Color { return Color{(x + 1) / 2, (y + 1) / 2, 0, 1} })
	p := newTestPen(1, 4)
	for _, c := range []struct {
		name       string
		turn       float64
		flip       float64
		lower, top color.RGBA // of the lower left and the upper left pixel
	}{
		{"upright", 0, 1, color.RGBA{32, 223, 0, 255}, color.RGBA{32, 32, 0, 255}},
		{"mirrored", 0, -1, color.RGBA{223, 223, 0, 255}, color.RGBA{223, 32, 0, 255}},
		{"turned", math.Pi / 2, 1, color.RGBA{223, 223, 0, 255}, color.RGBA{32, 223, 0, 255}},
	} {
		p.At(0, 0, c.turn, 1, func() {
			p.Stretch(c.flip, 1, func() { p.Fill(ramp, everywhere) })
		})
		if lower, top := p.image().RGBAAt(0, 3), p.image().RGBAAt(0, 0); lower != c.lower || top != c.top {
			t.Errorf("%s: got %v and %v, want %v and %v", c.name, lower, top, c.lower, c.top)
		}
	}
	p = newTestPen(1, 4)
	p.At(0.5, 0.5, 0, 0.5, func() { p.Fill(ramp, everywhere) })
	if got, want := p.image().RGBAAt(2, 3), (color.RGBA{64, 191, 0, 255}); got != want {
		t.Errorf("moved and scaled: got %v, want %v", got, want)
	}
}

func TestClipNestsAndRestores(t *testing.T) {
	p := newTestPen(1, 4)
	p.Clip(Rect(-1, -1, 0, 1), func() {
		p.At(0, -0.5, 0, 0.5, func() {
			p.Clip(Rect(-9, -1, 9, 1), func() { p.Fill(red, Rect(-9, -9, 9, 9)) })
		})
		wantPixels(t, "both clips", p, "rr..", "rr..", "....", "....")
		p.Fill(green, Rect(-1, -0.5, 1, 1))
	})
	wantPixels(t, "outer clip", p, "rr..", "gg..", "gg..", "gg..")
	p.Fill(blue, Rect(-0.5, 0.5, 1, 1))
	wantPixels(t, "no clip", p, "rr..", "gg..", "gg..", "gbbb")
}

func TestStrokeWidth(t *testing.T) {
	line := Polygon(-9, 0, 9, 0)
	for _, c := range []struct {
		name   string
		width  float64
		scale  float64
		sx, sy float64
		want   float64 // in pixels
	}{
		{"plain", 0.5, 1, 1, 1, 16},
		{"scaled", 0.5, 0.5, 1, 1, 8},
		{"mirrored", 0.5, 1, -1, 1, 16},
		{"stretched", 0.5, 0.5, 4, 1, 16}, // by the root of the area
		{"hair", 0.001, 1, 1, 1, 0.4},
	} {
		p := newTestPen(1, 64)
		p.At(0, 0, 0, c.scale, func() {
			p.Stretch(c.sx, c.sy, func() { p.Stroke(black, c.width, line) })
		})
		got := 0.
		for y := range 64 {
			got += float64(p.image().RGBAAt(32, y).A) / 255
		}
		if math.Abs(got-c.want) > 0.05 {
			t.Errorf("%s: %.2f pixels wide, want %v", c.name, got, c.want)
		}
	}
}

// wantInked says whether the place is covered by ink of the colour.
func wantInked(t *testing.T, what string, p *Pen, x, y float64, ink Color, want bool) {
	t.Helper()
	px, py := p.place.TransformPoint(x, y)
	if got := p.image().RGBAAt(int(px), int(py)); (got == ink.rgba()) != want {
		t.Errorf("%s: %v at (%v, %v), ink %v wanted: %v", what, got, x, y, ink.rgba(), want)
	}
}

func TestStrokeIsOpenWithRoundEnds(t *testing.T) {
	p := newTestPen(1, 64)
	p.Stroke(red, 0.5, Polygon(-0.5, -0.6, 0.5, -0.6), Polygon(-0.6, 0.6, 0.6, 0.6, 0.6, 0))
	wantInked(t, "first line", p, 0, -0.6, red, true)
	wantInked(t, "end", p, 0.7, -0.6, red, true)
	wantInked(t, "corner of a square end", p, 0.7, -0.4, red, false)
	wantInked(t, "second line", p, 0, 0.6, red, true)
	wantInked(t, "its bend", p, 0.6, 0.6, red, true)
	wantInked(t, "its open side", p, -0.2, 0.2, red, false)
}

func TestShapeIsOutlinedOnlyWithALine(t *testing.T) {
	triangle := Polygon(-0.8, 0.8, 0.8, 0.8, 0, -0.8)
	for _, line := range []float64{0, 0.2} {
		p := newTestPen(1, 64)
		p.Ink, p.Line = blue, line
		p.At(0.5, 0, 0, 0.5, func() {
			p.Shape(red, triangle)
			wantInked(t, "inside", p, 0, 0.3, red, true)
			wantInked(t, "first side", p, 0, 0.8, blue, line > 0)
			wantInked(t, "closing side", p, -0.42, 0.03, blue, line > 0)
		})
		p.At(-0.5, 0, 0, 0.5, func() {
			p.Outline(triangle)
			wantInked(t, "outline", p, 0, 0.8, blue, line > 0)
			wantInked(t, "inside of an outline", p, 0, 0.3, Color{}, true)
		})
	}
}

func TestNoLineNoOutline(t *testing.T) {
	filled, shaped := newTestPen(1, 16), newTestPen(1, 16)
	shaped.Line = 0
	filled.Fill(red, Circle(0, 0, 0.7))
	shaped.Shape(red, Circle(0, 0, 0.7))
	shaped.Outline(Circle(0, 0, 0.5))
	if !slices.Equal(shaped.image().Pix, filled.image().Pix) {
		t.Error("a shape without a line is not what a fill is")
	}
}

func TestBall(t *testing.T) {
	p := newTestPen(1, 10)
	p.light = Point{0, -1}
	c := Color{0.5, 0.25, 0, 1}
	ball := p.Ball(c, 1, 2, 4)
	wantColor(t, "middle", ball(1, 2), c)
	wantColor(t, "beside the light", ball(4, 2), c)
	wantColor(t, "half way to the light", ball(1, 0), c.Light(0.1125))
	wantColor(t, "nearest the light", ball(1, -2), c.Light(0.45))
	wantColor(t, "nearer still", ball(1, -9), c.Light(0.45))
	wantColor(t, "half way from the light", ball(1, 4), c.Dark(0.3))
	wantColor(t, "farthest", ball(1, 6), c.Dark(0.6))
	wantColor(t, "farther still", ball(1, 9), c.Dark(0.6))
}

// The light stands still while things turn.
func TestBallKeepsTheLightWhenTurnedOrMirrored(t *testing.T) {
	for _, c := range []struct{ turn, sx, sy float64 }{
		{0, 1, 1}, {1, 1, 1}, {2.5, 1, 1}, {0, -1, 1}, {0, 1, -1}, {1.2, -1, 1}, {-0.7, -1, -1}, {1, 2, 0.7},
	} {
		p := newTestPen(4, 64)
		p.At(0, 0, c.turn, 1, func() {
			p.Stretch(c.sx, c.sy, func() { p.Fill(p.Ball(Gray(0.5), 0, 0, 1), everywhere) })
		})
		level := func(dx, dy float64) int { return int(p.image().RGBAAt(int(32+20*dx), int(32+20*dy)).R) }
		l := p.light
		light, beside, dark := level(l.X, l.Y), level(l.Y, -l.X), level(-l.X, -l.Y)
		if light < 132 || beside < 120 || beside > 130 || dark > 110 {
			t.Errorf("turned by %v, stretched by %v and %v: %d towards the light, %d beside, %d away; want light, about 128, dark",
				c.turn, c.sx, c.sy, light, beside, dark)
		}
	}
}
