package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/sweeps"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
)

// quickSweep are the arguments of a sweep of four quick dreams into the folder s.
func quickSweep(t *testing.T, more ...string) []string {
	t.Helper()
	return slices.Concat([]string{"sweep", "run", photo(t), "--out", "s"}, quick, []string{"--layer", "relu1_2,relu2_2", "--seed", "0,1"}, more)
}

// wantSwept holds the folder s to a sweep that is done.
func wantSwept(t *testing.T) {
	t.Helper()
	f, err := folder.Open("s")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.Missing()); n != 0 || len(f.Records()) != 4 {
		t.Errorf("%d jobs are missing, %d recorded", n, len(f.Records()))
	}
	for _, r := range f.Records() {
		if _, p := readDream(t, filepath.Join("s", r.File)); p.Config.Seed != r.Config.Seed || p.Engine != r.Engine {
			t.Errorf("%s tells %+v", r.File, p)
		}
		must(t, dream(t, "redo", filepath.Join("s", r.File)))
	}
	for _, name := range []string{"manifest.csv", "sheet.png", "sweep.json"} {
		if _, err := os.Stat(filepath.Join("s", name)); err != nil {
			t.Error(err)
		}
	}
}

func TestSweepRun(t *testing.T) {
	t.Chdir(t.TempDir())
	o := must(t, dream(t, quickSweep(t)...))
	if !regexp.MustCompile(`^s: 4 dreams in [0-9.]+m?s; s/sheet.png\n$`).MatchString(o.stdout) {
		t.Errorf("printed %q", o.stdout)
	}
	if lines := regexp.MustCompile(`(?m)^[1-4]/4 relu[12]_2 [01]: \d+\.\d s on go by \S+$`).FindAllString(o.stderr, -1); len(lines) != 4 {
		t.Errorf("printed %q", o.stderr)
	}
	wantSwept(t)
	if o := must(t, dream(t, "sweep", "run", "s", "--engine", "go")); o.stderr != "" {
		t.Errorf("again: %q", o.stderr)
	}
	o = must(t, dream(t, "sweep", "status", "s"))
	if want := "done   4 of 4\nqueue  none: the sweep is not being run, or has its queue elsewhere: say --nats\n"; o.stdout != want {
		t.Errorf("status is %q, want %q", o.stdout, want)
	}
}

func TestSweepRunJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	o := must(t, dream(t, quickSweep(t, "--json")...))
	records, done := 0, 0
	var last sweeps.Event
	for line := range strings.Lines(o.stdout) {
		last = sweeps.Event{}
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatal(err)
		}
		if last.Record != nil {
			records++
		}
		if last.Done < done {
			t.Errorf("%d were done, and then %d", done, last.Done)
		}
		done = last.Done
	}
	if last.Event != "done" || last.Done != 4 || last.Jobs != 4 || last.Share != 1 || records != 4 || !slices.Equal(last.Sheets, []string{filepath.Join("s", "sheet.png")}) || o.stderr != "" {
		t.Errorf("%d records, at last %+v, and %q", records, last, o.stderr)
	}
}

// Jobs that were given up are an error, told by status and tried again by retry.
func TestSweepRetry(t *testing.T) {
	t.Chdir(t.TempDir())
	o := dream(t, quickSweep(t, "--tries", "1", "--memory", "1MB")...)
	if want := `dream: 4 of 4 jobs given up: "dream sweep status s" says why, "dream sweep retry s" tries again` + "\n"; o.exit != terminal.ExitFailed || !strings.HasSuffix(o.stderr, want) {
		t.Errorf("exit %d, printed %q, want %q", o.exit, o.stderr, want)
	}
	o = must(t, dream(t, "sweep", "status", "s"))
	if !strings.HasPrefix(o.stdout, "done              0 of 4\ngiven up          4\n") || strings.Count(o.stdout, ": given up after 1 try: ") != 4 {
		t.Errorf("status is %q", o.stdout)
	}
	if o := dream(t, "sweep", "run", "s", "--engine", "go"); o.exit != terminal.ExitFailed || !strings.HasPrefix(o.stderr, "dream: 4 of 4 jobs given up: ") {
		t.Errorf("exit %d, printed %q", o.exit, o.stderr)
	}
	must(t, dream(t, "sweep", "retry", "s", "--engine", "go"))
	wantSwept(t)
}

func TestSweepMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	for want, args := range map[string][]string{
		"want --nats, or NATS_URL in the environment, with the server's URL": {"worker"},
		"--workers -1: want 1 or more, or 0 for the engine's usual number":   {"worker", "--nats", "nats://host", "--workers", "-1"},
		"--idle -1s: want 0 or more":                                         {"worker", "--nats", "nats://host", "--idle", "-1s"},
		"--creds and --nkey: want one of them, found both":                   {"worker", "--nats", "nats://host", "--creds", "a", "--nkey", "b"},
		"--creds, --nkey and --tls-* are for a server elsewhere":             quickSweep(t, "--creds", "a"),
		"--tls-cert and --tls-key: want both, found one":                     {"sweep", "status", "s", "--nats", "nats://host", "--tls-key", "a"},
		"--replicas 3: the server inside this process is one":                quickSweep(t, "--replicas", "3"),
		"--remote: the server inside this process is for this machine":       quickSweep(t, "--remote"),
		"--tries 0: want 1 or more":                                          quickSweep(t, "--tries", "0"),
		"--ack-wait 1ms: want 100ms or more":                                 quickSweep(t, "--ack-wait", "1ms"),
		"--gpus with --engine go: want xla:cuda":                             {"worker", "--nats", "nats://host", "--engine", "go", "--gpus", "0"},
		"want a sweep's folder, found 0 arguments":                           {"sweep", "status"},
	} {
		wantMistake(t, dream(t, args...), terminal.ExitUsage, want)
	}
	wantMistake(t, dream(t, "worker", "--nats", "nats://127.0.0.1:1"), terminal.ExitFailed, "nats://127.0.0.1:1: cannot connect: ")
	wantMistake(t, dream(t, "sweep", "status", "nowhere"), terminal.ExitFailed, "nowhere")
}
