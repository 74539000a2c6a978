package display_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/display"
)

// A cell that dreams and shows what it does; outside of a notebook it shows
// nothing, and the rest is the same.
func Example() {
	ctx := context.Background()
	model, err := dreamlib.Open(ctx, "embedded", dreamlib.Options{})
	check(err)
	defer model.Close()
	photo, err := picture.Read("../recipes/hills.jpg")
	check(err)
	cfg, err := dreamlib.Preset("default")
	check(err)
	cfg.Width, cfg.Octaves, cfg.Iterations = 128, 2, 3

	live := display.Live{Every: 2} // the bar and the octave's picture, in place
	result, err := live.Dream(ctx, model, photo, cfg)
	check(err)
	_, err = display.Compare(photo, result) // a handle between the two
	check(err)
	_, err = display.Plot(display.CurveOf("default", result))
	check(err)

	layer, err := model.Activations(vgg.Preprocess(model.Net.Preprocessing, result.Image), "relu2_2")
	check(err)
	_, err = display.Channels(layer[0]) // the 16 strongest
	check(err)
	fmt.Println(len(result.Values), "steps")
	// Output: 6 steps
}

// printer stands for a notebook.
type printer struct{}

func (printer) Show(b display.Bundle, id string, update bool) error {
	_, err := fmt.Println(b["text/plain"])
	return err
}
func (printer) Clear(wait bool) error                          { return nil }
func (printer) Ask(prompt string, secret bool) (string, error) { return "", nil }

func ExampleBeside() {
	defer display.SetSink(display.SetSink(printer{}))
	_, err := display.Beside(
		display.Cell{Label: "input", Picture: picture.New(160, 120)},
		display.Cell{Label: "half of it", Picture: picture.New(80, 60)})
	check(err)
	// Output: picture of 338x148 pixels
}

func ExampleOutput() {
	defer display.SetSink(display.SetSink(printer{}))
	out, err := display.Text("beginning")
	check(err)
	_, err = out.Plot(display.Curve{Values: []float64{1, 2, 4}}) // in its place
	check(err)
	// Output:
	// beginning
	// picture of 480x260 pixels
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
