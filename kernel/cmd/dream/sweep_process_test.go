//go:build unix

package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

func TestSweepInterrupt(t *testing.T) {
	t.Chdir(t.TempDir())
	p := start(t, slices.Concat([]string{"sweep", "run", photo(t), "--out", "s", "--workers", "1"}, quick, []string{"--layer", "relu1_2,relu2_2", "--seed", "0..400"})...)
	p.await(p.stderr, "2/802 ")
	p.signal(os.Interrupt)
	o, _ := p.end()
	want := regexp.MustCompile(`\ndream: interrupted after \d+ of 802 dreams: "dream sweep run s" goes on\n$`)
	if o.exit != terminal.ExitInterrupted || !want.MatchString(o.stderr) {
		t.Errorf("exit %d, printed %q", o.exit, o.stderr)
	}
	must(t, dream(t, quickSweep(t)...)) // four of them
	wantSwept(t)
}

// startRemote starts a quick sweep on a server elsewhere, without workers, and waits
// for its jobs.
func startRemote(t *testing.T) (*queue.Server, *process) {
	t.Helper()
	t.Chdir(t.TempDir())
	s, err := queue.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := start(t, quickSweep(t, "--remote", "--nats", s.URL(), "--json")...)
	p.await(p.stdout, `"jobs":4`)
	return s, p
}

// A server elsewhere, a worker elsewhere, and whoever looks at it.
func TestSweepElsewhere(t *testing.T) {
	s, p := startRemote(t)
	o := must(t, dream(t, "sweep", "status", "s", "--nats", s.URL(), "--json"))
	var status work.Status
	if err := json.Unmarshal([]byte(o.stdout), &status); err != nil || status.Jobs != 4 || status.Server == "" || strings.Contains(o.stdout, "@") {
		t.Errorf("status is %s, %v", o.stdout, err)
	}
	t.Setenv("NATS_URL", s.URL())
	o = must(t, dream(t, "worker", "--engine", "go", "--idle", "1s"))
	if n := strings.Count(o.stderr, " in "); n != 4 {
		t.Errorf("the worker printed %q", o.stderr)
	}
	if o, _ := p.end(); o.exit != 0 {
		t.Fatalf("exit %d: %s", o.exit, o.stderr)
	}
	wantSwept(t)
}

func TestSweepCancelAndCollect(t *testing.T) {
	s, p := startRemote(t)
	if o := must(t, dream(t, "sweep", "cancel", "s", "--nats", s.URL())); o.stdout != "s: cancelled\n" {
		t.Errorf("printed %q", o.stdout)
	}
	o, _ := p.end()
	wantMistake(t, outcome{o.exit, "", o.stderr}, terminal.ExitFailed, `cancelled with 4 jobs left: 0 of 4 dreams are done and kept, and "dream sweep run s" goes on`)
	if o := must(t, dream(t, "sweep", "collect", "s", "--nats", s.URL())); o.stdout != "s: 0 of 4 done, 4 left\n" {
		t.Errorf("printed %q", o.stdout)
	}
	wantMistake(t, dream(t, "sweep", "cancel", "s"), terminal.ExitFailed, "s: no process runs the sweep")
	must(t, dream(t, "sweep", "run", "s", "--engine", "go"))
	wantSwept(t)
}
