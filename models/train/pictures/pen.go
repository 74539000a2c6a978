package pictures

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"git.sr.ht/~sbinet/gg"
)

// Pen draws on one picture and draws all its random choices, so that a seed
// fixes every pixel. A thing is drawn in the square from -1 to 1; x grows to
// the right and y downwards.
type Pen struct {
	*rand.Rand
	Ink  Color   // of outlines in this picture
	Line float64 // width of outlines in this picture; 0 in pictures without

	dc    *gg.Context
	place gg.Matrix // from current coordinates to pixels
	clips []Path    // the clips in force, in pixels
	light Point     // direction that light comes from, in pixels, length 1
}

// newPen starts a picture of size by size pixels.
func newPen(random *rand.Rand, size int) *Pen {
	p := &Pen{Rand: random, dc: gg.NewContext(size, size)}
	half := float64(size) / 2
	p.place = gg.Translate(half, half).Scale(half, half)
	p.light = Polar(0, 0, p.Range(math.Pi*1.05, math.Pi*1.95), 1) // from above
	p.Ink = p.Color().Dark(p.Range(0.7, 1))
	if p.Chance(0.6) {
		p.Line = p.Range(0.03, 0.07)
	}
	p.dc.SetLineCapRound()
	p.dc.SetLineJoinRound()
	return p
}

// Range is a random number from a to b.
func (p *Pen) Range(a, b float64) float64 { return a + (b-a)*p.Float64() }

// Int is a random whole number from a to b, both included.
func (p *Pen) Int(a, b int) int { return a + p.IntN(b-a+1) }

// Chance is true with the given probability.
func (p *Pen) Chance(probability float64) bool { return p.Float64() < probability }

// Sign is -1 or 1.
func (p *Pen) Sign() float64 { return float64(2*p.IntN(2) - 1) }

// Color is any colour, from dull to vivid and from dark to bright.
func (p *Pen) Color() Color {
	return HSV(p.Float64(), math.Sqrt(p.Float64()), p.Range(0.15, 1))
}

// HSV is a colour of a hue from h0 to h1, a saturation from s0 to s1 and a value
// from v0 to v1.
func (p *Pen) HSV(h0, h1, s0, s1, v0, v1 float64) Color {
	return HSV(p.Range(h0, h1), p.Range(s0, s1), p.Range(v0, v1))
}

// Tone is such a colour too, but in a quarter of the pictures of any hue.
func (p *Pen) Tone(h0, h1, s0, s1, v0, v1 float64) Color {
	if p.Chance(0.25) {
		h0, h1 = 0, 1
	}
	return p.HSV(h0, h1, s0, s1, v0, v1)
}

// Near is a colour like c: red, green and blue each within a tenth.
func (p *Pen) Near(c Color) Color {
	shift := func(v float64) float64 { return clamp(v + p.Range(-0.1, 0.1)) }
	return Color{shift(c.R), shift(c.G), shift(c.B), c.A}
}

// Against is a colour whose brightness differs from c's by 0.33 or more, so
// that a shape shows upon another.
func (p *Pen) Against(c Color) Color {
	for {
		d := p.Color()
		if math.Abs(d.Luma()-c.Luma()) > 0.33 {
			return d
		}
	}
}

// maybe is usual or, with the given probability, other.
func maybe[T any](p *Pen, usual T, probability float64, other T) T {
	if p.Chance(probability) {
		return other
	}
	return usual
}

// MaybeAny is usual or, with the given probability, any colour.
func (p *Pen) MaybeAny(usual Color, probability float64) Color {
	if p.Chance(probability) {
		return p.Color()
	}
	return usual
}

// MaybeHSV is usual or, with the given probability, a colour as HSV draws it.
func (p *Pen) MaybeHSV(usual Color, probability, h0, h1, s0, s1, v0, v1 float64) Color {
	if p.Chance(probability) {
		return p.HSV(h0, h1, s0, s1, v0, v1)
	}
	return usual
}

// MaybeAgainst is usual or, with the given probability, a colour against c.
func (p *Pen) MaybeAgainst(usual Color, probability float64, c Color) Color {
	if p.Chance(probability) {
		return p.Against(c)
	}
	return usual
}

// At draws with the origin moved to (x, y), turned by an angle in radians
// (clockwise, as y points down) and scaled.
func (p *Pen) At(x, y, turn, scale float64, draw func()) {
	p.within(p.place.Translate(x, y).Rotate(turn).Scale(scale, scale), draw)
}

// Stretch draws with x and y scaled each on its own; -1 mirrors.
func (p *Pen) Stretch(sx, sy float64, draw func()) { p.within(p.place.Scale(sx, sy), draw) }

// Sides draws the right side of a thing twice, the first time mirrored; side is
// -1 then, and 1 the second time.
func (p *Pen) Sides(draw func(side float64)) {
	for _, side := range []float64{-1, 1} {
		p.Stretch(side, 1, func() { draw(side) })
	}
}

func (p *Pen) within(place gg.Matrix, draw func()) {
	before := p.place
	p.place = place
	draw()
	p.place = before
}

// Fill fills the area inside the paths; where two overlap there is a hole.
func (p *Pen) Fill(paint Paint, paths ...Path) {
	p.trace(true, paths)
	p.dc.SetFillRuleEvenOdd()
	p.dc.SetFillStyle(p.pattern(paint))
	p.dc.Fill()
}

// Stroke draws along the paths, open as they are, with round ends; width is in
// current coordinates.
func (p *Pen) Stroke(paint Paint, width float64, paths ...Path) {
	p.trace(false, paths)
	p.stroke(paint, width)
}

// Shape fills one closed path and outlines it where this picture has outlines.
func (p *Pen) Shape(paint Paint, path Path) {
	p.Fill(paint, path)
	p.Outline(path)
}

// FillPair fills a path and its mirror image.
func (p *Pen) FillPair(paint Paint, path Path) {
	p.Fill(paint, path)
	p.Fill(paint, path.Mirror())
}

// ShapePair draws a shape and its mirror image.
func (p *Pen) ShapePair(paint Paint, path Path) {
	p.Shape(paint, path)
	p.Shape(paint, path.Mirror())
}

// Outline draws the closed path in this picture's ink, or nothing in pictures
// without outlines.
func (p *Pen) Outline(path Path) {
	if p.Line > 0 {
		p.trace(true, []Path{path})
		p.stroke(p.Ink, p.Line)
	}
}

// Clip draws only inside the path.
func (p *Pen) Clip(path Path, draw func()) {
	var edge Path
	for _, q := range path {
		x, y := p.place.TransformPoint(q.X, q.Y)
		edge = append(edge, Point{x, y})
	}
	p.clips = append(p.clips, edge)
	p.clip()
	draw()
	p.clips = p.clips[:len(p.clips)-1]
	p.clip()
}

// clip makes gg's clip the intersection of the clips now in force. gg's own
// stack does not restore one.
func (p *Pen) clip() {
	p.dc.ResetClip()
	for _, edge := range p.clips {
		for _, q := range edge {
			p.dc.LineTo(q.X, q.Y)
		}
		p.dc.ClosePath()
		p.dc.Clip()
	}
}

// Ball is the paint of a round body of colour c about (cx, cy): lighter towards
// the light and darker away from it.
func (p *Pen) Ball(c Color, cx, cy, r float64) Field {
	lx, ly := p.toLight()
	return func(x, y float64) Color {
		t := ((x-cx)*lx + (y-cy)*ly) / r
		if t > 0 {
			return c.Light(0.45 * min(t, 1) * min(t, 1))
		}
		return c.Dark(0.6 * min(-t, 1))
	}
}

// toLight is the direction to the light in current coordinates.
func (p *Pen) toLight() (x, y float64) {
	x = p.place.XX*p.light.X + p.place.YX*p.light.Y
	y = p.place.XY*p.light.X + p.place.YY*p.light.Y
	length := math.Hypot(x, y)
	return x / length, y / length
}

func (p *Pen) trace(closed bool, paths []Path) {
	for _, path := range paths {
		for i, q := range path {
			x, y := p.place.TransformPoint(q.X, q.Y)
			if i == 0 {
				p.dc.MoveTo(x, y)
			} else {
				p.dc.LineTo(x, y)
			}
		}
		if closed {
			p.dc.ClosePath()
		}
	}
}

func (p *Pen) stroke(paint Paint, width float64) {
	scale := math.Sqrt(math.Abs(p.place.XX*p.place.YY - p.place.XY*p.place.YX))
	p.dc.SetLineWidth(max(0.4, width*scale))
	p.dc.SetStrokeStyle(p.pattern(paint))
	p.dc.Stroke()
}

// pattern turns a paint in current coordinates into one of pixels.
func (p *Pen) pattern(paint Paint) gg.Pattern {
	if c, ok := paint.(Color); ok {
		return gg.NewSolidPattern(c.rgba())
	}
	return &pixels{paint: paint, place: p.place, determinant: p.place.XX*p.place.YY - p.place.XY*p.place.YX}
}

// pixels evaluates a paint at the middle of each pixel.
type pixels struct {
	paint       Paint
	place       gg.Matrix
	determinant float64
	color       color.RGBA // the last result, kept here to save an allocation
}

// ColorAt is called by gg for each pixel.
func (q *pixels) ColorAt(px, py int) color.Color {
	dx, dy := float64(px)+0.5-q.place.X0, float64(py)+0.5-q.place.Y0
	x := (q.place.YY*dx - q.place.XY*dy) / q.determinant
	y := (q.place.XX*dy - q.place.YX*dx) / q.determinant
	q.color = q.paint.At(x, y).rgba()
	return &q.color
}

// image is the picture so far.
func (p *Pen) image() *image.RGBA { return p.dc.Image().(*image.RGBA) }
