package pictures

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
)

// scene sets one class into a picture.
type scene struct {
	random *rand.Rand
	class  Class
	size   int
}

// draw paints the background, the class upon it and what lies before it, and
// then sees the whole through light, lens and film.
func (s scene) draw() *image.RGBA {
	var picture *image.RGBA
	if s.class.Texture {
		picture = s.texture(s.class)
	} else {
		picture = s.background()
		s.things(picture)
	}
	p := newPen(s.random, s.size)
	s.shade(p, picture)
	s.blur(p, picture)
	s.develop(p, picture)
	return picture
}

// texture fills a picture with a texture class.
func (s scene) texture(class Class) *image.RGBA {
	p := newPen(s.random, s.size)
	p.Fill(p.Color(), Rect(-1, -1, 1, 1))
	turn, scale := p.Range(-class.Turn, class.Turn), math.Exp(p.Range(math.Log(0.75), math.Log(1.5)))
	p.At(p.Range(-0.3, 0.3), p.Range(-0.3, 0.3), turn, scale, func() {
		p.Stretch(p.Sign()*p.Range(0.85, 1.15), p.Range(0.85, 1.15), func() { class.draw(p) })
	})
	return p.image()
}

// background is what lies behind a thing: a plain or mottled colour, or a
// texture class with its contrast taken down or out of focus.
func (s scene) background() *image.RGBA {
	p := newPen(s.random, s.size)
	a := p.Color()
	b := p.MaybeAny(p.Near(a), 0.5)
	everywhere := Rect(-1.1, -1.1, 1.1, 1.1)
	switch kind := p.Float64(); {
	case kind < 0.2:
		p.Fill(Linear(p.Range(-1, 1), -1, p.Range(-1, 1), 1, a, b), everywhere)
	case kind < 0.5:
		noise, f := p.Noise().Octaves(3), p.Range(1, 4)
		p.Fill(Field(func(x, y float64) Color { return Mix(a, b, 0.5+0.6*noise(f*x, f*y)) }), everywhere)
	default:
		picture := s.texture(s.anotherTexture(p))
		if p.Chance(0.5) {
			soften(picture, p.Range(2, 5))
		}
		cover := newPen(s.random, s.size)
		cover.Fill(a.Alpha(p.Range(0.3, 0.75)), everywhere)
		draw.Draw(picture, picture.Rect, cover.image(), image.Point{}, draw.Over)
		return picture
	}
	s.clutter(p)
	return p.image()
}

// anotherTexture is any texture class.
func (s scene) anotherTexture(p *Pen) Class {
	for {
		if c := classes[p.IntN(len(classes))]; c.Texture {
			return c
		}
	}
}

// clutter scatters blobs and bars that mean nothing.
func (s scene) clutter(p *Pen) {
	for range max(0, p.Int(-2, 4)) {
		x, y, c := p.Range(-1, 1), p.Range(-1, 1), p.Color()
		p.At(x, y, p.Range(0, math.Pi), p.Range(0.1, 0.5), func() {
			if p.Chance(0.5) {
				p.Fill(p.Ball(c, 0, 0, 1), Loop(-1, p.Range(-0.5, 0.5), 0, p.Range(-1, -0.3), 1, p.Range(-0.5, 0.5), 0, p.Range(0.3, 1)))
			} else {
				p.Fill(c, Rect(-2, -0.2, 2, 0.2))
			}
		})
	}
}

// things puts the class on the background, with now and then another thing,
// small and mostly out of the picture, behind it, a shadow under it, and
// something before its edge.
func (s scene) things(picture *image.RGBA) {
	p := newPen(s.random, s.size)
	if p.Chance(0.2) {
		if other := classes[p.IntN(len(classes))]; !other.Texture {
			p.At(0.9*p.Sign(), p.Range(-1, 1), p.Range(-other.Turn, other.Turn), p.Range(0.2, 0.4), func() { other.draw(p) })
			draw.Draw(picture, picture.Rect, p.image(), image.Point{}, draw.Over)
		}
	}
	p = newPen(s.random, s.size)
	scale := math.Exp(p.Range(math.Log(0.6), math.Log(1.3)))
	room := max(0.1, 1-scale)
	p.At(p.Range(-room, room), p.Range(-room, room), p.Range(-s.class.Turn, s.class.Turn), scale, func() {
		p.Stretch(p.Sign()*p.Range(0.85, 1.1), p.Range(0.85, 1.1), func() { s.class.draw(p) })
	})
	if p.Chance(0.4) {
		s.shadow(p, picture)
	}
	draw.Draw(picture, picture.Rect, p.image(), image.Point{}, draw.Over)
	if p.Chance(0.15) {
		front := newPen(s.random, s.size)
		side := front.Range(0, 2*math.Pi)
		at := Polar(0, 0, side, 1.1)
		front.At(at.X, at.Y, side, 0.4, func() { front.Fill(front.Color(), Rect(-0.8, -3, 0.5, 3)) })
		draw.Draw(picture, picture.Rect, front.image(), image.Point{}, draw.Over)
	}
}

// shadow darkens the background where the thing, moved away from the light,
// lies over it.
func (s scene) shadow(p *Pen, picture *image.RGBA) {
	soft := image.NewRGBA(picture.Rect)
	reach := p.Range(0.03, 0.12) * float64(s.size)
	at := image.Pt(int(-p.light.X*reach), int(-p.light.Y*reach))
	black := image.NewUniform(color.Black)
	draw.DrawMask(soft, soft.Rect, black, image.Point{}, p.image(), image.Point{}.Sub(at), draw.Over)
	soften(soft, p.Range(1.5, 4))
	half := image.NewUniform(color.Alpha{uint8(p.Range(80, 200))})
	draw.DrawMask(picture, picture.Rect, soft, image.Point{}, half, image.Point{}, draw.Over)
}

// shade brightens the side towards the light and darkens the other.
func (s scene) shade(p *Pen, picture *image.RGBA) {
	strength := p.Range(0, 0.35)
	half := float64(s.size) / 2
	for y := range s.size {
		for x := range s.size {
			t := ((float64(x)-half)*p.light.X + (float64(y)-half)*p.light.Y) / half
			i := picture.PixOffset(x, y)
			for c := range 3 {
				picture.Pix[i+c] = uint8(clamp(float64(picture.Pix[i+c])/255*(1+strength*t))*255 + 0.5)
			}
		}
	}
}

// blur puts a third of the pictures out of focus.
func (s scene) blur(p *Pen, picture *image.RGBA) {
	if p.Chance(0.3) {
		soften(picture, p.Range(1, 1.8))
	}
}

// soften loses detail finer than the given number of 64ths of the picture.
func soften(picture *image.RGBA, pixels float64) {
	side := max(4, int(64/pixels))
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(small, small.Rect, picture, picture.Rect, draw.Src, nil)
	draw.BiLinear.Scale(picture, picture.Rect, small, small.Rect, draw.Src, nil)
}

// develop changes brightness, contrast, and saturation, tints the picture and
// adds the film's grain.
func (s scene) develop(p *Pen, picture *image.RGBA) {
	contrast, brightness, saturation := p.Range(0.75, 1.25), p.Range(-0.1, 0.1), p.Range(0.6, 1.3)
	saturation = maybe(p, saturation, 0.1, 0)
	tint := [3]float64{p.Range(-0.06, 0.06), p.Range(-0.06, 0.06), p.Range(-0.06, 0.06)}
	grain := max(0, p.Range(-0.02, 0.05))
	for i := 0; i < len(picture.Pix); i += 4 {
		pixel := picture.Pix[i : i+3 : i+3]
		gray := Color{float64(pixel[0]), float64(pixel[1]), float64(pixel[2]), 1}.Luma() / 255
		for c, v := range pixel {
			t := gray + saturation*(float64(v)/255-gray)
			t = 0.5 + contrast*(t-0.5) + brightness + tint[c]
			if grain > 0 {
				t += grain * (p.Float64() + p.Float64() - 1) * 2.45
			}
			pixel[c] = uint8(clamp(t)*255 + 0.5)
		}
	}
}
