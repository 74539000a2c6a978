package pictures

import "math"

// goldenAngle is the angle between one leaf or seed of a plant and the next.
const goldenAngle = 2.39996

// flower is petals, in one ring or two, about a disc of seeds or stamens.
func flower(p *Pen) {
	outer := p.MaybeHSV(plantColor(p, p.Range(-0.25, 0), 0.17), 0.25, 0, 1, 0, 0.2, 0.85, 1) // white
	outer = outer.Light(p.Range(0, 0.3))
	inner := p.MaybeAgainst(p.Near(outer), 0.4, outer)
	heart := plantColor(p, 0.03, 0.16)
	if math.Abs(heart.Luma()-inner.Luma()) < 0.2 {
		heart = p.Against(inner)
	}
	n, disc := p.Int(5, 12), p.Range(0.2, 0.42)
	if p.Chance(0.35) {
		n = p.Int(13, 20)
	}
	rings := 1
	if n > 7 && n < 15 && p.Chance(0.5) {
		rings = 2
	}
	if n < 8 {
		disc = p.Range(0.14, 0.26)
	}
	if p.Chance(0.25) { // leaves behind
		green := plantColor(p, 0.2, 0.4)
		for range p.Int(2, 3) {
			p.At(0, 0, p.Range(0, 2*math.Pi), 1.05, func() {
				p.Shape(Linear(-0.3, 0, 0.3, 0, green.Light(0.2), green.Dark(0.5)), Loop(0, -1.05, 0.3, -0.6, 0.1, 0, -0.1, 0, -0.3, -0.6))
				p.Stroke(green.Light(0.5), 0.03, Polygon(0, 0, 0, -1))
			})
		}
	}
	p.Stretch(1, p.Range(0.75, 1), func() {
		flowerPetals(p, n, rings, inner, outer)
		if n < 8 && p.Chance(0.6) {
			flowerStamens(p, heart)
		} else {
			flowerDisc(p, disc, heart)
		}
	})
}

// flowerPetals draws n petals a ring, all of one form.
func flowerPetals(p *Pen, n, rings int, inner, outer Color) {
	share := math.Pi / float64(n)
	wide := p.Range(0.8, 1.25) * math.Tan(min(share, 0.6)) * 0.75
	high, round, notch := p.Range(1.2, 2), p.Range(0.45, 0.9), 0.0
	if p.Chance(0.35) {
		notch = p.Range(0.1, 0.22)
	}
	half := Curve(16, func(t float64) Point {
		x := wide * math.Pow(math.Abs(math.Sin(math.Pi*math.Pow(t, high))), round)
		return Point{x, -lerp(0.1, 1, t) * (1 - notch*(1-x/wide)*Smooth(0.75, 1, t))}
	})
	petal := half.Whole()
	veins := []Path{Polygon(0, -0.2, 0, -0.85)}
	if n < 13 {
		v := Spline(0.1*wide, -0.2, 0.45*wide, -0.5, 0.5*wide, -0.82)
		veins = append(veins, v, v.Mirror())
	}
	vein, blend := outer.Dark(p.Range(0.25, 0.5)), p.Range(0.5, 0.95)
	if outer.Luma() < 0.35 {
		vein = outer.Light(0.4)
	}
	for ring := range rings {
		c := outer.Dark(0.25 * float64(rings-1-ring))
		for i := range n {
			turn := share*(2*float64(i)+float64(ring)) + p.Range(-0.15, 0.15)*share
			p.At(0, 0, turn, (1-0.25*float64(ring))*p.Range(0.92, 1.02), func() {
				p.Shape(Field(func(x, y float64) Color {
					d := Mix(inner, c, (-y-0.2)/blend*1.4)
					if x < 0 {
						return d.Dark(-0.5 * x / wide)
					}
					return d.Light(0.2 * (1 - x/wide))
				}), petal)
				p.Stroke(vein, 0.025, veins...)
			})
		}
	}
}

// flowerDisc is a round of seeds set in spirals.
func flowerDisc(p *Pen, r float64, c Color) {
	p.Shape(p.Ball(c, 0, 0, r), Circle(0, 0, r))
	seed := c.Light(0.55)
	if p.Chance(0.5) {
		seed = c.Dark(0.65)
	}
	n := p.Int(16, 40)
	size := 0.65 * r / math.Sqrt(float64(n))
	p.Fill(seed, Repeat(n, func(i float64) Path {
		q := Polar(0, 0, goldenAngle*i, 0.92*r*math.Sqrt((i+0.5)/float64(n)))
		return Dot(7, q.X, q.Y, size, size)
	})...)
	if p.Chance(0.4) {
		p.Fill(c.Dark(0.6), Circle(0, 0, 0.4*r))
	}
}

// flowerStamens is a ring of threads with thick ends about a pistil.
func flowerStamens(p *Pen, c Color) {
	n, r := p.Int(6, 14), p.Range(0.25, 0.4)
	threads := Repeat(n, func(i float64) Path {
		return Ray(0, 0, 2*math.Pi*(i+p.Range(-0.2, 0.2))/float64(n), 0, r*p.Range(0.8, 1.1))
	})
	p.Stroke(c.Light(0.5), 0.03, threads...)
	for _, thread := range threads {
		p.Shape(c, Dot(7, thread[1].X, thread[1].Y, 0.05, 0.05))
	}
	p.Shape(p.Ball(c.Dark(0.3), 0, 0, 0.12), Circle(0, 0, 0.12))
}

// rose is nested petals, each turned a golden angle from the one before, about
// a spiral bud.
func rose(p *Pen) {
	c := plantColor(p, -0.08, 0.04)
	switch kind := p.Float64(); {
	case kind < 0.15:
		c = HSV(p.Range(0.1, 0.16), p.Range(0.3, 0.8), 0.95) // yellow
	case kind < 0.3:
		c = p.HSV(-0.1, 0.1, 0, 0.25, 0.9, 1) // pale
	}
	size := p.Range(0.85, 0.95)
	if p.Chance(0.6) {
		size -= 0.12
		green := plantColor(p, 0.22, 0.4)
		first, n := p.Range(0, 2*math.Pi), p.Int(2, 5)
		for i := range n {
			p.At(0, 0, first+2*math.Pi*float64(i)/float64(n)+p.Range(-0.3, 0.3), 1, func() {
				p.Shape(Linear(-0.3, 0, 0.3, 0, green.Light(0.2), green.Dark(0.5)), Spline(0, -0.4, 0.3, -0.6, 0.26, -0.85, 0, -1.1, -0.26, -0.85, -0.3, -0.6, 0, -0.4))
				rib := Polygon(0, -0.7, 0.18, -0.85)
				p.Stroke(green.Light(0.5), 0.03, Polygon(0, -0.4, 0, -1.05), rib, rib.Mirror())
			})
		}
	}
	n, squeeze, first := p.Int(10, 15), p.Range(0.55, 0.75), p.Range(0, 2*math.Pi)
	rim, deep := c.Light(p.Range(0.35, 0.6)), c.Dark(p.Range(0.55, 0.8))
	for i := range n {
		u := 1 - float64(i)/float64(n)
		r := size*math.Pow(u, 0.75)*p.Range(0.94, 1.05) + 0.05
		wave, tip := p.Range(-0.06, 0.06), p.Range(1, 1.08)
		p.At(0, 0, first+goldenAngle*float64(i), r, func() {
			petal := Curve(24, func(t float64) Point {
				sin, cos := math.Sincos(2 * math.Pi * t)
				return Point{(squeeze + 0.15) * sin, -0.38 - 0.64*tip*cos + wave*2*sin*cos}
			})
			p.Shape(rim, petal)
			for step := range 3 {
				p.At(0, 0, 0, 0.9-0.17*float64(step), func() { p.Fill(Mix(c, deep, float64(step)/2), petal) })
			}
		})
	}
	turns := p.Range(1.2, 2)
	bud := Curve(30, func(t float64) Point { return Polar(0, 0, first+2*math.Pi*turns*t, 0.2*t) })
	p.Stroke(deep, 0.06, bud)
	p.Stroke(rim, 0.025, bud)
}

// strawberry is a heart-shaped berry with seeds in pits and a leafy top.
func strawberry(p *Pen) {
	red := p.HSV(-0.04, 0.02, 0.75, 0.95, 0.65, 0.95)
	if p.Chance(0.35) {
		red = plantColor(p, 0, 0.17)
	}
	green := plantColor(p, 0.2, 0.38)
	w, shoulder, waist := p.Range(0.65, 0.88), p.Range(-0.65, -0.5), p.Range(0.55, 0.85)
	side := Spline(0, shoulder+0.08, 0.5*w, shoulder, 0.93*w, shoulder+0.25, w, -0.1, waist*w, 0.42, 0.4*w, 0.82, 0, 1)
	body := side.Whole()
	p.Shape(p.Ball(red, 0, 0.1, 0.85), body)
	p.Clip(body, func() {
		gap, seed, pale := p.Range(0.24, 0.36), p.Range(0.035, 0.05), HSV(p.Range(0.1, 0.17), p.Range(0.3, 0.7), 0.95)
		pale = maybe(p, pale, 0.25, pale.Dark(0.7))
		var pits, seeds []Path
		for row := range 9 {
			y := -0.45 + 0.8*gap*float64(row)
			for column := range 9 {
				x := gap * (float64(column) - 4 + 0.5*float64(row%2))
				u := math.Abs(x) / (1.2 * w)
				if u < 1 {
					x *= 1 - 0.2*u*u
					thin := 1 - 0.5*u*u
					pits = append(pits, Dot(7, x, y, 2*seed*thin, 2.3*seed))
					seeds = append(seeds, Dot(7, x, y+0.01, seed*thin, 1.5*seed))
				}
			}
		}
		p.Fill(red.Dark(0.5), pits...)
		p.Fill(pale, seeds...)
		if p.Chance(0.5) {
			p.Fill(Color{1, 1, 1, 0.6}, Loop(-0.55*w, -0.3, -0.4*w, -0.38, -0.38*w, -0.05, -0.52*w, 0.05))
		}
	})
	p.Stroke(green.Dark(0.3), p.Range(0.07, 0.12), Spline(0, shoulder, 0, shoulder-0.15, p.Range(-0.3, 0.3), -1.02))
	n, long := p.Int(5, 8), p.Range(0.5, 0.75)
	for i := range n {
		k := i * 5 % n // neighbours are not drawn one after the other
		if n == 5 {
			k = i * 3 % n
		}
		angle := math.Pi * (0.04 + 0.92*float64(k)/float64(n-1))
		p.At(0, shoulder+0.02, angle+math.Pi/2+p.Range(-0.12, 0.12), long*p.Range(0.8, 1)*(1-0.3*math.Sin(angle)), func() {
			p.Shape(Linear(-0.25, 0, 0.25, 0, green.Light(0.25), green.Dark(0.4)), Spline(-0.12, 0.1, 0.12, 0.1, 0.27, -0.4, 0, -1.05, -0.27, -0.4, -0.12, 0.1))
			p.Stroke(green.Light(0.5), 0.05, Polygon(0, 0, 0, -0.8))
		})
	}
}

// feather is a bent quill with two vanes of barbs, down at the base, and
// sometimes bands, spots or a peacock's eye.
func feather(p *Pen) {
	c := p.Color()
	mark := p.Against(c)
	bend, base := p.Range(-0.4, 0.4), p.Range(0.45, 0.65)
	axis := func(y float64) float64 { return bend * (y*y - 0.4) }
	left, right := p.Range(0.32, 0.55), p.Range(0.32, 0.55)
	kind, period, slant := p.Float64(), p.Range(0.3, 0.5), p.Range(0.7, 1.2)
	barb, eye := p.Range(0.09, 0.13), mark
	if kind > 0.8 { // peacock
		left, right, eye = 0.58, 0.58, p.Against(mark)
	}
	outline := append(vane(p, base, -left, axis).Reverse(), vane(p, base, right, axis)...)
	paint := Field(func(x, y float64) Color {
		u := math.Abs(x - axis(y))
		along := y + slant*u
		d := c
		switch {
		case kind < 0.35:
			if math.Mod(along+4, period) < 0.45*period {
				d = mark
			}
		case kind < 0.5:
			d = Mix(mark, c, (along+0.75)*2.5)
		case kind > 0.8:
			switch r := math.Hypot(u*1.15, y+0.42); {
			case r < 0.15:
				d = eye.Dark(0.6)
			case r < 0.28:
				d = eye
			case r < 0.42:
				d = mark
			}
		}
		d = d.Dark(0.3 * Smooth(0, 0.5, u))
		if math.Mod(along+4, barb) < 0.4*barb {
			return d.Dark(0.4)
		}
		return d
	})
	down := Repeat(p.Int(20, 32), func(float64) Path {
		y, side, long := p.Range(base-0.25, base+0.12), p.Sign(), p.Range(0.2, 0.45)
		x := axis(y)
		return Spline(x, y, x+0.6*side*long, y-0.1*long, x+side*long, y+p.Range(-0.5, 0.4)*long)
	})
	p.Stroke(c.Light(0.5), 0.03, down...)
	p.Shape(paint, outline)
	quill := Curve(20, func(t float64) Point { y := 1.03 - 1.9*t; return Point{axis(y), y} })
	p.Stroke(c.Dark(0.7), 0.09, quill[:10])
	p.Stroke(c.Dark(0.7), 0.06, quill)
	p.Stroke(mark.Light(0.6), 0.055, quill[:9])
	p.Stroke(mark.Light(0.6), 0.03, quill)
}

// vane is one edge of a feather, from its tip to base: wide to one side of the axis, with
// three splits. Below 0, wide is to the left.
func vane(p *Pen, base, wide float64, axis func(y float64) float64) Path {
	split := [3]float64{p.Range(0.2, 0.45), p.Range(0.45, 0.75), p.Range(0.6, 0.95)}
	return Curve(48, func(t float64) Point {
		w := math.Abs(wide) * math.Pow(1-math.Pow(1-t, 2.6), 0.6) * math.Pow(1-math.Pow(t, 5), 0.7)
		for _, s := range split {
			w *= 1 - 0.5*clamp(1-math.Abs(t-s)*28)
		}
		y := -0.97 + (base+0.97)*t - 0.45*w*math.Sqrt(t)
		y = max(y, -1)
		return Point{axis(y) + math.Copysign(w, wide), y}
	})
}
