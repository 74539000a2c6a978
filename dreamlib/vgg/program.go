package vgg

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// programKey is all that changes a program's structure but for the shapes of its
// inputs. Numbers are inputs, so they are not here.
type programKey struct {
	kind      string // "activations", "logits", "whole", "sums" or "tile"
	objective string // what is read and what is made of it
}

// A task is something to compute on the network. An engine that compiles lays
// all of it out as one program, the layers in between; the pure-Go engine runs the
// layers by kernels. What measure builds may depend on the key and on the inputs'
// shapes alone.
type task struct {
	key      programKey
	reads    []int // the layers that are read, by index, ascending
	channels []int // that the deepest convolution computes, nil for all; as a matrix they are input 1
	gradient bool  // whether the layers are gone through backward too

	// measure builds outputs of the layers that are read, and the scalar that is
	// differentiated. nil puts these layers out.
	measure func(output func(layer int) *Node, in []*Node) (out []*Node, differentiate *Node)
}

// deepest is the last layer that a task needs.
func (t task) deepest() int { return slices.Max(t.reads) }

// layers are those that a task runs. The deepest convolution and what follows it have
// the channels that it computes.
func (m *Model) layers(t task) []models.Layer {
	layers := m.Net.Layers[:t.deepest()+1]
	if t.channels == nil {
		return layers
	}
	layers = slices.Clone(layers)
	for i := m.lastConv(t.deepest()); i < len(layers); i++ {
		layers[i].Channels = len(t.channels)
	}
	return layers
}

// leaves cuts layers off from what computed them, so that differentiation ends there.
type leaves struct {
	output func(layer int) *Node // in float32, [n, h, w, c]
	read   map[int]*Node         // by the layer's index
}

func (l leaves) of(i int) *Node {
	if l.read[i] == nil {
		l.read[i] = Identity(StopGradient(l.output(i)))
	}
	return l.read[i]
}

// measured builds a task's outputs from the outputs of layers, and where it goes
// backward the gradients at the layers that it reads, in their order.
func (t task) measured(output func(layer int) *Node, in []*Node) (out, at []*Node) {
	l := leaves{output, map[int]*Node{}}
	out, differentiate := t.measure(l.of, in)
	if t.gradient {
		for _, i := range t.reads {
			at = append(at, l.of(i))
		}
		at = Gradient(differentiate, at...)
	}
	return out, at
}

// A call is a task and its inputs, the first of which are pictures [n, h, w, 3]. To
// compile it, tensors may be shapes.
type call struct {
	task
	inputs []any
}

// runOn runs a call on a device, where the pictures are.
func (m *Model) runOn(d device, c call) ([]*tensors.Tensor, error) {
	if m.Engine.compiles {
		return m.runGraph(d, c.task, c.inputs)
	}
	return m.runKernels(c.task, c.inputs)
}

// runGraph runs a task as one program, whose inputs are the task's and, behind
// them, the weights. These go to the engine while it compiles.
func (m *Model) runGraph(d device, t task, inputs []any) ([]*tensors.Tensor, error) {
	c, err := m.compile(m.program(t), inputs)
	if err != nil {
		return nil, err
	}
	weights, err := m.upload(m.convs(t.deepest()))
	if err == nil {
		weights, err = m.on(d, weights)
	}
	if err != nil {
		return nil, err
	}
	args := slices.Clone(inputs)
	for _, w := range weights {
		args = append(args, w.forward, w.bias)
		if t.gradient {
			args = append(args, w.backward)
		}
	}
	return m.await(d, c, args)
}

// program is all of a task on one graph.
func (m *Model) program(t task) program {
	convs := m.convs(t.deepest())
	weights := m.weightShapes(convs, t.gradient)
	return program{key: t.key, weights: weights, build: func(in []*Node) []*Node {
		inputs := len(in) - len(weights)
		c, rest := &chain{layers: m.layers(t), native: m.native(), precision: m.options.Precision}, in[inputs:]
		for i := range convs {
			k := convolution{forward: rest[0], bias: rest[1]}
			rest = rest[2:]
			if t.gradient {
				k.backward, rest = rest[0], rest[1:]
			}
			if t.channels != nil && i == convs-1 {
				k = k.few(in[1])
			}
			c.convs = append(c.convs, k)
		}
		return t.build(c, in[:inputs])
	}}
}

// build lays the whole of a task on a graph.
func (t task) build(c *chain, in []*Node) []*Node {
	c.forward(in[0])
	if t.measure == nil {
		var out []*Node
		for _, i := range t.reads {
			out = append(out, c.output(i))
		}
		return out
	}
	out, gradients := t.measured(c.output, in)
	if !t.gradient {
		return out
	}
	at := map[int]*Node{}
	for k, i := range t.reads {
		at[i] = gradients[k]
	}
	return append(out, c.backward(at))
}

// convs is how many convolutions come up to layer i.
func (m *Model) convs(i int) (n int) {
	for _, l := range m.Net.Layers[:i+1] {
		if l.Kind == models.Conv {
			n++
		}
	}
	return n
}

// Activations runs pictures x through the network and returns the outputs of the named
// layers, each [n, h/stride, w/stride, channels] in float32. Release them with
// FinalizeAll where memory is short.
func (m *Model) Activations(x *Input, layers ...string) (_ []*tensors.Tensor, err error) {
	defer parallel.Fence("vgg", &err)
	if err := errors.Join(m.Check(), x.Check()); err != nil {
		return nil, err
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("vgg: activations: no layer named, want at least one")
	}
	indices := make([]int, len(layers))
	for i, name := range layers {
		if indices[i], err = m.Net.Index(name); err != nil {
			return nil, fmt.Errorf("vgg: activations: %w", err)
		}
	}
	reads := ascending(indices)
	read, err := m.read(x, task{key: programKey{"activations", fmt.Sprint(reads)}, reads: reads})
	if err != nil {
		return nil, err
	}
	out := make([]*tensors.Tensor, len(indices))
	for i, index := range indices {
		out[i] = read[slices.Index(reads, index)]
	}
	return out, nil
}

// read runs a task without a gradient on pictures, all at once where the engine can.
func (m *Model) read(x *Input, t task, inputs ...any) ([]*tensors.Tensor, error) {
	if err := m.fits(x.Size(), t.deepest()); err != nil {
		return nil, err
	}
	if x.N > 1 && !m.Engine.compiles {
		return m.readEach(x, t, inputs...)
	}
	on, err := m.Engine.tensor(func(flat []float32) { copy(flat, x.X) }, x.N, x.Height, x.Width, 3)
	if err != nil {
		return nil, err
	}
	defer release(on)
	return m.runOn(0, call{t, append([]any{on}, inputs...)})
}

// readEach is read for pictures one after another, whose outputs are put together.
func (m *Model) readEach(x *Input, t task, inputs ...any) ([]*tensors.Tensor, error) {
	var flat [][]float32
	var shape []shapes.Shape
	for i := range x.N {
		out, err := m.read(x.At(i), t, inputs...)
		if err != nil {
			return nil, err
		}
		for k, o := range out {
			if i == 0 {
				flat, shape = append(flat, nil), append(shape, o.Shape())
			}
			flat[k] = append(flat[k], tensors.MustCopyFlatData[float32](o)...)
		}
		release(out...)
	}
	var all []*tensors.Tensor
	for k, values := range flat {
		all = append(all, tensors.FromFlatDataAndDimensions(values, append([]int{x.N}, shape[k].Dimensions[1:]...)...))
	}
	return all, nil
}

// ascending is a sorted list without repetitions.
func ascending(list []int) []int { return slices.Compact(slices.Sorted(slices.Values(list))) }

// Logits returns the net's score for each of its Labels, for each picture: [n][labels].
// Scores are before any softmax; the largest is the net's answer. It is an error when
// the net has no classifier.
func (m *Model) Logits(x *Input) (_ [][]float32, err error) {
	defer parallel.Fence("vgg", &err)
	if err := errors.Join(m.Check(), x.Check()); err != nil {
		return nil, err
	}
	c := m.Net.Classifier
	if c == nil {
		return nil, fmt.Errorf("vgg: logits: %w", models.ErrNoClassifier)
	}
	i, err := m.Net.Index(c.Layer)
	if err != nil {
		return nil, fmt.Errorf("vgg: logits: %w", err)
	}
	weight := tensors.FromFlatDataAndDimensions(c.Weight, len(c.Bias), m.Net.Layers[i].Channels)
	out, err := m.read(x, task{
		key: programKey{kind: "logits"}, reads: []int{i},
		measure: func(output func(layer int) *Node, in []*Node) ([]*Node, *Node) {
			mean := ConvertDType(ReduceMean(ConvertDType(output(i), dtypes.Float64), 1, 2), dtypes.Float32) // see Activations.Total
			products := Mul(ExpandAxes(in[1], 0), ExpandAxes(mean, 1))                                      // [n, labels, channels]
			return []*Node{Add(ReduceSum(products, 2), ExpandAxes(in[2], 0))}, nil
		},
	}, weight, c.Bias)
	if err != nil {
		return nil, err
	}
	defer release(out...)
	flat, err := tensors.CopyFlatData[float32](out[0])
	return slices.Collect(slices.Chunk(flat, len(c.Bias))), err
}

// fits checks a picture's size for a program that reads layer i.
func (m *Model) fits(size picture.Size, i int) error {
	if least := m.Net.MinSize(i); min(size.Width, size.Height) < least {
		return fmt.Errorf("vgg: picture of %dx%d pixels: %s needs at least %dx%d",
			size.Width, size.Height, m.Net.Layers[i].Name, least, least)
	}
	return nil
}
