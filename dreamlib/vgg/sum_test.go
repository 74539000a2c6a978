package vgg

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/models"
)

// evaluate builds and runs a graph of one input on an engine.
func evaluate(t *testing.T, e *Engine, x *tensors.Tensor, build func(x *Node) *Node) []float32 {
	t.Helper()
	out, err := CallOnce(e.backend, build, x)
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out)
}

// TestTotalOfMany adds up so many units that a running sum in float32 stands still
// before their end: adding 1 to 2^24 leaves 2^24.
func TestTotalOfMany(t *testing.T) {
	const h, w, c = 1030, 1024, 17
	eachEngine(t, func(t *testing.T, e *Engine) {
		got := evaluate(t, e, tensors.FromScalar(float32(1)), func(x *Node) *Node {
			a := Activations{read: []*Node{BroadcastToShape(x, shapes.Make(dtypes.Float32, 1, h, w, c))}, count: []*Node{nil}}
			return layerTerm(l2, 0, c).sum(a)
		})
		if off := math.Abs(float64(got[0])/(h*w*c) - 1); !(off < 1e-6) {
			t.Errorf("got %v, want %v, off by %.1e", got[0], h*w*c, off)
		}
	})
}

// TestValueOfLargePictures compares the objective's value, in one piece and in
// tiles, with sums in float64 over the same activations.
func TestValueOfLargePictures(t *testing.T) {
	net, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	own := *net
	own.Labels, own.Classifier = []string{"bright"}, &models.Classifier{
		Layer: "relu1_2", Weight: rising(net.Layers[3].Channels), Bias: []float32{0.25},
	}
	x := Preprocess(net.Preprocessing, dreamtest.Scene(640, 480))
	eachEngine(t, func(t *testing.T, e *Engine) {
		whole, tiled := newModel(t, e, &own, Options{}), newModel(t, e, &own, Options{Tile: 480})
		acts, err := whole.Activations(x, "relu1_2")
		if err != nil {
			t.Fatal(err)
		}
		act := toVolume(tensors.MustCopyFlatData[float32](acts[0]), x.Height, x.Width, acts[0].Shape().Dim(3))
		for _, c := range []struct{ measure, objective string }{{meanSquare, "relu1_2"}, {l2, "relu1_2"}, {"", "logit:bright"}} {
			o := objective(t, &own, c.measure, c.objective)
			want := exact(o[0], act)
			for _, m := range []*Model{whole, tiled} {
				l, err := m.Layout(o, 1, x.Size(), 0)
				if err != nil {
					t.Fatal(err)
				}
				got, err := l.Gradient(context.Background(), x, x.Like())
				if off := math.Abs(got/want - 1); err != nil || !(off < 1e-5) {
					t.Errorf("%s, %s in %d tiles: got %.8g, %v, want %.8g, off by %.1e", c.objective, c.measure, l.Tiles, got, err, want, off)
				}
			}
		}
	})
}

// rising is n numbers that rise from 0 to 1.
func rising(n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(i) / float32(max(n-1, 1))
	}
	return list
}
