package pictures

import "math"

// beetle is a beetle from above: legs, feelers, head, neck shield and two wing
// cases, now and then opened.
func beetle(p *Pen) {
	back := p.Tone(-0.03, 0.4, 0.5, 1, 0.35, 0.95)
	dark := back.Dark(p.Range(0.6, 1))
	coat := animalRound(p, beetleCoat(p, back), 0, 0.3, 0.8)
	wide, open, horn, lift := p.Range(0.42, 0.62), 0.0, p.IntN(3), p.Range(-0.1, 0.1)
	if p.Chance(0.2) {
		open = p.Range(0.3, 0.6)
	}
	for i := range 3 {
		s := float64(i - 1)
		leg := Polygon(0, 0.1+0.2*s, wide+0.16, 0.05+0.38*s+lift, 0.8, 0.12+0.75*s, 0.95, 0.2+0.8*s-0.08)
		animalLimbs(p, dark.Light(0.1), 0.1, leg, leg.Mirror())
	}
	feeler := Spline(0.1, -0.75, 0.3, -0.9, 0.5, -0.92+lift, 0.68, -0.8)
	animalLimbs(p, dark, 0.05, feeler, feeler.Mirror())
	p.Fill(dark, Circle(0.68, -0.8, 0.06), Circle(-0.68, -0.8, 0.06))
	switch horn {
	case 0: // a stag's jaws
		jaw := Spline(0.08, -0.75, 0.28, -0.85, 0.26, -1.02, 0.06, -1.05)
		animalLimbs(p, dark.Light(0.15), 0.09, jaw, jaw.Mirror())
	case 1:
		p.Shape(dark.Light(0.2), Polygon(-0.09, -0.75, 0, -1.08, 0.09, -0.75))
	}
	p.Shape(p.Ball(dark.Light(0.1), 0, -0.7, 0.25), Ellipse(0, -0.7, 0.24, 0.18))
	p.Fill(Gray(0.9), Circle(0.17, -0.78, 0.06), Circle(-0.17, -0.78, 0.06))
	if open > 0 {
		p.Shape(p.Ball(dark.Light(0.25), 0, 0.3, 0.6), Ellipse(0, 0.3, 0.3, 0.62))
		for i := range 6 {
			p.Stroke(dark, 0.04, Arc(0, 0.1*float64(i), 0.28, 0.1, 0.3, 2.8))
		}
	}
	shield := Loop(-0.75*wide, -0.2, -0.7*wide, -0.48, 0, -0.62, 0.7*wide, -0.48, 0.75*wide, -0.2, 0, -0.16)
	p.Sides(func(side float64) {
		p.At(0, -0.25, -open, 1, func() {
			half := append(Polygon(0, 0), Spline(0.1, -0.03, 0.8*wide, 0.05, wide, 0.45, 0.75*wide, 0.95, 0.02, 1.22)...)
			p.Shape(coat, half)
			p.Stroke(back.Light(0.75).Alpha(0.7), 0.07, Arc(0.1, 0.45, 0.6*wide, 0.35, -1.2, -0.3))
			p.Stroke(dark, 0.045, Polygon(0.01, 0, 0.01, 1.2))
		})
	})
	p.Shape(p.Ball(Mix(back, dark, p.Float64()), 0, -0.4, 0.4), shield)
	p.Stroke(back.Light(0.6).Alpha(0.7), 0.05, Arc(0, -0.36, 0.5*wide, 0.14, 3.5, 5.2))
}

// beetleCoat is one wing case's pattern, from x = 0 at the seam: round spots,
// stripes along, grooves with pits, or bands across.
func beetleCoat(p *Pen, back Color) Field {
	mark := back.Dark(0.9)
	if back.Luma() < 0.4 {
		mark = p.Against(back)
	}
	noise, f := p.Noise(), p.Range(0.26, 0.4)
	switch p.IntN(4) {
	case 0:
		size := p.Range(0.24, 0.34)
		return func(x, y float64) Color {
			row := math.Floor(y / f)
			u := x/f + 0.5*math.Mod(math.Abs(row), 2)
			d := math.Hypot(u-math.Floor(u)-0.5, y/f-row-0.5)
			return Mix(back, mark, 12*(size-d))
		}
	case 1:
		return func(x, y float64) Color { return Mix(back, mark, 0.5+4*math.Sin(11/f*0.5*x)) }
	case 2:
		return func(x, y float64) Color {
			groove := math.Sin(50 * x)
			return Mix(back, mark, 0.7*groove*(0.6+0.4*math.Sin(45*y))).Light(max(0, -0.3*groove))
		}
	}
	return func(x, y float64) Color { return Mix(back, mark, 0.5+5*math.Sin(3/f*y+1.5*noise(5*x, y))) }
}

// butterfly is a butterfly from above: four patterned wings with veins, a
// body, and feelers with clubs.
func butterfly(p *Pen) {
	base := p.Tone(0, 0.17, 0.5, 1, 0.6, 1)
	rim, second := base.Dark(p.Range(0.75, 0.95)), Mix(base, p.Color(), p.Range(0.2, 0.8))
	rim = maybe(p, rim, 0.25, base.Light(0.75))
	spot, noise := p.Against(rim), p.Noise()
	high, low, f, kind := p.Range(0.7, 0.95), p.Range(0.7, 0.95), p.Range(9, 14), p.IntN(3)
	inner := Field(func(x, y float64) Color {
		r := math.Hypot(x, y)
		c := Mix(base, second, 1.3*r)
		switch kind {
		case 0:
			return Mix(c, rim, 3*math.Sin(f*r+noise(4*x, 4*y)))
		case 1:
			return Mix(c, rim, 5*(noise(0.5*f*x, 0.5*f*y)-0.15))
		}
		return c.Light(0.3 * max(0, noise(f*x, f*y)))
	})
	fore := Loop(0.03, -0.12, 0.35, -0.6, 0.85, -high, 0.99, -0.6, p.Range(0.65, 0.85), -0.1, 0.4, 0.08)
	hind := Loop(0.03, 0, 0.45, -0.02, 0.82, 0.2, 0.75, 0.65, 0.42, low, 0.13, 0.55)
	margin, big, eyes := p.Range(0.72, 0.85), p.Range(0.1, 0.17), p.IntN(3)
	wing := func(path Path, cx, cy float64, eye bool) {
		p.Shape(rim, path)
		field, dots := make(Path, len(path)), []Path{}
		for i, q := range path {
			field[i] = Point{lerp(cx, q.X, margin), lerp(cy, q.Y, margin)}
			if m := (1 + margin) / 2; i%5 == 0 && math.Hypot(q.X, q.Y) > 0.5 {
				dots = append(dots, Circle(lerp(cx, q.X, m), lerp(cy, q.Y, m), 0.045))
			}
		}
		p.Fill(inner, field)
		p.Fill(spot, dots...)
		for i := 8; i < len(path)-8; i += 5 {
			p.Stroke(rim, 0.025, Polygon(0.05, 0, path[i].X, path[i].Y))
		}
		if eye {
			eyespot(p, rim.Dark(0.5), spot, cx, cy, big)
		}
	}
	spread, tails := p.Range(0.7, 1), p.Chance(0.3)
	for _, side := range []float64{-spread, spread} {
		p.Stretch(side, 1, func() {
			if tails {
				p.Shape(rim, Loop(0.35, 0.6, 0.45, 1, 0.55, 1.05, 0.65, 0.6))
			}
			wing(hind, 0.45, 0.4, eyes > 0)
			wing(fore, 0.6, -0.45, eyes > 1)
		})
	}
	dark := p.Color().Dark(0.6)
	feeler := Spline(0.02, -0.3, 0.1, -0.6, 0.25, -0.85)
	animalLimbs(p, dark, 0.03, feeler, feeler.Mirror())
	p.Fill(dark, Circle(0.25, -0.86, 0.05), Circle(-0.25, -0.86, 0.05))
	p.Shape(p.Ball(dark.Light(0.2), 0, 0.1, 0.2), Ellipse(0, 0.15, 0.08, 0.42))
	for i := range 5 {
		p.Stroke(dark.Light(0.5), 0.025, Polygon(-0.06, 0.08+0.09*float64(i), 0.06, 0.08+0.09*float64(i)))
	}
	p.Shape(dark, Circle(0, -0.3, 0.1))
}

// eyespot is the mark on a butterfly's wing that looks like an eye, of radius r.
func eyespot(p *Pen, ring, iris Color, x, y, r float64) {
	p.Fill(ring, Circle(x, y, r))
	p.Fill(iris, Circle(x, y, 0.75*r))
	p.Fill(Gray(0.05), Circle(x, y, 0.45*r))
	p.Fill(Gray(1), Circle(x-0.2*r, y-0.2*r, 0.15*r))
}

// dragonfly is a dragonfly from above: four long veined wings, a jointed stick
// of a body, and big eyes.
func dragonfly(p *Pen) {
	body := p.Tone(0.2, 0.65, 0.5, 1, 0.4, 0.95)
	mark := body.Dark(0.75)
	glass := Mix(p.Color(), Gray(0.95), p.Range(0.3, 0.9)).Alpha(p.Range(0.55, 0.95))
	vein := glass.Dark(p.Range(0.6, 0.9)).Alpha(1)
	if p.Chance(0.2) {
		vein = Gray(0.95)
		glass = p.Color().Dark(0.6).Alpha(0.9)
	}
	tilt, wide, patch := p.Range(-0.1, 0.3), p.Range(0.22, 0.32), p.Chance(0.4)
	wing := func() {
		edge := Loop(0, 0, 0.3, -0.3*wide, 0.8, -0.35*wide, 0.98, 0.1*wide, 0.85, 0.6*wide, 0.45, 0.75*wide, 0.15, 0.4*wide)
		p.Shape(Field(func(x, y float64) Color {
			if patch && math.Abs(x-0.58-y) < 0.13 {
				return mark.Alpha(0.85)
			}
			return glass.Light(0.3 - 1.5*y)
		}), edge)
		p.Stroke(vein, 0.025, Repeat(3, func(i float64) Path { // along
			s := wide * 0.25 * i
			return Polygon(0, 0, 0.4, s-0.05*wide, 0.94, s-0.1*wide)
		})...)
		p.Stroke(vein, 0.015, Repeat(9, func(i float64) Path { // across
			x := 0.22 + 0.08*i
			return Polygon(x, -0.28*wide, x+0.03, 0.6*wide)
		})...)
		p.Stroke(vein, 0.035, edge)
		p.Fill(mark, Rect(0.78, -0.36*wide, 0.92, -0.1*wide))
	}
	p.Sides(func(side float64) {
		p.At(0.06, -0.25, tilt, 0.92, wing)
		p.At(0.06, -0.45, tilt-p.Range(0.3, 0.35), 0.98, wing)
	})
	tail := Polygon(-0.1, -0.2, -0.055, 0.3, -0.075, 0.9, 0, 1.0, 0.075, 0.9, 0.055, 0.3, 0.1, -0.2)
	p.Shape(Linear(-0.08, 0, 0.08, 0, body.Light(0.4), body.Dark(0.4)), tail)
	for i := range 9 {
		y := -0.05 + 0.115*float64(i)
		p.Stroke(mark, 0.045, Polygon(-0.06, y, 0.06, y))
	}
	p.Shape(p.Ball(body, 0, -0.38, 0.22), Ellipse(0, -0.38, 0.16, 0.24))
	p.Stroke(mark, 0.04, Polygon(-0.11, -0.45, 0.0, -0.28, 0.11, -0.45), Polygon(-0.11, -0.32, 0, -0.18, 0.11, -0.32))
	p.Shape(mark, Ellipse(0, -0.68, 0.13, 0.1))
	eye := Mix(body, p.Color(), p.Float64())
	for _, x := range []float64{-0.13, 0.13} {
		p.Shape(p.Ball(eye, x, -0.73, 0.14), Circle(x, -0.73, 0.14))
		p.Fill(Gray(1).Alpha(0.8), Circle(x-0.04, -0.78, 0.04))
	}
}

// spider is a spider from above: eight jointed legs, a patterned abdomen, and
// rows of eyes over the fangs.
func spider(p *Pen) {
	body := p.Tone(0, 0.15, 0.1, 0.8, 0.15, 0.7)
	mark := p.Against(body)
	leg, thin := body.Dark(p.Range(0, 0.5)), p.Range(0.06, 0.11)
	var legs, rings []Path
	for i, q := range []float64{-1.25, -0.45, 0.35, 1.15} {
		bend := p.Range(-0.12, 0.12)
		sin, cos := math.Sincos(q + bend)
		knee := Point{0.15 + 0.52*cos, -0.12 + 0.5*sin}
		sin, cos = math.Sincos(q + bend - 0.35*float64(1-i)*p.Range(0, 0.5))
		foot := Point{min(1, knee.X+0.5*cos), max(-1, min(1, knee.Y+0.5*sin+0.1))}
		if i == 0 {
			foot.X -= 0.08
		}
		path := Polygon(0.1, -0.15+0.07*float64(i), knee.X, knee.Y, foot.X, foot.Y)
		if i > 0 && i < 3 {
			path[1].Y -= 0.1
		}
		legs = append(legs, path, path.Mirror())
		for _, t := range []float64{0.3, 0.7} {
			for s := range 2 {
				a, b := path[s], path[s+1]
				ring := Polygon(lerp(a.X, b.X, t), lerp(a.Y, b.Y, t), lerp(a.X, b.X, t+0.14), lerp(a.Y, b.Y, t+0.14))
				rings = append(rings, ring, ring.Mirror())
			}
		}
	}
	animalLimbs(p, leg, thin, legs...)
	if p.Chance(0.6) {
		p.Stroke(Mix(leg, mark, 0.8), 0.9*thin, rings...)
	}
	palp := Spline(0.08, -0.3, 0.16, -0.45, 0.06, -0.55)
	animalLimbs(p, leg, 0.08, palp, palp.Mirror())
	wide, long := p.Range(0.26, 0.4), p.Range(0.33, 0.43)
	belly := Loop(0, 0.02, 0.7*wide, 0.1, wide, 0.42, 0.6*wide, 0.3+long, 0, 0.42+long, -0.6*wide, 0.3+long, -wide, 0.42, -0.7*wide, 0.1)
	p.Shape(animalRound(p, animalCoat(p, body, Mix(body, mark, 0.5)), 0, 0.42, 0.5), belly)
	switch p.IntN(3) {
	case 0: // the cross of a garden spider
		p.Stroke(mark, 0.08, Polygon(0, 0.15, 0, 0.65), Polygon(-0.15, 0.32, 0.15, 0.32))
	case 1: // chevrons
		for i := range 4 {
			y := 0.2 + 0.14*float64(i)
			p.Stroke(mark, 0.055, Polygon(-0.15, y+0.08, 0, y, 0.15, y+0.08))
		}
	default:
		p.Fill(mark, Circle(0.12, 0.3, 0.06), Circle(-0.12, 0.3, 0.06), Circle(0.1, 0.5, 0.05), Circle(-0.1, 0.5, 0.05), Ellipse(0, 0.65, 0.07, 0.05))
	}
	p.Shape(p.Ball(leg.Light(0.1), 0, -0.17, 0.28), Ellipse(0, -0.17, 0.22, 0.27))
	p.Stroke(leg.Dark(0.5), 0.03, Polygon(-0.12, -0.1, 0, 0, 0.12, -0.1), Polygon(0, 0, 0, -0.15))
	glint := HSV(p.Float64(), p.Range(0, 0.7), 1)
	for _, x := range []float64{-0.07, 0.07} {
		animalEye(p, glint, x, -0.33, 0.05)
		p.Fill(glint, Circle(2.1*x, -0.27, 0.035), Circle(x, -0.22, 0.03))
	}
}
