//go:build ignore

// See what each layer likes: one dream for each of several, on one sheet.
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
	photo  = "hills.jpg"                                                     // set file: what to dream on
	layers = []string{"relu1_2", "relu2_2", "relu3_3", "relu4_2", "relu5_1"} // set: the layers, one dream each
	width  = 128                                                             // set: the dreams' width in pixels, 16..2048
	out    = "layer-ladder.png"                                              // set: the sheet
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
	cfg.Width = width
	cfg.Octaves = 1
	cfg.Iterations = 12

	size, err := cfg.Size(picture.Size{Width: input.Width, Height: input.Height})
	check(err)
	small := picture.Resize(input, size.Width, size.Height, picture.Lanczos)
	cells := []sheet.Cell{{Label: "the picture", Picture: small.NRGBA()}}
	for _, layer := range layers {
		cfg.Objective = dreamlib.Layer(layer)
		result, err := dreamlib.Dream(ctx, model, input, cfg, nil)
		check(err)
		cells = append(cells, sheet.Cell{Label: layer, Picture: result.Image.NRGBA()})
		fmt.Println(layer, "ascended in", len(result.Values), "steps")
	}
	page, err := sheet.Draw(cells, 3)
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
// relu1_2 ascended in 12 steps
// relu2_2 ascended in 12 steps
// relu3_3 ascended in 12 steps
// relu4_2 ascended in 12 steps
// relu5_1 ascended in 12 steps
// layer-ladder.png
