package picture

import (
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// withoutChroma converts planes of YCbCr to RGB by a format's rule. JPEG's is
// fromYCbCr: Go's color.YCbCr repeats each chroma sample over its block, and so
// shows blocky edges in 4:2:0 pictures, where libjpeg interpolates. Other pictures
// stay as they are.
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

// The factors of JFIF 1.02, from ITU-R BT.601, with 16 bits behind the point.
const (
	redCr   = 91881  // 1.40200
	greenCb = 22554  // 0.34414
	greenCr = 46802  // 0.71414
	blueCb  = 116130 // 1.77200
	half    = 1 << 15
)

// fromYCbCr enlarges the chroma planes and converts them to RGB, both as libjpeg
// does by default. The result begins at the origin.
func fromYCbCr(src *image.YCbCr) *image.RGBA {
	r := src.Rect
	luma := plane{pix: src.Y, stride: src.YStride, width: r.Dx(), height: r.Dy(), fx: 1, fy: 1}
	fx, fy := subsampling(src.SubsampleRatio)
	cb := plane{
		pix: src.Cb, stride: src.CStride, fx: fx, fy: fy,
		width: ceil(r.Max.X, fx) - r.Min.X/fx, height: ceil(r.Max.Y, fy) - r.Min.Y/fy,
		x0: r.Min.X % fx, y0: r.Min.Y % fy, // a part may begin amid a chroma sample
	}
	cr := cb
	cr.pix = src.Cr
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	parallel.Runs(r.Dy(), func(lo, hi int) {
		blues, reds := make([]uint8, cb.width*fx), make([]uint8, cr.width*fx)
		sums := make([]uint16, cb.width)
		for y := lo; y < hi; y++ {
			rgbRow(out.Pix[y*out.Stride:][:4*r.Dx()], luma.line(y), cb.row(y, blues, sums), cr.row(y, reds, sums))
		}
	})
	return out
}

// subsampling is how many pixels a chroma sample covers, across and down.
func subsampling(ratio image.YCbCrSubsampleRatio) (fx, fy int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1 // 4:4:4
}

// ceil is n/d rounded up.
func ceil(n, d int) int { return (n + d - 1) / d }

// rgbRow converts a row of pixels from YCbCr to RGBA.
func rgbRow(rgba, luma, blue, red []uint8) {
	blue, red = blue[:len(luma)], red[:len(luma)]
	for x, y := range luma {
		cb, cr := int32(blue[x])-128, int32(red[x])-128
		p := rgba[4*x : 4*x+4 : 4*x+4]
		p[0] = clampLevel(int32(y) + (redCr*cr+half)>>16)
		p[1] = clampLevel(int32(y) + (half-greenCb*cb-greenCr*cr)>>16)
		p[2] = clampLevel(int32(y) + (blueCb*cb+half)>>16)
		p[3] = 255
	}
}

func clampLevel(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// A plane is one component as samples, each of which covers fx x fy pixels.
type plane struct {
	pix           []uint8
	stride        int // bytes a row
	width, height int // samples
	fx, fy        int
	x0, y0        int // of the picture's first pixel in the enlarged plane
}

// row returns row y of the picture out of the enlarged plane. The result lies in
// buffer, of width*fx, or in the plane where nothing needs enlarging.
//
// Factors of two are enlarged with a triangle filter: the nearer sample counts
// 3/4 and the farther 1/4, in each direction, with the outermost samples
// repeated beyond the edge. Halves are rounded up and down in turn, so that no
// shade is favoured. Other factors repeat samples, and so does a factor of two
// across planes of one or two columns. All this is libjpeg's choice.
func (p plane) row(y int, buffer []uint8, sums []uint16) []uint8 {
	y += p.y0
	near := p.line(y / p.fy)
	smoothX := p.fx == 2 && p.fy <= 2 && p.width > 2
	smoothY := p.fy == 2 && (p.fx == 1 || smoothX)
	if p.fx == 1 && !smoothY {
		return near[p.x0:]
	}
	out := buffer[:p.width*p.fx]
	if !smoothX && !smoothY {
		for x := range out {
			out[x] = near[x/p.fx]
		}
		return out[p.x0:]
	}
	sums = sums[:p.width]
	switch {
	case !smoothY:
		for x := range sums {
			sums[x] = uint16(near[x])
		}
		widen(out, sums, 1, 2, 2)
	case smoothX:
		p.blend(sums, y)
		widen(out, sums, 8, 7, 4)
	default:
		p.blend(sums, y)
		bias := uint16(1 + y%2)
		for x, s := range sums {
			out[x] = uint8((s + bias) >> 2)
		}
	}
	return out[p.x0:]
}

// blend sums, for row y of a picture of twice the height, three times the
// nearer samples and once the farther ones.
func (p plane) blend(sums []uint16, y int) {
	near, far := p.line(y/2), p.line(y/2-1+y%2*2)
	for x := range sums {
		sums[x] = 3*uint16(near[x]) + uint16(far[x])
	}
}

// line returns row y of the samples; outside the plane, the nearest one.
func (p plane) line(y int) []uint8 {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride:][:p.width]
}

// widen makes two pixels of each sum. Before the low bits are shifted out, left
// is added to the first of them and right to the second.
func widen(out []uint8, sums []uint16, left, right uint16, bits int) {
	before := sums[0]
	for x, s := range sums {
		after := sums[min(x+1, len(sums)-1)]
		out[2*x] = uint8((3*s + before + left) >> bits)
		out[2*x+1] = uint8((3*s + after + right) >> bits)
		before = s
	}
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
