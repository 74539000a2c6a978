package main

import (
	"fmt"
	"io"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
)

// climbing tells the user how a ladder goes: a bar over all dreams on a
// terminal, a line for each dream elsewhere.
type climbing struct {
	stderr io.Writer
	bar    *bar // nil where stderr is no terminal
	rungs  []dreamlib.Objective
	work   []float64 // of each rung, of 1 in all

	rung    int       // that is climbed now
	done    float64   // the work of the rungs before
	octaves []float64 // the objective's last value in each octave of this rung so far
	started time.Time
	took    time.Duration // the rung that ended last
}

func newClimbing(rungs []dreamlib.Objective, plans []*dreamlib.Plan, stderr io.Writer) *climbing {
	c := &climbing{stderr: stderr, bar: newBar(stderr), rungs: rungs, work: make([]float64, len(rungs))}
	var all float64
	for _, p := range plans {
		all += p.GFLOP
	}
	for i, p := range plans {
		c.work[i] = p.GFLOP / all
	}
	return c
}

func (c *climbing) begin(rung int) { c.rung, c.octaves, c.started = rung, nil, time.Now() }

// step is Dream's onStep.
func (c *climbing) step(p dreamlib.Progress) error {
	for len(c.octaves) <= p.Octave {
		c.octaves = append(c.octaves, 0)
	}
	c.octaves[p.Octave] = p.Value
	if c.bar == nil {
		return nil
	}
	const most = 16 // letters that leave room for a bar
	name := c.rungs[c.rung].String()
	if len(name) > most {
		name = name[:most-3] + "..."
	}
	text := fmt.Sprintf("%s (%d/%d), step %d/%d", name, c.rung+1, len(c.rungs), p.Step+1, p.Steps)
	c.bar.update(text, c.done+c.work[c.rung]*p.Done)
	return nil
}

// end is called when a rung's dream is finished.
func (c *climbing) end(steps int) {
	c.done += c.work[c.rung]
	c.took = time.Since(c.started)
	if c.bar == nil {
		fmt.Fprintf(c.stderr, "%s (%d/%d): %s in %.1f s\n", c.rungs[c.rung], c.rung+1, len(c.rungs),
			counted(steps, "step"), c.took.Seconds())
	}
}
