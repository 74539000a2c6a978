package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// Planned is what "dream plan" prints.
type Planned struct {
	*dreamlib.Plan
	Engine    string          `json:"engine"`
	on        string          // the same for people
	picture   string          // its path
	Precision vgg.Precision   `json:"precision"`
	Model     string          `json:"model"`
	Config    dreamlib.Config `json:"config"`
	Limit     int64           `json:"memory_limit_bytes"` // 0 for none
	Rate      float64         `json:"gflop_per_s,omitempty"`
	Seconds   float64         `json:"seconds,omitempty"` // at that rate
}

// NewPlanCommand makes "dream plan".
func NewPlanCommand() *cobra.Command {
	j := job{image: picture.Options{Depth: 8, Quality: 95}}
	var flags ConfigFlags
	var rate float64
	var timed bool
	cmd := &cobra.Command{
		Use:   "plan IMAGE",
		Short: "Say what a dream would do and take, and compute nothing",
		Long: `Say what "dream run" would do with the same flags: its octaves and their tiles, the
programs to compile, the work in GFLOP and the peak memory. Nothing is computed, and of
the picture only the size is read. What does not fit in --memory is refused, with what
would make it fit.

The work is counted as if convolutions were direct; Winograd's form does less. The time
is estimated from how much work is done in a second: --time takes two steps on a small
picture of noise to find out, which takes seconds, and --rate says what is known already.`,
		Example: `  dream plan photo.jpg
  dream plan photo.jpg --width 8192 --memory 4GB --time
  dream plan photo.jpg --preset google --rate 300 --json`,
		Args: terminal.Exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.set(cmd, &flags, args[0], "dream"); err != nil {
				return terminal.Usage(err)
			}
			if cmd.Flags().Changed("rate") && timed {
				return terminal.Usage(errors.New("--rate and --time: want one of them, found both"))
			}
			plan, err := j.plan(cmd.Context(), rate, timed)
			if err != nil {
				return err
			}
			return terminal.Print(cmd.OutOrStdout(), plan, j.json)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&j.json, "json", false, "print JSON")
	RateFlag(f, &rate)
	f.BoolVar(&timed, "time", false, "find out with two steps on a small picture how much work is done in a second")
	j.addFlags(cmd, &flags)
	return cmd
}

// plan finds out what the job would do.
func (j *job) plan(ctx context.Context, rate float64, timed bool) (*Planned, error) {
	size, err := picture.ReadSize(j.picture)
	if err != nil {
		return nil, err
	}
	model, err := j.openModel(ctx, true)
	if err != nil {
		return nil, err
	}
	defer model.Close()
	plan, err := dreamlib.NewPlan(model, size, j.config)
	if err != nil {
		return nil, terminal.Usage(err)
	}
	p := &Planned{Plan: plan, picture: j.picture, Engine: model.Engine.Name, on: on(model), Precision: j.options.Precision, Model: j.model, Config: j.config, Limit: int64(j.memory)}
	if timed {
		if rate, err = MeasureRate(ctx, model, j.config, plan); err != nil {
			return nil, err
		}
	}
	if rate > 0 {
		p.Rate, p.Seconds = rate, plan.GFLOP/rate
	}
	return p, nil
}

// MeasureRate is how many GFLOP are done in a second: the second of two steps on
// noise as large as the last octave's tiles, or less where those are large.
func MeasureRate(ctx context.Context, model *vgg.Model, cfg dreamlib.Config, plan *dreamlib.Plan) (float64, error) {
	const enough = 512 // pixels a side, from which a pixel's time no longer depends on the size
	tile := plan.Octaves[len(plan.Octaves)-1].Tile
	side := min(max(tile.Width, tile.Height), enough)
	cfg.Pyramid, cfg.Octaves, cfg.Iterations, cfg.Width = dreamlib.Detail, 1, 1, 0
	step, err := dreamlib.NewPlan(model, picture.Size{Width: side, Height: side}, cfg)
	if err != nil {
		return 0, err
	}
	ascent, err := dreamlib.Ascend(model, cfg, 0, noise(side))
	if err != nil {
		return 0, err
	}
	if _, err := ascent.Step(ctx); err != nil { // which reads the weights, and compiles
		return 0, err
	}
	began := time.Now()
	_, err = ascent.Step(ctx)
	return step.GFLOP / time.Since(began).Seconds(), err
}

// Print lays the plan out as text.
func (p *Planned) Print(stdout io.Writer) error {
	fmt.Fprintf(stdout, "%s: %dx%d, %s on %s (%s)\n\n", p.picture, p.Size.Width, p.Size.Height, p.Config.Objective, p.Model, p.on)
	w := terminal.Table(stdout)
	fmt.Fprintln(w, "OCTAVE\tSIZE\tTILES\tSTEPS\tGFLOP\tMEMORY")
	for i, o := range p.Octaves {
		tiles := "1"
		if o.Tiles > 1 {
			tiles = fmt.Sprintf("%d of %dx%d", o.Tiles, o.Tile.Width, o.Tile.Height)
		}
		fmt.Fprintf(w, "%d\t%dx%d\t%s\t%d\t%.0f\t%v\n", i+1, o.Size.Width, o.Size.Height, tiles, o.Steps, o.GFLOP, terminal.Memory(o.Memory))
	}
	limit := "no limit"
	if p.Limit > 0 {
		limit = fmt.Sprint("limit ", terminal.Memory(p.Limit))
	}
	fmt.Fprintf(w, "\n%s, %s to compile, %.0f GFLOP, peak memory %v (%s)\n",
		terminal.Count(p.Steps, "step"), terminal.Count(p.Programs, "program"), p.GFLOP, terminal.Memory(p.Memory), limit)
	if p.Rate > 0 {
		fmt.Fprintf(w, "%s at %.4g GFLOP/s, and compiling\n", terminal.Duration(p.Seconds), p.Rate)
	} else {
		fmt.Fprintln(w, "time: not estimated: give --time, or --rate, the GFLOP/s of an earlier run")
	}
	for _, note := range p.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	return w.Flush()
}
