package models

import (
	"slices"
	"strings"
	"testing"
)

// TestCheck wants every way to spoil a net named.
func TestCheck(t *testing.T) {
	sound := func() *Net {
		net, err := Random(1, "vgg11", 32)
		if err != nil {
			t.Fatal(err)
		}
		last := net.Layers[len(net.Layers)-1]
		net.Labels = []string{"eye", "spiral"}
		net.Classifier = &Classifier{Layer: last.Name, Weight: make([]float32, 2*last.Channels), Bias: make([]float32, 2)}
		return net
	}
	if err := sound().Check(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		spoil func(n *Net)
		want  string
	}{
		{func(n *Net) { n.Layers = nil }, "models: net: has no layers, want a VGG network"},
		{func(n *Net) { n.Layers = n.Layers[1:] }, `models: net "random": layer 0, relu1_1: want a convolution first`},
		{func(n *Net) { n.Layers[2].Kind = 7 }, "layer 2, pool1: want a convolution first, and then conv, relu or pool, found Kind(7)"},
		{func(n *Net) { n.Layers[0].Channels = 0 }, "layer 0, conv1_1: want 1 to 9942053 channels, found 0"},
		{func(n *Net) { n.Layers[0].Channels = 1 << 40 }, "layer 0, conv1_1: want 1 to 9942053 channels"},
		{func(n *Net) { n.Layers[0].Kernel = n.Layers[0].Kernel[1:] }, "layer 0, conv1_1: kernel: want 54 weights, found 53"},
		{func(n *Net) { n.Layers[3].Bias = n.Layers[3].Bias[1:] }, "layer 3, conv2_1: bias: want 4 values beside the kernel's 72, found 3"},
		{func(n *Net) { n.Layers[3].Bias = nil }, "layer 3, conv2_1: bias: want 4 values beside the kernel's 72, found 0"},
		{func(n *Net) { n.Layers[1].Channels++ }, "layer 1, relu1_1: want 2 channels, stride 1 and receptive field 3, found 3, 1 and 3"},
		{func(n *Net) { n.Layers[5].Stride = 0 }, "layer 5, pool2: want 4 channels, stride 4 and receptive field"},
		{func(n *Net) { n.Layers[5].ReceptiveField = -1 }, "layer 5, pool2: want"},
		{func(n *Net) { n.Preprocessing = Preprocessing{} }, "preprocessing: want scale and std above 0, found 0 and [0 0 0]"},
		{func(n *Net) { n.Classifier.Layer = "relu9_1" }, `classifier: models: unknown layer "relu9_1"`},
		{func(n *Net) { n.Labels = nil }, "classifier: bias: want a value for each label, of which there are 0, found 2"},
		{func(n *Net) { n.Labels = n.Labels[:1] }, "of which there are 1, found 2"},
		{func(n *Net) { n.Classifier.Weight = n.Classifier.Weight[1:] }, "classifier: weight: want 32 values for 2 labels and the 16 channels of pool5, found 31"},
	} {
		net := sound()
		c.spoil(net)
		if err := net.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if err := (*Net)(nil).Check(); err == nil {
		t.Error("no net is sound")
	}
}

// TestCheckTakes wants what the package makes taken: every variant, and outlines.
func TestCheckTakes(t *testing.T) {
	for variant := range depths {
		outline, err := RandomOutline(variant, 16)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(outline.Layers, func(l Layer) bool { return l.Kernel != nil }) {
			t.Errorf("%s: the outline has weights", variant)
		}
		if err := outline.Check(); err != nil {
			t.Errorf("%s: %v", variant, err)
		}
	}
	net, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Check(); err != nil {
		t.Error(err)
	}
}
