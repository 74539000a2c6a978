package pictures

import "math"

// balloon is a hot-air balloon: an envelope of gores, ropes and a basket.
func balloon(p *Pen) {
	a := p.Color()
	b := p.Against(a)
	third := p.Color()
	r, k := p.Range(0.58, 0.68), p.Range(0.4, 0.6)
	cy, slope, rim := -0.98+r, k/math.Sqrt(1-k*k), math.Sqrt(1-k*k)
	neck := k + (rim-0.2)/slope
	radius := func(u float64) float64 { // half width of the envelope, in units of r
		if u < k {
			return math.Sqrt(max(0, 1-u*u))
		}
		return rim - slope*(u-k)
	}
	tall := p.Range(1.4, 1.55) / (r * (1 + neck)) // leaves room for the basket
	gores, zigzag, bands, kind := float64(p.Int(3, 6)), p.Range(0.1, 0.4), p.Range(4, 8), p.IntN(4)
	lx, ly := p.toLight()
	skin := func(x, y float64) Color {
		u := (y - cy) / r
		s := max(-1, min(1, x/(r*max(0.05, radius(u)))))
		lon := math.Asin(s)/math.Pi*2*gores + gores
		part := lon - math.Floor(lon)
		c := a
		saw := math.Abs(part-0.5) * 2 * zigzag
		switch odd := int(lon)%2 == 1; {
		case kind == 0 && odd, kind == 1 && math.Mod(bands*(u+1)/2+saw*3, 2) < 1:
			c = b
		case kind >= 2 && math.Abs(u-0.1-saw) < 0.22:
			c = third
		case kind >= 2 && (odd != (u > 0.1+saw && kind == 3)):
			c = b
		}
		c = Mix(c.Dark(0.5), c, min(1, 5*min(part, 1-part)))
		t := s*lx + u*ly
		if t > 0 {
			return c.Light(0.4 * t * t)
		}
		return c.Dark(-0.55 * t)
	}
	edge := Curve(24, func(t float64) Point {
		u := -math.Cos(math.Pi * t * 0.5)
		if t > 0.5 {
			u = lerp(-math.Cos(math.Pi*0.25), neck, (t-0.5)*2)
		}
		return Point{r * radius(u), cy + r*u}
	})
	wide := p.Range(1.15, 1.4)
	p.At(0, tall-1, 0, 1, func() {
		p.Stretch(wide, tall, func() { p.Shape(Field(skin), edge.Whole()) })
	})
	balloonBasket(p, 0.2*r*wide, tall-1+tall*(cy+r*neck))
}

// balloonBasket hangs a wicker basket on ropes below an opening of half width w
// at y, and lights the burner.
func balloonBasket(p *Pen, w, y float64) {
	wicker := p.HSV(0.04, 0.12, 0.4, 0.8, 0.4, 0.8)
	half := p.Range(0.13, 0.18)
	p.Fill(Gray(0.1), Ellipse(0, y, w, 0.045))
	for i := range 4 {
		t := 2*float64(i)/3 - 1
		p.Stroke(wicker.Dark(0.6), 0.025, Polygon(t*w, y, t*half, 0.78))
	}
	p.Fill(Radial(0, y+0.12, 0.14, HSV(0.15, 0.3, 1), HSV(0.05, 0.9, 1)), Loop(0, y, 0.05, y+0.12, 0, y+0.18, -0.05, y+0.12))
	weave := Field(func(x, y float64) Color {
		return Mix(wicker.Dark(0.6), wicker.Light(0.3), 0.5+0.6*math.Sin(45*x)*math.Sin(45*y))
	})
	p.Shape(weave, Polygon(-half, 0.75, half, 0.75, 0.85*half, 1, -0.85*half, 1))
	p.Stroke(wicker.Dark(0.5), 0.05, Polygon(-half, 0.75, half, 0.75))
}

// boat is a planked hull with masts and sails on waves.
func boat(p *Pen) {
	c := p.MaybeAny(p.HSV(0.02, 0.12, 0.3, 0.8, 0.3, 0.8), 0.5)
	deck, rise, keel := p.Range(0.3, 0.42), p.Range(0.08, 0.25), p.Range(0.8, 0.9)
	bow, stern := p.Range(0.85, 0.95), p.Range(0.7, 0.9)
	cloth := p.Color().Light(p.Range(0.3, 0.8))
	other := p.Against(cloth)
	wood := c.Dark(0.6)
	masts := p.Int(1, 3)
	boatRig(p, masts, deck, cloth, other, wood)
	hull := append(Spline(-stern, deck-0.6*rise, -0.3, deck+0.03, 0.3, deck+0.02, bow, deck-rise), Spline(bow, deck-rise, 0.8*bow, 0.5*(deck+keel), 0.5, keel, -0.5, keel, -0.85*stern, deck+0.25, -stern, deck-0.6*rise)...)
	planks, noise := p.Range(0.07, 0.11), p.Noise()
	p.Shape(Field(func(x, y float64) Color {
		v := (y - deck + rise*x*x*(0.8-0.2*x)*0.9) / planks
		strake := math.Floor(v)
		if v-strake < 0.25 {
			return c.Dark(0.7)
		}
		return Mix(c.Dark(0.5), c.Light(0.4), 0.75-0.09*v+0.4*noise(2*x, 7.7*strake))
	}), hull)
	p.Stroke(c.Light(0.65), 0.06, Spline(-stern, deck-0.6*rise, -0.3, deck+0.03, 0.3, deck+0.02, bow, deck-rise))
	if p.Chance(0.6) { // portholes
		for i := range 5 {
			x := 0.26 * (float64(i) - 2)
			p.Fill(c.Light(0.7), Circle(x, deck+0.17, 0.07))
			p.Fill(Gray(0.08), Circle(x, deck+0.17, 0.045))
		}
	}
	water := p.HSV(0.42, 0.66, 0.4, 0.85, 0.35, 0.85)
	for i := range 3 {
		y, phase, waves := 0.76+0.09*float64(i), p.Range(0, 6), p.Range(14, 24)
		crest := Curve(40, func(t float64) Point {
			s := math.Sin(waves*t + phase)
			return Point{2*t - 1, y + 0.07*(s*s-0.5)}
		})
		p.Fill(Linear(0, y-0.04, 0, y+0.2, water.Light(0.1), water.Dark(0.5)), append(append(Path{}, crest...), Point{1, 1}, Point{-1, 1}))
		p.Stroke(water.Light(0.75), 0.03, crest)
	}
}

// boatRig draws masts with square or three-cornered sails above the deck.
func boatRig(p *Pen, masts int, deck float64, cloth, other, wood Color) {
	square, stripes := p.Chance(0.45), p.Range(6, 14)
	upright := p.Chance(0.5)
	plain := p.Chance(0.35)
	sail := Field(func(x, y float64) Color {
		v := y
		if upright {
			v = x
		}
		s := math.Sin(2 * stripes * v)
		c := cloth
		if s > 0.3 && !plain {
			c = other
		}
		if seam := 7 * (x + y); plain && seam-math.Floor(seam) < 0.2 {
			c = c.Dark(0.4)
		}
		return Mix(c.Dark(0.35), c.Light(0.25), 0.55+0.45*math.Sin(9*x+3*y)+0.15*s)
	})
	for i := range masts {
		room := 0.8 / float64(masts)
		x := 1.6*room*(float64(i)+0.5) - 0.8 + 0.1*p.Range(-1, 1)/float64(masts)
		if masts == 1 {
			x = p.Range(-0.15, 0.15)
		}
		top := -0.95 + 0.12*math.Abs(float64(2*i-masts+1)) + p.Range(0, 0.1)
		p.Stroke(wood, 0.06, Polygon(x, deck+0.05, x, top))
		p.Stroke(wood, 0.02, Polygon(x, top, x-0.9*room, deck), Polygon(x, top, x+0.9*room, deck))
		if square {
			n := p.Int(1, 3)
			high := (deck - 0.08 - top - 0.12) / float64(n)
			for j := range n {
				y := top + 0.12 + high*float64(j)
				w := room * (0.7 + 0.1*float64(j))
				p.Shape(sail, append(Spline(-w+x, y, -w+x+0.05, y+0.5*high, -w+x-0.03, y+high-0.04), Spline(x+w+0.03, y+high-0.04, x+w+0.1, y+0.5*high, x+w, y)...))
				p.Stroke(wood, 0.045, Polygon(x-w-0.04, y, x+w+0.04, y))
			}
		} else {
			w := min(0.85, 1.1*room)
			p.Shape(sail, append(Spline(x-0.04, top+0.05, x-0.5*w, lerp(top, deck, 0.5), x-w, deck-0.1), Point{x - 0.04, deck - 0.05}))
			if masts < 3 {
				p.Shape(sail, append(Spline(x+0.05, top+0.15, x+0.45*w, lerp(top, deck, 0.6), x+0.85*w, deck-0.12), Point{x + 0.05, deck - 0.1}))
			}
		}
		buildingFlag(p, x, top+0.1, 0.2, other)
	}
}

// car is a car from the side or from the front.
func car(p *Pen) {
	c := HSV(p.Float64(), math.Sqrt(p.Float64()), p.Range(0.35, 1))
	glass := p.HSV(0.5, 0.65, 0.1, 0.6, 0.15, 0.45)
	if p.Chance(0.35) {
		carFront(p, c, glass)
		return
	}
	hood, trunk, top := p.Range(0.42, 0.6), p.Range(0.5, 0.95), p.Range(-0.62, -0.42)
	belt, nose := p.Range(-0.08, 0.05), p.Range(0.05, 0.15)
	body := append(Spline(0.97, 0.42, 0.98, nose+0.12, 0.9, nose, hood, belt, 0.28, top+0.05, 0.1, top), Spline(-0.3, top, -0.48, top+0.06, -trunk, belt-0.02, -0.95, belt+0.08, -0.97, 0.42)...)
	p.Shape(Linear(0, top, 0, 0.5, c.Light(0.4), c.Dark(0.5)), body)
	rear := -lerp(0.4, trunk, 0.5)
	front := lerp(0.24, hood, 0.65)
	for _, pane := range []Path{Polygon(0.06, top+0.1, 0.2, top+0.12, front, belt-0.02, 0.06, belt), Polygon(-0.02, top+0.1, -0.36, top+0.11, rear, belt-0.02, -0.02, belt)} {
		p.Shape(Linear(-0.3, top, 0.3, belt, glass.Light(0.65), glass), pane)
		p.Stroke(c.Light(0.6), 0.025, append(pane, pane[0]))
	}
	p.Stroke(Gray(1).Alpha(0.6), 0.04, Polygon(0.12, belt-0.1, 0.2, top+0.2), Polygon(-0.3, belt-0.08, -0.17, top+0.18))
	p.Stroke(c.Dark(0.6), 0.025, Polygon(0.02, top+0.1, 0.02, 0.4), Polygon(0.44, belt+0.05, 0.38, 0.4), Polygon(-0.42, belt+0.05, -0.42, 0.2))
	p.Stroke(c.Light(0.6), 0.03, Polygon(-0.93, belt+0.12, hood, belt+0.1, 0.9, nose+0.08))
	p.Stroke(Gray(0.9), 0.04, Polygon(-0.12, belt+0.17, -0.02, belt+0.17), Polygon(0.26, belt+0.17, 0.36, belt+0.17))
	if p.Chance(0.4) { // a painted stripe
		p.Stroke(p.Against(c), 0.07, Polygon(-0.93, 0.24, 0.93, 0.24))
	}
	p.Shape(Gray(0.25), Rect(-1, 0.38, 1, 0.48))
	p.Shape(Radial(0.88, nose+0.14, 0.12, Gray(1), HSV(0.14, 0.6, 0.9)), Ellipse(0.89, nose+0.14, 0.08, 0.09))
	p.Shape(HSV(0.0, 0.9, 0.8), Rect(-0.97, belt+0.14, -0.88, belt+0.3))
	r := p.Range(0.22, 0.28)
	spokes := p.Int(5, 9)
	for _, x := range []float64{-0.57, 0.58} {
		p.Fill(c.Dark(0.85), Circle(x, 0.48, 1.18*r))
		carWheel(p, x, 0.5, r, spokes)
	}
}

// carWheel is a tyre about a spoked hub.
func carWheel(p *Pen, x, y, r float64, spokes int) {
	p.Fill(Radial(x, y, r, Gray(0.3), Gray(0.06)), Circle(x, y, r))
	p.Fill(p.Ball(Gray(0.75), x, y, 0.6*r), Circle(x, y, 0.62*r))
	for i := range spokes {
		p.Stroke(Gray(0.15), 0.13*r, Ray(x, y, 2*math.Pi*float64(i)/float64(spokes), 0.25*r, 0.5*r))
	}
	p.Fill(Gray(0.25), Circle(x, y, 0.13*r))
}

// carFront is the front of a car: windscreen, lights and grille.
func carFront(p *Pen, c, glass Color) {
	top, belt, roof := p.Range(-0.7, -0.5), p.Range(-0.1, 0), p.Range(0.45, 0.58)
	for _, x := range []float64{-0.62, 0.62} {
		p.Fill(Linear(x-0.17, 0, x+0.17, 0, Gray(0.03), Gray(0.3)), Rect(x-0.17, 0.4, x+0.17, 0.85))
		p.Shape(c.Dark(0.3), Ellipse(1.32*x, belt-0.06, 0.11, 0.08)) // mirrors
	}
	side := append(Spline(0, top, 0.7*roof, top+0.02, roof, top+0.1, 0.74, belt), Spline(0.86, belt+0.1, 0.9, 0.3, 0.88, 0.66, 0, 0.7)...)
	p.Shape(Linear(0, top, 0, 0.7, c.Light(0.35), c.Dark(0.45)), side.Whole())
	p.Shape(Linear(-0.4, top, 0.3, belt, glass.Light(0.7), glass), Polygon(-roof+0.04, top+0.12, roof-0.04, top+0.12, 0.66, belt-0.02, -0.66, belt-0.02))
	p.Stroke(Gray(1).Alpha(0.5), 0.06, Polygon(-0.2, belt-0.12, 0, top+0.2))
	p.Stroke(Gray(0.05), 0.03, Polygon(-0.35, belt-0.03, 0.1, belt-0.14))
	hood := Spline(0.6, belt+0.04, 0.45, belt+0.18, 0.3, 0.3)
	p.Stroke(c.Dark(0.5), 0.03, hood, hood.Mirror())
	p.Shape(Gray(0.1), Rect(-0.38, 0.2, 0.38, 0.46))
	chrome, bars := Gray(p.Range(0.6, 0.95)), p.Int(4, 7)
	upright := p.Chance(0.5)
	for i := range bars {
		t := (float64(i)+0.5)/float64(bars)*2 - 1
		if upright {
			p.Stroke(chrome, 0.03, Polygon(0.36*t, 0.22, 0.36*t, 0.44))
		} else {
			p.Stroke(chrome, 0.025, Polygon(-0.36, 0.33+0.12*t, 0.36, 0.33+0.12*t))
		}
	}
	r := p.Range(0.13, 0.18)
	for _, x := range []float64{-0.62, 0.62} {
		p.Fill(chrome, Circle(x, 0.26, 1.25*r))
		p.Shape(Radial(x, 0.26, r, Gray(1), HSV(0.14, 0.5, 0.85)), Circle(x, 0.26, r))
		p.Stroke(Gray(0.4), 0.02, Circle(x, 0.26, 0.5*r))
	}
	p.Shape(Linear(0, 0.5, 0, 0.66, chrome, chrome.Dark(0.6)), Rect(-0.92, 0.52, 0.92, 0.66))
	p.Shape(Gray(0.95), Rect(-0.22, 0.5, 0.22, 0.64))
	p.Stroke(Gray(0.1), 0.04, Polygon(-0.14, 0.57, -0.06, 0.57), Polygon(0.02, 0.57, 0.14, 0.57))
}
