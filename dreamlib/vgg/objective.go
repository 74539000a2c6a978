package vgg

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// An Objective is a number made of a net's activations: the weighted sum of its
// terms. Gradient differentiates it.
type Objective []Term

// A Term is one summand of an Objective, in two stages. Sum is what is added up over
// the positions of a layer, and Value the number made of the sums. So a large picture
// can be taken in tiles: the sums of all tiles are added first, and the derivatives of
// Value at the totals are each tile's share of the gradient. Nothing but these two
// functions has to be written for a new kind of objective.
type Term struct {
	Weight float64 // what the term is multiplied by

	// Kind names Sum and Value: terms of one Kind that read the same layers and have
	// inputs of the same lengths build the same graphs, which are compiled once.
	Kind string

	// Reads are the layers that Sum reads, at least one.
	Reads []Read

	// Inputs are vectors of numbers that Sum and Value use, such as a direction.
	// Graphs get them as inputs, so other numbers compile nothing.
	Inputs [][]float32

	// Sums is how many numbers Sum gives for each picture. Default 1.
	Sums int

	// Sum builds, from activations, what is added up: [n, Sums] for n pictures, by
	// Activations.Total.
	Sum func(a Activations) *Node

	// Value builds a scalar of the totals. Default: their mean over the positions of
	// the first of Reads, all added up.
	Value func(t Totals) *Node
}

// A Read is what an objective reads of a layer.
type Read struct {
	Layer    int          // index in Net.Layers
	Channels []int        // in the order in which Sum gets them; nil for all. Their numbers are inputs of the graph
	At       *image.Point // the one position that is read, by column and row; nil for all
}

// Activations are what a Term's Sum is made of.
type Activations struct {
	read   []*Node // [n, h, w, channels] in float32, for each of Term.Reads
	count  []*Node // [1, h, w, 1] in float32, 1 at positions that count; nil where all do
	inputs []*Node
}

// Of is what Reads[k] reads, [n, h, w, channels] in float32.
func (a Activations) Of(k int) *Node { return a.read[k] }

// Input is Inputs[i], a vector in float32.
func (a Activations) Input(i int) *Node { return a.inputs[i] }

// Total adds x [n, h, w, s], which was made of Reads[k], up over the positions that
// count: [n, s]. It adds in float64: in float32 a running sum would soon be too large
// for most of them to count.
func (a Activations) Total(k int, x *Node) *Node {
	if a.count[k] != nil {
		x = Mul(x, a.count[k])
	}
	return ConvertDType(ReduceSum(ConvertDType(x, dtypes.Float64), 1, 2), x.DType())
}

// Totals are what a Term's Value is made of: the sums over whole pictures.
type Totals struct {
	Sum       *Node // [n, Sums], in float32, or where pictures are tiled in float64
	positions []*Node
	inputs    []*Node
}

// Positions is how many positions of a picture Reads[k] reads, a scalar of Sum's type.
func (t Totals) Positions(k int) *Node { return t.positions[k] }

// Input is Inputs[i], a vector of Sum's type.
func (t Totals) Input(i int) *Node { return t.inputs[i] }

// Mean is Sum over the number of positions that Reads[0] reads, [n, Sums].
func (t Totals) Mean() *Node { return Div(t.Sum, t.positions[0]) }

// value is what the term's Value gives for its totals.
func (t Term) value(totals Totals) *Node {
	if t.Value != nil {
		return t.Value(totals)
	}
	return ReduceAllSum(totals.Mean())
}

func (t Term) sums() int { return max(t.Sums, 1) }

// sums is how many numbers the sums of all terms are, for one picture.
func (o Objective) sums() (n int) {
	for _, t := range o {
		n += t.sums()
	}
	return n
}

// Scale multiplies the weights by a factor.
func (o Objective) Scale(weight float64) Objective {
	scaled := slices.Clone(o)
	for i := range scaled {
		scaled[i].Weight *= weight
	}
	return scaled
}

// check reports what is wrong with an objective for a net, or nil.
func (o Objective) check(net *models.Net) error {
	if len(o) == 0 {
		return fmt.Errorf("vgg: objective: is empty, want one term or more")
	}
	for _, t := range o {
		switch {
		case t.Sum == nil || t.Kind == "" || len(t.Reads) == 0:
			return fmt.Errorf("vgg: objective: term %q: want a Kind, a Sum and at least one of Reads", t.Kind)
		case math.IsNaN(t.Weight) || math.Abs(t.Weight) > math.MaxFloat32:
			return fmt.Errorf("vgg: objective: term %q: weight %v: want a finite number, at most 3.4e38", t.Kind, t.Weight)
		}
		for _, r := range t.Reads {
			if err := r.check(net); err != nil {
				return fmt.Errorf("vgg: objective: term %q: %w", t.Kind, err)
			}
		}
	}
	return nil
}

func (r Read) check(net *models.Net) error {
	if r.Layer < 0 || r.Layer >= len(net.Layers) {
		return fmt.Errorf("layer %d: want 0 to %d", r.Layer, len(net.Layers)-1)
	}
	l := net.Layers[r.Layer]
	if r.Channels != nil && len(r.Channels) == 0 {
		return fmt.Errorf("%s: no channel, want at least one", l.Name)
	}
	for _, c := range r.Channels {
		if c < 0 || c >= l.Channels {
			return fmt.Errorf("%s: channel %d: want 0 to %d", l.Name, c, l.Channels-1)
		}
	}
	return nil
}

// reads are those of all terms.
func (o Objective) reads() (list []Read) {
	for _, t := range o {
		list = append(list, t.Reads...)
	}
	return list
}

// layers are those that are read, ascending.
func (o Objective) layers() (list []int) {
	for _, r := range o.reads() {
		list = append(list, r.Layer)
	}
	return ascending(list)
}

// Deepest is the last layer that is read.
func (o Objective) Deepest() int { return slices.Max(o.layers()) }

// Key identifies the graphs of an objective: objectives with the same key share them. It leaves out the numbers of
// channels and positions, which are inputs.
func (o Objective) Key() string {
	var b strings.Builder
	for _, t := range o {
		fmt.Fprintf(&b, "%s %d", t.Kind, t.sums())
		for _, r := range t.Reads {
			fmt.Fprintf(&b, " %d:%d:%t", r.Layer, len(r.Channels), r.At != nil)
		}
		for _, input := range t.Inputs {
			fmt.Fprintf(&b, " %d", len(input))
		}
		b.WriteString("; ")
	}
	return b.String()
}
