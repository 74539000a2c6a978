package picture

import (
	"image"
	"image/color"
)

// FromImage converts any picture of Go's image package, at full precision.
// YCbCr becomes RGB as libjpeg has it, interpolated where chroma is subsampled
// by two, which Go's own colour models do not do. A picture without a single
// pixel makes it panic.
func FromImage(src image.Image) *Image {
	return convert(withoutChroma(src, fromYCbCr), 1)
}

// convert is FromImage for pictures in RGB, turned by EXIF's orientation.
func convert(src image.Image, turn int) *Image {
	b, at := src.Bounds(), straightColors(src)
	size := upright(Size{b.Dx(), b.Dy()}, turn)
	m := New(size.Width, size.Height)
	if o, ok := src.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		m.Alpha = make([]float32, m.Width*m.Height)
	}
	m.Rows(func(lo, hi int) {
		for i := lo * m.Width; i < hi*m.Width; i++ {
			x, y := i%m.Width, i/m.Width
			if turn != 1 {
				x, y = turned(turn, x, y, b.Dx(), b.Dy())
			}
			c := at(b.Min.X+x, b.Min.Y+y)
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
