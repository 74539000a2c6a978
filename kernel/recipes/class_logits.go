//go:build ignore

// Ask the net what it sees in a picture, dream towards one of its classes, and
// ask again.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

var (
	photo      = "hills.jpg"  // set file: what to dream on
	class      = "owl"        // set: the class to dream of; dream models info embedded lists them
	iterations = 40           // set: steps in each of two octaves, 1..1000
	width      = 192          // set: the dream's width in pixels, 16..4096
	out        = "logits.png" // set: where to write the dream
)

func main() {
	engine, err := vgg.OpenEngine("auto")
	check(err)
	net, err := models.Embedded()
	check(err)
	model, err := vgg.NewModel(engine, net, vgg.Options{})
	check(err)
	input, err := picture.Read(photo)
	check(err)
	cfg, err := dreamlib.Preset("default")
	check(err)
	cfg.Width = width
	cfg.Octaves = 2
	cfg.Iterations = iterations
	cfg.Objective = dreamlib.Logit(class)

	fmt.Println("before:", sees(model, input))
	result, err := dreamlib.Dream(context.Background(), model, input, cfg, nil)
	check(err)
	fmt.Println("after: ", sees(model, result.Image))
	check(picture.Write(out, result.Image, picture.Options{}))
}

// sees names the class that the net gives the highest score.
func sees(model *vgg.Model, m *picture.Image) string {
	logits, err := model.Logits(vgg.Preprocess(model.Net.Preprocessing, m))
	check(err)
	best := 0
	for i, logit := range logits[0] {
		if logit > logits[0][best] {
			best = i
		}
	}
	return model.Net.Labels[best]
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// before: fern
// after:  owl
