package dreamlib

import (
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/jpeg"
)

// fromYCbCr takes the planes of a picture as JPEG means them. Go's color.YCbCr
// repeats each chroma sample over its block, and so shows blocky edges in 4:2:0
// pictures; this is how libjpeg enlarges and converts them.
func fromYCbCr(src *image.YCbCr) *Image { return FromImage(jpeg.FromYCbCr(src)) }

// withOpacity gives m the opacity of src.
func withOpacity(m *Image, src *image.NYCbCrA) *Image {
	if src.Opaque() {
		return m
	}
	m.Alpha = make([]float32, m.Width*m.Height)
	for i := range m.Alpha {
		m.Alpha[i] = float32(src.A[i/m.Width*src.AStride+i%m.Width]) / 255
	}
	return m
}

// fromWebP takes the planes of a decoded WebP file, which are 4:2:0 and begin at
// the origin. Y spans 16 to 235 in them and the others 16 to 240 (RFC 6386
// section 9.2, ITU-R BT.601), which Go's color.YCbCr does not know. The result
// has the levels that libwebp, and so Pillow, gives.
func fromWebP(src *image.YCbCr) *Image {
	out := image.NewRGBA(src.Rect)
	parallel.Runs(src.Rect.Dy(), func(lo, hi int) {
		for y := lo; y < hi; y++ {
			for x := range src.Rect.Dx() {
				luma := int(src.Y[y*src.YStride+x]) * 19077 >> 8 // 255/219, with 14 bits behind the point
				cb, cr := chromaAt(src, src.Cb, x, y), chromaAt(src, src.Cr, x, y)
				p := out.Pix[y*out.Stride+4*x:][:4]
				p[0] = webpLevel(luma + cr*26149>>8 - 14234)
				p[1] = webpLevel(luma - cb*6419>>8 - cr*13320>>8 + 8708)
				p[2] = webpLevel(luma + cb*33050>>8 - 17685)
				p[3] = 255
			}
		}
	})
	return FromImage(out)
}

// webpLevel drops 6 bits behind the point, which are what is left of 14 after a
// shift by 8.
func webpLevel(v int) uint8 { return uint8(min(max(v>>6, 0), 255)) }

// chromaAt interpolates between the nearest sample and its neighbours towards
// the pixel: 3/4 and 1/4 in each direction.
func chromaAt(src *image.YCbCr, plane []uint8, x, y int) int {
	x0, y0 := x/2, y/2
	x1 := min(max(x0-1+x%2*2, 0), (src.Rect.Max.X-1)/2)
	y1 := min(max(y0-1+y%2*2, 0), (src.Rect.Max.Y-1)/2)
	near, far := plane[y0*src.CStride:], plane[y1*src.CStride:]
	return (9*int(near[x0]) + 3*int(near[x1]) + 3*int(far[x0]) + int(far[x1]) + 8) / 16
}
