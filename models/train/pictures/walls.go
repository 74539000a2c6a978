package pictures

import "math"

// buildingColor is a colour that walls have: sand, stone, brick or paint; in a
// quarter of pictures any.
func buildingColor(p *Pen) Color {
	switch kind := p.Float64(); {
	case kind < 0.25:
		return p.Color().Light(0.1)
	case kind < 0.5:
		return p.HSV(0.05, 0.13, 0.15, 0.55, 0.55, 0.95)
	case kind < 0.7:
		return p.HSV(0, 1, 0, 0.15, 0.4, 0.95)
	case kind < 0.85:
		return p.HSV(-0.02, 0.06, 0.4, 0.75, 0.45, 0.8)
	}
	return p.HSV(0, 1, 0.15, 0.5, 0.75, 1)
}

// buildingWall is the paint of a wall of colour c: stones in bond, upright
// planks or level boards, each of its own shade.
func buildingWall(p *Pen, c Color) Field {
	noise := p.Noise()
	joint := c.Dark(p.Range(0.4, 0.7))
	if p.Chance(0.3) {
		joint = c.Light(p.Range(0.5, 0.8))
	}
	wide, high := p.Range(0.18, 0.34), p.Range(0.11, 0.18)
	switch kind := p.Float64(); {
	case kind < 0.12:
		wide, high = p.Range(0.1, 0.16), 9
	case kind < 0.25:
		wide = 9
	}
	lx, ly := p.toLight()
	dark, light := c.Dark(0.6), c.Light(0.3)
	return func(x, y float64) Color {
		row := math.Floor(y / high)
		u := x/wide + 0.5*float64(int(row)&1)
		column := math.Floor(u)
		if (u-column)*wide < 0.035 || y-row*high < 0.035 {
			return joint
		}
		return Mix(dark, light, 0.52+0.45*noise(7.3*column+0.5, 7.7*row+0.5)+0.2*(x*lx+y*ly))
	}
}

// buildingRound bends a paint around an upright cylinder about x = 0 of half
// width w.
func buildingRound(p *Pen, paint Paint, w float64) Field {
	lx, _ := p.toLight()
	lx = math.Copysign(max(0.5, math.Abs(lx)), lx)
	return func(x, y float64) Color { return paint.At(x, y).Lit(x/w*lx, 0.3, 0.8) }
}

// buildingTiles is the paint of a roof of colour c: rows of round tiles.
func buildingTiles(p *Pen, c Color) Field {
	high := p.Range(0.11, 0.17)
	wide, curl := high*p.Range(0.8, 1.4), p.Range(0.2, 0.8)
	noise := p.Noise()
	dark, light := c.Dark(0.65), c.Light(0.4)
	return func(x, y float64) Color {
		u := x / wide
		row := math.Floor(y / high)
		u += 0.5 * float64(int(row)&1)
		column := math.Floor(u)
		s := 2*(u-column) - 1
		t := y/high - row + curl*(s*s-0.5)
		if t > 1 {
			t -= 1
		}
		return Mix(dark, light, 0.1+0.75*t+0.3*noise(7.3*column+0.5, 7.7*row+0.5))
	}
}

// buildingPanes is how the windows of one building look.
type buildingPanes struct {
	frame, dim, lit Color
	head            float64 // height of the arch in half widths, 0 for none
	rungs           int
}

// buildingWindows chooses windows for a wall of colour c.
func buildingWindows(p *Pen, c Color) buildingPanes {
	b := buildingPanes{frame: c.Light(0.75), dim: p.HSV(0.5, 0.7, 0, 0.7, 0.05, 0.25), rungs: p.Int(0, 2)}
	if c.Luma() > 0.75 || p.Chance(0.2) {
		b.frame = c.Dark(p.Range(0.6, 0.8))
	}
	b.lit = Mix(b.dim, HSV(0.56, 0.4, 0.9), p.Range(0.2, 0.7))
	if b.frame.Luma() < 0.4 || p.Chance(0.25) {
		b.dim = HSV(p.Range(0.05, 0.13), 0.8, p.Range(0.7, 0.95)) // a lamp behind
		b.lit = HSV(0.14, p.Range(0.2, 0.5), 1)
		b.frame = c.Dark(0.75)
	}
	if p.Chance(0.6) {
		b.head = p.Range(0.8, 1.6)
	}
	return b
}

// path is a window's outline about (x, y) with half width w and half height h.
func (b buildingPanes) path(x, y, w, h float64) Path {
	head := min(b.head*w, h)
	return append(Arc(x, y-h+head, w, head, math.Pi, 2*math.Pi), Point{x + w, y + h}, Point{x - w, y + h})
}

// draw draws one window.
func (b buildingPanes) draw(p *Pen, x, y, w, h float64) {
	p.Fill(b.frame, b.path(x, y-0.1*w, 1.5*w, h+0.3*w))
	p.Fill(Linear(x-w, y-h, x+w, y+h, b.lit, b.dim), b.path(x, y, w, h))
	p.Fill(b.frame.Dark(0.25), Rect(x-1.8*w, y+h, x+1.8*w, y+h+0.35*w))
	if w < 0.05 {
		return
	}
	bars := []Path{Polygon(x, y-h, x, y+h)}
	for i := range b.rungs {
		level := y + h*(2*float64(i+1)/float64(b.rungs+1)-1)
		bars = append(bars, Polygon(x-w, level, x+w, level))
	}
	p.Stroke(b.frame, 0.28*w, bars...)
}

// door draws a door that stands on y with half width w and height h.
func (b buildingPanes) door(p *Pen, x, y, w, h float64, c Color) {
	p.Fill(b.frame, b.path(x, y-h/2-0.03, w+0.05, h/2+0.03))
	p.Shape(Linear(x-w, y, x+w, y, c.Light(0.15), c.Dark(0.4)), b.path(x, y-h/2, w, h/2))
	for i := range 3 {
		s := x + w*(float64(i)-1)/2
		p.Stroke(c.Dark(0.6), 0.02, Polygon(s, y-0.8*h, s, y))
	}
	p.Fill(Gray(0.95), Circle(x+0.7*w, y-0.4*h, 0.035))
}

// buildingFlag is a pole at (x, y) with a waving flag.
func buildingFlag(p *Pen, x, y, size float64, c Color) {
	side := p.Sign()
	p.Stroke(c.Dark(0.7), 0.035, Polygon(x, y, x, y-size))
	p.Fill(Linear(x, y, x+side*size, y, c.Light(0.3), c.Dark(0.3)), Polygon(x, y-size, x+side*0.5*size, y-0.95*size,
		x+side*size, y-0.75*size, x+side*0.5*size, y-0.55*size, x, y-0.45*size))
}
