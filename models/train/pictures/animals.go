package pictures

import "math"

var animals = []Class{
	{Name: "beetle", Turn: anyWay, draw: beetle},
	{Name: "bird", Turn: 0.5, draw: bird},
	{Name: "butterfly", Turn: anyWay, draw: butterfly},
	{Name: "crab", Turn: anyWay, draw: crab},
	{Name: "dragonfly", Turn: anyWay, draw: dragonfly},
	{Name: "fish", Turn: 0.5, draw: fish},
	{Name: "jellyfish", Turn: 0.5, draw: jellyfish},
	{Name: "octopus", Turn: anyWay, draw: octopus},
	{Name: "shell", Turn: anyWay, draw: shell},
	{Name: "snail", Turn: 0.5, draw: snail},
	{Name: "snake", Turn: anyWay, draw: snake},
	{Name: "spider", Turn: anyWay, draw: spider},
	{Name: "starfish", Turn: anyWay, draw: starfish},
	{Name: "turtle", Turn: anyWay, draw: turtle},
}

// animalEye is a round eye with iris, pupil and glint.
func animalEye(p *Pen, iris Color, x, y, r float64) {
	p.Fill(Gray(0.04), Circle(x, y, 1.2*r))
	p.Fill(iris, Circle(x, y, r))
	p.Fill(Gray(0.02), Circle(x, y, 0.6*r))
	p.Fill(Gray(1), Circle(x-0.3*r, y-0.35*r, 0.3*r))
}

// animalLimbs strokes limbs, in pictures with outlines with an edge of ink.
func animalLimbs(p *Pen, c Color, width float64, limbs ...Path) {
	if p.Line > 0 {
		p.Stroke(p.Ink, width+p.Line, limbs...)
	}
	p.Stroke(c, width, limbs...)
}

// animalRound lights a paint like a ball about (cx, cy).
func animalRound(p *Pen, paint Field, cx, cy, r float64) Field {
	ball := p.Ball(Gray(0.5), cx, cy, r)
	return func(x, y float64) Color { return paint(x, y).Lit(2*ball(x, y).R-1, 1, 1) }
}

// animalCoat is a body's pattern: blotches, stripes, rings or dapples of mark
// on base.
func animalCoat(p *Pen, base, mark Color) Field {
	noise, f, edge, fine := p.Noise(), p.Range(4, 7), p.Range(0, 0.25), p.Noise()
	grain := func(c Color, x, y float64) Color { return c.Dark(clamp(0.12 + 0.4*fine(13*x, 13*y))) }
	switch p.IntN(4) {
	case 0:
		return func(x, y float64) Color { return grain(Mix(base, mark, 6*(noise(f*x, f*y)-edge)), x, y) }
	case 1:
		return func(x, y float64) Color {
			return grain(Mix(base, mark, 4*(math.Sin(2.2*f*y+2*noise(3*x, 3*y))-edge)), x, y)
		}
	case 2:
		return func(x, y float64) Color {
			return grain(Mix(base, mark, 4*(math.Sin(2.2*f*math.Hypot(x, y)+2*noise(3*x, 3*y))-edge)), x, y)
		}
	}
	return func(x, y float64) Color {
		return grain(Mix(base, mark, 5*(math.Sin(2.5*f*x)*math.Sin(2.5*f*y)-edge-0.1)), x, y)
	}
}

// bird is a bird from the side, on a branch or flying, with beak, eye, layered
// wing feathers and tail.
func bird(p *Pen) {
	back := p.Tone(-0.03, 0.15, 0.2, 0.95, 0.25, 0.9)
	belly, cap := back.Light(p.Range(0.4, 0.85)), back.Dark(p.Range(0.1, 0.9))
	belly = p.MaybeAgainst(belly, 0.5, back)
	wing, tip := Mix(back, p.Color(), p.Range(0, 0.6)), back.Dark(p.Range(0.5, 0.9))
	flying, tail := p.Chance(0.45), p.Range(0.35, 0.55)
	head := p.Range(0.26, 0.34)
	turn, up, scale := p.Range(-0.15, 0.15), -0.05, 0.95
	if flying {
		turn, up, scale = p.Range(-0.75, -0.4), 0.22, 0.85
	}
	p.At(0, up, turn, scale, func() {
		if flying {
			birdWing(p, wing.Dark(0.4), tip, -0.3, -0.2, 0.4, p.Range(-2, -1.7), -0.9)
		} else {
			bark := HSV(0.07, 0.5, p.Range(0.25, 0.6))
			animalLimbs(p, bark, 0.12, Spline(-1, 0.9, -0.3, 0.84, 0.3, 0.88, 1, 0.78))
			animalLimbs(p, HSV(p.Range(0, 0.13), 0.7, 0.7), 0.06, Polygon(-0.1, 0.4, -0.05, 0.7, -0.15, 0.85, -0.28, 0.82), Polygon(0.12, 0.4, 0.15, 0.7, 0.08, 0.85, -0.05, 0.82))
		}
		for i := range 4 {
			birdFeather(p, Mix(tip, back, float64(i)/6), 0.25, 0.25, 0.85-0.13*float64(i), tail+0.35, 0.17)
		}
		body := Loop(-0.4-head, -0.5, -0.42, -0.52-head, -0.15, -0.55, 0.12, -0.2, 0.5, 0.3, 0.2, 0.52, -0.28, 0.5, -0.6, 0.15, -0.62, -0.2)
		noise := p.Noise()
		coat := animalRound(p, func(x, y float64) Color {
			row := math.Floor((x + y) * 7)
			v := (y-x)*5 + 0.5*math.Mod(math.Abs(row), 2)
			v -= math.Floor(v) + 0.5
			scallop := (x+y)*7 - row - 1.6*v*v
			return Mix(back, belly, 6*(0.5*y-x-0.25+0.15*noise(4*x, 4*y))).Dark(0.45 * clamp(2*scallop-0.7))
		}, -0.1, 0, 0.75)
		birdBeak(p, 0.4+0.8*head)
		p.Shape(coat, body)
		p.Clip(body, func() {
			switch p.IntN(3) {
			case 0:
				p.Fill(cap, Circle(-0.35, -0.85, 0.9*head))
			case 1:
				p.Stroke(cap, 0.15, Spline(-0.8, -0.48, -0.5, -0.56, -0.1, -0.4))
			}
		})
		if p.Chance(0.3) {
			for i := range 3 {
				birdFeather(p, cap, -0.4, -0.7, -1.2+0.45*float64(i), 0.35, 0.1)
			}
		}
		animalEye(p, HSV(p.Float64(), p.Range(0, 0.8), 1), -0.5, -0.58, p.Range(0.08, 0.11))
		if flying {
			birdWing(p, wing, tip, -0.15, 0, 0.55, p.Range(-1.5, -0.8), 0.55)
			return
		}
		birdWing(p, wing, tip, -0.25, 0, 0.1, 0.95, 0.35)
	})
}

// birdBeak is a cone, a dagger or a hook that ends left of x = -root.
func birdBeak(p *Pen, root float64) {
	c := p.HSV(0, 0.15, 0, 1, 0.3, 1)
	long := 1.05 - root
	switch p.IntN(3) {
	case 0:
		p.Shape(c.Dark(0.3), Polygon(-root, -0.48, -root-0.75*long, -0.4, -root, -0.36))
		p.Shape(c, Polygon(-root, -0.66, -root-long, -0.46, -root, -0.46))
	case 1:
		p.Shape(c, Polygon(-root, -0.6, -root-1.5*long, -0.42, -root, -0.42))
		p.Stroke(c.Dark(0.6), 0.03, Polygon(-root, -0.5, -root-1.4*long, -0.43))
	default:
		p.Shape(c.Dark(0.4), Circle(-root-0.03, -0.38, 0.1))
		p.Shape(c, Loop(-root+0.1, -0.72, -root-0.2, -0.66, -root-0.3, -0.45, -root-0.22, -0.25, -root-0.15, -0.42, -root+0.1, -0.42))
	}
}

// birdFeather is a feather from (x, y) at an angle, a long one with its shaft.
func birdFeather(p *Pen, c Color, x, y, angle, long, wide float64) {
	p.At(x, y, angle, 1, func() {
		vane := Polygon(0, 0, 0.2*long, -0.35*wide, 0.5*long, -0.5*wide, 0.85*long, -0.4*wide, long, -0.1*wide, 0.99*long, 0.2*wide, 0.8*long, 0.45*wide, 0.5*long, 0.5*wide, 0.2*long, 0.35*wide, 0, 0)
		if long < 0.35 {
			p.Fill(c, vane)
		} else {
			p.Fill(Linear(0, -wide/2, 0, wide/2, c.Light(0.3), c.Dark(0.3)), vane)
			p.Stroke(c.Dark(0.6), 0.02, Polygon(0, 0, 0.9*long, 0))
		}
		p.Stroke(c.Dark(0.65), 0.02+0.3*p.Line, vane)
	})
}

// birdWing is a wing from the shoulder at (x, y): a row of long feathers along
// an arm of the given reach, fanning from angle a at its tip to b at the body,
// and two rows of short ones.
func birdWing(p *Pen, c, tip Color, x, y, reach, a, b float64) {
	sin, cos := math.Sincos(a)
	at := func(t float64) (float64, float64) { return x + reach*cos*t, y + reach*sin*t }
	for row := range 3 {
		n := 7 - row
		long := []float64{0.66, 0.42, 0.22}[row] * p.Range(0.95, 1.1) * (0.95 + 0.5*reach)
		shade := []Color{tip, Mix(tip, c, 0.7), c.Light(0.3)}[row]
		for i := range n {
			t := float64(i) / float64(n-1)
			fx, fy := at(t)
			birdFeather(p, shade, fx, fy, lerp(b, a, t*t), long*(0.75+0.25*t), 0.15+0.2*reach)
		}
	}
	fx, fy := at(1)
	p.Stroke(p.Ball(c, x, y, 0.3), 0.17, Polygon(x, y, fx, fy))
}

// snail is a snail from the side: a spiral shell on a grainy foot, a head with
// two eyes on stalks.
func snail(p *Pen) {
	skin := p.Tone(0.03, 0.15, 0.15, 0.6, 0.4, 0.85)
	house := p.Tone(0.02, 0.13, 0.3, 0.9, 0.45, 0.95)
	band, noise := p.Against(house), p.Noise()
	neck, reach := p.Range(-0.15, 0.1), p.Range(-0.55, -0.3)
	stalk := func(x0, x1, y1 float64) {
		animalLimbs(p, skin, 0.1, Spline(x0, neck+0.3, (x0+x1)/2-0.03, neck, x1, y1))
		animalEye(p, skin.Light(0.6), x1, y1, 0.09)
	}
	stalk(-0.64, -0.58, reach+p.Range(-0.05, 0.1))
	foot := Loop(-0.95, neck+0.4, -0.82, neck+0.18, -0.58, neck+0.24, -0.4, 0.5, 0.3, 0.6, 1.02, 0.88, 0.6, 0.95, -0.55, 0.95, -0.85, 0.8)
	p.Shape(animalRound(p, func(x, y float64) Color {
		return skin.Dark(clamp(0.1 + 1.2*noise(9*x, 11*y)))
	}, 0, 0.6, 0.9), foot)
	p.Stroke(skin.Dark(0.5), 0.04, Spline(-0.8, 0.85, 0, 0.84, 0.8, 0.88))
	animalLimbs(p, skin, 0.06, Polygon(-0.92, neck+0.42, -1.04, neck+0.55))
	p.Stroke(skin.Dark(0.7), 0.035, Arc(-0.84, neck+0.42, 0.1, 0.08, 0.3, 1.8))
	stalk(-0.78, -0.86, reach)
	grow, ribs, bands, kind := p.Range(1.7, 2.3), float64(p.Int(9, 16)), float64(p.Int(1, 3)), p.IntN(3)
	x, y, turn := p.Range(0.24, 0.3), p.Range(0.02, 0.1), p.Range(0.9, 1.6)
	p.At(x, y, turn, p.Range(0.66, 0.76), func() {
		p.Shape(shellSpiral(grow, func(f, angle float64) Color {
			c := house.Light(0.4 - 1.2*math.Abs(f-0.55))
			switch kind {
			case 0:
				c = Mix(c, band, 2*math.Sin(2*math.Pi*bands*f)-0.5)
			case 1:
				c = Mix(c, band, 2*math.Sin(ribs*angle+4*f)-0.5)
			}
			return c.Dark(0.2*math.Sin(3*ribs*angle) + 0.8*clamp(1.4-9*min(f, 1-f)))
		}), shellEdge(grow))
	})
}

// snake is a coiled or winding snake from above, with patterned back, eyes and
// forked tongue.
func snake(p *Pen) {
	base := p.Tone(0.05, 0.38, 0.3, 0.9, 0.4, 0.9)
	mark, wide := p.Against(base), p.Range(0.24, 0.32)
	var line Path
	if p.Chance(0.5) {
		turns, start := p.Range(1.9, 2.3), p.Range(0, 6)
		line = Curve(72, func(t float64) Point {
			out := math.Sqrt(0.03 + 0.97*t)
			return Polar(0, 0, start+2*math.Pi*turns*out, 0.08+0.68*out)
		})
		wide = 0.66 / turns
	} else {
		waves, swing, phase := p.Range(1.1, 1.7), p.Range(0.6, 0.85), p.Range(0, 6)
		line = Curve(72, func(t float64) Point {
			q := phase + 2*math.Pi*waves*t
			return Point{swing * (1 - 0.3*t) * math.Sin(q), 0.85 - 1.35*t + 0.16*math.Sin(2*q)}
		})
	}
	kind := p.IntN(4)
	thick := func(t float64) float64 { return wide * min(1, 0.12+2.5*t, 1.9-1.2*t) }
	const piece = 6
	for i := 0; i+piece < len(line); i += piece {
		part := line[max(0, i-1) : i+piece+1]
		band := func(scale, shift float64) Path {
			return Ribbon(part, func(t float64) float64 {
				return scale * thick((float64(i)+t*piece)/72) * (1 + shift*math.Sin(math.Pi*t))
			})
		}
		if p.Line > 0 {
			p.Stroke(p.Ink, p.Line, band(1, 0))
		}
		p.Fill(base.Dark(0.5), band(1, 0))
		p.Fill(base, band(0.72, 0))
		switch kind {
		case 0: // diamonds
			p.Fill(mark, band(0.08, 8))
			p.Fill(base.Light(0.4), band(0.02, 12))
		case 1: // rings
			q := line[i+1 : i+piece-1]
			p.Fill(mark, Ribbon(q, func(float64) float64 { return thick(float64(i) / 72) }))
		case 2: // zigzag
			p.Fill(mark, Ribbon(part[:len(part)/2+1], func(t float64) float64 { return 0.8 * wide * t }), Ribbon(part[len(part)/2:], func(t float64) float64 { return 0.8 * wide * (1 - t) }))
		default: // a stripe along, with dots
			p.Fill(mark, band(0.25, 0))
			q := line[i+piece/2]
			p.Fill(base.Light(0.6), Circle(q.X, q.Y, 0.2*thick(float64(i)/72)))
		}
		var scales []Path
		for j := i; j < i+piece; j++ {
			scales = append(scales, Ribbon(line[j:j+2], func(float64) float64 { return 0.9 * thick(float64(j)/72) })[1:3])
		}
		p.Stroke(base.Dark(0.7).Alpha(0.5), 0.015, scales...)
	}
	snakeHead(p, base, mark, line)
}

// snakeHead ends the line in a head.
func snakeHead(p *Pen, base, mark Color, line Path) {
	a, b := line[len(line)-4], line[len(line)-1]
	tongue := HSV(p.Range(-0.05, 0.03), 0.9, 0.85)
	iris := HSV(p.Range(0.05, 0.3), 0.8, 1)
	p.At(b.X, b.Y, math.Atan2(b.Y-a.Y, b.X-a.X), p.Range(0.9, 1.15), func() {
		p.Stroke(tongue, 0.045, Spline(0.2, 0, 0.38, 0.02, 0.5, -0.07), Spline(0.3, 0, 0.4, 0.02, 0.5, 0.09))
		p.Shape(p.Ball(base, 0.1, 0, 0.25), Loop(-0.14, -0.08, 0.02, -0.2, 0.18, -0.16, 0.34, -0.08, 0.37, 0, 0.34, 0.08, 0.18, 0.16, 0.02, 0.2, -0.14, 0.08))
		p.Stroke(mark, 0.05, Spline(-0.1, 0.06, 0.02, 0.07, 0.1, 0, 0.02, -0.07, -0.1, -0.06))
		p.Fill(base.Dark(0.9), Circle(0.32, 0.04, 0.02), Circle(0.32, -0.04, 0.02))
		animalEye(p, iris, 0.16, -0.12, 0.06)
		animalEye(p, iris, 0.16, 0.12, 0.06)
	})
}

// turtle is a turtle from above: a shell of ringed plates, a head with eyes,
// and four scaly flippers or feet.
func turtle(p *Pen) {
	skin := p.Tone(0.1, 0.4, 0.3, 0.8, 0.35, 0.8)
	plate := p.Tone(0.04, 0.35, 0.4, 0.9, 0.3, 0.8)
	seam := p.Against(plate)
	noise := p.Noise()
	scaly := Field(func(x, y float64) Color {
		u, v := 8*(x+y)+noise(3*x, 3*y), 8*(x-y)
		return skin.Dark(0.65 * Smooth(0.25, 0.5, max(math.Abs(u-math.Round(u)), math.Abs(v-math.Round(v)))))
	})
	wide, high, swim := p.Range(0.52, 0.66), p.Range(0.62, 0.72), p.Range(-0.25, 0.25)
	front := Loop(-0.1, -0.1, 0.2, -0.15, 0.5, -0.05, 0.72, 0.22, 0.66, 0.3, 0.4, 0.16, 0.1, 0.14)
	back := Loop(-0.1, -0.1, 0.15, -0.12, 0.38, 0.02, 0.45, 0.18, 0.25, 0.2, 0, 0.12)
	if p.Chance(0.4) { // a tortoise's feet
		front = Loop(-0.1, -0.13, 0.3, -0.17, 0.44, 0, 0.35, 0.15, -0.1, 0.13)
		back = front
	}
	p.Sides(func(side float64) {
		p.At(0.75*wide, -0.65*high+0.1, -0.5+side*swim, 0.85, func() { p.Shape(scaly, front) })
		p.At(0.65*wide, 0.75*high+0.05, 0.7+side*swim, 0.85, func() { p.Shape(scaly, back) })
	})
	p.Shape(skin.Dark(0.2), Polygon(-0.08, high, 0.02, 1.02, 0.08, high))
	p.At(0, -high+0.1, p.Range(-0.3, 0.3), 1, func() {
		p.Shape(animalRound(p, scaly, 0, -0.2, 0.3), Loop(-0.12, 0.1, -0.14, -0.1, -0.18, -0.25, -0.11, -0.38, 0, -0.43, 0.11, -0.38, 0.18, -0.25, 0.14, -0.1, 0.12, 0.1))
		animalEye(p, Gray(0.9), -0.12, -0.28, 0.055)
		animalEye(p, Gray(0.9), 0.12, -0.28, 0.055)
	})
	var spots [13]Point
	for i := range 5 {
		spots[i] = Point{0, high * (0.36*float64(i) - 0.7)}
	}
	for i := range 4 {
		x, y := wide*[]float64{0.5, 0.62, 0.62, 0.48}[i], high*(0.38*float64(i)-0.55)
		spots[5+i], spots[9+i] = Point{x, y}, Point{-x, y}
	}
	rings, width := p.Range(25, 45), p.Range(0.03, 0.06)
	p.Shape(animalRound(p, func(x, y float64) Color {
		if r := math.Hypot(x/wide, y/high); r > 0.86 {
			a := 3.5 * math.Atan2(y/high, x/wide)
			return Mix(plate.Dark(0.3), seam, max(4-12*math.Abs(math.Sin(a)), 20*(0.89-r)))
		}
		first, second := 9.0, 9.0
		for _, q := range spots {
			if d := math.Hypot(x-q.X, y-q.Y); d < first {
				first, second = d, first
			} else if d < second {
				second = d
			}
		}
		c := plate.Light(0.5 - 3*first).Dark(0.25 + 0.25*math.Sin(rings*(second-first)))
		return Mix(seam, c, (second-first-0.5*width)/0.03)
	}, 0, 0.05, 0.75), Ellipse(0, 0, wide, high))
}
