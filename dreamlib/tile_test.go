package dreamlib

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// TestSpans wants every pixel in one core, tiles inside the picture, of one size
// and aligned with its units, and every core's unit to see all that it sees in
// the whole picture.
func TestSpans(t *testing.T) {
	net := randomNet(t, 32)
	for _, name := range []string{"conv1_1", "relu2_2", "pool3", "relu4_2", "relu5_4", "pool5"} {
		i, err := net.Index(name)
		if err != nil {
			t.Fatal(err)
		}
		l := net.Layers[i]
		reach := (l.ReceptiveField - l.Stride) / 2
		for _, most := range []int{leastTile(l), leastTile(l) + 1, leastTile(l) + 77, 1024} {
			for _, n := range []int{1, most - 1, most, most + 1, most + l.Stride, 2*most - 3, 5*most + 11} {
				size, list := spans(n, most, l)
				where := fmt.Sprintf("%s: %d pixels in tiles of at most %d: %d, %v", name, n, most, size, list)
				if size > most || size > n {
					t.Error(where, "too large")
				}
				if (n <= most) != (len(list) == 1) {
					t.Error(where, "tiled without need, or not at all")
				}
				end := 0
				for k, s := range list {
					last := k == len(list)-1
					if s.from != end || s.to <= s.from || s.at < 0 || s.at+size > n {
						t.Error(where, "are no cover")
					}
					if s.at%(patchSide*l.Stride) != 0 || s.from%l.Stride != 0 || (n-size)%(patchSide*l.Stride) != 0 {
						t.Error(where, "do not lie on the whole picture's units")
					}
					if k > 0 && s.from-reach < s.at || !last && s.to+reach > s.at+size {
						t.Error(where, "cores see beyond their tiles")
					}
					end = s.to
				}
				if end != n {
					t.Error(where, "end too early")
				}
			}
		}
	}
}

// shifted is a picture in the network's input rolled by rows and columns.
func shifted(x []float32, size picture.Size, shift [2]int32) []float32 {
	out := make([]float32, len(x))
	for y := range size.Height {
		for c := range size.Width {
			to := around(y+int(shift[0]), size.Height)*size.Width + around(c+int(shift[1]), size.Width)
			copy(out[3*to:][:3], x[3*(y*size.Width+c):])
		}
	}
	return out
}

// farthest is the largest distance of two vectors over the largest value of the
// second.
func farthest(got, want []float32) float64 {
	var diff, norm float64
	for i, v := range want {
		diff = max(diff, math.Abs(float64(got[i])-float64(v)))
		norm = max(norm, math.Abs(float64(v)))
	}
	return diff / norm
}

// TestTiledGradient compares the gradient in tiles with the whole picture's, for
// every kind of objective.
func TestTiledGradient(t *testing.T) {
	net := classified(t, "relu4_3")
	for _, c := range []struct {
		objective string
		measure   Measure
		size      picture.Size
		tile      int
		shift     [2]int32
		tiles     int
	}{
		{"relu1_1", MeanSquare, picture.Size{Width: 37, Height: 50}, 20, [2]int32{}, 9},
		{"conv2_2", MeanSquare, picture.Size{Width: 101, Height: 83}, 40, [2]int32{-32, 31}, 16},
		{"pool2", L2, picture.Size{Width: 97, Height: 73}, 72, [2]int32{5, -9}, 4},
		{"relu3_4", MeanSquare, picture.Size{Width: 150, Height: 131}, 120, [2]int32{0, 1}, 4},
		{"relu4_2", MeanSquare, picture.Size{Width: 161, Height: 145}, 144, [2]int32{17, -30}, 4},
		{"relu4_2", L2, picture.Size{Width: 145, Height: 200}, 160, [2]int32{}, 3},
		{"0.5*relu3_1 + relu4_2 - 2*pool1", MeanSquare, picture.Size{Width: 203, Height: 150}, 160, [2]int32{3, 4}, 3},
		{"0.5*relu3_1 + relu4_2 - 0.1*pool1", L2, picture.Size{Width: 203, Height: 150}, 160, [2]int32{3, 4}, 3},
		{"logit:spiral", MeanSquare, picture.Size{Width: 190, Height: 200}, 176, [2]int32{-20, 20}, 4},
		{"logit:spiral - 0.3*logit:eye + relu2_2", MeanSquare, picture.Size{Width: 190, Height: 177}, 176, [2]int32{}, 4},
		{"logit:spiral - 0.3*relu4_2", L2, picture.Size{Width: 230, Height: 177}, 180, [2]int32{1, 1}, 2},
		{"relu5_4", MeanSquare, picture.Size{Width: 450, Height: 390}, 400, [2]int32{11, 100}, 2},
	} {
		o, err := ParseObjective(c.objective)
		if err != nil {
			t.Fatal(err)
		}
		_, goal, err := o.resolve(net)
		if err != nil {
			t.Fatal(err)
		}
		eachEngine(t, func(t *testing.T, e *Engine) {
			m := newModel(t, e, net, LoweringAuto)
			canvas := newCanvas(m, goal, tile(c.size, picture.Size{Width: c.tile, Height: c.tile}, net.Layers[goal.deepest()]), scene(c.size.Width, c.size.Height))
			value, err := canvas.gradient(c.measure, c.shift)
			if err != nil {
				t.Fatal(err)
			}
			if canvas.count() != c.tiles {
				t.Errorf("%s: %d tiles of %v, want %d", c.objective, canvas.count(), canvas.Tile, c.tiles)
			}
			x := tensors.FromFlatDataAndDimensions(shifted(canvas.x, c.size, c.shift), 1, c.size.Height, c.size.Width, 3)
			wantValue, want, err := m.Gradient(x, o, c.measure)
			if err != nil {
				t.Fatal(err)
			}
			d := farthest(canvas.g, tensors.MustCopyFlatData[float32](want))
			t.Logf("%s, %s: off by %.1e", c.objective, c.measure, d)
			if !(d < 1e-4) || math.Abs(value-wantValue) > 1e-4*math.Abs(wantValue) {
				t.Errorf("%s, %s on %v in tiles of %v: gradient off by %v, value %v, want %v", c.objective, c.measure, c.size, canvas.Tile, d, value, wantValue)
			}
		})
	}
}

// TestTiledDream compares whole dreams by every rule with those in one piece.
func TestTiledDream(t *testing.T) {
	net := randomNet(t, 32)
	img := scene(110, 93)
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			name, preset string
			change       func(*Config)
			programs     int64 // of one run in one piece and one in tiles
		}{
			{"google", "google", func(c *Config) { c.Octaves = 2 }, 4},
			{"pytorch", "pytorch", func(c *Config) { c.Width = 100 }, 2},
			{"accumulate", "google", func(c *Config) { c.Rule, c.Step, c.Measure = RuleAccumulate, 1e4, L2 }, 3},
			{"none", "google", func(c *Config) { c.Rule, c.Step, c.Clip, c.Units = RuleNone, 300, false, UnitsNet }, 2},
		} {
			cfg := short(t, c.preset)
			cfg.Objective, cfg.Octaves = Layer("relu3_1"), 1
			c.change(&cfg)
			m := newModel(t, e, net, LoweringAuto)
			var results [2]*Result
			for i, side := range []int{0, 60} {
				cfg.Tile = side
				result, err := Dream(context.Background(), m, img, cfg, nil)
				if err != nil {
					t.Fatal(err)
				}
				results[i] = result
			}
			if n := m.compiled.Load(); n != c.programs {
				t.Errorf("%s: %d programs compiled, want %d", c.name, n, c.programs)
			}
			whole, tiled := results[0], results[1]
			psnr, err := picture.PSNR(tiled.Image, whole.Image)
			if err != nil {
				t.Fatal(err)
			}
			moved, _ := picture.PSNR(whole.Image, picture.Resize(img, whole.Image.Width, whole.Image.Height, picture.Bilinear))
			t.Logf("%s: %.1f dB between tiled and whole, %.1f dB from the picture", c.name, psnr, moved)
			if !(psnr > 60) || !(moved < 40) {
				t.Errorf("%s: %.1f dB between tiled and whole, want more than 60; %.1f dB from the picture, want less than 40", c.name, psnr, moved)
			}
			for i, want := range whole.Values {
				if got := tiled.Values[i]; math.Abs(got-want) > 1e-4*math.Abs(want) {
					t.Errorf("%s: values %v in tiles, want %v", c.name, tiled.Values, whole.Values)
					break
				}
			}
		}
	})
}

// TestNoSeams wants a dream in tiles to differ from the one in one piece no more
// along the seams between the tiles than elsewhere.
func TestNoSeams(t *testing.T) {
	net := randomNet(t, 32)
	i, err := net.Index("relu3_1")
	if err != nil {
		t.Fatal(err)
	}
	size := picture.Size{Width: 110, Height: 93}
	tiles := tile(size, picture.Size{Width: 60, Height: 60}, net.Layers[i])
	atSeam := func(p int, spans []span) bool {
		for _, s := range spans[1:] {
			if p >= s.from-2 && p < s.from+2 {
				return true
			}
		}
		return false
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		m := newModel(t, e, net, LoweringAuto)
		cfg := short(t, "google")
		cfg.Objective, cfg.Jitter, cfg.Clip = Layer("relu3_1"), 0, false // the seams stay where they are
		var images [2]*picture.Image
		for i, side := range []int{0, 60} {
			cfg.Tile = side
			a, err := m.Ascend(cfg, 0, scene(size.Width, size.Height))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			for range 3 {
				if _, err := a.Step(); err != nil {
					t.Fatal(err)
				}
			}
			if images[i], err = a.Picture(); err != nil {
				t.Fatal(err)
			}
		}
		var energy, count [2]float64 // elsewhere and at seams
		for p, v := range images[0].Pix {
			where := 0
			if atSeam(p/3/size.Width, tiles.rows) || atSeam(p/3%size.Width, tiles.columns) {
				where = 1
			}
			energy[where] += math.Pow(float64(images[1].Pix[p]-v), 2)
			count[where]++
		}
		elsewhere, seams := math.Sqrt(energy[0]/count[0]), math.Sqrt(energy[1]/count[1])
		t.Logf("off by %.1e at seams, %.1e elsewhere", seams, elsewhere)
		if count[1] == 0 || !(seams < 3*elsewhere+1e-6) {
			t.Errorf("off by %v at seams, %v elsewhere", seams, elsewhere)
		}
	})
}

// TestTileRefuses wants tiles that hold no core refused before any work.
func TestTileRefuses(t *testing.T) {
	e, err := OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	m := newModel(t, e, randomNet(t, 32), LoweringAuto)
	cfg := short(t, "google")
	for side, want := range map[int]string{
		-1:  "tile -1: want 0 to",
		64:  "tile 64: relu4_3 needs tiles of at least 160 pixels a side",
		159: "tile 159",
	} {
		cfg.Tile = side
		if result, err := Dream(context.Background(), m, scene(300, 300), cfg, nil); result != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
