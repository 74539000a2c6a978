package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/work"
	"github.com/seed2310110f/godream/models/hub"
)

// forecast is what "dream sweep run --dry-run" prints.
type forecast struct {
	Jobs       int              `json:"jobs"`
	Done       int              `json:"done"` // of them, before
	Out        string           `json:"out"`
	Dimensions []grid.Dimension `json:"dimensions"`
	Engine     string           `json:"engine"`
	Cost       *work.Cost       `json:"cost"`  // of what is left
	Rates      []float64        `json:"rates"` // GFLOP a second, of each of Cost.Nets
	Seconds    float64          `json:"seconds"`
	Grid       grid.Grid        `json:"grid"`
}

// forecast finds out what is left of the jobs, and what that takes on one worker
// with this engine.
func (s *sweepRun) forecast(ctx context.Context, jobs []grid.Job) (*forecast, error) {
	dims, err := grid.Dimensions(s.grid)
	if err != nil {
		return nil, err
	}
	left, err := s.left(jobs)
	if err != nil {
		return nil, err
	}
	engine, err := enginesFor(jobs).OpenEngine(s.engine)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	cost, err := work.Estimate(ctx, dims, left, engine, int64(s.memory))
	if err != nil {
		return nil, usage(err)
	}
	f := &forecast{
		Jobs: len(jobs), Done: len(jobs) - len(left), Out: s.out, Dimensions: dims,
		Engine: engine.Name, Cost: cost, Grid: s.grid,
	}
	for _, net := range cost.Nets {
		rate := s.rate
		if rate == 0 {
			if rate, err = rateOf(ctx, engine, net); err != nil {
				return nil, err
			}
		}
		f.Rates = append(f.Rates, rate)
		f.Seconds += net.GFLOP / rate
	}
	return f, nil
}

// enginesFor are options that only engines have which can do all jobs.
func enginesFor(jobs []grid.Job) vgg.Options {
	for _, j := range jobs {
		if j.Options.Precision != vgg.PrecisionFloat32 {
			return j.Options
		}
	}
	return vgg.Options{}
}

// left are the jobs that are not done in the sweep's folder, if there is one.
func (s *sweepRun) left(jobs []grid.Job) ([]grid.Job, error) {
	if _, err := os.Stat(filepath.Join(s.out, "sweep.json")); errors.Is(err, fs.ErrNotExist) {
		return jobs, nil
	}
	f, err := folder.Open(s.out)
	if err != nil {
		return nil, err
	}
	return f.MissingOf(jobs), nil
}

// rateOf measures how fast a net's largest job goes, as "dream plan --time" does.
func rateOf(ctx context.Context, engine *vgg.Engine, cost work.NetCost) (float64, error) {
	if ctx.Err() != nil {
		return 0, interrupted(0)
	}
	net, err := hub.Open(cost.Net)
	if err != nil {
		return 0, err
	}
	model, err := vgg.NewModel(engine, net, cost.Options)
	if err != nil {
		return 0, err
	}
	defer model.Close()
	return measureRate(ctx, model, cost.Largest.Config, cost.Plan)
}

// print writes the forecast as text or as JSON.
func (f *forecast) print(stdout io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(stdout).Encode(f)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	if len(f.Dimensions) > 0 {
		fmt.Fprintln(w, "AXIS\tVALUES")
		for _, d := range f.Dimensions {
			fmt.Fprintf(w, "%s\t%d\t%s\n", d.Name, len(d.Values), plain(someOf(d.Values)))
		}
		fmt.Fprintln(w)
	}
	if len(f.Cost.Nets) > 0 {
		fmt.Fprintln(w, "NET\tPRECISION\tJOBS\tGFLOP\tGFLOP/s\tTIME")
	}
	for i, n := range f.Cost.Nets {
		fmt.Fprintf(w, "%s\t%s\t%d\t%.0f\t%.4g\t%s\n", plain(n.Net), n.Options.Precision, n.Jobs, n.GFLOP, f.Rates[i], duration(n.GFLOP/f.Rates[i]))
	}
	if len(f.Cost.Nets) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%s in %s: %d done, %d to do\n", counted(f.Jobs, "dream"), f.Out, f.Done, f.Cost.Jobs)
	if f.Cost.Jobs > 0 {
		fmt.Fprintf(w, "%v on one worker (%s), %.0f GFLOP, peak memory %.2f GB, pictures of about %s\n",
			duration(f.Seconds), f.Engine, f.Cost.GFLOP, float64(f.Cost.Memory)/1e9, megabytes(f.Cost.Bytes))
	}
	return w.Flush()
}

// someOf are values for one line: the first and the last.
func someOf(values []string) string {
	const most = 8
	if len(values) <= most {
		return strings.Join(values, "; ")
	}
	return strings.Join(values[:most-2], "; ") + "; ... " + values[len(values)-1]
}

// megabytes is an amount of bytes for people.
func megabytes(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}

// duration is a time for people.
func duration(seconds float64) string {
	const day = 24 * 60 * 60
	d := time.Duration(min(seconds, 2*day) * float64(time.Second))
	switch {
	case seconds >= 2*day:
		return fmt.Sprintf("%.3g days", seconds/day)
	case seconds < 10:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
