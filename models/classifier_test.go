package models

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// classifying is a small net with three classes, told apart by its last layer
// before the pooling, of 8 channels.
func classifying(t testing.TB) *Net {
	t.Helper()
	net := randomNet(t, "vgg11", 64)
	net.Name, net.Labels = "spirals", []string{"spiral", "dots", "Owl"}
	c := &Classifier{Layer: "relu5_2", Bias: []float32{0.1, -2, 3}, Weight: make([]float32, 3*8)}
	for i := range c.Weight {
		c.Weight[i] = float32(i)/7 - 1
	}
	net.Classifier = c
	return net
}

func TestClassifierRoundTrip(t *testing.T) {
	for dtype, stored := range map[string]func(float32) float32{
		"F32": func(v float32) float32 { return v },
		"F16": func(v float32) float32 { return fromHalf(toHalf(v)) },
	} {
		want := classifying(t)
		want.Metadata = map[string]string{"licence": "none"}
		data := written(t, want, dtype, map[string]string{"date": "today"})
		net, err := load1(data)
		if err != nil {
			t.Fatal(err)
		}
		c := net.Classifier
		if c == nil || c.Layer != "relu5_2" || !slices.Equal(net.Labels, want.Labels) {
			t.Fatalf("%s: got %+v with labels %q", dtype, c, net.Labels)
		}
		if len(c.Weight) != 24 || len(c.Bias) != 3 {
			t.Fatalf("%s: %d weights and %d biases, want 24 and 3", dtype, len(c.Weight), len(c.Bias))
		}
		for i, w := range want.Classifier.Weight {
			if c.Weight[i] != stored(w) {
				t.Errorf("%s: weight %d: got %v, want %v", dtype, i, c.Weight[i], stored(w))
			}
		}
		for i, b := range want.Classifier.Bias {
			if c.Bias[i] != stored(b) {
				t.Errorf("%s: bias %d: got %v, want %v", dtype, i, c.Bias[i], stored(b))
			}
		}
		if !maps.Equal(net.Metadata, map[string]string{"licence": "none", "date": "today"}) {
			t.Errorf("%s: metadata %q", dtype, net.Metadata)
		}
		if !bytes.Equal(written(t, net, dtype, nil), data) {
			t.Errorf("%s: written again, the file differs", dtype)
		}
	}
}

// Without the metadata's word the same tensors are some other classifier's.
func TestClassifierNeedsItsLayer(t *testing.T) {
	d := directoryOf(classifying(t))
	d.metadata = map[string]string{labelsKey: `["spiral","dots","Owl"]`}
	net, err := build(d)
	if err != nil || net.Classifier != nil || len(net.Labels) != 3 || net.Metadata != nil {
		t.Errorf("got %+v, %v", net, err)
	}
}

// The layer goes by any of its names, and comes back by its canonical one.
func TestClassifierTakesAnyNameOfItsLayer(t *testing.T) {
	for _, name := range []string{"relu5_2", "features.19", "20", "block5_conv2"} {
		d := directoryOf(classifying(t))
		d.metadata = map[string]string{labelsKey: `["spiral","dots","Owl"]`, classifierKey: name}
		if net, err := build(d); err != nil || net.Classifier.Layer != "relu5_2" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestClassifierNamesTheFault(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	holds := func(dtype string, shape []int, values ...float32) tensor {
		return tensor{dtype: dtype, shape: shape, open: opening(encoders["F32"](nil, values))}
	}
	for _, c := range []struct {
		name   string
		breaks func(d directory)
		want   string
	}{
		{"unknown layer", func(d directory) { d.metadata[classifierKey] = "relu9_9" }, `metadata godream.classifier: `},
		{"no layer", func(d directory) { d.metadata[classifierKey] = "" }, `metadata godream.classifier: `},
		{"layer of other width", func(d directory) { d.metadata[classifierKey] = "relu1_1" },
			"tensor head.fc.weight: shape: want [3 1], found [3 8]"},
		{"missing weights", func(d directory) { delete(d.tensors, headWeight) },
			"tensor head.fc.weight: missing: metadata godream.classifier asks for it"},
		{"missing biases", func(d directory) { delete(d.tensors, headBias) },
			"tensor head.fc.bias: missing: metadata godream.classifier asks for it"},
		{"swapped axes", func(d directory) { d.tensors[headWeight] = tensor{dtype: "F32", shape: []int{8, 3}} },
			"tensor head.fc.weight: shape: want [3 8], found [8 3]"},
		{"one class more", func(d directory) { d.tensors[headBias] = tensor{dtype: "F32", shape: []int{4}} },
			"tensor head.fc.bias: shape: want [3], found [4]"},
		{"scalar bias", func(d directory) { d.tensors[headBias] = tensor{dtype: "F32"} },
			"tensor head.fc.bias: shape: want [3], found []"},
		{"labels missing", func(d directory) { delete(d.metadata, labelsKey) },
			"tensor head.fc.weight: has no classes: want their names in metadata godream.labels"},
		{"one label less", func(d directory) { d.metadata[labelsKey] = `["spiral","dots"]` },
			"2 labels: tensor head.fc.weight: shape: want [2 8], found [3 8]"},
		{"labels of numbers", func(d directory) { d.metadata[labelsKey] = `[1,2,3]` }, "metadata godream.labels: "},
		{"not a number", func(d directory) { d.tensors[headBias] = holds("F32", []int{3}, 0, nan, 0) },
			"tensor head.fc.bias: value 1: want a finite number, found NaN"},
		{"infinite", func(d directory) {
			d.tensors[headWeight] = holds("F32", []int{3, 8}, append(make([]float32, 23), inf)...)
		}, "tensor head.fc.weight: value 23: want a finite number, found -Inf"},
		{"short data", func(d directory) { d.tensors[headWeight] = holds("F32", []int{3, 8}, 1, 2, 3) },
			"tensor head.fc.weight: the file is truncated"},
	} {
		d := directoryOf(classifying(t))
		d.metadata = map[string]string{labelsKey: `["spiral","dots","Owl"]`, classifierKey: "relu5_2"}
		if _, err := build(d); err != nil {
			t.Fatalf("%s: before: %v", c.name, err)
		}
		c.breaks(d)
		_, err := build(d)
		var format FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestClassifierOfDoubles(t *testing.T) {
	d := directoryOf(classifying(t))
	d.metadata = map[string]string{labelsKey: `["spiral","dots","Owl"]`, classifierKey: "relu5_2"}
	d.tensors[headBias] = tensor{dtype: "F64", shape: []int{3}}
	_, err := build(d)
	var unsupported UnsupportedError
	if want := "tensor head.fc.bias: dtype: want F32, F16 or BF16, found F64"; !errors.As(err, &unsupported) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestWriteRefusesABadClassifier(t *testing.T) {
	for want, breaks := range map[string]func(c *Classifier){
		"tensor head.fc.weight: want the values of [3 7], found 23": func(c *Classifier) { c.Weight = c.Weight[1:] },
		"tensor head.fc.weight: F16 cannot hold 70000":              func(c *Classifier) { c.Weight[5] = 70000 },
		"tensor head.fc.bias: F16 cannot hold NaN":                  func(c *Classifier) { c.Bias[0] = float32(math.NaN()) },
	} {
		net := classifying(t)
		breaks(net.Classifier)
		if err := net.WriteSafetensors(io.Discard, "F16", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestClass(t *testing.T) {
	net := classifying(t)
	net.Labels = []string{"spiral", "dots", "Owl", "1"}
	for name, want := range map[string]int{
		"spiral": 0, "dots": 1, "Owl": 2, "owl": 2, " DOTS ": 1,
		"0": 0, "2": 2, " 3": 3,
		"1": 3, // a label comes before a number
	} {
		if got, err := net.Class(name); err != nil || got != want {
			t.Errorf("Class(%q) = %d, %v; want %d", name, got, err, want)
		}
	}
	for name, nearest := range map[string]string{
		"spirl": "spiral", "OWLS": "Owl", "dot": "dots", "4": "1", "-1": "1", "2.0": "Owl", "": "1",
	} {
		_, err := net.Class(name)
		var unknown *UnknownLabelError
		if !errors.As(err, &unknown) {
			t.Errorf("Class(%q): want an UnknownLabelError, got %v", name, err)
			continue
		}
		if unknown.Name != name || unknown.Nearest != nearest || !slices.Equal(unknown.Valid, net.Labels) {
			t.Errorf("Class(%q): got %+v, want near %q", name, unknown, nearest)
		}
	}
}

func TestUnknownLabelErrorListsTheClasses(t *testing.T) {
	_, err := classifying(t).Class("owls")
	if want := `models: unknown class "owls": did you mean "Owl"? valid classes: 0 to 2 or spiral, dots, Owl`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	many := classifying(t)
	many.Labels = nil
	for i := range 1000 {
		many.Labels = append(many.Labels, fmt.Sprintf("class%d", i))
	}
	if _, err = many.Class("owls"); err == nil || !strings.HasSuffix(err.Error(), "class98, class99, ...") {
		t.Errorf("got %v, want a hundred classes and dots", err)
	}
	var unknown *UnknownLabelError
	if !errors.As(err, &unknown) || len(unknown.Valid) != 1000 {
		t.Errorf("got %v, want all classes in Valid", err)
	}
}

func TestClassNeedsAClassifier(t *testing.T) {
	labelled := randomNet(t, "vgg11", 64)
	labelled.Labels = []string{"spiral"}
	unlabelled := classifying(t)
	unlabelled.Labels = nil
	for name, net := range map[string]*Net{"labels only": labelled, "classifier only": unlabelled, "layers only": randomNet(t, "vgg11", 64)} {
		if _, err := net.Class("0"); !errors.Is(err, ErrNoClassifier) {
			t.Errorf("%s: got %v, want ErrNoClassifier", name, err)
		}
	}
}
