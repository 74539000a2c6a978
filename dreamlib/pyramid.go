package dreamlib

import (
	"fmt"
	"math"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// A Pyramid is how octaves follow each other: their sizes, and what is handed on from one
// to the next. Its text form is its name:
//
//	detail    enlarges what the dream changed and adds it to the picture's own octave, so
//	          that its detail comes back (google/deepdream, dream.ipynb, deepdream)
//	carry     enlarges the dreamt picture itself (gordicaleksa/pytorch-deepdream,
//	          deep_dream_static_image)
//	article   the article's recursion in 8-bit pictures: shrinks a blurred copy, dreams on
//	          it, blends it back, dreams at 224x224
type Pyramid interface {
	// String is the text form.
	String() string

	// Sizes lists what the octaves are dreamt at, from the first to the last, of a picture
	// of size full, given Config.Octaves and Config.OctaveScale. least is the smallest side
	// that the network takes: octaves below it are dropped, and counted. It is an error
	// when there can be no octave.
	Sizes(full picture.Size, octaves int, scale float64, least int) (sizes []picture.Size, dropped int, err error)

	// Start begins a dream on a picture. What is asked for is as in Sizes.
	Start(m *picture.Image, octaves int, scale float64) Levels
}

// Levels are a Pyramid on one picture.
type Levels interface {
	// Begin is where an octave of a size begins, given where the one before led; nil for
	// the first. It may use dreamt's memory, and what it returns is the dream's to keep.
	Begin(octave int, size picture.Size, dreamt *picture.Image) *picture.Image

	// End makes the result, in the picture's own size, of where an octave led: the last,
	// or an earlier one when the dream ended there.
	End(octave int, dreamt *picture.Image) *picture.Image
}

// Pyramids reads the text form of each kind.
var Pyramids = map[string]Pyramid{"detail": Detail, "carry": Carry, "article": Article}

// The pyramids of pictures in full precision.
var (
	Detail Pyramid = plain{"detail", true}
	Carry  Pyramid = plain{"carry", false}
)

type plain struct {
	name   string
	detail bool // of the picture is brought back in every octave
}

func (p plain) String() string { return p.name }

// Sizes are from small to large, each scale times the one before, rounded.
func (p plain) Sizes(full picture.Size, n int, scale float64, least int) (sizes []picture.Size, dropped int, err error) {
	if n < 1 {
		return nil, 0, fmt.Errorf("dreamlib: octaves %d: want 1 to %d", n, maxOctaves)
	}
	for k := n - 1; k > 0; k-- {
		shrink := math.Pow(scale, float64(-k))
		s := picture.Size{
			Width:  int(math.Round(float64(full.Width) * shrink)),
			Height: int(math.Round(float64(full.Height) * shrink)),
		}
		if min(s.Width, s.Height) < max(least, 1) {
			dropped++
			continue
		}
		sizes = append(sizes, s)
	}
	return append(sizes, full), dropped, nil
}

func (p plain) Start(m *picture.Image, _ int, _ float64) Levels {
	return &plainLevels{plain: p, picture: m}
}

type plainLevels struct {
	plain
	picture *picture.Image
	base    *picture.Image // the picture at the size of the last octave; nil without detail
}

func (l *plainLevels) Begin(_ int, size picture.Size, dreamt *picture.Image) *picture.Image {
	if dreamt == nil || l.detail {
		base := l.picture
		if size != base.Size() {
			base = picture.Resize(base, size.Width, size.Height, picture.Bilinear)
		}
		last := l.base
		if l.base = base; dreamt == nil {
			return base
		}
		dreamt.Sub(last)
		dreamt = picture.Resize(dreamt, size.Width, size.Height, picture.Bilinear)
		dreamt.Add(base)
		return dreamt
	}
	return picture.Resize(dreamt, size.Width, size.Height, picture.Bilinear)
}

func (l *plainLevels) End(octave int, dreamt *picture.Image) *picture.Image {
	if size := l.picture.Size(); dreamt.Size() != size {
		return l.Begin(octave+1, size, dreamt)
	}
	return dreamt
}

// Article is the pyramid of the article's script, which works on 8-bit pictures and
// dreams at one size only: whatever a level's own size is, 224x224 is what the network
// sees. Octaves are the levels below the full picture, 0 or more.
var Article Pyramid = article{}

type article struct{}

const (
	articleSide  = 224 // pixels, transforms.Resize in the article
	articleBlur  = 2   // pixels, ImageFilter.GaussianBlur
	articleBlend = 0.6 // share of the smaller level, ImageChops.blend
)

func (article) String() string { return "article" }

func (article) Sizes(_ picture.Size, n int, _ float64, _ int) (sizes []picture.Size, dropped int, err error) {
	if n < 0 {
		return nil, 0, fmt.Errorf("dreamlib: octaves %d: want 0 to %d", n, maxOctaves)
	}
	for range n + 1 {
		sizes = append(sizes, picture.Size{Width: articleSide, Height: articleSide})
	}
	return sizes, 0, nil
}

// Start shrinks blurred copies on the way down.
func (article) Start(m *picture.Image, n int, scale float64) Levels {
	levels := make(articleLevels, n+1)
	levels[n] = m.RGB8()
	for i := n - 1; i >= 0; i-- {
		p := levels[i+1]
		w, h := p.Width, p.Height
		if float64(w)/scale >= 1 && float64(h)/scale >= 1 { // else the size stays, and the recursion goes on all the same
			w, h = int(float64(w)/scale), int(float64(h)/scale)
		}
		levels[i] = p.GaussianBlur(articleBlur).Resize(w, h, picture.Lanczos)
	}
	return levels
}

// articleLevels are the levels' pictures, from small to large; those that were dreamt on
// are blended with the level below.
type articleLevels []*picture.RGB8

func (l articleLevels) Begin(octave int, size picture.Size, dreamt *picture.Image) *picture.Image {
	if dreamt != nil {
		l.blend(octave, l.shrunk(octave-1, dreamt))
	}
	return l[octave].Resize(size.Width, size.Height, picture.Bilinear).Image()
}

// shrunk brings what was dreamt at 224x224 to the size of its level.
func (l articleLevels) shrunk(level int, dreamt *picture.Image) *picture.RGB8 {
	return picture.Truncate8(dreamt).Resize(l[level].Width, l[level].Height, picture.Bicubic)
}

// blend blends a level with the one below it.
func (l articleLevels) blend(level int, below *picture.RGB8) {
	p := l[level]
	l[level] = p.Blend(below.Resize(p.Width, p.Height, picture.Lanczos), articleBlend)
}

// End blends the levels above as well, so that a dream that ended early has full size.
func (l articleLevels) End(octave int, dreamt *picture.Image) *picture.Image {
	l[octave] = l.shrunk(octave, dreamt)
	for level := octave + 1; level < len(l); level++ {
		l.blend(level, l[level-1])
	}
	return l[len(l)-1].Image()
}
