package pictures

import "math"

// monkey has a light face in dark fur, and round ears at the sides.
func monkey(p *Pen) {
	coat := headCoat(p, 0.03, 0.1, 0.3, 0.8, 0.18, 0.55)
	skin := Mix(coat, p.HSV(0.03, 0.1, 0.2, 0.5, 0.85, 1), p.Range(0.75, 0.95))
	if coat.Luma() > 0.62 {
		skin = p.HSV(0, 0.08, 0.4, 0.7, 0.25, 0.45)
	}
	size, y := p.Range(0.25, 0.33), p.Range(-0.25, 0)
	for _, x := range []float64{-0.98 + size, 0.98 - size} {
		p.Shape(headFur(p, coat.Dark(0.15), x, y, size), Circle(x, y, size))
		p.Fill(Radial(x, y, 0.7*size, skin.Dark(0.5), skin.Dark(0.1)), Circle(x, y, 0.66*size))
	}
	wide, tuft := p.Range(0.64, 0.72), p.Range(0.02, 0.16)
	head := headOutline(0, -0.82, 0.6*wide, -0.74, wide, -0.2, 0.93*wide, 0.35, 0.6*wide, 0.78, 0, 0.93)
	p.Shape(headFur(p, coat, 0, 0, 0.9), headShag(p, head, 0.8*tuft))
	hairs := Repeat(9, func(i float64) Path { // a tuft
		x := 0.05 * (i - 4)
		return Spline(x, -0.6, 1.2*x, -0.8, 2*x+p.Range(-0.05, 0.05), -0.83-tuft)
	})
	p.Stroke(coat.Dark(0.4), 0.04, hairs[:5]...)
	p.Stroke(coat.Light(0.2), 0.03, hairs[5:]...)
	brow := p.Range(-0.55, -0.45)
	patch := headOutline(0, brow+0.16, 0.25, brow, 0.5, -0.25, 0.4, 0.12, 0.5, 0.45, 0.3, 0.78, 0, 0.84)
	p.Shape(headSkin(p, skin, 0, 0.1, 0.7, 4, 0.35), patch)
	p.Fill(p.Ball(skin.Light(0.2), 0, 0.45, 0.45), Ellipse(0, 0.47, p.Range(0.42, 0.5), p.Range(0.29, 0.34)))
	dark := skin.Dark(0.8)
	nostril := Ellipse(0.08, 0.25, 0.05, 0.035)
	p.FillPair(dark, nostril)
	p.Stroke(skin.Dark(0.5), 0.03, Arc(0, 0.22, 0.17, 0.12, math.Pi*1.1, math.Pi*1.9))
	curve := p.Range(-0.02, 0.2)
	lips := Spline(-0.33, 0.5, -0.15, 0.5+0.7*curve, 0.15, 0.5+0.7*curve, 0.33, 0.5)
	if p.Chance(0.35) { // an open mouth with teeth
		mouth := headOutline(0, 0.45, 0.2, 0.46, 0.33, 0.5, 0.2, 0.66, 0, 0.7)
		p.Fill(HSV(0, 0.7, 0.3), mouth)
		p.Fill(Gray(0.97), Rect(-0.2, 0.47, 0.2, 0.54))
		p.Stroke(dark, 0.04, mouth)
	} else {
		p.Stroke(dark, 0.06, lips)
	}
	eyes := headLook(p)
	eyes.high = p.Range(0.95, 1.2)
	x, r := p.Range(0.21, 0.25), p.Range(0.15, 0.19)
	eyes.draw(p, x, -0.12, r)
	lid := Arc(x, -0.12, 1.5*r, 1.6*r, -2.3, -0.8)
	p.Stroke(skin.Dark(0.55), 0.05, lid, lid.Mirror())
}

// owl has a disc of feathers about each huge eye, a beak, and a scaled breast.
func owl(p *Pen) {
	coat := headCoat(p, 0.05, 0.12, 0.15, 0.7, 0.25, 0.8)
	pale := Mix(coat, Gray(1), p.Range(0.4, 0.8))
	mark, wide := headMark(p, coat), p.Range(0.72, 0.9)
	p.Shape(headFur(p, coat, 0, 0.3, 1), headOutline(0, -0.4, 0.6, -0.2, wide, 0.35, 0.95*wide, 0.8, 0.6, 1.02, 0, 1.02))
	breast := headOutline(0, -0.1, 0.4, 0, 0.68*wide, 0.5, 0.5*wide, 0.98, 0, 1.02)
	p.Fill(headFur(p, pale, 0, -0.5, 1.2), breast)
	owlBreast(p, mark, wide)
	for i := range 4 { // wing feathers
		w := Spline(wide-0.2, 0.1+0.15*float64(i), 0.93*wide, 0.3+0.17*float64(i), wide-0.18, 0.55+0.15*float64(i))
		p.Stroke(coat.Dark(0.6), 0.04, w, w.Mirror())
	}
	if p.Chance(0.85) { // ear tufts
		tip := p.Range(0.55, 0.85)
		tuft := append(Spline(0.15, -0.7, 0.35, -0.8, tip, -1.05), Spline(tip, -1.05, 0.75, -0.7, 0.72, -0.3)...)
		p.ShapePair(headFur(p, coat.Dark(0.3), 0.2, 0, 1), tuft)
		line := Spline(0.35, -0.65, 0.5, -0.75, 0.92*tip, -0.95)
		p.Stroke(mark, 0.04, line, line.Mirror())
	}
	top := p.Range(-0.88, -0.78)
	p.Shape(headFur(p, coat, 0, -0.3, 0.8), headOutline(0, top, 0.5, top+0.05, 0.82, -0.3, 0.65, 0.12, 0.3, 0.22, 0, 0.15))
	x, disc := p.Range(0.34, 0.38), p.Range(0.36, 0.42)
	rays, phase, dull := float64(p.Int(11, 17)), p.Range(0, 6), Mix(pale, mark, p.Range(0.5, 0.9))
	for _, side := range []float64{-x, x} {
		p.Shape(Field(func(x, y float64) Color {
			dx, dy := x-side, y+0.28
			d, ray := math.Hypot(dx, dy)/disc, math.Sin(rays*math.Atan2(dy, dx)+phase)
			return Mix(pale, dull, 0.5+0.5*ray).Dark(0.7 * Smooth(0.8, 1, d))
		}), Circle(side, -0.28, disc))
	}
	brow := Tube(Spline(0.03, -0.18, 0.2, -0.52, 0.68, top+0.12), 0.05, 0.03)
	p.FillPair(mark, brow)
	eyes := headLook(p)
	eyes.iris = p.MaybeHSV(p.HSV(0.04, 0.16, 0.75, 1, 0.8, 1), 0.25, 0, 1, 0.5, 0.9, 0.5, 0.9)
	eyes.iris0, eyes.white = 0.95, eyes.iris
	eyes.draw(p, x, -0.28, p.Range(0.22, 0.27))
	beak := p.HSV(0.07, 0.14, 0.2, 0.8, 0.35, 0.95)
	p.Shape(Linear(-0.1, 0, 0.1, 0, beak.Light(0.3), beak.Dark(0.5)), headOutline(0, -0.2, 0.1, -0.14, 0.09, 0.02, 0, p.Range(0.15, 0.24)))
}

// owlBreast is rows of feathers, scales or streaks.
func owlBreast(p *Pen, mark Color, wide float64) {
	streaks := p.Chance(0.35)
	var feathers []Path
	for i := range 24 { // of the breast
		x, y := 0.2*(float64(i%6)-2.5)+0.1*float64(i/6%2), 0.36+0.18*float64(i/6)
		switch {
		case math.Abs(x) > 0.62*wide:
		case streaks:
			feathers = append(feathers, Polygon(x-0.05, y-0.05, x, y+0.15, x+0.05, y-0.05, x, y))
		default:
			feathers = append(feathers, Polygon(x-0.1, y, x-0.06, y+0.09, x, y+0.12, x+0.06, y+0.09, x+0.1, y))
		}
	}
	p.Stroke(mark, 0.045, feathers...)
}

// frog has its eyes on top of a wide head and a mouth from side to side.
func frog(p *Pen) {
	skin := headCoat(p, 0.2, 0.4, 0.55, 0.95, 0.45, 0.9)
	belly := Mix(skin, HSV(p.Range(0.12, 0.2), 0.25, 1), p.Range(0.5, 0.85))
	mark := headMark(p, skin)
	x, up, size := p.Range(0.46, 0.58), p.Range(-0.6, -0.48), p.Range(0.32, 0.38)
	for _, side := range []float64{-x, x} {
		p.Shape(headSkin(p, skin, side, up, size, 6, 0.6), Ellipse(side, up+0.04, size, size+0.04))
	}
	p.Shape(headSkin(p, skin, 0, 0.2, 0.9, 6, 0.6), headOutline(0, -0.42, 0.4, -0.45, 0.85, -0.1, 1, 0.3, 0.75, 0.72, 0.35, 0.86, 0, 0.88))
	deep, end := p.Range(0.28, 0.5), p.Range(0, 0.2)
	mouth := Spline(-0.88, end, -0.5, lerp(end, deep, 0.8), 0, deep, 0.5, lerp(end, deep, 0.8), 0.88, end)
	chin := append(append(Path{}, mouth...), Spline(0.88, end, 0.9, 0.4, 0.7, 0.67, 0.34, 0.8, 0, 0.83, -0.34, 0.8, -0.7, 0.67, -0.9, 0.4, -0.88, end)...)
	p.Fill(Linear(0, 0.2, 0, 0.9, belly, belly.Dark(0.35)), chin)
	for i := range 3 { // folds of the throat
		p.Stroke(belly.Dark(0.4), 0.025, Arc(0, deep+0.05, 0.62-0.14*float64(i), 0.33-0.08*float64(i), 0.5, math.Pi-0.5))
	}
	if p.Chance(0.3) { // an open mouth with the tongue
		gape := p.Range(0.25, 0.4)
		inside := append(append(Path{}, mouth...), Spline(0.88, end, 0.5, deep+0.6*gape, 0, deep+gape, -0.5, deep+0.6*gape, -0.88, end)...)
		p.Shape(HSV(p.Range(-0.03, 0.03), 0.75, 0.35), inside)
		p.Fill(HSV(p.Range(-0.06, 0.02), 0.5, 0.95), Ellipse(0, deep+0.65*gape, 0.3, 0.3*gape))
	}
	p.Stroke(skin.Dark(0.85), p.Range(0.05, 0.075), mouth)
	p.Fill(skin.Dark(0.85), Ellipse(0.11, 0.02, 0.045, 0.03), Ellipse(-0.11, 0.02, 0.045, 0.03))
	if p.Chance(0.7) { // spots
		for range p.Int(6, 12) {
			sx, sy, r := p.Range(-0.7, 0.7), p.Range(-0.3, 0.12), p.Range(0.05, 0.11)
			p.Fill(mark, Ellipse(sx, sy, r, 0.75*r))
			p.Fill(skin.Light(0.15), Ellipse(sx, sy, 0.35*r, 0.25*r))
		}
	} else { // warts and bands
		for range 24 {
			sx, sy := p.Range(-0.75, 0.75), p.Range(-0.35, 0.15)
			p.Fill(skin.Dark(0.5), Circle(sx, sy, 0.045))
			p.Fill(skin.Light(0.4), Circle(sx, sy-0.01, 0.025))
		}
		band := Tube(Spline(0.08, -0.4, 0.12, -0.15, 0.25, 0.1), 0.06, 0.02)
		p.FillPair(mark, band)
	}
	eyes := headLook(p)
	eyes.iris = p.HSV(0, 0.2, 0.6, 1, 0.75, 1)
	eyes.iris0 = p.Range(0.75, 0.98)
	if p.Chance(0.6) { // lying pupils
		eyes.slit, eyes.pupil = p.Range(1.4, 2.2), p.Range(0.4, 0.45)
	}
	eyes.draw(p, x, up, size*p.Range(0.66, 0.74))
}

// eye is one big eye: a person's with lashes and mostly a brow, or a beast's.
func eye(p *Pen) {
	iris := p.MaybeHSV(p.HSV(0.02, 0.65, 0.35, 0.95, 0.4, 0.9), 0.2, 0, 1, 0.4, 0.95, 0.5, 0.95)
	if p.Chance(0.35) {
		eyeBeast(p, iris)
		return
	}
	skin := faceSkin(p)
	open, low, slant := p.Range(0.34, 0.55), p.Range(0.22, 0.36), p.Range(-0.12, 0.04)
	upper := Spline(-0.92, 0.16, -0.72, 0.1-0.45*open, -0.2, -open, 0.35, -0.92*open, 0.72, -0.4*open+slant, 0.92, slant)
	lower := Spline(0.92, slant, 0.6, 0.7*low+0.5*slant, 0.1, low+0.08, -0.5, low+0.05, -0.75, 0.22, -0.92, 0.16)
	almond := append(append(Path{}, upper...), lower...)
	if p.Chance(0.8) { // the skin about it
		paint, fading := headSkin(p, skin, 0, 0, 1, 4, 0.35), p.Range(0, 1)
		p.Fill(Field(func(x, y float64) Color {
			return paint(x, y).Alpha(1 - fading*Smooth(0.5, 1, math.Hypot(x, 1.3*y)))
		}), Loop(-1.02, 0.1, -0.8, -0.6, 0, -0.9, 0.8, -0.7, 1.02, 0, 0.7, 0.55, 0, 0.72, -0.7, 0.55))
		p.Stroke(skin.Dark(0.35), 0.04, Spline(-0.6, 0.45, 0, low+0.27, 0.6, 0.4))
	}
	p.Clip(almond, func() {
		p.Fill(Linear(0, -open, 0, 0.1, Gray(0.6), Gray(0.97)), almond)
		p.Fill(HSV(0, 0.35, 0.9), Circle(-0.9, 0.16, 0.14))
		eyeIris(p, iris, p.Range(-0.25, 0.2), -0.08, p.Range(0.38, 0.46), p.Range(0.35, 0.55), 1)
	})
	eyeLashes(p, skin, upper, lower)
}

// eyeLashes draws both lids with lashes, the crease, and mostly the brow.
func eyeLashes(p *Pen, skin Color, upper, lower Path) {
	dark := skin.Dark(0.9)
	for i := 4; i < len(upper); i += 3 { // lashes
		q, t := upper[i], float64(i)/float64(len(upper))
		sin, cos := math.Sincos(lerp(-2.3, -0.5, t))
		long := p.Range(0.13, 0.2) + 0.1*t
		p.Stroke(dark, 0.035, Spline(q.X, q.Y, q.X+0.6*long*cos, q.Y+0.4*long*sin, q.X+long*cos, q.Y+long*sin))
	}
	for i := 6; i < 28; i += 4 {
		q := lower[i]
		p.Stroke(dark, 0.022, Polygon(q.X, q.Y, q.X*1.06, q.Y+0.09))
	}
	p.Stroke(dark, p.Range(0.06, 0.1), upper)
	p.Stroke(skin.Dark(0.6), 0.04, lower)
	crease := make(Path, len(upper))
	for i, q := range upper {
		crease[i] = Point{0.97 * q.X, q.Y - 0.14 - 0.06*math.Cos(1.5*q.X)}
	}
	p.Stroke(skin.Dark(0.6), 0.035, crease)
	if p.Chance(0.75) {
		hair, y := p.HSV(0.03, 0.1, 0.2, 0.7, 0.05, 0.45), p.Range(-0.86, -0.74)
		brow := Spline(-0.95, y+0.2, -0.5, y, 0.2, y-0.08, 0.6, y+0.02, 1, y+0.3)
		for i := range len(brow) - 1 {
			q, t := brow[i], float64(i)/float64(len(brow))
			long := 0.2 - 0.08*t
			p.Stroke(hair.Light(p.Range(0, 0.2)), 0.04, Polygon(q.X, q.Y+0.08*(1-t), q.X+0.6*long, q.Y-long*(0.8-t)))
		}
	}
}

// eyeBeast is a round eye in scales or fur, its pupil a slit or round.
func eyeBeast(p *Pen, iris Color) {
	skin := headCoat(p, 0.05, 0.4, 0.2, 0.8, 0.2, 0.7)
	high := p.Range(0.62, 0.85)
	p.Shape(headFur(p, skin, 0, 0, 1), headShag(p, headOutline(0, -high-0.15, 0.6, -0.75*high-0.15, 1, 0, 0.6, 0.75*high+0.15, 0, high+0.15), p.Range(0, 0.15)))
	for ring := range 2 { // scales
		k := 0.92 - 0.09*float64(ring)
		p.Stroke(headMark(p, skin), 0.03, Repeat(18, func(i float64) Path {
			sin, cos := math.Sincos(math.Pi / 9 * (i + 0.5*float64(ring)))
			return Circle(k*cos, k*(high+0.06)*sin, 0.07)
		})...)
	}
	ball := headOutline(0, -high+0.08, 0.5, -0.7*high+0.08, 0.82, 0, 0.5, 0.7*high-0.08, 0, high-0.08)
	p.Fill(skin.Dark(0.9), ball)
	slit := p.Range(0.15, 0.35)
	switch kind := p.Float64(); {
	case kind < 0.2:
		slit = 1
	case kind < 0.35:
		slit = p.Range(1.8, 2.4)
	}
	p.Clip(ball, func() { eyeIris(p, iris.Light(0.15), 0, 0, p.Range(0.62, 0.76), p.Range(0.45, 0.6), slit) })
	p.Stroke(skin.Dark(0.85), 0.08, ball)
	cover := Spline(-0.9, p.Range(-0.15, 0.05), -0.45, -0.6*high, 0.3, -0.75*high, 0.9, -0.1)
	p.Stroke(skin.Dark(0.5), p.Range(0.06, 0.16), cover)
}

// eyeIris is an iris with fibres and a pupil, slit times as wide as high.
func eyeIris(p *Pen, c Color, cx, cy, r, pupil, slit float64) {
	noise, inner := p.Noise(), Mix(c, HSV(p.Range(0.05, 0.15), 0.8, 0.9), p.Range(0, 0.8))
	p.Fill(Field(func(x, y float64) Color {
		dx, dy := (x-cx)/r, (y-cy)/r
		d := math.Hypot(dx, dy)
		fibre := noise(9*dx/(d+0.05), 9*dy/(d+0.05)+1.5*d)
		ring := Mix(inner.Light(0.3), c, 1.6*(d-0.3))
		return ring.Light(0.6 * max(0, fibre)).Dark(max(0.7*max(0, -fibre), Smooth(0.8, 1, d)*0.85))
	}), Circle(cx, cy, r))
	p.Fill(Gray(0.02), Ellipse(cx, cy, r*pupil*min(slit, 1.7), r*min(0.95, pupil/math.Sqrt(slit))))
	lx, ly := p.toLight()
	p.Fill(Gray(1), Circle(cx+0.4*r*lx, cy+0.4*r*ly, r*p.Range(0.14, 0.22)))
	p.Fill(Gray(1).Alpha(0.7), Circle(cx-0.45*r*lx, cy-0.45*r*ly, 0.09*r))
}

// faceSkin is a person's skin, now and then a painted one.
func faceSkin(p *Pen) Color {
	if p.Chance(0.08) {
		return p.HSV(0, 1, 0.2, 0.6, 0.6, 1)
	}
	v := 0.3 + 0.7*math.Sqrt(p.Float64())
	return HSV(p.Range(0.035, 0.085), p.Range(0.55, 0.7)-0.35*v*p.Float64(), v)
}

// face is a person's, of any age, skin and hair.
func face(p *Pen) {
	skin := faceSkin(p)
	hair := p.MaybeAny(p.HSV(0.02, 0.12, 0.1, 0.8, 0.06, 0.85), 0.2)
	wide, jaw := p.Range(0.55, 0.66), p.Range(0.3, 0.5)
	style := p.Int(0, 5)
	faceBack(p, hair, style, wide)
	p.Shape(Linear(-0.2, 0.7, 0.2, 0.9, skin.Dark(0.25), skin.Dark(0.4)), Polygon(-0.22, 0.6, 0.22, 0.6, 0.26, 1.02, -0.26, 1.02))
	p.ShapePair(Linear(wide-0.1, 0, wide+0.13, 0, skin.Dark(0.4), skin), Ellipse(wide+0.01, 0.05, 0.11, 0.18))
	head := headOutline(0, -0.75, 0.7*wide, -0.65, wide, -0.15, 0.95*wide, 0.3, jaw, 0.72, 0, 0.88)
	p.Shape(headSkin(p, skin, 0, 0.1, 1, 3, 0.15), head)
	for _, x := range []float64{-0.36, 0.36} {
		p.Fill(Radial(x, 0.3, 0.17, HSV(0, 0.7, 0.9).Alpha(p.Range(0.1, 0.5)), HSV(0, 0.7, 0.9).Alpha(0)), Circle(x, 0.3, 0.17))
	}
	if p.Chance(0.2) { // a beard
		p.Fill(headFur(p, hair, 0, 0, 1), headShag(p, append(Spline(-wide, 0.1, -0.4, 0.42, 0, 0.32, 0.4, 0.42, wide, 0.1),
			Spline(wide, 0.1, 0.97*wide, 0.5, jaw, 0.85, 0, 1, -jaw, 0.85, -0.97*wide, 0.5, -wide, 0.1)...), 0.05))
	}
	eyes := headLook(p)
	eyes.high, eyes.iris0, eyes.lean = p.Range(0.52, 0.78), p.Range(0.58, 0.7), p.Range(-0.1, 0.15)
	x, y, r := p.Range(0.25, 0.29), p.Range(-0.1, 0), p.Range(0.15, 0.19)
	eyes.rim = skin.Dark(0.8)
	eyes.draw(p, x, y, r)
	lid := Arc(x, y, 1.2*r, 1.15*r*eyes.high+0.02, -2.9, -0.2)
	p.Stroke(Gray(0.05), 0.05, lid, lid.Mirror())
	lift := p.Range(-0.06, 0.06)
	brow := Tube(Spline(x-0.15, y-0.24+lift, x, y-0.31, x+0.19, y-0.23-0.5*lift), p.Range(0.025, 0.05), 0.015)
	p.FillPair(Mix(hair, Gray(0.05), 0.6), brow)
	nose, flare := p.Range(0.26, 0.34), p.Range(0.08, 0.14)
	p.Fill(Linear(-flare, 0, flare, 0, skin.Light(0.35), skin.Dark(0.3)), headOutline(0, -0.1, 0.05, 0.05, flare, nose-0.04, 0, nose+0.04))
	wing := Spline(0.05, nose+0.03, flare, nose+0.02, flare+0.02, nose-0.07)
	p.Stroke(skin.Dark(0.6), 0.03, wing, wing.Mirror())
	p.Fill(skin.Dark(0.8), Ellipse(0.06, nose+0.01, 0.03, 0.018), Ellipse(-0.06, nose+0.01, 0.03, 0.018))
	faceMouth(p, skin, p.Range(0.52, 0.58))
	faceFront(p, hair, style, wide)
	if p.Chance(0.2) { // glasses
		rim, glass := Gray(p.Range(0, 0.3)), r+p.Range(0.05, 0.09)
		p.Stroke(rim, 0.045, Circle(x, y, glass), Circle(-x, y, glass), Arc(0, y, x-glass, 0.05, math.Pi, 2*math.Pi), Polygon(x+glass, y, wide, y-0.04), Polygon(-x-glass, y, -wide, y-0.04))
	}
}

// faceMouth is closed, smiling, or open with teeth, about (0, y).
func faceMouth(p *Pen, skin Color, y float64) {
	lip := Mix(skin.Dark(0.25), HSV(p.Range(-0.05, 0.03), 0.75, 0.75), p.Range(0.3, 0.9))
	w, up := p.Range(0.19, 0.27), p.Range(-0.02, 0.08)
	if p.Chance(0.4) {
		mouth := headOutline(0, y+0.01, 0.6*w, y-0.01, w, y-up, 0.6*w, y+0.11, 0, y+0.15)
		p.Fill(HSV(0, 0.7, 0.3), mouth)
		p.Fill(Gray(0.97), headOutline(0, y+0.01, 0.5*w, y, 0.85*w, y-0.7*up, 0.5*w, y+0.05, 0, y+0.07))
		p.Stroke(lip, 0.045, mouth)
		return
	}
	p.Fill(Linear(0, y-0.07, 0, y+0.12, lip, lip.Light(0.2)), headOutline(0, y-0.04, 0.3*w, y-0.075, w, y-up, 0.5*w, y+0.09, 0, y+0.1))
	p.Stroke(lip.Dark(0.65), 0.035, Spline(-w, y-up, -0.4*w, y+0.01, 0, y+0.015, 0.4*w, y+0.01, w, y-up))
}

// faceBack is the hair behind the head: long, a bob, buns, curls, or none.
func faceBack(p *Pen, hair Color, style int, wide float64) {
	dark := hair.Dark(0.25)
	switch style {
	case 0, 1: // long; a bob
		low, out := []float64{1.02, 0.45}[style], p.Range(0.2, 0.3)
		p.Shape(headFur(p, dark, 0, -1.2, 1.5), headOutline(0, -0.97, 0.9*wide, -0.85, wide+out, -0.2, wide+out, 0.6*low, wide+0.9*out, low, 0.3, low))
		var locks []Path
		for i := range 5 {
			x := wide + out*(0.1+0.18*float64(i))
			lock := Spline(0.85*x, -0.5, x, -0.1, x-0.03, 0.9*low)
			locks = append(locks, lock, lock.Mirror())
		}
		p.Stroke(hair.Light(0.25), 0.025, locks[:4]...)
		p.Stroke(hair.Dark(0.6), 0.03, locks[4:]...)
	case 2: // buns
		x, r := []float64{0, 0.5}[p.IntN(2)], p.Range(0.2, 0.28)
		p.ShapePair(headFur(p, hair, x, -0.85, r), Circle(x, -0.8, r))
	case 3: // curls
		r := p.Range(0.2, 0.26)
		for i := range 13 {
			sin, cos := math.Sincos(math.Pi * (0.85 + 1.3*float64(i)/12))
			x, y := (wide+0.12)*cos, -0.2+0.58*sin
			p.Shape(p.Ball(hair, x, y, r), Circle(x, y, r))
			p.Stroke(hair.Dark(0.5), 0.03, Arc(x, y, 0.55*r, 0.55*r, 0, 4.5))
		}
	}
}

// faceFront is the hair upon the forehead: fringes, a parting, curls, a hat,
// or none.
func faceFront(p *Pen, hair Color, style int, wide float64) {
	if style == 5 && p.Chance(0.5) {
		p.Stroke(Gray(1).Alpha(0.35), 0.08, Arc(0, -0.2, 0.7*wide, 0.45, -2.2, -1.5)) // bald
		return
	}
	if style == 5 { // a hat
		felt := p.Color()
		p.Shape(p.Ball(felt, 0, -0.6, 0.6), Loop(-wide, -0.42, -0.95*wide, -0.8, -0.4, -1, 0.4, -1, 0.95*wide, -0.8, wide, -0.42, 0, -0.34))
		band := Spline(-1.2*wide, -0.34, -wide, -0.4, 0, -0.32, wide, -0.4, 1.2*wide, -0.34)
		p.Stroke(p.Against(felt), 0.12, band)
		return
	}
	side, line := 1.0, p.Range(-0.48, -0.3)
	top := p.Range(-1, -0.88)
	edge := Spline(1.06*wide, 0.02, 0.9*wide, -0.3, 0.5*wide, line-0.1, 0, line, -0.5*wide, line-0.1, -0.9*wide, -0.3, -1.06*wide, 0.02)
	if p.Chance(0.55) { // a parting
		side = p.Sign()
		edge = Spline(1.06*wide, 0.02, 0.92*wide, -0.25, 0.65*wide, -0.42, 0.25, -0.66, -0.2, line-0.1, -0.9*wide, -0.25, -1.06*wide, 0.02)
	}
	crown := append(edge, Spline(-1.06*wide, 0.02, -1.08*wide, -0.5, -0.6*wide, 0.95*top, 0, top, 0.6*wide, 0.95*top, 1.08*wide, -0.5, 1.06*wide, 0.02)...)
	p.Stretch(side, 1, func() {
		p.Shape(headFur(p, hair, 0.15, top, 0.9), headShag(p, crown, p.Range(0, 0.08)))
		for i := 6; i < len(edge)-5; i += 4 { // locks
			q := edge[i]
			lock := Spline(0.3*q.X+0.1, top+0.06, 0.75*q.X+0.04, 0.6*q.Y+0.4*top+0.1, q.X, q.Y)
			p.Stroke([]Color{hair.Light(0.3), hair.Dark(0.5)}[i/4%2], 0.03, lock)
		}
	})
}
