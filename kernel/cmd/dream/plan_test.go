package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

var planQuickly = []string{"plan", "--engine", "go", "--model", "random:divide=32", "--layer", "relu2_1", "--iterations", "1", "--octaves", "2"}

func TestPlan(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	o := must(t, dream(t, append(planQuickly, picture, "--width", "120", "--tile", "50")...))
	for _, want := range []string{": 120x90, relu2_1 on random:divide=32 (go)\n", "2 steps, 2 programs to compile, ", "time: not estimated: give --time, or --rate", "note: the picture was brought from 40x30 to 120x90 pixels"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in\n%s", want, o.stdout)
		}
	}
	if o.stderr != "" || len(files(t, ".")) != 0 {
		t.Errorf("also printed %q and wrote %q", o.stderr, files(t, "."))
	}
	o = must(t, dream(t, append(planQuickly, picture, "--rate", "1e-6", "--json", "--memory", "1.5GiB")...))
	p := parse[run.Planned](t, o.stdout)
	if len(p.Octaves) != 2 || p.Octaves[1].Size.Width != 40 || p.Octaves[1].Tiles != 1 || p.Limit != 3<<29 || p.Seconds != p.GFLOP/1e-6 || p.Engine != "go" {
		t.Errorf("got %+v", p)
	}
}

// TestPlanTime wants the time from steps that were taken.
func TestPlanTime(t *testing.T) {
	p := parse[run.Planned](t, must(t, dream(t, append(planQuickly, photo(t), "--time", "--json")...)).stdout)
	if p.Rate <= 0 || p.Seconds != p.GFLOP/p.Rate {
		t.Errorf("got %+v", p)
	}
}

// TestPlanIsWhatRunDoes wants the octaves and tiles of a plan from the run.
func TestPlanIsWhatRunDoes(t *testing.T) {
	flags := []string{photo(t), "--width", "160", "--memory", "51MB", "--json"}
	p := parse[run.Planned](t, must(t, dream(t, append(planQuickly, flags...)...)).stdout)
	out := filepath.Join(t.TempDir(), "out.png")
	o := must(t, dream(t, slices.Concat([]string{"run"}, planQuickly[1:], flags, []string{"-o", out})...))
	i := 0
	for line := range strings.Lines(o.stdout) {
		var step run.StepEvent
		if err := json.Unmarshal([]byte(line), &step); err != nil || step.Event != "step" {
			continue
		}
		if want := p.Octaves[i]; step.Width != want.Size.Width || step.Height != want.Size.Height || step.Tiles != want.Tiles {
			t.Errorf("step %d was %+v, want %+v", i, step, want)
		}
		i++
	}
	if i != p.Steps || p.Octaves[1].Tiles == 1 {
		t.Errorf("%d steps, plan %+v, want tiles", i, p)
	}
	// The record holds no choice that the machine made, and another machine's
	// tiles give the same dream.
	if text, err := picture.ReadText(out); err != nil || strings.Contains(text["godream"], "tile") {
		t.Errorf("recorded %s, %v, with tiles", text["godream"], err)
	}
	must(t, dream(t, "redo", out, "--tile", "100"))
}

func TestPlanRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	before := files(t, ".")
	for _, c := range []struct{ flags, want string }{
		{"--memory lots", `--memory "lots": want a size, as in 4GB, 1.5GiB or 800MB, or 0 for no limit`},
		{"--memory -1GB", "want a size"},
		{"--memory nan", "want a size"},
		{"--memory 1e30GB", "want a size"},
		{"--memory 1MB", "memory 0.00 GB: a dream of 40x30 on relu2_1 takes 0.0"},
		{"--memory 60MB --width 5000", ": want that much, or a width of at most "},
		{"--tile -1", "tile -1: want 0 to 1000000 pixels"},
		{"--tile 5", "tile 5: relu2_1 needs tiles of at least 24 pixels a side, or 0 to choose"},
		{"--rate 1 --time", "--rate and --time: want one of them, found both"},
		{"--width 100000", "width 100000: makes a picture of 100000x75000, want at most 268435456 pixels"},
		{"--rate 0", "--rate 0: want GFLOP a second, more than 0"},
		{"--rate inf", "--rate inf: want"},
	} {
		t.Run(c.flags, func(t *testing.T) {
			wantMistake(t, dream(t, append(append(planQuickly, picture), strings.Fields(c.flags)...)...), terminal.ExitUsage, c.want)
		})
	}
	wantMistake(t, dream(t, append(planQuickly, "missing.png")...), terminal.ExitFailed, "missing.png")
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}
