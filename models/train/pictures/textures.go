package pictures

import "math"

var textures = []Class{
	{Name: "bricks", Texture: true, Turn: 0.5, draw: bricks},
	{Name: "bubbles", Texture: true, Turn: anyWay, draw: bubbles},
	{Name: "checker", Texture: true, Turn: anyWay, draw: checker},
	{Name: "cracks", Texture: true, Turn: anyWay, draw: cracks},
	{Name: "dots", Texture: true, Turn: anyWay, draw: dots},
	{Name: "flames", Texture: true, Turn: 0.4, draw: flames},
	{Name: "fur", Texture: true, Turn: anyWay, draw: fur},
	{Name: "hexagons", Texture: true, Turn: anyWay, draw: hexagons},
	{Name: "knit", Texture: true, Turn: 0.6, draw: knit},
	{Name: "leopard", Texture: true, Turn: anyWay, draw: leopard},
	{Name: "marble", Texture: true, Turn: anyWay, draw: marble},
	{Name: "pebbles", Texture: true, Turn: anyWay, draw: pebbles},
	{Name: "rays", Texture: true, Turn: anyWay, draw: rays},
	{Name: "scales", Texture: true, Turn: 1, draw: scales},
	{Name: "spiral", Texture: true, Turn: anyWay, draw: spiral},
	{Name: "stripes", Texture: true, Turn: anyWay, draw: stripes},
	{Name: "waves", Texture: true, Turn: 0.8, draw: waves},
	{Name: "weave", Texture: true, Turn: anyWay, draw: weave},
	{Name: "wood", Texture: true, Turn: anyWay, draw: wood},
	{Name: "zigzag", Texture: true, Turn: 0.8, draw: zigzag},
}

// textureFill paints as much as a scene may show of a texture.
func textureFill(p *Pen, paint Field) { p.Fill(paint, Rect(-3, -3, 3, 3)) }

// textureHue is the natural colour of a material or, in a quarter of the
// pictures, any other.
func textureHue(p *Pen, h, s, v float64) Color {
	if p.Chance(0.25) {
		return HSV(p.Float64(), math.Sqrt(p.Float64()), p.Range(0.4, 1))
	}
	return p.Near(HSV(h+p.Range(-0.03, 0.03), clamp(s+p.Range(-0.2, 0.2)), clamp(v+p.Range(-0.2, 0.2))))
}

// textureColors are n colours, each against the one before.
func textureColors(p *Pen, n int) []Color {
	colors := []Color{p.Color()}
	for len(colors) < n {
		colors = append(colors, p.Against(colors[len(colors)-1]))
	}
	return colors
}

// textureWarp moves places a little, as folds in cloth do, or in half of the
// pictures not at all.
func textureWarp(p *Pen, most float64) func(x, y float64) (float64, float64) {
	size, f := max(0, p.Range(-most, most)), p.Range(1, 2.5)
	a, b := p.Range(0, 6), p.Range(0, 6)
	if size == 0 {
		return func(x, y float64) (float64, float64) { return x, y }
	}
	return func(x, y float64) (float64, float64) {
		return x + size*math.Sin(f*y+a+0.5*x), y + size*math.Sin(f*x+b-0.4*y)
	}
}

// textureBands is the colour across a row of bands that repeats with period 1:
// flat, shaded from edge to edge or round like rods, with or without lines
// between.
func textureBands(p *Pen, bands, colours int) func(t float64) Color {
	colors := textureColors(p, colours)
	ends := make([]float64, bands+1)
	for i := range bands {
		ends[i+1] = ends[i] + p.Range(0.5, 1.5)
	}
	for i := range ends {
		ends[i] /= ends[bands]
	}
	edge, slope, round, line := 0.15/float64(bands), 0., 0., 0.
	switch p.IntN(4) {
	case 0:
		slope = 0.5 * p.Sign()
	case 1:
		round, slope = p.Range(0.4, 0.8), 0.25*p.Sign()
	case 2:
		line = 1
	}
	return func(t float64) Color {
		t -= math.Floor(t)
		i := 0
		for i < bands-1 && ends[i+1] <= t {
			i++
		}
		in, out := t-ends[i], ends[i+1]-t
		s := (in - out) / (in + out)
		c := colors[i%colours].Dark(round*s*s + slope*s).Light(-0.7 * slope * s)
		beside, near := (i+1)%bands, out
		if in < out {
			beside, near = (i+bands-1)%bands, in
		}
		if line > 0 {
			return Mix(p.Ink, c, near/edge)
		}
		return Mix(colors[beside%colours], c, 0.5+0.5*near/edge)
	}
}

// bricks is a wall in running bond, each brick of its own shade.
func bricks(p *Pen) {
	mortar := p.Color()
	brick := p.Against(mortar)
	noise := p.Noise().Octaves(2)
	high, wide, joint := p.Range(0.2, 0.32), p.Range(0.45, 0.75), p.Range(0.02, 0.045)
	textureFill(p, func(x, y float64) Color {
		row := math.Floor(y / high)
		u := x/wide + 0.5*math.Mod(math.Abs(row), 2)
		column := math.Floor(u)
		dx, dy := (u-column)*wide, y-row*high
		if dx < joint || dy < joint {
			return mortar
		}
		shade := 0.5*noise(7*column, 7.7*row+0.5) + 0.25*noise(9*x, 9*y)
		c := Mix(brick, brick.Dark(0.7), 0.3+shade)
		if dy < 2*joint || dx < 2*joint {
			return c.Light(0.25)
		}
		if high-dy < joint {
			return c.Dark(0.3)
		}
		return c
	})
}

// checker is a board of two to four colours, its fields equal or of two
// widths, flat, bevelled or with joints.
func checker(p *Pen) {
	colors := textureColors(p, 2)
	colors = append(colors, colors...)
	if p.Chance(0.4) {
		colors[2] = p.Near(colors[0])
		colors[3] = p.Against(colors[0])
	}
	warp, noise := textureWarp(p, 0.12), p.Noise()
	side, long, split := p.Range(0.25, 0.5), p.Range(0.8, 1.25), p.Range(0.4, 0.6)
	bevel, joint, grain := max(0, p.Range(-0.4, 0.4)), max(0, p.Range(-0.06, 0.06)), p.Range(0, 0.35)
	part := func(t float64) (int, float64) { // which field of the pair, and where in it
		t -= math.Floor(t)
		if t < split {
			return 0, t / split
		}
		return 1, (t - split) / (1 - split)
	}
	textureFill(p, func(x, y float64) Color {
		u, v := warp(x, y)
		i, s := part(u / (2 * side))
		j, t := part(v / (2 * side * long))
		near := min(s, t, 1-s, 1-t)
		if near < joint {
			return p.Ink
		}
		c := colors[i^j+2*j].Dark(0.2*grain + grain*noise(5*x, 5*y))
		if near < 0.16 && (near == s || near == t) {
			return c.Light(bevel)
		} else if near < 0.16 {
			return c.Dark(bevel)
		}
		return c
	})
}

// dots are round spots in rows, straight or offset, some of two sizes, ringed
// or with a spot within.
func dots(p *Pen) {
	colors := textureColors(p, p.Int(2, 4))
	ground, dot, last := colors[0], colors[1:], p.Against(colors[1])
	warp := textureWarp(p, 0.12)
	pitch, offset := p.Range(0.35, 0.6), float64(p.IntN(2))/2
	big, small := p.Range(0.26, 0.4), p.Range(0.15, 0.4)
	inner, stripe, shade := max(0, p.Range(-0.7, 0.7)), max(0, p.Range(-1, 0.5)), max(0, p.Range(-0.5, 0.5))
	small = maybe(p, small, 0.5, big)
	textureFill(p, func(x, y float64) Color {
		u, v := warp(x/pitch, y/pitch)
		row := math.Round(v)
		odd := int(row) & 1
		u += offset * float64(odd)
		column := math.Round(u)
		r := big
		if (int(column)+odd)&1 == 1 {
			r = small
		}
		dx, dy := u-column, v-row
		d := math.Hypot(dx, dy)
		c := dot[(int(column)+2*int(row)+300)%len(dot)].Dark(shade * (dx + dy) / r)
		if d < inner*r {
			c = last
		}
		back := ground.Dark(stripe * float64(odd))
		return Mix(c, back, (d-r)/0.06+0.5)
	})
}

// hexagons is a honeycomb: walls around deep cells, some of them full or
// closed, or a floor of bevelled tiles.
func hexagons(p *Pen) {
	wax := textureHue(p, 0.11, 0.7, 0.9)
	deep := Mix(wax.Dark(0.75), p.Color(), max(0, p.Range(-0.6, 0.6)))
	honey, tile := Mix(wax, p.Color(), 0.4), p.Chance(0.3)
	kinds := newCells(p, 0)
	size, wall, slant := p.Range(0.3, 0.55), p.Range(0.04, 0.1), p.Range(0.1, 0.2)
	full := 0.5 * max(0, p.Range(-1, 1))
	lx, ly := p.toLight()
	const tall = 1.7320508 // the square root of 3
	textureFill(p, func(x, y float64) Color {
		x, y = x/size, y/size
		ax, ay := math.Round(x), math.Round(y/tall)*tall
		bx, by := math.Floor(x)+0.5, (math.Floor(y/tall)+0.5)*tall
		if (x-bx)*(x-bx)+(y-by)*(y-by) < (x-ax)*(x-ax)+(y-ay)*(y-ay) {
			ax, ay = bx, by
		}
		dx, dy := x-ax, y-ay
		edge := 0.5 - max(math.Abs(dx), 0.5*math.Abs(dx)+0.8660254*math.Abs(dy))
		kind := kinds.size[kinds.id(int(math.Floor(2*ax)), int(math.Round(ay)))]
		towards := 2 * (dx*lx + dy*ly)
		switch {
		case edge < wall && tile:
			return deep
		case edge < wall:
			return wax.Light(0.4 - 3*edge)
		case tile && edge < wall+slant:
			return Mix(wax, honey, 2*kind-0.5).Dark(-0.5 * towards).Light(0.5 * towards)
		case tile:
			return Mix(wax, honey, 2*kind-0.5).Light(0.15 * kind)
		case kind < full:
			return honey.Dark(-0.6 * towards).Light(1.6 * max(0, towards-0.35))
		case edge < wall+slant: // the far wall of the cell lies in the light
			return Mix(wax, deep, 0.35+0.6*towards)
		}
		return deep.Dark(0.2 + 0.6*towards)
	})
}

// rays burst from a centre, of one width or two, straight or notched, with or
// without a disc.
func rays(p *Pen) {
	x0, y0 := p.Range(-0.4, 0.4), p.Range(-0.4, 0.4)
	bands := textureBands(p, 2*p.Int(1, 2), 2)
	count, disc, glow := float64(p.Int(6, 14)), max(0, p.Range(-0.3, 0.4)), p.Range(-0.7, 0.7)
	bright, rim := p.Color(), p.Color()
	wave, steps := max(0, p.Range(-0.2, 0.1)), p.Range(4, 9)
	textureFill(p, func(x, y float64) Color {
		dx, dy := x-x0, y-y0
		r := math.Hypot(dx, dy)
		t := count * math.Atan2(dy, dx) / (2 * math.Pi)
		c := bands(t + wave*math.Sin(steps*r))
		c = c.Light(glow * (1 - r)).Dark(-glow * (1 - r))
		if r > disc+0.05 {
			return c
		}
		if r > disc-0.03 {
			return rim
		}
		return bright.Light(0.5 * (1 - r/disc))
	})
}

// spiral is a whirl of one to six arms, logarithmic or Archimedean.
func spiral(p *Pen) {
	x0, y0 := p.Range(-0.35, 0.35), p.Range(-0.35, 0.35)
	arms := float64(p.Int(1, 6))
	bands := textureBands(p, 2, 2)
	wind, logarithmic := min(3.5, arms/(2*math.Pi*p.Range(0.1, 0.5))), p.Chance(0.6)
	if !logarithmic {
		wind = p.Range(1.3, 2.6) + 0.1*arms
	}
	wind *= p.Sign()
	eye, hole, fade := p.Color(), p.Range(0.03, 0.12), p.Range(-0.5, 0.5)
	textureFill(p, func(x, y float64) Color {
		dx, dy := x-x0, y-y0
		r := math.Hypot(dx, dy)
		t := arms * math.Atan2(dy, dx) / (2 * math.Pi)
		if logarithmic {
			t += wind * math.Log(r+0.02)
		} else {
			t += wind * r
		}
		c := bands(t).Dark(fade * (r - 0.5)).Light(fade * (0.5 - r))
		return Mix(eye, c, (r-hole)/0.05+0.5)
	})
}

// stripes are straight bands of varied widths in two to four colours.
func stripes(p *Pen) {
	colours := p.Int(2, 4)
	count := colours * p.Int(1, 6/colours)
	bands, warp := textureBands(p, count, colours), textureWarp(p, 0.04)
	noise, grain := p.Noise(), p.Range(0, 0.3)
	period := float64(count) * p.Range(0.12, 0.3)
	textureFill(p, func(x, y float64) Color {
		u, _ := warp(x, y)
		return bands(u / period).Dark(grain * (0.3 + noise(9*u, 1.5*y)))
	})
}

// waves are wavy bands, all alike or each wave of its own height.
func waves(p *Pen) {
	colours := p.Int(2, 4)
	bands, noise := textureBands(p, colours, colours), p.Noise()
	period, length := float64(colours)*p.Range(0.14, 0.28), p.Range(0.5, 1.1)
	height, steep, wild := length*p.Range(0.14, 0.21), p.Range(-0.2, 0.2), max(0, p.Range(-0.2, 0.25))
	drift := p.Range(-0.15, 0.15)
	textureFill(p, func(x, y float64) Color {
		a := 2*math.Pi*(x+drift*y)/length + 2*wild*noise(x, 2*y)
		a += steep * math.Sin(a) // leans the crests
		s := math.Sin(a)
		s *= 1.4 - 0.4*s*s // rounds the crests
		return bands((y + height*(1+wild*math.Sin(2*x+y))*s) / period)
	})
}

// weave is bands over and under one another, plain or in twill.
func weave(p *Pen) {
	across := p.Color()
	along := p.MaybeAny(across, 0.6)
	gap := Mix(across, along, 0.5).Dark(p.Range(0.7, 0.9))
	pitch, width := p.Range(0.22, 0.4), p.Range(0.42, 0.48)
	twill, threads, round := p.Chance(0.3), p.Range(2, 4), p.Range(0.3, 0.7)
	warp := textureWarp(p, 0.15)
	textureFill(p, func(x, y float64) Color {
		u, v := warp(x/pitch, y/pitch)
		i, j := math.Floor(u), math.Floor(v)
		s, t := u-i-0.5, v-j-0.5
		over, run := (int(i)+int(j))&1 == 0, 0.5
		if twill {
			k := (int(i) + int(j)) & 3
			over, run = k < 2, 1
			if over {
				s += float64(k) - 0.5
			} else {
				t += 2.5 - float64(k)
			}
		}
		c := across
		if !over {
			s, t, c = t, s, along
		}
		// Now s runs along the band on top and t across it.
		if math.Abs(t) > width {
			return gap
		}
		t /= width
		bend := s / run
		c = c.Dark(round*t*t + 0.5*bend*bend*bend*bend).Light(0.3 * (1 - 2*t*t - bend*bend))
		return c.Dark(0.12 + 0.12*math.Sin(2*math.Pi*threads*t))
	})
}

// zigzag is chevrons, all alike or with every second leg shaded as if folded.
func zigzag(p *Pen) {
	colours := p.Int(2, 4)
	bands, warp := textureBands(p, colours, colours), textureWarp(p, 0.05)
	period, length := float64(colours)*p.Range(0.13, 0.28), p.Range(0.5, 1)
	height, fold := length*p.Range(0.3, 0.65), max(0, p.Range(-0.4, 0.4))
	middle := 0.5
	if p.Chance(0.3) {
		middle = p.Range(0.3, 0.7)
	}
	textureFill(p, func(x, y float64) Color {
		u, v := warp(x, y)
		t := u/length - math.Floor(u/length)
		if t < middle {
			return bands((v + height*t/middle) / period).Dark(fold)
		}
		return bands((v + height*(1-t)/(1-middle)) / period)
	})
}
