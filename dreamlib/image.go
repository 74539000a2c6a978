package dreamlib

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Image is a picture as numbers: what every step of a dream reads and writes.
// Black is 0 and full intensity is 1, in the picture's own (sRGB) encoding.
// Between steps values may lie outside 0..1; saving clamps them.
type Image struct {
	Width, Height int       // pixels
	Pix           []float32 // red, green, blue of each pixel, row by row: [Height, Width, 3]

	// Alpha is the opacity of each pixel, 0..1, [Height, Width], or nil when the
	// picture is opaque. Colours are straight, not multiplied by it: a dream
	// works on the colours alone and carries the opacity along.
	Alpha []float32
}

// NewImage returns a black, opaque picture of w x h pixels. It panics when
// either is below 1, as make does for a negative length.
func NewImage(w, h int) *Image {
	mustHold(w, h)
	return &Image{Width: w, Height: h, Pix: make([]float32, w*h*3)}
}

func mustHold(w, h int) {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("dreamlib: image: want at least 1 x 1 pixels, found %d x %d", w, h))
	}
}

// Clone returns a copy that shares nothing with m.
func (m *Image) Clone() *Image {
	c := *m
	c.Pix = slices.Clone(m.Pix)
	c.Alpha = slices.Clone(m.Alpha)
	return &c
}

// Add adds the colours of o to m in place, as an octave adds back its detail.
// Opacity stays. It panics when the sizes differ.
func (m *Image) Add(o *Image) {
	m.mustMatch(o)
	for i, v := range o.Pix {
		m.Pix[i] += v
	}
}

// Sub subtracts the colours of o from m in place. Opacity stays. It panics when
// the sizes differ.
func (m *Image) Sub(o *Image) {
	m.mustMatch(o)
	for i, v := range o.Pix {
		m.Pix[i] -= v
	}
}

func (m *Image) mustMatch(o *Image) {
	if m.Width != o.Width || m.Height != o.Height {
		panic(fmt.Sprintf("dreamlib: image: want two of one size, found %d x %d and %d x %d", m.Width, m.Height, o.Width, o.Height))
	}
}

// Clip limits every value of m to 0..1 in place. NaN stays NaN.
func (m *Image) Clip() {
	for _, values := range [][]float32{m.Pix, m.Alpha} {
		for i, v := range values {
			values[i] = min(max(v, 0), 1)
		}
	}
}

// PSNR is the peak signal-to-noise ratio of two pictures in decibels, over
// their colours rounded to 8 bits as in a saved file: +Inf when those are
// equal, above 40 when no eye tells them apart. Opacity is not compared.
func PSNR(a, b *Image) (float64, error) {
	if a.Width != b.Width || a.Height != b.Height {
		return 0, fmt.Errorf("dreamlib: psnr: want pictures of one size, found %d x %d and %d x %d", a.Width, a.Height, b.Width, b.Height)
	}
	var sum float64
	for i := range a.Pix {
		d := float64(quantize(a.Pix[i], 255)) - float64(quantize(b.Pix[i], 255))
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/sum), nil
}

// NRGBA returns m with 8 bits a channel: clamped to 0..1, halves rounded up.
// NaN becomes 0.
func (m *Image) NRGBA() *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, m.Width, m.Height))
	m.eachPixel(255, func(i int, p [4]uint16) {
		for c, v := range p {
			out.Pix[4*i+c] = uint8(v)
		}
	})
	return out
}

// NRGBA64 is NRGBA with 16 bits a channel.
func (m *Image) NRGBA64() *image.NRGBA64 {
	out := image.NewNRGBA64(image.Rect(0, 0, m.Width, m.Height))
	m.eachPixel(65535, func(i int, p [4]uint16) {
		for c, v := range p {
			out.Pix[8*i+2*c], out.Pix[8*i+2*c+1] = uint8(v>>8), uint8(v)
		}
	})
	return out
}

// eachPixel hands put every pixel's red, green, blue and opacity as whole
// numbers 0..top, from several goroutines.
func (m *Image) eachPixel(top uint16, put func(i int, p [4]uint16)) {
	parallel.Runs(m.Height, func(lo, hi int) {
		p := [4]uint16{3: top}
		for i := lo * m.Width; i < hi*m.Width; i++ {
			for c := range 3 {
				p[c] = quantize(m.Pix[3*i+c], top)
			}
			if m.Alpha != nil {
				p[3] = quantize(m.Alpha[i], top)
			}
			put(i, p)
		}
	})
}

// quantize rounds v, clamped to 0..1, to one of the levels 0..top.
func quantize(v float32, top uint16) uint16 {
	switch {
	case v >= 1:
		return top
	case v > 0:
		return uint16(float64(v)*float64(top) + 0.5)
	}
	return 0
}

// FromImage converts any picture of Go's image package, at full precision.
// YCbCr becomes RGB as libjpeg has it, interpolated where chroma is subsampled
// by two, which Go's own colour models do not do. A picture without a single
// pixel makes it panic.
func FromImage(src image.Image) *Image {
	switch src := src.(type) {
	case *image.YCbCr:
		return fromYCbCr(src)
	case *image.NYCbCrA:
		return withOpacity(fromYCbCr(&src.YCbCr), src)
	}
	b := src.Bounds()
	m := NewImage(b.Dx(), b.Dy())
	if s, ok := src.(interface{ Opaque() bool }); !ok || !s.Opaque() {
		m.Alpha = make([]float32, m.Width*m.Height)
	}
	at := straightColors(src)
	parallel.Runs(m.Height, func(lo, hi int) {
		for i := lo * m.Width; i < hi*m.Width; i++ {
			c := at(b.Min.X+i%m.Width, b.Min.Y+i/m.Width)
			m.Pix[3*i] = float32(c.R) / 65535
			m.Pix[3*i+1] = float32(c.G) / 65535
			m.Pix[3*i+2] = float32(c.B) / 65535
			if m.Alpha != nil {
				m.Alpha[i] = float32(c.A) / 65535
			}
		}
	})
	return m
}

// straightColors returns a function that reads src's pixels without the detour
// over premultiplied colours, which rounds off what lies under low opacity.
func straightColors(src image.Image) func(x, y int) color.NRGBA64 {
	switch src := src.(type) {
	case *image.NRGBA64:
		return src.NRGBA64At
	case *image.NRGBA:
		return func(x, y int) color.NRGBA64 { return straight(src.NRGBAAt(x, y)) }
	case *image.Paletted:
		table := make([]color.NRGBA64, 256) // an index outside the palette is transparent black
		for i, c := range src.Palette {
			table[i] = straight(c)
		}
		return func(x, y int) color.NRGBA64 { return table[src.ColorIndexAt(x, y)] }
	case image.RGBA64Image:
		return func(x, y int) color.NRGBA64 {
			c := src.RGBA64At(x, y)
			if c.A == 0xffff {
				return color.NRGBA64(c) // opaque colours are the same either way
			}
			return straight(c)
		}
	}
	return func(x, y int) color.NRGBA64 { return straight(src.At(x, y)) }
}

func straight(c color.Color) color.NRGBA64 {
	if c, ok := c.(color.NRGBA); ok {
		return color.NRGBA64{R: uint16(c.R) * 0x101, G: uint16(c.G) * 0x101, B: uint16(c.B) * 0x101, A: uint16(c.A) * 0x101}
	}
	return color.NRGBA64Model.Convert(c).(color.NRGBA64)
}
