package vgg

import (
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Large pictures are dreamt in tiles, and the gradient is that of the whole
// picture. An objective is a sum over units, so its gradient is the sum of
// theirs. Every unit is counted in one tile: the one whose core it begins in.
// Around its core a tile has a halo, as wide as what the units of the core see;
// so these are the whole picture's units, zero padding included, because tiles
// at the border end there. Units of the halo may see a padding that is not the
// picture's, but they are not counted. The gradient of a tile's core with respect
// to pixels of the halo is added to that of the neighbours' cores.
//
// All tiles have one size, so one program serves them: the last of a row is
// moved back into the picture rather than cut off, and overlaps more.

// A tiling lays tiles over a picture.
type tiling struct {
	Picture, Tile picture.Size
	rows, columns []span // down and across
}

// span is one tile along one axis, in pixels of the picture. Its core is what
// lies from "from" up to "to".
type span struct{ at, from, to int }

// patchSide is the side of Winograd's patches. Tiles begin at multiples of it in
// units of the deepest layer, so that patches, and with them rounding, are the
// whole picture's too.
const patchSide = 4

// halo is how many pixels beyond its own block a unit of a layer sees on each
// side, rounded up to blocks.
func halo(l models.Layer) int {
	reach := (l.ReceptiveField - l.Stride + 1) / 2
	return (reach + l.Stride - 1) / l.Stride * l.Stride
}

// leastTile is the side, in pixels, that tiles for layer i must at least have.
func leastTile(l models.Layer) int { return 2*halo(l) + 2*patchSide*l.Stride }

// tile lays out tiles of at most some size for objectives whose deepest layer
// is l. No side of theirs is below leastTile.
func tile(whole, most picture.Size, l models.Layer) tiling {
	t := tiling{Picture: whole}
	t.Tile.Height, t.rows = spans(whole.Height, most.Height, l)
	t.Tile.Width, t.columns = spans(whole.Width, most.Width, l)
	return t
}

// spans lays tiles of at most most pixels along n, as few as possible and then
// as small as possible. They begin at multiples of align and, so that the last
// one can end with the picture, differ from n by a multiple of it.
func spans(n, most int, l models.Layer) (size int, list []span) {
	if n <= most {
		return n, []span{{0, 0, n}}
	}
	align, halo := patchSide*l.Stride, halo(l)
	advance := func(size int) int { return (size - 2*halo) / align * align }
	count := func(size int) int { return 1 + (n-size+advance(size)-1)/advance(size) }
	size = most - (most-n%align)%align
	for least := count(size); advance(size-align) > 0 && count(size-align) == least; {
		size -= align
	}
	for k := range count(size) {
		at := min(k*advance(size), n-size)
		list = append(list, span{at: at, from: at + halo, to: n})
		if k == 0 {
			list[0].from = 0
		} else {
			list[k-1].to = list[k].from
		}
	}
	return size, list
}

// A side is one that tiles may have along an axis, and how many of them it takes.
type side struct{ size, count int }

// sides are those along n pixels, from the largest down: for each number of tiles
// the smallest.
func sides(n int, l models.Layer) []side {
	list := []side{{n, 1}}
	for most := n - 1; most >= leastTile(l); most = list[len(list)-1].size - 1 {
		size, spans := spans(n, most, l)
		list = append(list, side{size, len(spans)})
	}
	return list
}

// count is how many tiles there are.
func (t tiling) count() int { return len(t.rows) * len(t.columns) }

// place is where tile i lies, counted row by row.
func (t tiling) place(i int) (row, column span) {
	return t.rows[i/len(t.columns)], t.columns[i%len(t.columns)]
}
