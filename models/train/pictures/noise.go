package pictures

import "math"

// Noise is a smooth random function of the plane, mostly within -1 to 1 and 0
// on average, with bumps about one unit wide.
type Noise func(x, y float64) float64

// Noise draws a gradient noise (Perlin 2002, "Improving noise") of its own for
// the picture.
func (p *Pen) Noise() Noise {
	var slopes [256][2]float64
	for i := range slopes {
		sin, cos := math.Sincos(p.Range(0, 2*math.Pi))
		slopes[i] = [2]float64{cos, sin}
	}
	corner := func(ix, iy int, dx, dy float64) float64 {
		s := slopes[uint32(ix*0x1f1f1f1f^iy*0x5f356495)>>11&255]
		return s[0]*dx + s[1]*dy
	}
	return func(x, y float64) float64 {
		fx, fy := math.Floor(x), math.Floor(y)
		ix, iy, dx, dy := int(fx), int(fy), x-fx, y-fy
		u, v := fade(dx), fade(dy)
		top := lerp(corner(ix, iy, dx, dy), corner(ix+1, iy, dx-1, dy), u)
		bottom := lerp(corner(ix, iy+1, dx, dy-1), corner(ix+1, iy+1, dx-1, dy-1), u)
		return 1.4 * lerp(top, bottom, v)
	}
}

// Octaves adds n copies of the noise, each of twice the frequency and half the
// height of the one before.
func (f Noise) Octaves(n int) Noise {
	return func(x, y float64) float64 {
		sum, height := 0.0, 1.0
		for i := range n {
			sum += height * f(x+17.3*float64(i), y-9.1*float64(i))
			x, y, height = 2*x, 2*y, height/2
		}
		return sum
	}
}

// fade is Perlin's quintic step from 0 to 1.
func fade(t float64) float64 { return t * t * t * (t*(t*6-15) + 10) }

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

// Smooth goes from 0 to 1 as t goes from a to b, with flat ends.
func Smooth(a, b, t float64) float64 {
	t = clamp((t - a) / (b - a))
	return t * t * (3 - 2*t)
}
