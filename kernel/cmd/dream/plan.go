package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// planned is what "dream plan" prints.
type planned struct {
	*dreamlib.Plan
	Engine    string          `json:"engine"`
	on        string          // the same for people
	Precision vgg.Precision   `json:"precision"`
	Model     string          `json:"model"`
	Config    dreamlib.Config `json:"config"`
	Limit     int64           `json:"memory_limit_bytes"` // 0 for none
	Rate      float64         `json:"gflop_per_s,omitempty"`
	Seconds   float64         `json:"seconds,omitempty"` // at that rate
}

func newPlanCommand() *cobra.Command {
	j := job{engine: "auto", memory: usualMemory(), image: picture.Options{Depth: 8, Quality: 95}}
	var flags configFlags
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
		Args: exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.set(cmd, &flags, args[0], "dream"); err != nil {
				return usage(err)
			}
			if cmd.Flags().Changed("rate") && timed {
				return usage(errors.New("--rate and --time: want one of them, found both"))
			}
			if err := checkRate(cmd, rate); err != nil {
				return usage(err)
			}
			plan, err := j.plan(cmd.Context(), rate, timed)
			if err != nil {
				return err
			}
			if j.json {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(plan)
			}
			return plan.print(cmd.OutOrStdout(), j.picture)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&j.json, "json", false, "print JSON")
	rateFlag(f, &rate)
	f.BoolVar(&timed, "time", false, "find out with two steps on a small picture how much work is done in a second")
	j.addFlags(cmd, &flags)
	complete(cmd, "layer", completeObjective)
	complete(cmd, "objective", completeObjective)
	return cmd
}

// rateFlag adds --rate, and checkRate holds it to its range where it is given.
func rateFlag(f *pflag.FlagSet, rate *float64) {
	f.Float64Var(rate, "rate", 0, "GFLOP that are done in a second, to estimate the time from")
}

func checkRate(cmd *cobra.Command, rate float64) error {
	if cmd.Flags().Changed("rate") && !(rate > 0 && !math.IsInf(rate, 0)) {
		return fmt.Errorf("--rate %v: want GFLOP a second, more than 0", rate)
	}
	return nil
}

// plan finds out what the job would do.
func (j *job) plan(ctx context.Context, rate float64, timed bool) (*planned, error) {
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
		return nil, usage(err)
	}
	p := &planned{Plan: plan, Engine: model.Engine.Name, on: on(model), Precision: j.options.Precision, Model: j.model, Config: j.config, Limit: int64(j.memory)}
	if timed {
		if rate, err = measureRate(ctx, model, j.config, plan); err != nil {
			return nil, err
		}
	}
	if rate > 0 {
		p.Rate, p.Seconds = rate, plan.GFLOP/rate
	}
	return p, nil
}

// measureRate is how many GFLOP are done in a second: the second of two steps on
// noise as large as the last octave's tiles, or less where those are large.
func measureRate(ctx context.Context, model *vgg.Model, cfg dreamlib.Config, plan *dreamlib.Plan) (float64, error) {
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

// print lays the plan out as text.
func (p *planned) print(stdout io.Writer, picture string) error {
	fmt.Fprintf(stdout, "%s: %dx%d, %s on %s (%s)\n\n", picture, p.Size.Width, p.Size.Height, p.Config.Objective, p.Model, p.on)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OCTAVE\tSIZE\tTILES\tSTEPS\tGFLOP\tMEMORY")
	for i, o := range p.Octaves {
		tiles := "1"
		if o.Tiles > 1 {
			tiles = fmt.Sprintf("%d of %dx%d", o.Tiles, o.Tile.Width, o.Tile.Height)
		}
		fmt.Fprintf(w, "%d\t%dx%d\t%s\t%d\t%.0f\t%.2f GB\n", i+1, o.Size.Width, o.Size.Height, tiles, o.Steps, o.GFLOP, float64(o.Memory)/1e9)
	}
	limit := "no limit"
	if p.Limit > 0 {
		limit = fmt.Sprintf("limit %.2f GB", float64(p.Limit)/1e9)
	}
	fmt.Fprintf(w, "\n%s, %s to compile, %.0f GFLOP, peak memory %.2f GB (%s)\n",
		counted(p.Steps, "step"), counted(p.Programs, "program"), p.GFLOP, float64(p.Memory)/1e9, limit)
	if p.Rate > 0 {
		fmt.Fprintf(w, "%s at %.4g GFLOP/s, and compiling\n", duration(p.Seconds), p.Rate)
	} else {
		fmt.Fprintln(w, "time: not estimated: give --time, or --rate, the GFLOP/s of an earlier run")
	}
	for _, note := range p.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	return w.Flush()
}
