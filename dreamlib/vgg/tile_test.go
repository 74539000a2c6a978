package vgg

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
)

// TestSpans wants every pixel in one core, tiles inside the picture, of one size
// and aligned with its units, and every core's unit to see all that it sees in
// the whole picture.
func TestSpans(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
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

// TestTiledGradient compares the gradient in tiles with the whole picture's, for
// every kind of objective.
func TestTiledGradient(t *testing.T) {
	net := dreamtest.Classified(t, "relu4_3")
	for _, c := range []struct {
		objective, measure string
		pictures           int
		size               picture.Size
		tile, tiles        int
	}{
		{"relu1_1", meanSquare, 1, picture.Size{Width: 37, Height: 50}, 20, 9},
		{"conv2_2", meanSquare, 1, picture.Size{Width: 101, Height: 83}, 40, 16},
		{"pool2", l2, 2, picture.Size{Width: 97, Height: 73}, 72, 4},
		{"relu3_4", meanSquare, 1, picture.Size{Width: 150, Height: 131}, 120, 4},
		{"relu4_2", meanSquare, 1, picture.Size{Width: 161, Height: 145}, 144, 4},
		{"relu4_2", l2, 1, picture.Size{Width: 145, Height: 200}, 160, 3},
		{"0.5*relu3_1 + relu4_2 - 2*pool1", meanSquare, 2, picture.Size{Width: 203, Height: 150}, 160, 3},
		{"0.5*relu3_1 + relu4_2 - 0.1*pool1", l2, 1, picture.Size{Width: 203, Height: 150}, 160, 3},
		{"logit:spiral", meanSquare, 1, picture.Size{Width: 190, Height: 200}, 176, 4},
		{"logit:spiral - 0.3*logit:eye + relu2_2", meanSquare, 1, picture.Size{Width: 190, Height: 177}, 176, 4},
		{"logit:spiral - 0.3*relu4_2", l2, 1, picture.Size{Width: 230, Height: 177}, 180, 2},
		{"relu5_4", meanSquare, 1, picture.Size{Width: 450, Height: 390}, 400, 2},
		{"conv4_2:13 - relu2_1:3", "", 1, picture.Size{Width: 161, Height: 145}, 144, 4},
		{"variance:conv3_4:2 + 0.1*pool1:1@60x50", "", 2, picture.Size{Width: 150, Height: 131}, 120, 4},
	} {
		o := objective(t, net, c.measure, c.objective)
		x := noise(9, c.pictures, c.size.Height, c.size.Width)
		eachEngine(t, func(t *testing.T, e *Engine) {
			l, err := newModel(t, e, net, Options{Tile: c.tile}).Layout(o, x.N, c.size, 0)
			if err != nil {
				t.Fatal(err)
			}
			if l.Tiles != c.tiles {
				t.Errorf("%s: %d tiles of %v, want %d", c.objective, l.Tiles, l.Tile, c.tiles)
			}
			g := noise(1, x.N, x.Height, x.Width) // is overwritten
			value, err := l.Gradient(context.Background(), x, g)
			if err != nil {
				t.Fatal(err)
			}
			wantValue, want := gradientAt(t, newModel(t, e, net, Options{}), o, x)
			d := dreamtest.Farthest(g.X, want)
			t.Logf("%s, %s: off by %.1e", c.objective, c.measure, d)
			if !(d < 1e-4) || math.Abs(value-wantValue) > 1e-4*math.Abs(wantValue) {
				t.Errorf("%s, %s on %v in tiles of %v: gradient off by %v, value %v, want %v", c.objective, c.measure, c.size, l.Tile, d, value, wantValue)
			}
		})
	}
}

// TestNoSeams wants a gradient in tiles to differ from the one in one piece no more
// along the seams between the tiles than elsewhere.
func TestNoSeams(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	o, x := objective(t, net, meanSquare, "relu3_1"), Preprocess(net.Preprocessing, dreamtest.Scene(110, 93))
	tiles := tile(x.Size(), picture.Size{Width: 60, Height: 60}, net.Layers[o.Deepest()])
	atSeam := func(p int, spans []span) bool {
		for _, s := range spans[1:] {
			if p >= s.from-2 && p < s.from+2 {
				return true
			}
		}
		return false
	}
	eachEngine(t, func(t *testing.T, e *Engine) {
		_, whole := gradientAt(t, newModel(t, e, net, Options{}), o, x)
		_, tiled := gradientAt(t, newModel(t, e, net, Options{Tile: 60}), o, x)
		var energy, count [2]float64 // elsewhere and at seams
		var size float64
		for p, v := range whole {
			where := 0
			if atSeam(p/3/x.Width, tiles.rows) || atSeam(p/3%x.Width, tiles.columns) {
				where = 1
			}
			energy[where] += math.Pow(float64(tiled[p]-v), 2)
			count[where]++
			size += math.Pow(float64(v), 2)
		}
		size = math.Sqrt(size / float64(len(whole)))
		elsewhere, seams := math.Sqrt(energy[0]/count[0])/size, math.Sqrt(energy[1]/count[1])/size
		t.Logf("off by %.1e at seams, %.1e elsewhere, relative", seams, elsewhere)
		if count[1] == 0 || !(seams < 3*elsewhere+1e-6) {
			t.Errorf("off by %v at seams, %v elsewhere, relative", seams, elsewhere)
		}
	})
}

// TestTileRefuses wants tiles that hold no core refused before any work.
func TestTileRefuses(t *testing.T) {
	e, net := opened(t, "go"), dreamtest.RandomNet(t, 32)
	for side, want := range map[int]string{
		-1:  "tile -1: want 0 to 1000000 pixels",
		64:  "tile 64: relu4_3 needs tiles of at least 160 pixels a side",
		159: "tile 159",
	} {
		faulttest.Refused(t, fmt.Sprint(side), want, func() error {
			m, err := NewModel(e, net, Options{Tile: side})
			if err != nil {
				return err
			}
			defer m.Close()
			_, err = m.Layout(objective(t, net, l2, "relu4_3"), 1, picture.Size{Width: 300, Height: 300}, 0)
			return err
		})
	}
}

// TestMemoryChoosesTiles wants a unit of a large picture to need no more than the part that it
// sees, and gradients in tiles where memory is short.
func TestMemoryChoosesTiles(t *testing.T) {
	net, size := dreamtest.RandomNet(t, 32), picture.Size{Width: 1001, Height: 803}
	eachEngine(t, func(t *testing.T, e *Engine) {
		layout := func(memory int64, text string) *Layout {
			l, err := newModel(t, e, net, Options{Memory: memory}).Layout(objective(t, net, meanSquare, text), 1, size, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		whole, unit := layout(0, "relu3_1"), layout(0, "relu3_1:2@100x100")
		if whole.Tiles != 1 || whole.Tile != size || unit.Need(0) >= whole.Need(0) || unit.GFLOP() >= whole.GFLOP()/10 {
			t.Errorf("whole %v, %d bytes, %v GFLOP; unit %v, %d bytes, %v GFLOP", whole.Tile, whole.Need(0), whole.GFLOP(), unit.Tile, unit.Need(0), unit.GFLOP())
		}
		fixed := whole.Need(1<<20) - whole.step()
		for tiles, share := 1, 1.; share > 0.1; share /= 2 {
			most := fixed + int64(share*float64(whole.step())) + 1
			l := layout(most, "relu3_1")
			if l.Need(1<<20) > most || l.Tiles < tiles || share < 1 && l.Tiles == 1 {
				t.Errorf("%d bytes allowed: %d tiles of %v take %d", most, l.Tiles, l.Tile, l.Need(1<<20))
			}
			tiles = l.Tiles
		}
	})
}

// TestGradientEndsEarly wants the context's error, in one piece and in tiles.
func TestGradientEndsEarly(t *testing.T) {
	net, x := dreamtest.RandomNet(t, 32), noise(1, 1, 70, 70)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	eachEngine(t, func(t *testing.T, e *Engine) {
		for _, side := range []int{0, 60} {
			m := newModel(t, e, net, Options{Tile: side})
			if _, _, err := m.Gradient(ctx, objective(t, net, l2, "relu2_2"), x, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("tile %d: got %v, want that it was cancelled", side, err)
			}
		}
	})
}
