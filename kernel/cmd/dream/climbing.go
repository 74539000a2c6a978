package main

import (
	"fmt"
	"io"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/models"
)

// climbing tells the user how a ladder goes: a bar over all dreams on a
// terminal, a line for each dream elsewhere.
type climbing struct {
	stderr io.Writer
	bar    *bar // nil where stderr is no terminal
	rungs  []dreamlib.Objective
	work   []float64 // of each rung, of 1 in all

	rung    int     // that is climbed now
	done    float64 // the work of the rungs before
	started time.Time
}

func newClimbing(net *models.Net, rungs []dreamlib.Objective, stderr io.Writer) *climbing {
	c := &climbing{stderr: stderr, bar: newBar(stderr), rungs: rungs, work: make([]float64, len(rungs))}
	var all float64
	for i, o := range rungs {
		c.work[i] = effort(net, o)
		all += c.work[i]
	}
	for i := range c.work {
		c.work[i] /= all
	}
	return c
}

// effort is how many products one step on an objective takes for each pixel,
// up to a factor: deep layers take longer.
func effort(net *models.Net, o dreamlib.Objective) float64 {
	deepest := 0
	for _, t := range o.Terms {
		name := t.Layer
		if t.Logit != "" {
			name = net.Classifier.Layer
		}
		if i, err := net.Index(name); err == nil {
			deepest = max(deepest, i)
		}
	}
	products, in := 0., 3
	for _, l := range net.Layers[:deepest+1] {
		if l.Kind == models.Conv {
			products += float64(in*l.Channels) / float64(l.Stride*l.Stride)
			in = l.Channels
		}
	}
	return products
}

func (c *climbing) begin(rung int) { c.rung, c.started = rung, time.Now() }

// step is Dream's onStep.
func (c *climbing) step(p dreamlib.Progress) error {
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
	if c.bar == nil {
		fmt.Fprintf(c.stderr, "%s (%d/%d): %s in %.1f s\n", c.rungs[c.rung], c.rung+1, len(c.rungs),
			counted(steps, "step"), time.Since(c.started).Seconds())
	}
}
