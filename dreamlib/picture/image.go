// Package picture holds pictures as numbers and reads and writes them as files. It
// knows nothing of networks.
//
//	img, err := picture.Read("in.jpg")
//	...
//	img = picture.Resize(img, 640, 480, picture.Bilinear)
//	...
//	err = picture.Write("out.png", img, picture.Options{Depth: 16})
//
// An Image has float32 colours in 0..1. Files are JPEG, PNG, GIF, WebP, BMP or TIFF
// to read, PNG or JPEG to write, with text beside the image. RGB8 repeats Pillow's
// 8-bit arithmetic bit for bit. Colour profiles are not applied, animations are read
// to their first frame.
package picture

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"sync/atomic"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Image is a picture as numbers. Black is 0 and full intensity is 1, in the
// picture's own (sRGB) encoding. Values may lie outside 0..1 between steps of work;
// saving clamps them. Functions that take an Image with too few or too many values
// return an error, or panic where they return none.
type Image struct {
	Width, Height int       // pixels
	Pix           []float32 // red, green, blue of each pixel, row by row: [Height, Width, 3]

	// Alpha is the opacity of each pixel, 0..1, [Height, Width], or nil when the
	// picture is opaque. Colours are straight, not multiplied by it.
	Alpha []float32
}

// New returns a black, opaque image of w x h pixels. It panics when either is below
// 1, as make does for a negative length.
func New(w, h int) *Image {
	mustHold(w, h)
	return &Image{Width: w, Height: h, Pix: make([]float32, w*h*3)}
}

func mustHold(w, h int) {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("picture: image: want at least 1 x 1 pixels, found %d x %d", w, h))
	}
}

// Check reports whether there is an image, and whether Pix and Alpha hold as many values
// as its size asks for.
func (m *Image) Check() error {
	if m == nil || m.Width < 1 || m.Height < 1 {
		return errors.New("picture: is empty, want at least 1x1 pixels")
	}
	if m.Width > MaxPixels/m.Height {
		return fmt.Errorf("picture: image of %dx%d: want at most %d pixels", m.Width, m.Height, MaxPixels)
	}
	pixels := m.Width * m.Height
	if len(m.Pix) != 3*pixels {
		return fmt.Errorf("picture: image of %dx%d: Pix: want %d values, found %d", m.Width, m.Height, 3*pixels, len(m.Pix))
	}
	if m.Alpha != nil && len(m.Alpha) != pixels {
		return fmt.Errorf("picture: image of %dx%d: Alpha: want %d values or nil, found %d", m.Width, m.Height, pixels, len(m.Alpha))
	}
	return nil
}

// must panics with an error, in functions that return none.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Rows calls work for runs lo..hi-1 of the image's rows, one for each processor, all
// at once.
func (m *Image) Rows(work func(lo, hi int)) { parallel.Runs(m.Height, work) }

// Clone returns a copy that shares nothing with m.
func (m *Image) Clone() *Image {
	must(m.Check())
	return &Image{Width: m.Width, Height: m.Height, Pix: slices.Clone(m.Pix), Alpha: slices.Clone(m.Alpha)}
}

// Add adds the colours of o to m in place, as an octave adds back its detail.
// Opacity stays. It panics when the sizes differ.
func (m *Image) Add(o *Image) {
	m.mustMatch(o)
	m.Rows(func(lo, hi int) {
		for i := lo * m.Width * 3; i < hi*m.Width*3; i++ {
			m.Pix[i] += o.Pix[i]
		}
	})
}

// Sub subtracts the colours of o from m in place. Opacity stays. It panics when
// the sizes differ.
func (m *Image) Sub(o *Image) {
	m.mustMatch(o)
	m.Rows(func(lo, hi int) {
		for i := lo * m.Width * 3; i < hi*m.Width*3; i++ {
			m.Pix[i] -= o.Pix[i]
		}
	})
}

func (m *Image) mustMatch(o *Image) {
	must(errors.Join(m.Check(), o.Check()))
	if m.Width != o.Width || m.Height != o.Height {
		panic(fmt.Sprintf("picture: image: want two of one size, found %d x %d and %d x %d", m.Width, m.Height, o.Width, o.Height))
	}
}

// Clip limits every value of m to 0..1 in place. NaN stays NaN.
func (m *Image) Clip() {
	must(m.Check())
	m.Rows(func(lo, hi int) {
		for _, values := range [][]float32{m.Pix, m.Alpha} {
			line := len(values) / m.Height
			for i, v := range values[lo*line : hi*line] {
				values[lo*line+i] = min(max(v, 0), 1)
			}
		}
	})
}

// Equal reports whether two pictures have the same size, colours and opacity, bit
// for bit but that NaN equals nothing.
func (m *Image) Equal(o *Image) bool {
	must(errors.Join(m.Check(), o.Check()))
	if m.Width != o.Width || m.Height != o.Height || len(m.Alpha) != len(o.Alpha) {
		return false
	}
	var differ atomic.Bool
	m.Rows(func(lo, hi int) {
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
	defer parallel.Fence("picture", &err)
	if err := errors.Join(a.Check(), b.Check()); err != nil {
		return 0, err
	}
	if a.Width != b.Width || a.Height != b.Height {
		return 0, fmt.Errorf("picture: psnr: want pictures of one size, found %d x %d and %d x %d", a.Width, a.Height, b.Width, b.Height)
	}
	rows := make([]float64, a.Height)
	a.Rows(func(lo, hi int) {
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
	must(m.Check())
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
	must(m.Check())
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
	m.Rows(func(lo, hi int) {
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

// opaque reports whether no pixel of m can be seen through, at levels 0..top.
func (m *Image) opaque(top uint16) bool {
	return !slices.ContainsFunc(m.Alpha, func(a float32) bool { return quantize(a, top) < top })
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
