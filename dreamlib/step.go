package dreamlib

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// Preprocess turns a picture into the network's input, [1, height, width, 3]
// in float32.
func Preprocess(p models.Preprocessing, m *Image) *tensors.Tensor {
	flat := make([]float32, len(m.Pix))
	for i, v := range m.Pix {
		c := i % 3
		to := i
		if p.BGR {
			c = 2 - c
			to = i - i%3 + c
		}
		// The conversions keep every step in float32, as PyTorch does, on
		// machines that would fuse them.
		v = float32(v * float32(p.Scale))
		v = float32(v - float32(p.Mean[c]))
		flat[to] = v / float32(p.Std[c])
	}
	return tensors.FromFlatDataAndDimensions(flat, 1, m.Height, m.Width, 3)
}

// Deprocess turns the network's input x [1, height, width, 3] back into a
// picture. Values may lie outside 0..1.
func Deprocess(p models.Preprocessing, x *tensors.Tensor) (*Image, error) {
	d := x.Shape().Dimensions
	if len(d) != 4 || d[0] != 1 || d[3] != 3 {
		return nil, fmt.Errorf("dreamlib: deprocess: want shape [1, h, w, 3], got %s", x.Shape())
	}
	m := NewImage(d[2], d[1])
	err := tensors.ConstFlatData(x, func(flat []float32) {
		for i, v := range flat {
			c := i % 3
			to := i
			if p.BGR {
				to = i - c + 2 - c
			}
			v = float32(v * float32(p.Std[c]))
			v = float32(v + float32(p.Mean[c]))
			m.Pix[to] = v / float32(p.Scale)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("dreamlib: deprocess: %w", err)
	}
	return m, nil
}

// Ascent climbs one objective on one picture of fixed size: the steps of one
// octave. The picture stays on the engine between steps.
type Ascent struct {
	model  *Model
	cfg    Config
	octave int
	goal   aim
	inputs []any // what stays the same from step to step

	iteration int
	x, sum    *tensors.Tensor // picture and summed gradients, [1, h, w, 3]
}

// Ascend begins the steps of one octave on a picture. The octave's number is
// part of what its random numbers are keyed by. Close the Ascent after use.
func (m *Model) Ascend(cfg Config, octave int, picture *Image) (*Ascent, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	_, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	a := &Ascent{model: m, cfg: cfg, octave: octave, goal: goal}
	a.x = Preprocess(m.Net.Preprocessing, picture)
	if err := m.fits(a.x, goal.deepest()); err != nil {
		return nil, err
	}
	black, white := cfg.bounds(m.Net.Preprocessing)
	a.inputs = append([]any{float32(cfg.Step), cfg.metric(m.Net.Preprocessing), black, white}, goal.inputs()...)
	if cfg.Rule == RuleAccumulate {
		a.sum = tensors.FromFlatDataAndDimensions(make([]float32, len(picture.Pix)), 1, picture.Height, picture.Width, 3)
	}
	return a, nil
}

// Step takes one step and returns the objective's value before it. A value
// that is not finite is an error; the picture stays as it was.
func (a *Ascent) Step() (value float64, err error) {
	cfg := a.cfg
	key := programKey{
		kind: "step", measure: cfg.Measure, layers: a.goal.key(),
		rule: cfg.Rule, jitter: cfg.Jitter > 0, smooth: cfg.Smooth > 0,
	}
	inputs := append([]any{a.x}, a.inputs...)
	if key.jitter {
		shift := cfg.shift(a.octave, a.iteration)
		inputs = append(inputs, shift[:], []int32{-shift[0], -shift[1]})
	}
	if key.smooth {
		sigma := float64(a.iteration+1)/float64(max(cfg.Iterations, 1))*2 + cfg.Smooth
		inputs = append(inputs, blurWeights(sigma))
	}
	if a.sum != nil {
		inputs = append(inputs, a.sum)
	}
	out, err := a.model.run(key, a.goal.deepest(), true, inputs, func(c *chain, in []*Node) []*Node {
		return c.step(key, a.goal, in)
	})
	if err != nil {
		return 0, err
	}
	value = float64(tensors.ToScalar[float32](out[0]))
	if math.IsNaN(value) || math.IsInf(value, 0) {
		release(out...)
		return 0, fmt.Errorf("dreamlib: octave %d, iteration %d: the objective is %v: try a smaller step than %v", a.octave+1, a.iteration+1, value, cfg.Step)
	}
	release(out[0], a.x, a.sum)
	a.x, a.sum = out[1], nil
	if len(out) > 2 {
		a.sum = out[2]
	}
	a.iteration++
	return value, nil
}

// step builds one step: value, next picture and, when gradients add up, their
// sum. Its inputs are in the order in which Ascent.Step lists them.
func (c *chain) step(key programKey, goal aim, in []*Node) []*Node {
	x, size, metric, black, white := in[0], in[1], channels(in[2]), channels(in[3]), channels(in[4])
	numbers, rest := in[5:5+len(goal.inputs())], in[5+len(goal.inputs()):]
	take := func() *Node {
		first := rest[0]
		rest = rest[1:]
		return first
	}
	var back *Node
	seen := x
	if key.jitter {
		seen = roll(x, take())
		back = take()
	}
	value, g := c.gradient(seen, key.measure, goal, numbers)
	g = Mul(g, metric)
	if key.smooth {
		g = blur(g, take())
	}
	if key.jitter {
		g = roll(g, back)
	}
	if key.rule == RuleAccumulate {
		g = Add(take(), g)
	}
	next := Add(x, Mul(Mul(size, metric), key.rule.apply(g)))
	next = Min(Max(next, black), white)
	if key.rule == RuleAccumulate {
		return []*Node{value, next, g}
	}
	return []*Node{value, next}
}

// Picture is the picture so far; values may lie outside 0..1.
func (a *Ascent) Picture() (*Image, error) { return Deprocess(a.model.Net.Preprocessing, a.x) }

// Close frees the Ascent's place on the engine.
func (a *Ascent) Close() { release(a.x, a.sum) }
