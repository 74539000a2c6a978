package pictures

import "math"

var buildings = []Class{
	{Name: "balloon", Turn: 0.3, draw: balloon},
	{Name: "boat", Turn: 0.3, draw: boat},
	{Name: "bridge", Turn: 0.3, draw: bridge},
	{Name: "car", Turn: 0.3, draw: car},
	{Name: "castle", Turn: 0.3, draw: castle},
	{Name: "clock", Turn: 0.3, draw: clock},
	{Name: "house", Turn: 0.3, draw: house},
	{Name: "lantern", Turn: 0.3, draw: lantern},
	{Name: "pagoda", Turn: 0.3, draw: pagoda},
	{Name: "temple", Turn: 0.3, draw: temple},
	{Name: "tower", Turn: 0.3, draw: tower},
	{Name: "wheel", Turn: anyWay, draw: wheel},
	{Name: "windmill", Turn: 0.3, draw: windmill},
}

// castleTower is a round tower about x from top y to bottom with battlements or
// a pointed roof on it.
func castleTower(p *Pen, wall Field, b buildingPanes, x, y, w float64, roof Color, tiles Field, pointed bool) {
	c := b.frame
	p.At(x, 0, 0, 1, func() {
		p.Shape(buildingRound(p, wall, w), Rect(-w, y, w, 0.95))
		n := 3
		if w > 0.25 {
			n = 4
		}
		p.Shape(buildingRound(p, wall, 1.2*w), battlements(n, 1.2*w, y-0.06, y-0.2, y+0.16))
		p.Stroke(c.Dark(0.75), 0.04, Polygon(-1.2*w, y+0.16, 1.2*w, y+0.16))
		if pointed {
			top := max(-0.98, y-0.1-p.Range(2, 3)*w)
			p.Shape(buildingRound(p, tiles, w), Polygon(-1.3*w, y-0.02, 0, top, 1.3*w, y-0.02))
			y = top + 0.15
		}
		if p.Chance(0.6) {
			buildingFlag(p, 0, max(-0.75, y-0.13), 0.28, roof)
		}
	})
	for level := y + 0.4; level < 0.6; level += p.Range(0.36, 0.42) {
		if level > -0.6 {
			b.draw(p, x, level, 0.28*w, 0.45*w)
		}
	}
}

// battlements is the outline of a wall of half width w from foot to low, with n
// merlons up to top on it.
func battlements(n int, w, low, top, foot float64) Path {
	wall := Polygon(-w, foot, -w, low)
	for i := range n {
		l := w * (2*float64(i)/(float64(n)-0.5) - 1)
		r := l + w/(float64(n)-0.5)
		wall = append(wall, Polygon(l, low, l, top, r, top, r, low)...)
	}
	return append(wall, Polygon(w, low, w, foot)...)
}

// castle is a walled front with battlements, towers, flags and a gate.
func castle(p *Pen) {
	stone := buildingColor(p)
	roof := p.Against(stone)
	wall, tiles, b := buildingWall(p, stone), buildingTiles(p, roof), buildingWindows(p, stone)
	b.head = max(b.head, 0.8)
	pointed := p.Chance(0.55)
	w, side, mid := p.Range(0.2, 0.26), p.Range(-0.45, 0.05), p.Range(0.1, 0.35)
	if p.Chance(0.6) { // the keep behind
		castleTower(p, wall, b, p.Range(-0.2, 0.2), p.Range(-0.55, -0.3), p.Range(0.24, 0.34), roof, tiles, pointed)
	}
	p.Shape(wall, battlements(p.Int(4, 6), 0.7, mid, mid-0.15, 0.95))
	p.Stroke(stone.Dark(0.7), 0.04, Polygon(-0.7, mid+0.1, 0.7, mid+0.1))
	castleTower(p, wall, b, -0.98+1.2*w, side, w, roof, tiles, pointed)
	castleTower(p, wall, b, 0.98-1.2*w, side+p.Range(-0.3, 0.3), w, roof, tiles, pointed)
	gate := p.Range(0.18, 0.26)
	arch := append(Arc(0, 0.6, gate, gate, math.Pi, 2*math.Pi), Point{gate, 0.95}, Point{-gate, 0.95})
	p.Fill(Linear(0, 0.4, 0, 0.95, Gray(0.02), roof.Dark(0.6)), arch)
	bars := roof.Light(0.4)
	grid := []Path{Polygon(-gate, 0.6, gate, 0.6), Polygon(-gate, 0.75, gate, 0.75)}
	for i := range 5 {
		x := gate * (float64(i) - 2) / 2.6
		grid = append(grid, Polygon(x, 0.45, x, 0.85))
	}
	p.Stroke(bars, 0.025, grid...)
	p.Stroke(stone.Light(0.6), 0.06, arch)
}

// tower is one tall tower of narrowing storeys full of windows, under a spire,
// an onion or a dome, now and then with a clock.
func tower(p *Pen) {
	stone := buildingColor(p)
	roof := p.Against(stone)
	wall, b := buildingWall(p, stone), buildingWindows(p, stone)
	w, narrow := p.Range(0.23, 0.34), p.Range(0.72, 1)
	storeys, top := p.Int(3, 5), p.Range(-0.5, -0.25)
	high := (0.92 - top) / float64(storeys)
	ledge := stone.Light(0.6)
	if stone.Luma() > 0.7 {
		ledge = stone.Dark(0.5)
	}
	across, ledges, withClock := p.Int(1, 3), p.Chance(0.4), p.Chance(0.45)
	if p.Chance(0.4) { // pinnacles
		for _, x := range []float64{-w * narrow, w * narrow} {
			p.Shape(Linear(x-0.1, 0, x+0.1, 0, roof.Light(0.2), roof.Dark(0.5)), Polygon(x-0.1, top, x, top-0.4, x+0.1, top))
		}
	}
	p.Shape(wall, Rect(-w-0.1, 0.9, w+0.1, 1))
	p.Shape(buildingRound(p, wall, w), Polygon(-w, 0.92, -w*narrow, top, w*narrow, top, w, 0.92))
	for i := range storeys {
		y := 0.92 - high*float64(i)
		in := w * lerp(1, narrow, (float64(i)+0.5)/float64(storeys))
		switch {
		case i == 0:
			b.door(p, 0, y, 0.4*in, 0.75*high, roof.Dark(0.3))
		case i == storeys-1 && withClock:
			towerClock(p, 0, y-high/2-0.02, min(0.75*in, 0.4*high), roof)
		default:
			for j := range across {
				x := 1.5 * in * ((float64(j)+0.5)/float64(across) - 0.5)
				b.draw(p, x, y-high/2+0.02, 0.45*in/float64(across+1), 0.28*high)
			}
		}
		if ledges || i == storeys-1 {
			p.Fill(Linear(-in, 0, in, 0, ledge.Light(0.2), ledge.Dark(0.4)), Rect(-in-0.04, y-high-0.03, in+0.04, y-high+0.03))
		}
	}
	towerTop(p, top-0.02, w*narrow*p.Range(1, 1.2), roof)
}

// towerClock is a small dial.
func towerClock(p *Pen, x, y, r float64, c Color) {
	p.Fill(c.Dark(0.6), Circle(x, y, 1.2*r))
	p.Fill(Radial(x, y, r, Gray(1), Gray(0.8)), Circle(x, y, r))
	hours := Repeat(12, func(i float64) Path { return Ray(x, y, i*math.Pi/6, 0.78*r, 0.88*r) })
	p.Stroke(Gray(0.1), 0.12*r, hours...)
	for _, length := range []float64{0.45, 0.7} { // hands
		p.Stroke(Gray(0.1), 0.16*r, Ray(x, y, p.Range(0, 2*math.Pi), 0, length*r))
	}
}

// towerTop is a spire, an onion or a dome that stands on y.
func towerTop(p *Pen, y, w float64, c Color) {
	tip := max(-0.9, y-p.Range(1.6, 2.6)*w)
	h := y - tip
	kind := p.IntN(3)
	side := Spline(0.55*w, y, w, y-0.25*h, 0.75*w, y-0.55*h, 0.2*w, y-0.8*h, 0, tip) // an onion
	switch kind {
	case 0: // a spire, straight or flared
		side = Spline(1.1*w, y, p.Range(0.45, 0.6)*w, y-0.45*h, 0, tip)
	case 1:
		side = append(Arc(0, y, w, 0.75*h, 0, -0.46*math.Pi), Point{0.05, tip})
	}
	body := buildingTiles(p, c)
	if kind != 0 || p.Chance(0.3) { // ribs
		n := p.Range(7, 11)
		body = func(x, y float64) Color { return Mix(c.Dark(0.65), c.Light(0.45), 0.5+0.7*math.Sin(n*x/w+3*y)) }
	}
	p.Shape(buildingRound(p, body, w), side.Whole())
	p.Stroke(c.Light(0.5), 0.05, Polygon(-0.6*w, y, 0.6*w, y))
	p.Stroke(c.Dark(0.6), 0.04, Polygon(0, tip, 0, -0.99))
	p.Fill(p.Ball(HSV(0.13, 0.7, 0.95), 0, tip, 0.06), Circle(0, tip, 0.06))
}

// house is a house with a tiled roof, a door, windows and a chimney, seen from
// its gable or its eaves, or both.
func house(p *Pen) {
	c := buildingColor(p)
	roof := p.MaybeHSV(p.Against(c), 0.5, -0.03, 0.06, 0.5, 0.85, 0.35, 0.75)
	wall, tiles, b := buildingWall(p, c), buildingTiles(p, roof), buildingWindows(p, c)
	eaves, top := p.Range(-0.2, 0.1), p.Range(-0.9, -0.65)
	door := roof.Dark(p.Range(0, 0.4))
	if p.Chance(0.8) {
		x := p.Range(0.2, 0.45) * p.Sign()
		p.Shape(buildingWall(p, p.Near(roof)), Rect(x-0.1, -0.95, x+0.1, eaves))
		p.Shape(c.Dark(0.5), Rect(x-0.14, -0.97, x+0.14, -0.87))
	}
	size := p.Range(0.1, 0.13)
	switch p.IntN(3) {
	case 0: // the gable
		w := p.Range(0.6, 0.8)
		p.Shape(wall, Polygon(-w, 0.95, -w, eaves, 0, top, w, eaves, w, 0.95))
		p.Stroke(tiles, 0.2, Polygon(-w-0.13, eaves+0.1, 0, top, w+0.13, eaves+0.1))
		p.Stroke(roof.Dark(0.6), 0.05, Polygon(-w-0.13, eaves+0.2, 0, top+0.12, w+0.13, eaves+0.2))
		b.draw(p, 0, (eaves+top)/2+0.13, size, size)
		houseFront(p, b, w, eaves+0.12, size, door)
	case 1: // the eaves
		w, slope := p.Range(0.75, 0.85), p.Range(0.05, 0.35)
		p.Shape(wall, Rect(-w, eaves, w, 0.95))
		p.Shape(tiles, Polygon(-w-0.13, eaves+0.05, -w+slope, top, w-slope, top, w+0.13, eaves+0.05))
		p.Stroke(roof.Dark(0.6), 0.05, Polygon(-w-0.12, eaves+0.06, w+0.12, eaves+0.06))
		for _, x := range []float64{-0.38, 0.38} { // dormers
			p.Shape(wall, Polygon(x-0.17, eaves-0.08, x-0.17, eaves-0.32, x, eaves-0.47, x+0.17, eaves-0.32, x+0.17, eaves-0.08))
			b.draw(p, x, eaves-0.22, 0.09, 0.11)
			p.Stroke(roof.Dark(0.5), 0.06, Polygon(x-0.22, eaves-0.28, x, eaves-0.47, x+0.22, eaves-0.28))
		}
		houseFront(p, b, w, eaves, size, door)
	default: // a corner
		x, m := p.Range(-0.15, 0.1), p.Range(0.35, 0.45)
		p.Shape(wall, Polygon(-0.9, 0.95, -0.9, eaves, -0.9+m, top, x, eaves, x, 0.95))
		p.Shape(buildingRound(p, wall, 2), Rect(x, eaves, 0.92, 0.95))
		p.Shape(tiles, Polygon(-0.9+m, top, 0.98-m, top, 1, eaves+0.05, x+0.04, eaves+0.05))
		p.Stroke(roof.Dark(0.55), 0.08, Polygon(-0.96, eaves+0.05, -0.9+m, top, x+0.04, eaves+0.05))
		p.At((x-0.9)/2, 0, 0, 1, func() {
			b.draw(p, 0, (eaves+top)/2+0.22, 0.08, 0.1)
			b.door(p, 0, 0.95, 0.15, 0.5, door)
			b.draw(p, 0, eaves+0.16, 0.12, 0.12)
		})
		for i := range 4 {
			b.draw(p, lerp(x, 0.92, 0.28+0.44*float64(i%2)), lerp(eaves, 0.95, 0.3+0.38*float64(i/2)), 0.1, 0.11)
		}
	}
}

// houseFront puts a door and windows on a front of half width w below y.
func houseFront(p *Pen, b buildingPanes, w, y, size float64, door Color) {
	across := p.Int(3, 4)
	place, levels := p.IntN(across), 1
	if y < 0.1 {
		levels = 2
	}
	for i := range across {
		x := 2 * w * ((float64(i)+0.5)/float64(across) - 0.5)
		for level := range levels {
			at := lerp(y, 0.95, (float64(level)+0.47)/float64(levels))
			if level == levels-1 && i == place {
				b.door(p, x, 0.95, 1.2*size, min(0.55, (0.95-y)/float64(levels)-0.03), door)
			} else {
				b.draw(p, x, at, size, min(1.4*size, 0.27*(0.95-y)/float64(levels)))
			}
		}
	}
}

// bridge is a stone bridge on one to four arches over water.
func bridge(p *Pen) {
	stone := buildingColor(p)
	wall := buildingWall(p, stone)
	n, hump, deck := p.Int(1, 4), p.Range(0, 0.45), p.Range(-0.45, -0.1)
	road := func(x float64) float64 { return deck - hump*(1-x*x) + 0.05 }
	water := p.HSV(0.4, 0.65, 0.3, 0.8, 0.3, 0.8)
	p.Fill(Linear(0, 0.4, 0, 1, water.Dark(0.5), water), Rect(-1, 0.45, 1, 1))
	body := Curve(16, func(t float64) Point { return Point{2*t - 1, road(2*t - 1)} })
	if p.Chance(0.6) { // a railing
		p.Stroke(stone.Dark(0.6), 0.035, Repeat(17, func(i float64) Path {
			x := i/8 - 1
			return Polygon(x, road(x), x, road(x)-0.17)
		})...)
		p.At(0, -0.17, 0, 1, func() { p.Stroke(stone.Dark(0.4), 0.06, body) })
	}
	outline := append(append(Path{}, body...), Point{1, 0.6}, Point{-1, 0.6})
	span := 2 / float64(n)
	paths := []Path{outline}
	for i := range n {
		x := -1 + span*(float64(i)+0.5)
		r := span * p.Range(0.36, 0.42)
		paths = append(paths, append(Arc(x, 0.5, r, min(1.15*r, 0.5-road(x)-0.16), math.Pi, 2*math.Pi), Point{x + r, 0.6}, Point{x - r, 0.6}))
	}
	p.Fill(wall, paths...)
	for i, arch := range paths[1:] {
		x := -1 + span*(float64(i)+0.5)
		top := arch[9].Y
		for j := 0; j < len(arch)-2; j++ { // the ring of stones
			if q := arch[j]; j%2 == 0 || n < 3 {
				dx, dy := q.X-x, q.Y-0.5
				long := 1 + 0.1/math.Hypot(dx, dy)
				p.Stroke(stone.Light(0.5-0.3*float64(j%2)), 0.06, Polygon(q.X, q.Y, x+dx*long, 0.5+dy*long))
			}
		}
		p.Stroke(stone.Dark(0.75), 0.045, arch[:len(arch)-2])
		p.Fill(stone.Dark(0.3).Alpha(0.5), Ellipse(x+span/2, 0.68, 0.06*span, 0.12))
		p.Shape(stone.Light(0.3), Polygon(x-0.05, top-0.13, x+0.05, top-0.13, x+0.035, top, x-0.035, top))
	}
	p.Stroke(stone.Light(0.5), 0.08, body)
	p.Stroke(stone.Dark(0.65), 0.03, Curve(16, func(t float64) Point { return Point{2*t - 1, road(2*t-1) + 0.07} }))
	ripple := p.Range(10, 22)
	for i := range 4 {
		y, phase := 0.63+0.1*float64(i), p.Range(0, 6)
		p.Stroke(Mix(water.Light(0.6), water.Dark(0.5), float64(i%2)), 0.04, Curve(30, func(t float64) Point {
			return Point{2*t - 1, y + 0.025*math.Sin(ripple*t+phase)}
		}))
	}
}

// temple is a pediment on fluted columns above steps.
func temple(p *Pen) {
	stone := buildingColor(p).Light(0.05)
	noise := p.Noise()
	grain := Field(func(x, y float64) Color { return Mix(stone.Light(0.4), stone.Dark(0.45), 0.4+0.5*noise(6*x, 9*y)) })
	shadow := Mix(p.Color(), stone, 0.2).Dark(p.Range(0.6, 0.8))
	steps, n := p.Int(2, 4), p.Int(4, 8)
	top, eaves, high := p.Range(-0.95, -0.75), p.Range(-0.5, -0.35), p.Range(0.08, 0.11)
	floor := 0.97 - high*float64(steps)
	p.Fill(shadow, Rect(-0.8, eaves, 0.8, floor))
	p.Fill(Linear(0, 0, 0, floor, shadow.Dark(0.6), shadow.Light(0.25)), Rect(-0.17, eaves+0.4, 0.17, floor))
	for i := range steps {
		y, w := floor+high*float64(i), 0.86+0.13*float64(i+1)/float64(steps)
		p.Shape(Linear(0, y, 0, y+high, stone.Light(0.5), stone.Dark(0.6)), Rect(-w, y, w, y+high))
	}
	w := 0.5 / float64(n)
	flutes, scroll := p.Range(3, 5), p.Chance(0.5)
	lx, _ := p.toLight()
	column := Field(func(x, y float64) Color {
		return Mix(stone.Light(0.4), stone.Dark(0.6), 0.35-0.3*lx*x/w+0.4*math.Sin(2*math.Pi*flutes*x/w/2))
	})
	for i := range n {
		x := 0.76 * (2*float64(i)/float64(n-1) - 1)
		p.At(x, 0, 0, 1, func() {
			p.Shape(column, Polygon(-0.75*w, eaves+0.2, 0.75*w, eaves+0.2, 0.9*w, floor, -0.9*w, floor))
			p.Shape(grain, Rect(-1.15*w, floor-0.07, 1.15*w, floor))
			p.Shape(stone.Light(0.4), Polygon(-1.3*w, eaves+0.12, 1.3*w, eaves+0.12, 0.8*w, eaves+0.22, -0.8*w, eaves+0.22))
			if scroll {
				p.Fill(stone.Dark(0.6), Circle(-w, eaves+0.18, 0.5*w), Circle(w, eaves+0.18, 0.5*w))
			}
		})
	}
	p.Shape(grain, Rect(-0.9, eaves-0.05, 0.9, eaves+0.13))
	p.Stroke(stone.Dark(0.65), 0.06, Repeat(11, func(i float64) Path {
		x := 0.82 * (i/5 - 1)
		return Polygon(x, eaves+0.01, x, eaves+0.07)
	})...)
	gable := Polygon(-0.98, eaves-0.04, 0, top, 0.98, eaves-0.04)
	p.Shape(Mix(shadow, stone, 0.4), gable)
	p.Stroke(grain, 0.1, Polygon(-0.93, eaves-0.07, 0, top+0.05, 0.93, eaves-0.07, -0.93, eaves-0.07))
	r := 0.27 * (eaves - top)
	p.Fill(p.Ball(stone.Light(0.4), 0, eaves-0.12-r, r), Circle(0, eaves-0.12-r, r))
	p.Fill(stone.Light(0.3), Polygon(r+0.06, eaves-0.12, r+0.1, eaves-0.14-r, 3*r, eaves-0.12), Polygon(-r-0.06, eaves-0.12, -r-0.1, eaves-0.14-r, -3*r, eaves-0.12))
}

// pagoda is a stack of narrowing storeys, each under a roof with upturned ends.
func pagoda(p *Pen) {
	c := p.MaybeHSV(buildingColor(p), 0.4, -0.03, 0.05, 0.6, 0.9, 0.5, 0.85)
	roof := p.Against(c)
	tiles, trim := buildingTiles(p, roof), roof.Light(0.55)
	if roof.Luma() > 0.6 {
		trim = roof.Dark(0.6)
	}
	b := buildingWindows(p, c)
	wall := buildingWall(p, c)
	n := p.Int(3, 4+p.IntN(2))
	top, base := p.Range(-0.62, -0.5), 0.9
	high := (base - top) / float64(n)
	wide, narrow, lift := p.Range(0.75, 0.85), p.Range(0.4, 0.65), p.Range(0.1, 0.18)
	p.Shape(buildingWall(p, Gray(0.6)), Rect(-0.75, base, 0.75, 1))
	for i := range n {
		y := base - high*float64(i)
		w := wide * (1 - (1-narrow)*float64(i)/float64(n-1)) // of the roof
		body := 0.64 * w
		p.Shape(buildingRound(p, wall, body), Rect(-body, y-0.6*high, body, y))
		posts := []Path{Polygon(-1.1*body, y-0.01, 1.1*body, y-0.01)}
		for j := range 5 {
			x := body * (float64(j)/2 - 1)
			if j%2 == 1 {
				b.draw(p, x, y-0.29*high, 0.22*body, 0.18*high)
			}
			posts = append(posts, Polygon(x, y-0.6*high, x, y))
		}
		p.Stroke(c.Dark(0.6), 0.04, posts...)
		y -= 0.54 * high
		rim := Spline(0, y+0.06, 0.7*w, y+0.05, 0.93*w, y-0.02, w+0.14, y-lift)
		slope := Spline(w+0.14, y-lift, 0.75*w, y-0.22*high, 0.6*body, y-0.48*high)
		half := append(append(Path{}, rim...), slope...)
		p.Shape(tiles, half.Whole())
		p.Stroke(trim, 0.05, rim, rim.Mirror())
	}
	y := base - high*float64(n) + 0.02
	p.Fill(tiles, Polygon(-0.25, y, 0, y-0.22, 0.25, y))
	p.Stroke(trim, 0.04, Polygon(0, y, 0, -0.98))
	for i := range 4 {
		s := y - 0.15 - 0.07*float64(i)
		p.Fill(p.Ball(HSV(0.12, 0.7, 0.9), 0, s, 0.08), Ellipse(0, s, 0.085-0.015*float64(i), 0.03))
	}
}

// windmill is a tapering mill with four lattice sails before its cap.
func windmill(p *Pen) {
	c := buildingColor(p)
	wall, b := buildingWall(p, c), buildingWindows(p, c)
	roof := p.Against(c)
	w, taper, hub := p.Range(0.34, 0.48), p.Range(0.5, 0.7), p.Range(-0.25, -0.15)
	body := Polygon(-w, 1, -taper*w, hub-0.05, taper*w, hub-0.05, w, 1)
	p.Shape(buildingRound(p, wall, w), body)
	p.Shape(buildingRound(p, buildingTiles(p, roof), w), append(Arc(0, hub, taper*w+0.07, p.Range(0.3, 0.45), math.Pi, 2*math.Pi), Point{0, hub + 0.05}))
	b.door(p, 0, 1, 0.12, 0.35, roof.Dark(0.3))
	for _, x := range []float64{-0.42, 0.42} {
		b.draw(p, x*w, 0.42, 0.07, 0.1)
	}
	b.draw(p, 0, 0.14, 0.07, 0.1)
	if p.Chance(0.5) { // a gallery
		p.Stroke(roof.Dark(0.5), 0.05, Polygon(-w-0.08, 0.6, w+0.08, 0.6), Polygon(-w-0.08, 0.5, w+0.08, 0.5))
		for i := range 9 {
			x := (w + 0.08) * (float64(i)/4 - 1)
			p.Stroke(roof.Dark(0.5), 0.03, Polygon(x, 0.5, x, 0.6))
		}
	}
	wood := p.HSV(0.04, 0.12, 0.2, 0.7, 0.15, 0.4)
	if c.Luma() < 0.45 {
		wood = wood.Light(0.75)
	}
	cloth := p.Color().Light(0.5).Alpha(p.Range(0, 0.9))
	long, broad, rungs, turn := p.Range(0.8, 0.95), p.Range(0.2, 0.28), p.Int(5, 8), p.Range(0, math.Pi/2)
	for i := range 4 {
		p.At(0, hub, turn+float64(i)*math.Pi/2, 1, func() {
			p.Fill(cloth, Rect(0.2, 0.02, long, broad))
			p.Stroke(wood, 0.07, Polygon(0, 0, long, 0))
			lattice := []Path{Polygon(0.2, broad, long, broad), Polygon(0.2, broad/2, long, broad/2)}
			for j := range rungs + 1 {
				x := lerp(0.2, long, float64(j)/float64(rungs))
				lattice = append(lattice, Polygon(x, 0, x, broad))
			}
			p.Stroke(wood, 0.035, lattice...)
		})
	}
	p.Shape(p.Ball(wood.Light(0.2), 0, hub, 0.1), Circle(0, hub, 0.1))
}
