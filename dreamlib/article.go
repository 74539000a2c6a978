package dreamlib

import "github.com/seed2310110f/godream/dreamlib/picture"

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
func articleLevels(full picture.Size, n int, scale float64) []picture.Size {
	sizes := make([]picture.Size, n+1)
	sizes[n] = full
	for i := n - 1; i >= 0; i-- {
		s := sizes[i+1]
		w, h := float64(s.Width)/scale, float64(s.Height)/scale
		if w >= 1 && h >= 1 {
			s = picture.Size{Width: int(w), Height: int(h)}
		}
		sizes[i] = s
	}
	return sizes
}

// article dreams as deep_dream_vgg does, the article's recursive function.
func (d *dream) article() (*picture.Image, error) {
	p, err := d.articleLevel(d.picture.RGB8(), len(d.sizes)-1)
	return p.Image(), err
}

// articleLevel dreams on one level, after the smaller ones. When the dream
// ends early the levels above are still blended, so that the picture so far
// comes out at full size.
func (d *dream) articleLevel(p *picture.RGB8, level int) (*picture.RGB8, error) {
	if level > 0 {
		size := d.sizes[level-1]
		small := p.GaussianBlur(articleBlur).Resize(size.Width, size.Height, picture.Lanczos)
		small, err := d.articleLevel(small, level-1)
		p = p.Blend(small.Resize(p.Width, p.Height, picture.Lanczos), articleBlend)
		if err != nil {
			return p, err
		}
	}
	seen := p.Resize(articleSide, articleSide, picture.Bilinear).Image()
	dreamt, err := d.climb(level, seen)
	return picture.Truncate8(dreamt).Resize(p.Width, p.Height, picture.Bicubic), err
}
