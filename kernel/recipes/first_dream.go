//go:build ignore

// Dream on a picture with the embedded net, and save what comes of it.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
)

var (
	photo     = "hills.jpg"       // set file: what to dream on
	objective = "relu5_1"         // set: what to ascend, as in dream run --objective
	width     = 128               // set: the dream's width in pixels, 16..8192
	out       = "first-dream.png" // set: where to write it
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

	result, err := dreamlib.Dream(ctx, model, input, cfg, nil)
	check(err)
	check(picture.Write(out, result.Image, picture.Options{}))
	fmt.Printf("%s: %dx%d pixels, %d steps of %s\n", out, result.Image.Width, result.Image.Height, len(result.Values), cfg.Objective)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// first-dream.png: 128x99 pixels, 32 steps of relu5_1
