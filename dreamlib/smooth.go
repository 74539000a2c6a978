package dreamlib

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// blurTaps is the width of the smoothing kernels, in pixels, and blurSigmas the
// factors between their standard deviations (gordicaleksa/pytorch-deepdream,
// CascadeGaussianSmoothing).
const blurTaps = 9

var blurSigmas = [3]float64{0.5, 1, 2}

// blurWeights are the taps of the three Gaussians for a base deviation of
// sigma pixels, each summing to 1: [3][9].
func blurWeights(sigma float64) [][]float32 {
	weights := make([][]float32, len(blurSigmas))
	for s, factor := range blurSigmas {
		line, sum := make([]float64, blurTaps), 0.0
		for k := range line {
			z := float64(k-blurTaps/2) / (sigma * factor)
			line[k] = math.Exp(-z * z / 2)
			sum += line[k]
		}
		for _, v := range line {
			weights[s] = append(weights[s], float32(v/sum))
		}
	}
	return weights
}

// blur is the mean of three Gaussian blurs of pictures, with the taps in weights
// [3][9]; beyond the border they are mirrored without repeating the edge.
func blur(g *vgg.Input, weights [][]float32) *vgg.Input {
	h, line, out := g.Height, g.Width*3, g.Like()
	g.Rows(func(lo, hi int) {
		down := make([]float32, line)
		for y := lo; y < hi; y++ {
			to := out.X[y*line:][:line]
			for _, taps := range weights {
				clear(down)
				for k, tap := range taps {
					from := y/h*h + mirrored(y%h+k-len(taps)/2, h)
					kernels.Accumulate(down, g.X[from*line:][:line], tap)
				}
				blurLine(to, down, taps)
			}
			for i := range to {
				to[i] /= float32(len(weights))
			}
		}
	})
	return out
}

// blurLine adds a line of pixels, convolved with taps, to another.
func blurLine(to, from, taps []float32) {
	w, half := len(from)/3, len(taps)/2
	inside := max(w-2*half, 0) // pixels that have all their neighbours
	for k, tap := range taps {
		if inside > 0 {
			kernels.Accumulate(to[3*half:][:3*inside], from[3*k:], tap)
		}
		for i := range min(w, 2*half) {
			x := i
			if i >= half {
				x += inside
			}
			at := mirrored(x+k-half, w)
			kernels.Accumulate(to[3*x:][:3], from[3*at:], tap)
		}
	}
}

// mirrored brings i to 0..n-1 by reflection at the first and last element, which
// are not repeated.
func mirrored(i, n int) int {
	period := max(2*(n-1), 1)
	if i = around(i, period); i >= n {
		i = period - i
	}
	return i
}
