package picture

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Filter is the curve that Resize weighs neighbouring pixels with.
type Filter int

const (
	Bilinear Filter = iota // triangle, 1 pixel either side
	Bicubic                // Keys' cubic with a = -0.5, 2 pixels either side
	Lanczos                // sinc windowed by a wider sinc, 3 pixels either side
)

// Resize returns m resampled to w x h pixels, colours and opacity each by
// themselves. The scheme is Pillow's Image.resize: separable, pixel centres
// aligned, and when shrinking the filter is widened by the factor, so that
// every source pixel counts and fine detail averages out. Sums are kept in
// double precision and rounded to float32 after each of the two passes. Bicubic
// and Lanczos overshoot at edges: call Clip where 0..1 is required. It panics
// when w or h is below 1.
func Resize(m *Image, w, h int, f Filter) *Image {
	must(m.Check())
	mustHold(w, h)
	if w == m.Width && h == m.Height {
		return m.Clone()
	}
	across, down := filterTaps(m.Width, w, f), filterTaps(m.Height, h, f)
	out := &Image{Width: w, Height: h, Pix: resample(m.Pix, m.Width, m.Height, 3, across, down, toFloat32)}
	if m.Alpha != nil {
		out.Alpha = resample(m.Alpha, m.Width, m.Height, 1, across, down, toFloat32)
	}
	return out
}

func toFloat32(sum float64) float32 { return float32(sum) }

// A tap is how one output sample is made: the input samples from first on, each
// times its weight.
type tap[W int32 | float64] struct {
	first   int
	weights []W
}

// filterTaps are Pillow's coefficients (libImaging/Resample.c,
// precompute_coeffs) for one axis. Products are converted before they are
// added, since Go may otherwise fuse the two and round once instead of twice.
func filterTaps(in, out int, f Filter) []tap[float64] {
	scale := float64(in) / float64(out)
	widen := max(scale, 1)
	support := f.support() * widen
	taps := make([]tap[float64], out)
	for i := range taps {
		center := float64((float64(i) + 0.5) * scale)
		first := max(int(center-support+0.5), 0)
		end := min(int(center+support+0.5), in)
		weights, sum := make([]float64, end-first), 0.0
		for j := range weights {
			weights[j] = f.weight((float64(first+j) - center + 0.5) * (1 / widen))
			sum += weights[j]
		}
		for j := range weights {
			weights[j] /= sum
		}
		taps[i] = tap[float64]{first, weights}
	}
	return taps
}

func (f Filter) support() float64 {
	return [...]float64{Bilinear: 1, Bicubic: 2, Lanczos: 3}[f]
}

// weight is the filter's curve at a distance of x pixels.
func (f Filter) weight(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x >= f.support():
		return 0
	case f == Bilinear:
		return 1 - x
	case f == Lanczos:
		return sinc(x) * sinc(x/3)
	case x < 1: // Keys 1981, with a = -0.5
		return float64((float64(1.5*x)-2.5)*x*x) + 1
	}
	return (float64((float64((x-5)*x)+8)*x) - 4) * -0.5
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(x*math.Pi) / (x * math.Pi)
}

// resample makes [len(down), len(across), channels] samples out of src,
// [h, w, channels]. A pass that keeps its size is left out, so that the result
// may be src itself. Round turns a sum of products back into a sample.
func resample[S uint8 | float32, W int32 | float64](src []S, w, h, channels int, across, down []tap[W], round func(W) S) []S {
	rows := func() {
		if len(across) != w {
			src = resampleAxis(src, h, channels, across, round)
			w = len(across)
		}
	}
	columns := func() {
		if len(down) != h {
			src = resampleAxis(src, 1, w*channels, down, round)
			h = len(down)
		}
	}
	// Samples are rounded between the passes, so their order shows in 8-bit
	// pictures. This is Pillow 13's rule; before 13 rows always came first.
	if lost := h - len(down); lost > 0 && lost > 2*(w-len(across)) {
		columns()
		rows()
	} else {
		rows()
		columns()
	}
	return src
}

// resampleAxis resamples the middle axis of src, [outer, n, inner], to
// [outer, len(taps), inner].
func resampleAxis[S uint8 | float32, W int32 | float64](src []S, outer, inner int, taps []tap[W], round func(W) S) []S {
	dst := make([]S, outer*len(taps)*inner)
	plane := len(src) / outer
	parallel.Runs(outer*len(taps), func(lo, hi int) {
		sums := make([]W, inner)
		for i := lo; i < hi; i++ {
			t := taps[i%len(taps)]
			from := src[i/len(taps)*plane+t.first*inner:]
			clear(sums)
			for k, weight := range t.weights {
				for j, v := range from[k*inner : (k+1)*inner] {
					sums[j] += weight * W(v)
				}
			}
			for j, sum := range sums {
				dst[i*inner+j] = round(sum)
			}
		}
	})
	return dst
}
