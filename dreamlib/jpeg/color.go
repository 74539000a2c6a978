package jpeg

import (
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// A conversion makes RGBA of one row of pixels: in holds a row of each
// component.
type conversion func(rgba []uint8, in [4][]uint8)

// conversion tells the colours of a picture by the rules of libjpeg: JFIF means
// YCbCr, Adobe's segment says what it is, and a file with neither is RGB if its
// components are named so.
func (d *decoder) conversion() conversion {
	if len(d.components) == 4 {
		if d.adobe && d.transform != 0 {
			return fromYCCK
		}
		return fromCMYK
	}
	named := [3]uint8{d.components[0].id, d.components[1].id, d.components[2].id} == [3]uint8{'R', 'G', 'B'}
	if !d.jfif && (d.adobe && d.transform == 0 || !d.adobe && named) {
		return fromRGB
	}
	return fromYCbCr
}

// merge enlarges the planes and converts them to one picture.
func merge(planes []plane, convert conversion, width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	parallel.Runs(height, func(lo, hi int) {
		var buffers, rows [4][]uint8
		for i, p := range planes {
			buffers[i] = make([]uint8, p.width*p.fx)
		}
		sums := make([]uint16, width)
		for y := lo; y < hi; y++ {
			for i, p := range planes {
				rows[i] = p.row(p.y0+y, buffers[i], sums)[p.x0:][:width]
			}
			convert(out.Pix[y*out.Stride:][:4*width], rows)
		}
	})
	return out
}

// FromYCbCr converts a picture that another decoder has read as Decode converts
// its own. The result begins at the origin.
func FromYCbCr(src *image.YCbCr) *image.RGBA {
	fx, fy := 1, 1 // 4:4:4
	switch src.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		fx, fy = 2, 1
	case image.YCbCrSubsampleRatio420:
		fx, fy = 2, 2
	case image.YCbCrSubsampleRatio440:
		fx, fy = 1, 2
	case image.YCbCrSubsampleRatio411:
		fx, fy = 4, 1
	case image.YCbCrSubsampleRatio410:
		fx, fy = 4, 2
	}
	r := src.Rect
	luma := plane{pix: src.Y, stride: src.YStride, width: r.Dx(), height: r.Dy(), fx: 1, fy: 1}
	cb := plane{
		pix: src.Cb, stride: src.CStride, fx: fx, fy: fy,
		width: ceil(r.Max.X, fx) - r.Min.X/fx, height: ceil(r.Max.Y, fy) - r.Min.Y/fy,
		x0: r.Min.X % fx, y0: r.Min.Y % fy, // a part may begin amid a chroma sample
	}
	cr := cb
	cr.pix = src.Cr
	return merge([]plane{luma, cb, cr}, fromYCbCr, r.Dx(), r.Dy())
}

func fromRGB(rgba []uint8, in [4][]uint8) {
	for x := range in[0] {
		rgba[4*x], rgba[4*x+1], rgba[4*x+2], rgba[4*x+3] = in[0][x], in[1][x], in[2][x], 255
	}
}

// The factors of JFIF 1.02, from ITU-R BT.601, with 16 bits behind the point.
const (
	redCr   = 91881  // 1.40200
	greenCb = 22554  // 0.34414
	greenCr = 46802  // 0.71414
	blueCb  = 116130 // 1.77200
	half    = 1 << 15
)

func fromYCbCr(rgba []uint8, in [4][]uint8) {
	luma, blue, red := in[0], in[1][:len(in[0])], in[2][:len(in[0])]
	for x, y := range luma {
		cb, cr := int32(blue[x])-128, int32(red[x])-128
		p := rgba[4*x : 4*x+4 : 4*x+4]
		p[0] = clamp(int32(y) + (redCr*cr+half)>>16)
		p[1] = clamp(int32(y) + (half-greenCb*cb-greenCr*cr)>>16)
		p[2] = clamp(int32(y) + (blueCb*cb+half)>>16)
		p[3] = 255
	}
}

// fromYCCK leaves what remains of each ink after the black one, whose lack is
// the fourth component: Adobe's YCCK is the YCbCr of the inks.
func fromYCCK(rgba []uint8, in [4][]uint8) {
	fromYCbCr(rgba, in)
	for x, k := range in[3] {
		for c := range 3 {
			rgba[4*x+c] = blacken(255-rgba[4*x+c], k)
		}
	}
}

func fromCMYK(rgba []uint8, in [4][]uint8) {
	fromRGB(rgba, in)
	for x, k := range in[3] {
		for c := range 3 {
			rgba[4*x+c] = blacken(rgba[4*x+c], k)
		}
	}
}

// blacken darkens the light that an ink leaves, both 0 to 255, as Pillow does:
// black takes its share of 255, and the ink its share, rounded, of what is left.
func blacken(light, black uint8) uint8 {
	ink := uint32(255-light)*uint32(black) + 128
	return black - uint8((ink+ink>>8)>>8)
}
