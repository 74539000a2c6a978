package dreamlib

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute/dtypes"
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

// run is runOn the first device.
func (m *Model) run(key programKey, depth int, gradient bool, inputs []any, build func(c *chain, in []*Node) []*Node) ([]*tensors.Tensor, error) {
	return m.runOn(0, key, depth, gradient, inputs, build)
}

// runOn calls a program on a device with its own inputs, which are there, and,
// behind them, the weights of the network up to its deepest layer.
func (m *Model) runOn(d device, key programKey, depth int, gradient bool, inputs []any, build func(c *chain, in []*Node) []*Node) ([]*tensors.Tensor, error) {
	layers := m.Net.Layers[:depth+1]
	convs := 0
	for i := range layers { // not by value: another goroutine may be uploading kernels
		if layers[i].Kind == models.Conv {
			convs++
		}
	}
	weights, err := m.upload(convs)
	if err == nil {
		weights, err = m.on(d, weights)
	}
	if err != nil {
		return nil, err
	}
	args := slices.Clone(inputs)
	for _, w := range weights {
		args = append(args, w.forward, w.bias)
		if gradient {
			args = append(args, w.backward)
		}
	}
	native, precision := m.native(), m.options.Precision
	p, err := m.program(key, func(in []*Node) []*Node {
		m.compiled.Add(1)
		c := &chain{layers: layers, native: native, precision: precision}
		rest := in[len(inputs):]
		for range convs {
			k := convolution{forward: rest[0], bias: rest[1]}
			rest = rest[2:]
			if gradient {
				k.backward, rest = rest[0], rest[1:]
			}
			c.convs = append(c.convs, k)
		}
		return build(c, in[:len(inputs)])
	})
	if err != nil {
		return nil, err
	}
	var out []*tensors.Tensor
	if err = m.compile(p, args); err == nil {
		out, _, err = p.CallWithGraphOnDevice(d, args...) // GoMLX 0.28.2's CallOnDevice calls on the first
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
	key := programKey{kind: "activations", layers: fmt.Sprint(indices)}
	return m.run(key, slices.Max(indices), false, []any{x}, func(c *chain, in []*Node) []*Node {
		c.forward(in[0])
		out := make([]*Node, len(indices))
		for i, index := range indices {
			out[i] = ConvertDType(c.acts[index], dtypes.Float32)
		}
		return out
	})
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
	inputs := append([]any{x}, goal.inputs()...)
	out, err := m.run(key, goal.deepest(), true, inputs, func(c *chain, in []*Node) []*Node {
		value, g := c.gradient(in[0], measure, goal, in[1:])
		return []*Node{value, g}
	})
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
	out, err := m.run(programKey{kind: "logits"}, i, false, []any{x, weight, c.Bias}, func(chain *chain, in []*Node) []*Node {
		chain.forward(in[0])
		mean := ReduceMean(ConvertDType(chain.acts[i], dtypes.Float32), 0, 1, 2)
		return []*Node{Add(ReduceSum(Mul(in[1], ExpandDims(mean, 0)), 1), in[2])}
	})
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
