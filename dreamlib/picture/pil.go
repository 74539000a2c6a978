package picture

import (
	"fmt"
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// The classic preset repeats a script that works on Pillow's 8-bit pictures, and
// small roundings there grow over its octaves. So this file computes what
// Pillow 13 computes, bit for bit.

// RGB8 is a Pillow image of mode RGB.
type RGB8 struct {
	Width, Height int     // pixels
	Pix           []uint8 // [Height, Width, 3]
}

func newRGB8(w, h int) *RGB8 { return &RGB8{w, h, make([]uint8, w*h*3)} }

// RGB8 rounds m to 8 bits, halves up, and leaves out its opacity.
func (m *Image) RGB8() *RGB8 {
	must(m.Check())
	p := newRGB8(m.Width, m.Height)
	for i, v := range m.Pix {
		p.Pix[i] = uint8(quantize(v, 255))
	}
	return p
}

// Truncate8 is the end of the article's prod: clipped to 0..1, times 255, and cut off
// to a whole number.
func Truncate8(m *Image) *RGB8 {
	must(m.Check())
	p := newRGB8(m.Width, m.Height)
	for i, v := range m.Pix {
		p.Pix[i] = uint8(min(max(v, 0), 1) * 255)
	}
	return p
}

// Image returns p as an opaque Image.
func (p *RGB8) Image() *Image {
	m := New(p.Width, p.Height)
	for i, v := range p.Pix {
		m.Pix[i] = float32(v) / 255
	}
	return m
}

// Resize is Pillow's Image.resize: the scheme of the function Resize with weights
// rounded to 22 binary places and samples rounded to 8 bits after each pass. A
// result of p's own size shares p's pixels: no method changes the image that it is
// called on.
func (p *RGB8) Resize(w, h int, f Filter) *RGB8 {
	mustHold(w, h)
	across, down := fixedTaps(filterTaps(p.Width, w, f)), fixedTaps(filterTaps(p.Height, h, f))
	return &RGB8{w, h, resample(p.Pix, p.Width, p.Height, 3, across, down, clip8)}
}

// fixedBits leaves 8 bits of an int32 for the sample and 2 for overshoot.
const fixedBits = 32 - 8 - 2

func fixedTaps(taps []tap[float64]) []tap[int32] {
	fixed := make([]tap[int32], len(taps))
	for i, t := range taps {
		fixed[i] = tap[int32]{t.first, make([]int32, len(t.weights))}
		for j, weight := range t.weights {
			fixed[i].weights[j] = int32(math.Round(weight * (1 << fixedBits)))
		}
	}
	return fixed
}

func clip8(sum int32) uint8 {
	return uint8(min(max((sum+1<<(fixedBits-1))>>fixedBits, 0), 255))
}

// GaussianBlur is Pillow's ImageFilter.GaussianBlur, radius being the standard
// deviation in pixels: three box blurs along the rows, then three along the
// columns (Gwosdek and others, Theoretical Foundations of Gaussian Convolution
// by Extended Box Filtering, 2011).
func (p *RGB8) GaussianBlur(radius float32) *RGB8 {
	out := newRGB8(p.Width, p.Height)
	copy(out.Pix, p.Pix)
	if radius == 0 {
		return out
	}
	box := boxRadius(radius, 3)
	blur := func(lines, n, step int, start func(line int) int) {
		parallel.Runs(lines, func(lo, hi int) {
			line := make([]uint8, n)
			for i := lo; i < hi; i++ {
				for range 3 {
					boxBlur(out.Pix[start(i):], step, line, box)
				}
			}
		})
	}
	blur(p.Height*3, p.Width, 3, func(i int) int { return i/3*p.Width*3 + i%3 })
	blur(p.Width*3, p.Height, p.Width*3, func(i int) int { return i })
	return out
}

// boxRadius is the radius of the box that, applied passes times, has the
// variance of a Gaussian: equations 7, 11 and 14 of that paper, each rounded to
// float32 where Pillow's C does.
func boxRadius(radius float32, passes int) float32 {
	variance := float32(radius*radius) / float32(passes)
	length := float32(math.Sqrt(float64(12*float64(variance)) + 1))
	whole := float32(math.Floor((float64(length) - 1) / 2))
	part := (float32(2*whole) + 1) * (float32(whole*(whole+1)) - float32(3*variance))
	part /= 6 * (variance - float32((whole+1)*(whole+1)))
	return whole + part
}

// boxBlur averages len(line) samples, step apart, over a window of 2*radius+1 in
// place. The window's two ends count by the fraction of radius, edge samples
// repeat outwards, and line is room for the source.
func boxBlur(samples []uint8, step int, line []uint8, radius float32) {
	for i := range line {
		line[i] = samples[i*step]
	}
	at := func(i int) uint32 { return uint32(line[min(max(i, 0), len(line)-1)]) }
	r := int(radius)
	weight := uint32(float32(1<<24) / (float32(radius*2) + 1))
	end := (1<<24 - uint32(2*r+1)*weight) / 2
	var sum uint32
	for i := -r; i <= r; i++ {
		sum += at(i)
	}
	for i := range line {
		left, right := at(i-r-1), at(i+r+1)
		samples[i*step] = uint8((sum*weight + (left+right)*end + 1<<23) >> 24)
		sum += right - at(i-r)
	}
}

// Blend is Pillow's ImageChops.blend, p*(1-alpha) + other*alpha cut off to a whole
// number. It panics when the sizes differ.
func (p *RGB8) Blend(other *RGB8, alpha float32) *RGB8 {
	if p.Width != other.Width || p.Height != other.Height {
		panic(fmt.Sprintf("picture: blend: want two images of one size, found %d x %d and %d x %d", p.Width, p.Height, other.Width, other.Height))
	}
	out := newRGB8(p.Width, p.Height)
	for i, v := range p.Pix {
		mixed := float32(v) + float32(alpha*float32(int(other.Pix[i])-int(v)))
		out.Pix[i] = uint8(min(max(mixed, 0), 255))
	}
	return out
}
