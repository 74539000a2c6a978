package dreamlib

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

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

// A program is something to compute on the network.
type program struct {
	key      programKey
	deepest  int  // the last layer that it needs
	gradient bool // it goes back to the picture too

	// build makes its outputs of its own inputs. What it does may depend on the
	// key and on their shapes alone.
	build func(c *chain, in []*Node) []*Node
}

// run calls a program with its own inputs and, behind them, the weights of the
// network up to its deepest layer. These go to the engine while it compiles.
func (m *Model) run(p program, inputs []any) ([]*tensors.Tensor, error) {
	c, err := m.compile(p, inputs)
	if err != nil {
		return nil, err
	}
	weights, err := m.upload(m.convs(p.deepest))
	if err != nil {
		return nil, err
	}
	args := slices.Clone(inputs)
	for _, w := range weights {
		args = append(args, w.forward, w.bias)
		if p.gradient {
			args = append(args, w.backward)
		}
	}
	exec, err := m.await(c)
	if err != nil {
		return nil, err
	}
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: program %s on %s: %w", p.key.kind, m.Engine.Name, err)
	}
	return out, nil
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
func (m *Model) Activations(x *tensors.Tensor, layers ...string) ([]*tensors.Tensor, error) {
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
	key := programKey{kind: "activations", layers: fmt.Sprint(indices)}
	return m.run(program{key, slices.Max(indices), false, func(c *chain, in []*Node) []*Node {
		c.forward(in[0])
		out := make([]*Node, len(indices))
		for i, index := range indices {
			out[i] = c.acts[index]
		}
		return out
	}}, []any{x})
}

// Gradient returns an objective's value for a preprocessed picture
// x [1, h, w, 3] and its gradient with respect to x, of the same shape.
func (m *Model) Gradient(x *tensors.Tensor, o Objective, measure Measure) (value float64, gradient *tensors.Tensor, err error) {
	_, goal, err := o.resolve(m.Net)
	if err != nil {
		return 0, nil, err
	}
	if err := m.takes(x, goal.deepest()); err != nil {
		return 0, nil, err
	}
	key := programKey{kind: "gradient", measure: measure, layers: goal.key()}
	out, err := m.run(program{key, goal.deepest(), true, func(c *chain, in []*Node) []*Node {
		value, g := c.gradient(in[0], measure, goal, in[1:])
		return []*Node{value, g}
	}}, append([]any{x}, goal.inputs()...))
	if err != nil {
		return 0, nil, err
	}
	defer release(out[0])
	return float64(tensors.ToScalar[float32](out[0])), out[1], nil
}

// gradient is the whole of it: forward, objective, backward.
func (c *chain) gradient(x *Node, measure Measure, goal aim, numbers []*Node) (value, g *Node) {
	c.forward(x)
	value, at := c.objective(measure, goal, numbers)
	return value, c.backward(at)
}

// Logits returns how sure the net is of each of its Labels for a preprocessed
// picture x [1, h, w, 3]: scores before any softmax, the largest being the
// net's answer. It is an error when the net has no classifier.
func (m *Model) Logits(x *tensors.Tensor) ([]float32, error) {
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
	out, err := m.run(program{programKey{kind: "logits"}, i, false, func(chain *chain, in []*Node) []*Node {
		chain.forward(in[0])
		mean := ReduceMean(chain.acts[i], 0, 1, 2)
		return []*Node{Add(ReduceSum(Mul(in[1], ExpandDims(mean, 0)), 1), in[2])}
	}}, []any{x, weight, c.Bias})
	if err != nil {
		return nil, err
	}
	defer release(out[0])
	return tensors.CopyFlatData[float32](out[0])
}

// fits checks a picture's size for a program that reads layer i.
func (m *Model) fits(size Size, i int) error {
	if least := m.Net.MinSize(i); min(size.Width, size.Height) < least {
		return fmt.Errorf("dreamlib: picture of %dx%d pixels: %s needs at least %dx%d",
			size.Width, size.Height, m.Net.Layers[i].Name, least, least)
	}
	return nil
}

// takes checks a preprocessed picture for a program that reads layer i.
func (m *Model) takes(x *tensors.Tensor, i int) error {
	d := x.Shape().Dimensions
	if len(d) != 4 || d[0] != 1 || d[3] != 3 {
		return fmt.Errorf("dreamlib: picture: want shape [1, h, w, 3], got %s", x.Shape())
	}
	return m.fits(Size{d[2], d[1]}, i)
}
