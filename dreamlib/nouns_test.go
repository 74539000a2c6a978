package dreamlib_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Nouns of one's own, each with its line in a registry.
func init() {
	dreamlib.Objectives["variance"] = parseVariance
	dreamlib.Transforms["flip"] = func(string) (dreamlib.Transform, error) { return flip{}, nil }
	dreamlib.Params["grey"] = grey{}
}

// variance is the objective that reads the variance of a channel of a layer.
type variance struct {
	layer   string
	channel int
}

func parseVariance(text string) (dreamlib.Objective, error) {
	layer, number, _ := strings.Cut(text, ":")
	channel, err := strconv.Atoi(number)
	return variance{layer, channel}, err
}

func (v variance) String() string { return fmt.Sprintf("variance:%s:%d", v.layer, v.channel) }

func (v variance) On(s dreamlib.Scope) (vgg.Objective, error) {
	layer, err := s.Net.Index(v.layer)
	if err != nil {
		return nil, err
	}
	return vgg.Objective{{
		Weight: 1, Kind: "variance", Reads: []vgg.Read{{Layer: layer, Channels: []int{v.channel}}}, Sums: 2,
		Sum: func(a vgg.Activations) *Node {
			return a.Total(0, Concatenate([]*Node{a.Of(0), Square(a.Of(0))}, 3))
		},
		Value: func(t vgg.Totals) *Node { // the mean of the squares less the square of the mean
			mean, squares := Slice(t.Mean(), AxisRange(), AxisElem(0)), Slice(t.Mean(), AxisRange(), AxisElem(1))
			return ReduceAllSum(Sub(squares, Square(mean)))
		},
	}}, nil
}

// flip turns the picture left to right at every second step or so.
type flip struct{}

func (flip) String() string { return "flip" }

func (flip) Draw(size picture.Size, r *rand.Rand) dreamlib.Map {
	turn := r.IntN(2) == 1
	apply := func(to, from *vgg.Input) {
		copy(to.X, from.X)
		for row := range slices.Chunk(to.X, 3*to.Width) {
			for l, r := 0, len(row)-3; turn && l < r; l, r = l+3, r-3 {
				for c := range 3 {
					row[l+c], row[r+c] = row[r+c], row[l+c]
				}
			}
		}
	}
	return dreamlib.Map{Size: size, Apply: apply, Pull: apply}
}

// grey is the parameterisation by grey pictures: one value a pixel, in 0..1.
type grey struct{}

func (grey) String() string { return "grey" }

func (grey) Fit(start *vgg.Input, s dreamlib.Space) (dreamlib.Fitted, error) {
	p := s.Preprocessing
	values := make([]float32, len(start.X)/3)
	for i, v := range start.X {
		values[i/3] += (v*float32(p.Std[i%3]) + float32(p.Mean[i%3])) / float32(3*p.Scale)
	}
	return dreamlib.Fitted{
		Values: values,
		Paint: func(x *vgg.Input) {
			for i := range x.X {
				x.X[i] = (values[i/3]*float32(p.Scale) - float32(p.Mean[i%3])) / float32(p.Std[i%3])
			}
		},
		Pull: func(g *vgg.Input) []float32 {
			pulled := make([]float32, len(values))
			for i, v := range g.X {
				pulled[i/3] += v * float32(p.Scale/p.Std[i%3])
			}
			return pulled
		},
	}, nil
}

// TestOpenNouns wants an objective, a transform and a parameterisation of one's own to
// work through Dream and JSON, on every engine, in one piece and in tiles.
func TestOpenNouns(t *testing.T) {
	net := dreamtest.RandomNet(t, 32)
	cfg, err := dreamlib.Preset("default")
	if err == nil {
		err = json.Unmarshal([]byte(`{"objective":"variance:conv3_1:5 + 0.1*relu2_1","transform":"flip jitter:3","param":"grey","rule":"std","step":0.002,"octaves":2,"iterations":4,"jitter":0}`), &cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	still := cfg
	still.Iterations = 0
	for _, status := range vgg.Engines() {
		if !status.Found {
			continue
		}
		t.Run(status.Name, func(t *testing.T) {
			engine, err := vgg.OpenEngine(status.Name)
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			var results [2]*dreamlib.Result
			var values [2]float64
			var gradients [2]*vgg.Input
			for i, tile := range []int{0, 64} {
				m, err := vgg.NewModel(engine, net, vgg.Options{Tile: tile})
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				if results[i], err = dreamlib.Dream(t.Context(), m, dreamtest.Scene(111, 93), cfg, nil); err != nil {
					t.Fatal(err)
				}
				bound, err := cfg.Objective.On(dreamlib.Scope{Net: m.Net, Measure: cfg.Measure})
				if err != nil {
					t.Fatal(err)
				}
				x := &vgg.Input{N: 2, Height: 93, Width: 111, X: dreamtest.Noise(3, 2*93*111*3)}
				if values[i], gradients[i], err = m.Gradient(t.Context(), bound, x, nil); err != nil {
					t.Fatal(err)
				}
				before, err := dreamlib.Dream(t.Context(), m, dreamtest.Scene(111, 93), still, nil)
				if err != nil {
					t.Fatal(err)
				}
				var rise [2]float64
				for k, image := range []*picture.Image{before.Image, results[i].Image} {
					if rise[k], _, err = m.Gradient(t.Context(), bound, vgg.Preprocess(net.Preprocessing, image), nil); err != nil {
						t.Fatal(err)
					}
				}
				if !(rise[1] > rise[0]) || len(results[i].Values) != 8 {
					t.Errorf("the objective went from %v to %v in the steps %v, want it to rise", rise[0], rise[1], results[i].Values)
				}
			}
			if d := dreamtest.Farthest(gradients[1].X, gradients[0].X); !(d < 1e-5) || !(math.Abs(values[1]-values[0]) < 1e-5*values[0]) {
				t.Errorf("in tiles the gradient is off by %.2g, the value is %v, want %v", d, values[1], values[0])
			}
			if likeness, err := picture.PSNR(results[1].Image, results[0].Image); err != nil || !(likeness > 60) {
				t.Errorf("%.1f dB between whole and tiles, %v, want above 60", likeness, err)
			}
			whole := results[0]
			for i := 0; i < len(whole.Image.Pix); i += 3 {
				if p := whole.Image.Pix[i:][:3]; math.Abs(float64(p[0]-p[1])) > 1e-5 || math.Abs(float64(p[0]-p[2])) > 1e-5 {
					t.Fatalf("pixel %d is %v, want grey", i/3, p)
				}
			}
			if got := whole.Config.Objective.String(); got != cfg.Objective.String() {
				t.Errorf("recorded %q, want %q", got, cfg.Objective)
			}
		})
	}
}
