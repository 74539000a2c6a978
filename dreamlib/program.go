package dreamlib

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// programKey is all that changes a program's structure. Numbers are inputs, so
// they are not here; shapes are told apart by GoMLX's own cache.
type programKey struct {
	kind    string // "activations", "logits", "gradient", "step", "sums" or "tile"
	measure Measure
	layers  string // what is read, as text
	rule    Rule
	jitter  bool
	smooth  bool
}

// program returns the executable for key, compiled by GoMLX on first use with
// each shape.
func (m *Model) program(key programKey, build func([]*Node) []*Node) (*Exec, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.programs[key]; p != nil {
		return p, nil
	}
	p, err := NewExec(m.Engine.backend, build)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: program %s: %w", key.kind, err)
	}
	p.WithName("dream-" + key.kind).SetMaxCache(-1)
	m.programs[key] = p
	return p, nil
}

// A task is a kind of program: what is done with the chain of layers, in graphs.
// An engine with convolutions of its own compiles all of it as one program, the
// chain in between; the pure-Go engine runs the chain by kernels, between three.
type task struct {
	key      programKey
	reads    []int // the layers that are read, by index, ascending
	gradient bool  // whether the chain goes back

	see     func(in []*Node) *Node                                     // the picture that goes in, [1, h, w, 3]; nil for in[0]
	measure func(c *chain, in []*Node) (out []*Node, at map[int]*Node) // outputs, and gradients at layers that are read; nil puts these layers out
	update  func(in []*Node, g *Node) []*Node                          // more outputs, from the picture's gradient; nil puts that out
}

// layers are those that a task runs.
func (m *Model) layers(t task) []models.Layer { return m.Net.Layers[:slices.Max(t.reads)+1] }

// run does a task with its inputs, the first of which is a picture.
func (m *Model) run(t task, inputs []any) ([]*tensors.Tensor, error) {
	convs := 0
	for _, l := range m.layers(t) {
		if l.Kind == models.Conv {
			convs++
		}
	}
	weights, err := m.upload(convs)
	if err != nil {
		return nil, err
	}
	if m.Engine.convolves {
		return m.runGraph(t, inputs, weights)
	}
	return m.runKernels(t, inputs, weights)
}

// runGraph runs a task as one program, whose inputs are the task's and, behind
// them, the weights.
func (m *Model) runGraph(t task, inputs []any, weights []weights) ([]*tensors.Tensor, error) {
	args := slices.Clone(inputs)
	for _, w := range weights {
		args = append(args, w.forward, w.bias)
		if t.gradient {
			args = append(args, w.backward)
		}
	}
	return m.call(t.key, args, func(in []*Node) []*Node {
		m.compiled.Add(1)
		c := &chain{layers: m.layers(t)}
		rest := in[len(inputs):]
		for range weights {
			k := convolution{forward: rest[0], bias: rest[1]}
			rest = rest[2:]
			if t.gradient {
				k.backward, rest = rest[0], rest[1:]
			}
			c.convs = append(c.convs, k)
		}
		return t.build(c, in[:len(inputs)])
	})
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
			out = append(out, c.acts[i])
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

// call runs the program for key.
func (m *Model) call(key programKey, args []any, build func([]*Node) []*Node) ([]*tensors.Tensor, error) {
	p, err := m.program(key, build)
	if err != nil {
		return nil, err
	}
	var out []*tensors.Tensor
	if err = m.compile(p, args); err == nil {
		out, err = p.Call(args...)
	}
	if err != nil {
		return nil, fmt.Errorf("dreamlib: program %s on %s: %w", key.kind, m.Engine.Name, err)
	}
	return out, nil
}

// compile readies p for arguments of these shapes, which Call would do too, but
// here the time that it takes is known.
func (m *Model) compile(p *Exec, args []any) error {
	list := make([]shapes.Shape, len(args))
	for i, arg := range args {
		if t, ok := arg.(*tensors.Tensor); ok {
			list[i] = t.Shape()
			continue
		}
		shape, err := shapes.FromAnyValue(arg)
		if err != nil {
			return err
		}
		list[i] = shape
	}
	started := time.Now()
	_, err := p.Compile(list...)
	m.waited.Add(int64(time.Since(started)))
	return err
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
	_, goal, err := o.resolve(m.Net)
	if err != nil {
		return 0, nil, err
	}
	if err := m.takes(x, goal.deepest()); err != nil {
		return 0, nil, err
	}
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
	out, err := m.run(task{
		key: programKey{kind: "logits"}, reads: []int{i},
		measure: func(chain *chain, in []*Node) ([]*Node, map[int]*Node) {
			mean := ReduceMean(chain.acts[i], 0, 1, 2)
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
