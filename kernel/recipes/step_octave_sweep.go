//go:build ignore

// Sweep the step size and the number of octaves, onto a contact sheet. It has a
// row for each step and a column for each number of octaves.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/sheet"
	_ "github.com/seed2310110f/godream/kernel/engines"
	"github.com/seed2310110f/godream/models"
)

var (
	picture   = "hills.jpg"             // set file: what to dream on
	objective = "relu4_2"               // set: what to climb
	steps     = []float64{0.75, 1.5, 3} // set: step sizes in levels of 255, 0..100
	octaves   = []int{1, 2, 3}          // set: numbers of octaves, 1..16
	width     = 128                     // set: the dreams' width in pixels, 16..2048
	out       = "sweep.png"             // set: the sheet
)

func main() {
	engine, err := dreamlib.OpenEngine("auto")
	check(err)
	net, err := models.Embedded()
	check(err)
	model, err := dreamlib.NewModel(engine, net, dreamlib.ModelOptions{})
	check(err)
	input, err := dreamlib.ReadImage(picture)
	check(err)
	cfg, err := dreamlib.Preset("default")
	check(err)
	cfg.Objective, err = dreamlib.ParseObjective(objective)
	check(err)
	cfg.Width = width
	cfg.Iterations = 6

	var cells []sheet.Cell
	best, top := "", 0.0
	for _, step := range steps {
		for _, n := range octaves {
			cfg.Step, cfg.Octaves = step, n
			result, err := dreamlib.Dream(context.Background(), model, input, cfg, nil)
			check(err)
			label := fmt.Sprintf("step %g, %d octaves", step, n)
			cells = append(cells, sheet.Cell{Label: label, Picture: result.Image.NRGBA()})
			last := result.Values[len(result.Values)-1]
			if last > top {
				best = label
				top = last
			}
		}
	}
	page, err := sheet.Draw(cells, len(octaves))
	check(err)
	check(dreamlib.WriteImage(out, dreamlib.FromImage(page), dreamlib.ImageOptions{}))
	fmt.Printf("%s: %d dreams; %s climbed highest with %s\n", out, len(cells), objective, best)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// sweep.png: 9 dreams; relu4_2 climbed highest with step 3, 2 octaves
