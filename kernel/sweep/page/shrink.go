package page

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// ThumbnailSide is the longest side of a picture's small copy, in pixels: enough for
// the grid of pictures as it is laid out at first, at some 15 kB each.
const ThumbnailSide = 256

// shrunkQuality is that of small copies.
const shrunkQuality = 85

// Shrink writes a small copy of a picture as the JPEG file path: at most side pixels
// wide and high, and no larger than it is. What is transparent shows white.
func Shrink(m *picture.Image, path string, side int) error {
	scale := min(1, float64(side)/float64(max(m.Width, m.Height)))
	pixels := func(n int) int { return max(int(math.Round(float64(n)*scale)), 1) }
	small := picture.Resize(m, pixels(m.Width), pixels(m.Height), picture.Bilinear)
	for i, a := range small.Alpha {
		for c := range 3 {
			small.Pix[3*i+c] = small.Pix[3*i+c]*a + 1 - a
		}
	}
	small.Alpha = nil
	return picture.Write(path, small, picture.Options{Quality: shrunkQuality})
}
