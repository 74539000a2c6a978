package sweep_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/seed2310110f/godream/kernel/sweep"
)

// A sweep over two layers and three steps of one picture.
func Example() {
	grid := sweep.Grid{
		Pictures: []string{"../recipes/hills.jpg"},
		Axes: []sweep.Axis{
			sweep.Over("width", 96),
			sweep.Over("octaves", 1),
			sweep.Over("iterations", 2),
			sweep.Over("layer", "relu3_1", "relu4_2"),
			sweep.Over("step", "1..3/3"),
		},
	}
	dir, err := os.MkdirTemp("", "sweep-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	folder, err := sweep.Dream(context.Background(), dir, grid, sweep.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range folder.Records() {
		fmt.Printf("%s in steps of %s: %.2f\n", r.Point[0], r.Point[1], r.Objective[0])
	}
	// Output:
	// relu3_1 in steps of 1: 0.14
	// relu3_1 in steps of 2: 0.16
	// relu3_1 in steps of 3: 0.17
	// relu4_2 in steps of 1: 0.16
	// relu4_2 in steps of 2: 0.18
	// relu4_2 in steps of 3: 0.19
}
