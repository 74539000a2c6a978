package models

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// maxWeights bounds the values of all layers together, thirteen times those
// of VGG19, because a deflated file may be a thousand times smaller.
const maxWeights = 1 << 28

// classifiers lists the tensors behind the features that a file may have:
// torchvision's names, then timm's. They are not read, but for the last two in
// a file whose metadata name their layer; see Net.readClassifier.
var classifiers = map[string]bool{
	"classifier.0.weight": true, "classifier.0.bias": true,
	"classifier.3.weight": true, "classifier.3.bias": true,
	"classifier.6.weight": true, "classifier.6.bias": true,
	"pre_logits.fc1.weight": true, "pre_logits.fc1.bias": true,
	"pre_logits.fc2.weight": true, "pre_logits.fc2.bias": true,
	headWeight: true, headBias: true,
}

// The tensors of a Classifier.
const (
	headWeight = "head.fc.weight"
	headBias   = "head.fc.bias"
)

// parameter is a tensor of a network by torchvision's name.
type parameter struct {
	name   string
	shape  []int
	values []float32
}

// parameters lists a network's tensors in the order of its layers: the kernel
// [out, in, 3, 3], then the bias [out], of each convolution.
func (n *Net) parameters() []parameter {
	var list []parameter
	in := 3
	for i, l := range convs(n.Layers) {
		list = append(list,
			parameter{kernelName(i), []int{l.Channels, in, 3, 3}, l.Kernel},
			parameter{biasName(i), []int{l.Channels}, l.Bias})
		in = l.Channels
	}
	if c := n.Classifier; c != nil {
		classes := len(c.Bias)
		list = append(list,
			parameter{headWeight, []int{classes, len(c.Weight) / max(1, classes)}, c.Weight},
			parameter{headBias, []int{classes}, c.Bias})
	}
	return list
}

// convs ranges over the convolutions of a table, with their indices.
func convs(layers []Layer) iter.Seq2[int, *Layer] {
	return func(yield func(int, *Layer) bool) {
		for i := range layers {
			if layers[i].Kind == Conv && !yield(i, &layers[i]) {
				return
			}
		}
	}
}

// unsized is the table of a variant with all channels 0.
func unsized(variant string) []Layer {
	n := 0
	for _, b := range depths[variant] {
		n += int(b)
	}
	return table(depths[variant], make([]int, n))
}

func kernelName(i int) string { return fmt.Sprintf("features.%d.weight", i) }
func biasName(i int) string   { return fmt.Sprintf("features.%d.bias", i) }

// build turns a directory into a network. All names, shapes and dtypes are
// checked before the first value is read.
func build(d directory) (*Net, error) {
	net, err := outline(d)
	if err != nil {
		return nil, err
	}
	for i, l := range convs(net.Layers) {
		if l.Kernel, err = weights(d, kernelName(i)); err != nil {
			return nil, err
		}
		if l.Bias, err = weights(d, biasName(i)); err != nil {
			return nil, err
		}
	}
	return net, nil
}

// outline is build without the values of the convolutions.
func outline(d directory) (*Net, error) {
	if err := refuseBatchNorm(d); err != nil {
		return nil, err
	}
	variant, err := variantOf(d)
	if err != nil {
		return nil, err
	}
	layers, err := layersOf(d, variant)
	if err != nil {
		return nil, err
	}
	net := &Net{Layers: layers, Preprocessing: ImageNet}
	if err := net.readMetadata(d.metadata); err != nil {
		return nil, err
	}
	return net, net.readClassifier(d)
}

// readClassifier reads the classifier of a file whose metadata name the layer
// that it goes by.
func (n *Net) readClassifier(d directory) error {
	name, ok := d.metadata[classifierKey]
	if !ok {
		return nil
	}
	i, err := n.Index(name)
	if err != nil {
		return invalidf("metadata %s: want a layer's name, found %.100q", classifierKey, name)
	}
	for _, tensor := range []string{headWeight, headBias} {
		if _, ok := d.tensors[tensor]; !ok {
			return invalidf("tensor %s: missing: metadata %s asks for it", tensor, classifierKey)
		}
	}
	c := &Classifier{Layer: n.Layers[i].Name}
	classes := len(n.Labels)
	if classes == 0 {
		return invalidf("tensor %s: has no classes: want their names in metadata %s", headWeight, labelsKey)
	}
	err = d.check(headWeight, []int{classes, n.Layers[i].Channels})
	if err == nil {
		err = d.check(headBias, []int{classes})
	}
	if err != nil {
		return within(fmt.Sprintf("%d labels", classes), err)
	}
	if c.Weight, err = weights(d, headWeight); err != nil {
		return err
	}
	if c.Bias, err = weights(d, headBias); err != nil {
		return err
	}
	n.Classifier = c
	return nil
}

// refuseBatchNorm names the first tensor that only batch normalisation has.
func refuseBatchNorm(d directory) error {
	for _, name := range slices.Sorted(maps.Keys(d.tensors)) {
		if strings.HasPrefix(name, "features.") && strings.HasSuffix(name, ".running_mean") {
			return unsupportedf("tensor %.100q: batch normalisation: fold it into the convolutions first", name)
		}
	}
	return nil
}

// variantOf finds the published depth that has most of the directory's tensors,
// and among equals the one that lacks fewest, and names the first difference.
func variantOf(d directory) (string, error) {
	var best string
	var missing, extra []string
	for _, variant := range slices.Sorted(maps.Keys(depths)) {
		m, e := compare(d, variant)
		if best == "" || len(e) < len(extra) || len(e) == len(extra) && len(m) < len(missing) {
			best, missing, extra = variant, m, e
		}
	}
	names := slices.Sorted(maps.Keys(d.tensors))
	switch {
	case !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "features.") }):
		return "", invalidf("want tensors named features.N.weight and features.N.bias, found %d: %.200q",
			len(names), names[:min(5, len(names))])
	case len(missing) > 0:
		return "", invalidf("tensor %s: missing: by its other tensors the file is nearest to %s", missing[0], best)
	case len(extra) > 0:
		return "", invalidf("tensor %.100q: unexpected: %s has none of that name", extra[0], best)
	}
	return best, nil
}

// compare lists the tensors of a variant that a directory lacks, and those of
// the directory that are neither the variant's nor a classifier's.
func compare(d directory, variant string) (missing, extra []string) {
	want := map[string]bool{}
	for i := range convs(unsized(variant)) {
		for _, name := range []string{kernelName(i), biasName(i)} {
			want[name] = true
			if _, ok := d.tensors[name]; !ok {
				missing = append(missing, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.tensors)) {
		if !want[name] && !classifiers[name] {
			extra = append(extra, name)
		}
	}
	return missing, extra
}

// layersOf lays out the variant with the widths that the tensors have, after a
// check of every shape and dtype.
func layersOf(d directory, variant string) ([]Layer, error) {
	layers := unsized(variant)
	channels, total := 3, 0
	for i := range layers {
		if layers[i].Kind == Conv {
			in, out := channels, firstOf(d.tensors[kernelName(i)].shape)
			if err := d.check(kernelName(i), []int{max(1, out), in, 3, 3}); err != nil {
				return nil, err
			}
			if err := d.check(biasName(i), []int{out}); err != nil {
				return nil, err
			}
			if total += out*in*9 + out; total > maxWeights {
				return nil, unsupportedf("tensor %s: want at most %d weights up to here, found %d",
					kernelName(i), maxWeights, total)
			}
			channels = out
		}
		layers[i].Channels = channels
	}
	return layers, nil
}

// firstOf is the first dimension of a shape, 0 for a scalar.
func firstOf(shape []int) int {
	if len(shape) == 0 {
		return 0
	}
	return shape[0]
}

// check compares a tensor's shape and dtype with what a network needs.
func (d directory) check(name string, shape []int) error {
	t := d.tensors[name]
	if !slices.Equal(t.shape, shape) {
		return invalidf("tensor %s: shape: want %v, found %v", name, shape, t.shape)
	}
	if decoders[t.dtype] == nil {
		return unsupportedf("tensor %s: dtype: want F32, F16 or BF16, found %s", name, t.dtype)
	}
	return nil
}

// weights reads one tensor and makes sure that it is finite.
func weights(d directory, name string) ([]float32, error) {
	values, err := d.tensors[name].values()
	if err != nil {
		return nil, within("tensor "+name, err)
	}
	if i := finite(values); i >= 0 {
		return nil, invalidf("tensor %s: value %d: want a finite number, found %v", name, i, values[i])
	}
	return values, nil
}

// readMetadata takes over what WriteSafetensors keeps beside the tensors.
func (n *Net) readMetadata(metadata map[string]string) error {
	n.Name = metadata[nameKey]
	own := []string{nameKey, labelsKey, preprocessingKey, classifierKey}
	others := maps.Clone(metadata)
	maps.DeleteFunc(others, func(key, _ string) bool { return slices.Contains(own, key) })
	if len(others) > 0 {
		n.Metadata = others
	}
	if text, ok := metadata[labelsKey]; ok {
		if err := json.Unmarshal([]byte(text), &n.Labels); err != nil {
			return invalidf("metadata %s: %v", labelsKey, err)
		}
	}
	text, ok := metadata[preprocessingKey]
	if !ok {
		return nil
	}
	var p Preprocessing
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(&p)
	if err == nil {
		err = p.check()
	}
	if err != nil {
		return invalidf("metadata %s: %v", preprocessingKey, err)
	}
	n.Preprocessing = p
	return nil
}
