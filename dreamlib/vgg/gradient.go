package vgg

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Gradient returns the objective's value at pictures, and its gradient with respect to
// them, in into, or in a new Input where that is nil. Pictures that Options.Memory is too
// small for are taken in tiles; the gradient is the same. It ends early, with ctx's error,
// when ctx is done.
func (m *Model) Gradient(ctx context.Context, o Objective, x, into *Input) (value float64, gradient *Input, err error) {
	defer fence(&err)
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
	defer fence(&err)
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

// oneHot is a matrix [of, len(list)] that picks the numbers in list.
func oneHot(of int, list []int) [][]float32 {
	m := make([][]float32, of)
	for i := range m {
		m[i] = make([]float32, len(list))
	}
	for k, i := range list {
		m[i][k] = 1
	}
	return m
}

// inputs are those of a program on a piece x, in the order in which terms takes them:
// the picture, the channels of the deepest convolution, weights, the terms' own, and
// in tiles the core.
func (l *Layout) inputs(x any, p piece) []any {
	m, in := l.model, []any{x}
	if l.channels != nil {
		in = append(in, oneHot(m.Net.Layers[l.Objective.Deepest()].Channels, l.channels))
	}
	weights := make([]float32, len(l.Objective))
	for i, t := range l.Objective {
		weights[i] = float32(t.Weight)
	}
	in = append(in, weights)
	if l.tiled {
		core := p.core()
		in = append(in, core[:])
	}
	for _, t := range l.Objective {
		for _, input := range t.Inputs {
			in = append(in, input)
		}
		for _, r := range t.Reads {
			layer := m.Net.Layers[r.Layer]
			if r.Channels != nil && !l.computed(r) {
				in = append(in, oneHot(layer.Channels, r.Channels))
			}
			if r.At != nil {
				in = append(in, []int32{int32(r.At.Y - p.row.at/layer.Stride), int32(r.At.X - p.column.at/layer.Stride)})
			}
		}
	}
	return in
}

// computed reports whether the network computes those channels alone that are read.
func (l *Layout) computed(r Read) bool {
	return l.channels != nil && r.Layer >= l.model.lastConv(l.Objective.Deepest())
}

// terms makes each term's Activations of the layers that are read and of a program's
// inputs. Behind them are the weights, and what is left of the inputs.
func (l *Layout) terms(output func(layer int) *Node, in []*Node) (list []Activations, weights *Node, rest []*Node) {
	next := func() (n *Node) {
		n, in = in[0], in[1:]
		return n
	}
	next() // the picture
	if l.channels != nil {
		next() // for the convolution
	}
	weights = next()
	var core *Node
	if l.tiled {
		core = next()
	}
	for _, t := range l.Objective {
		var a Activations
		for range t.Inputs {
			a.inputs = append(a.inputs, next())
		}
		for _, r := range t.Reads {
			act := l.pick(output(r.Layer), r, next)
			var count *Node
			if core != nil {
				count = inCore(core, l.model.Net.Layers[r.Layer].Stride, act.Shape())
			}
			if r.At != nil {
				if count = isAt(next(), act.Shape()); core != nil {
					count = Mul(count, inCore(core, l.model.Net.Layers[r.Layer].Stride, act.Shape()))
				}
			}
			a.read, a.count = append(a.read, act), append(a.count, count)
		}
		list = append(list, a)
	}
	return list, weights, in
}

// pick takes the channels that are read out of a layer's output [n, h, w, c].
func (l *Layout) pick(act *Node, r Read, next func() *Node) *Node {
	switch {
	case r.Channels == nil, l.computed(r) && slices.Equal(r.Channels, l.channels):
		return act
	case !l.computed(r):
		return picked(act, next())
	}
	var parts []*Node
	for _, c := range r.Channels {
		parts = append(parts, SliceAxis(act, 3, AxisElem(slices.Index(l.channels, c))))
	}
	return Concatenate(parts, 3)
}

// picked multiplies a layer's output [n, h, w, c] by a matrix [c, few] of oneHot, without
// the pure-Go engine's matrix products: compute v0.1.6's read beyond few columns.
func picked(act, pick *Node) *Node {
	var parts []*Node
	for k := range pick.Shape().Dim(1) {
		column := Reshape(SliceAxis(pick, 1, AxisElem(k)), 1, 1, 1, -1)
		parts = append(parts, ReduceAndKeep(Mul(act, column), ReduceSum, 3))
	}
	return Concatenate(parts, 3)
}

// value builds the objective's value of each term's sums, [n, Sums].
func (o Objective) value(sums, weights []*Node, positions, inputs [][]*Node) (value *Node) {
	for i, t := range o {
		term := Mul(weights[i], t.value(Totals{sums[i], positions[i], inputs[i]}))
		if value != nil {
			term = Add(value, term)
		}
		value = term
	}
	return value
}

// elements are the numbers of a vector.
func elements(v *Node) (list []*Node) {
	for i := range v.Shape().Size() {
		list = append(list, Reshape(Slice(v, AxisElem(i))))
	}
	return list
}

// positions is how many positions of a picture each of a term's Reads reads.
func (l *Layout) positions(t Term) (list []float64) {
	for _, r := range t.Reads {
		n, stride := 1, l.model.Net.Layers[r.Layer].Stride
		if r.At == nil {
			n = l.tiling.Picture.Height / stride * (l.tiling.Picture.Width / stride)
		}
		list = append(list, float64(n))
	}
	return list
}

// call is what computes a piece x, which may be a shape: the value and the gradient of
// all in one piece, or in tiles the sums, or these and the gradient along their slopes.
func (l *Layout) call(kind string, x any, p piece, slopes []float64) call {
	in := l.inputs(x, p)
	if kind == "tile" {
		in = append(in, narrow(slopes))
	}
	return call{l.task(kind), in}
}

func narrow(list []float64) []float32 {
	narrow := make([]float32, len(list))
	for i, v := range list {
		narrow[i] = float32(v)
	}
	return narrow
}

func (l *Layout) task(kind string) task {
	t := task{key: programKey{kind, l.Objective.Key() + fmt.Sprint(l.order())}, reads: l.Objective.layers(), channels: l.channels, gradient: kind != "sums"}
	t.measure = func(output func(layer int) *Node, in []*Node) (out []*Node, differentiate *Node) {
		terms, weights, rest := l.terms(output, in)
		var sums, flat []*Node
		var positions, inputs [][]*Node
		for i, t := range l.Objective {
			sum := t.sum(terms[i])
			sums, flat = append(sums, sum), append(flat, Reshape(sum, -1))
			var count []*Node
			for _, n := range l.positions(t) {
				count = append(count, Const(sum.Graph(), float32(n)))
			}
			positions, inputs = append(positions, count), append(inputs, terms[i].inputs)
		}
		if kind == "whole" {
			value := l.Objective.value(sums, elements(weights), positions, inputs)
			return []*Node{value}, value
		}
		all := Concatenate(flat, 0)
		if kind == "sums" {
			return []*Node{all}, nil
		}
		return []*Node{all}, ReduceAllSum(Mul(all, rest[0]))
	}
	return t
}

// order is where the channels of each Read are among those that are computed, where the
// network computes no others.
func (l *Layout) order() (list [][]int) {
	for _, r := range l.Objective.reads() {
		var at []int
		if l.computed(r) {
			for _, c := range r.Channels {
				at = append(at, slices.Index(l.channels, c))
			}
		}
		list = append(list, at)
	}
	return list
}

// sum is what the term's Sum gives, of the shape that it must have.
func (t Term) sum(a Activations) *Node {
	sum := t.Sum(a)
	if n := a.read[0].Shape().Dim(0); sum.Rank() != 2 || sum.Shape().Dim(0) != n || sum.Shape().Dim(1) != t.sums() {
		panic(fmt.Errorf("vgg: objective %s: Sum: want shape [%d, %d], found %s", t.Kind, n, t.sums(), sum.Shape()))
	}
	return sum
}

// inCore is 1 at the units of a layer, of shape [n, h, w, c], that begin in the core, and
// 0 elsewhere: [1, h, w, 1].
func inCore(core *Node, stride int, layer shapes.Shape) *Node {
	bound := func(i int) *Node { return Reshape(Slice(core, AxisElem(i))) }
	within := func(axis int) *Node {
		at := MulScalar(places(core.Graph(), layer, axis), stride)
		return LogicalAnd(GreaterOrEqual(at, bound(2*axis-2)), LessThan(at, bound(2*axis-1)))
	}
	return ConvertDType(LogicalAnd(within(1), within(2)), dtypes.Float32)
}

// isAt is 1 at one position of a layer, given by its row and column, and 0 elsewhere:
// [1, h, w, 1].
func isAt(at *Node, layer shapes.Shape) *Node {
	same := func(axis int) *Node {
		return Equal(places(at.Graph(), layer, axis), Reshape(Slice(at, AxisElem(axis-1))))
	}
	return ConvertDType(LogicalAnd(same(1), same(2)), dtypes.Float32)
}

// places are the numbers of rows, axis 1, or columns, axis 2: [1, h, w, 1].
func places(g *Graph, layer shapes.Shape, axis int) *Node {
	return Iota(g, shapes.Make(dtypes.Int32, 1, layer.Dim(1), layer.Dim(2), 1), axis)
}
