package sweep

import (
	"context"
	"errors"
	"fmt"
)

// Dream sweeps a grid in the folder path, which is made if need be: it dreams what
// has no picture there yet, and writes the manifest as CSV and contact sheets. It is
// Jobs, Create, Run and Finish in one.
//
// The folder comes closed, and with an error as well where it holds what was done
// until then: when ctx is done, and when jobs were given up. The same call another time
// does the rest.
func Dream(ctx context.Context, path string, grid Grid, o Options) (*Folder, error) {
	jobs, err := Jobs(ctx, grid)
	if err != nil {
		return nil, err
	}
	f, err := Create(path, grid, jobs)
	if err != nil {
		return nil, err
	}
	err = Run(ctx, f, o)
	_, after := f.Finish()
	after = errors.Join(after, f.Close())
	switch done, dead := f.Tally(); {
	case err != nil:
		return f, fmt.Errorf("%w: %d of %d dreams are done and kept in %s: the same call goes on", err, done, len(jobs), path)
	case dead > 0:
		given := fmt.Errorf("sweep: %d of %d dreams were given up, the first because of: %s: the same call with Retry tries again", dead, len(jobs), f.firstDead().Error)
		return f, errors.Join(given, after)
	}
	return f, after
}

// firstDead is the first job that was given up.
func (f *Folder) firstDead() (r Record) {
	for _, r = range f.Records() {
		if r.State == Dead {
			break
		}
	}
	return r
}

// Finish writes what is made of a sweep's Records: manifest.csv and, if any dream is
// done, the contact sheets, whose paths it returns.
func (f *Folder) Finish() (sheets []string, err error) {
	if err := f.WriteCSV(); err != nil {
		return nil, err
	}
	if done, _ := f.Tally(); done > 0 {
		return f.WriteSheets(SheetOptions{})
	}
	return nil, nil
}

// Tally counts the Grid's jobs that have a picture and those that were given up.
func (f *Folder) Tally() (done, dead int) {
	for _, r := range f.Records() {
		if r.State == Done {
			done++
		} else {
			dead++
		}
	}
	return done, dead
}
