package models

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// directoryOf is the directory of a file that holds the network as F32.
func directoryOf(net *Net) directory {
	d := directory{tensors: map[string]tensor{}}
	for _, p := range net.parameters() {
		d.tensors[p.name] = tensor{dtype: "F32", shape: p.shape, open: opening(encoders["F32"](nil, p.values))}
	}
	return d
}

func opening(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

func TestBuildReadsDepthAndWidths(t *testing.T) {
	for _, c := range []struct {
		variant string
		divide  int
		last    int // channels
	}{{"vgg11", 64, 8}, {"vgg13", 32, 16}, {"vgg16", 100, 5}, {"vgg19", 16, 32}} {
		want := randomNet(t, c.variant, c.divide)
		net, err := build(directoryOf(want))
		if err != nil {
			t.Fatal(err)
		}
		if net.Variant() != c.variant || net.Layers[len(net.Layers)-1].Channels != c.last {
			t.Errorf("%s: got %s with %d channels at the end, want %d", c.variant, net.Variant(),
				net.Layers[len(net.Layers)-1].Channels, c.last)
		}
		if weightSum(net) != want.SHA256 {
			t.Errorf("%s: other weights", c.variant)
		}
	}
}

func TestBuildNeverReadsTheClassifier(t *testing.T) {
	d := directoryOf(randomNet(t, "vgg11", 64))
	for name := range classifiers {
		d.tensors[name] = tensor{dtype: "F64", shape: []int{4096, 25088}, open: func() (io.ReadCloser, error) {
			t.Errorf("%s was read", name)
			return nil, io.EOF
		}}
	}
	if _, err := build(d); err != nil {
		t.Error(err)
	}
}

// TestBuildNamesTheFault breaks one tensor at a time.
func TestBuildNamesTheFault(t *testing.T) {
	const kernel, bias = "features.10.weight", "features.10.bias" // conv3_1 of vgg19: [4 2 3 3] and [4]
	ones := func(n int) []byte { return bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, n) }
	for _, c := range []struct {
		name   string
		breaks func(d directory)
		want   string
	}{
		{"missing kernel", func(d directory) { delete(d.tensors, kernel) },
			"tensor features.10.weight: missing: by its other tensors the file is nearest to vgg19"},
		{"missing bias", func(d directory) { delete(d.tensors, bias) }, "tensor features.10.bias: missing"},
		{"truncated net", func(d directory) {
			for name := range d.tensors {
				if name != "features.0.weight" && name != "features.0.bias" && name != "features.2.weight" {
					delete(d.tensors, name)
				}
			}
		}, "tensor features.2.bias: missing: by its other tensors the file is nearest to vgg13"},
		{"no features", func(d directory) { clear(d.tensors); d.tensors["conv1.weight"] = tensor{} },
			`want tensors named features.N.weight and features.N.bias, found 1: ["conv1.weight"]`},
		{"empty", func(d directory) { clear(d.tensors) }, "found 0: []"},
		{"one more convolution", func(d directory) { d.tensors["features.36.weight"] = d.tensors["features.34.weight"] },
			`tensor "features.36.weight": unexpected: vgg19 has none of that name`},
		{"foreign tensor", func(d directory) { d.tensors["fc.weight"] = tensor{} }, `tensor "fc.weight": unexpected`},
		{"batch normalisation", func(d directory) { d.tensors["features.1.running_mean"] = tensor{} },
			`unsupported weight file: tensor "features.1.running_mean": batch normalisation: fold it`},
		{"other inputs", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32", shape: []int{4, 3, 3, 3}} },
			"tensor features.10.weight: shape: want [4 2 3 3], found [4 3 3 3]"},
		{"swapped axes", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32", shape: []int{3, 3, 2, 4}} },
			"tensor features.10.weight: shape: want [3 2 3 3], found [3 3 2 4]"},
		{"five pixels wide", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32", shape: []int{4, 2, 5, 5}} },
			"want [4 2 3 3], found [4 2 5 5]"},
		{"flat kernel", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32", shape: []int{72}} }, "found [72]"},
		{"scalar kernel", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32"} }, "want [1 2 3 3], found []"},
		{"no outputs", func(d directory) { d.tensors[kernel] = tensor{dtype: "F32", shape: []int{0, 2, 3, 3}} },
			"want [1 2 3 3], found [0 2 3 3]"},
		{"grey input", func(d directory) { d.tensors["features.0.weight"] = tensor{dtype: "F32", shape: []int{1, 1, 3, 3}} },
			"tensor features.0.weight: shape: want [1 3 3 3], found [1 1 3 3]"},
		{"long bias", func(d directory) { d.tensors[bias] = tensor{dtype: "F32", shape: []int{5}} },
			"tensor features.10.bias: shape: want [4], found [5]"},
		{"doubles", func(d directory) { d.tensors[bias] = tensor{dtype: "F64", shape: []int{4}} },
			"unsupported weight file: tensor features.10.bias: dtype: want F32, F16 or BF16, found F64"},
		{"not a number", func(d directory) {
			d.tensors[bias] = tensor{dtype: "F32", shape: []int{4}, open: opening(append(ones(3), 0, 0, 0xc0, 0x7f))}
		}, "tensor features.10.bias: value 3: want a finite number, found NaN"},
		{"infinite", func(d directory) {
			d.tensors[bias] = tensor{dtype: "F16", shape: []int{4}, open: opening([]byte{0, 0xfc, 0, 0, 0, 0, 0, 0})}
		}, "tensor features.10.bias: value 0: want a finite number, found -Inf"},
		{"short data", func(d directory) {
			d.tensors[bias] = tensor{dtype: "F32", shape: []int{4}, open: opening(ones(3))}
		}, "tensor features.10.bias: the file is truncated"},
		{"too many weights", func(d directory) {
			d.tensors["features.0.weight"] = tensor{dtype: "F32", shape: []int{1 << 24, 3, 3, 3}}
			d.tensors["features.0.bias"] = tensor{dtype: "F32", shape: []int{1 << 24}}
		}, "tensor features.0.weight: want at most 268435456 weights up to here, found 469762048"},
	} {
		d := directoryOf(randomNet(t, "vgg19", 64))
		c.breaks(d)
		_, err := build(d)
		var format FormatError
		var unsupported UnsupportedError
		if !errors.As(err, &format) && !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestBuildReadsMetadata(t *testing.T) {
	d := directoryOf(randomNet(t, "vgg11", 64))
	d.metadata = map[string]string{
		nameKey:          "spirals",
		labelsKey:        `["spiral","dots"]`,
		preprocessingKey: `{"bgr":true,"scale":255,"mean":[103.939,116.779,123.68],"std":[1,1,1]}`,
		"format":         "pt",
	}
	net, err := build(d)
	if err != nil {
		t.Fatal(err)
	}
	if net.Name != "spirals" || strings.Join(net.Labels, " ") != "spiral dots" || net.Preprocessing != Caffe {
		t.Errorf("got %q, %q, %v", net.Name, net.Labels, net.Preprocessing)
	}
}

func TestBuildRefusesBadMetadata(t *testing.T) {
	for _, c := range []struct{ key, value string }{
		{labelsKey, `{"0":"spiral"}`},
		{labelsKey, `["spiral"`},
		{preprocessingKey, `{"scale":1,"mean":[0,0,0],"std":[1,1,0]}`},
		{preprocessingKey, `{"mean":[0,0,0],"std":[1,1,1]}`},
		{preprocessingKey, `{"scale":1,"means":[0,0,0],"std":[1,1,1]}`},
		{preprocessingKey, `[]`},
	} {
		d := directoryOf(randomNet(t, "vgg11", 64))
		d.metadata = map[string]string{c.key: c.value}
		_, err := build(d)
		var format FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), "metadata "+c.key) {
			t.Errorf("%s = %s: got %v", c.key, c.value, err)
		}
	}
}

func TestRowMajor(t *testing.T) {
	// [[0 1 2], [3 4 5]] column by column.
	got := rowMajor([]float32{0, 3, 1, 4, 2, 5}, []int{2, 3}, []int{1, 2})
	for i, v := range got {
		if v != float32(i) {
			t.Fatalf("got %v", got)
		}
	}
}

func TestDense(t *testing.T) {
	for _, c := range []struct {
		shape, strides []int
		dense, rows    bool
	}{
		{[]int{}, []int{}, true, true},
		{[]int{2, 3}, []int{3, 1}, true, true},
		{[]int{2, 3}, []int{1, 2}, true, false},
		{[]int{4, 1, 3, 3}, []int{9, 77, 3, 1}, true, true}, // a stride that is never used
		{[]int{4, 2, 3, 3}, []int{18, 1, 6, 2}, true, false},
		{[]int{2, 3}, []int{4, 1}, false, false},  // a gap
		{[]int{2, 3}, []int{0, 1}, false, false},  // expanded
		{[]int{2, 2}, []int{1, 1}, false, false},  // overlapping
		{[]int{2, 3}, []int{-3, 1}, false, false}, // backwards
	} {
		if got := dense(c.shape, c.strides); got != c.dense {
			t.Errorf("dense(%v, %v) = %v", c.shape, c.strides, got)
		}
		if got := isRowMajor(c.shape, c.strides); got != c.rows {
			t.Errorf("isRowMajor(%v, %v) = %v", c.shape, c.strides, got)
		}
	}
}

func TestVolume(t *testing.T) {
	for _, c := range []struct {
		shape []int
		n     int
		ok    bool
	}{
		{nil, 1, true}, {[]int{2, 3, 4}, 24, true}, {[]int{5, 0}, 0, true},
		{[]int{-1, -1}, 0, false}, {[]int{math.MaxInt, 2}, 0, false}, {[]int{1 << 32, 1 << 32}, 0, false},
	} {
		if n, ok := volume(c.shape); n != c.n || ok != c.ok {
			t.Errorf("volume(%v) = %d, %v; want %d, %v", c.shape, n, ok, c.n, c.ok)
		}
	}
}
