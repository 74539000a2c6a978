package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"regexp"
	"strconv"
	"testing"
)

// What every embedded net is, whichever training made it.
func TestEmbedded(t *testing.T) {
	net, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if net.Name != "embedded" || net.Variant() != "vgg19" || len(net.Layers) != 37 {
		t.Errorf("got %s, a %q of %d layers", net.Name, net.Variant(), len(net.Layers))
	}
	const most = 12e6 // bytes; every copy of the program carries them
	if len(embedded) > most {
		t.Errorf("the file has %d bytes, want at most %g", len(embedded), most)
	}
	if sum := sha256.Sum256(embedded); net.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("SHA-256 %s, that of the file is %x", net.SHA256, sum)
	}
	if net.Classifier == nil || len(net.Classifier.Bias) != len(net.Labels) {
		t.Fatal("the labels have no classifier")
	}
	if record := net.Metadata["godream.trained"]; !json.Valid([]byte(record)) {
		t.Errorf("the record of its training is %q, want JSON", record)
	}
	if again, err := Embedded(); err != nil || again != net {
		t.Errorf("a second call gives another net, %v", err)
	}
}

// The classes can be written as they are in an objective: logit:NAME.
func TestEmbeddedClasses(t *testing.T) {
	net, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if len(net.Labels) < 48 {
		t.Errorf("%d classes, want 48 or more", len(net.Labels))
	}
	plain := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for i, label := range net.Labels {
		if !plain.MatchString(label) {
			t.Errorf("class %d is called %q", i, label)
		}
		for _, name := range []string{label, strconv.Itoa(i)} {
			if got, err := net.Class(name); err != nil || got != i {
				t.Errorf("Class(%q) = %d, %v; want %d", name, got, err, i)
			}
		}
	}
}

func TestEmbeddedIsStoredInHalves(t *testing.T) {
	d, err := readSafetensors(io.NewSectionReader(bytes.NewReader(embedded), 0, int64(len(embedded))))
	if err != nil {
		t.Fatal(err)
	}
	for name, tensor := range d.tensors {
		if tensor.dtype != "F16" {
			t.Errorf("%s is stored as %s, want F16", name, tensor.dtype)
		}
	}
	if len(d.tensors) != 2*16+2 {
		t.Errorf("%d tensors, want kernels and biases of 16 convolutions and a classifier", len(d.tensors))
	}
}
