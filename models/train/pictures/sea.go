package pictures

import "math"

// crab is a crab from above: a wide bumpy shell, eyes on stalks, jointed legs
// and two pincers.
func crab(p *Pen) {
	base := p.Tone(-0.03, 0.1, 0.55, 0.95, 0.5, 0.95)
	limb := base.Dark(p.Range(0, 0.3))
	wide, bend := p.Range(0.52, 0.66), p.Range(-0.08, 0.08)
	var legs, joints []Path
	for i := range 4 {
		s := float64(i)
		knee := Point{wide + 0.22 - 0.02*s*s, -0.08 + 0.17*s + bend}
		foot := Point{min(1.02, knee.X+0.22-0.05*s), knee.Y + 0.27}
		leg := Polygon(0.3, 0.05+0.1*s, knee.X, knee.Y, foot.X, foot.Y)
		joint := Circle(knee.X, knee.Y, 0.06)
		legs, joints = append(legs, leg, leg.Mirror()), append(joints, joint, joint.Mirror())
	}
	animalLimbs(p, limb, 0.1, legs...)
	p.Fill(limb.Light(0.4), joints...)
	sizes := [2]float64{p.Range(0.85, 1.1), p.Range(0.85, 1.1)}
	if p.Chance(0.3) {
		sizes[p.IntN(2)] = 0.65
	}
	gape, raise, tipped := p.Range(0.1, 0.5), p.Range(-0.5, -0.35), base.Light(0.6)
	tipped = maybe(p, tipped, 0.5, base.Dark(0.7))
	for i, side := range []float64{-1, 1} {
		p.Stretch(side, 1, func() {
			animalLimbs(p, limb, 0.16, Polygon(0.4, -0.05, 0.8, -0.22, 0.78, raise))
			p.At(0.78, raise, -0.45, sizes[i], func() { crabClaw(p, base, tipped, gape) })
		})
	}
	for _, x := range []float64{-0.17, 0.17} {
		animalLimbs(p, limb, 0.07, Polygon(x, -0.15, 1.1*x, -0.42))
		animalEye(p, Gray(0.95), 1.1*x, -0.45, 0.085)
	}
	back := Loop(-0.35, -0.24, 0, -0.3, 0.35, -0.24, 0.93*wide, -0.14, wide, 0.06, 0.65*wide, 0.42, 0, 0.5, -0.65*wide, 0.42, -wide, 0.06, -0.93*wide, -0.14)
	for i := range 4 {
		x, y := wide*(1-0.03*float64(i*i)), -0.16+0.11*float64(i)
		spine := Polygon(0.7*x, y, x+0.08, y-0.05, 0.8*x, y+0.12)
		p.Fill(limb, spine, spine.Mirror())
	}
	p.Shape(animalRound(p, animalCoat(p, base, Mix(base, p.Color(), 0.6)), 0, 0.08, 0.6), back)
	p.Stroke(base.Dark(0.65), 0.045, append(back, back[0]))
	groove := Spline(0.1, -0.2, 0.16, 0.05, 0.12, 0.2, 0.2, 0.36)
	p.Stroke(base.Dark(0.6), 0.035, groove, groove.Mirror(), Arc(0, 0.15, 0.5*wide, 0.2, 0.4, 2.7))
	p.Fill(base.Light(0.6), Circle(0.3, 0, 0.045), Circle(-0.3, 0, 0.045), Circle(0.36, 0.14, 0.03), Circle(-0.36, 0.14, 0.03))
}

// crabClaw is a pincer pointing up, with teeth, open by an angle.
func crabClaw(p *Pen, c, tip Color, gape float64) {
	p.At(0.13, -0.2, gape, 1, func() {
		p.Shape(Linear(0, 0, 0, -0.36, c, tip), Loop(-0.07, 0.02, -0.04, -0.2, -0.12, -0.38, 0.08, -0.28, 0.1, 0))
	})
	p.Shape(animalRound(p, func(x, y float64) Color { return Mix(c, tip, -4*y-1.1) }, 0, -0.15, 0.3),
		Loop(0, 0.06, -0.2, -0.1, -0.22, -0.32, -0.06, -0.62, -0.05, -0.36, 0.02, -0.24, 0.2, -0.2, 0.17, -0.04))
	p.Fill(tip.Light(0.5), Circle(-0.05, -0.42, 0.03), Circle(-0.02, -0.33, 0.03), Circle(0.05, -0.26, 0.03))
}

// fish is a fish from the side: scales, stripes or spots, rayed fins, a gill,
// a forked tail and a round eye.
func fish(p *Pen) {
	base := p.Tone(0, 0.65, 0.3, 1, 0.45, 1)
	mark, fin := p.Against(base), p.Tone(-0.05, 0.15, 0.3, 1, 0.4, 1)
	fin = maybe(p, fin, 0.5, base.Dark(0.35))
	high, k := p.Range(0.22, 0.58), p.Range(0.6, 0.85)
	top := func(t float64) Point {
		return Point{-0.95 + 1.5*t, -high*math.Pow(math.Sin(math.Pi*math.Pow(t, k)), 0.75) - 0.1*t}
	}
	at := func(t, out, slant float64) Point { q := top(t); return Point{q.X + slant, q.Y - out} }
	down := func(path Path) Path {
		for i := range path {
			path[i].Y = -path[i].Y
		}
		return path
	}
	crest, start, spiky := min(p.Range(0.2, 0.48), 0.95-high), p.Range(0.25, 0.4), p.Range(0, 0.06)
	dorsal := func(a, b, out float64) (root, edge Path) {
		return Curve(8, func(t float64) Point { return at(lerp(a, b, t), -0.06, 0) }), Curve(8, func(t float64) Point {
			return at(lerp(a, b, t), out*math.Pow(math.Sin(math.Pi*(0.12+0.8*t)), 0.7), 0.12+0.06*t)
		})
	}
	root, edge := dorsal(start, p.Range(0.75, 0.9), crest)
	for i := 1; i < len(edge); i += 2 {
		edge[i].Y += spiky
	}
	fishFin(p, fin, root, edge)
	root, edge = dorsal(0.6, 0.85, 0.7*crest)
	fishFin(p, fin, down(root), down(edge))
	root, edge = dorsal(0.35, 0.45, crest)
	fishFin(p, fin, down(root), down(edge))
	span, fork := p.Range(0.3, 0.55), p.Range(-0.1, 0.3)
	fishFin(p, fin, Curve(8, func(t float64) Point { return Point{0.5, 0.1 * (2*t - 1)} }), Curve(8, func(t float64) Point {
		u := 2*t - 1
		return Point{1 - fork*(1-math.Abs(u)) - 0.05*u*u, span * u}
	}))
	upper := Curve(24, top)
	body := append(upper, down(Curve(24, top)).Reverse()...)
	p.Shape(fishCoat(p, base, mark, high), body)
	p.Clip(body, func() {
		face := Mix(base, mark, p.Range(0, 0.5))
		p.Fill(p.Ball(face, -0.75, 0, 0.4), Loop(-1.1, -0.8, -0.62, -0.8, -0.46, -0.2, -0.45, 0.2, -0.62, 0.8, -1.1, 0.8))
		p.Stroke(face.Dark(0.65), 0.055, Spline(-0.6, -0.8*high, -0.46, -0.15, -0.46, 0.2, -0.62, 0.8*high))
	})
	p.Stroke(base.Dark(0.8), 0.045, Spline(-0.97, 0.03, -0.88, 0.07, -0.8, p.Range(0.05, 0.15)))
	fishFin(p, fin.Light(0.2), Curve(5, func(t float64) Point { return Point{-0.36, 0.02 + 0.16*t} }), Curve(5, func(t float64) Point {
		return Point{-0.08 + 0.1*math.Sin(math.Pi*t), 0.02 + 0.3*t}
	}))
	animalEye(p, HSV(p.Range(0, 0.2), p.Range(0, 0.9), 1), -0.68, -0.3*high, p.Range(0.09, 0.13))
}

// fishFin is a fin between its root and its free edge, with rays.
func fishFin(p *Pen, c Color, root, edge Path) {
	outline := append(append(Path{}, root...), edge.Reverse()...)
	mid := len(root) / 2
	p.Shape(Linear(root[mid].X, root[mid].Y, edge[mid].X, edge[mid].Y, c.Dark(0.3), c.Light(0.35)), outline)
	rays := Repeat(len(root), func(i float64) Path { return Path{root[int(i)], edge[int(i)]} })
	p.Stroke(c.Dark(0.6), 0.022, rays...)
}

// fishCoat is rows of scales over bands, a stripe along, spots, or a pale
// belly.
func fishCoat(p *Pen, base, mark Color, high float64) Field {
	kind, noise, f, size := p.IntN(4), p.Noise(), p.Range(6, 10), p.Range(0.11, 0.17)
	return animalRound(p, func(x, y float64) Color {
		c := Mix(base, base.Light(0.8), 0.7*y/high)
		switch kind {
		case 0:
			c = Mix(c, mark, 0.3+4*math.Sin(f*x+noise(2*x, 2*y)))
		case 1:
			c = Mix(c, mark, 4-20*math.Abs(y+0.1*high)/high*0.6)
		case 2:
			c = Mix(c, mark, 6*noise(f*x, f*y)-1)
		}
		row := math.Floor(y / size)
		u := x/size + 0.5*math.Mod(math.Abs(row), 2)
		v := y/size - row - 0.5
		u -= 1.4 * v * v
		u -= math.Floor(u)
		return c.Dark(0.55 * Smooth(0.35, 0, u)).Light(0.3 * Smooth(0.6, 1, u))
	}, 0, 0, 1.1*high)
}

// jellyfish is a jellyfish: a glassy ribbed bell with a scalloped rim over
// frilly arms and long thin tentacles.
func jellyfish(p *Pen) {
	base := p.Tone(0.5, 1, 0.15, 0.8, 0.6, 1)
	glow, deep := base.Light(p.Range(0.5, 0.9)), base.Dark(p.Range(0.3, 0.6))
	wide, high, rim := p.Range(0.6, 0.9), p.Range(0.65, 0.95), p.Range(-0.15, 0)
	wave := func(x, y, end, swing, phase float64) Path {
		return Curve(12, func(t float64) Point {
			return Point{x*(1+0.25*t) + swing*t*math.Sin(phase+8*t), lerp(y, end, t)}
		})
	}
	sway := p.Range(0, 6)
	n := p.Int(8, 14)
	threads := Repeat(n, func(i float64) Path {
		x := wide * 0.9 * (2*i/float64(n-1) - 1)
		return wave(x, rim-0.05, p.Range(0.65, 1.05), 0.08, sway+p.Range(0, 1))
	})
	animalLimbs(p, Mix(base, glow, p.Float64()), p.Range(0.02, 0.04), threads...)
	frill, c := p.Range(9, 14), Mix(glow, p.Color(), p.Range(0, 0.4))
	for i := range p.Int(3, 4) {
		line := wave(0.17*(float64(i)-1.5)*wide, rim-0.1, p.Range(0.5, 0.9), 0.12, sway+0.5*float64(i))
		arm := Ribbon(Curve(40, func(t float64) Point {
			j := min(11, int(12*t))
			u := 12*t - float64(j)
			return Point{lerp(line[j].X, line[j+1].X, u), lerp(line[j].Y, line[j+1].Y, u)}
		}), func(t float64) float64 { return (0.34 - 0.22*t) * (1 + 0.4*math.Sin(2*math.Pi*frill/2*t)) })
		p.Fill(Linear(0, rim, 0, 0.9, c.Dark(0.15*float64(i)), Mix(c, deep, 0.7)), arm)
		p.Stroke(c.Light(0.6), 0.035, line)
	}
	lobes := p.Int(6, 10)
	bell := append(Arc(0, rim, wide, high, math.Pi, 2*math.Pi), Curve(8*lobes, func(t float64) Point {
		return Point{wide * (1 - 2*t), rim + 0.1*math.Sqrt(t*(1-t)) + 0.09*math.Abs(math.Sin(math.Pi*float64(lobes)*t))}
	})...)
	ribs, spots, noise := float64(p.Int(5, 9)), p.Chance(0.4), p.Noise()
	p.Shape(animalRound(p, func(x, y float64) Color {
		r := math.Hypot(x/wide, (y-rim)/high)
		across := math.Asin(max(-1, min(1, x/wide/math.Sqrt(max(0.02, 1-(y-rim)*(y-rim)/high/high)))))
		c := Mix(glow, base, 1.6*r-0.4)
		if spots {
			c = Mix(c, deep, 7*noise(8*x, 8*y)-2)
		}
		return Mix(c, deep, 0.7*math.Pow(math.Abs(math.Cos(ribs*across)), 6)+max(0, 8*r-7.3)).Alpha(0.93)
	}, 0, rim-0.4*high, wide), bell)
	p.Stroke(deep, 0.05, Arc(0, rim-0.12, 0.93*wide, 0.12, 0.15, 3))
	organs := Mix(p.Color(), glow, 0.3)
	if p.Chance(0.5) {
		for i := range 4 {
			x := 0.21 * (float64(i) - 1.5) * wide / 0.75
			p.Stroke(organs, 0.06, Arc(x, rim-0.45*high, 0.09, 0.13, 2.6, 6.8))
		}
	}
	p.Stroke(Gray(1).Alpha(0.8), 0.07, Arc(0, rim, 0.72*wide, 0.76*high, 3.6, 4.3))
}

// octopus is an octopus spread out: eight curling arms with suckers, a bulging
// mantle and two eyes.
func octopus(p *Pen) {
	base := p.Tone(-0.06, 0.1, 0.4, 0.9, 0.45, 0.95)
	pale := base.Light(p.Range(0.5, 0.85))
	mark := Mix(base, p.Color(), p.Range(0.2, 0.6))
	coat, skin := animalCoat(p, base, mark), Radial(0, 0, 0.9, base.Dark(0.35), Mix(base, mark, 0.5).Light(0.1))
	curl, side := p.Range(1.6, 3.4), p.Sign()
	for _, i := range []int{0, 7, 1, 6, 2, 5, 3, 4} {
		a := -0.3 + (math.Pi+0.6)*float64(i)/7 + p.Range(-0.1, 0.1)
		hand := 1.0
		if i < 4 {
			hand = -1
		}
		if p.Chance(0.3) {
			hand *= side
		}
		x, y, step := 0.0, -0.05, p.Range(0.066, 0.076)
		bend := hand * p.Range(0.8, 1) * curl
		line, cups := Path{}, []Path{}
		for j := range 19 {
			t := float64(j) / 18
			line = append(line, Point{x, y})
			sin, cos := math.Sincos(a - 0.25*bend*math.Sin(math.Pi*min(1, 1.6*t)) + bend*t*t*t)
			x, y = x+step*cos, y+step*sin
			if half := 0.16 - 0.13*t; j > 3 && j < 18 {
				cups = append(cups, Dot(8, x-hand*-sin*0.45*half, y+hand*cos*0.45*half, 0.42*half, 0.42*half))
			}
		}
		arm := Ribbon(line, func(t float64) float64 { return 0.32 - 0.26*t })
		p.Shape(skin, arm)
		p.Fill(pale, cups...)
	}
	wide, long := p.Range(0.3, 0.42), p.Range(0.8, 1)
	head := Loop(-0.26, 0.12, -0.3, -0.12, -wide, -0.45, -0.6*wide, -0.9*long, 0, -long, 0.6*wide, -0.9*long, wide, -0.45, 0.3, -0.12, 0.26, 0.12, 0, 0.22)
	p.Shape(animalRound(p, coat, 0, -0.45, 0.55), head)
	p.Stroke(pale.Alpha(0.7), 0.07, Arc(0, -0.5, 0.7*wide, 0.32, 3.7, 4.5))
	iris := HSV(p.Range(0.08, 0.2), p.Range(0, 0.7), 1)
	for _, x := range []float64{-0.23, 0.23} {
		p.Shape(p.Ball(base.Light(0.2), x, -0.05, 0.2), Circle(x, -0.05, 0.16))
		p.Fill(iris, Circle(x, -0.05, 0.115))
		p.Fill(Gray(0.03), Ellipse(x, -0.05, 0.1, 0.05))
		p.Fill(Gray(1), Circle(x-0.04, -0.09, 0.03))
	}
}

// shell is an empty sea shell: a ribbed ram's horn, a nautilus with stripes or
// cut open to its chambers, or a whelk.
func shell(p *Pen) {
	base := p.Tone(0.02, 0.12, 0.1, 0.6, 0.65, 1)
	mark := p.MaybeAgainst(base.Dark(p.Range(0.5, 0.8)), 0.4, base)
	if p.Chance(0.35) {
		shellWhelk(p, base, mark)
		return
	}
	grow, n, kind := p.Range(1.5, 2), float64(p.Int(14, 24)), p.IntN(3)
	if kind > 0 {
		grow, n = p.Range(2.5, 3.3), float64(p.Int(9, 14))
	}
	noise := p.Noise()
	p.At(0, 0, p.Range(0, 6), 1, func() {
		edge := shellEdge(grow)
		p.Shape(shellSpiral(grow, func(f, angle float64) Color {
			c := base.Light(0.5 - 1.6*math.Abs(f-0.6)).Dark(0.7 * clamp(1.5-8*min(f, 1-f)))
			switch kind {
			case 0: // ribs
				rib := math.Sin(n*angle + 2*f)
				return Mix(c, mark, 0.55*max(0, -rib)).Light(0.35 * max(0, rib))
			case 1: // tiger stripes that fade towards the mouth
				return Mix(c, mark, 3*(math.Sin(n*angle+5*f+2*noise(3*angle, 3*f))-0.5+0.8*f))
			}
			wall := math.Abs(math.Sin(0.5*n*angle + 2.2*math.Sin(math.Pi*f)))
			room := Mix(mark, base, 0.6*f)
			return Mix(base.Light(0.7), room, 4*min(wall-0.15, 3*min(f, 1-f)-0.25))
		}), edge)
		a, b := edge[0], edge[len(edge)-1]
		p.At((a.X+b.X)/2, (a.Y+b.Y)/2, math.Atan2(a.Y-b.Y, a.X-b.X), 1, func() {
			r := math.Hypot(a.X-b.X, a.Y-b.Y) / 2
			p.Shape(base.Light(0.5), Ellipse(0, 0, r, 0.3*r+0.06))
			p.Fill(Linear(-r, 0, r, 0, mark.Dark(0.75), mark), Ellipse(0, 0, 0.8*r, 0.24*r))
		})
	})
}

// shellWhelk is a coned shell: whorls one above the other, and the mouth.
func shellWhelk(p *Pen, base, mark Color) {
	n, slim, kind := p.Int(4, 7), p.Range(0.5, 0.78), p.IntN(3)
	f, lean := float64(p.Int(5, 9)), p.Range(0.12, 0.25)
	p.Shape(base.Dark(0.2), Loop(-0.2, 0.4, 0.3, 0.4, 0.12, 0.8, -0.02, 1.05, -0.16, 0.95)) // spout
	shrink := math.Pow(0.16, 1/float64(n-1))
	y, wide := 0.32, slim
	for i := range n {
		high := wide * p.Range(0.6, 0.64)
		p.At(0, y, -lean, 1, func() {
			p.Shape(animalRound(p, func(x, v float64) Color {
				around := math.Asin(max(-1, min(1, x/wide)))
				h := v / high
				switch kind {
				case 0: // ribs down the whorl
					return Mix(base, mark, 0.4+0.6*math.Sin(2*f*around+h))
				case 1: // bands round it
					return Mix(base, mark, 3*math.Sin(9*(h-0.3*math.Cos(around)))-0.5)
				}
				return Mix(base, mark, 5*math.Sin(f*around+3*float64(i))*math.Sin(7*h)-1)
			}, 0, 0, wide), Ellipse(0, 0, wide, high))
			p.Stroke(mark.Dark(0.5), 0.035, Arc(0, 0, wide, high, 0.1, math.Pi-0.1))
		})
		y -= (0.32 + 0.95) * (1 - shrink) / (1 - 0.16*shrink) * wide / slim
		wide *= shrink
	}
	p.At(-0.2*slim, 0.45, 0.25, 1, func() {
		p.Shape(base.Light(0.7), Ellipse(0, 0, 0.42*slim, 0.45))
		p.Fill(Linear(-0.3, 0, 0.3, 0, mark.Dark(0.8), mark.Light(0.2)), Ellipse(0.02, 0, 0.27*slim, 0.35))
	})
}

// shellEdge is the outline of a shell like a logarithmic spiral that grows so
// many times wider with each turn, from the mouth's outer lip inwards.
func shellEdge(grow float64) Path {
	cx, scale := shellPlace(grow)
	return Curve(48, func(t float64) Point { return Polar(cx, 0, 2*math.Pi*t, scale*math.Pow(grow, -t)) })
}

// shellSpiral paints within shellEdge: f runs from 0 to 1 across the whorl and
// angle along it, modulo 2 pi.
func shellSpiral(grow float64, paint func(f, angle float64) Color) Field {
	cx, scale := shellPlace(grow)
	rate := math.Log(grow)
	return func(x, y float64) Color {
		angle := math.Atan2(y, x-cx)
		if angle < 0 {
			angle += 2 * math.Pi
		}
		u := math.Log(max(1e-3, math.Hypot(x-cx, y))/scale)/rate + angle/(2*math.Pi)
		return paint(u-math.Floor(u), angle)
	}
}

// shellPlace is the middle and the largest radius of a shell that spans -1 to
// 1 across.
func shellPlace(grow float64) (cx, scale float64) {
	back := math.Pow(grow, -0.5)
	scale = 2 / (1 + back)
	return scale*back - 1, scale
}

// starfish is a starfish: arms with rows of knobs and a rough skin.
func starfish(p *Pen) {
	base := p.Tone(-0.03, 0.12, 0.5, 1, 0.5, 1)
	knob := p.MaybeAgainst(base.Light(p.Range(0.4, 0.8)), 0.3, base)
	n := 5
	if p.Chance(0.12) {
		n = p.Int(6, 7)
	}
	waist, fat := p.Range(0.3, 0.42), p.Range(0.75, 1.1)
	noise, edge, grain := p.Noise(), base.Dark(0.5), p.Range(14, 20)
	var k []float64
	var knobs []Path
	for i := range n {
		a, bend := 2*math.Pi*(float64(i)+p.Range(-0.1, 0.1))/float64(n), p.Range(-0.3, 0.3)
		long := p.Range(0.88, 1.02)
		at := func(r, across float64) (x, y float64) {
			sin, cos := math.Sincos(a + bend*r*r)
			return r*cos - across*sin, r*sin + across*cos
		}
		for _, q := range [][2]float64{{0.6 * long, -0.15}, {0.93 * long, -0.06}, {long, 0}, {0.93 * long, 0.06}, {0.6 * long, 0.15}} {
			x, y := at(q[0], q[1]*fat*5/float64(n))
			k = append(k, x, y)
		}
		q := Polar(0, 0, 2*math.Pi*(float64(i)+0.5)/float64(n), waist)
		k = append(k, q.X, q.Y)
		for j := range 7 {
			r := 0.16 + 0.12*float64(j)
			x, y := at(r, 0)
			knobs = append(knobs, Dot(8, x, y, 0.05-0.004*float64(j), 0.05-0.004*float64(j)))
			if j > 0 && j < 6 {
				w := fat * (0.19 - 0.022*float64(j)) * 0.75
				x0, y0 := at(r+0.05, w)
				x1, y1 := at(r+0.05, -w)
				knobs = append(knobs, Dot(8, x0, y0, 0.03, 0.03), Dot(8, x1, y1, 0.03, 0.03))
			}
		}
	}
	p.Shape(animalRound(p, func(x, y float64) Color {
		return Mix(base, edge, 1.6*noise(grain*x, grain*y)+0.3*math.Hypot(x, y))
	}, 0, 0, 1), Loop(k...))
	var shadows []Path
	for _, q := range knobs {
		s := make(Path, len(q))
		for i := range q {
			s[i] = Point{q[i].X + 0.02, q[i].Y + 0.02}
		}
		shadows = append(shadows, s)
	}
	p.Fill(base.Dark(0.75), shadows...)
	p.Fill(knob, knobs...)
	p.Fill(knob, Circle(0, 0, 0.06))
}
