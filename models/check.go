package models

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Check reports what is wrong with a Net that was put together or changed by hand, or nil:
// its layers have to be those of a VGG network, with all of their weights or, as in an
// outline, none; its classifier has to fit its labels and the layer it reads.
func (n *Net) Check() error {
	if n == nil || len(n.Layers) == 0 {
		return errors.New("models: net: has no layers, want a VGG network")
	}
	err := n.checkLayers()
	if failed := n.Preprocessing.check(); err == nil && failed != nil {
		err = fmt.Errorf("preprocessing: %w", failed)
	}
	if err == nil {
		err = n.checkClassifier()
	}
	if err != nil {
		return fmt.Errorf("models: net %q: %w", n.Name, err)
	}
	return nil
}

// checkLayers checks each layer's row against those before.
func (n *Net) checkLayers() error {
	channels, stride, field := 3, 1, 1
	for i, l := range n.Layers {
		fits := func(values []float32, want int) bool { return values == nil || len(values) == want }
		if i == 0 && l.Kind != Conv || l.Kind < Conv || l.Kind > Pool {
			return fmt.Errorf("layer %d, %s: want a convolution first, and then conv, relu or pool, found %s", i, l.Name, l.Kind)
		}
		switch l.Kind {
		case Conv:
			if l.Channels < 1 || l.Channels > maxWeights/(9*channels) {
				return fmt.Errorf("layer %d, %s: want 1 to %d channels, found %d", i, l.Name, maxWeights/(9*channels), l.Channels)
			}
			if want := l.Channels * channels * 9; !fits(l.Kernel, want) {
				return fmt.Errorf("layer %d, %s: kernel: want %d weights, found %d", i, l.Name, want, len(l.Kernel))
			}
			if !fits(l.Bias, l.Channels) || (l.Kernel == nil) != (l.Bias == nil) {
				return fmt.Errorf("layer %d, %s: bias: want %d values beside the kernel's %d, found %d", i, l.Name, l.Channels, len(l.Kernel), len(l.Bias))
			}
			channels = l.Channels
			field += 2 * stride
		case Pool:
			field += stride
			stride *= 2
		}
		if l.Channels != channels || l.Stride != stride || l.ReceptiveField != field {
			return fmt.Errorf("layer %d, %s: want %d channels, stride %d and receptive field %d, found %d, %d and %d",
				i, l.Name, channels, stride, field, l.Channels, l.Stride, l.ReceptiveField)
		}
	}
	return nil
}

func (p Preprocessing) check() error {
	positive := func(v float64) bool { return v > 0 && !math.IsInf(v, 0) }
	if !positive(p.Scale) || slices.ContainsFunc(p.Std[:], func(std float64) bool { return !positive(std) }) {
		return fmt.Errorf("want scale and std above 0, found %g and %g", p.Scale, p.Std)
	}
	return nil
}

func (n *Net) checkClassifier() error {
	c, classes := n.Classifier, len(n.Labels)
	if c == nil {
		return nil
	}
	i, err := n.Index(c.Layer)
	if err != nil {
		return fmt.Errorf("classifier: %w", err)
	}
	if classes == 0 || len(c.Bias) != classes {
		return fmt.Errorf("classifier: bias: want a value for each label, of which there are %d, found %d", classes, len(c.Bias))
	}
	if channels := n.Layers[i].Channels; len(c.Weight) != classes*channels {
		return fmt.Errorf("classifier: weight: want %d values for %d labels and the %d channels of %s, found %d",
			classes*channels, classes, channels, n.Layers[i].Name, len(c.Weight))
	}
	return nil
}
