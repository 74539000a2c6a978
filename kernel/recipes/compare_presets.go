//go:build ignore

// Compare the presets, the settings of known systems, on one picture.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/sheet"
)

var (
	photo   = "hills.jpg"                              // set file: what to dream on
	presets = []string{"default", "google", "pytorch"} // set: which; classic, whose levels are larger, takes longer
	octaves = 2                                        // set: octaves of each, 1..16; the presets have 3 and 4
	width   = 96                                       // set: the dreams' width in pixels, 16..2048
	out     = "presets.png"                            // set: the sheet
)

func main() {
	ctx := context.Background()
	model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})
	check(err)
	defer model.Close()
	input, err := picture.Read(photo)
	check(err)

	var cells []sheet.Cell
	for _, name := range presets {
		cfg, err := dreamlib.Preset(name)
		check(err)
		cfg.Width = width
		cfg.Octaves = octaves
		result, err := dreamlib.Dream(ctx, model, input, cfg, nil)
		check(err)
		cells = append(cells, sheet.Cell{Label: name, Picture: result.Image.NRGBA()})
		fmt.Printf("%-8s %2d steps of %v on %s, %s pyramid\n", name, len(result.Values), cfg.Step, cfg.Objective, cfg.Pyramid)
	}
	page, err := sheet.Draw(cells, 0)
	check(err)
	check(picture.Write(out, picture.FromImage(page), picture.Options{}))
	fmt.Println(out)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// default  16 steps of 3 on relu5_1, detail pyramid
// google   20 steps of 1.5 on relu4_3, detail pyramid
// pytorch  20 steps of 0.09 on relu4_3, carry pyramid
// presets.png
