// Package grid says what a sweep is to run: image files, nets and lists of settings'
// values, and the Jobs that every combination of them gives.
//
//	g := grid.Grid{
//		Pictures: []string{"photos/*.jpg"},
//		Axes: []grid.Axis{
//			grid.Over("layer", "relu3_1", "relu4_2"),
//			grid.Over("step", "0.5..2/4"), // 0.5, 1, 1.5 and 2
//		},
//	}
//	jobs, err := grid.Jobs(ctx, g)
//	...
//	for _, j := range jobs {
//		fmt.Println(j.ID, j.Point, j.Config)
//	}
//
// It reads the files to check and to hash them. It runs nothing.
package grid

import (
	"context"
	"fmt"

	"github.com/seed2310110f/godream/dreamlib"
)

// Grid is what a sweep goes through: every image file with every net and every
// combination of the axes' values. Parse reads one from a file's text, and its JSON is
// such a text.
type Grid struct {
	// Folder is what relative names of image files and nets count from. Default the
	// current one.
	Folder string

	// Pictures are paths of image files, or patterns as filepath.Glob takes them. At
	// least one.
	Pictures []string

	// Nets are what hub.Open takes: names or paths. Default "embedded".
	Nets []string

	// Base is the settings where no axis sets them. The zero Config stands for
	// dreamlib.Preset("default"). With an axis over "preset", whose values each
	// set all settings, it has to be zero; axes of one value fix single settings
	// on top.
	Base dreamlib.Config

	// Axes are what is swept, the last of them the fastest. Those with a condition
	// come after all others.
	Axes []Axis
}

// MaxJobs is how many jobs a Grid has at most.
const MaxJobs = 100_000

// Error reports a mistake in a Grid: an unknown name, a contradiction, settings that no
// dream can have, more than MaxJobs jobs. Its text is Err's.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Count is how many jobs a grid has. Patterns are looked up, and no file is read.
func Count(g Grid) (int, error) {
	e, err := g.expand()
	if err != nil {
		return 0, err
	}
	return len(e.combinations), nil
}

// Dimension is an axis as results are laid out along it: its name, and the texts
// of its values as a Job's Point has them.
type Dimension struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Dimensions are a grid's axes of more than one value, in the order of Job.Point:
// "picture" and "net" come first where there are several. Zipped axes are one,
// whose name and values have commas between. Where an axis does not apply, its
// setting's value is one as well.
func Dimensions(g Grid) ([]Dimension, error) {
	e, err := g.expand()
	if err != nil {
		return nil, err
	}
	return e.dims, nil
}

// Jobs expands a grid, in a fixed order: the last axis is the fastest. Image files
// and nets are read once each, to hash them, and everything that can be known of a
// dream before it begins is checked: that images and weights are whole, that
// settings are valid, that nets have the layers and classes. A mistake in the grid is
// an *Error, also that two jobs are the same dream.
func Jobs(ctx context.Context, g Grid) ([]Job, error) {
	e, err := g.expand()
	if err != nil {
		return nil, err
	}
	in, err := readInputs(ctx, e.axes[0].columns[0], e.axes[1].columns[0])
	if err != nil {
		return nil, err
	}
	jobs := make([]Job, len(e.combinations))
	for i, choices := range e.combinations {
		if jobs[i], err = e.job(in, choices); err != nil {
			return nil, &Error{fmt.Errorf("sweep: %s: %w", e.called(i, jobs[i]), err)}
		}
	}
	seen := make(map[string]int, len(jobs))
	for i := range jobs {
		j := &jobs[i]
		j.Picture.SHA256, j.Net.SHA256 = in.sha256[j.Picture.Source], in.sha256[j.Net.Source]
		if j.ID, err = j.Identify(); err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", e.called(i, *j), err)
		}
		if first, twice := seen[j.ID]; twice {
			return nil, &Error{fmt.Errorf("sweep: %s and %s are the same dream: want one of them", e.called(first, jobs[first]), e.called(i, *j))}
		}
		seen[j.ID] = i
	}
	return jobs, nil
}

// called is a job in messages: its number and its values.
func (e *expansion) called(i int, j Job) string {
	text := fmt.Sprintf("job %d", i+1)
	if at := j.At(e.dims); at != "" {
		text += " (" + at + ")"
	}
	return text
}
