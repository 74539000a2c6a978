package dreamlib

import "github.com/seed2310110f/godream/dreamlib/picture"

// Progress is where a dream stands, after a step.
type Progress struct {
	Octave, Octaves       int // this octave, from 0, of how many
	Iteration, Iterations int // this step of the octave, from 0, of how many
	Step, Steps           int // this step of the dream, from 0, of how many
	Size                  picture.Size
	Tiles                 int     // that the octave is taken in, 1 for one piece
	Value                 float64 // the objective before the step
	Done                  float64 // share of the dream's work, 0..1: larger octaves take longer

	ascent *Ascent
}

// Image is what the octave looks like after the step, at the octave's size.
func (p Progress) Image() (*picture.Image, error) { return p.ascent.Image() }

// progress is where the dream stands after a step of an octave. A step's work grows with
// its pixels.
func (d *dream) progress(a *Ascent, octave, i int, value float64) Progress {
	var done, all float64
	for o, size := range d.sizes {
		all += size.Pixels()
		if o < octave {
			done += size.Pixels()
		}
	}
	done += d.sizes[octave].Pixels() * float64(i+1) / float64(d.cfg.Iterations)
	return Progress{
		Octave: octave, Octaves: len(d.sizes), Iteration: i, Iterations: d.cfg.Iterations,
		Step: octave*d.cfg.Iterations + i, Steps: len(d.sizes) * d.cfg.Iterations,
		Size: d.sizes[octave], Tiles: d.layouts[octave].Tiles, Value: value, Done: done / all, ascent: a,
	}
}
