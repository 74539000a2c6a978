package picture

// Size is an image's size in pixels.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Pixels is how many pixels an image of this size has.
func (s Size) Pixels() float64 { return float64(s.Width) * float64(s.Height) }

// Pad returns the colours of m enlarged to a size, which is not below its own, by
// repeating the pixels at the edges. m lies in the middle, where Crop finds it. An
// image that has the size already is returned itself, else the result is opaque.
func (m *Image) Pad(size Size) *Image {
	must(m.Check())
	w, h := size.Width, size.Height
	if m.Width == w && m.Height == h {
		return m
	}
	x0, y0 := (w-m.Width)/2, (h-m.Height)/2
	padded := New(w, h)
	padded.Rows(func(lo, hi int) {
		for i := lo * w; i < hi*w; i++ {
			sx, sy := min(max(i%w-x0, 0), m.Width-1), min(max(i/w-y0, 0), m.Height-1)
			copy(padded.Pix[i*3:][:3], m.Pix[(sy*m.Width+sx)*3:])
		}
	})
	return padded
}

// Crop returns the colours of the middle of m, cut to a size, which is not above its
// own. An image that has the size already is returned itself, else the result is
// opaque.
func (m *Image) Crop(size Size) *Image {
	must(m.Check())
	w, h := size.Width, size.Height
	if m.Width == w && m.Height == h {
		return m
	}
	x0, y0 := (m.Width-w)/2, (m.Height-h)/2
	cropped := New(w, h)
	cropped.Rows(func(lo, hi int) {
		for y := lo; y < hi; y++ {
			copy(cropped.Pix[y*w*3:][:w*3], m.Pix[((y+y0)*m.Width+x0)*3:])
		}
	})
	return cropped
}
