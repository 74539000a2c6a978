package dreamlib

import (
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// withoutChroma brings planes of YCbCr to RGB by a format's rule. JPEG's is
// jpeg.FromYCbCr: Go's color.YCbCr repeats each chroma sample over its block, and
// so shows blocky edges in 4:2:0 pictures, where libjpeg interpolates. Other
// pictures stay as they are.
func withoutChroma(src image.Image, rgb func(*image.YCbCr) *image.RGBA) image.Image {
	switch src := src.(type) {
	case *image.YCbCr:
		return rgb(src)
	case *image.NYCbCrA:
		return withOpacity(rgb(&src.YCbCr), src)
	}
	return src
}

// withOpacity gives an opaque m the opacity of src.
func withOpacity(m *image.RGBA, src *image.NYCbCrA) *image.NRGBA {
	for y := range m.Rect.Dy() {
		for x, a := range src.A[y*src.AStride:][:m.Rect.Dx()] {
			m.Pix[y*m.Stride+4*x+3] = a
		}
	}
	return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
}

// fromWebP takes the planes of a decoded WebP file, which are 4:2:0 and begin at
// the origin. Y spans 16 to 235 in them and the others 16 to 240 (RFC 6386
// section 9.2, ITU-R BT.601), which Go's color.YCbCr does not know. The result
// has the levels that libwebp, and so Pillow, gives.
func fromWebP(src *image.YCbCr) *image.RGBA {
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
	return out
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
