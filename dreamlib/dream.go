// Package dreamlib is DeepDream for VGG networks: it climbs the gradient of a
// network's activations with respect to a picture, octave by octave.
//
//	engine, err := dreamlib.OpenEngine("auto")
//	...
//	model, err := dreamlib.NewModel(engine, net, dreamlib.LoweringAuto)
//	...
//	cfg, err := dreamlib.Preset("google")
//	cfg.Objective = dreamlib.Layer("relu3_3")
//	result, err := dreamlib.Dream(ctx, model, picture, cfg, nil)
//	...
//	err = dreamlib.WriteImage("dream.png", result.Image, dreamlib.ImageOptions{})
//
// Dream is the whole algorithm, and every stage of it is public: Octaves,
// Preprocess, Model.Activations, Model.Gradient, Model.Ascend with Ascent.Step,
// Deprocess. The package never prints, downloads or exits. It does not know
// where weights come from: package models does.
package dreamlib

import (
	"context"
	"fmt"
)

// Result is a dream and how it went.
type Result struct {
	Image  *Image    // what was dreamt, clipped to 0..1, with the picture's alpha
	Values []float64 // the objective before each step
	Config Config    // as it was run: layers by their canonical names
	Notes  []string  // what the user should know: octaves dropped, edges repeated
}

// Progress is where a dream stands, after a step.
type Progress struct {
	Octave, Octaves       int // this octave, from 0, of how many
	Iteration, Iterations int // this step of the octave, from 0, of how many
	Step, Steps           int // this step of the dream, from 0, of how many
	Size                  Size
	Value                 float64 // the objective before the step
	Done                  float64 // share of the dream's work, 0..1: larger octaves take longer

	ascent *Ascent
}

// Picture is what the octave looks like after the step, at the octave's size.
func (p Progress) Picture() (*Image, error) { return p.ascent.Picture() }

// Dream dreams on a picture. After each step it calls onStep, which may be nil
// and ends the dream by returning an error. When ctx is done or onStep ends it,
// Dream returns both the picture so far, at full size, and the reason. The
// picture's alpha is kept; a picture smaller than the network's least has its
// edges repeated meanwhile.
func Dream(ctx context.Context, m *Model, picture *Image, cfg Config, onStep func(Progress) error) (*Result, error) {
	d, err := newDream(ctx, m, picture, cfg, onStep)
	if err != nil {
		return nil, err
	}
	if cfg.Pyramid == PyramidArticle {
		return d.finish(d.article())
	}

	var dreamt, lastBase *Image
	for o, size := range d.sizes {
		base := Resize(d.picture, size.Width, size.Height, Bilinear)
		start := cfg.Pyramid.next(base, dreamt, lastBase)
		dreamt, err = d.climb(o, start)
		lastBase = base
		if err != nil {
			break
		}
	}
	if err != nil && dreamt != nil { // it ended early, perhaps on a small octave
		dreamt = cfg.Pyramid.next(d.picture, dreamt, lastBase)
	}
	return d.finish(dreamt, err)
}

// dream is one run of Dream.
type dream struct {
	ctx     context.Context
	model   *Model
	cfg     Config
	picture *Image // brought to the width asked for and to the network's least size
	sizes   []Size // of the octaves; in the article's pyramid, of its levels
	x0, y0  int    // where the picture asked for lies in picture
	size    Size   // and its size
	onStep  func(Progress) error
	result  Result
}

// newDream checks everything that can be checked before any work.
func newDream(ctx context.Context, m *Model, picture *Image, cfg Config, onStep func(Progress) error) (*dream, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	objective, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	size, err := cfg.Size(picture)
	if err != nil {
		return nil, err
	}
	cfg.Objective = objective
	d := &dream{ctx: ctx, model: m, cfg: cfg, picture: picture, size: size, onStep: onStep, result: Result{Config: cfg}}
	if size.Width != picture.Width {
		d.picture = Resize(picture, size.Width, size.Height, Bilinear)
		d.note("the picture was brought from %dx%d to %dx%d pixels", picture.Width, picture.Height, size.Width, size.Height)
	}
	d.result.Image = d.picture
	if cfg.Pyramid == PyramidArticle {
		d.sizes = articleLevels(d.size, cfg.Octaves, cfg.OctaveScale)
		return d, nil
	}
	d.plan(m.Net.MinSize(goal.deepest()), m.Net.Layers[goal.deepest()].Name)
	return d, nil
}

// plan lists the octaves, given the smallest side that the deepest layer takes.
func (d *dream) plan(least int, layer string) {
	if min(d.size.Width, d.size.Height) < least {
		d.picture, d.x0, d.y0 = padTo(d.picture, Size{least, least})
		d.note("%s needs at least %d pixels a side: the edges of the %dx%d picture were repeated to %dx%d meanwhile",
			layer, least, d.size.Width, d.size.Height, d.picture.Width, d.picture.Height)
	}
	var dropped int
	d.sizes, dropped = Octaves(Size{d.picture.Width, d.picture.Height}, d.cfg.Octaves, d.cfg.OctaveScale, least)
	if dropped > 0 {
		d.note("%d of %d octaves were dropped: %s needs at least %d pixels a side", dropped, d.cfg.Octaves, layer, least)
	}
}

func (d *dream) note(format string, args ...any) {
	d.result.Notes = append(d.result.Notes, fmt.Sprintf(format, args...))
}

// climb takes an octave's steps from start and returns where they led, also
// when they end early.
func (d *dream) climb(octave int, start *Image) (*Image, error) {
	ascent, err := d.model.Ascend(d.cfg, octave, start)
	if err != nil {
		return start, err
	}
	defer ascent.Close()
	for i := range d.cfg.Iterations {
		if err = d.ctx.Err(); err != nil {
			break
		}
		var value float64
		if value, err = ascent.Step(); err != nil {
			break
		}
		d.result.Values = append(d.result.Values, value)
		if d.onStep == nil {
			continue
		}
		err = d.onStep(Progress{
			Octave: octave, Octaves: len(d.sizes),
			Iteration: i, Iterations: d.cfg.Iterations,
			Step: octave*d.cfg.Iterations + i, Steps: len(d.sizes) * d.cfg.Iterations,
			Size: d.sizes[octave], Value: value, Done: d.share(octave, i+1), ascent: ascent,
		})
		if err != nil {
			break
		}
	}
	reached, failed := ascent.Picture()
	if failed != nil {
		return start, failed
	}
	return reached, err
}

// share is how much of the dream's work is done after n steps of an octave. A
// step's work grows with its pixels; in the article's pyramid all are equal.
func (d *dream) share(octave, n int) float64 {
	var done, all float64
	for o, size := range d.sizes {
		work := float64(size.Width) * float64(size.Height)
		if d.cfg.Pyramid == PyramidArticle {
			work = 1
		}
		all += work
		switch {
		case o < octave:
			done += work
		case o == octave:
			done += work * float64(n) / float64(d.cfg.Iterations)
		}
	}
	return done / all
}

// finish cuts the picture out of what was dreamt and gives it its alpha back.
func (d *dream) finish(dreamt *Image, err error) (*Result, error) {
	if dreamt != nil {
		alpha := d.result.Image.Alpha
		d.result.Image = crop(dreamt, d.x0, d.y0, d.size.Width, d.size.Height)
		d.result.Image.Clip()
		d.result.Image.Alpha = alpha
	}
	if err != nil {
		return &d.result, fmt.Errorf("dreamlib: dream ended after %d steps: %w", len(d.result.Values), err)
	}
	return &d.result, nil
}
