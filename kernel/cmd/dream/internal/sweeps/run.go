package sweeps

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// sweepRun is what "dream sweep run" was asked for.
type sweepRun struct {
	grid   grid.Grid
	out    string
	dry    bool // print what the sweep would take, and do nothing
	json   bool
	engine string
	memory terminal.Memory
	rate   float64
	queue  queueFlags
}

func newRunCommand() *cobra.Command {
	var s sweepRun
	var flags gridFlags
	cmd := &cobra.Command{
		Use:   "run PICTURE... | GRID.yaml | DIR",
		Short: "Dream every picture with every combination of settings",
		Long: `Dream every picture with every network and every combination of settings.

The flags that are settings are those of "dream run" and take lists, and ranges of
numbers: relu3_1,relu4_2 is two values, 0..9 ten whole numbers, 0.05..0.2/4 four numbers
at equal distances, 0.1..10/5log five at equal ratios. The last of several flags varies
the fastest. A file, in YAML or JSON, says the same and more: see docs/sweeps.md.

Results go into the folder --out. Run again, a sweep does what is missing there, and
after a change only what the change makes new; "dream sweep run DIR" goes on with what a
folder holds. --dry-run says beforehand how many dreams there are and what they take.`,
		Example: `  dream sweep run photos/*.jpg --layer relu3_1,relu4_2 --step 0.5..2/4 --out steps
  dream sweep run photo.jpg --preset google,default --octave-scale 1.3,1.5 --where octave-scale:preset=google
  dream sweep run photo.jpg --octaves 3,4 --octave-scale 1.6,1.4 --zip octaves,octave-scale
  dream sweep run photo.jpg --seed 0..99 --dry-run
  dream sweep run grid.yaml`,
		Args: terminal.AtLeastOne("pictures, a grid or a sweep's folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.set(cmd, &flags, args); err != nil {
				return err
			}
			return s.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&s.out, "out", "o", "", "`folder` of the results (default that of the picture or grid, with -sweep behind it, here)")
	f.BoolVar(&s.dry, "dry-run", false, "print how many dreams there are and what they take, and do nothing")
	run.RateFlag(f, &s.rate)
	s.addFlags(f)
	flags.add(cmd)
	terminal.CompleteChoices(cmd)
	return cmd
}

// addFlags adds those that say how to run the jobs.
func (s *sweepRun) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&s.json, "json", false, "print JSON")
	terminal.EngineFlag(f, &s.engine)
	terminal.MemoryFlag(f, &s.memory, terminal.PlannedMemory)
	s.queue.add(f)
}

// set reads what is to be swept and where to.
func (s *sweepRun) set(cmd *cobra.Command, flags *gridFlags, args []string) (err error) {
	if err := s.queue.check(); err != nil {
		return err
	}
	first := args[0]
	info, err := os.Stat(first)
	isFolder := err == nil && info.IsDir()
	isFile := slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(first)))
	switch {
	case !isFolder && !isFile:
		s.grid.Pictures = args
	case len(args) > 1:
		return terminal.Usage(fmt.Errorf("%s is a grid: want nothing beside it, found %q", first, args[1:]))
	case isFile:
		if s.grid, err = grid.Read(first); err != nil {
			return err
		}
	default:
		f, err := folder.Open(first)
		if err != nil {
			return err
		}
		s.grid, s.out = f.Grid, cmp.Or(s.out, first)
	}
	s.out = cmp.Or(s.out, strings.TrimSuffix(run.NameAfter(first, "sweep"), ".png"))
	return terminal.Usage(flags.apply(&s.grid))
}

// run expands the grid and does what is missing of it.
func (s *sweepRun) run(ctx context.Context, stdout, stderr io.Writer) error {
	jobs, err := grid.Jobs(ctx, s.grid)
	if err != nil {
		return err
	}
	if s.dry {
		forecast, err := s.forecast(ctx, jobs)
		if err != nil {
			return err
		}
		return terminal.Print(stdout, forecast, s.json)
	}
	f, err := folder.Create(s.out, s.grid, jobs)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.queue.do(ctx, f, s, stdout, stderr)
}
