package vgg

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
)

// Gradient returns the objective's value at pictures, and its gradient with respect to
// them, in into, or in a new Input where that is nil. Pictures that Options.Memory is too
// small for are taken in tiles; the gradient is the same. It ends early, with ctx's error,
// when ctx is done.
func (m *Model) Gradient(ctx context.Context, o Objective, x, into *Input) (value float64, gradient *Input, err error) {
	defer parallel.Fence("vgg", &err)
	if err := errors.Join(m.Check(), x.Check()); err != nil {
		return 0, nil, err
	}
	l, err := m.Layout(o, x.N, x.Size(), 8*int64(len(x.X)))
	if err != nil {
		return 0, nil, err
	}
	if into == nil {
		into = x.Like()
	}
	value, err = l.Gradient(ctx, x, into)
	return value, into, err
}

// A Layout is an objective on pictures of one size, ready to be computed: in one piece,
// in tiles, or on that part of the picture alone which the objective sees.
type Layout struct {
	Objective Objective
	Tile      picture.Size // of what goes through the network at once
	Tiles     int          // for each picture

	model    *Model
	n        int
	tiling   tiling
	channels []int // that the deepest convolution computes; nil for all
	tiled    bool  // sums are added up over tiles or pictures before Value is computed
	value    func() (*valueGraph, error)
}

// Layout lays out an objective for n pictures of a size. They fit in Options.Memory, by
// prediction, beside so many other bytes that are held meanwhile; where not even the
// smallest tiles do, Need says so.
func (m *Model) Layout(o Objective, n int, size picture.Size, held int64) (*Layout, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	if err := o.check(m.Net); err != nil {
		return nil, err
	}
	if err := m.fits(size, o.Deepest()); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("vgg: layout of %d pictures: want 1 picture or more", n)
	}
	l := &Layout{Objective: o, model: m, n: n}
	l.channels = l.fewChannels()
	part, err := l.seen(size)
	if err != nil {
		return nil, err
	}
	if part != nil {
		l.tiling = *part
	} else if l.tiling, err = m.tiles(l, size, held); err != nil {
		return nil, err
	}
	l.Tile, l.Tiles = l.tiling.Tile, l.tiling.count()
	l.tiled = l.Tiles > 1 || n > 1 && !m.Engine.compiles
	l.value = sync.OnceValues(func() (*valueGraph, error) { return newValueGraph(l) })
	return l, nil
}

// Gradient is Model.Gradient for pictures of the Layout's number and size.
func (l *Layout) Gradient(ctx context.Context, x, into *Input) (value float64, err error) {
	defer parallel.Fence("vgg", &err)
	if err := errors.Join(x.Check(), into.Check(), l.model.Check()); err != nil {
		return 0, err
	}
	for _, in := range []*Input{x, into} {
		if in.N != l.n || in.Size() != l.tiling.Picture {
			return 0, fmt.Errorf("vgg: gradient: want %d pictures of %dx%d, found %d of %dx%d",
				l.n, l.tiling.Picture.Width, l.tiling.Picture.Height, in.N, in.Width, in.Height)
		}
	}
	if l.tiled || l.Tile != l.tiling.Picture {
		into.Rows(func(lo, hi int) { clear(into.X[lo*x.Width*3 : hi*x.Width*3]) })
	}
	if l.tiled {
		return l.byTiles(ctx, x, into)
	}
	err = l.eachPiece(ctx, x, into, nil, func(on device, x *tensors.Tensor, p piece) (out []*tensors.Tensor, err error) {
		if out, err = l.model.runOn(on, l.call("whole", x, p, nil)); err == nil {
			value = float64(tensors.ToScalar[float32](out[0]))
		}
		return out, err
	})
	return value, err
}

// byTiles adds the sums of all tiles, lets Value be differentiated at the totals, and
// goes back through each tile with its slopes. Where Value is linear its slopes are
// known beforehand, and one pass does both.
func (l *Layout) byTiles(ctx context.Context, x, into *Input) (float64, error) {
	totals := make([]float64, l.n*l.Objective.sums())
	value, err := l.value()
	if err != nil {
		return 0, err
	}
	_, slopes, err := value.at(totals)
	if err != nil {
		return 0, err
	}
	if !value.linear {
		err := l.eachPiece(ctx, x, into, totals, func(on device, x *tensors.Tensor, p piece) ([]*tensors.Tensor, error) {
			return l.model.runOn(on, l.call("sums", x, p, nil))
		})
		if err != nil {
			return 0, err
		}
		if _, slopes, err = value.at(totals); err != nil {
			return 0, err
		}
		clear(totals)
	}
	err = l.eachPiece(ctx, x, into, totals, func(on device, x *tensors.Tensor, p piece) ([]*tensors.Tensor, error) {
		sums := l.Objective.sums()
		return l.model.runOn(on, l.call("tile", x, p, slopes[p.picture*sums:][:sums]))
	})
	if err != nil {
		return 0, err
	}
	total, _, err := value.at(totals)
	return total, err
}

// A piece is what goes through the network at once: a tile of one picture, or in one
// piece all pictures.
type piece struct {
	picture     int // the first
	row, column span
}

// core is the part of a tile whose units it counts, by its first and last row and
// column, in pixels of the tile.
func (p piece) core() [4]int32 {
	return [4]int32{
		int32(p.row.from - p.row.at), int32(p.row.to - p.row.at),
		int32(p.column.from - p.column.at), int32(p.column.to - p.column.at),
	}
}

// piece is number i of pictures() * Tiles pieces.
func (l *Layout) piece(i int) piece {
	row, column := l.tiling.place(i % l.Tiles)
	return piece{i / l.Tiles, row, column}
}

// eachPiece cuts every piece out of x and hands it to run, which gives what a program
// puts out: sums, or a value, and where it has one the piece's gradient. Sums are added
// to totals, where these are not nil, and gradients to those in into.
func (l *Layout) eachPiece(ctx context.Context, x, into *Input, totals []float64, run func(on device, x *tensors.Tensor, p piece) ([]*tensors.Tensor, error)) error {
	pictures, at := 1, l.n // pictures one after another, or all at once
	if l.tiled {
		pictures, at = l.n, 1
	}
	work := func(on device, i int) ([]*tensors.Tensor, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := l.piece(i)
		cut, err := tensorOf(l.model.Engine, on, func(flat []float32) { l.cut(flat, x, p, at) }, at, l.Tile.Height, l.Tile.Width, 3)
		if err != nil {
			return nil, err
		}
		defer release(cut)
		return run(on, cut, p)
	}
	take := func(i int, out []*tensors.Tensor) error {
		defer release(out...)
		p := l.piece(i)
		if totals != nil {
			sums, err := tensors.CopyFlatData[float32](out[0])
			if err != nil {
				return err
			}
			for k, sum := range sums {
				totals[p.picture*len(sums)+k] += float64(sum)
			}
		}
		if len(out) == 1 {
			return nil
		}
		return tensors.ConstFlatData(out[1], func(flat []float32) { l.add(into, flat, p, at) })
	}
	return deal(l.model.Engine.devices, pictures*l.Tiles, work, take, func(out []*tensors.Tensor) { release(out...) })
}

// eachRow calls work with each row of n pictures' piece: where it lies in the piece's
// values and where in the pictures'.
func (l *Layout) eachRow(p piece, n int, work func(piece, whole int)) {
	h, size := l.Tile.Height, l.tiling.Picture
	(&Input{N: n, Height: h}).Rows(func(lo, hi int) {
		for y := lo; y < hi; y++ {
			row := (p.picture+y/h)*size.Height + p.row.at + y%h
			work(y*l.Tile.Width*3, (row*size.Width+p.column.at)*3)
		}
	})
}

// cut copies a piece of n pictures to flat.
func (l *Layout) cut(flat []float32, x *Input, p piece, n int) {
	line := l.Tile.Width * 3
	l.eachRow(p, n, func(piece, whole int) { copy(flat[piece:][:line], x.X[whole:]) })
}

// add adds a piece's gradient to that of the pictures, or writes it there where it is
// all of it.
func (l *Layout) add(into *Input, flat []float32, p piece, n int) {
	line := l.Tile.Width * 3
	if !l.tiled {
		l.eachRow(p, n, func(piece, whole int) { copy(into.X[whole:][:line], flat[piece:]) })
		return
	}
	l.eachRow(p, n, func(piece, whole int) {
		to := into.X[whole:][:line]
		for i, v := range flat[piece:][:line] {
			to[i] += v
		}
	})
}
