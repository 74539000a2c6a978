package vgg

import (
	"fmt"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// What an objective does not read of the deepest layer is not computed: channels, and
// for single positions the rest of the picture.

// fewChannels lists the channels that the deepest convolution computes, nil where all
// its channels are read.
func (l *Layout) fewChannels() (list []int) {
	last := l.model.lastConv(l.Objective.Deepest())
	for _, r := range l.Objective.reads() {
		if r.Layer < last {
			continue
		}
		if r.Channels == nil {
			return nil
		}
		for _, c := range r.Channels {
			if !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	return list
}

// lastConv is the index of the last convolution up to layer i.
func (m *Model) lastConv(i int) int {
	for m.Net.Layers[i].Kind != models.Conv {
		i--
	}
	return i
}

// seen is the part of a picture that the objective sees, as a tiling of one tile, where
// it reads single positions only; nil where it is the whole picture. Its size is the
// same for positions anywhere, so that one program serves them.
func (l *Layout) seen(size picture.Size) (*tiling, error) {
	rows, columns := span{from: size.Height}, span{from: size.Width}
	deepest, part := l.model.Net.Layers[l.Objective.Deepest()], true
	for _, r := range l.Objective.reads() {
		if r.At == nil {
			part = false
			continue
		}
		layer := l.model.Net.Layers[r.Layer]
		if w, h := size.Width/layer.Stride, size.Height/layer.Stride; r.At.X < 0 || r.At.Y < 0 || r.At.X >= w || r.At.Y >= h {
			return nil, fmt.Errorf("vgg: %s: position %dx%d: want column 0 to %d and row 0 to %d of a picture of %dx%d",
				layer.Name, r.At.X, r.At.Y, w-1, h-1, size.Width, size.Height)
		}
		columns.include(r.At.X, layer)
		rows.include(r.At.Y, layer)
	}
	if !part {
		return nil, nil
	}
	t := &tiling{Picture: size}
	t.Tile.Height, t.rows = rows.within(size.Height, deepest.Stride)
	t.Tile.Width, t.columns = columns.within(size.Width, deepest.Stride)
	if t.Tile == size {
		return nil, nil
	}
	return t, nil
}

// include widens a span by what a unit of a layer sees.
func (s *span) include(at int, l models.Layer) {
	s.from = min(s.from, at*l.Stride-halo(l))
	s.to = max(s.to, (at+1)*l.Stride+halo(l))
}

// within is a tile that covers a span of n pixels, beginning at a multiple of stride,
// the last of which may end with the n pixels.
func (s span) within(n, stride int) (size int, list []span) {
	from := (s.from - stride + 1) / stride * stride // rounded down, also below zero
	if s.from >= 0 {
		from = s.from / stride * stride
	}
	size = (s.to - from + stride - 1) / stride * stride
	if size += n % stride; size >= n {
		return n, []span{{0, 0, n}}
	}
	from = min(max(from, 0), n-size)
	return size, []span{{from, from, from + size}}
}
