package dreamlib

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// An Ascent ascends one objective on one picture of fixed size: the steps of one octave.
type Ascent struct {
	model  *vgg.Model
	cfg    Config
	octave int

	layout    *vgg.Layout // of what the network sees
	param     Fitted
	transform Transform
	update    Update
	sizes     []float32 // of a step, of each value, repeating

	iteration int
	flat      int        // steps without any gradient
	picture   *vgg.Input // of the parameters
	seen      *vgg.Input // by the network; picture itself without a transform
	gradient  *vgg.Input // with respect to seen
	pulled    *vgg.Input // with respect to picture
}

// Ascend begins the steps of one octave on an image. The octave's number is part of what
// its random numbers are keyed by.
func Ascend(m *vgg.Model, cfg Config, octave int, start *picture.Image) (_ *Ascent, err error) {
	defer parallel.Fence("dreamlib", &err)
	if err := errors.Join(m.Check(), start.Check(), cfg.Check()); err != nil {
		return nil, err
	}
	objective, err := bind(cfg.Objective, Scope{m.Net, cfg.Measure})
	if err != nil {
		return nil, err
	}
	held := cfg.held(start.Size(), start.Size(), start.Size())
	layout, err := cfg.layout(m, objective, start.Size(), held)
	if err != nil {
		return nil, err
	}
	if need, most := layout.Need(held), m.Options().Memory; most > 0 && need > most {
		return nil, fmt.Errorf("dreamlib: memory %s: a step on %dx%d pixels takes %s", gigabytes(most), start.Width, start.Height, gigabytes(need))
	}
	return cfg.ascent(m, octave, start, layout)
}

// layout is the objective on what the network sees of a picture of some size.
func (c Config) layout(m *vgg.Model, o vgg.Objective, size picture.Size, held int64) (*vgg.Layout, error) {
	return m.Layout(o, 1, c.seen(size), held)
}

// seen is the size of what the network sees of a picture of some size.
func (c Config) seen(size picture.Size) picture.Size {
	if t := c.transform(); t != nil {
		size = t.Draw(size, random(0, 0, 0, purposeTransform)).Size
	}
	return size
}

// ascent is Ascend for what is known to be sound.
func (c Config) ascent(m *vgg.Model, octave int, image *picture.Image, layout *vgg.Layout) (*Ascent, error) {
	start := vgg.Preprocess(m.Net.Preprocessing, image)
	param := c.Param
	if param == nil {
		param = Pixels
	}
	fitted, err := param.Fit(start, c.space(m.Net.Preprocessing))
	if err != nil {
		return nil, fmt.Errorf("dreamlib: param %s: %w", param, err)
	}
	if (fitted.Paint == nil) != (fitted.Pull == nil) || fitted.Paint == nil && len(fitted.Values) != len(start.X) {
		return nil, fmt.Errorf("dreamlib: param %s: want Paint and Pull, or as Values the picture's %d numbers, found %d", param, len(start.X), len(fitted.Values))
	}
	a := &Ascent{model: m, cfg: c, octave: octave, layout: layout, param: fitted, transform: c.transform(), picture: start}
	if fitted.Paint != nil {
		a.picture = start.Like()
	} else {
		a.picture.X = fitted.Values
	}
	a.sizes = []float32{float32(c.Step)}
	if fitted.Unit != nil {
		a.sizes = nil
		for _, unit := range fitted.Unit {
			a.sizes = append(a.sizes, float32(c.Step)*unit)
		}
	}
	a.update = c.Optimizer.Start(len(fitted.Values))
	return a, nil
}

// Step takes one step and returns the objective's value before it. A value that is not
// finite is an error, and ctx's when that is done; then nothing has changed.
func (a *Ascent) Step(ctx context.Context) (value float64, err error) {
	defer parallel.Fence("dreamlib", &err)
	if a == nil || a.model == nil {
		return 0, errors.New("dreamlib: ascent: there is none, want one from Ascend")
	}
	a.paint()
	seen, err := a.drawn()
	if err != nil {
		return 0, err
	}
	value, err = a.layout.Gradient(ctx, a.seen, a.gradient)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, fmt.Errorf("dreamlib: octave %d, iteration %d: the objective is %v: try a smaller step than %v", a.octave+1, a.iteration+1, value, a.cfg.Step)
	}
	if !slices.ContainsFunc(a.gradient.X, func(v float32) bool { return v != 0 }) {
		a.flat++
	}
	g := perUnit(a.gradient, a.param.Unit)
	if a.cfg.Smooth > 0 {
		g = blur(g, blurWeights(float64(a.iteration+1)/float64(max(a.cfg.Iterations, 1))*2+a.cfg.Smooth))
		a.gradient = g
	}
	if seen.Pull != nil {
		seen.Pull(a.pulled, g)
		g = a.pulled
	}
	along := g.X
	if a.param.Pull != nil {
		along = a.param.Pull(g)
	}
	a.update(a.param.Values, along, a.sizes)
	if a.param.Clip != nil {
		a.param.Clip()
	}
	a.iteration++
	return value, nil
}

// paint brings picture up to the parameters.
func (a *Ascent) paint() {
	if a.param.Paint != nil {
		a.param.Paint(a.picture)
	}
}

// drawn draws this step's transform, and makes what the network sees by it.
func (a *Ascent) drawn() (m Map, err error) {
	if a.transform == nil {
		a.seen = a.picture
	} else {
		m = a.transform.Draw(a.picture.Size(), random(a.cfg.Seed, a.octave, a.iteration, purposeTransform))
		if m.Apply == nil || m.Pull == nil {
			return m, fmt.Errorf("dreamlib: transform %s: want Apply and Pull", a.transform)
		}
		if a.seen == nil {
			a.seen = vgg.NewInput(a.picture.N, m.Size.Height, m.Size.Width)
		}
		m.Apply(a.seen, a.picture)
	}
	if a.gradient == nil {
		a.gradient = a.seen.Like()
		if a.pulled = a.seen; a.seen.Size() != a.picture.Size() { // what was seen isn't needed once its gradient is there
			a.pulled = a.picture.Like()
		}
	}
	return m, nil
}

// perUnit makes a gradient one per unit of each channel, in place.
func perUnit(g *vgg.Input, unit []float32) *vgg.Input {
	if len(unit) != 3 || unit[0] == 1 && unit[1] == 1 && unit[2] == 1 {
		return g
	}
	parallel.Runs(len(g.X)/3, func(lo, hi int) {
		for i := 3 * lo; i < 3*hi; i += 3 {
			g.X[i], g.X[i+1], g.X[i+2] = g.X[i]*unit[0], g.X[i+1]*unit[1], g.X[i+2]*unit[2]
		}
	})
	return g
}

// Image is the picture so far; values may lie outside 0..1.
func (a *Ascent) Image() (*picture.Image, error) {
	if a == nil || a.model == nil {
		return nil, errors.New("dreamlib: ascent: there is none, want one from Ascend")
	}
	a.paint()
	return vgg.Deprocess(a.model.Net.Preprocessing, a.picture)
}

// end is the last Image, in the memory of the picture. The Ascent takes no more steps.
func (a *Ascent) end() *picture.Image {
	a.paint()
	m := vgg.DeprocessInPlace(a.model.Net.Preprocessing, a.picture)
	*a = Ascent{}
	return m
}

// Purposes keep the random numbers of different uses apart.
const purposeTransform = 1

// random is the generator for one purpose at one step. It is keyed, not
// shared, so that a dream that goes on from the middle, or in another order,
// draws the same numbers: ChaCha8 with the four values as its key.
func random(seed uint64, octave, iteration, purpose int) *rand.Rand {
	var key [32]byte
	for i, v := range []uint64{seed, uint64(octave), uint64(iteration), uint64(purpose)} {
		binary.LittleEndian.PutUint64(key[8*i:], v)
	}
	return rand.New(rand.NewChaCha8(key))
}
