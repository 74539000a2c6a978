package sweep_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/seed2310110f/godream/kernel/sweep"
)

// A sweep over two layers and three steps of one picture, up to what is to be done.
func Example() {
	grid := sweep.Grid{
		Pictures: []string{"../recipes/hills.jpg"},
		Axes: []sweep.Axis{
			sweep.Over("width", 128),
			sweep.Over("layer", "relu3_1", "relu4_2"),
			sweep.Over("step", "1..3/3"),
		},
	}
	jobs, err := grid.Jobs(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "sweep-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	folder, err := sweep.Create(dir, grid, jobs)
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	for _, job := range folder.Missing() {
		fmt.Println(job.Point, job.Config.Objective, job.Config.Step)
	}
	// Output:
	// [relu3_1 1] relu3_1 1
	// [relu3_1 2] relu3_1 2
	// [relu3_1 3] relu3_1 3
	// [relu4_2 1] relu4_2 1
	// [relu4_2 2] relu4_2 2
	// [relu4_2 3] relu4_2 3
}
