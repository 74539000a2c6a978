package dreamlib

import "image"

// A lumaRange says which stored levels mean black, white and full colour.
type lumaRange struct {
	black        float32 // level of Y that is black
	gainY, gainC float32 // 255 over the levels that Y and the colour differences span
}

var (
	jpegRange = lumaRange{0, 1, 1}                          // JFIF 1.02: Y, Cb and Cr span 0..255
	webpRange = lumaRange{16, 255.0 / 219.0, 255.0 / 224.0} // RFC 6386 section 9.2, ITU-R BT.601: Y spans 16..235, the others 16..240
)

// fromYCbCr converts luma and chroma planes to RGB. Go's color.YCbCr repeats
// each chroma sample over its block and knows JPEG's range alone, so that it
// shows blocky edges in 4:2:0 pictures and a grey white in WebP.
// Here chroma is interpolated with the triangle filter that libjpeg calls fancy
// upsampling, which for a factor of two is our Bilinear enlargement.
func fromYCbCr(src *image.YCbCr, rng lumaRange) *Image {
	m := NewImage(src.Rect.Dx(), src.Rect.Dy())
	cb, stride := fullChroma(src, src.Cb)
	cr, _ := fullChroma(src, src.Cr)
	parallel(m.Height, func(lo, hi int) {
		for i := lo * m.Width; i < hi*m.Width; i++ {
			x, y := i%m.Width, i/m.Width
			luma := (float32(src.Y[y*src.YStride+x]) - rng.black) * rng.gainY
			b, r := (cb[y*stride+x]-128)*rng.gainC, (cr[y*stride+x]-128)*rng.gainC
			// ITU-R BT.601: luma is 0.299 R + 0.587 G + 0.114 B.
			m.Pix[3*i] = min(max((luma+1.402*r)/255, 0), 1)
			m.Pix[3*i+1] = min(max((luma-0.344136*b-0.714136*r)/255, 0), 1)
			m.Pix[3*i+2] = min(max((luma+1.772*b)/255, 0), 1)
		}
	})
	return m
}

func fromNYCbCrA(src *image.NYCbCrA, rng lumaRange) *Image {
	m := fromYCbCr(&src.YCbCr, rng)
	if src.Opaque() {
		return m
	}
	m.Alpha = make([]float32, m.Width*m.Height)
	for i := range m.Alpha {
		m.Alpha[i] = float32(src.A[i/m.Width*src.AStride+i%m.Width]) / 255
	}
	return m
}

// fullChroma enlarges one chroma plane of src to a sample for every pixel, the
// first for the picture's top left one, stride samples a row, rounded to whole
// levels as libjpeg and libwebp round theirs.
func fullChroma(src *image.YCbCr, plane []uint8) (full []float32, stride int) {
	bw, bh := chromaBlock(src.SubsampleRatio)
	r := src.Rect
	w, h := (r.Max.X-1)/bw-r.Min.X/bw+1, (r.Max.Y-1)/bh-r.Min.Y/bh+1
	small := make([]float32, w*h)
	for i := range small {
		small[i] = float32(plane[i/w*src.CStride+i%w])
	}
	full = resample(small, w, h, 1, filterTaps(w, w*bw, Bilinear), filterTaps(h, h*bh, Bilinear), toFloat32)
	for i, v := range full {
		full[i] = float32(int(v + 0.5))
	}
	return full[r.Min.Y%bh*w*bw+r.Min.X%bw:], w * bw
}

// chromaBlock is how many pixels, across and down, share one chroma sample.
func chromaBlock(ratio image.YCbCrSubsampleRatio) (w, h int) {
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
	return 1, 1
}
