package dreamlib

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Pyramid is how octaves hand on what was dreamt to the next larger one.
type Pyramid string

const (
	// PyramidDetail enlarges what the dream changed and adds it to the
	// picture's own octave, so its detail comes back (google/deepdream,
	// dream.ipynb, deepdream).
	PyramidDetail Pyramid = "detail"

	// PyramidCarry enlarges the dreamt picture itself
	// (gordicaleksa/pytorch-deepdream, deep_dream_static_image).
	PyramidCarry Pyramid = "carry"

	// PyramidArticle is the article's recursion in 8-bit pictures: shrink a
	// blurred copy, dream on it, blend it back, dream at 224x224.
	PyramidArticle Pyramid = "article"
)

// Size is a picture's size in pixels.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Octaves lists n sizes from small to large, each scale times the one before,
// rounded, ending in full. Those with a side below least pixels are left out
// and counted; full itself always stays.
func Octaves(full Size, n int, scale float64, least int) (sizes []Size, dropped int) {
	for k := n - 1; k > 0; k-- {
		shrink := math.Pow(scale, float64(-k))
		s := Size{
			Width:  int(math.Round(float64(full.Width) * shrink)),
			Height: int(math.Round(float64(full.Height) * shrink)),
		}
		if min(s.Width, s.Height) < max(least, 1) {
			dropped++
			continue
		}
		sizes = append(sizes, s)
	}
	return append(sizes, full), dropped
}

// next is where an octave begins: on its own picture base, with what was
// dreamt on the one before, whose own picture was lastBase. It takes dreamt over
// and closes it: large pictures are not copied without need.
func (p Pyramid) next(base, dreamt, lastBase *Image) *Image {
	if dreamt == nil {
		return base
	}
	defer dreamt.Close()
	if p == PyramidCarry {
		return Resize(dreamt, base.Width, base.Height, Bilinear)
	}
	dreamt.Sub(lastBase)
	detail := Resize(dreamt, base.Width, base.Height, Bilinear)
	detail.Add(base)
	return detail
}

// Purposes keep the random numbers of different uses apart.
const purposeJitter = 1

// random is the generator for one purpose at one step. It is keyed, not
// shared, so that a dream that goes on from the middle, or in another order,
// draws the same numbers: ChaCha8 with the four values as its key.
func random(seed uint64, octave, iteration, purpose int) *rand.Rand {
	var key [32]byte
	for i, v := range []uint64{seed, uint64(octave), uint64(iteration), uint64(purpose)} {
		binary.LittleEndian.PutUint64(key[8*i:], v)
	}
	return rand.New(rand.NewChaCha8(key))
}

// shift draws one step's jitter, in rows and columns.
func (c Config) shift(octave, iteration int) [2]int32 {
	r := random(c.Seed, octave, iteration, purposeJitter)
	draw := func() int32 { return int32(r.IntN(2*c.Jitter+1) - c.Jitter) }
	return [2]int32{draw(), draw()}
}

// padTo repeats a picture's edges until it has a size, which is not below its
// own. The original lies in the middle, where crop finds it.
func padTo(m *Image, size Size) *Image {
	w, h := size.Width, size.Height
	if m.Width == w && m.Height == h {
		return m
	}
	x0, y0 := (w-m.Width)/2, (h-m.Height)/2
	padded := newImage(m.scratch, w, h)
	padded.rows(func(lo, hi int) {
		for i := lo * w; i < hi*w; i++ {
			sx, sy := min(max(i%w-x0, 0), m.Width-1), min(max(i/w-y0, 0), m.Height-1)
			copy(padded.Pix[i*3:][:3], m.Pix[(sy*m.Width+sx)*3:])
		}
	})
	return padded
}

// crop cuts a picture of some size out of m's middle.
func crop(m *Image, size Size) *Image {
	w, h := size.Width, size.Height
	if m.Width == w && m.Height == h {
		return m
	}
	x0, y0 := (m.Width-w)/2, (m.Height-h)/2
	out := newImage(m.scratch, w, h)
	out.rows(func(lo, hi int) {
		for y := lo; y < hi; y++ {
			copy(out.Pix[y*w*3:][:w*3], m.Pix[((y+y0)*m.Width+x0)*3:])
		}
	})
	return out
}
