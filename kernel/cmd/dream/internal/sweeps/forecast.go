package sweeps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/work"
	"github.com/seed2310110f/godream/models/hub"
)

// Forecast is what "dream sweep run --dry-run" prints.
type Forecast struct {
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
func (s *sweepRun) forecast(ctx context.Context, jobs []grid.Job) (*Forecast, error) {
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
		return nil, terminal.Usage(err)
	}
	f := &Forecast{
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
		return 0, run.Interrupted(0)
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
	return run.MeasureRate(ctx, model, cost.Largest.Config, cost.Plan)
}

// Print writes the forecast as text.
func (f *Forecast) Print(stdout io.Writer) error {
	w := terminal.Table(stdout)
	if len(f.Dimensions) > 0 {
		fmt.Fprintln(w, "AXIS\tVALUES")
		for _, d := range f.Dimensions {
			fmt.Fprintf(w, "%s\t%d\t%s\n", d.Name, len(d.Values), terminal.Plain(someOf(d.Values)))
		}
		fmt.Fprintln(w)
	}
	if len(f.Cost.Nets) > 0 {
		fmt.Fprintln(w, "NET\tPRECISION\tJOBS\tGFLOP\tGFLOP/s\tTIME")
	}
	for i, n := range f.Cost.Nets {
		fmt.Fprintf(w, "%s\t%s\t%d\t%.0f\t%.4g\t%s\n", terminal.Plain(n.Net), n.Options.Precision, n.Jobs, n.GFLOP, f.Rates[i], terminal.Duration(n.GFLOP/f.Rates[i]))
	}
	if len(f.Cost.Nets) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%s in %s: %d done, %d to do\n", terminal.Count(f.Jobs, "dream"), f.Out, f.Done, f.Cost.Jobs)
	if f.Cost.Jobs > 0 {
		fmt.Fprintf(w, "%v on one worker (%s), %.0f GFLOP, peak memory %v, pictures of about %s\n",
			terminal.Duration(f.Seconds), f.Engine, f.Cost.GFLOP, terminal.Memory(f.Cost.Memory), terminal.Bytes(f.Cost.Bytes))
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
