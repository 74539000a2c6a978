// Package sweep runs a sweep in one call: it dreams every image file with every net and
// every combination of settings, and keeps the dreams in a folder.
//
//	g := sweep.Grid{
//		Pictures: []string{"photos/*.jpg"},
//		Axes: []sweep.Axis{
//			sweep.Over("layer", "relu3_1", "relu4_2"),
//			sweep.Over("step", "0.5..2/4"), // 0.5, 1, 1.5 and 2
//		},
//	}
//	folder, err := sweep.Dream(ctx, "out", g, sweep.Options{})
//	...
//	for _, r := range folder.Records() {
//		fmt.Println(r.Point, r.Objective, r.File)
//	}
//
// It is the entry for notebooks and recipes. Its parts are packages of their own: grid
// says what is to be run, work runs it, folder keeps it on disk.
package sweep

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

// What is to be run, see package grid.
type (
	Grid      = grid.Grid
	Axis      = grid.Axis
	Dimension = grid.Dimension
	Job       = grid.Job
	Input     = grid.Input
	GridError = grid.Error
)

// What comes of it, see package folder.
type (
	Folder       = folder.Folder
	Record       = folder.Record
	State        = folder.State
	SheetOptions = folder.SheetOptions
	Damage       = folder.Damage
	LockedError  = folder.LockedError
)

// How it is run, see package work.
type (
	Options        = work.Options
	Progress       = work.Progress
	WorkerState    = work.WorkerState
	CancelledError = work.CancelledError
)

const (
	Done = folder.Done
	Dead = folder.Dead

	MaxJobs = grid.MaxJobs
)

// Over is an axis over values: see grid.Over.
func Over(name string, values ...any) Axis { return grid.Over(name, values...) }

// Zip is the axis on which several move together.
func Zip(first Axis, others ...Axis) Axis { return grid.Zip(first, others...) }

// ReadGrid reads a grid from a YAML or JSON file: see grid.Read.
func ReadGrid(path string) (Grid, error) { return grid.Read(path) }

// ParseGrid reads a grid from YAML or JSON: see grid.Parse.
func ParseGrid(data []byte) (Grid, error) { return grid.Parse(data) }

// Count is how many jobs a grid has.
func Count(g Grid) (int, error) { return grid.Count(g) }

// Dimensions are a grid's axes of more than one value: see grid.Dimensions.
func Dimensions(g Grid) ([]Dimension, error) { return grid.Dimensions(g) }

// Open reads a sweep's folder as it is: see folder.Open.
func Open(path string) (*Folder, error) { return folder.Open(path) }

// Dream sweeps a grid in the folder path, which is made if need be: it dreams what
// has no dream there yet, and writes the manifest as CSV and contact sheets. It is
// grid.Jobs, folder.Create, work.Run and Folder.Finish in one.
//
// The folder comes closed, and with an error as well where it holds what was done
// until then: when ctx is done, and when jobs were given up. The same call another time
// does the rest.
func Dream(ctx context.Context, path string, g Grid, o Options) (*Folder, error) {
	jobs, err := grid.Jobs(ctx, g)
	if err != nil {
		return nil, err
	}
	f, err := folder.Create(path, g, jobs)
	if err != nil {
		return nil, err
	}
	err = work.Run(ctx, f, o)
	_, after := f.Finish()
	after = errors.Join(after, f.Close())
	done, dead := f.Tally()
	if err != nil {
		return f, fmt.Errorf("%w: %d of %d dreams are done and kept in %s: the same call goes on", err, done, len(jobs), path)
	}
	for _, r := range f.Records() {
		if r.State == Dead {
			first := fmt.Errorf("sweep: %d of %d dreams were given up, the first because of: %s: the same call with Retry tries again", dead, len(jobs), r.Error)
			return f, errors.Join(first, after)
		}
	}
	return f, after
}
