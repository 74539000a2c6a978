package dreamlib

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"sync/atomic"

	"github.com/seed2310110f/godream/dreamlib/jpeg"
)

// Image is a picture as numbers: what every step of a dream reads and writes.
// Black is 0 and full intensity is 1, in the picture's own (sRGB) encoding.
// Between steps values may lie outside 0..1; saving clamps them. Functions that
// take an Image with too few or too many values return an error, or panic where
// they return none.
type Image struct {
	Width, Height int       // pixels
	Pix           []float32 // red, green, blue of each pixel, row by row: [Height, Width, 3]

	// Alpha is the opacity of each pixel, 0..1, [Height, Width], or nil when the
	// picture is opaque. Colours are straight, not multiplied by it: a dream
	// works on the colours alone and carries the opacity along.
	Alpha []float32

	scratch *scratch // where Pix and Alpha lie, nil in memory
}

// NewImage returns a black, opaque picture of w x h pixels. It panics when
// either is below 1, as make does for a negative length.
func NewImage(w, h int) *Image { return newImage(nil, w, h) }

// newImage is NewImage in a scratch.
func newImage(s *scratch, w, h int) *Image {
	mustHold(w, h)
	return &Image{Width: w, Height: h, Pix: room[float32](s, w*h*3), scratch: s}
}

func mustHold(w, h int) {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("dreamlib: image: want at least 1 x 1 pixels, found %d x %d", w, h))
	}
}

// check says whether Pix and Alpha hold as many values as the size asks for.
func (m *Image) check() error {
	if m == nil || m.Width < 1 || m.Height < 1 {
		return errNoPicture
	}
	if m.Width > MaxPixels/m.Height {
		return fmt.Errorf("dreamlib: image of %dx%d: want at most %d pixels", m.Width, m.Height, MaxPixels)
	}
	pixels := m.Width * m.Height
	if len(m.Pix) != 3*pixels {
		return fmt.Errorf("dreamlib: image of %dx%d: Pix: want %d values, found %d", m.Width, m.Height, 3*pixels, len(m.Pix))
	}
	if m.Alpha != nil && len(m.Alpha) != pixels {
		return fmt.Errorf("dreamlib: image of %dx%d: Alpha: want %d values or nil, found %d", m.Width, m.Height, pixels, len(m.Alpha))
	}
	return nil
}

// must panics with an error, in functions that return none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Close gives up the disk that an Image from Picture.Scratch, or one that was
// made from such an Image, lies on, after which it must not be used. It does
// nothing to an Image in memory, or to one that is closed.
func (m *Image) Close() {
	if m != nil && m.scratch != nil {
		vacate(m.scratch, m.Pix)
		vacate(m.scratch, m.Alpha)
		m.Pix, m.Alpha = nil, nil
	}
}

// rows calls work for runs of m's rows, several at once.
func (m *Image) rows(work func(lo, hi int)) { m.scratch.rows(m.Height, 12*m.Width, work) }

// Clone returns a copy that shares nothing with m.
func (m *Image) Clone() *Image {
	must(m.check())
	c := newImage(m.scratch, m.Width, m.Height)
	c.Alpha = m.cloneAlpha()
	m.rows(func(lo, hi int) { copy(c.Pix[lo*m.Width*3:], m.Pix[lo*m.Width*3:hi*m.Width*3]) })
	return c
}

// cloneAlpha is a copy of m's opacity, nil when it is opaque.
func (m *Image) cloneAlpha() []float32 {
	if m.Alpha == nil {
		return nil
	}
	c := room[float32](m.scratch, len(m.Alpha))
	m.rows(func(lo, hi int) { copy(c[lo*m.Width:], m.Alpha[lo*m.Width:hi*m.Width]) })
	return c
}

// Add adds the colours of o to m in place, as an octave adds back its detail.
// Opacity stays. It panics when the sizes differ.
func (m *Image) Add(o *Image) {
	m.mustMatch(o)
	m.rows(func(lo, hi int) {
		for i := lo * m.Width * 3; i < hi*m.Width*3; i++ {
			m.Pix[i] += o.Pix[i]
		}
	})
}

// Sub subtracts the colours of o from m in place. Opacity stays. It panics when
// the sizes differ.
func (m *Image) Sub(o *Image) {
	m.mustMatch(o)
	m.rows(func(lo, hi int) {
		for i := lo * m.Width * 3; i < hi*m.Width*3; i++ {
			m.Pix[i] -= o.Pix[i]
		}
	})
}

func (m *Image) mustMatch(o *Image) {
	must(errors.Join(m.check(), o.check()))
	if m.Width != o.Width || m.Height != o.Height {
		panic(fmt.Sprintf("dreamlib: image: want two of one size, found %d x %d and %d x %d", m.Width, m.Height, o.Width, o.Height))
	}
}

// Clip limits every value of m to 0..1 in place. NaN stays NaN.
func (m *Image) Clip() {
	must(m.check())
	m.rows(func(lo, hi int) {
		for _, values := range [][]float32{m.Pix, m.Alpha} {
			line := len(values) / m.Height
			for i, v := range values[lo*line : hi*line] {
				values[lo*line+i] = min(max(v, 0), 1)
			}
		}
	})
}

// Equal says whether two pictures have the same size, colours and opacity, bit
// for bit but that NaN equals nothing.
func (m *Image) Equal(o *Image) bool {
	must(errors.Join(m.check(), o.check()))
	if m.Width != o.Width || m.Height != o.Height || len(m.Alpha) != len(o.Alpha) {
		return false
	}
	var differ atomic.Bool
	m.rows(func(lo, hi int) {
		pix, alpha := 3*m.Width, len(m.Alpha)/m.Height
		if !slices.Equal(m.Pix[lo*pix:hi*pix], o.Pix[lo*pix:hi*pix]) || !slices.Equal(m.Alpha[lo*alpha:hi*alpha], o.Alpha[lo*alpha:hi*alpha]) {
			differ.Store(true)
		}
	})
	return !differ.Load()
}

// PSNR is the peak signal-to-noise ratio of two pictures in decibels, over
// their colours rounded to 8 bits as in a saved file: +Inf when those are
// equal, above 40 when no eye tells them apart. Opacity is not compared.
func PSNR(a, b *Image) (_ float64, err error) {
	defer fence(&err)
	if err := errors.Join(a.check(), b.check()); err != nil {
		return 0, err
	}
	if a.Width != b.Width || a.Height != b.Height {
		return 0, fmt.Errorf("dreamlib: psnr: want pictures of one size, found %d x %d and %d x %d", a.Width, a.Height, b.Width, b.Height)
	}
	rows := make([]float64, a.Height)
	a.rows(func(lo, hi int) {
		for i := lo * a.Width * 3; i < hi*a.Width*3; i++ {
			d := float64(quantize(a.Pix[i], 255)) - float64(quantize(b.Pix[i], 255))
			rows[i/(a.Width*3)] += d * d
		}
	})
	var sum float64
	for _, row := range rows {
		sum += row
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/sum), nil
}

// NRGBA returns m with 8 bits a channel: clamped to 0..1, halves rounded up.
// NaN becomes 0.
func (m *Image) NRGBA() *image.NRGBA {
	must(m.check())
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
	must(m.check())
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
	m.rows(func(lo, hi int) {
		for i := lo * m.Width; i < hi*m.Width; i++ {
			put(i, m.levels(i, top))
		}
	})
}

// levels are pixel i's red, green, blue and opacity as whole numbers 0..top.
func (m *Image) levels(i int, top uint16) [4]uint16 {
	p := [4]uint16{3: top}
	for c := range 3 {
		p[c] = quantize(m.Pix[3*i+c], top)
	}
	if m.Alpha != nil {
		p[3] = quantize(m.Alpha[i], top)
	}
	return p
}

// opaque says whether no pixel of m can be seen through, with levels 0..top.
func (m *Image) opaque(top uint16) bool {
	var found atomic.Bool
	m.rows(func(lo, hi int) {
		line := len(m.Alpha) / m.Height
		if slices.ContainsFunc(m.Alpha[lo*line:hi*line], func(a float32) bool { return quantize(a, top) < top }) {
			found.Store(true)
		}
	})
	return !found.Load()
}

// encodable is m with so many bits a channel, for an encoder that reads rows from
// the top down.
func (m *Image) encodable(depth int) image.Image {
	switch {
	case m.scratch != nil && depth == 16:
		return &rowReader{m: m, top: 65535, model: color.NRGBA64Model}
	case m.scratch != nil:
		return &rowReader{m: m, top: 255, model: color.NRGBAModel}
	case depth == 16:
		return m.NRGBA64()
	default:
		return m.NRGBA()
	}
}

// A rowReader gives an encoder what NRGBA or NRGBA64 of a picture on disk would
// hold, without holding it.
type rowReader struct {
	m     *Image
	top   uint16
	model color.Model
	row   int // that was read last
}

func (r *rowReader) ColorModel() color.Model { return r.model }
func (r *rowReader) Bounds() image.Rectangle { return image.Rect(0, 0, r.m.Width, r.m.Height) }

func (r *rowReader) Opaque() bool { return r.m.opaque(r.top) }

func (r *rowReader) At(x, y int) color.Color {
	if y != r.row && y%rowsRead == 0 {
		r.m.scratch.drop()
	}
	r.row = y
	p := r.m.levels(y*r.m.Width+x, r.top)
	if r.top > 255 {
		return color.NRGBA64{R: p[0], G: p[1], B: p[2], A: p[3]}
	}
	return color.NRGBA{R: uint8(p[0]), G: uint8(p[1]), B: uint8(p[2]), A: uint8(p[3])}
}

// rowsRead is after how many rows a rowReader gives them back.
const rowsRead = 64

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
	return convert(nil, withoutChroma(src, jpeg.FromYCbCr), 1)
}

// convert is FromImage in a scratch, for pictures in RGB, turned by EXIF's
// orientation.
func convert(s *scratch, src image.Image, turn int) *Image {
	b, at := src.Bounds(), straightColors(src)
	size := upright(Size{b.Dx(), b.Dy()}, turn)
	m := newImage(s, size.Width, size.Height)
	if o, ok := src.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		m.Alpha = room[float32](s, m.Width*m.Height)
	}
	m.rows(func(lo, hi int) {
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
