package sweep

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
)

// Grid is what a sweep goes through: every picture with every net and every
// combination of the axes' values. ParseGrid reads one from a file, and as JSON it
// is such a file.
type Grid struct {
	// Folder is what relative names of pictures and nets count from. Default the
	// current one.
	Folder string

	// Pictures are paths, or patterns as filepath.Glob takes them. At least one.
	Pictures []string

	// Nets are what hub.Open takes: names or paths. Default "embedded".
	Nets []string

	// Base is the settings where no axis says otherwise. The zero Config stands for
	// dreamlib.Preset("default"). With an axis over "preset", whose values each
	// bring all settings, it has to be zero; axes of one value fix single settings
	// on top.
	Base dreamlib.Config

	// Axes are what is swept, the last of them the fastest. Those with a condition
	// come after all others.
	Axes []Axis

	// Limit is how many jobs are too many, above which Jobs makes none: a range may
	// be longer than it looks. Default 100,000, at most MaxJobs.
	Limit int
}

const (
	// MaxJobs is how many jobs a Grid expands to at most: 14 GB of them.
	MaxJobs = 10_000_000

	UsualLimit = 100_000 // jobs, Grid.Limit's default
)

// GridError says that a Grid is no good: it asks for what is unknown, contradicts
// itself, or makes settings that no dream can have. It reads as Err does.
type GridError struct{ Err error }

func (e *GridError) Error() string { return e.Err.Error() }

func (e *GridError) Unwrap() error { return e.Err }

// TooManyError says that a Grid has more jobs than its Limit.
type TooManyError struct {
	Jobs  string // how many, in digits
	Limit int
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("sweep: the grid has %s jobs: want at most %d", e.Jobs, e.Limit)
}

// limit is Limit with its default.
func (g Grid) limit() int {
	if g.Limit <= 0 {
		return UsualLimit
	}
	return min(g.Limit, MaxJobs)
}

// Count is how many jobs a grid has, whatever its Limit. Nothing is expanded and
// no file is read, but patterns are looked up. More than fit in an int are a
// *TooManyError.
func Count(g Grid) (int, error) {
	p, err := g.resolve()
	if err != nil {
		return 0, err
	}
	n := p.count()
	if !n.IsInt64() {
		return 0, &TooManyError{n.String(), g.limit()}
	}
	return int(n.Int64()), nil
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
// setting's value is one as well. More values than the grid's Limit are
// a *TooManyError.
func Dimensions(g Grid) ([]Dimension, error) {
	p, err := g.lay()
	if err != nil {
		return nil, err
	}
	dims := make([]Dimension, len(p.dims))
	for i, d := range p.dims {
		dims[i] = d.Dimension
	}
	return dims, nil
}

// lay is the plan of a grid that has not too many jobs, laid out.
func (g Grid) lay() (*plan, error) {
	p, err := g.resolve()
	if err != nil {
		return nil, err
	}
	if n := p.count(); !n.IsInt64() || n.Int64() > int64(g.limit()) {
		return nil, &TooManyError{n.String(), g.limit()}
	}
	p.layOut()
	return p, nil
}

// Jobs expands a grid, in a fixed order: the last axis is the fastest. Pictures
// and nets are read once each, to hash them, and everything that can be known of a
// dream before it begins is checked: that pictures and weights are whole, that
// settings are valid, that nets have the layers and classes. What the grid is to
// blame for is a *GridError, also that two jobs are the same dream, and more jobs than
// Limit are a *TooManyError.
func Jobs(ctx context.Context, g Grid) ([]Job, error) {
	p, err := g.lay()
	if err != nil {
		return nil, err
	}
	in, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	jobs, err := p.expand(in)
	if err != nil {
		return nil, err
	}
	if err := in.hash(ctx); err != nil {
		return nil, err
	}
	seen := make(map[string]int, len(jobs))
	for i := range jobs {
		j := &jobs[i]
		j.Picture.SHA256, j.Net.SHA256 = in.pictures[j.Picture.Source].SHA256, in.netSHA256[j.Net.Source]
		if j.ID, err = j.Identify(); err != nil {
			return nil, fmt.Errorf("sweep: %s: %w", p.called(i, *j), err)
		}
		if first, twice := seen[j.ID]; twice {
			return nil, &GridError{fmt.Errorf("sweep: %s and %s are the same dream: want one of them", p.called(first, jobs[first]), p.called(i, *j))}
		}
		seen[j.ID] = i
	}
	return jobs, nil
}

// called is what messages call a job: its number and its place.
func (p *plan) called(i int, j Job) string { return fmt.Sprintf("job %d%s", i+1, p.place(j)) }

// place is where a job lies, in brackets, or nothing where there is just one.
func (p *plan) place(j Job) string {
	var at []string
	for d, dim := range p.dims {
		at = append(at, dim.Name+" "+j.Point[d])
	}
	if len(at) == 0 {
		return ""
	}
	return " (" + strings.Join(at, ", ") + ")"
}
