package dreamlib

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// TestMeasureOfMany measures so many units that a running sum in float32 stands
// still before their end: adding 1 to 2^24 leaves 2^24.
func TestMeasureOfMany(t *testing.T) {
	const h, w, c = 1030, 1024, 17
	for measure, want := range map[Measure]float64{MeanSquare: 1, L2: math.Sqrt(h * w * c)} {
		eachEngine(t, func(t *testing.T, e *Engine) {
			got := evaluate(t, e, tensors.FromScalar(float32(1)), func(x *Node) *Node {
				return measure.of(BroadcastToShape(x, shapes.Make(dtypes.Float32, 1, h, w, c)))
			})
			if off := math.Abs(float64(got[0])/want - 1); !(off < 1e-6) {
				t.Errorf("%s: got %v, want %v, off by %.1e", measure, got[0], want, off)
			}
		})
	}
}

// TestValueOfLargePictures compares the objective's value, in one piece and in
// tiles, with sums in float64 over the same activations.
func TestValueOfLargePictures(t *testing.T) {
	size := picture.Size{Width: 640, Height: 480}
	net, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	own := *net
	own.Labels, own.Classifier = []string{"bright"}, &models.Classifier{
		Layer: "relu1_2", Weight: rising(net.Layers[3].Channels), Bias: []float32{0.25},
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, &own, LoweringAuto)
		for _, c := range []struct {
			objective Objective
			measure   Measure
		}{
			{Layer("relu1_2"), MeanSquare},
			{Layer("relu1_2"), L2},
			{Logit("bright"), MeanSquare},
		} {
			compareValues(t, m, c.objective, c.measure, size)
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

// compareValues wants an objective's value in one piece and in tiles within 1e-5 of
// that in float64.
func compareValues(t *testing.T, m *Model, o Objective, measure Measure, size picture.Size) {
	t.Helper()
	_, goal, err := o.resolve(m.Net)
	if err != nil {
		t.Fatal(err)
	}
	x := Preprocess(m.Net.Preprocessing, scene(size.Width, size.Height))
	defer release(x)
	want := exactValue(t, m, x, goal, measure)
	whole, g, err := m.Gradient(x, o, measure)
	if err != nil {
		t.Fatal(err)
	}
	release(g)
	side := max(size.Width, size.Height) * 3 / 4
	canvas := newCanvas(m, goal, tile(size, picture.Size{Width: side, Height: side}, m.Net.Layers[goal.deepest()]), scene(size.Width, size.Height))
	tiled, err := canvas.gradient(measure, [2]int32{})
	if err != nil {
		t.Fatal(err)
	}
	off := func(v float64) float64 { return math.Abs(v/want - 1) }
	t.Logf("%s, %s at %v on %s: %.8g; off by %.1e in one piece and %.1e in %d tiles", o, measure, size, m.Engine.Name, want, off(whole), off(tiled), canvas.count())
	if !(off(whole) < 1e-5 && off(tiled) < 1e-5) {
		t.Errorf("%s, %s at %v on %s: got %.8g in one piece and %.8g in tiles, want %.8g", o, measure, size, m.Engine.Name, whole, tiled, want)
	}
}

// exactValue is an aim's value at x, summed up in float64 over the engine's
// activations. The aim reads one layer or one class.
func exactValue(t *testing.T, m *Model, x *tensors.Tensor, goal aim, measure Measure) float64 {
	t.Helper()
	acts, err := m.Activations(x, m.Net.Layers[goal.deepest()].Name)
	if err != nil {
		t.Fatal(err)
	}
	defer release(acts...)
	var squares, score float64
	channels := m.Net.Layers[goal.deepest()].Channels
	err = tensors.ConstFlatData(acts[0], func(flat []float32) {
		for i, v := range flat {
			squares += float64(v) * float64(v)
			if goal.classifier >= 0 {
				score += float64(goal.row[i%channels]) * float64(v)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	units := float64(acts[0].Shape().Size())
	switch {
	case goal.classifier >= 0:
		return score/(units/float64(channels)) + float64(goal.row[channels])
	case measure == L2:
		return math.Sqrt(squares)
	default:
		return squares / units
	}
}
