package dreamlib

import (
	"math"
	"slices"

	"github.com/seed2310110f/godream/models"
)

// reference is the network again, in float64 and in the plainest loops: the
// oracle for what the engines compute.
type reference struct {
	net *models.Net
}

// volume is [h, w, c] in float64.
type volume struct {
	h, w, c int
	v       []float64
}

func newVolume(h, w, c int) volume { return volume{h, w, c, make([]float64, h*w*c)} }

func (r reference) activations(x volume, depth int) []volume {
	var acts []volume
	for _, l := range r.net.Layers[:depth+1] {
		switch l.Kind {
		case models.Conv:
			x = r.conv(x, l)
		case models.ReLU:
			x.v = slices.Clone(x.v)
			for i, v := range x.v {
				x.v[i] = math.Max(v, 0)
			}
		case models.Pool:
			x = r.pool(x)
		}
		acts = append(acts, x)
	}
	return acts
}

func (r reference) conv(x volume, l models.Layer) volume {
	y := newVolume(x.h, x.w, l.Channels)
	for i := range y.v {
		o, px := i%y.c, i/y.c
		sum := float64(l.Bias[o])
		for p := range 9 {
			yy, xx := px/y.w+p/3-1, px%y.w+p%3-1
			if yy < 0 || yy >= x.h || xx < 0 || xx >= x.w {
				continue
			}
			for c := range x.c {
				sum += x.v[(yy*x.w+xx)*x.c+c] * float64(l.Kernel[(o*x.c+c)*9+p])
			}
		}
		y.v[i] = sum
	}
	return y
}

func (r reference) pool(x volume) volume {
	y := newVolume(x.h/2, x.w/2, x.c)
	for i := range y.v {
		c, px := i%y.c, i/y.c
		best := math.Inf(-1)
		for p := range 4 {
			yy, xx := px/y.w*2+p/2, px%y.w*2+p%2
			best = math.Max(best, x.v[(yy*x.w+xx)*x.c+c])
		}
		y.v[i] = best
	}
	return y
}

// value is the objective's.
func (r reference) value(x volume, o Objective, m Measure) float64 {
	_, goal, err := o.resolve(r.net)
	if err != nil {
		panic(err)
	}
	acts := r.activations(x, goal.deepest())
	var sum float64
	if goal.classifier >= 0 {
		act := acts[goal.classifier]
		channels := len(goal.row) - 1
		sum += float64(goal.row[channels])
		for i, v := range act.v {
			sum += float64(goal.row[i%channels]) * v / float64(len(act.v)/channels)
		}
	}
	for t, i := range goal.layers {
		var squares float64
		for _, v := range acts[i].v {
			squares += v * v
		}
		if m == L2 {
			squares = math.Sqrt(squares)
		} else {
			squares /= float64(len(acts[i].v))
		}
		sum += float64(goal.weights[t]) * squares
	}
	return sum
}
