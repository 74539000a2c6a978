package models

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func randomNet(t testing.TB, variant string, divide int) *Net {
	t.Helper()
	net, err := Random(7, variant, divide)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestIndex(t *testing.T) {
	net := randomNet(t, "vgg19", 64)
	for _, c := range []struct {
		name string
		want string // canonical
	}{
		{"conv1_1", "conv1_1"}, {"relu4_2", "relu4_2"}, {"pool4", "pool4"},
		{"features.0", "conv1_1"}, {"features.22", "relu4_2"}, {"features.36", "pool5"},
		{"1", "conv1_1"}, {"10", "pool2"}, {"20", "conv4_1"}, {"23", "relu4_2"}, {"30", "relu5_1"}, {"37", "pool5"},
		{"block4_conv2", "relu4_2"}, {"block1_conv1", "relu1_1"}, {"block4_pool", "pool4"},
		{" RELU4_2 ", "relu4_2"}, {"Block4_Conv2", "relu4_2"}, {"Features.22", "relu4_2"},
	} {
		i, err := net.Index(c.name)
		if err != nil || net.Layers[i].Name != c.want {
			t.Errorf("Index(%q) = %d, %v; want %s", c.name, i, err, c.want)
		}
	}
}

func TestEveryNameOfEveryLayerFindsIt(t *testing.T) {
	for variant, want := range map[string]int{"vgg11": 21, "vgg13": 25, "vgg16": 31, "vgg19": 37} {
		net := randomNet(t, variant, 64)
		if len(net.Layers) != want {
			t.Errorf("%s: %d layers, want %d", variant, len(net.Layers), want)
		}
		seen := map[string]bool{}
		for i, name := range net.Names() {
			for _, alias := range append(net.Aliases(i), name) {
				if got, err := net.Index(alias); err != nil || got != i {
					t.Errorf("%s: Index(%q) = %d, %v; want %d", variant, alias, got, err, i)
				}
				if seen[alias] {
					t.Errorf("%s: two layers are called %q", variant, alias)
				}
				seen[alias] = true
			}
		}
	}
}

func TestAliases(t *testing.T) {
	net := randomNet(t, "vgg19", 64)
	for _, c := range []struct {
		i    int
		want []string
	}{
		{21, []string{"features.21", "22"}},
		{22, []string{"features.22", "block4_conv2", "23"}},
		{27, []string{"features.27", "block4_pool", "28"}},
	} {
		if got := net.Aliases(c.i); !slices.Equal(got, c.want) {
			t.Errorf("Aliases(%d) = %q, want %q", c.i, got, c.want)
		}
	}
}

func TestIndexSuggestsTheNearest(t *testing.T) {
	net := randomNet(t, "vgg19", 64)
	for _, c := range []struct{ name, want string }{
		{"relu5_5", "relu5_4"}, {"relu1_3", "relu1_2"}, {"conv4-2", "conv4_2"}, {"rleu3_1", "relu3_1"}, {"pool6", "pool5"},
		{"0", "1"}, {"-3", "1"}, {"38", "37"}, {"features.37", "features.36"}, {"features22", "features.22"},
		{"block4conv2", "block4_conv2"}, {"block6_pool", "block5_pool"}, {"relu42", "relu4_2"},
	} {
		_, err := net.Index(c.name)
		var unknown *UnknownLayerError
		if !errors.As(err, &unknown) {
			t.Errorf("Index(%q): want an UnknownLayerError, got %v", c.name, err)
			continue
		}
		if unknown.Nearest != c.want || unknown.Name != c.name || len(unknown.Valid) != 37 {
			t.Errorf("Index(%q): got %q near %q, %d valid; want near %q", c.name, unknown.Name, unknown.Nearest, len(unknown.Valid), c.want)
		}
	}
}

func TestUnknownLayerErrorIsCompact(t *testing.T) {
	_, err := randomNet(t, "vgg11", 64).Index("inception4c")
	const want = `valid: conv1_1 relu1_1 pool1..5 conv2_1 relu2_1 conv3_1..2 relu3_1..2 conv4_1..2 relu4_1..2 conv5_1..2 relu5_1..2;` +
		` also features.0..20, counts 1..21, and block1_conv1 as Keras writes it`
	if !strings.HasPrefix(err.Error(), `models: unknown layer "inception4c": did you mean `) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	if _, err := new(Net).Index("relu1_1"); err == nil {
		t.Error("a net without layers has relu1_1")
	}
}

func TestReceptiveFieldsAndStrides(t *testing.T) {
	net := randomNet(t, "vgg19", 64)
	for _, c := range []struct {
		name          string
		field, stride int
	}{
		{"conv1_1", 3, 1}, {"relu1_2", 5, 1}, {"pool1", 6, 2}, {"relu2_2", 14, 2}, {"relu3_4", 48, 4}, {"relu4_4", 116, 8},
		{"relu5_4", 252, 16}, {"pool5", 268, 32},
	} {
		i, err := net.Index(c.name)
		if err != nil {
			t.Fatal(err)
		}
		if l := net.Layers[i]; l.ReceptiveField != c.field || l.Stride != c.stride {
			t.Errorf("%s sees %d pixels at stride %d, want %d at %d", c.name, l.ReceptiveField, l.Stride, c.field, c.stride)
		}
	}
}
