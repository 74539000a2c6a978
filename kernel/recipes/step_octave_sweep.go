//go:build ignore

// Sweep the step size and the number of octaves, onto a contact sheet. It has a
// row for each step and a column for each number of octaves. Run again, it dreams
// what is new.
package main

import (
	"context"
	"fmt"
	"log"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/kernel/sweep"
)

var (
	photo     = "hills.jpg"  // set file: what to dream on
	objective = "relu4_2"    // set: what to ascend
	steps     = "0.75,1.5,3" // set: step sizes in levels of 255, or a range: 0.5..2/4 are 4, 1..8/4log too
	octaves   = "1..3"       // set: numbers of octaves
	width     = 128          // set: the dreams' width in pixels, 16..2048
	out       = "sweep"      // set: folder of the dreams and of sheet.png
)

func main() {
	grid := sweep.Grid{
		Pictures: []string{photo},
		Axes: []sweep.Axis{
			sweep.Over("objective", objective),
			sweep.Over("width", width),
			sweep.Over("iterations", 6),
			sweep.Over("step", steps),
			sweep.Over("octaves", octaves),
		},
	}
	folder, err := sweep.Dream(context.Background(), out, grid, sweep.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var best sweep.Record
	top := 0.0
	for _, r := range folder.Records() {
		last := r.Objective[len(r.Objective)-1]
		if last > top {
			best = r
			top = last
		}
	}
	fmt.Printf("%s: %d dreams; %s rose highest with step %g, %d octaves\n", out, len(folder.Jobs), objective, best.Config.Step, best.Config.Octaves)
}

// Output:
// sweep: 9 dreams; relu4_2 rose highest with step 3, 2 octaves
