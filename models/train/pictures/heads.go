package pictures

import "math"

var heads = []Class{
	{Name: "cat", Turn: 0.3, draw: cat},
	{Name: "dog", Turn: 0.3, draw: dog},
	{Name: "elephant", Turn: 0.3, draw: elephant},
	{Name: "eye", Turn: 0.3, draw: eye},
	{Name: "face", Turn: 0.3, draw: face},
	{Name: "frog", Turn: 0.3, draw: frog},
	{Name: "lion", Turn: 0.3, draw: lion},
	{Name: "monkey", Turn: 0.3, draw: monkey},
	{Name: "owl", Turn: 0.3, draw: owl},
}

// headEyes is the look of a pair of eyes: the iris and the pupil are parts of
// the eyeball's radius, the pupil slit times as wide as high.
type headEyes struct {
	white, iris, rim         Color
	iris0, pupil, slit       float64
	high, lean, lookX, lookY float64
}

// headLook draws a pair of round eyes with any natural iris.
func headLook(p *Pen) headEyes {
	iris := p.MaybeHSV(p.HSV(0.03, 0.65, 0.5, 0.95, 0.45, 0.95), 0.35, 0.04, 0.09, 0.6, 0.9, 0.3, 0.6) // brown
	return headEyes{
		white: Gray(p.Range(0.9, 1)), iris: iris, rim: Gray(p.Range(0, 0.12)),
		iris0: p.Range(0.68, 0.9), pupil: p.Range(0.36, 0.62), slit: 1,
		high: 1, lookX: p.Range(-0.16, 0.16), lookY: p.Range(-0.12, 0.12),
	}
}

// draw draws the eyes of radius r about (-x, y) and (x, y).
func (e headEyes) draw(p *Pen, x, y, r float64) {
	for _, side := range []float64{-1, 1} {
		p.At(side*x, y, -side*e.lean, r, func() {
			p.Fill(e.rim, Ellipse(0, 0, 1.2, e.high+0.2))
			p.Fill(e.white, Ellipse(0, 0, 1, e.high))
			iris := min(e.iris0, e.high)
			cx, cy := e.lookX*(1.3-iris)*3, e.lookY*(e.high-iris)
			p.Fill(Radial(cx, cy+0.3*iris, 1.2*iris, e.iris.Light(0.45), e.iris.Dark(0.5)), Circle(cx, cy, iris))
			p.Fill(Gray(0.02), Ellipse(cx, cy, iris*max(0.12, e.pupil*e.slit), iris*min(0.92, e.pupil/math.Sqrt(e.slit))))
			lx, ly := p.toLight()
			p.Fill(Gray(1), Circle(cx+0.42*iris*lx, cy+0.42*iris*ly, 0.26))
			p.Fill(Gray(1).Alpha(0.6), Circle(cx-0.5*iris*lx, cy-0.5*iris*ly, 0.12))
		})
	}
}

// headCoat is a coat's colour: mostly a natural one, else any.
func headCoat(p *Pen, h0, h1, s0, s1, v0, v1 float64) Color {
	if p.Chance(0.22) {
		return p.HSV(0, 1, 0.3, 0.9, 0.4, 0.95)
	}
	return p.HSV(h0, h1, s0, s1, v0, v1)
}

// headMark is the colour of marks that show on a coat.
func headMark(p *Pen, coat Color) Color {
	if coat.Luma() > 0.42 {
		return coat.Dark(p.Range(0.5, 0.75))
	}
	return coat.Light(p.Range(0.5, 0.75))
}

// headFur is the paint of a round furry body: hairs run away from (cx, cy).
func headFur(p *Pen, c Color, cx, cy, r float64) Field {
	ball, noise, fine := p.Ball(c, cx, cy, 1.2*r), p.Noise(), p.Range(5, 9)
	return func(x, y float64) Color {
		dx, dy := x-cx, y-cy
		k := fine/(math.Sqrt(dx*dx+dy*dy)+0.05) + 2.5
		return ball(x, y).Lit(noise(k*dx, k*dy), 0.45, 0.6)
	}
}

// headSkin is the paint of a bare round body, blotched by up to depth.
func headSkin(p *Pen, c Color, cx, cy, r, bumps, depth float64) Field {
	ball, noise := p.Ball(c, cx, cy, 1.2*r), p.Noise()
	return func(x, y float64) Color {
		return ball(x, y).Dark(depth * clamp(0.35+noise(bumps*x, 1.6*bumps*y)))
	}
}

// headOutline is a closed smooth outline whose right half, from the top of the
// middle line to its bottom, is given.
func headOutline(half ...float64) Path {
	for i := len(half) - 4; i >= 2; i -= 2 {
		half = append(half, -half[i], half[i+1])
	}
	return Loop(half...)
}

// headShag makes an outline about the origin shaggy, with tufts up to depth.
func headShag(p *Pen, path Path, depth float64) Path {
	for i := range path {
		if i%2 == 1 {
			k := 1 + p.Range(0.3, 1)*depth
			path[i] = Point{k * path[i].X, k * path[i].Y}
		}
	}
	return path
}

// headMuzzle draws two puffed cheeks of radius r under a nose at (0, y), the
// mouth between them, and whiskers where long is not 0.
func headMuzzle(p *Pen, c, nose Color, y, r, long float64) {
	p.Shape(c.Dark(0.25), Ellipse(0, y+1.35*r, 0.6*r, 0.65*r)) // chin
	for _, side := range []float64{-1, 1} {
		p.Fill(p.Ball(c, side*0.75*r, y+0.6*r, 1.2*r), Ellipse(side*0.75*r, y+0.65*r, 0.95*r, 0.8*r))
	}
	dark := Gray(0.06)
	smile := Arc(0.75*r, y+0.7*r, 0.75*r, 0.7*r, math.Pi, 0.25*math.Pi)
	p.Stroke(dark, 0.05, smile, smile.Mirror(), Polygon(0, y, 0, y+0.7*r))
	p.Shape(Linear(0, y-0.4*r, 0, y+0.3*r, nose.Light(0.35), nose.Dark(0.4)), headOutline(0, y-0.35*r, 0.55*r, y-0.35*r, 0.4*r, y+0.05*r, 0, y+0.35*r))
	p.Fill(nose.Dark(0.8), Circle(0.22*r, y, 0.1*r), Circle(-0.22*r, y, 0.1*r))
	p.Fill(Gray(1).Alpha(0.7), Ellipse(0.12*r, y-0.22*r, 0.14*r, 0.06*r))
	if long == 0 {
		return
	}
	hair := maybe(p, p.Against(c), 0.6, Gray(0.97))
	for i := range 3 {
		dy := 0.22*float64(i) - 0.25
		w := Spline(0.8*r, y+0.6*r+0.5*dy*r, r+0.4*long, y+0.4*r+0.5*dy, r+long, y+0.45*r+1.1*dy+p.Range(-0.06, 0.06))
		p.Stroke(hair, 0.03, w, w.Mirror())
		p.Fill(dark, Circle(0.75*r, y+0.6*r+0.9*dy*r, 0.03), Circle(-0.75*r, y+0.6*r+0.9*dy*r, 0.03))
	}
}

// cat has pointed ears, whiskers, and often stripes or a white blaze.
func cat(p *Pen) {
	coat := headCoat(p, 0.03, 0.12, 0.05, 0.75, 0.22, 0.95)
	mark, pink := headMark(p, coat), p.HSV(-0.05, 0.04, 0.25, 0.55, 0.7, 0.95)
	wide, tip, top := p.Range(0.74, 0.86), p.Range(0.62, 0.82), p.Range(-1.05, -0.95)
	ear := append(Spline(0.1, -0.45, 0.22, -0.62, tip, top), Spline(tip, top, wide, -0.5, 0.95*wide, 0)...)
	p.ShapePair(headFur(p, coat.Dark(0.1), 0, 0, 1), ear)
	middle := Point{(tip + 0.5) / 2, -0.55}
	inner := make(Path, len(ear))
	for i, q := range ear {
		inner[i] = Point{middle.X + 0.58*(q.X-middle.X), middle.Y + 0.68*(q.Y-middle.Y)}
	}
	p.FillPair(Linear(0, top, 0, -0.3, pink, pink.Dark(0.5)), inner)
	head := headOutline(0, -0.6, 0.45*wide, -0.58, 0.95*wide, -0.15, wide, 0.3, 0.6*wide, 0.72, 0, p.Range(0.82, 0.92))
	p.Shape(headFur(p, coat, 0, 0.1, 0.8), headShag(p, head, p.Range(0, 0.12)))
	switch pattern := p.Float64(); {
	case pattern < 0.5: // tabby
		for i := range p.Int(2, 3) {
			x := 0.17 * float64(i)
			a := Tube(Spline(x, -0.58, 0.7*x, -0.42, 0.5*x+0.03, -0.24), p.Range(0.04, 0.06), 0.015)
			b := Tube(Spline(0.97*wide, 0.3*float64(i)-0.15, 0.85*wide, 0.26*float64(i), 0.62*wide, 0.2*float64(i)+0.08), 0.05, 0.01)
			for _, stripe := range []Path{a, b} {
				p.FillPair(mark, stripe)
			}
		}
	case pattern < 0.75: // a blaze
		p.Fill(headFur(p, Gray(0.93), 0, 0.2, 1), headOutline(0, -0.5, 0.08, -0.35, 0.14, 0, 0.5, 0.45, 0.3, 0.78, 0, 0.86))
	case pattern < 0.9: // half of another colour
		p.Fill(headFur(p, mark, 0, 0, 0.8), Loop(0.03, -0.58, 0.4, -0.53, 0.9*wide, -0.1, 0.7*wide, 0.3, 0.2, 0.15))
	}
	eyes := headLook(p)
	eyes.iris = p.HSV(0.09, 0.58, 0.5, 0.95, 0.65, 1)
	eyes.white = eyes.iris.Light(0.3)
	eyes.iris0, eyes.pupil, eyes.slit = 0.95, p.Range(0.6, 0.75), p.Range(0.12, 0.95)
	eyes.high, eyes.lean = p.Range(0.75, 1), p.Range(0.1, 0.45)
	p.At(p.Range(-0.08, 0.08), p.Range(-0.05, 0.05), 0, 1, func() { // the face looks to a side
		eyes.draw(p, p.Range(0.35, 0.4), p.Range(-0.12, -0.04), p.Range(0.2, 0.26))
		headMuzzle(p, Mix(coat, Gray(1), p.Range(0.4, 0.9)), pink.Dark(p.Range(0, 0.5)), p.Range(0.24, 0.32), p.Range(0.2, 0.25), p.Range(0.65, 0.85))
	})
}

// dog has hanging ears, a snout with a big nose, and often its tongue out.
func dog(p *Pen) {
	coat := headCoat(p, 0.05, 0.11, 0.1, 0.75, 0.25, 0.97)
	mark, wide := headMark(p, coat), p.Range(0.55, 0.68)
	pale := Mix(coat, Gray(1), p.Range(0.3, 0.9))
	head := headOutline(0, -0.86, 0.7*wide, -0.78, wide, -0.35, 0.95*wide, 0.1, 0.75*wide, 0.5, 0, 0.75)
	p.Shape(headFur(p, coat, 0, -0.1, 0.8), headShag(p, head, p.Range(0, 0.1)))
	eyeX, eyeY, eyeR := p.Range(0.27, 0.32), p.Range(-0.28, -0.2), p.Range(0.16, 0.2)
	if p.Chance(0.45) { // a patch about an eye
		p.Fill(headFur(p, mark, eyeX, eyeY, 0.4), Loop(0.06, eyeY-0.15, 0.4, -0.66, 0.96*wide, -0.3, 0.85*wide, 0.06, 0.2, 0.05))
	}
	if p.Chance(0.5) { // a blaze
		p.Fill(headFur(p, pale, 0, 0, 1), headOutline(0, -0.82, 0.1, -0.6, 0.1, -0.2, 0.3, 0.2, 0, 0.5))
	}
	long, out := p.Range(0.1, 0.65), p.Range(0.85, 1)
	flap := maybe(p, mark, 0.4, coat.Dark(0.35))
	ear := Loop(0.55*wide, -0.84, 0.8*out, -0.78, out, -0.3, out, 0.7*long, 0.84*out, long+0.08, 0.98*wide, 0.5*long, 0.9*wide, -0.35)
	p.ShapePair(headFur(p, flap, 0, -0.9, 1), headShag(p, ear, p.Range(0, 0.06)))
	for i := range 4 { // hair on the ears
		x := lerp(wide, out, 0.25+0.2*float64(i))
		hair := Spline(0.85*x, -0.55, x, -0.2, 0.97*x, 0.7*long)
		p.Stroke(flap.Dark(0.45), 0.025, hair, hair.Mirror())
	}
	eyes := headLook(p)
	eyes.iris0, eyes.high = p.Range(0.82, 0.97), p.Range(0.85, 1.05)
	eyes.draw(p, eyeX, eyeY, eyeR)
	if p.Chance(0.6) { // brows
		brow := Arc(eyeX, eyeY, 1.3*eyeR, 1.6*eyeR, -2.2, -1.1)
		p.Stroke(headMark(p, coat), 0.07, brow, brow.Mirror())
	}
	dogSnout(p, pale)
}

// dogSnout is the muzzle of a dog with nose, mouth, and mostly the tongue.
func dogSnout(p *Pen, pale Color) {
	y, r := p.Range(0.12, 0.22), p.Range(0.38, 0.46)
	if p.Chance(0.7) { // tongue
		pink, tip := p.HSV(-0.05, 0.02, 0.45, 0.7, 0.8, 1), p.Range(0.85, 1.02)
		p.Shape(Linear(0, 0.5, 0, tip, pink.Dark(0.4), pink), headOutline(0, 0.5, 0.17, 0.5, 0.18, tip-0.12, 0, tip))
		p.Stroke(pink.Dark(0.5), 0.03, Polygon(0, 0.5, 0, tip-0.12))
	}
	p.Shape(headFur(p, pale, 0, y, r), headOutline(0, y-0.28, 0.6*r, y-0.15, r, y+0.28, 0.6*r, y+0.5, 0, y+0.42))
	smile := Spline(0, y+0.1, 0, y+0.3, 0.5*r, y+0.42, 0.85*r, y+0.3)
	p.Stroke(Gray(0.05), 0.05, smile, smile.Mirror())
	for i := range 3 {
		x, dy := 0.2+0.07*float64(i), 0.22+0.05*float64(i%2)
		p.Fill(Gray(0.1), Circle(x, y+dy, 0.02), Circle(-x, y+dy, 0.02))
	}
	nose := Mix(Gray(0.07), HSV(0.02, 0.5, 0.4), p.Range(0, 0.8))
	p.Fill(Linear(0, y-0.22, 0, y+0.12, nose.Light(0.25), nose.Dark(0.6)), headOutline(0, y-0.2, 0.18, y-0.18, 0.22, y-0.04, 0.1, y+0.1, 0, y+0.13))
	p.Fill(Gray(1).Alpha(0.8), Ellipse(-0.06, y-0.13, 0.08, 0.035))
}

// elephant has fans of ears at both sides, a ringed trunk and mostly tusks.
func elephant(p *Pen) {
	skin := headCoat(p, 0.5, 0.68, 0.02, 0.3, 0.4, 0.8)
	rose := Mix(skin, HSV(p.Range(-0.06, 0.04), 0.45, 0.85), p.Range(0.3, 0.8))
	top, low := p.Range(-0.95, -0.7), p.Range(0.1, 0.5)
	ear := func(k float64) Path {
		return Loop(0.3, -0.55*k-0.05, lerp(0.6, 0.7, k), k*top, k*1.03, -0.5*k, k*0.98, k*0.05, lerp(0.5, 0.7, k), k*low, 0.4, 0.2*k)
	}
	p.ShapePair(headSkin(p, skin.Dark(0.12), 0, -0.2, 1, 4, 0.4), ear(1))
	p.Fill(Linear(1, -0.3, 0.3, -0.1, rose, rose.Dark(0.45)), ear(0.8))
	p.Fill(Linear(-1, -0.3, -0.3, -0.1, rose, rose.Dark(0.45)), ear(0.8).Mirror())
	for i := range 3 { // veins
		vein := Spline(0.4, -0.2, 0.6, -0.35+0.2*float64(i), 0.78, -0.5+0.3*float64(i))
		p.Stroke(rose.Dark(0.5), 0.025, vein, vein.Mirror())
	}
	p.Shape(headSkin(p, skin, 0, -0.3, 0.7, 3.5, 0.4), headOutline(0, -0.82, 0.25, -0.88, 0.48, -0.6, 0.47, -0.15, 0.36, 0.2, 0, 0.32))
	if p.Chance(0.8) {
		tusk := Tube(Spline(0.24, 0.12, 0.38, 0.45, p.Range(0.42, 0.62), p.Range(0.6, 0.85)), p.Range(0.08, 0.11), 0.015)
		p.ShapePair(Linear(0.2, 0, 0.5, 0.8, HSV(0.12, 0.35, 0.75), HSV(0.13, 0.08, 1)), tusk)
	}
	elephantTrunk(p, skin)
	eyes := headLook(p)
	x, y, r := p.Range(0.3, 0.34), p.Range(-0.34, -0.24), p.Range(0.13, 0.17)
	for i := range 2 { // wrinkles
		k := 1.5 + 0.4*float64(i)
		fold := Arc(x, y, k*r, k*r, 0.4, 2.5)
		p.Stroke(skin.Dark(0.6), 0.03, fold, fold.Mirror(), Arc(0, -0.55-0.13*float64(i), 0.25, 0.06, 0.4, 2.7))
	}
	eyes.draw(p, x, y, r)
}

// elephantTrunk hangs down, curls to a side, or is raised.
func elephantTrunk(p *Pen, skin Color) {
	side := p.Sign()
	trunk := Spline(0, -0.3, 0, 0.2, 0.04*side, 0.55, 0.06*side, 0.8, 0.24*side, 0.95, 0.42*side, p.Range(0.8, 0.95))
	switch pose := p.Float64(); {
	case pose < 0.35: // hanging down
		trunk = Spline(0, -0.3, 0, 0.2, -0.06*side, 0.55, p.Range(-0.1, 0.2)*side, 0.98)
	case pose < 0.55: // raised
		trunk = Spline(0, -0.3, 0, 0.3, 0.12*side, 0.72, 0.45*side, 0.8, 0.68*side, 0.55, 0.6*side, 0.25)
	}
	thick, thin := p.Range(0.22, 0.27), p.Range(0.09, 0.12)
	p.Shape(headSkin(p, skin.Light(0.08), 0, 0, 0.8, 3, 0.4), Tube(trunk, thick, thin))
	p.Fill(headSkin(p, skin, 0, -0.3, 0.7, 3.5, 0.4), Ellipse(0, -0.34, 0.3, 0.2))
	for i := 7; i < len(trunk)-1; i += 3 { // rings
		q, next := trunk[i], trunk[i+1]
		t := float64(i) / float64(len(trunk))
		p.At(q.X, q.Y, math.Atan2(next.Y-q.Y, next.X-q.X), lerp(thick, thin, t), func() {
			p.Stroke(skin.Dark(0.55), 0.05/thick*0.6, Arc(-0.2, 0, 0.35, 0.85, -1.4, 1.4))
		})
	}
	end := trunk[len(trunk)-1]
	p.Fill(skin.Dark(0.7), Ellipse(end.X, end.Y, 0.6*thin, 0.5*thin))
}

// lion has a mane of locks all about its face.
func lion(p *Pen) {
	coat := headCoat(p, 0.08, 0.13, 0.4, 0.75, 0.65, 0.97)
	mane := p.MaybeAgainst(p.HSV(0.02, 0.1, 0.5, 0.95, 0.25, 0.75), 0.25, coat)
	lionMane(p, mane)
	for _, x := range []float64{-0.45, 0.45} { // ears
		p.Shape(headFur(p, coat.Dark(0.1), x, -0.5, 0.2), Circle(x, -0.54, 0.2))
		p.Fill(Radial(x, -0.52, 0.13, coat.Dark(0.75), coat.Dark(0.4)), Circle(x, -0.52, 0.12))
	}
	wide := p.Range(0.46, 0.56)
	p.Shape(headFur(p, coat, 0, 0, 0.7), headOutline(0, -0.55, 0.7*wide, -0.48, wide, -0.1, 0.85*wide, 0.25, 0.6*wide, 0.58, 0, 0.7))
	for i := range 3 { // marks on the brow
		x := 0.05 + 0.08*float64(i)
		mark := Polygon(x, -0.47+0.04*float64(i), 0.7*x, -0.33)
		p.Stroke(coat.Dark(0.5), 0.035, mark, mark.Mirror())
	}
	ridge := headOutline(0, -0.3, 0.08, -0.2, 0.09, 0, 0.15, 0.2, 0, 0.25)
	p.Fill(Linear(-0.12, 0, 0.12, 0, coat.Light(0.5), coat.Dark(0.2)), ridge)
	eyes := headLook(p)
	eyes.iris = p.HSV(0.07, 0.2, 0.6, 0.95, 0.65, 1)
	eyes.iris0, eyes.high, eyes.lean = 0.85, p.Range(0.75, 0.95), p.Range(0.1, 0.4)
	eyes.draw(p, p.Range(0.25, 0.29), p.Range(-0.16, -0.08), p.Range(0.14, 0.18))
	nose := p.HSV(-0.03, 0.05, 0.2, 0.6, 0.12, 0.5)
	headMuzzle(p, Mix(coat, Gray(1), p.Range(0.5, 0.9)), nose, 0.2, p.Range(0.22, 0.26), p.Range(0.35, 0.6)*float64(p.Int(0, 1)))
	p.Shape(Linear(0, 0.06, 0, 0.25, nose.Light(0.3), nose.Dark(0.3)), headOutline(0, 0.08, 0.17, 0.06, 0.2, 0.12, 0.08, 0.22, 0, 0.28))
	p.Fill(nose.Dark(0.85), Ellipse(0.09, 0.16, 0.04, 0.025), Ellipse(-0.09, 0.16, 0.04, 0.025))
}

// lionMane is layers of pointed locks.
func lionMane(p *Pen, mane Color) {
	reach, locks := p.Range(0.98, 1.08), p.Int(24, 40)
	wild := p.Range(0.08, 0.22)
	back := Curve(2*locks, func(t float64) Point {
		r := reach - wild*p.Float64() - 0.15*float64(int(math.Round(2*float64(locks)*t))%2)
		return Polar(0, 0, 2*math.Pi*t, r)
	})
	p.Shape(headFur(p, mane, 0, 0, 1), back)
	for layer, tone := range []Color{mane.Dark(0.65), mane.Light(0.35), mane.Dark(0.35), mane.Light(0.55), mane.Dark(0.55)} {
		outer, thick := reach-0.06*float64(layer), p.Range(0.03, 0.06)
		p.Fill(tone, Repeat(20, func(float64) Path {
			sin, cos := math.Sincos(p.Range(0, 2*math.Pi))
			bend, r := p.Range(-0.12, 0.12), outer*p.Range(0.85, 1)
			return Polygon(0.5*cos-thick*sin, 0.5*sin+thick*cos, r*cos-bend*sin, r*sin+bend*cos, 0.5*cos+thick*sin, 0.5*sin-thick*cos)
		})...)
	}
}
