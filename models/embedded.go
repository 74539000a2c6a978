package models

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
)

// Made by "make train"; docs/embedded.md is how.
//
//go:embed embedded.safetensors
var embedded []byte

// TrainedKey is the key of Net.Metadata that holds the record of a net's training
// by command models/train: JSON with its run, steps, accuracy on how many
// pictures, commit and date.
const TrainedKey = "godream.trained"

// Embedded is the net that comes with the program: VGG19 at a quarter of its
// width, trained by the project on pictures that it draws itself (command
// models/train), with the names of their classes as Labels, a Classifier and
// the record of its training in Metadata, under TrainedKey. It needs no file and no network, and
// carries no data set's licence.
//
// Every call returns the same Net; it is not to be changed.
func Embedded() (*Net, error) { return loadEmbedded() }

var loadEmbedded = sync.OnceValues(func() (*Net, error) {
	net, err := Load(bytes.NewReader(embedded), int64(len(embedded)), "embedded")
	if err != nil {
		return nil, fmt.Errorf("models: the embedded net: %w", err)
	}
	return net, nil
})
