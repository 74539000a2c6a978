package dreamlib

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

func TestProbe(t *testing.T) {
	net := narrowNet(t)
	want := readGoldens(t, "testdata/gradients.safetensors")
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, p := range Precisions {
			m, err := NewModel(e, net, ModelOptions{Precision: p})
			if err != nil {
				t.Log(err)
				continue
			}
			for _, layers := range []string{"10", "20", "30", "36"} {
				for _, meas := range []Measure{L2, MeanSquare} {
					value, g, err := m.Gradient(seen(t, net, 48), Layer(layers), meas)
					if err != nil {
						t.Error(p, err)
						continue
					}
					loss := float64(want[layers+".loss"].v[0])
					gg := tensors.MustCopyFlatData[float32](g)
					w := want[layers+".grad"].v
					var dot, a, b float64
					for i := range w {
						dot += float64(gg[i]) * float64(w[i])
						a += float64(gg[i]) * float64(gg[i])
						b += float64(w[i]) * float64(w[i])
					}
					t.Logf("%s %s L=%s: value %.2g grad %.3g cos %.5f", p, meas, layers, math.Abs(value-loss)/loss, relative(gg, w), dot/math.Sqrt(a*b))
				}
			}
		}
	})
}
