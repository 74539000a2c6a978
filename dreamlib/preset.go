package dreamlib

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// presets holds each preset's settings; Preset documents them.
var presets = map[string]Config{
	"default": {
		Objective: Layer("relu5_1"), Measure: MeanSquare, Pyramid: Detail,
		Octaves: 4, OctaveScale: 1.4, Iterations: 8,
		Step: 3, Units: UnitsPixel, Optimizer: MeanAbs, Jitter: 32, Clip: true,
	},
	"google": {
		Objective: Layer("relu4_3"), Measure: MeanSquare, Pyramid: Detail,
		Octaves: 4, OctaveScale: 1.4, Iterations: 10,
		Step: 1.5, Units: UnitsPixel, Optimizer: MeanAbs, Jitter: 32, Clip: true,
	},
	"pytorch": {
		Objective: Layer("relu4_3"), Measure: MeanSquare, Pyramid: Carry,
		Octaves: 4, OctaveScale: 1.8, Iterations: 10,
		Step: 0.09, Units: UnitsNet, Optimizer: Std, Jitter: 32, Smooth: 0.5, Clip: true, Width: 600,
	},
	"classic": {
		Objective: Layer("relu5_1"), Measure: L2, Pyramid: Article,
		Octaves: 3, OctaveScale: 2, Iterations: 6,
		Step: 0.2, Units: UnitsNet, Optimizer: Accumulate,
	},
}

// Preset returns the settings of a known system, on our networks:
//
//   - default: our own, chosen by eye: Google's loop on relu5_1 with 8 steps of 3
//     levels. Compared were relu3_3, relu4_2, relu5_1 and relu5_1 with some
//     relu3_3, steps of 1.5, 2.5 and 3, 8 and 10 of them, and 3 octaves of 1.6,
//     on a painting, two photos and a drawn landscape, with the embedded net,
//     where relu5_1 builds towers, arches and houses, relu3_3 eyes, and relu4_2
//     threads and beads. Published VGG19 weights were not at hand.
//   - google: google/deepdream, dream.ipynb: 4 octaves of 1.4 with the detail
//     carried over, 10 steps of 1.5 levels of 255 along g/mean|g|, jitter 32.
//     Its objective, half the sum of squares, points where the mean square
//     does. It reads a layer of GoogLeNet; here it is relu4_3.
//   - pytorch: gordicaleksa/pytorch-deepdream: width 600, 4 octaves of 1.8, 10
//     steps of 0.09 standard deviations along the smoothed, standardised
//     gradient, jitter 32, relu4_3, the picture itself carried over.
//   - classic: the article's PyTorch script. Every level is dreamt on at
//     224x224, gradients add up over the 6 iterations of 0.2, levels are
//     halves, blurred and blended with weight 0.6; L2 norm of features[:30],
//     which is relu5_1. Octaves is its num_octaves: the levels below the full
//     picture (100 by default there, 3 in its main program and here).
//
// An unknown name is an error that lists the valid ones.
func Preset(name string) (Config, error) {
	c, ok := presets[name]
	if !ok {
		return Config{}, fmt.Errorf("dreamlib: preset %q: unknown, want %s", name, strings.Join(Presets(), ", "))
	}
	c.Preset, c.Param = name, Pixels
	return c, nil
}

// Presets lists the names that Preset knows, in alphabetical order.
func Presets() []string { return slices.Sorted(maps.Keys(presets)) }
