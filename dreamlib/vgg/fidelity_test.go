package vgg

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// The goldens in testdata are PyTorch's, made by ../testdata/goldens.py.

func narrowNet(t testing.TB) *models.Net {
	t.Helper()
	return dreamtest.Load(t, "../testdata/narrow.safetensors")
}

// golden is one tensor of a safetensors file, [c, h, w] turned to [h, w, c].
type golden struct {
	h, w, c int
	v       []float32
}

func readGoldens(t testing.TB, path string) map[string]golden {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint64(data)
	var header map[string]struct {
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[8:8+n], &header); err != nil {
		t.Fatal(err)
	}
	out := map[string]golden{}
	for name, entry := range header {
		shape := entry.Shape
		for len(shape) < 3 {
			shape = append(shape, 1)
		}
		g := golden{c: shape[0], h: shape[1], w: shape[2]}
		bytes := data[8+n:][entry.Offsets[0]:entry.Offsets[1]]
		g.v = make([]float32, len(bytes)/4)
		for i := range g.v {
			c, px := i/(g.h*g.w), i%(g.h*g.w)
			g.v[px*g.c+c] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[4*i:]))
		}
		out[name] = g
	}
	return out
}

// seen is the goldens' picture as torchvision resizes and normalises it.
func seen(t testing.TB, net *models.Net, side int) *Input {
	t.Helper()
	m, err := picture.Read("../testdata/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	return Preprocess(net.Preprocessing, m.RGB8().Resize(side, side, picture.Bilinear).Image())
}

// TestActivationsAgainstPyTorch wants every layer within 1e-4, relative.
func TestActivationsAgainstPyTorch(t *testing.T) {
	net := narrowNet(t)
	want := readGoldens(t, "testdata/activations.safetensors")
	input := seen(t, net, 32)
	if err := dreamtest.Relative(input.X, want["input"].v); err != 0 {
		t.Errorf("the network's input differs by %.2g, relative; want the same bits", err)
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, lowering := range []Lowering{LoweringDirect, LoweringWinograd} {
			got, err := newModel(t, e, net, Options{Lowering: lowering}).Activations(seen(t, net, 32), net.Names()...)
			if err != nil {
				t.Fatal(err)
			}
			worst, at := 0.0, ""
			for i, act := range got {
				g := want[fmt.Sprintf("features.%d", i)]
				if err := dreamtest.Relative(tensors.MustCopyFlatData[float32](act), g.v); err >= worst {
					worst, at = err, net.Layers[i].Name
				}
			}
			t.Logf("%s: worst %.2g at %s", lowering, worst, at)
			if !(worst < 1e-4) {
				t.Errorf("%s: %s differs by %.2g, relative; want below 1e-4", lowering, at, worst)
			}
		}
	})
}

// TestGradientAgainstPyTorch wants the gradient within 1e-3 on the direct
// lowering. Winograd's rounding differs more, and where an activation is close
// to zero, or two are close in a pooling window, the switch flips and a whole
// path of the gradient goes elsewhere: 2e-2.
func TestGradientAgainstPyTorch(t *testing.T) {
	net := narrowNet(t)
	want := readGoldens(t, "testdata/gradients.safetensors")
	limits := map[Lowering]float64{LoweringDirect: 1e-3, LoweringWinograd: 2e-2}
	eachEngine(t, func(t *testing.T, e *Engine) {
		for lowering, limit := range limits {
			m := newModel(t, e, net, Options{Lowering: lowering})
			for _, layers := range []string{"10", "20", "30", "36"} {
				value, g := gradientAt(t, m, objective(t, net, l2, layers), seen(t, net, 48))
				loss := float64(want[layers+".loss"].v[0])
				if math.Abs(value-loss) > 1e-5*loss {
					t.Errorf("%s L=%s: value %v, want %v", lowering, layers, value, loss)
				}
				d := dreamtest.Relative(g, want[layers+".grad"].v)
				t.Logf("%s L=%s: %.2g", lowering, layers, d)
				if !(d < limit) {
					t.Errorf("%s L=%s: gradient differs by %.2g, relative; want below %g", lowering, layers, d, limit)
				}
			}
		}
	})
}
