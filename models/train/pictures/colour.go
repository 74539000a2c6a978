package pictures

import (
	"image/color"
	"math"
)

// Color is a colour that is not premultiplied: red, green, blue and alpha, each
// 0 to 1. As a Paint it is the same everywhere.
type Color struct{ R, G, B, A float64 }

// Paint gives the colour of a filled shape at a place, in the coordinates
// that were current when the shape was drawn.
type Paint interface{ At(x, y float64) Color }

// At makes a Color a Paint.
func (c Color) At(float64, float64) Color { return c }

// Field is a Paint computed place by place.
type Field func(x, y float64) Color

// At makes a Field a Paint.
func (f Field) At(x, y float64) Color { return f(x, y) }

// HSV is the opaque colour of hue h (in turns: 0 red, 1/3 green, 2/3 blue; any
// number), saturation s and value v, 0 to 1 each.
func HSV(h, s, v float64) Color {
	channel := func(shift float64) float64 {
		k := math.Mod(math.Mod(h, 1)+1+shift, 1) * 6
		return v - v*s*max(0, min(k, 4-k, 1))
	}
	return Color{channel(5. / 6), channel(3. / 6), channel(1. / 6), 1}
}

// Gray is an opaque gray, 0 black to 1 white.
func Gray(v float64) Color { return Color{v, v, v, 1} }

// Mix goes from a (t = 0) to b (t = 1); t is clamped.
func Mix(a, b Color, t float64) Color {
	t = clamp(t)
	return Color{a.R + (b.R-a.R)*t, a.G + (b.G-a.G)*t, a.B + (b.B-a.B)*t, a.A + (b.A-a.A)*t}
}

// Dark goes towards black: 0 leaves the colour, 1 is black.
func (c Color) Dark(t float64) Color { return Mix(c, Color{A: c.A}, t) }

// Light goes towards white: 0 leaves the colour, 1 is white.
func (c Color) Light(t float64) Color { return Mix(c, Color{1, 1, 1, c.A}, t) }

// Lit is lighter by light*t where t is above 0, and darker by dark*-t below.
func (c Color) Lit(t, light, dark float64) Color {
	if t > 0 {
		return c.Light(light * t)
	}
	return c.Dark(dark * -t)
}

// Alpha is the colour with another alpha: 0 transparent, 1 opaque.
func (c Color) Alpha(a float64) Color { c.A = a; return c }

// Luma is the brightness as the eye sees it, 0 to 1 (ITU-R BT.601).
func (c Color) Luma() float64 { return 0.299*c.R + 0.587*c.G + 0.114*c.B }

// Linear goes from a at (x0, y0) to b at (x1, y1).
func Linear(x0, y0, x1, y1 float64, a, b Color) Field {
	dx, dy := x1-x0, y1-y0
	length := dx*dx + dy*dy
	return func(x, y float64) Color { return Mix(a, b, ((x-x0)*dx+(y-y0)*dy)/length) }
}

// Radial goes from a at (cx, cy) to b at distance r and beyond.
func Radial(cx, cy, r float64, a, b Color) Field {
	return func(x, y float64) Color { return Mix(a, b, math.Hypot(x-cx, y-cy)/r) }
}

// rgba is the premultiplied 8-bit colour.
func (c Color) rgba() color.RGBA {
	a := clamp(c.A)
	part := func(v float64) uint8 { return uint8(clamp(v)*a*255 + 0.5) }
	return color.RGBA{part(c.R), part(c.G), part(c.B), uint8(a*255 + 0.5)}
}

// clamp limits a number to 0..1.
func clamp(v float64) float64 { return max(0, min(1, v)) }
