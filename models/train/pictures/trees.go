package pictures

import "math"

// tree is a trunk with boughs under a crown of leafy clumps, or bare.
func tree(p *Pen) {
	bark := plantBark(p)
	bare := p.Chance(0.25)
	levels, long, spread := 3, p.Range(0.5, 0.6), p.Range(0.4, 0.6)
	if bare {
		levels, long = 6, p.Range(0.45, 0.52)
	}
	boughs := make([][]Path, levels)
	var grow func(x, y, angle, length float64, level int)
	grow = func(x, y, angle, length float64, level int) {
		sin, cos := math.Sincos(angle)
		ex, ey, sway := x+length*sin, y-length*cos, p.Range(-0.1, 0.1)*length
		boughs[level] = append(boughs[level], Spline(x, y, (x+ex)/2+sway*cos, (y+ey)/2+sway*sin, ex, ey))
		if level+1 < levels {
			turn := p.Range(-0.15, 0.15)
			grow(ex, ey, 0.85*angle+turn-spread*p.Range(0.7, 1.2), length*p.Range(0.68, 0.85), level+1)
			grow(ex, ey, 0.85*angle+turn+spread*p.Range(0.7, 1.2), length*p.Range(0.68, 0.85), level+1)
		}
	}
	grow(0, 0.95, p.Range(-0.12, 0.12), long, 0)
	thick := p.Range(0.13, 0.2)
	foot := p.Range(0.2, 0.34)
	p.Shape(bark.Dark(0.2), Spline(-foot, 1.02, -0.7*thick, 0.88, -0.5*thick, 0.5, 0.5*thick, 0.5, 0.7*thick, 0.88, foot, 1.02))
	for pass := range 2 { // the second lights one side
		c, width := bark.Dark(0.35), thick
		if pass == 1 {
			c, width = bark.Light(0.25), 0.4*thick
		}
		for level := range levels {
			p.At(-0.2*thick*float64(pass), 0, 0, 1, func() { p.Stroke(c, width, boughs[level]...) })
			width *= 0.73
		}
	}
	if !bare {
		treeCrown(p, plantColor(p, 0.15, 0.4))
	}
}

// treeCrown is clumps of leaves, those outside first, lit from above.
func treeCrown(p *Pen, green Color) {
	wide, high, n := p.Range(0.45, 0.78), p.Range(0.35, 0.55), p.Int(10, 14)
	blossom, spots := p.Against(green), p.Chance(0.3)
	first := p.Range(0, math.Pi)
	for i := range n {
		s := math.Sqrt(1 - (float64(i)+0.3)/float64(n))
		sin, cos := math.Sincos(first + goldenAngle*float64(i))
		x, y, r := wide*s*cos, -0.38+high*s*sin, p.Range(0.22, 0.34)
		c := p.Near(green).Dark(clamp(0.3 + 0.6*(y+0.2) + p.Range(-0.15, 0.15)))
		p.Fill(green.Dark(0.8), Dot(7, x, y+0.05, r, r))
		p.Shape(p.Ball(c, x, y, r), plantBlob(p, x, y, r))
		var twigs [2][]Path
		for k := range 10 {
			a, b, l := x+p.Range(-0.8, 0.8)*r, y+p.Range(-0.8, 0.8)*r, p.Range(-0.08, 0.08)
			twigs[k%2] = append(twigs[k%2], Polygon(a, b, a+l, b+0.04))
		}
		p.Stroke(c.Dark(0.55), 0.035, twigs[1]...)
		p.Stroke(c.Light(0.4), 0.035, twigs[0]...)
		if spots {
			p.Fill(blossom, Dot(7, x, y, 0.06, 0.06))
		}
	}
}

// palm is a bent, ringed trunk with a burst of drooping fronds.
func palm(p *Pen) {
	bark, green := plantBark(p), plantColor(p, 0.17, 0.4)
	lean, top := p.Range(-0.28, 0.28), p.Range(-0.4, -0.2)
	foot, thick := -lean, p.Range(0.07, 0.12)
	middle := foot + p.Range(0.1, 0.5)*lean
	trunk := Spline(foot, 1.03, middle, 0.4, lean, top)
	var left, right Path
	var rings []Path
	for i, q := range trunk {
		t := float64(i) / float64(len(trunk)-1)
		w := thick * (1.5 - 0.8*math.Sqrt(t))
		left, right = append(left, Point{q.X - w, q.Y}), append(right, Point{q.X + w, q.Y})
		rings = append(rings, Spline(q.X-w, q.Y-0.02, q.X, q.Y+0.04, q.X+w, q.Y-0.02))
	}
	p.Shape(Linear(foot-thick, 0, foot+2*thick, 0, bark.Light(0.35), bark.Dark(0.3)), append(right, left.Reverse()...))
	p.Stroke(bark.Dark(0.6), 0.035, rings...)
	n := p.Int(6, 10)
	droop, long := p.Range(0.35, 0.8), p.Range(0.68, 0.84)
	for i := range n {
		k := i * 2 % n // every second, then those between
		if n%2 == 0 && i >= n/2 {
			k++
		}
		a := math.Pi * (1.2 - 1.4*(float64(k)+p.Range(0.3, 0.7))/float64(n))
		reach := p.Range(0.85, 1.05)
		p.At(lean, top, 0, long*reach, func() { palmFrond(p, p.Near(green), a, droop*p.Range(0.7, 1.1)) })
	}
	if p.Chance(0.5) {
		nut := plantColor(p, 0.05, 0.12).Dark(0.3)
		for range p.Int(2, 4) {
			x, y := lean+p.Range(-0.15, 0.15), top+p.Range(0.03, 0.14)
			p.Shape(p.Ball(nut, x, y, 0.09), Circle(x, y, 0.085))
		}
	}
}

// palmFrond is a frond that leaves the origin at angle a above the horizon and
// hangs down towards its end, its leaflets cut apart.
func palmFrond(p *Pen, c Color, a, droop float64) {
	sin, cos := math.Sincos(a)
	rib := Curve(18, func(t float64) Point { return Point{cos * t, -sin*t + droop*t*t} })
	var upper, lower Path
	for i, q := range rib {
		t := float64(i) / 18
		w := 0.34 * math.Sqrt(math.Sin(math.Pi*clamp(0.06+0.9*t)))
		if i%2 == 0 {
			w *= 0.2
		}
		upper = append(upper, Point{q.X + 0.8*w*cos - 0.5*w*sin, q.Y - 0.4*w})
		lower = append(lower, Point{q.X + 0.6*w*cos + 0.6*w*sin, q.Y + 0.8*w})
	}
	blade := append(upper, lower.Reverse()...)
	p.Stroke(c.Dark(0.75), 0.04, blade)
	p.Fill(Linear(0, -0.4, 0, 0.5, c.Light(0.3), c.Dark(0.5)), blade)
	p.Stroke(c.Light(0.5), 0.035, rib)
}

// pine is tiers of needles on a straight trunk, sometimes under snow or hung
// with balls, or separate boughs with needles.
func pine(p *Pen) {
	bark, green := plantBark(p), plantColor(p, 0.25, 0.47).Dark(p.Range(0, 0.4))
	p.Shape(Linear(-0.1, 0, 0.1, 0, bark.Light(0.2), bark.Dark(0.5)), Polygon(-0.1, 1.02, -0.07, 0.4, 0.07, 0.4, 0.1, 1.02))
	wide := p.Range(0.55, 0.82)
	if p.Chance(0.3) {
		pineBoughs(p, bark, green, wide)
		return
	}
	tiers, snow, hung := p.Int(4, 7), p.Chance(0.25), p.Chance(0.15)
	tip := green.Light(p.Range(0.15, 0.4))
	if snow {
		tip = Gray(p.Range(0.85, 1))
	}
	foot := p.Range(0.68, 0.85)
	for i := range tiers {
		t := 1 - float64(i)/float64(tiers) // 1 at the lowest
		low := -1 + (foot+1)*t
		high := low - (foot+1)/float64(tiers)*1.7
		w := wide * (0.14 + 0.86*t)
		teeth := 2 * p.Int(4, 6)
		edge := Path{{0, max(-1.03, high)}, {0.3 * w, lerp(high, low, 0.5)}}
		for k := range teeth + 1 {
			x := w * (1 - 2*float64(k)/float64(teeth))
			y := low - 0.13*(x/w)*(x/w)
			if k%2 == 1 {
				y -= p.Range(0.07, 0.12)
			}
			edge = append(edge, Point{x, y})
		}
		edge = append(edge, Point{-0.3 * w, lerp(high, low, 0.5)})
		p.Shape(Linear(0, lerp(high, low, 0.45), 0, low, green.Dark(0.6), tip), edge)
		var needles, gleams []Path
		for range 12 {
			u, v := p.Range(-0.85, 0.85), p.Range(0.45, 0.85)
			x, y := u*w*v, lerp(high, low, v)
			needle := Polygon(x, y, x+0.1*u, y+0.1)
			if p.Chance(0.5) {
				needles = append(needles, needle)
			} else {
				gleams = append(gleams, needle)
			}
		}
		p.Stroke(green.Dark(0.6), 0.03, needles...)
		p.Stroke(green.Light(0.35), 0.03, gleams...)
		if hung {
			for k := range 3 {
				x, y := w*(0.5*float64(k)-0.5+p.Range(-0.15, 0.15)), low-0.12
				p.Fill(p.Ball(p.Color().Light(0.2), x, y, 0.07), Circle(x, y, 0.07))
			}
		}
	}
}

// pineBoughs is a pine of separate boughs, each with needles along it.
func pineBoughs(p *Pen, bark, green Color, wide float64) {
	p.Stroke(bark.Dark(0.3), 0.07, Polygon(0, 1, 0, -0.9))
	p.Stroke(green, 0.06, Polygon(0, -0.6, 0, -1))
	pairs, sag := p.Int(6, 9), p.Range(-0.15, 0.45)
	for i := range pairs {
		t := 1 - float64(i)/float64(pairs)
		y, w := -1+1.65*t, wide*(0.1+0.9*t)
		for _, side := range []float64{-1, 1} {
			c, reach := p.Near(green), w*p.Range(0.85, 1.1)*side
			bough := Curve(10, func(t float64) Point {
				return Point{reach * t, y + math.Abs(reach)*(sag*t+0.25*t*(1-t)) - 0.1*t*t}
			})
			var over, under []Path
			for _, q := range bough {
				over = append(over, Polygon(q.X, q.Y, q.X+0.06*side, q.Y-0.08))
				under = append(under, Polygon(q.X, q.Y, q.X+0.05*side, q.Y+0.12))
			}
			p.Stroke(c.Dark(0.5), 0.06, under...)
			p.Stroke(c, 0.06, bough)
			p.Stroke(c.Light(0.3), 0.03, over...)
		}
	}
}

// mushroom is a cap with spots on a stem, its gills showing in half of the
// pictures.
func mushroom(p *Pen) {
	c := plantColor(p, -0.03, 0.13)
	stem := p.HSV(0.05, 0.16, 0.05, 0.35, 0.7, 1)
	w, brim, high, lip := p.Range(0.6, 0.98), p.Range(-0.25, 0.15), p.Range(0.45, 0.9), p.Range(0.12, 0.26)
	peak, gills := p.Range(0.35, 1.5), p.Chance(0.55)
	high = min(high, 1+brim)
	dome := Curve(28, func(t float64) Point {
		x := 2*t - 1
		return Point{w * x, brim - high*math.Pow(1-x*x, peak)}
	})
	low := lip
	if gills {
		low = -lip
		under := stem.Dark(p.Range(0.25, 0.5))
		p.Shape(under, Ellipse(0, brim, w, lip))
		p.Stroke(under.Dark(0.6), 0.025, Repeat(17, func(i float64) Path {
			sin, cos := math.Sincos(math.Pi * i / 16)
			return Polygon(0.15*cos, brim-0.4*lip, w*cos, brim+lip*sin)
		})...)
	}
	mushroomStem(p, stem, brim)
	hood := append(dome, Arc(0, brim, w, low, 0, math.Pi)...)
	p.Shape(p.Ball(c, 0, brim-0.4*high, w), hood)
	p.Clip(hood, func() {
		mark, size := p.Against(c), p.Range(0.09, 0.16)
		if p.Chance(0.6) {
			mark = Gray(p.Range(0.85, 1))
		}
		if p.Chance(0.2) { // streaks instead of spots
			p.Stroke(c.Dark(0.5), 0.04, Repeat(15, func(i float64) Path {
				x := w * (i/7 - 1)
				return Spline(0.15*x, brim-0.85*high, 0.7*x, brim-0.5*high, x, brim+lip)
			})...)
			return
		}
		for row := range 4 {
			v := 0.12 + 0.26*float64(row)
			n := 6 - row
			for i := range n {
				a := math.Pi * ((float64(i)+0.5+p.Range(-0.2, 0.2))/float64(n) - 0.5)
				x, y := w*0.98*math.Sin(a)*math.Sqrt(1-0.8*v*v), brim-high*v+0.6*lip*math.Cos(a)
				r := size * p.Range(0.6, 1.1)
				p.Fill(c.Dark(0.5), Dot(7, x, y+0.03, r*(0.35+0.65*math.Cos(a)), 0.8*r))
				p.Fill(mark, Dot(7, x, y, r*(0.35+0.65*math.Cos(a)), 0.75*r))
			}
		}
	})
}

// mushroomStem is the stem from the cap's brim to the ground, with fibres, and
// sometimes a skirt and a bulb.
func mushroomStem(p *Pen, c Color, brim float64) {
	w, bulb, bow := p.Range(0.12, 0.28), p.Range(1, 1.9), p.Range(-0.12, 0.12)
	right := Spline(w, brim-0.1, 0.9*w+bow, 0.45, bulb*w, 0.85, 0.6*bulb*w, 1.02)
	left := Spline(-w, brim-0.1, -0.9*w+bow, 0.45, -bulb*w, 0.85, -0.6*bulb*w, 1.02)
	body := append(right, left.Reverse()...)
	p.Shape(Linear(-1.3*w, 0, 1.3*w, 0, c.Light(0.3), c.Dark(0.5)), body)
	fibres := Repeat(5, func(i float64) Path {
		x := w * (0.4*i - 0.8)
		return Spline(x, brim, x+bow, 0.45, x*bulb, p.Range(0.7, 0.95))
	})
	p.Clip(body, func() { p.Stroke(c.Dark(0.45), 0.025, fibres...) })
	if p.Chance(0.45) {
		y := brim + p.Range(0.25, 0.4)
		p.Shape(Linear(0, y-0.1, 0, y+0.15, c.Light(0.4), c.Dark(0.35)), Loop(-w, y-0.1, 0, y-0.06, w, y-0.1, 1.7*w, y+0.12, 0.6*w, y+0.08, 0, y+0.15, -0.6*w, y+0.08, -1.7*w, y+0.12))
	}
}

// cactus is a column with arms, a ribbed barrel or a stack of pads, with spines.
func cactus(p *Pen) {
	green := plantColor(p, 0.2, 0.45).Dark(p.Range(0, 0.2))
	spine := p.Against(green)
	if p.Chance(0.6) && green.Luma() < 0.6 {
		spine = HSV(0.14, 0.2, 1)
	}
	foot := 1.0
	pot := p.Chance(0.4)
	if pot {
		foot = 0.55
	}
	p.At(0, (foot-1)/2, 0, (1+foot)/2, func() {
		switch kind := p.Float64(); {
		case kind < 0.5:
			cactusArms(p, green, spine)
		case kind < 0.78:
			cactusBarrel(p, green, spine)
		default:
			cactusPads(p, green, spine)
		}
	})
	if pot {
		clay := plantColor(p, 0.02, 0.08)
		p.Shape(Linear(-0.5, 0, 0.5, 0, clay.Light(0.25), clay.Dark(0.5)), Polygon(-0.46, 0.55, 0.46, 0.55, 0.34, 1.02, -0.34, 1.02))
		p.Shape(Linear(-0.5, 0, 0.5, 0, clay.Light(0.4), clay.Dark(0.35)), Rect(-0.54, 0.45, 0.54, 0.62))
	}
}

// cactusArms is a column with one to four bent arms.
func cactusArms(p *Pen, green, spine Color) {
	side, thick := p.Sign(), p.Range(0.3, 0.42)
	for i := range p.Int(1, 4) {
		y, out := p.Range(0, 0.5)-0.25*float64(i/2), p.Range(0.55, 0.75)
		up := y - p.Range(0.4, 0.75)
		cactusLimb(p, green, spine, thick*p.Range(0.55, 0.7), Spline(0, y+0.05, 0.6*out*side, y, out*side, y-0.16, 1.02*out*side, up))
		side = -side
	}
	cactusLimb(p, green, spine, thick, Spline(p.Range(-0.1, 0.1), 1.1-thick/2, 0, 0.3, 0, -1+thick/2))
	if p.Chance(0.4) {
		cactusFlower(p, 0, -0.92, 0.22)
	}
}

// cactusLimb is a round limb along the path with ribs and rows of spines.
func cactusLimb(p *Pen, green, spine Color, wide float64, path Path) {
	aside := func(d float64) Path {
		out := make(Path, len(path))
		for i, q := range path {
			a, b := path[max(0, i-1)], path[min(i+1, len(path)-1)]
			length := math.Hypot(b.X-a.X, b.Y-a.Y)
			out[i] = Point{q.X - d*(b.Y-a.Y)/length, q.Y + d*(b.X-a.X)/length}
		}
		return out
	}
	if p.Line > 0 {
		p.Stroke(p.Ink, wide+2*p.Line, path)
	}
	p.Stroke(green.Dark(0.3), wide, path)
	p.Stroke(green.Light(0.15), 0.62*wide, aside(-0.1*wide))
	p.Stroke(green.Dark(0.55), 0.12*wide, aside(-0.3*wide), aside(-0.02*wide), aside(0.26*wide))
	step := int(0.2/math.Hypot(path[9].X-path[8].X, path[9].Y-path[8].Y)) + 1
	var spines []Path
	for _, d := range []float64{-0.48, -0.16, 0.12, 0.48} {
		for i, q := range aside(d * wide) {
			if i%step == 1 {
				spines = append(spines, Polygon(q.X-0.05, q.Y-0.05, q.X+0.05, q.Y+0.01), Polygon(q.X-0.05, q.Y+0.05, q.X+0.05, q.Y-0.03))
			}
		}
	}
	p.Stroke(spine, 0.022, spines...)
}

// cactusBarrel is a ribbed ball with stars of spines.
func cactusBarrel(p *Pen, green, spine Color) {
	w, h, ribs := p.Range(0.6, 0.9), p.Range(0.75, 0.95), float64(p.Int(7, 11))
	body := Ellipse(0, 0.1, w, h)
	ball := p.Ball(green, 0, 0.1, 1)
	longitude := func(x, y float64) float64 {
		v := (y - 0.1) / h
		return math.Asin(max(-1, min(1, x/(w*math.Sqrt(max(0.02, 1-v*v))))))
	}
	p.Shape(Field(func(x, y float64) Color {
		u := math.Abs(math.Sin(ribs * longitude(x, y) / 2))
		return ball(x, y).Dark(0.7 * (1 - u) * (1 - u))
	}), body)
	var spines []Path
	for i := range int(ribs) {
		a := (2*float64(i) + 1 - ribs) * math.Pi / ribs
		if math.Abs(a) > 1.5 {
			continue
		}
		for k := range 5 {
			s := -1.2 + 0.6*float64(k)
			x, y := w*math.Sin(a)*math.Cos(s), 0.1+h*math.Sin(s)
			for ray := range 3 {
				spines = append(spines, Ray(x, y, p.Range(0, 0.4)+float64(ray)*math.Pi/3, -0.08, 0.08))
			}
		}
	}
	p.Stroke(spine, 0.022, spines...)
	for i := range p.Int(0, 3) {
		cactusFlower(p, 0.3*float64((i+1)/2)*float64(1-2*(i%2)), -0.78, 0.25)
	}
}

// cactusPads is flat round pads growing from one another.
func cactusPads(p *Pen, green, spine Color) {
	bloom := p.Chance(0.6)
	pad := func(x, y, turn, size float64) {
		p.At(x, y, turn, size, func() {
			p.Shape(p.Ball(p.Near(green), 0, -0.5, 0.6), Loop(0, 0.05, 0.3, -0.2, 0.42, -0.65, 0.2, -1, -0.2, -1, -0.42, -0.65, -0.3, -0.2))
			var spines []Path
			for row := range 5 {
				for column := range 3 {
					a, b := 0.24*(float64(column)-1+0.5*float64(row%2)-0.25), -0.17-0.17*float64(row)
					spines = append(spines, Polygon(a-0.05, b-0.05, a+0.05, b+0.05), Polygon(a-0.05, b+0.05, a+0.05, b-0.05))
				}
			}
			p.Stroke(spine, 0.025, spines...)
			if bloom && turn != 0 {
				cactusFlower(p, 0, -1, 0.2)
			}
		})
	}
	spread, low := p.Range(0.6, 0.9), p.Range(0.85, 1)
	pad(-0.12, 0.2, -spread-0.2, 0.75)
	pad(0.12, 0.2, spread+0.2, 0.75)
	pad(0, 1.05, 0, low)
	pad(-0.2, 0.18, -0.45*spread, p.Range(0.75, 0.95))
	pad(0.2, 0.22, 0.5*spread, p.Range(0.7, 0.9))
}

// cactusFlower is a small blossom seen from the side.
func cactusFlower(p *Pen, x, y, size float64) {
	c := plantColor(p, -0.15, 0.05)
	for i := range 5 {
		turn := 0.45 * float64(2*(i%2)-1) * float64((5-i)/2)
		p.At(x, y, turn, size, func() {
			p.Shape(Linear(0, 0, 0, -1, c.Dark(0.4), c.Light(0.4)), Loop(0, 0.2, 0.3, -0.5, 0, -1, -0.3, -0.5))
		})
	}
}
