package pictures

import "math"

// wheel is a spoked cart wheel, a ship's or a bicycle's wheel, or a gear.
func wheel(p *Pen) {
	c := p.HSV(0.03, 0.12, 0.2, 0.8, 0.3, 0.8)
	if p.Chance(0.5) {
		c = p.Color().Light(0.1)
	}
	noise := p.Noise()
	grain := Field(func(x, y float64) Color {
		return Mix(c.Dark(0.55), c.Light(0.35), 0.5+0.6*noise(6*math.Hypot(x, y), 3*math.Atan2(y, x)))
	})
	rim := p.Range(0.75, 0.85)
	switch kind := p.Float64(); {
	case kind < 0.2:
		wheelBicycle(p, c)
		return
	case kind < 0.4: // a gear
		teeth := p.Range(0.07, 0.12)
		n := float64(p.Int(10, 18))
		p.Shape(grain, Curve(160, func(t float64) Point {
			return Polar(0, 0, 2*math.Pi*t, 0.88+teeth*max(-1, min(1, 2.5*math.Sin(2*math.Pi*n*t))))
		}))
	case kind < 0.6: // a ship's, with handles
		for i := range 8 {
			p.Stroke(c.Dark(0.3), 0.12, Ray(0, 0, float64(i)*math.Pi/4, 0.5, 0.96))
		}
		rim = p.Range(0.62, 0.7)
	}
	wheelSpokes(p, c, grain, rim)
}

// wheelSpokes is a rim of radius r with spokes and a hub.
func wheelSpokes(p *Pen, c Color, grain Field, r float64) {
	n, broad := p.Int(5, 14), p.Range(0.7, 1.1)
	if r < 0.72 {
		n = 8
	}
	inner := r - p.Range(0.14, 0.2)
	w := broad * 0.45 * inner / float64(n)
	dark := c.Dark(0.75)
	if p.Chance(0.4) {
		p.Fill(Radial(0, 0, r, dark, dark.Light(0.15)), Circle(0, 0, inner))
	}
	for i := range n {
		p.At(0, 0, 2*math.Pi*float64(i)/float64(n), 1, func() {
			p.Shape(Linear(0, -w, 0, w, c.Light(0.45), c.Dark(0.45)), Polygon(0.1, -1.2*w, inner+0.05, -0.8*w, inner+0.05, 0.8*w, 0.1, 1.2*w))
		})
	}
	p.Fill(grain, Circle(0, 0, r), Circle(0, 0, inner))
	p.Stroke(c.Dark(0.7), 0.05, Circle(0, 0, r), Circle(0, 0, inner))
	if p.Chance(0.6) { // nails
		for i := range n {
			q := Polar(0, 0, 2*math.Pi*(float64(i)+0.5)/float64(n), (r+inner)/2)
			p.Fill(c.Light(0.7), Circle(q.X, q.Y, 0.035))
		}
	}
	hub := p.Range(0.15, 0.24)
	p.Shape(p.Ball(c, 0, 0, hub), Circle(0, 0, hub))
	p.Stroke(c.Light(0.5), 0.03, Circle(0, 0, 0.7*hub))
	p.Fill(dark, Circle(0, 0, 0.35*hub))
}

// wheelBicycle is a tyre with tread and thin crossing spokes.
func wheelBicycle(p *Pen, c Color) {
	steel := maybe(p, Gray(p.Range(0.75, 1)), 0.3, Gray(0.1))
	n, cross := p.Int(9, 14), p.Range(0.1, 0.35)
	p.Stroke(steel, 0.025, Repeat(2*n, func(i float64) Path {
		a := math.Pi * i / float64(n)
		lean := 4 * cross * (2*math.Mod(i, 2) - 1)
		return Path{Polar(0, 0, a+lean, 0.12), Polar(0, 0, a, 0.8)}
	})...)
	p.Stroke(Gray(0.1), 0.17, Circle(0, 0, 0.88))
	tread := Repeat(40, func(i float64) Path { return Ray(0, 0, math.Pi*i/20, 0.88, 0.95) })
	p.Stroke(Gray(0.45), 0.03, tread...)
	p.Stroke(c, 0.07, Circle(0, 0, 0.78))
	p.Fill(p.Ball(c, 0, 0, 0.14), Circle(0, 0, 0.14))
	p.Fill(Gray(0.9), Circle(0, 0, 0.06))
}

// clock is a round dial with ticks or numerals and hands in an ornate rim; now
// and then an alarm clock with bells, or a watch with a crown.
func clock(p *Pen) {
	face := p.Color().Light(p.Range(0.6, 0.95))
	if p.Chance(0.3) {
		face = p.Color().Dark(0.7)
	}
	ink := p.Against(face)
	if face.Luma() > 0.5 {
		ink = ink.Dark(0.6)
	} else {
		ink = ink.Light(0.5)
	}
	rim := p.MaybeHSV(p.Against(face), 0.4, 0.08, 0.14, 0.5, 0.8, 0.5, 0.9)
	r, cy := 0.97, 0.0
	if p.Chance(0.45) {
		r, cy = 0.77, 0.16
		clockBells(p, rim)
	}
	p.At(0, cy, 0, r, func() {
		beads := float64(p.Int(10, 24))
		p.Fill(Field(func(x, y float64) Color {
			relief := math.Sin(beads*math.Atan2(y, x)) * math.Sin(24*math.Hypot(x, y))
			return Mix(rim.Dark(0.5), rim.Light(0.5), 0.5+0.45*relief-0.15*(x+y))
		}), Circle(0, 0, 1), Circle(0, 0, 0.78))
		p.Outline(Circle(0, 0, 1))
		p.Shape(Radial(0, 0, 0.85, face.Light(0.4), face.Dark(0.2)), Circle(0, 0, 0.8))
		p.Stroke(ink, 0.025, Circle(0, 0, 0.74))
		clockNumerals(p, ink)
		if p.Chance(0.5) { // a rosette
			petals := p.Range(6, 12)
			p.Stroke(Mix(face, ink, 0.4), 0.03, Curve(72, func(t float64) Point {
				return Polar(0, 0, 2*math.Pi*t, 0.27+0.06*math.Cos(2*math.Pi*math.Floor(petals)*t))
			}))
		}
		hour := p.Range(0, 12)
		clockHand(p, ink, math.Pi/6*hour, p.Range(0.4, 0.46), 0.055)
		clockHand(p, ink, 2*math.Pi*(hour-math.Floor(hour)), p.Range(0.62, 0.7), 0.04)
		if p.Chance(0.4) {
			clockHand(p, HSV(0, 0.9, 0.8), p.Range(0, 2*math.Pi), 0.68, 0.012)
		}
		p.Fill(p.Ball(rim, 0, 0, 0.09), Circle(0, 0, 0.085))
	})
}

// clockHand is a hand pointing at an angle clockwise from twelve.
func clockHand(p *Pen, c Color, turn, long, w float64) {
	p.At(0, 0, turn, 1, func() {
		p.Fill(c, Polygon(-w, 0.16, -w, 0, -1.5*w, -0.7*long, 0, -long, 1.5*w, -0.7*long, w, 0, w, 0.16))
	})
}

// clockNumerals is a ring of Roman numerals, or of long and short ticks.
func clockNumerals(p *Pen, ink Color) {
	roman := []string{"XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"}
	numerals, dots := p.Chance(0.6), p.Chance(0.3)
	var minutes, hours []Path
	for i := range 60 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 30)
		line := func(x0, r0, x1, r1 float64) Path { // x along the rim, r from the middle
			return Polygon(x0*cos+r0*sin, x0*sin-r0*cos, x1*cos+r1*sin, x1*sin-r1*cos)
		}
		switch {
		case i%5 != 0:
			minutes = append(minutes, line(0, 0.74, 0, 0.7))
		case numerals:
			x := -0.04 * float64(len(roman[i/5])-1)
			for _, letter := range roman[i/5] {
				switch letter {
				case 'I':
					hours = append(hours, line(x, 0.68, x, 0.5))
				case 'V':
					hours = append(hours, line(x-0.04, 0.68, x, 0.5), line(x+0.04, 0.68, x, 0.5))
				case 'X':
					hours = append(hours, line(x-0.04, 0.68, x+0.04, 0.5), line(x+0.04, 0.68, x-0.04, 0.5))
				}
				x += 0.08
			}
		case dots:
			p.Fill(ink, Circle(0.62*sin, -0.62*cos, 0.065))
		default:
			hours = append(hours, line(0, 0.7, 0, 0.55))
		}
	}
	p.Stroke(ink, 0.02, minutes...)
	thin, thick := 0.05, 0.085
	if numerals {
		thin, thick = 0.03, 0.045
	}
	p.Stroke(ink, p.Range(thin, thick), hours...)
}

// clockBells are the bells and feet of an alarm clock, or a watch's crown.
func clockBells(p *Pen, c Color) {
	if p.Chance(0.35) {
		p.Shape(Linear(-0.1, 0, 0.1, 0, c.Light(0.4), c.Dark(0.5)), Rect(-0.1, -0.8, 0.1, -0.58))
		p.Stroke(c.Dark(0.2), 0.06, Circle(0, -0.84, 0.13))
		return
	}
	p.Stroke(c.Dark(0.4), 0.1, Polygon(-0.45, 0.7, -0.62, 0.96), Polygon(0.45, 0.7, 0.62, 0.96))
	p.Stroke(c.Dark(0.4), 0.07, Polygon(0, -0.9, 0, -0.6), Arc(0, -0.72, 0.25, 0.22, math.Pi, 2*math.Pi))
	for _, side := range []float64{-1, 1} {
		p.At(0.46*side, -0.62, 0.62*side, 1, func() {
			p.Shape(p.Ball(c, 0, -0.1, 0.3), Arc(0, 0, 0.32, 0.3, math.Pi, 2*math.Pi))
			p.Fill(c.Dark(0.5), Rect(-0.32, -0.03, 0.32, 0.05))
		})
	}
}

// lantern is a ribbed paper lantern or an iron one with panes, lit from within.
func lantern(p *Pen) {
	glow := HSV(p.Range(0.08, 0.16), p.Range(0.3, 0.6), 1)
	iron := p.Color().Dark(p.Range(0.5, 0.8))
	if p.Chance(0.45) {
		lanternIron(p, glow, iron)
		return
	}
	c := p.MaybeAny(p.HSV(-0.04, 0.12, 0.6, 1, 0.55, 0.95), 0.4)
	w, h, cy := p.Range(0.5, 0.85), p.Range(0.45, 0.58), -0.15
	power := p.Range(2, 5) // 2 is an ellipse; more, nearer to a cylinder
	side := Curve(24, func(t float64) Point {
		s := 2*t - 1
		return Point{w * (0.35 + 0.65*math.Pow(1-math.Pow(math.Abs(s), power), 0.6)), cy + h*s}
	})
	body := side.Whole()
	ribs := p.Range(5, 9)
	p.Shape(Field(func(x, y float64) Color {
		d := math.Hypot(x/w, (y-cy)/h)
		v := (y - cy) / h * ribs / (1 + 0.12*x*x/w/w)
		s := v - math.Floor(v)
		return Mix(Mix(glow, c, 0.15+0.85*d), c.Dark(0.65), 0.9*math.Pow(math.Abs(2*s-1), 3)+0.35*max(0, d-0.6))
	}), body)
	if p.Chance(0.5) { // a written sign
		for range 4 {
			x, y := p.Range(-0.2, 0.2)*w, cy+p.Range(-0.4, 0.4)*h
			p.Stroke(iron, 0.07, Spline(x-0.25*w, y, x, y+p.Range(-0.06, 0.06), x+0.2*w, y+p.Range(-0.1, 0.2)))
		}
		p.Stroke(iron, 0.08, Polygon(0, cy-0.5*h, p.Range(-0.05, 0.05), cy+0.5*h))
	}
	cap := 0.42 * w
	p.Stroke(iron, 0.04, Polygon(0, -1, 0, cy-h))
	p.Shape(Linear(-cap, 0, cap, 0, iron.Light(0.35), iron), Rect(-cap, cy-h-0.1, cap, cy-h+0.04))
	p.Shape(Linear(-cap, 0, cap, 0, iron.Light(0.35), iron), Rect(-cap, cy+h-0.04, cap, cy+h+0.1))
	tassel := p.Near(c)
	for i := range 7 {
		t := float64(i)/3 - 1
		p.Stroke(Mix(tassel.Light(0.4), tassel.Dark(0.5), float64(i%2)), 0.03, Polygon(0, cy+h+0.15, 0.14*t, 0.98-0.04*math.Abs(t)))
	}
	p.Fill(p.Ball(glow, 0, cy+h+0.18, 0.08), Circle(0, cy+h+0.18, 0.075))
}

// lanternIron is an iron lantern with a roof, glass panes and a flame.
func lanternIron(p *Pen, glow, iron Color) {
	w, foot, top := p.Range(0.42, 0.55), p.Range(0.8, 1.05), p.Range(-0.42, -0.3)
	metal := Linear(-w, 0, w, 0, iron.Light(0.45), iron)
	p.Stroke(iron.Light(0.15), 0.06, Circle(0, -0.86, 0.11))
	p.Fill(Radial(0, 0.25, 0.75*p.Range(0.8, 1.1), glow.Light(0.5), HSV(0.07, 0.85, p.Range(0.5, 0.8))), Polygon(-w, top, w, top, foot*w, 0.8, -foot*w, 0.8))
	p.Fill(Linear(0, 0.4, 0, 0.8, Gray(0.95), HSV(0.1, 0.3, 0.7)), Rect(-0.11, 0.42, 0.11, 0.8)) // a candle
	p.Fill(Radial(0, 0.3, 0.26, Gray(1), HSV(0.06, 0.95, 1)), Loop(0, -0.08, 0.12, 0.26, 0, 0.42, -0.12, 0.26))
	bars := p.Int(2, 4)
	for i := range bars + 1 {
		x := w * (2*float64(i)/float64(bars) - 1)
		p.Stroke(iron, 0.055, Polygon(x, top, foot*x, 0.8))
	}
	switch p.IntN(3) {
	case 0: // crossed wires
		p.Stroke(iron, 0.03, Polygon(-w, top, foot*w, 0.8), Polygon(w, top, -foot*w, 0.8))
	case 1:
		p.Stroke(iron, 0.035, Polygon(-w, 0.1, w, 0.1), Polygon(-w, 0.45, w, 0.45))
	}
	half := Spline(0, -0.78, 0.12, -0.74, 0.3*w, lerp(-0.74, top, 0.6), 1.3*w, top+0.02)
	p.Shape(metal, half.Whole())
	for i := range 5 {
		x := float64(i)/2 - 1
		p.Stroke(iron.Light(0.6), 0.02, Polygon(0.15*x, -0.7, 1.1*w*x, top))
	}
	p.Shape(metal, Rect(-1.2*w, 0.78, 1.2*w, 0.97))
	p.Stroke(iron.Light(0.6), 0.025, Polygon(-1.1*w, 0.83, 1.1*w, 0.83), Polygon(-1.3*w, top, 1.3*w, top))
}
