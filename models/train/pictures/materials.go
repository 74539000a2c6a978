package pictures

import "math"

// cells are the regions nearest to the points of a jittered grid, one point to
// each unit square (Worley 1996, "A cellular texture basis function").
type cells struct {
	hash  [256]uint8
	point [256]Point   // within its square
	size  [256]float64 // random from 0 to 1, for the classes to use
	reach [256]float64 // taken off the square of the distance to a point: 0, or a radius squared
}

// cell is a place's position within the region that it lies in.
type cell struct {
	id     uint8   // of the point, an index into size
	dx, dy float64 // from the point to the place
	edge   float64 // distance to the border of the region
}

// newCells draws points that stray from the middles of their squares by up to
// half the jitter.
func newCells(p *Pen, jitter float64) *cells {
	c := &cells{}
	for i, v := range p.Perm(256) {
		c.hash[i] = uint8(v)
		c.point[i] = Point{0.5 + jitter*p.Range(-0.5, 0.5), 0.5 + jitter*p.Range(-0.5, 0.5)}
		c.size[i] = p.Float64()
	}
	return c
}

func (c *cells) id(ix, iy int) uint8 { return c.hash[(ix+int(c.hash[iy&255]))&255] }

func (c *cells) at(x, y float64) cell {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	first, second := 99., 99.
	var near cell
	var next Point
	for j := -1; j <= 1; j++ {
		row := int(c.hash[(iy+j)&255]) + ix
		for i := -1; i <= 1; i++ {
			id := c.hash[(row+i)&255]
			dx, dy := x-fx-float64(i)-c.point[id].X, y-fy-float64(j)-c.point[id].Y
			d := dx*dx + dy*dy - c.reach[id]
			if d < first {
				second, next = first, Point{near.dx, near.dy}
				first, near = d, cell{id: id, dx: dx, dy: dy}
			} else if d < second {
				second, next = d, Point{dx, dy}
			}
		}
	}
	near.edge = (second - first) / (2 * math.Hypot(near.dx-next.X, near.dy-next.Y))
	return near
}

// bubbles are thin spheres with bright rims and glints, apart or as foam.
func bubbles(p *Pen) {
	water := textureHue(p, 0.55, 0.6, 0.4)
	film, rim, noise := p.Near(water.Light(0.2)), Mix(p.Color(), Gray(1), 0.6), p.Noise()
	rim = maybe(p, rim, 0.25, rim.Dark(0.8))
	c, most := newCells(p, 0.6), p.Range(0.45, 0.66)
	for i, s := range c.size {
		c.size[i] = lerp(0.5*most, most, math.Sqrt(s))
		c.reach[i] = c.size[i] * c.size[i]
	}
	pitch, thick, sheen := p.Range(0.4, 0.7), p.Range(0.12, 0.3), p.Range(0, 0.8)
	lx, ly := p.toLight()
	textureFill(p, func(x, y float64) Color {
		q := c.at(x/pitch, y/pitch)
		r := c.size[q.id]
		u, v := q.dx/r, q.dy/r
		n := u*u + v*v
		f := noise(1.5*x, 1.5*y)
		if n > 1 {
			return water.Dark(0.3 + 0.5*f)
		}
		towards := u*lx + v*ly
		body := Mix(film, HSV(n+f, 0.7, 0.8), sheen*n).Dark(0.35 * towards * (1 - n))
		body = Mix(body, rim, Smooth(1-2*thick, 1, max(n, 1-4*q.edge))*(0.7+0.3*math.Abs(towards)))
		glint := math.Hypot(u-0.5*lx, v-0.5*ly) - 0.17
		back := math.Hypot(u+0.62*lx, v+0.62*ly) - 0.1
		return Mix(Gray(1), body, 0.5+6*min(glint, back+0.04))
	})
}

// cracks is dry earth: plates with curled edges and dark gaps between.
func cracks(p *Pen) {
	earth := textureHue(p, 0.08, 0.4, 0.65)
	gap := maybe(p, earth.Dark(p.Range(0.75, 0.95)), 0.15, earth.Light(0.7))
	c, noise := newCells(p, 0.95), p.Noise()
	pitch, width, fine := p.Range(0.5, 0.85), p.Range(0.03, 0.07), max(0, p.Range(-0.04, 0.04))
	lx, ly := p.toLight()
	textureFill(p, func(x, y float64) Color {
		n, m := noise(3*x, 3*y), noise(3*y+40, 7-3*x)
		u, v := x/pitch+0.18*n, y/pitch+0.18*m
		q := c.at(u, v)
		edge := q.edge + 0.03*noise(11*x, 11*y)
		plate := earth.Dark(0.4 * c.size[q.id]).Dark(0.4 * (m + 0.3))
		if fine > 0 && math.Abs(noise(2*u+9, 2*v)) < fine {
			plate = plate.Dark(0.55)
		}
		lit := q.dx*lx + q.dy*ly
		curl := 1 - Smooth(width, width+0.14, edge)
		plate = plate.Light(curl * (0.25 + 0.6*lit)).Dark(0.8 * curl * -lit)
		return Mix(gap, plate, (edge-width)/0.05+0.5)
	})
}

// flames are rows of rising tongues, each from a bright heart to a dark edge.
func flames(p *Pen) {
	shift := 0.
	if p.Chance(0.25) {
		shift = p.Float64()
	}
	hues := [3]Color{
		HSV(shift+p.Range(-0.02, 0.03), 0.95, p.Range(0.5, 0.85)),
		HSV(shift+p.Range(0.05, 0.09), 0.9, 1),
		HSV(shift+p.Range(0.12, 0.16), p.Range(0.3, 0.7), 1),
	}
	night := hues[0].Dark(p.Range(0.6, 1))
	textureFill(p, Linear(0, -1.5, 0, 1.5, night, Mix(night, hues[0], 0.5)))
	step, wide, tall := p.Range(0.45, 0.65), p.Range(0.38, 0.55), p.Range(1, 1.6)
	noise := p.Noise()
	for y := -2.2; y < 4; y += step {
		for x := -3 + p.Range(0, wide); x < 3; x += p.Range(0.9, 1.5) * wide {
			h, w, lean := tall*p.Range(0.6, 1.2), wide*p.Range(0.8, 1.2), p.Sign()*p.Range(0.07, 0.16)
			if !textureSeen(p, x, y-h/2, 0.8) {
				continue
			}
			lean += 0.15 * noise(x, y)
			flamesTongue(p, x, y, w, h, lean, hues[1], hues[0])
			flamesTongue(p, x, y-0.06*h, 0.55*w, 0.6*h, 0.6*lean, hues[2], hues[1])
		}
	}
}

// flamesTongue is one licking tongue from (x, y) upwards, swaying to one side
// and its tip back to the other.
func flamesTongue(p *Pen, x, y, w, h, lean float64, low, tip Color) {
	side := func(s float64) Path {
		return Curve(14, func(t float64) Point {
			sway := lean * (math.Sin(6*t) + 1.5*t*t)
			return Point{x + sway + s*1.3*w*(1-t)*math.Sqrt(t), y - h*t}
		})
	}
	p.Fill(Linear(0, y-0.15*h, 0, y-0.75*h, low, tip), append(side(-1), side(1).Reverse()...))
}

// textureSeen tells whether a place, or one within r of it, is on the picture.
func textureSeen(p *Pen, x, y, r float64) bool {
	px, py := p.place.TransformPoint(x, y)
	r *= math.Hypot(p.place.XX, p.place.YX)
	size := float64(p.dc.Width())
	return px > -r && py > -r && px < size+r && py < size+r
}

// fur is many short hairs along a bending flow, plain or in patches.
func fur(p *Pen) {
	dark := textureHue(p, 0.07, 0.5, 0.35)
	light := Mix(dark, textureHue(p, 0.09, 0.35, 0.95), p.Range(0.6, 1))
	if math.Abs(light.Luma()-dark.Luma()) < 0.3 {
		light = p.Against(dark)
	}
	other := p.MaybeAgainst(light, 0.5, light)
	noise, turns, patch := p.Noise(), p.Range(0.3, 1.2), p.Range(0.8, 1.6)
	length, width := p.Range(0.25, 0.5), p.Range(0.018, 0.03)
	flow := func(x, y float64) float64 { return turns * noise(0.7*x+5, 0.7*y) }
	textureFill(p, func(x, y float64) Color {
		return Mix(dark, light, 0.3+noise(14*(x-y*flow(x, y)), 2*y)).Dark(0.3)
	})
	const layers = 9
	var hairs [2 * layers][]Path
	for y := -2.6; y < 2.6; y += 0.13 {
		for x := -2.6; x < 2.6; x += 0.13 {
			hx, hy, layer := x+p.Range(-0.1, 0.1), y+p.Range(-0.1, 0.1), p.IntN(layers)
			if !textureSeen(p, hx, hy, length) {
				continue
			}
			if noise(patch*hx-9, patch*hy) > 0.1 {
				layer += layers
			}
			sin, cos := math.Sincos(flow(hx, hy) + p.Range(-0.25, 0.25))
			l, bend := length*p.Range(0.6, 1.2), length*p.Range(-0.2, 0.2)
			at := func(u, v float64) Point { return Point{hx + u*cos - v*sin, hy + u*sin + v*cos} }
			hairs[layer] = append(hairs[layer], Path{at(-width, 0), at(bend-0.7*width, 0.6*l), at(0, l), at(bend+0.7*width, 0.6*l), at(width, 0)})
		}
	}
	for i := range layers {
		shade := (float64(i) + p.Range(-1, 1)) / (layers - 1)
		p.Fill(Mix(dark, light, shade), hairs[i]...)
		p.Fill(Mix(other.Dark(0.7), other, shade), hairs[i+layers]...)
	}
}

// knit is columns of V stitches in one colour, in rows or with a motif.
func knit(p *Pen) {
	colors := textureColors(p, 3)
	kind := p.IntN(3)
	var motif [8][8]int
	for i := range motif {
		for j := range 4 {
			switch kind {
			case 0:
				motif[i][j] = max(0, p.IntN(4)-1) // a motif, mirrored below
			case 1:
				motif[i][j] = (i / 2) % 3
			}
			motif[i][7-j] = motif[i][j]
		}
	}
	wide, high, slant := p.Range(0.24, 0.4), p.Range(0.18, 0.28), p.Range(0.7, 1.1)
	deep, ply, warp := p.Range(0.75, 0.95), p.Range(2, 3), textureWarp(p, 0.08)
	textureFill(p, func(x, y float64) Color {
		x, y = warp(x, y)
		u := x / wide
		column := math.Floor(u)
		s := 2 * math.Abs(u-column-0.5) // 0 in the middle of the V, 1 at its sides
		v := y/high + slant*s
		row := math.Floor(v)
		t := 2*(v-row) - 1
		c := colors[motif[int(row)&7][int(column)&7]]
		side := 2*s - 1
		height := 1 - t*t*(0.75+0.25*side*side) - 0.8*side*side*side*side
		c = c.Dark(deep * (1 - 1.15*height)).Light(0.35 * (height - 0.55) * (1 - t))
		return c.Dark(0.14 + 0.14*math.Sin(2*math.Pi*ply*(0.5*t+s)))
	})
}

// leopard is broken dark rings about darker middles on short hair.
func leopard(p *Pen) {
	coat := textureHue(p, 0.1, 0.5, 0.85)
	spot := coat.Dark(p.Range(0.75, 0.95))
	middle := Mix(coat, textureHue(p, 0.07, 0.7, 0.6), p.Range(0.4, 0.9))
	if p.Chance(0.15) {
		coat, spot = coat.Dark(0.8), coat.Light(0.3)
	}
	c, noise := newCells(p, 0.55), p.Noise()
	pitch, ring, thick, broken := p.Range(0.4, 0.62), p.Range(0.27, 0.34), p.Range(0.08, 0.11), p.Range(0.1, 0.35)
	long := p.Range(1, 1.4)
	textureFill(p, func(x, y float64) Color {
		n, m := noise(4*x, 4*y), noise(4*y+30, 9-4*x)
		q := c.at(x/pitch+0.12*n, y/(long*pitch)+0.12*m)
		r := ring * (0.75 + 0.4*c.size[q.id])
		hair := 0.25 * (0.5 + noise(18*x, 5*y))
		d := math.Hypot(q.dx, q.dy)
		if c.size[q.id] < 0.15 {
			return Mix(spot, coat, (d-0.16)/0.06).Dark(hair)
		}
		body := Mix(middle, coat, (d-r)/0.06+0.5)
		away := math.Abs(d - r)
		if away > thick+0.03 {
			return body.Dark(hair)
		}
		away += 0.35 * max(0, noise(2.6*x/pitch+50, 2.6*y/pitch)-broken)
		return Mix(spot, body, Smooth(thick-0.03, thick+0.03, away)).Dark(hair)
	})
}

// marble is clouded stone with fine branching veins.
func marble(p *Pen) {
	stone := p.MaybeAny(textureHue(p, 0.1, 0.15, 0.85), 0.4)
	vein, cloud := p.Against(stone), Mix(stone, p.Color(), p.Range(0.15, 0.45))
	noise := p.Noise()
	f, thin, second := p.Range(0.8, 1.3), p.Range(0.05, 0.1), p.Range(0.2, 0.9)
	sin, cos := math.Sincos(p.Range(0, math.Pi))
	textureFill(p, func(x, y float64) Color {
		a := noise(2*x+3, 2*y)
		b := noise(4.5*x, 4.5*y+8) + 0.25*noise(10*x, 10*y)
		u, v := f*x+0.35*a+0.12*b, f*y+0.3*b-0.25*a
		n := math.Abs(noise(1.6*(u*cos+v*sin), 0.8*(v*cos-u*sin)))
		m := math.Abs(noise(2.2*u+20, 2.2*v))
		c := Mix(stone, cloud, 0.5+a).Dark(0.25 * b)
		c = Mix(c, vein, 0.5*(1-Smooth(0, 5*thin, n)))
		c = Mix(c, vein, second*(1-Smooth(0, 0.7*thin, m)))
		return Mix(c, vein, 1-Smooth(0.2*thin, thin, n))
	})
}

// pebbles are rounded stones, plain, speckled or banded, with smaller ones in
// the shadow between.
func pebbles(p *Pen) {
	colors := [4]Color{textureHue(p, 0.08, 0.2, 0.7), textureHue(p, 0.6, 0.15, 0.5), textureHue(p, 0.05, 0.4, 0.55), textureHue(p, 0.1, 0.1, 0.9)}
	c, noise := newCells(p, 0.7), p.Noise()
	pitch, long, wet, small := p.Range(0.38, 0.62), p.Range(1, 1.4), p.Range(0, 0.9), p.Range(0.35, 0.6)
	ground := colors[0].Dark(p.Range(0.75, 0.95))
	lx, ly := p.toLight()
	stone := func(x, y float64) (Color, float64) { // with the distance to its border
		q := c.at(x, y/long)
		d, s := math.Hypot(q.dx, q.dy), c.size[q.id]
		edge := min(q.edge+0.45*(0.4-d), 0.53-d)
		c := colors[q.id&3].Dark(0.35 * s)
		n := noise(6*x, 6*y)
		if q.id&12 == 0 { // banded
			c = c.Light(0.5 * Smooth(0.75, 0.95, math.Sin(16*(q.dx*s+q.dy*(1-s))+n)))
		}
		lit := 2.2 * (q.dx*lx + q.dy*ly)
		round := 1 - Smooth(0, 0.27, edge)
		c = c.Dark(0.3 * n).Dark(0.65 * round * (0.75 - lit)).Light(0.4 * max(0, lit))
		glint := math.Hypot(q.dx-0.16*lx, q.dy-0.16*ly)
		return c.Light(wet * (1 - Smooth(0.02, 0.14, glint))), edge
	}
	textureFill(p, func(x, y float64) Color {
		x, y = x/pitch, y/pitch
		upper, edge := stone(x, y)
		if edge > 0.05 {
			return upper
		}
		below, gap := stone(x/small+7, y/small+7)
		below = Mix(ground, below.Dark(0.5), gap/0.1).Dark(0.8 * Smooth(-0.15, 0.05, edge))
		return Mix(below, upper, edge/0.05)
	})
}

// scales overlap in rows like a fish's or a roof's, each with a rim, a ridge
// or ribs, and the shadow of the row above.
func scales(p *Pen) {
	colors := textureColors(p, 2)
	body, rim := colors[0], Mix(colors[0], colors[1], p.Range(0.6, 1))
	other := p.MaybeAny(p.Near(body), 0.4)
	wide, step, point := p.Range(0.35, 0.6), p.Range(0.42, 0.6), max(0, p.Range(-0.5, 0.5))
	edge, ribs, shine := p.Range(0.08, 0.2), max(0, p.Range(-9, 9)), p.Range(0.2, 0.6)
	patch := p.Noise()
	textureFill(p, func(x, y float64) Color {
		u, v := x/wide, y/wide
		first, above := math.Ceil((v-0.62)/step), 9.
		for row := first; ; row++ {
			shift := 0.5 * float64(int(row)&1)
			dx := u - shift - math.Round(u-shift)
			dy := v - row*step
			d := math.Hypot(dx, dy) / 0.58
			if dy > 0 {
				d += point * math.Abs(dx) * dy // narrows towards a tip
				d /= 1 + 0.1*point
			}
			if d > 1 && row < first+3 {
				above = d // how far the place lies below the scale before it
				continue
			}
			c := Mix(body, other, 0.5+1.2*patch(1.3*(u-dx), row*step))
			c = c.Light(shine * Smooth(-0.1, 0.5, dy)).Dark(0.7 * (1 - Smooth(1, 1.35, above)))
			c = c.Dark(0.25 * math.Abs(math.Sin(ribs*math.Atan2(dx, dy+0.6))))
			return Mix(c, rim, (d-1+edge)/0.08+0.5).Dark(0.5 * Smooth(0.95, 1, d))
		}
	})
}

// wood is growth rings cut lengthwise, flowing around knots, in one board or
// several.
func wood(p *Pen) {
	early := textureHue(p, 0.08, 0.55, 0.75)
	late := early.Dark(p.Range(0.55, 0.8))
	noise, shift := p.Noise(), newCells(p, 1)
	board, gap, rings := 9., 0., p.Range(4, 8)
	if p.Chance(0.5) {
		board, gap = p.Range(0.5, 0.9), p.Range(0.03, 0.06)
	}
	var knots [4][3]float64
	for i := range knots {
		knots[i] = [3]float64{p.Range(-0.4, 0.4) + 1.1*float64(i) - 1.8, min(board, 2) * p.Range(-0.4, 0.4), p.Range(0.1, 0.2)}
	}
	textureFill(p, func(x, y float64) Color {
		row := math.Floor(y/board + 0.5)
		at := y - row*board
		s := shift.size[int(row)&255]
		u := x + 2*s - 1
		t := at + 0.25*noise(0.5*u+40*s, 1.2*at)
		knot := 9.
		for _, k := range knots {
			dx, dy := (u-k[0])/1.7, at-k[1]
			d := math.Sqrt(dx*dx+dy*dy) / k[2]
			if d < 1 {
				t = 0.5 * k[2] * d
			} else {
				t -= dy / (d * d)
			}
			knot = min(knot, d)
		}
		t *= rings
		t -= math.Floor(t)
		c := Mix(early, late, t*t*Smooth(1, 0.85, t)+0.15*s)
		c = c.Dark(0.25 * (0.4 + noise(2*x, 26*y)))
		c = Mix(late.Dark(0.5), c, 0.3+Smooth(0.3, 1.3, knot))
		return Mix(late.Dark(0.8), c, (0.5*board-math.Abs(at)-gap)/0.03+0.5)
	})
}
