package vgg

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// How the tests' objectives measure a layer.
const (
	meanSquare = "mean-square"
	l2         = "l2"
)

// objective reads a sum of layers, channels, units, classes and a channel's variance:
// "0.5*relu3_1 + relu4_2:13 - relu4_2:13@5x7 + logit:eye - variance:relu2_1:3".
func objective(t testing.TB, net *models.Net, measure, text string) (o Objective) {
	t.Helper()
	for _, word := range strings.Fields(strings.NewReplacer(" - ", " -", " + ", " ").Replace(text)) {
		weight := 1.0
		if rest, negative := strings.CutPrefix(word, "-"); negative {
			weight, word = -1, rest
		}
		if w, rest, weighted := strings.Cut(word, "*"); weighted {
			factor, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatal(err)
			}
			weight, word = weight*factor, rest
		}
		term := termOf(t, net, measure, word)
		term.Weight = weight
		o = append(o, term)
	}
	return o
}

func termOf(t testing.TB, net *models.Net, measure, word string) Term {
	t.Helper()
	kind := "layer"
	for _, prefix := range []string{"logit", "variance"} {
		if rest, found := strings.CutPrefix(word, prefix+":"); found {
			kind, word = prefix, rest
		}
	}
	if kind == "logit" {
		return classTerm(t, net, word)
	}
	name, rest, one := strings.Cut(word, ":")
	layer, err := net.Index(name)
	if err != nil {
		t.Fatal(err)
	}
	if !one {
		return layerTerm(measure, layer, net.Layers[layer].Channels)
	}
	var channel int
	var at image.Point
	read := Read{Layer: layer}
	if n, _ := fmt.Sscanf(rest, "%d@%dx%d", &channel, &at.X, &at.Y); n == 3 {
		read.At = &at
	}
	read.Channels = []int{channel}
	if kind == "variance" {
		return varianceTerm(read)
	}
	return Term{Kind: "mean", Reads: []Read{read}, Sum: func(a Activations) *Node { return a.Total(0, a.Of(0)) }}
}

func layerTerm(measure string, layer, channels int) Term {
	return Term{
		Kind: measure, Reads: []Read{{Layer: layer}},
		Sum: func(a Activations) *Node { return a.Total(0, ReduceAndKeep(Square(a.Of(0)), ReduceSum, 3)) },
		Value: func(t Totals) *Node {
			if measure == l2 {
				return ReduceAllSum(Sqrt(MaxScalar(t.Sum, 1e-30)))
			}
			return ReduceAllSum(DivScalar(t.Mean(), channels))
		},
	}
}

func classTerm(t testing.TB, net *models.Net, label string) Term {
	t.Helper()
	class, err := net.Class(label)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := net.Index(net.Classifier.Layer)
	if err != nil {
		t.Fatal(err)
	}
	channels := net.Layers[layer].Channels
	return Term{
		Kind: "logit", Reads: []Read{{Layer: layer}},
		Inputs: [][]float32{net.Classifier.Weight[class*channels:][:channels], {net.Classifier.Bias[class]}},
		Sum: func(a Activations) *Node {
			return a.Total(0, ReduceAndKeep(Mul(a.Of(0), Reshape(a.Input(0), 1, 1, 1, channels)), ReduceSum, 3))
		},
		Value: func(t Totals) *Node { return ReduceAllSum(Add(t.Mean(), Reshape(t.Input(1), 1, 1))) },
	}
}

// varianceTerm is the variance of a channel: the mean of the squares less the square of
// the mean.
func varianceTerm(read Read) Term {
	return Term{
		Kind: "variance", Reads: []Read{read}, Sums: 2,
		Sum: func(a Activations) *Node { return a.Total(0, Concatenate([]*Node{a.Of(0), Square(a.Of(0))}, 3)) },
		Value: func(t Totals) *Node {
			mean := t.Mean() // [n, 2]
			return ReduceAllSum(Sub(Slice(mean, AxisRange(), AxisElem(1)), Square(Slice(mean, AxisRange(), AxisElem(0)))))
		},
	}
}
