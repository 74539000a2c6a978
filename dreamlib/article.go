package dreamlib

// The article's script works on 8-bit pictures and dreams at one size only:
// whatever a level's own size is, 224x224 is what the network sees.
const (
	articleSide  = 224 // pixels, transforms.Resize in the article
	articleBlur  = 2   // pixels, ImageFilter.GaussianBlur
	articleBlend = 0.6 // share of the smaller level, ImageChops.blend
)

// articleLevels lists the sizes of the full picture and of n levels below it,
// small to large. A side would fall below one pixel: the size stays, and the
// recursion goes on all the same.
func articleLevels(full Size, n int, scale float64) []Size {
	sizes := make([]Size, n+1)
	sizes[n] = full
	for i := n - 1; i >= 0; i-- {
		s := sizes[i+1]
		w, h := float64(s.Width)/scale, float64(s.Height)/scale
		if w >= 1 && h >= 1 {
			s = Size{int(w), int(h)}
		}
		sizes[i] = s
	}
	return sizes
}

// article dreams as deep_dream_vgg does, the article's recursive function.
func (d *dream) article() (*Image, error) {
	p, err := d.articleLevel(toRGB8(d.picture), len(d.sizes)-1)
	return p.image(), err
}

// articleLevel dreams on one level, after the smaller ones. When the dream
// ends early the levels above are still blended, so that the picture so far
// comes out at full size.
func (d *dream) articleLevel(p *rgb8, level int) (*rgb8, error) {
	if level > 0 {
		size := d.sizes[level-1]
		small := resize8(gaussianBlur8(p, articleBlur), size.Width, size.Height, Lanczos)
		small, err := d.articleLevel(small, level-1)
		p = blend8(p, resize8(small, p.w, p.h, Lanczos), articleBlend)
		if err != nil {
			return p, err
		}
	}
	seen := resize8(p, articleSide, articleSide, Bilinear).image()
	dreamt, err := d.climb(level, seen)
	return resize8(truncate8(dreamt), p.w, p.h, Bicubic), err
}
