// Package dreamlib is DeepDream for VGG networks: it ascends the gradient of a
// network's activations with respect to a picture, octave by octave.
//
//	model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})
//	...
//	cfg, err := dreamlib.Preset("google")
//	cfg.Objective = dreamlib.Layer("relu3_3")
//	image, err := picture.Read("photo.jpg")
//	result, err := dreamlib.Dream(ctx, model, image, cfg, nil)
//	...
//	err = picture.Write("dream.png", result.Image, picture.Options{})
//
// Dream is the whole algorithm: octaves here, and the step in Ascent.Step. What they
// are made of are five nouns, each a small interface that anybody may implement: an
// Objective, a Param, a Transform, an Optimizer and a Pyramid. The package never prints,
// downloads or exits. Package vgg runs the network, and package picture reads and writes
// images.
package dreamlib

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Result is a dream and how it went.
type Result struct {
	Image  *picture.Image // what was dreamt, clipped to 0..1, with the picture's alpha
	Values []float64      // the objective before each step
	Config Config         // as it was run: layers by their canonical names
	Notes  []string       // what the user should know: octaves dropped, edges repeated
}

// Dream dreams on a picture. After each step it calls onStep, which may be nil
// and ends the dream by returning an error. When ctx is done or onStep ends it,
// Dream returns both the picture so far, at full size, and the reason. The
// picture's alpha is kept; a picture smaller than the network's least has its
// edges repeated meanwhile.
func Dream(ctx context.Context, m *vgg.Model, image *picture.Image, cfg Config, onStep func(Progress) error) (_ *Result, err error) {
	defer parallel.Fence("dreamlib", &err)
	d, err := newDream(m, image, cfg, onStep)
	if err != nil {
		return nil, err
	}
	ahead, stop := context.WithCancel(ctx)
	defer stop()
	if cfg.Iterations > 0 {
		m.Compile(ahead, d.layouts)
	}

	levels := cfg.Pyramid.Start(d.image.Pad(d.padded), cfg.Octaves, cfg.OctaveScale)
	var dreamt *picture.Image
	octave := 0
	for o, size := range d.sizes {
		octave = o
		if dreamt, err = d.ascend(ctx, o, levels.Begin(o, size, dreamt)); err != nil {
			break
		}
	}
	return d.finish(levels.End(octave, dreamt), err)
}

// dream is one run of Dream.
type dream struct {
	*outline
	model  *vgg.Model
	cfg    Config
	image  *picture.Image // brought to the width asked for
	onStep func(Progress) error
	result Result
}

func newDream(m *vgg.Model, image *picture.Image, cfg Config, onStep func(Progress) error) (*dream, error) {
	if err := errors.Join(m.Check(), image.Check()); err != nil {
		return nil, err
	}
	o, err := outlined(m, image.Size(), cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Objective, err = Canonical(cfg.Objective, m.Net); err != nil {
		return nil, err
	}
	if o.size.Width != image.Width {
		image = picture.Resize(image, o.size.Width, o.size.Height, picture.Bilinear)
	}
	return &dream{o, m, cfg, image, onStep, Result{Config: cfg}}, nil
}

// ascend takes an octave's steps from start and returns where they led, also
// when they end early.
func (d *dream) ascend(ctx context.Context, octave int, start *picture.Image) (*picture.Image, error) {
	a, err := d.cfg.ascent(d.model, octave, start, d.layouts[octave])
	if err != nil {
		return start, err
	}
	for i := 0; i < d.cfg.Iterations && err == nil; i++ {
		var value float64
		if value, err = a.Step(ctx); err != nil {
			break
		}
		d.result.Values = append(d.result.Values, value)
		if d.onStep != nil {
			err = d.onStep(d.progress(a, octave, i, value))
		}
	}
	if a.flat > 0 {
		d.note("the gradient was zero everywhere in %d of %d steps of octave %d: %s outputs nothing that pixels change, as behind a ReLU that lets nothing through",
			a.flat, a.iteration, octave+1, d.cfg.Objective)
	}
	return a.end(), err
}

// finish cuts the picture out of what was dreamt and gives it its alpha back.
func (d *dream) finish(dreamt *picture.Image, err error) (*Result, error) {
	m := dreamt.Crop(d.size)
	m.Clip()
	m.Alpha = d.image.Alpha
	d.result.Image, d.result.Notes = m, d.notes
	if err != nil {
		return &d.result, fmt.Errorf("dreamlib: dream ended after %d steps: %w", len(d.result.Values), err)
	}
	return &d.result, nil
}
