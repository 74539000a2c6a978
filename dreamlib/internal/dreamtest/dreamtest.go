// Package dreamtest holds what the tests of several packages dream on.
package dreamtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// RandomNet is a VGG19 whose widths are divided, with random weights.
func RandomNet(t testing.TB, divide int) *models.Net {
	t.Helper()
	net, err := models.Random(7, "vgg19", divide)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Classified is a random net whose classes are told apart, at random, by the mean of one
// layer. Two labels cannot stand in an objective's text, and one is there twice.
func Classified(t testing.TB, layer string) *models.Net {
	t.Helper()
	net := RandomNet(t, 32)
	i, err := net.Index(layer)
	if err != nil {
		t.Fatal(err)
	}
	net.Labels = []string{"eye", "spiral", "7", "cat's head", "eye", "fur - long"}
	r := rand.New(rand.NewPCG(11, 0))
	draw := func(n int) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(r.NormFloat64())
		}
		return values
	}
	net.Classifier = &models.Classifier{
		Layer:  layer,
		Weight: draw(len(net.Labels) * net.Layers[i].Channels),
		Bias:   draw(len(net.Labels)),
	}
	return net
}

// Load reads a file of weights.
func Load(t testing.TB, path string) *models.Net {
	t.Helper()
	net, err := models.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Noise is n random values around zero.
func Noise(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// Scene is an image with edges, slopes and noise, in 0..1.
func Scene(w, h int) *picture.Image {
	m := picture.New(w, h)
	n := Noise(9, len(m.Pix))
	for i := range m.Pix {
		c, x, y := i%3, i/3%w, i/3/w
		v := float64(x+c*y)/float64(w+h) + 0.3*math.Sin(float64(x*y)/90) + 0.05*float64(n[i])
		m.Pix[i] = float32(min(max(v, 0), 1))
	}
	return m
}

// Relative is the distance of two vectors over the length of the second.
func Relative[A, B float32 | float64](got []A, want []B) float64 {
	var diff, norm float64
	for i := range want {
		diff += math.Pow(float64(got[i])-float64(want[i]), 2)
		norm += math.Pow(float64(want[i]), 2)
	}
	return math.Sqrt(diff / norm)
}

// Farthest is the largest distance of two vectors' values over the largest value of the
// second.
func Farthest(got, want []float32) float64 {
	var diff, norm float64
	for i, v := range want {
		diff = max(diff, math.Abs(float64(got[i])-float64(v)))
		norm = max(norm, math.Abs(float64(v)))
	}
	return diff / norm
}
