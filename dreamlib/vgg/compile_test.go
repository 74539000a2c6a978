package vgg

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// TestNumbersCompileNothing changes channels, positions, classes and weights, and wants
// programs for other structures alone.
func TestNumbersCompileNothing(t *testing.T) {
	net := dreamtest.Classified(t, "relu4_1")
	x := noise(1, 1, 101, 93)
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, Options{})
		for i, same := range [][]string{
			{"logit:eye", "logit:spiral", "-3*logit:5"},
			{"logit:eye + relu3_1", "0.1*logit:3 + 2*relu3_1", "logit:1 - 2*relu3_1"},
			{"relu4_1", "2*relu4_1"}, // the classifier's layer, but no class
			{"relu3_2:0", "relu3_2:7", "-5*relu3_2:3"},
			{"relu3_2:0@3x4", "relu3_2:7@12x11", "relu3_2:1@0x0", "0.1*relu3_2:2@22x24", "relu3_2:2@0x24"},
			{"relu2_1:3 + relu4_1:0", "relu2_1:0 + relu4_1:3", "relu2_1:1 - relu4_1:1"},
			{"relu4_1:3 + relu3_1:2@4x5", "relu4_1:2 + relu3_1:2@0x0"},
			{"relu4_1:3 - relu4_1:0", "relu4_1:15 - relu4_1:1"},
			{"variance:relu2_1:3", "variance:relu2_1:0"},
		} {
			for _, text := range same {
				gradientAt(t, m, objective(t, net, meanSquare, text), x)
			}
			if n := m.Compiled().Programs; n != i+1 {
				t.Fatalf("%d programs compiled after %q, want %d", n, same, i+1)
			}
		}
	})
}

// TestCompileKnowsWhatGradientNeeds compiles ahead, for objectives of every kind in one
// piece and in tiles, and wants gradients to compile nothing more, and layouts to count
// the same.
func TestCompileKnowsWhatGradientNeeds(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			measure, objective string
			pictures, tile     int
			programs           int
		}{
			{meanSquare, "relu2_1", 1, 0, 1},
			{l2, "logit:eye + relu2_1", 1, 0, 1},
			{meanSquare, "relu2_1 - logit:7", 1, 60, 1},
			{meanSquare, "relu2_1", 2, 0, 1},
			{l2, "relu2_1", 1, 60, 2},
			{"", "variance:relu2_1:3", 1, 60, 2},
			{"", "relu2_1:3@9x9", 1, 60, 1},
			{"", "relu2_1:3", 1, 60, 1},
		} {
			m := newModel(t, e, net, Options{Tile: c.tile})
			x := noise(1, c.pictures, 93, 110)
			l, err := m.Layout(objective(t, net, c.measure, c.objective), x.N, x.Size(), 0)
			if err != nil {
				t.Fatal(err)
			}
			m.Compile(context.Background(), []*Layout{l, l})
			m.background.Wait()
			ahead, wantAhead := m.Compiled().Programs, c.programs
			if !e.compiles {
				wantAhead = 0 // its graphs take no time, so nothing is done ahead
			}
			if _, err := l.Gradient(context.Background(), x, x.Like()); err != nil {
				t.Fatal(err)
			}
			if all := m.Compiled(); ahead != wantAhead || all.Programs != c.programs || all.Took <= 0 || all.Waited <= 0 || Programs([]*Layout{l, l}) != c.programs {
				t.Errorf("%s %s, tile %d: %d programs counted, %d compiled ahead and %+v in all, want %d",
					c.measure, c.objective, c.tile, Programs([]*Layout{l}), ahead, all, c.programs)
			}
		}
	})
}

// TestCloseWhileCompiling closes a model while programs are still being compiled. Close
// waits for the one that is, and nothing is compiled afterwards.
func TestCloseWhileCompiling(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, Options{})
		var layouts []*Layout
		for side := 40; side < 120; side += 10 {
			l, err := m.Layout(objective(t, net, l2, "relu4_1"), 1, picture.Size{Width: side, Height: side}, 0)
			if err != nil {
				t.Fatal(err)
			}
			layouts = append(layouts, l)
		}
		never, cancel := context.WithCancel(context.Background())
		cancel()
		m.Compile(never, layouts)
		m.background.Wait()
		if n := m.Compiled().Programs; n != 0 {
			t.Errorf("%d programs compiled though nobody waits for them", n)
		}
		m.Compile(context.Background(), layouts)
		x := noise(1, 1, 40, 40)
		if _, err := layouts[0].Gradient(context.Background(), x, x.Like()); err != nil {
			t.Fatal(err)
		}
		m.mu.Lock()
		var begun []*compilation
		for _, c := range m.programs {
			begun = append(begun, c)
		}
		m.mu.Unlock()
		m.Close()
		for _, c := range begun {
			select {
			case <-c.done:
			default:
				t.Error("the model is closed, and still something is being compiled")
			}
		}
		n := m.Compiled().Programs
		m.Compile(context.Background(), layouts)
		if _, err := layouts[0].Gradient(context.Background(), x, x.Like()); err == nil || !strings.Contains(err.Error(), "the model is closed") {
			t.Errorf("a gradient on a closed model: %v", err)
		}
		if now := m.Compiled().Programs; now != n {
			t.Errorf("%d programs compiled after the model was closed", now-n)
		}
	})
}

// outlined is net without its weights.
func outlined(net *models.Net) *models.Net {
	own := *net
	own.SHA256, own.Layers = "", slices.Clone(net.Layers)
	for i := range own.Layers {
		own.Layers[i].Kernel, own.Layers[i].Bias = nil, nil
	}
	return &own
}

// TestSetWeights begins with an outline, compiles, and brings the weights later.
func TestSetWeights(t *testing.T) {
	net := dreamtest.Classified(t, "relu3_1")
	o, x := objective(t, net, l2, "relu3_1"), noise(1, 1, 30, 40)
	eachEngine(t, func(t *testing.T, e *Engine) {
		_, want := gradientAt(t, newModel(t, e, net, Options{}), o, x)
		m := newModel(t, e, outlined(net), Options{})
		l, err := m.Layout(o, 1, x.Size(), 0)
		if err != nil {
			t.Fatal(err)
		}
		m.Compile(context.Background(), []*Layout{l})
		if _, _, err := m.Gradient(context.Background(), o, x, nil); err == nil || !strings.Contains(err.Error(), "SetWeights") {
			t.Errorf("a gradient without weights: %v", err)
		}
		other := outlined(net)
		other.Labels = slices.Repeat([]string{"cat"}, len(net.Labels))
		for _, wrong := range []*models.Net{dreamtest.RandomNet(t, 16), other} {
			if err := m.SetWeights(wrong); err == nil || !strings.Contains(err.Error(), "has changed") {
				t.Errorf("the weights of another net: %v", err)
			}
		}
		if err := m.SetWeights(net); err != nil {
			t.Fatal(err)
		}
		if _, got := gradientAt(t, m, o, x); !slices.Equal(got, want) {
			t.Error("another gradient than with the weights from the start")
		}
	})
}

// TestLower compares lowered kernels, also of channels that fill no block, with
// what their definition says.
func TestLower(t *testing.T) {
	for _, d := range [][2]int{{1, 1}, {3, 20}, {17, 16}, {33, 5}} {
		in, out := d[0], d[1]
		w := dreamtest.Noise(5, in*out*9)
		for _, turned := range []bool{false, true} {
			k := kernel{in: in, out: out, w: w, turned: turned}
			direct, winograd := make([]float32, 9*in*out), make([]float32, 36*in*out)
			k.lower(LoweringDirect, direct)
			k.lower(LoweringWinograd, winograd)
			for i := range in {
				for o := range out {
					var window [9]float32
					for p := range window {
						if turned {
							window[p] = w[(i*out+o)*9+8-p]
						} else {
							window[p] = w[(o*in+i)*9+p]
						}
						if got := direct[(p*in+i)*out+o]; got != window[p] {
							t.Fatalf("%dx%d, turned %v: direct %v at %d, want %v", in, out, turned, got, p, window[p])
						}
					}
					for p := range 36 {
						var want float64
						for q, v := range window {
							want += winogradG[p/6][q/3] * float64(v) * winogradG[p%6][q%3]
						}
						if got := winograd[(p*in+i)*out+o]; got != float32(want) {
							if diff := float64(got) - want; diff > 1e-6 || diff < -1e-6 {
								t.Fatalf("%dx%d, turned %v: Winograd's %v at %d, want %v", in, out, turned, got, p, want)
							}
						}
					}
				}
			}
		}
	}
}
