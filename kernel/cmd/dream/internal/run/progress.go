package run

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// reporter tells the user how a dream goes: a bar on a terminal, a line for
// each octave elsewhere, JSON lines with --json.
type reporter struct {
	job            *job
	stdout, stderr io.Writer
	events         *json.Encoder // nil without --json
	bar            *terminal.Bar // nil where stderr is no terminal
	first          float64       // the objective at the octave's first step
	model          *vgg.Model
	startup        time.Duration
	failed         error // of the first event that could not be printed
}

func newReporter(j *job, stdout, stderr io.Writer) *reporter {
	r := &reporter{job: j, stdout: stdout, stderr: stderr, bar: terminal.NewBar(stderr)}
	if j.json {
		r.events = json.NewEncoder(stdout)
	}
	return r
}

// event prints one JSON line. That it cannot be printed does not end the dream:
// whoever reads may leave early, and the picture matters more.
func (r *reporter) event(v any) {
	if err := r.events.Encode(v); err != nil && r.failed == nil {
		r.failed = fmt.Errorf("%s is written, but not every event: %w", r.job.out, err)
	}
}

// StartEvent says what is about to run.
type StartEvent struct {
	Event     string          `json:"event"` // "start"
	Engine    string          `json:"engine"`
	Precision vgg.Precision   `json:"precision"`
	Model     string          `json:"model"`
	Config    dreamlib.Config `json:"config"`
	Startup   float64         `json:"startup_s"`
}

// begin is called when everything is open.
func (r *reporter) begin(in *inputs, startup time.Duration) {
	r.model, r.startup = in.model, startup
	if r.events != nil {
		r.event(StartEvent{"start", in.model.Engine.Name, r.job.options.Precision, r.job.model, r.job.config, startup.Seconds()})
		return
	}
	fmt.Fprintf(r.stderr, "%s on %s (%s)\n", r.job.config.Objective, r.job.model, on(in.model))
	warn(r.stderr, in.model)
}

// warn says that a network was never trained.
func warn(stderr io.Writer, m *vgg.Model) {
	if m.Net.Name == "random" {
		fmt.Fprintln(stderr, `note: the network's weights are random, so its patterns mean nothing: those of --model embedded are trained`)
	}
}

// StepEvent is one step.
type StepEvent struct {
	Event     string  `json:"event"` // "step"
	Octave    int     `json:"octave"`
	Iteration int     `json:"iteration"`
	Step      int     `json:"step"`
	Steps     int     `json:"steps"`
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	Tiles     int     `json:"tiles"`
	Value     float64 `json:"value"`
}

// step is Dream's onStep.
func (r *reporter) step(p dreamlib.Progress) error {
	switch {
	case r.events != nil:
		r.event(StepEvent{"step", p.Octave + 1, p.Iteration + 1, p.Step + 1, p.Steps, p.Size.Width, p.Size.Height, p.Tiles, p.Value})
	case r.bar != nil:
		r.bar.Update(fmt.Sprintf("octave %d/%d, %dx%d%s, step %d/%d", p.Octave+1, p.Octaves, p.Size.Width, p.Size.Height, inTiles(p.Tiles), p.Step+1, p.Steps), p.Done)
	default:
		if p.Iteration == 0 {
			r.first = p.Value
		}
		if p.Iteration == p.Iterations-1 {
			fmt.Fprintf(r.stderr, "octave %d/%d %dx%d%s: objective %.4g -> %.4g\n",
				p.Octave+1, p.Octaves, p.Size.Width, p.Size.Height, inTiles(p.Tiles), r.first, p.Value)
		}
	}
	return nil
}

// inTiles says that an octave is taken in tiles, or nothing.
func inTiles(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" in %d tiles", n)
}

// DoneEvent is the result.
type DoneEvent struct {
	Event      string              `json:"event"` // "done"
	Output     string              `json:"output"`
	Width      int                 `json:"width"`
	Height     int                 `json:"height"`
	Values     []float64           `json:"values"`
	Notes      []string            `json:"notes"`
	Startup    float64             `json:"startup_s"`  // reading picture and network, opening the engine
	Compile    float64             `json:"compile_s"`  // waiting for the engine's compiler
	Compiler   float64             `json:"compiler_s"` // its own time, much of it behind other work
	Programs   int                 `json:"programs"`   // compiled
	Run        float64             `json:"run_s"`      // the rest: dreaming and writing
	Provenance dreamlib.Provenance `json:"provenance"`
}

// done is called when the picture is written, which with the dream itself took
// so long.
func (r *reporter) done(result *dreamlib.Result, p dreamlib.Provenance, took time.Duration) {
	m := result.Image
	if r.events != nil {
		values, notes := append([]float64{}, result.Values...), append([]string{}, result.Notes...) // [] rather than null
		compiled := r.model.Compiled()
		r.event(DoneEvent{
			Event: "done", Output: r.job.out, Width: m.Width, Height: m.Height, Values: values, Notes: notes,
			Startup: r.startup.Seconds(), Compile: compiled.Waited.Seconds(), Compiler: compiled.Took.Seconds(), Programs: compiled.Programs,
			Run:        (took - compiled.Waited).Seconds(),
			Provenance: p,
		})
		return
	}
	for _, note := range result.Notes {
		fmt.Fprintln(r.stderr, "note:", note)
	}
	fmt.Fprintf(r.stdout, "%s: %dx%d, %s in %.1f s\n", r.job.out, m.Width, m.Height, terminal.Count(len(result.Values), "step"), took.Seconds())
}
