package pictures

import "math"

var plants = []Class{
	{Name: "cactus", Turn: 0.3, draw: cactus},
	{Name: "feather", Turn: anyWay, draw: feather},
	{Name: "fern", Turn: anyWay, draw: fern},
	{Name: "flower", Turn: anyWay, draw: flower},
	{Name: "leaf", Turn: anyWay, draw: leaf},
	{Name: "mushroom", Turn: 0.4, draw: mushroom},
	{Name: "palm", Turn: 0.3, draw: palm},
	{Name: "pine", Turn: 0.3, draw: pine},
	{Name: "rose", Turn: anyWay, draw: rose},
	{Name: "strawberry", Turn: 0.6, draw: strawberry},
	{Name: "tree", Turn: 0.3, draw: tree},
}

// plantColor is a fresh colour of a hue from a to b turns, see Pen.Tone.
func plantColor(p *Pen, a, b float64) Color { return p.Tone(a, b, 0.45, 0.95, 0.45, 1) }

// plantBark is a brown, gray or pale wood.
func plantBark(p *Pen) Color { return p.HSV(0.03, 0.12, 0.1, 0.7, 0.25, 0.75) }

// plantBlob is a round patch with a scalloped edge.
func plantBlob(p *Pen, x, y, r float64) Path {
	lobes, phase := float64(p.Int(4, 6)), p.Range(0, math.Pi)
	return Curve(20, func(t float64) Point {
		return Polar(x, y, 2*math.Pi*t, r*(0.85+0.25*math.Abs(math.Sin(math.Pi*lobes*t+phase))))
	})
}

// leaf is one leaf, oval, oaken, heart-shaped or like a maple's, with a midrib
// and side veins.
func leaf(p *Pen) {
	green := plantColor(p, 0.15, 0.42)
	edge := p.Near(green)
	if p.Chance(0.35) { // autumn
		green, edge = HSV(p.Range(0.08, 0.25), 0.8, p.Range(0.5, 0.9)), HSV(p.Range(-0.04, 0.1), 0.9, p.Range(0.4, 0.9))
	}
	var blade Path
	var ribs []Path
	switch kind := p.Float64(); {
	case kind < 0.3:
		blade, ribs = leafMaple(p)
	case kind < 0.5:
		blade, ribs = leafHeart(p)
	default:
		blade, ribs = leafOval(p)
	}
	vein := maybe(p, green.Light(p.Range(0.45, 0.75)), 0.35, green.Dark(0.65))
	bend := p.Range(-0.25, 0.25)
	for _, path := range append(ribs, blade) {
		for i, q := range path {
			path[i].X += bend * (q.Y*q.Y - 0.5)
		}
	}
	noise, f, tilt := p.Noise(), p.Range(3, 6), p.Range(0.15, 0.4)*p.Sign()
	p.Stroke(green.Dark(0.4), 0.08, Spline(-0.4*bend, 0.3, 0, 0.7, p.Range(-0.15, 0.15), 1.05))
	p.Shape(Field(func(x, y float64) Color {
		c := Mix(green, edge, 0.3+1.2*(x*x+y*y)+0.5*noise(f*x, f*y))
		if x*tilt > 0 {
			return c.Dark(math.Abs(tilt) + 0.2*math.Abs(x))
		}
		return c.Light(0.25 * (1 - math.Abs(x)))
	}), blade)
	p.Clip(blade, func() {
		p.Stroke(green.Dark(0.6), 0.06, ribs[1:]...)
		p.Stroke(vein, 0.035, ribs[1:]...)
		p.Stroke(vein, 0.065, ribs[0])
		if p.Chance(0.25) { // spots
			for range p.Int(4, 12) {
				p.Fill(edge.Dark(0.6), Dot(7, p.Range(-0.6, 0.6), p.Range(-0.8, 0.6), p.Range(0.03, 0.07), 0.05))
			}
		}
	})
}

// leafOval is the outline and the ribs, midrib first, of a leaf whose edge is
// smooth, toothed or lobed as an oak's.
func leafOval(p *Pen) (Path, []Path) {
	width, low, teeth, depth := p.Range(0.3, 0.7), p.Range(0.7, 1.15), float64(p.Int(9, 13)), p.Range(0, 0.18)
	if p.Chance(0.35) { // oak
		width, low, teeth, depth = p.Range(0.65, 0.8), p.Range(0.75, 1), float64(p.Int(3, 5)), p.Range(0.45, 0.65)
	}
	half := func(t float64) float64 {
		_, u := math.Modf(teeth * t)
		notch := math.Abs(2*u - 1)
		if teeth < 6 {
			notch *= notch // round lobes
		}
		return width * math.Pow(math.Sin(math.Pi*math.Pow(clamp(t), low)), 0.85) * (1 - depth*notch)
	}
	side := Curve(80, func(t float64) Point { return Point{half(t), -1 + 1.75*t} })
	ribs := []Path{Spline(0, -0.97, 0, -0.4, 0, 0.2, 0, 0.78)}
	n := teeth
	if n > 6 {
		n = float64(p.Int(5, 7))
	}
	for i := range int(n) {
		t := (float64(i) + 0.5) / n
		w, y := half(t), -1+1.75*t
		rib := Spline(0, y+0.1+0.4*w, 0.5*w, y+0.12, 0.97*w, y-0.02)
		ribs = append(ribs, rib, rib.Mirror())
	}
	return side.Whole(), ribs
}

// leafHeart is the outline and ribs of a heart-shaped leaf.
func leafHeart(p *Pen) (Path, []Path) {
	w, base := p.Range(0.6, 0.85), p.Range(0.3, 0.5)
	side := Spline(0, -1, 0.32*w, -0.62, 0.85*w, -0.15, w, 0.35, 0.65*w, 0.72, 0.22*w, 0.7, 0, base)
	ribs := []Path{Spline(0, -0.97, 0, -0.3, 0, base)}
	for i := range 4 {
		y := base - 0.28*float64(i)
		reach := w * (0.95 - 0.2*float64(i))
		rib := Spline(0, y, 0.5*reach, y-0.12, reach, y-0.3+0.12*float64(max(0, 1-i)))
		ribs = append(ribs, rib, rib.Mirror())
	}
	low := Spline(0, base, 0.4*w, base+0.05, 0.75*w, 0.55)
	return side.Whole(), append(ribs, low, low.Mirror())
}

// leafMaple is the outline and ribs of a leaf with five or seven pointed lobes
// about the end of its stem.
func leafMaple(p *Pen) (Path, []Path) {
	const base = 0.3
	lobes, notch, thick := p.Int(2, 3), p.Range(0.4, 0.55), p.Range(0.7, 1.05)
	step := p.Range(2.1, 2.4) / float64(lobes)
	at := func(angle, r float64) Point { return Point{r * math.Sin(angle), base - r*math.Cos(angle)} }
	var side Path
	var ribs []Path
	for i := range lobes + 1 {
		a := step * float64(i)
		r := 1.28 - 0.6*a/2.3 - 0.12*a*a/5.3
		if i > 0 {
			side = append(side, at(a-0.5*step, notch*(r+0.1)), at(a-0.34*step*thick, 0.66*r), at(a-0.18*step*thick, 0.67*r))
		}
		side = append(side, at(a, r), at(a+0.18*step*thick, 0.67*r), at(a+0.34*step*thick, 0.66*r))
		rib := Path{at(a, 0.95*r), at(0, 0)}
		fork := Path{at(a-0.2*step, 0.62*r), at(a, 0.4*r), at(a+0.2*step, 0.62*r)}
		ribs = append(ribs, rib, rib.Mirror(), fork, fork.Mirror())
	}
	side = append(side, at(2.75, 0.25), at(math.Pi, 0.12))
	return side.Whole(), ribs
}

// fern is a bent frond of two rows of leaflets, sometimes with a curled tip.
func fern(p *Pen) {
	green := plantColor(p, 0.17, 0.42)
	curl, bend := 0.0, p.Range(-0.9, 0.9)
	if p.Chance(0.35) {
		curl = p.Range(5, 8) * math.Copysign(1, bend)
	}
	const pieces = 60
	axis := Path{{0, 0}}
	var headings []float64
	for i := range pieces {
		t := float64(i) / pieces
		heading := bend*(t-0.5) + curl*math.Pow(max(0, t-0.55)/0.45, 1.6)
		sin, cos := math.Sincos(heading)
		q := axis[i]
		axis, headings = append(axis, Point{q.X + 2.05/pieces*sin, q.Y - 2.05/pieces*cos}), append(headings, heading)
	}
	dx, dy, size := axis[pieces/2].X, axis[pieces].Y/2, 1.0
	if curl != 0 {
		dy, size = -0.78, 1.18
	}
	pairs, lobes, widest, lean := p.Int(9, 14), float64(p.Int(0, 5)), p.Range(0.6, 0.9), p.Range(0.1, 0.6)
	slim := p.Range(0.8, 1.2)
	p.At(-dx*size, -dy*size, 0, size, func() {
		p.Stroke(green.Dark(0.55), 0.07, axis[:pieces*2/3])
		p.Stroke(green.Dark(0.55), 0.06, axis)
		for i := range pairs {
			t := 0.12 + 0.86*float64(i)/float64(pairs)
			k := int(t * pieces)
			long := widest * min(1.1*math.Pow(1-t, 0.75), 0.55+1.6*t)
			if curl != 0 {
				long *= 1 - 0.85*Smooth(0.45, 0.75, t)
			}
			wide := slim * 0.85 / float64(pairs) / max(long, 0.12)
			shade := p.Near(green).Light(0.25 * t)
			for _, side := range []float64{-1, 1} {
				p.At(axis[k].X, axis[k].Y, headings[k]+side*(math.Pi/2-lean), long, func() { fernLeaflet(p, shade, side, wide, lobes) })
			}
		}
		p.Stroke(green.Light(0.35), 0.025, axis)
	})
}

// fernLeaflet is a leaflet of length 1 upwards from the origin.
func fernLeaflet(p *Pen, c Color, side, wide, lobes float64) {
	edge := Curve(18, func(t float64) Point {
		w := wide * math.Pow(1-t, 0.6) * min(1, 6*t+0.2)
		if lobes > 1 {
			w *= 0.55 + 0.6*math.Abs(math.Sin(math.Pi*(lobes+1)*t))
		}
		return Point{w, -t}
	})
	p.Shape(Linear(-wide*side, 0, wide*side, 0, c.Light(0.4), c.Dark(0.5)), edge.Whole())
	p.Stroke(c.Dark(0.6), 0.06*wide, Polygon(0, 0, 0, -0.85))
}
