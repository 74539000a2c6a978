package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/sweeps"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// sweepQuickly are the first arguments of a sweep of quick dreams.
var sweepQuickly = []string{"sweep", "run", "--engine", "go", "--model", "random:divide=32", "--octaves", "2", "--iterations", "2", "--rate", "100"}

// forecastOf is what a dry run with these arguments says in JSON.
func forecastOf(t *testing.T, args ...string) sweeps.Forecast {
	t.Helper()
	return parse[sweeps.Forecast](t, must(t, dream(t, slices.Concat(sweepQuickly, args, []string{"--dry-run", "--json"})...)).stdout)
}

func TestSweepDryRun(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	o := must(t, dream(t, slices.Concat(sweepQuickly, []string{picture, "--layer", "relu2_1,relu1_1", "--step", "0.05..0.2/4", "--out", "steps", "--dry-run"})...))
	for _, want := range []string{
		"AXIS   VALUES\nlayer  2  relu2_1; relu1_1\n", "step   4  0.05; 0.1; 0.15; 0.2\n",
		"NET               PRECISION  JOBS  GFLOP", "random:divide=32  float32    8 ", "8 dreams in steps: 0 done, 8 to do\n", " on one worker (go), ",
	} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in\n%s", want, o.stdout)
		}
	}
	if o.stderr != "" || len(files(t, ".")) != 0 {
		t.Errorf("also printed %q and wrote %q", o.stderr, files(t, "."))
	}
	f := forecastOf(t, picture, "--layer", "relu2_1,relu1_1", "--step", "0.05..0.2/4")
	p := parse[run.Planned](t, must(t, dream(t, "plan", picture, "--engine", "go", "--model", "random:divide=32", "--octaves", "2", "--iterations", "2", "--layer", "relu2_1", "--json")).stdout)
	if f.Jobs != 8 || f.Cost.Nets[0].Largest.ID != "" || f.Cost.GFLOP <= 4*p.GFLOP || f.Cost.GFLOP >= 8*p.GFLOP || f.Seconds != f.Cost.GFLOP/100 || f.Engine != "go" || f.Out != "photo-sweep" {
		t.Errorf("got %+v, and a plan of %v GFLOP for the deeper layer", f, p.GFLOP)
	}
	if want := []grid.Dimension{{Name: "layer", Values: []string{"relu2_1", "relu1_1"}}, {Name: "step", Values: []string{"0.05", "0.1", "0.15", "0.2"}}}; !equalDimensions(f.Dimensions, want) {
		t.Errorf("got %v", f.Dimensions)
	}
}

func equalDimensions(a, b []grid.Dimension) bool {
	return slices.EqualFunc(a, b, func(x, y grid.Dimension) bool { return x.Name == y.Name && slices.Equal(x.Values, y.Values) })
}

// TestSweepDryRunMeasures wants the time from steps that were taken when no rate is
// given.
func TestSweepDryRunMeasures(t *testing.T) {
	f := parse[sweeps.Forecast](t, must(t, dream(t, "sweep", "run", photo(t), "--engine", "go", "--model", "random:divide=32,random:divide=32,seed=2", "--layer", "relu1_1", "--iterations", "1", "--dry-run", "--json")).stdout)
	if len(f.Rates) != 2 || f.Rates[0] <= 0 || f.Seconds != f.Cost.Nets[0].GFLOP/f.Rates[0]+f.Cost.Nets[1].GFLOP/f.Rates[1] {
		t.Errorf("got %+v", f)
	}
	if got := f.Cost.Nets[1].Net; got != "random:divide=32,seed=2" {
		t.Errorf("the second net is %q", got)
	}
}

// TestSweepFlags wants the axes in the order of the flags, zipped and under conditions
// as they say, and the same grid from a file.
func TestSweepFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	put(t, ".", "grid.yaml", []byte("pictures: "+picture+"\naxes:\n- seed: 1..2\n- preset: [google, default]\n- {smooth: [1, 2], jitter: [0, 3], where: {preset: google}}\n"))
	f := forecastOf(t, picture, "--seed", "1..2", "--preset", "google", "--smooth", "1,2", "--preset", "default", "--jitter", "0,3", "--zip", "smooth,jitter", "--where", "jitter:preset=google")
	want := []grid.Dimension{{Name: "seed", Values: []string{"1", "2"}}, {Name: "preset", Values: []string{"google", "default"}}, {Name: "jitter, smooth", Values: []string{"0, 1", "3, 2", "32, 0"}}}
	if f.Jobs != 6 || !equalDimensions(f.Dimensions, want) {
		t.Errorf("got %d jobs, %v, want 6 of %v", f.Jobs, f.Dimensions, want)
	}
	if g := forecastOf(t, "grid.yaml"); g.Jobs != 6 || !equalDimensions(g.Dimensions, want) || g.Out != "grid-sweep" {
		t.Errorf("from the file: %d jobs, %v in %s", g.Jobs, g.Dimensions, g.Out)
	}
}

// TestSweepGoesOn wants a dry run to know what a folder holds, and a folder to be
// swept again without saying what it is of.
func TestSweepGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	f := created(t, forecastOf(t, photo(t), "--layer", "relu1_1", "--seed", "0..3").Grid)
	defer f.Close()
	for _, j := range f.Jobs[:3] {
		putPicture(t, "out/pictures", filepath.Base(j.File()), colors(2, 2))
		if err := f.Append(folder.Record{Job: j, State: folder.Done, File: j.File(), SHA256: strings.Repeat("0", 64)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"out"}, {photo(t), "--layer", "relu1_1", "--seed", "0..3", "--out", "out"}} {
		quick := sweepQuickly
		if args[0] == "out" {
			quick = []string{"sweep", "run", "--engine", "go", "--rate", "1"}
		}
		got := parse[sweeps.Forecast](t, must(t, dream(t, slices.Concat(quick, args, []string{"--dry-run", "--json"})...)).stdout)
		if got.Jobs != 4 || got.Done != 3 || got.Cost.Jobs != 1 || got.Out != "out" {
			t.Errorf("%q: got %+v", args, got)
		}
	}
	more := parse[sweeps.Forecast](t, must(t, dream(t, "sweep", "run", "out", "--step", "3,4", "--engine", "go", "--rate", "1", "--dry-run", "--json")).stdout)
	if more.Jobs != 8 || more.Done != 3 || more.Out != "out" {
		t.Errorf("with another axis: got %+v", more)
	}
	o := must(t, dream(t, slices.Concat(sweepQuickly, []string{photo(t), "--layer", "relu1_1", "--seed", "0..2", "--out", "out", "--dry-run"})...))
	if !strings.HasSuffix(o.stdout, "3 dreams in out: 3 done, 0 to do\n") {
		t.Errorf("got %q", o.stdout)
	}
}

// TestSweepRefuses wants mistakes told before any work, and nothing written.
func TestSweepRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	put(t, ".", "cut.png", []byte("\x89PNG\r\n\x1a\n"))
	put(t, ".", "odd.yaml", []byte("pictures: "+picture+"\naxis: [{step: [1, 2]}]"))
	put(t, ".", "net.yaml", []byte("pictures: "+picture+"\nnets: embedded"))
	if err := os.MkdirAll("empty", 0o777); err != nil {
		t.Fatal(err)
	}
	before := files(t, ".")
	for _, c := range []struct {
		exit int
		args []string
		want string
	}{
		{terminal.ExitUsage, []string{}, `want pictures, a grid or a sweep's folder, found 0 arguments: see "dream sweep run --help"`},
		{terminal.ExitUsage, []string{picture, "--stp", "1"}, "unknown flag: --stp: did you mean --step?"},
		{terminal.ExitUsage, []string{picture, "--step", "1,big"}, `axis step "big": want a number`},
		{terminal.ExitUsage, []string{picture, "--step", "1..2"}, "want how many values it has, as in 1..2/5"},
		{terminal.ExitUsage, []string{picture, "--layer", "relu1_1,relu9_1"}, `job 2 (layer relu9_1): objective "relu9_1": unknown layer "relu9_1": did you mean`},
		{terminal.ExitUsage, []string{picture, "--layer", "relu1_1,features.1"}, "job 1 (layer relu1_1) and job 2 (layer features.1) are the same dream"},
		{terminal.ExitUsage, []string{picture, "--layer", "relu1_1", "--objective", "relu2_1"}, "layer and objective: both set the objective"},
		{terminal.ExitUsage, []string{picture, "--seed", "0..999999999"}, `axis seed "0..999999999": has 1000000000 values: want at most 100000`},
		{terminal.ExitUsage, []string{picture, "--seed", "0..99999", "--step", "1,2", "--dry-run"}, "the grid has 200000 jobs: want at most 100000"},
		{terminal.ExitUsage, []string{picture, "--step", "1,2", "--zip", "step,seed"}, "--zip step,seed: flag --seed is not given"},
		{terminal.ExitUsage, []string{picture, "--step", "1,2", "--zip", "step,step"}, "--zip step,step: step is zipped already"},
		{terminal.ExitUsage, []string{picture, "--step", "1,2", "--seed", "1,2,3", "--zip", "step,seed"}, "axes step and seed: are zipped, and have 2 and 3 values"},
		{terminal.ExitUsage, []string{picture, "--step", "1,2", "--where", "step"}, "--where step: want SETTING:OTHER=VALUE"},
		{terminal.ExitUsage, []string{picture, "--step", "1,2", "--where", "step:preset=google"}, "axis step: where preset: no axis before this one sets it"},
		{terminal.ExitUsage, []string{picture, "--rate", "-1"}, "--rate -1: want GFLOP a second"},
		{terminal.ExitUsage, []string{"odd.yaml"}, `grid odd.yaml: unknown name "axis": did you mean axes?`},
		{terminal.ExitUsage, []string{"net.yaml"}, "--model: the grid names networks already"},
		{terminal.ExitUsage, []string{"odd.yaml", picture}, "odd.yaml is a grid: want nothing beside it"},
		{terminal.ExitFailed, []string{"none.yaml"}, "grid: open none.yaml: no such file"},
		{terminal.ExitFailed, []string{"empty"}, "folder empty: is no sweep's: has no sweep.json"},
		{terminal.ExitFailed, []string{"none.png", "cut.png", picture}, "dream: none.png: no such file or directory; cut.png: truncated PNG"},
		{terminal.ExitFailed, []string{"none*.png"}, "pictures none*.png: file does not exist"},
		{terminal.ExitUsage, []string{picture, "--precision", "bfloat16", "--dry-run"}, "precision bfloat16: engine go cannot compute in it"},
		{terminal.ExitUsage, []string{picture, "--width", "8000", "--memory", "50MB", "--dry-run"}, "memory 0.05 GB: "},
	} {
		wantMistake(t, dream(t, slices.Concat(sweepQuickly, c.args)...), c.exit, c.want)
	}
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// TestSweepHasTheFlagsOfRun wants every setting of "dream run" to be one of a sweep,
// under its name and with its help, and every setting of a sweep's grid to have a
// flag.
func TestSweepHasTheFlagsOfRun(t *testing.T) {
	root := newRoot(io.Discard, io.Discard)
	one, _, _ := root.Find([]string{"run"})
	many, _, _ := root.Find([]string{"sweep", "run"})
	swept := many.Flags()
	runOnly := []string{"output", "depth", "quality", "json", "engine", "memory", "tile", "model"}
	one.Flags().VisitAll(func(f *pflag.Flag) {
		other := swept.Lookup(f.Name)
		if slices.Contains(runOnly, f.Name) {
			return
		}
		if other == nil || other.Usage != f.Usage || other.Value.Type() != "list" {
			t.Errorf("--%s: sweep has %+v", f.Name, other)
		}
	})
	settings := map[string]any{}
	for _, part := range []any{
		dreamlib.Config{Transform: dreamlib.Jitter(1)}, vgg.Options{Lowering: "a", Precision: "b"},
	} {
		text, err := json.Marshal(part)
		if err != nil || json.Unmarshal(text, &settings) != nil {
			t.Fatal(err)
		}
	}
	for name := range settings {
		if swept.Lookup(strings.ReplaceAll(name, "_", "-")) == nil {
			t.Errorf("%s has no flag", name)
		}
	}
}
