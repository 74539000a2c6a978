package sweeps

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

// sweepReporter tells the user how a sweep goes: a bar with the time left on a terminal,
// a line for each dream elsewhere, JSON lines with --json.
type sweepReporter struct {
	stderr io.Writer
	events *json.Encoder // nil without --json
	bar    *terminal.Bar // nil where stderr is no terminal
	last   work.Progress
	failed error // of the first event that could not be printed
}

func newSweepReporter(asJSON bool, stdout, stderr io.Writer) *sweepReporter {
	r := &sweepReporter{stderr: stderr}
	if asJSON {
		r.events = json.NewEncoder(stdout)
	} else if r.bar = terminal.NewBar(stderr); r.bar != nil {
		r.bar.Untimed = true // a bar would take what earlier runs did for this one's
	}
	return r
}

// Event is one line of "dream sweep run --json".
type Event struct {
	Event string  `json:"event"` // "progress", or "done" at the end
	Out   string  `json:"out"`
	Left  float64 `json:"left_s"` // until the end, guessed; 0 while unknown
	work.Progress
	Sheets []string `json:"sheets,omitempty"`
}

func (r *sweepReporter) event(e Event) {
	if err := r.events.Encode(e); err != nil && r.failed == nil {
		r.failed = fmt.Errorf("not every event was printed: %w", err)
	}
}

// progress is work.Run's OnProgress.
func (r *sweepReporter) progress(out string) func(work.Progress) {
	return func(p work.Progress) {
		r.last = p
		switch {
		case r.events != nil:
			r.event(Event{Event: "progress", Out: out, Left: p.Left.Seconds(), Progress: p})
		case r.bar != nil:
			r.bar.Update(barText(p), p.Share)
		case p.Record != nil:
			fmt.Fprintf(r.stderr, "%d/%d %s\n", p.Done+p.Dead, p.Jobs, recordText(*p.Record))
		}
	}
}

// barText is what stands before a sweep's bar.
func barText(p work.Progress) string {
	text := fmt.Sprintf("%d/%d dreams", p.Done+p.Dead, p.Jobs)
	if p.Dead > 0 {
		text += fmt.Sprintf(", %d given up", p.Dead)
	}
	text += ", " + terminal.Count(len(p.Workers), "worker")
	if p.Left > 0 {
		text += ", " + p.Left.Round(time.Second).String() + " left"
	}
	return text
}

// recordText is a record on a line.
func recordText(r folder.Record) string {
	name := terminal.Plain(strings.Join(r.Point, " "))
	if name == "" {
		name = terminal.Plain(r.Picture.Source)
	}
	if r.State == folder.Dead {
		return fmt.Sprintf("%s: given up after %s: %s", name, terminal.Count(r.Tries, "try"), terminal.OneLine(fmt.Errorf("%s", r.Error)))
	}
	return fmt.Sprintf("%s: %.1f s on %s by %s", name, r.Seconds, r.Engine, r.Worker)
}

// stop ends the bar's line.
func (r *sweepReporter) stop() { r.bar.Stop() }
