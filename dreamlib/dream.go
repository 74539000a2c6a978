// Package dreamlib is DeepDream for VGG networks: it climbs the gradient of a
// network's activations with respect to a picture, octave by octave.
//
//	import _ "github.com/seed2310110f/godream/dreamlib/engines" // what OpenEngine opens
//	...
//	engine, err := dreamlib.OpenEngine("auto")
//	...
//	model, err := dreamlib.NewModel(engine, net, dreamlib.ModelOptions{})
//	...
//	cfg, err := dreamlib.Preset("google")
//	cfg.Objective = dreamlib.Layer("relu3_3")
//	img, err := picture.Read("photo.jpg")
//	...
//	result, err := dreamlib.Dream(ctx, model, img, cfg, nil)
//	...
//	err = picture.Write("dream.png", result.Image, picture.Options{})
//
// Dream is the whole algorithm, and every stage of it is public: Octaves,
// Preprocess, Model.Activations, Model.Gradient, Model.Ascend with Ascent.Step,
// Deprocess. The package never prints, downloads or exits. It does not know
// where weights come from: package models does.
package dreamlib

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// Result is a dream and how it went.
type Result struct {
	Image  *picture.Image // what was dreamt, clipped to 0..1, with the picture's alpha
	Values []float64      // the objective before each step
	Config Config         // as it was run: layers by their canonical names
	Notes  []string       // what the user should know: octaves dropped, edges repeated
}

// Progress is where a dream stands, after a step.
type Progress struct {
	Octave, Octaves       int // this octave, from 0, of how many
	Iteration, Iterations int // this step of the octave, from 0, of how many
	Step, Steps           int // this step of the dream, from 0, of how many
	Size                  picture.Size
	Tiles                 int     // that the octave is climbed in, 1 for one piece
	Value                 float64 // the objective before the step
	Done                  float64 // share of the dream's work, 0..1: larger octaves take longer

	ascent *Ascent
}

// Picture is what the octave looks like after the step, at the octave's size.
func (p Progress) Picture() (*picture.Image, error) { return p.ascent.Picture() }

// Dream dreams on a picture. After each step it calls onStep, which may be nil
// and ends the dream by returning an error. When ctx is done or onStep ends it,
// Dream returns both the picture so far, at full size, and the reason. The
// picture's alpha is kept; a picture smaller than the network's least has its
// edges repeated meanwhile.
func Dream(ctx context.Context, m *Model, img *picture.Image, cfg Config, onStep func(Progress) error) (_ *Result, err error) {
	defer fence(&err)
	d, err := newDream(ctx, m, img, cfg, onStep)
	if err != nil {
		return nil, err
	}
	ahead, stop := context.WithCancel(ctx)
	defer stop()
	if err := m.prepare(ahead, d.cfg, d.layout); err != nil {
		return nil, err
	}
	if cfg.Pyramid == PyramidArticle {
		return d.finish(d.article())
	}

	var dreamt, lastBase *picture.Image
	for o, size := range d.sizes {
		base := d.picture
		if size != (picture.Size{Width: base.Width, Height: base.Height}) {
			base = picture.Resize(base, size.Width, size.Height, picture.Bilinear)
		}
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
	picture *picture.Image // the one given, brought to the width asked for and to the network's least size
	layout
	onStep func(Progress) error
	result Result
}

// layout is what sizes a dream goes through.
type layout struct {
	size   picture.Size // that is asked for
	padded picture.Size // size brought to the network's least
	sizes  []picture.Size
	tiles  []tiling // of what is climbed at each of the sizes
	needs  []int64  // bytes, by prediction
	notes  []string // what the user should know
}

// newDream checks everything that can be checked before any work.
func newDream(ctx context.Context, m *Model, img *picture.Image, cfg Config, onStep func(Progress) error) (*dream, error) {
	if err := errors.Join(m.check(), img.Check()); err != nil {
		return nil, err
	}
	objective, l, err := m.layout(picture.Size{Width: img.Width, Height: img.Height}, cfg)
	if err != nil {
		return nil, err
	}
	cfg.Objective = objective
	if l.size.Width != img.Width {
		img = picture.Resize(img, l.size.Width, l.size.Height, picture.Bilinear)
	}
	d := &dream{ctx: ctx, model: m, cfg: cfg, layout: l, onStep: onStep}
	d.result = Result{Image: img, Config: cfg, Notes: l.notes}
	d.picture = img.Pad(l.padded)
	return d, nil
}

// layout lays a dream out on a picture of some size, or says why it cannot be
// dreamt. It also gives the objective by its canonical names.
func (m *Model) layout(img picture.Size, cfg Config) (Objective, layout, error) {
	objective, l, err := m.lay(img, cfg)
	if err == nil && !m.fit(l) {
		err = m.misfit(img, cfg, l)
	}
	return objective, l, err
}

// lay is layout, whether it fits in Memory or not.
func (m *Model) lay(img picture.Size, cfg Config) (objective Objective, l layout, err error) {
	if err := cfg.Check(); err != nil {
		return Objective{}, layout{}, err
	}
	objective, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return Objective{}, layout{}, err
	}
	if l.size, err = cfg.Size(img); err != nil {
		return Objective{}, layout{}, err
	}
	if l.padded = l.size; l.size.Width != img.Width {
		l.note("the picture was brought from %dx%d to %dx%d pixels", img.Width, img.Height, l.size.Width, l.size.Height)
	}
	if cfg.Pyramid == PyramidArticle {
		l.sizes = articleLevels(l.size, cfg.Octaves, cfg.OctaveScale)
	} else {
		l.octaves(cfg, m.Net.MinSize(goal.deepest()), m.Net.Layers[goal.deepest()].Name)
	}
	b := budget{cfg: cfg, goal: goal, picture: img, full: l.padded}
	for i, size := range l.sizes {
		programs := i + 1
		if cfg.Pyramid == PyramidArticle {
			size, programs = picture.Size{Width: articleSide, Height: articleSide}, 1
		}
		t, err := m.tiles(b, size, programs)
		if err != nil {
			return Objective{}, layout{}, err
		}
		l.tiles, l.needs = append(l.tiles, t), append(l.needs, m.need(b, t, programs))
	}
	return objective, l, nil
}

// octaves lists the octaves, given the smallest side that the deepest layer
// takes.
func (l *layout) octaves(cfg Config, least int, layer string) {
	if min(l.size.Width, l.size.Height) < least {
		l.padded = picture.Size{Width: max(l.size.Width, least), Height: max(l.size.Height, least)}
		l.note("%s needs at least %d pixels a side: the edges of the %dx%d picture were repeated to %dx%d meanwhile",
			layer, least, l.size.Width, l.size.Height, l.padded.Width, l.padded.Height)
	}
	var dropped int
	l.sizes, dropped = Octaves(l.padded, cfg.Octaves, cfg.OctaveScale, least)
	if dropped > 0 {
		l.note("%d of %d octaves were dropped: %s needs at least %d pixels a side", dropped, cfg.Octaves, layer, least)
	}
}

func (l *layout) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// climb takes an octave's steps from start and returns where they led, also
// when they end early. What it returns is not start itself.
func (d *dream) climb(octave int, start *picture.Image) (*picture.Image, error) {
	ascent, err := d.model.ascend(d.cfg, octave, start, d.tiles[octave])
	if err != nil {
		return start.Clone(), err
	}
	defer ascent.Close()
	if ascent.canvas != nil {
		ascent.canvas.stop = d.ctx.Err
		start = nil // it may be large, and a canvas never fails to give its picture back
	}
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
			Size: d.sizes[octave], Tiles: d.tiles[octave].count(), Value: value, Done: d.share(octave, i+1), ascent: ascent,
		})
		if err != nil {
			break
		}
	}
	reached, failed := ascent.end()
	if failed != nil {
		return start.Clone(), failed
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
func (d *dream) finish(dreamt *picture.Image, err error) (*Result, error) {
	if dreamt != nil {
		m := dreamt.Crop(d.size)
		m.Clip()
		m.Alpha = d.result.Image.Alpha
		d.result.Image = m
	}
	if err != nil {
		return &d.result, fmt.Errorf("dreamlib: dream ended after %d steps: %w", len(d.result.Values), err)
	}
	return &d.result, nil
}
