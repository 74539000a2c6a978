//go:build ignore

// Write down how an objective rises, step by step, as a table to plot. It prints
// a line for each octave.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
)

var (
	photo      = "hills.jpg" // set file: what to dream on
	objective  = "relu4_2"   // set: what to ascend
	iterations = 10          // set: steps in each octave, 1..1000
	width      = 160         // set: the dream's width in pixels, 16..4096
	out        = "curve.csv" // set: the table
)

func main() {
	ctx := context.Background()
	model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})
	check(err)
	defer model.Close()
	input, err := picture.Read(photo)
	check(err)
	cfg, err := dreamlib.Preset("default")
	check(err)
	cfg.Objective, err = dreamlib.ParseObjective(objective)
	check(err)
	cfg.Width = width
	cfg.Octaves = 3
	cfg.Iterations = iterations

	table := &strings.Builder{}
	fmt.Fprintln(table, "step,octave,width,height,value")
	first := 0.0
	_, err = dreamlib.Dream(ctx, model, input, cfg, func(p dreamlib.Progress) error {
		fmt.Fprintf(table, "%d,%d,%d,%d,%g\n", p.Step, p.Octave, p.Size.Width, p.Size.Height, p.Value)
		if p.Iteration == 0 {
			first = p.Value
		}
		if p.Iteration == p.Iterations-1 {
			fmt.Printf("octave %d, %dx%d: rose %v\n", p.Octave, p.Size.Width, p.Size.Height, p.Value > first)
		}
		return nil
	})
	check(err)
	check(os.WriteFile(out, []byte(table.String()), 0o666))
	fmt.Println(out)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// octave 0, 82x63: rose true
// octave 1, 114x89: rose true
// octave 2, 160x124: rose true
// curve.csv
