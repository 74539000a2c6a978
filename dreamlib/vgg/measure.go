package vgg

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// The graphs that a layout's programs measure layers with, and their inputs.

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
				at := isAt(next(), act.Shape())
				if count != nil {
					at = Mul(count, at)
				}
				count = at
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
