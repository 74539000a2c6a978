package dreamlib_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// Dream on a picture and save what comes of it.
func Example() {
	if err := dreamOn("testdata/picture.png", filepath.Join(os.TempDir(), "dream-example.png")); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 120x91 pixels, 8 steps of relu3_1
}

func dreamOn(from, to string) error {
	net, err := models.Random(1, "vgg19", 16) // or models.LoadFile("vgg19-dcbb9e9d.pth")
	if err != nil {
		return err
	}
	engine, err := vgg.OpenEngine("go") // or "auto"
	if err != nil {
		return err
	}
	defer engine.Close()
	model, err := vgg.NewModel(engine, net, vgg.Options{})
	if err != nil {
		return err
	}
	defer model.Close()

	img, err := picture.Read(from)
	if err != nil {
		return err
	}
	cfg, err := dreamlib.Preset("google")
	if err != nil {
		return err
	}
	cfg.Objective = dreamlib.Layer("relu3_1")
	cfg.Octaves, cfg.Iterations = 2, 4
	result, err := dreamlib.Dream(context.Background(), model, img, cfg, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%dx%d pixels, %d steps of %s\n", result.Image.Width, result.Image.Height, len(result.Values), cfg.Objective)
	return picture.Write(to, result.Image, picture.Options{})
}

var regen = flag.Bool("regen", false, "write the golden pictures anew")

// TestExamplePicture compares the Example's picture with the one in testdata.
// Other processors round differently, and every step amplifies that.
func TestExamplePicture(t *testing.T) {
	const golden = "testdata/example.png"
	out := filepath.Join(t.TempDir(), "out.png")
	if *regen {
		out = golden
	}
	if err := dreamOn("testdata/picture.png", out); err != nil {
		t.Fatal(err)
	}
	got, err := picture.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := picture.Read(golden)
	if err != nil {
		t.Fatal(err)
	}
	likeness, err := picture.PSNR(got, want)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f dB", likeness)
	if likeness < 35 {
		t.Errorf("%.1f dB from %s, want at least 35: look at both, then run with -regen", likeness, golden)
	}
}

// Look at a layer's activations, and at the gradient that would raise them.
func ExampleObjective() {
	net, err := models.Random(1, "vgg19", 16)
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	model, err := vgg.NewModel(engine, net, vgg.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()

	x := vgg.Preprocess(net.Preprocessing, picture.New(32, 24)) // [1, 24, 32, 3]
	acts, err := model.Activations(x, "relu2_2", "pool3")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(acts[0].Shape(), acts[1].Shape())
	objective, err := dreamlib.Layer("relu2_2").On(dreamlib.Scope{Net: net, Measure: dreamlib.MeanSquare})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, gradient, err := model.Gradient(context.Background(), objective, x, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gradient.N, gradient.Height, gradient.Width)
	// Output:
	// (Float32)[1, 12, 16, 8] (Float32)[1, 3, 4, 16]
	// 1 24 32
}
