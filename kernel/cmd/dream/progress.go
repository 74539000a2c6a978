package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/seed2310110f/godream/dreamlib"
)

// reporter tells the user how a dream goes: a bar on a terminal, a line for
// each octave elsewhere, JSON lines with --json.
type reporter struct {
	job            *job
	stdout, stderr io.Writer
	events         *json.Encoder // nil without --json
	terminal       bool
	bar            *progressbar.ProgressBar
	first          float64 // the objective at the octave's first step
	startup        time.Duration
}

func newReporter(j *job, stdout, stderr io.Writer) *reporter {
	r := &reporter{job: j, stdout: stdout, stderr: stderr}
	if j.json {
		r.events = json.NewEncoder(stdout)
	}
	r.terminal = isTerminal(stderr)
	return r
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// event prints one JSON line.
func (r *reporter) event(v any) {
	_ = r.events.Encode(v) // whoever reads may leave early; the picture matters more
}

// startEvent says what is about to run.
type startEvent struct {
	Event   string          `json:"event"` // "start"
	Engine  string          `json:"engine"`
	Model   string          `json:"model"`
	Config  dreamlib.Config `json:"config"`
	Startup float64         `json:"startup_s"`
}

// begin is called when everything is open.
func (r *reporter) begin(in *inputs, startup time.Duration) {
	r.startup = startup
	if r.events != nil {
		r.event(startEvent{"start", in.engine.Name, r.job.model, r.job.config, startup.Seconds()})
		return
	}
	fmt.Fprintf(r.stderr, "%s on %s (%s)\n", r.job.config.Objective, r.job.model, in.engine.Name)
	if in.random {
		fmt.Fprintln(r.stderr, `note: the network's weights are random, so its patterns mean nothing: "dream models pull vgg19" fetches trained ones`)
	}
}

// stepEvent is one step.
type stepEvent struct {
	Event     string  `json:"event"` // "step"
	Octave    int     `json:"octave"`
	Iteration int     `json:"iteration"`
	Step      int     `json:"step"`
	Steps     int     `json:"steps"`
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	Value     float64 `json:"value"`
}

// step is Dream's onStep.
func (r *reporter) step(p dreamlib.Progress) error {
	switch {
	case r.events != nil:
		r.event(stepEvent{"step", p.Octave + 1, p.Iteration + 1, p.Step + 1, p.Steps, p.Size.Width, p.Size.Height, p.Value})
	case r.terminal:
		if r.bar == nil {
			r.bar = r.newBar(p.Steps)
		}
		r.bar.Describe(fmt.Sprintf("octave %d/%d %dx%d", p.Octave+1, p.Octaves, p.Size.Width, p.Size.Height))
		_ = r.bar.Set(p.Step + 1) // only drawing can fail
	default:
		if p.Iteration == 0 {
			r.first = p.Value
		}
		if p.Iteration == p.Iterations-1 {
			fmt.Fprintf(r.stderr, "octave %d/%d %dx%d: objective %.4g -> %.4g\n",
				p.Octave+1, p.Octaves, p.Size.Width, p.Size.Height, r.first, p.Value)
		}
	}
	return nil
}

func (r *reporter) newBar(steps int) *progressbar.ProgressBar {
	return progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(r.stderr),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionFullWidth(),
	)
}

// stop ends the bar, wherever it stands.
func (r *reporter) stop() {
	if r.bar != nil {
		_ = r.bar.Exit()
		fmt.Fprintln(r.stderr)
	}
}

// doneEvent is the result.
type doneEvent struct {
	Event      string              `json:"event"` // "done"
	Output     string              `json:"output"`
	Width      int                 `json:"width"`
	Height     int                 `json:"height"`
	Values     []float64           `json:"values"`
	Notes      []string            `json:"notes"`
	Startup    float64             `json:"startup_s"`
	Run        float64             `json:"run_s"`
	Provenance dreamlib.Provenance `json:"provenance"`
}

// done is called when the picture is written.
func (r *reporter) done(result *dreamlib.Result, p dreamlib.Provenance, took time.Duration) {
	m := result.Image
	if r.events != nil {
		r.event(doneEvent{"done", r.job.out, m.Width, m.Height, result.Values, result.Notes, r.startup.Seconds(), took.Seconds(), p})
		return
	}
	for _, note := range result.Notes {
		fmt.Fprintln(r.stderr, "note:", note)
	}
	fmt.Fprintf(r.stdout, "%s: %dx%d, %d steps in %.1f s\n", r.job.out, m.Width, m.Height, len(result.Values), took.Seconds())
}
