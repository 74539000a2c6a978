package vgg

import (
	"image"
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

func toVolume(flat []float32, h, w, c int) volume {
	v := newVolume(h, w, c)
	for i, x := range flat {
		v.v[i] = float64(x)
	}
	return v
}

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

// value is that of one of the tests' objectives: see objective.
func (r reference) value(x volume, o Objective) (sum float64) {
	acts := r.activations(x, o.Deepest())
	for _, t := range o {
		sum += t.Weight * exact(t, acts[t.Reads[0].Layer])
	}
	return sum
}

// exact is a term's value for the layer that it reads, without the weight.
func exact(t Term, act volume) float64 {
	read := t.Reads[0]
	var n, sum, squares float64
	for i, v := range act.v {
		c, at := i%act.c, image.Pt(i/act.c%act.w, i/act.c/act.w)
		if read.At != nil && *read.At != at || read.Channels != nil && read.Channels[0] != c {
			continue
		}
		if t.Kind == "logit" {
			v *= float64(t.Inputs[0][c])
		}
		n, sum, squares = n+1, sum+v, squares+v*v
	}
	switch t.Kind {
	case meanSquare:
		return squares / n
	case l2:
		return math.Sqrt(squares)
	case "logit":
		return sum/(n/float64(act.c)) + float64(t.Inputs[1][0])
	case "variance":
		return squares/n - sum/n*sum/n
	}
	return sum / n
}

// logits are the classes' scores as the classifier's docstring has them.
func (r reference) logits(x volume) []float64 {
	c := r.net.Classifier
	i, err := r.net.Index(c.Layer)
	if err != nil {
		panic(err)
	}
	act := r.activations(x, i)[i]
	scores := make([]float64, len(c.Bias))
	for class := range scores {
		scores[class] = float64(c.Bias[class])
		for p, v := range act.v {
			scores[class] += float64(c.Weight[class*act.c+p%act.c]) * v / float64(act.h*act.w)
		}
	}
	return scores
}
