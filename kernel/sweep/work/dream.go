package work

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// dreamFunc is modelPool.dream.
type dreamFunc func(ctx context.Context, job grid.Job, picture []byte, onStep func(share float64)) (file []byte, r folder.Record, err error)

// dream runs a job on an image file's bytes. It returns the dream as a PNG file with its
// provenance inside, and a record that lacks what the queue knows. onStep is called with
// the share of the steps that is done, 0..1.
func (p *modelPool) dream(ctx context.Context, job grid.Job, img []byte, onStep func(share float64)) (file []byte, r folder.Record, err error) {
	source, err := picture.Decode(bytes.NewReader(img))
	if err != nil {
		return nil, r, fmt.Errorf("%s: %w", job.Picture.Source, err)
	}
	m, err := p.get(job.Net, job.Options)
	if err != nil {
		return nil, r, err
	}
	defer p.put(m)
	result, r, err := dream(ctx, m.model, job, source, func(p dreamlib.Progress) { onStep(p.Done) })
	if err != nil {
		return nil, r, err
	}
	options, err := ImageOptions(r, result)
	if err != nil {
		return nil, r, err
	}
	var b bytes.Buffer
	err = picture.Encode(&b, "dream.png", result.Image, options)
	return b.Bytes(), r, err
}

// dream runs a job on an image.
func dream(ctx context.Context, model *vgg.Model, job grid.Job, source *picture.Image, onStep func(dreamlib.Progress)) (*dreamlib.Result, folder.Record, error) {
	r, started := folder.Record{Job: job}, time.Now()
	result, err := dreamlib.Dream(ctx, model, source, job.Config, func(p dreamlib.Progress) error {
		for len(r.Objective) <= p.Octave {
			r.Objective = append(r.Objective, 0)
		}
		r.Objective[p.Octave] = p.Value
		onStep(p)
		return nil
	})
	if err != nil {
		return nil, folder.Record{}, err
	}
	r.State, r.Seconds, r.Engine, r.Notes, r.Finished = folder.Done, time.Since(started).Seconds(), model.Engine.Name, result.Notes, time.Now().UTC()
	return result, r, nil
}

// Sequence runs jobs on one image and one model, one after another, without a queue. It
// calls onStep with the job's number, from 0, at each step, and then done with the dream.
// It ends with the first error, which may be done's.
func Sequence(ctx context.Context, model *vgg.Model, source *picture.Image, jobs []grid.Job,
	onStep func(i int, p dreamlib.Progress), done func(i int, result *dreamlib.Result, r folder.Record) error) error {
	for i, job := range jobs {
		result, r, err := dream(ctx, model, job, source, func(p dreamlib.Progress) { onStep(i, p) })
		if err != nil {
			return err
		}
		if err := done(i, result, r); err != nil {
			return err
		}
	}
	return nil
}

// ImageOptions are those of a dream's PNG file: 8 bits a channel, with its provenance inside.
func ImageOptions(r folder.Record, result *dreamlib.Result) (picture.Options, error) {
	p := dreamlib.Provenance{
		Version: dreamlib.Version, Engine: r.Engine, Lowering: r.Options.Lowering, Precision: r.Options.Precision,
		Config: result.Config, Depth: 8, Steps: len(result.Values),
	}
	p.Net.Source, p.Net.SHA256 = r.Net.Source, r.Net.SHA256
	p.Picture.Source, p.Picture.SHA256 = r.Picture.Source, r.Picture.SHA256
	text, err := p.Text()
	return picture.Options{Depth: p.Depth, Text: text}, err
}
