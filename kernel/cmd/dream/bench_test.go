package main

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// small are the flags of a run.Measurement that takes no time.
var small = []string{"bench", "--engine", "go", "--model", "random:divide=32", "--size", "32", "--steps", "3"}

func TestBenchPrintsJSON(t *testing.T) {
	o := must(t, dream(t, append(small, "--layer", "relu3_1", "--warmup", "2", "--lowering", "direct", "--precision", "float32", "--json")...))
	if o.stderr != "" || strings.Count(o.stdout, "\n") != 1 {
		t.Errorf("printed %q and %q, want one line", o.stdout, o.stderr)
	}
	m := parse[run.Measurement](t, o.stdout)
	if m.Engine != "go" || !strings.HasPrefix(m.Detail, "pure Go") || m.Lowering != "direct" || m.Precision != "float32" || m.Model != "random:divide=32" ||
		m.Layer != "relu3_1" || m.Size != 32 || m.Steps != 3 || m.Warmup != 2 {
		t.Errorf("measured %+v", m)
	}
	if m.Net <= 0 || m.Open <= 0 || m.Start < m.Net+m.Open {
		t.Errorf("started in %v s: net %v, engine %v", m.Start, m.Net, m.Open)
	}
	if m.Compile <= 0 || m.First < m.Compile || m.Best <= 0 || m.Median < m.Best {
		t.Errorf("first step %v s, compile %v, best %v, median %v", m.First, m.Compile, m.Best, m.Median)
	}
	if _, err := os.Stat("/proc/self/status"); err == nil && (m.Peak == nil || *m.Peak < 1) {
		t.Errorf("peak memory %v", m.Peak)
	}
}

func TestBenchPrintsATable(t *testing.T) {
	o := must(t, dream(t, append(small, "--warmup", "0")...))
	wantRow(t, o.stdout, "ENGINE", "PRECISION", "MODEL", "LAYER", "SIZE", "STEPS", "START", "FIRST", "BEST", "MEDIAN", "PEAK")
	row := regexp.MustCompile(`\ngo +float32 +random:divide=32 +relu4_2 +32 +3 +\d+\.\d{3} s +\d+\.\d{3} s +\d+\.\d{4} s +\d+\.\d{4} s +(\d+ MB|-)\n$`)
	if !row.MatchString(o.stdout) || o.stderr != "" {
		t.Errorf("printed %q and %q", o.stdout, o.stderr)
	}
}

func TestBenchRefusesBadValues(t *testing.T) {
	for _, c := range []struct{ flags, want string }{
		{"--layer relu4_9", `unknown layer "relu4_9": did you mean relu4_4? valid: conv1_1..2`},
		{"--layer=", "objective: is empty, want a layer"},
		{"--layer 1e300*relu1_1", "weight 1e+300: want a finite number"},
		{"--layer logit:0", "the net has no classifier"},
		{"--model vgg20", `unknown network "vgg20": did you mean "vgg1`},
		{"--engine tpu", `--engine "tpu": want auto, xla:cuda, `},
		{"--lowering fft", `--lowering "fft": want direct or winograd`},
		{"--precision float8", `--precision "float8": want float32, tf32, bfloat16 or float16`},
		{"--precision tf32", "precision tf32: engine go cannot compute in it, want engine xla:cuda"},
		{"--precision float16 --lowering winograd", "precision float16: lowering winograd would amplify its rounding, want direct"},
		{"--size 0", "--size 0: want 1 or more"},
		{"--size -1", "--size -1: want 1 or more"},
		{"--size 16385", "--size 16385: want 1 or more, and at most 268435456 pixels in the square"},
		{"--size 9223372036854775807", "at most 268435456 pixels"},
		{"--size 99999999999999999999", "is too large"},
		{"--size 224,512", `--size "224,512": want a whole number`},
		{"--size 7", "picture of 7x7 pixels: relu4_2 needs at least 8x8"},
		{"--steps 0", "--steps 0: want 1 to 1000000000"},
		{"--steps 9223372036854775807", "want 1 to 1000000000"},
		{"--warmup -1", "--warmup -1: want 0 to 1000000000"},
		{"photo.jpg", "want no arguments, found 1 argument"},
	} {
		t.Run(c.flags, func(t *testing.T) {
			wantMistake(t, dream(t, append(small, strings.Fields(c.flags)...)...), terminal.ExitUsage, c.want)
		})
	}
	wantMistake(t, dream(t, append(small, "--model", "missing.pth")...), terminal.ExitFailed, "missing.pth")
}

func TestBenchIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr strings.Builder
	exit := execute(ctx, small, &stdout, &stderr)
	wantMistake(t, outcome{exit, stdout.String(), stderr.String()}, terminal.ExitInterrupted, "interrupted after 0 steps: nothing was measured")
}

func TestBenchCompletes(t *testing.T) {
	o := must(t, dream(t, "__complete", "bench", "--model", "random", "--layer", "relu4"))
	if !strings.Contains(o.stdout, "relu4_2\n") {
		t.Errorf("offered %q", o.stdout)
	}
}
