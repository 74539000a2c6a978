package dreamlib

import (
	"math"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

func TestMirrored(t *testing.T) {
	for n, want := range map[int][]int{
		4: {2, 1, 0, 1, 2, 3, 2, 1}, // -2 to 5
		2: {0, 1, 0, 1, 0, 1},
		1: {0, 0, 0, 0, 0},
	} {
		var got []int
		for i := range want {
			got = append(got, mirrored(i-2, n))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", n, got, want)
		}
	}
}

// TestBlur compares with the blur written out: reflected borders, three
// normalised Gaussians of nine taps, their mean.
func TestBlur(t *testing.T) {
	const n, sigma = 2, 1.3
	reflect := func(i, n int) int {
		for i < 0 || i >= n {
			if i < 0 {
				i = -i
			} else {
				i = 2*(n-1) - i
			}
		}
		return i
	}
	for _, side := range [][2]int{{7, 6}, {11, 13}, {2, 9}} {
		h, w := side[0], side[1]
		x := &vgg.Input{N: n, Height: h, Width: w, X: dreamtest.Noise(3, n*h*w*3)}
		want := make([]float64, len(x.X))
		for _, factor := range []float64{0.5, 1, 2} {
			var sum float64
			tap := func(d int) float64 { return math.Exp(-float64(d*d) / (2 * sigma * factor * sigma * factor)) }
			for d := -4; d <= 4; d++ {
				sum += tap(d)
			}
			for i := range want {
				c, x0, y0, of := i%3, i/3%w, i/3/w%h, x.At(i/3/w/h).X
				for dy := -4; dy <= 4; dy++ {
					for dx := -4; dx <= 4; dx++ {
						v := of[(reflect(y0+dy, h)*w+reflect(x0+dx, w))*3+c]
						want[i] += float64(v) * tap(dy) * tap(dx) / (sum * sum) / 3
					}
				}
			}
		}
		if d := dreamtest.Relative(blur(x, blurWeights(sigma)).X, want); !(d < 1e-6) {
			t.Errorf("%dx%d: differs by %.2g, relative", w, h, d)
		}
	}
}
