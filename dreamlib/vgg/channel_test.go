package vgg

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
)

// TestFewChannels wants the gradient of channels that are computed alone to be what it is
// when all of their layer, and layers above, are computed too.
func TestFewChannels(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			lowering    Lowering
			pictures    int
			few, deeper string
		}{
			{LoweringDirect, 1, "relu4_2:13", "relu5_1"},
			{LoweringWinograd, 2, "conv3_2:13 - 0.5*pool2:3", "relu3_3"},
			{LoweringAuto, 1, "relu2_1:3 + 0.1*relu2_1:5", "relu2_2"},
		} {
			m, x := newModel(t, e, net, Options{Lowering: c.lowering}), noise(5, c.pictures, 49, 62)
			value, g := gradientAt(t, m, objective(t, net, meanSquare, c.few), x)
			wantValue, want := gradientAt(t, m, objective(t, net, meanSquare, c.few+" + 0*"+c.deeper), x)
			d := dreamtest.Relative(g, want)
			t.Logf("%q %s: off by %.1e", c.lowering, c.few, d)
			if !(d < 1e-5) || !(math.Abs(value-wantValue) < 1e-5*math.Abs(wantValue)) {
				t.Errorf("%q %s: gradient off by %.2g, relative, value %v, want %v", c.lowering, c.few, d, value, wantValue)
			}
		}
	})
}

// TestUnits wants the gradient of one unit, for which only a part of the picture is
// computed, to be the whole picture's: inside, at each border and at each corner.
func TestUnits(t *testing.T) {
	net := dreamtest.RandomNet(t, 16)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			layer    string
			h, w     int
			pictures int
		}{
			{"conv1_1", 11, 9, 1},
			{"conv2_2", 61, 75, 1},
			{"pool3", 181, 147, 1},
			{"conv4_1", 163, 155, 2},
		} {
			i, err := net.Index(c.layer)
			if err != nil {
				t.Fatal(err)
			}
			h, w := c.h/net.Layers[i].Stride, c.w/net.Layers[i].Stride
			m, x := newModel(t, e, net, Options{}), noise(5, c.pictures, c.h, c.w)
			for _, row := range []int{0, h / 2, h - 1} {
				for _, column := range []int{0, w/2 + 1, w - 1} {
					text := fmt.Sprintf("%s:3@%dx%d", c.layer, column, row)
					o := objective(t, net, "", text)
					l, err := m.Layout(o, x.N, x.Size(), 0)
					if err != nil {
						t.Fatal(err)
					}
					if l.Tile.Width >= c.w || l.Tile.Height >= c.h {
						t.Errorf("%s: %v of %dx%d is computed, want a part", text, l.Tile, c.w, c.h)
					}
					g := noise(1, x.N, c.h, c.w) // is overwritten
					value, err := l.Gradient(context.Background(), x, g)
					if err != nil {
						t.Fatal(err)
					}
					wantValue, want := gradientAt(t, m, objective(t, net, meanSquare, text+" + 0*pool1"), x)
					d := dreamtest.Relative(g.X, want)
					if !(d < 1e-5) || !(math.Abs(value-wantValue) < 1e-5*(1e-2+math.Abs(wantValue))) {
						t.Errorf("%s: gradient off by %.2g, relative, value %v, want %v", text, d, value, wantValue)
					}
				}
			}
			if n := m.Compiled().Programs; n != 2 {
				t.Errorf("%s: %d programs compiled, want one for all positions, and one for whole pictures", c.layer, n)
			}
		}
	})
}
