package dreamlib

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// programKey is all that changes a program's structure but for the shapes of its
// inputs. Numbers are inputs, so they are not here.
type programKey struct {
	kind    string // "activations", "logits", "gradient", "step", "sums" or "tile"
	measure Measure
	layers  string // what is read, as text
	rule    Rule
	jitter  bool
	smooth  bool
}

// A task is something to compute on the network. An engine that compiles lays
// all of it out as one program, the chain of layers in between; the pure-Go
// engine runs the chain by kernels, and knows no see and no update. What the
// functions do may depend on the key and on the inputs' shapes alone.
type task struct {
	key      programKey
	reads    []int // the layers that are read, by index, ascending
	gradient bool  // whether the chain goes back

	see     func(in []*Node) *Node                                     // the picture that goes in, [1, h, w, 3]; nil for in[0]
	measure func(c *chain, in []*Node) (out []*Node, at map[int]*Node) // outputs, and gradients at layers that are read; nil puts these layers out
	update  func(in []*Node, g *Node) []*Node                          // more outputs, from the picture's gradient; nil puts that out
}

// deepest is the last layer that a task needs.
func (t task) deepest() int { return slices.Max(t.reads) }

// layers are those that a task runs.
func (m *Model) layers(t task) []models.Layer { return m.Net.Layers[:t.deepest()+1] }

// run is runOn the first device.
func (m *Model) run(t task, inputs []any) ([]*tensors.Tensor, error) { return m.runOn(0, t, inputs) }

// runOn does a task on a device with its inputs, the first of which is a picture
// that is there.
func (m *Model) runOn(d device, t task, inputs []any) ([]*tensors.Tensor, error) {
	if m.Engine.compiles {
		return m.runGraph(d, t, inputs)
	}
	return m.runKernels(t, inputs)
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
		for range convs {
			k := convolution{forward: rest[0], bias: rest[1]}
			rest = rest[2:]
			if t.gradient {
				k.backward, rest = rest[0], rest[1:]
			}
			c.convs = append(c.convs, k)
		}
		return t.build(c, in[:inputs])
	}}
}

// build lays the whole of a task on a graph.
func (t task) build(c *chain, in []*Node) []*Node {
	x := in[0]
	if t.see != nil {
		x = t.see(in)
	}
	c.forward(x)
	if t.measure == nil {
		var out []*Node
		for _, i := range t.reads {
			out = append(out, c.said(i))
		}
		return out
	}
	out, at := t.measure(c, in)
	if !t.gradient {
		return out
	}
	g := c.backward(at)
	if t.update == nil {
		return append(out, g)
	}
	return append(out, t.update(in, g)...)
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

// Activations runs a preprocessed picture x [1, h, w, 3] through the network
// and returns what the named layers say, each [1, h/stride, w/stride, channels].
func (m *Model) Activations(x *tensors.Tensor, layers ...string) (_ []*tensors.Tensor, err error) {
	defer fence(&err)
	if err := m.check(); err != nil {
		return nil, err
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("dreamlib: activations: no layer named, want at least one")
	}
	indices := make([]int, len(layers))
	for i, name := range layers {
		index, err := m.Net.Index(name)
		if err != nil {
			return nil, fmt.Errorf("dreamlib: activations: %w", err)
		}
		indices[i] = index
	}
	if err := m.takes(x, slices.Max(indices)); err != nil {
		return nil, err
	}
	reads := ascending(indices)
	read, err := m.run(task{key: programKey{kind: "activations", layers: fmt.Sprint(reads)}, reads: reads}, []any{x})
	if err != nil {
		return nil, err
	}
	out := make([]*tensors.Tensor, len(indices))
	for i, index := range indices {
		out[i] = read[slices.Index(reads, index)]
	}
	return out, nil
}

// ascending is a sorted list without repetitions.
func ascending(list []int) []int { return slices.Compact(slices.Sorted(slices.Values(list))) }

// Gradient returns an objective's value for a preprocessed picture
// x [1, h, w, 3] and its gradient with respect to x, of the same shape.
func (m *Model) Gradient(x *tensors.Tensor, o Objective, measure Measure) (value float64, gradient *tensors.Tensor, err error) {
	defer fence(&err)
	if err := errors.Join(m.check(), measure.check()); err != nil {
		return 0, nil, err
	}
	_, goal, err := o.resolve(m.Net)
	if err != nil {
		return 0, nil, err
	}
	if err := m.takes(x, goal.deepest()); err != nil {
		return 0, nil, err
	}
	return m.gradient(x, goal, measure)
}

// gradient is Gradient for what is known to fit.
func (m *Model) gradient(x *tensors.Tensor, goal aim, measure Measure) (value float64, gradient *tensors.Tensor, err error) {
	out, err := m.run(task{
		key:   programKey{kind: "gradient", measure: measure, layers: goal.key()},
		reads: goal.reads(), gradient: true,
		measure: func(c *chain, in []*Node) ([]*Node, map[int]*Node) {
			value, at := c.objective(measure, goal, in[1:])
			return []*Node{value}, at
		},
	}, append([]any{x}, goal.inputs()...))
	if err != nil {
		return 0, nil, err
	}
	defer release(out[0])
	return float64(tensors.ToScalar[float32](out[0])), out[1], nil
}

// Logits returns how sure the net is of each of its Labels for a preprocessed
// picture x [1, h, w, 3]: scores before any softmax, the largest being the
// net's answer. It is an error when the net has no classifier.
func (m *Model) Logits(x *tensors.Tensor) (_ []float32, err error) {
	defer fence(&err)
	if err := m.check(); err != nil {
		return nil, err
	}
	c := m.Net.Classifier
	if c == nil {
		return nil, fmt.Errorf("dreamlib: logits: %w", models.ErrNoClassifier)
	}
	i, err := m.Net.Index(c.Layer)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: logits: %w", err)
	}
	if err := m.takes(x, i); err != nil {
		return nil, err
	}
	weight := tensors.FromFlatDataAndDimensions(c.Weight, len(c.Bias), m.Net.Layers[i].Channels)
	out, err := m.run(task{
		key: programKey{kind: "logits"}, reads: []int{i},
		measure: func(chain *chain, in []*Node) ([]*Node, map[int]*Node) {
			mean := ConvertDType(ReduceMean(ConvertDType(chain.said(i), dtypes.Float64), 0, 1, 2), dtypes.Float32) // see total
			return []*Node{Add(ReduceSum(Mul(in[1], ExpandDims(mean, 0)), 1), in[2])}, nil
		},
	}, []any{x, weight, c.Bias})
	if err != nil {
		return nil, err
	}
	defer release(out[0])
	return tensors.CopyFlatData[float32](out[0])
}

// fits checks a picture's size for a program that reads layer i.
func (m *Model) fits(size picture.Size, i int) error {
	if least := m.Net.MinSize(i); min(size.Width, size.Height) < least {
		return fmt.Errorf("dreamlib: picture of %dx%d pixels: %s needs at least %dx%d",
			size.Width, size.Height, m.Net.Layers[i].Name, least, least)
	}
	return nil
}

// takes checks a preprocessed picture for a program that reads layer i.
func (m *Model) takes(x *tensors.Tensor, i int) error {
	if err := checkInput(x); err != nil {
		return fmt.Errorf("dreamlib: picture: %w", err)
	}
	d := x.Shape().Dimensions
	return m.fits(picture.Size{Width: d[2], Height: d[1]}, i)
}

// checkInput checks that x can be a network's input.
func checkInput(x *tensors.Tensor) error {
	const want = "want a tensor of float32 and shape [1, h, w, 3]"
	if err := x.CheckValid(); err != nil {
		return fmt.Errorf("%s, found none: %w", want, err)
	}
	d := x.Shape().Dimensions
	if len(d) != 4 || d[0] != 1 || d[3] != 3 || x.DType() != dtypes.Float32 {
		return fmt.Errorf("%s, found %s", want, x.Shape())
	}
	return nil
}
