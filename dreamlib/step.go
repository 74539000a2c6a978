package dreamlib

import (
	"errors"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Preprocess turns a picture into the network's input, [1, height, width, 3]
// in float32.
func Preprocess(p models.Preprocessing, m *picture.Image) *tensors.Tensor {
	if err := m.Check(); err != nil {
		panic(err)
	}
	flat := make([]float32, len(m.Pix))
	preprocess(p, flat, m.Pix)
	return tensors.FromFlatDataAndDimensions(flat, 1, m.Height, m.Width, 3)
}

// preprocess writes the network's input for the pixels in pix to flat, which
// may be pix itself.
func preprocess(p models.Preprocessing, flat, pix []float32) {
	parallel.Runs(len(pix)/3, func(lo, hi int) {
		for i := 3 * lo; i < 3*hi; i += 3 {
			rgb := [3]float32(pix[i:])
			if p.BGR {
				rgb[0], rgb[2] = rgb[2], rgb[0]
			}
			for c, v := range rgb {
				// The conversions keep every step in float32, as PyTorch does, on
				// machines that would fuse them.
				v = float32(v * float32(p.Scale))
				v = float32(v - float32(p.Mean[c]))
				flat[i+c] = v / float32(p.Std[c])
			}
		}
	})
}

// Deprocess turns the network's input x [1, height, width, 3] back into a
// picture. Values may lie outside 0..1.
func Deprocess(p models.Preprocessing, x *tensors.Tensor) (_ *picture.Image, err error) {
	defer fence(&err)
	if err := checkInput(x); err != nil {
		return nil, fmt.Errorf("dreamlib: deprocess: %w", err)
	}
	d := x.Shape().Dimensions
	m := picture.New(d[2], d[1])
	if err := tensors.ConstFlatData(x, func(flat []float32) { deprocess(p, m.Pix, flat) }); err != nil {
		return nil, fmt.Errorf("dreamlib: deprocess: %w", err)
	}
	return m, nil
}

// deprocess writes the pixels of the network's input flat to pix, which may be
// flat itself.
func deprocess(p models.Preprocessing, pix, flat []float32) {
	parallel.Runs(len(pix)/3, func(lo, hi int) {
		for i := 3 * lo; i < 3*hi; i += 3 {
			rgb := [3]float32(flat[i:])
			for c, v := range rgb {
				v = float32(v * float32(p.Std[c]))
				v = float32(v + float32(p.Mean[c]))
				rgb[c] = v / float32(p.Scale)
			}
			if p.BGR {
				rgb[0], rgb[2] = rgb[2], rgb[0]
			}
			copy(pix[i:], rgb[:])
		}
	})
}

// Ascent climbs one objective on one picture of fixed size: the steps of one
// octave. With XLA the picture stays on the engine between steps, unless it is
// climbed in tiles: see Config.Tile and Model.Memory.
type Ascent struct {
	model  *Model
	cfg    Config
	octave int
	goal   aim
	metric []float32 // one unit of the Config's, by channel
	bounds [2][]float32

	iteration int
	x, sum    *tensors.Tensor // picture and summed gradients, [1, h, w, 3]; nil on a canvas

	canvas *canvas // nil where the picture is on the engine, in one piece
}

// Ascend begins the steps of one octave on a picture. The octave's number is
// part of what its random numbers are keyed by. Close the Ascent after use.
func (m *Model) Ascend(cfg Config, octave int, img *picture.Image) (_ *Ascent, err error) {
	defer fence(&err)
	if err := errors.Join(m.check(), img.Check(), cfg.Check()); err != nil {
		return nil, err
	}
	_, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	size := picture.Size{Width: img.Width, Height: img.Height}
	b := budget{cfg: cfg, goal: goal, picture: size, full: size}
	tiles, err := m.tiles(b, size, 1)
	if err != nil {
		return nil, err
	}
	if need := m.need(b, tiles, 1); m.Memory > 0 && need > m.Memory {
		return nil, fmt.Errorf("dreamlib: memory %s: a step on %dx%d pixels takes %s", gigabytes(m.Memory), size.Width, size.Height, gigabytes(need))
	}
	return m.ascend(cfg, octave, img, tiles)
}

// ascend is Ascend in given tiles.
func (m *Model) ascend(cfg Config, octave int, img *picture.Image, tiles tiling) (*Ascent, error) {
	_, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	size := picture.Size{Width: img.Width, Height: img.Height}
	if err := m.fits(size, goal.deepest()); err != nil {
		return nil, err
	}
	a := m.newAscent(cfg, octave, goal)
	if tiles.count() > 1 || !m.Engine.compiles {
		a.canvas = newCanvas(m, goal, tiles, img)
	} else {
		a.x = Preprocess(m.Net.Preprocessing, img)
	}
	if cfg.Rule == RuleAccumulate {
		if a.canvas != nil {
			a.canvas.sum = make([]float32, len(img.Pix))
		} else {
			a.sum = tensors.FromFlatDataAndDimensions(make([]float32, len(img.Pix)), 1, size.Height, size.Width, 3)
		}
	}
	return a, nil
}

// newAscent is an Ascent without a picture.
func (m *Model) newAscent(cfg Config, octave int, goal aim) *Ascent {
	a := &Ascent{model: m, cfg: cfg, octave: octave, goal: goal, metric: cfg.metric(m.Net.Preprocessing)}
	a.bounds[0], a.bounds[1] = cfg.bounds(m.Net.Preprocessing)
	return a
}

// Step takes one step and returns the objective's value before it. A value
// that is not finite is an error; the picture stays as it was.
func (a *Ascent) Step() (value float64, err error) {
	defer fence(&err)
	if err := a.check(); err != nil {
		return 0, err
	}
	var shift [2]int32
	if a.cfg.Jitter > 0 {
		shift = a.cfg.shift(a.octave, a.iteration)
	}
	if a.canvas != nil {
		value, err = a.stepTiles(shift, a.blur())
	} else {
		value, err = a.stepWhole(shift, a.blur())
	}
	if err != nil {
		return 0, err
	}
	a.iteration++
	return value, nil
}

// check says whether the Ascent can go on.
func (a *Ascent) check() error {
	if a == nil || a.model == nil || a.canvas == nil && a.x == nil {
		return errors.New("dreamlib: ascent: there is none or it is closed, want one from Model.Ascend")
	}
	return a.model.check()
}

// blur is the taps that this step smooths with, nil without smoothing.
func (a *Ascent) blur() [][]float32 {
	if a.cfg.Smooth == 0 {
		return nil
	}
	return blurWeights(float64(a.iteration+1)/float64(max(a.cfg.Iterations, 1))*2 + a.cfg.Smooth)
}

// call is what a step in one piece calls. The picture x and the summed gradients
// may be shapes.
func (a *Ascent) call(x, sum any, shift [2]int32, blur [][]float32) call {
	cfg, goal := a.cfg, a.goal
	key := programKey{
		kind: "step", measure: cfg.Measure, layers: goal.key(),
		rule: cfg.Rule, jitter: cfg.Jitter > 0, smooth: blur != nil,
	}
	inputs := append([]any{x, float32(cfg.Step), a.metric, a.bounds[0], a.bounds[1]}, goal.inputs()...)
	if key.jitter {
		inputs = append(inputs, shift[:], []int32{-shift[0], -shift[1]})
	}
	if key.smooth {
		inputs = append(inputs, blur)
	}
	if key.rule == RuleAccumulate {
		inputs = append(inputs, sum)
	}
	return call{stepTask(key, goal), inputs}
}

// stepWhole takes a step on the engine.
func (a *Ascent) stepWhole(shift [2]int32, blur [][]float32) (value float64, err error) {
	call := a.call(a.x, a.sum, shift, blur)
	out, err := a.model.run(call.task, call.inputs)
	if err != nil {
		return 0, err
	}
	value = float64(tensors.ToScalar[float32](out[0]))
	if err := a.finite(value); err != nil {
		release(out...)
		return 0, err
	}
	release(out[0], a.x, a.sum)
	a.x, a.sum = out[1], nil
	if len(out) > 2 {
		a.sum = out[2]
	}
	return value, nil
}

// stepTiles is stepWhole in tiles: what stepTask builds, on a canvas.
func (a *Ascent) stepTiles(shift [2]int32, blur [][]float32) (value float64, err error) {
	value, err = a.canvas.gradient(a.cfg.Measure, shift)
	if err == nil {
		err = a.finite(value)
	}
	if err != nil {
		return 0, err
	}
	a.canvas.scale(a.metric)
	if blur != nil {
		a.canvas.blur(blur)
	}
	size := make([]float32, len(a.metric))
	for c, unit := range a.metric {
		size[c] = float32(a.cfg.Step) * unit
	}
	a.canvas.advance(a.cfg.Rule, shift, size, a.bounds[0], a.bounds[1])
	return value, nil
}

// finite complains about an objective's value that is not.
func (a *Ascent) finite(value float64) error {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return fmt.Errorf("dreamlib: octave %d, iteration %d: the objective is %v: try a smaller step than %v", a.octave+1, a.iteration+1, value, a.cfg.Step)
	}
	return nil
}

// stepTask is one step: value, next picture and, when gradients add up, their
// sum. Its inputs are in the order in which stepWhole lists them.
func stepTask(key programKey, goal aim) task {
	const fixed = 5
	numbers := len(goal.inputs())
	t := task{key: key, reads: goal.reads(), gradient: true}
	if key.jitter {
		t.see = func(in []*Node) *Node { return roll(in[0], in[fixed+numbers]) }
	}
	t.measure = func(c *chain, in []*Node) ([]*Node, map[int]*Node) {
		value, at := c.objective(key.measure, goal, in[fixed:fixed+numbers])
		return []*Node{value}, at
	}
	t.update = func(in []*Node, g *Node) []*Node {
		x, size, metric, black, white := in[0], in[1], channels(in[2]), channels(in[3]), channels(in[4])
		rest := in[fixed+numbers:]
		take := func() *Node {
			first := rest[0]
			rest = rest[1:]
			return first
		}
		var back *Node
		if key.jitter {
			take() // there, for see
			back = take()
		}
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
			return []*Node{next, g}
		}
		return []*Node{next}
	}
	return t
}

// Picture is the picture so far; values may lie outside 0..1.
func (a *Ascent) Picture() (_ *picture.Image, err error) {
	defer fence(&err)
	if err := a.check(); err != nil {
		return nil, err
	}
	p := a.model.Net.Preprocessing
	if a.canvas != nil {
		m := picture.New(a.canvas.Picture.Width, a.canvas.Picture.Height)
		deprocess(p, m.Pix, a.canvas.x)
		return m, nil
	}
	return Deprocess(p, a.x)
}

// end is the last Picture. The Ascent takes no more steps: a canvas gives its
// memory away.
func (a *Ascent) end() (*picture.Image, error) {
	if a.canvas == nil {
		return a.Picture()
	}
	c := a.canvas
	m := &picture.Image{Width: c.Picture.Width, Height: c.Picture.Height, Pix: c.x}
	a.Close()
	deprocess(a.model.Net.Preprocessing, m.Pix, m.Pix)
	return m, nil
}

// Close frees the Ascent's place on the engine.
func (a *Ascent) Close() {
	release(a.x, a.sum)
	a.x, a.sum = nil, nil
	a.canvas = nil
}
