//go:build ignore

// Ask the net what it sees in a picture, dream towards one of its classes, and
// ask again.
package main

import (
	"context"
	"fmt"
	"log"
	"sort"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/kernel/engines"
	"github.com/seed2310110f/godream/models"
)

var (
	picture    = "hills.jpg"  // set file: what to dream on
	class      = "owl"        // set: the class to dream of; dream models info embedded lists them
	iterations = 40           // set: steps in each of two octaves, 1..1000
	width      = 192          // set: the dream's width in pixels, 16..4096
	out        = "logits.png" // set: where to write the dream
)

func main() {
	engine, err := dreamlib.OpenEngine("auto")
	check(err)
	net, err := models.Embedded()
	check(err)
	model, err := dreamlib.NewModel(engine, net, dreamlib.LoweringAuto)
	check(err)
	input, err := dreamlib.ReadImage(picture)
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
	check(dreamlib.WriteImage(out, result.Image, dreamlib.ImageOptions{}))
}

// sees names the net's three best guesses, the best first.
func sees(model *dreamlib.Model, m *dreamlib.Image) string {
	logits, err := model.Logits(dreamlib.Preprocess(model.Net.Preprocessing, m))
	check(err)
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(i, j int) bool { return logits[order[i]] > logits[order[j]] })
	var names []string
	for _, i := range order[:3] {
		names = append(names, model.Net.Labels[i])
	}
	return strings.Join(names, ", ")
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Output:
// before: fern, fur, feather
// after:  owl, cat, cactus
