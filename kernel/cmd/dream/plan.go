package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib"
)

// planned is what "dream plan" prints.
type planned struct {
	*dreamlib.Plan
	Engine    string             `json:"engine"`
	on        string             // the same for people
	Precision dreamlib.Precision `json:"precision"`
	Model     string             `json:"model"`
	Config    dreamlib.Config    `json:"config"`
	Limit     int64              `json:"memory_limit_bytes"` // 0 for none
	Rate      float64            `json:"gflop_per_s,omitempty"`
	Seconds   float64            `json:"seconds,omitempty"` // at that rate
}

func newPlanCommand() *cobra.Command {
	j := job{engine: "auto", memory: usualMemory(), image: dreamlib.ImageOptions{Depth: 8, Quality: 95}}
	var flags configFlags
	var rate float64
	cmd := &cobra.Command{
		Use:   "plan IMAGE",
		Short: "Say what a dream would do and take, and compute nothing",
		Long: `Say what "dream run" would do with the same flags: its octaves and their tiles, the
programs to compile, the work in GFLOP and the peak memory. Nothing is computed, and of
the picture only the size is read. What does not fit in --memory is refused, with what
would make it fit.

The work is counted as if convolutions were direct; Winograd's form does less. The time
is estimated where --rate says how much work is done in a second: divide the GFLOP of a
plan by the seconds that its run takes.`,
		Example: `  dream plan photo.jpg
  dream plan photo.jpg --width 8192 --memory 4GB
  dream plan photo.jpg --preset google --rate 300 --json`,
		Args: exactly(1, "one picture"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.set(cmd, &flags, args[0], "dream"); err != nil {
				return usage(err)
			}
			if cmd.Flags().Changed("rate") && !(rate > 0 && !math.IsInf(rate, 0)) {
				return usage(fmt.Errorf("--rate %v: want GFLOP a second, more than 0", rate))
			}
			plan, err := j.plan(cmd.Context(), rate)
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
	f.Float64Var(&rate, "rate", 0, "GFLOP that are done in a second, to estimate the time from")
	j.addFlags(cmd, &flags)
	complete(cmd, "layer", completeObjective)
	complete(cmd, "objective", completeObjective)
	return cmd
}

// plan finds out what the job would do.
func (j *job) plan(ctx context.Context, rate float64) (*planned, error) {
	var in inputs
	var size dreamlib.Size
	err := j.openWith(ctx, &in, j.config.Objective.Check, func() (err error) {
		size, err = dreamlib.ReadSize(j.picture)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer in.close()
	plan, err := in.model.Plan(size, j.config)
	if err != nil {
		return nil, usage(err)
	}
	p := &planned{Plan: plan, Engine: in.engine.Name, Precision: j.options.Precision, Model: j.model, Config: j.config, Limit: int64(j.memory), on: in.on(j.options)}
	if rate > 0 {
		p.Rate, p.Seconds = rate, plan.GFLOP/rate
	}
	return p, nil
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
		took := time.Duration(p.Seconds * float64(time.Second)).Round(time.Second)
		fmt.Fprintf(w, "%v at %v GFLOP/s, and compiling\n", took, p.Rate)
	} else {
		fmt.Fprintln(w, "time: not estimated: give --rate, the GFLOP/s of an earlier run")
	}
	for _, note := range p.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	return w.Flush()
}
