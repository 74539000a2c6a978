package run

import (
	"fmt"
	"io"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// ladderProgress reports how a ladder goes: a bar over all dreams on a terminal, a line
// for each dream elsewhere.
type ladderProgress struct {
	stderr     io.Writer
	bar        *terminal.Bar // nil where stderr is no terminal
	objectives []dreamlib.Objective
	shares     []float64 // of each dream in the work, 1 in all
	done       float64   // the shares of the finished dreams
}

func newLadderProgress(objectives []dreamlib.Objective, plans []*dreamlib.Plan, stderr io.Writer) *ladderProgress {
	l := &ladderProgress{stderr: stderr, bar: terminal.NewBar(stderr), objectives: objectives, shares: make([]float64, len(plans))}
	var all float64
	for _, p := range plans {
		all += p.GFLOP
	}
	for i, p := range plans {
		l.shares[i] = p.GFLOP / all
	}
	return l
}

// step reports a step of dream i.
func (l *ladderProgress) step(i int, p dreamlib.Progress) {
	if l.bar == nil {
		return
	}
	const most = 16 // letters that leave room for a bar
	name := l.objectives[i].String()
	if len(name) > most {
		name = name[:most-3] + "..."
	}
	text := fmt.Sprintf("%s (%d/%d), step %d/%d", name, i+1, len(l.objectives), p.Step+1, p.Steps)
	l.bar.Update(text, l.done+l.shares[i]*p.Done)
}

// end reports that dream i is finished.
func (l *ladderProgress) end(i, steps int, seconds float64) {
	l.done += l.shares[i]
	if l.bar == nil {
		fmt.Fprintf(l.stderr, "%s (%d/%d): %s in %.1f s\n", l.objectives[i], i+1, len(l.objectives), terminal.Count(steps, "step"), seconds)
	}
}
