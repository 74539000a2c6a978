package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// provenance says where a net comes from. The header of the net's file keeps it
// under models.TrainedKey.
type provenance struct {
	Run      run     `json:"run"`
	Steps    int     `json:"steps"`
	Accuracy float64 `json:"accuracy"` // share of right answers on Pictures fresh pictures
	Pictures int     `json:"pictures"`
	Commit   string  `json:"commit"` // of the program that trained it
	Date     string  `json:"date"`   // of the last step
}

// net is the trained net as it will be used: batch normalisation folded into
// the convolutions, and the last head as its classifier.
func (t *trainer) net() (*models.Net, error) {
	start := t.network.start
	net := &models.Net{
		Name: "embedded", Layers: slices.Clone(start.Layers), Preprocessing: start.Preprocessing, Labels: t.Classes,
	}
	in := 3
	for i := range net.Layers {
		if l := &net.Layers[i]; l.Kind == models.Conv {
			if err := t.fold(l, in); err != nil {
				return nil, err
			}
			in = l.Channels
		}
	}
	layer := heads[len(heads)-1].layer
	weight, err := t.values("/head_" + layer + "/weight") // [channels, classes]
	if err != nil {
		return nil, err
	}
	bias, err := t.values("/head_" + layer + "/bias")
	if err != nil {
		return nil, err
	}
	net.Classifier = &models.Classifier{Layer: layer, Bias: bias, Weight: make([]float32, len(weight))}
	channels := len(weight) / len(bias)
	for i, w := range weight {
		net.Classifier.Weight[i%len(bias)*channels+i/len(bias)] = w
	}
	return net, nil
}

// fold gives a convolution the kernel and bias that do what it and its batch
// normalisation do together.
func (t *trainer) fold(l *models.Layer, in int) error {
	names := []string{"kernel", "scale", "offset", "mean", "variance"}
	parts := make([][]float32, len(names))
	for i, name := range names {
		var err error
		if parts[i], err = t.values("/" + l.Name + "/" + name); err != nil {
			return err
		}
	}
	kernel, scale, offset, mean, variance := parts[0], parts[1], parts[2], parts[3], parts[4]
	out := l.Channels
	l.Kernel, l.Bias = make([]float32, out*in*9), make([]float32, out)
	for o := range out {
		factor := float64(scale[o]) / math.Sqrt(float64(variance[o])+epsilon)
		l.Bias[o] = float32(float64(offset[o]) - float64(mean[o])*factor)
		for i := range in {
			for place := range 9 {
				l.Kernel[(o*in+i)*9+place] = float32(float64(kernel[(place*in+i)*out+o]) * factor)
			}
		}
	}
	return nil
}

// values copies a variable.
func (t *trainer) values(path string) ([]float32, error) {
	value := t.waiting[path]
	if v := t.store.GetVariable(path); v != nil {
		var err error
		if value, err = v.Value(); err != nil {
			return nil, fmt.Errorf("train: %s: %w", path, err)
		}
	}
	if value == nil {
		return nil, fmt.Errorf("train: %s: there is no such variable", path)
	}
	flat, err := tensors.CopyFlatData[float32](value)
	if err != nil {
		return nil, fmt.Errorf("train: %s: %w", path, err)
	}
	return flat, nil
}

// halved is the net as its file will give it back: its weights rounded to F16.
func halved(net *models.Net) (*models.Net, error) {
	var b bytes.Buffer
	if err := net.WriteSafetensors(&b, "F16", nil); err != nil {
		return nil, err
	}
	return models.Load(bytes.NewReader(b.Bytes()), int64(b.Len()), net.Name)
}

// export writes the net to a file, with its provenance.
func export(path string, net *models.Net, p provenance) error {
	record, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("train: provenance: %w", err)
	}
	var b bytes.Buffer
	if err := net.WriteSafetensors(&b, "F16", map[string]string{models.TrainedKey: string(record)}); err != nil {
		return err
	}
	return writeFile(path, b.Bytes())
}
