package page

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib"
)

// ThumbnailSide is the longest side of a picture's small copy, in pixels: enough for
// the grid of pictures as it is laid out at first, at some 15 kB each.
const ThumbnailSide = 256

// shrunkQuality is that of small copies.
const shrunkQuality = 85

// Shrink writes a small copy of the picture from as the JPEG file to: at most side
// pixels wide and high, and no larger than it was. What is transparent shows white.
func Shrink(from, to string, side int) error {
	m, err := dreamlib.ReadImage(from)
	if err != nil {
		return err
	}
	if most := max(m.Width, m.Height); most > side {
		scale := float64(side) / float64(most)
		pixels := func(n int) int { return max(int(math.Round(float64(n)*scale)), 1) }
		m = dreamlib.Resize(m, pixels(m.Width), pixels(m.Height), dreamlib.Bilinear)
	}
	for i, a := range m.Alpha {
		for c := range 3 {
			m.Pix[3*i+c] = m.Pix[3*i+c]*a + 1 - a
		}
	}
	m.Alpha = nil
	return dreamlib.WriteImage(to, m, dreamlib.ImageOptions{Quality: shrunkQuality})
}
