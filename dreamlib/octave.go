package dreamlib

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/seed2310110f/godream/dreamlib/picture"
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

// Octaves lists n sizes from small to large, each scale times the one before,
// rounded, ending in full. Those with a side below least pixels are left out
// and counted; full itself always stays.
func Octaves(full picture.Size, n int, scale float64, least int) (sizes []picture.Size, dropped int) {
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
	return append(sizes, full), dropped
}

// next is where an octave begins: on its own picture base, with what was
// dreamt on the one before, whose own picture was lastBase. It takes dreamt over:
// large pictures are not copied without need.
func (p Pyramid) next(base, dreamt, lastBase *picture.Image) *picture.Image {
	if dreamt == nil {
		return base
	}
	if p == PyramidCarry {
		return picture.Resize(dreamt, base.Width, base.Height, picture.Bilinear)
	}
	dreamt.Sub(lastBase)
	detail := picture.Resize(dreamt, base.Width, base.Height, picture.Bilinear)
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
