package models

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// counter counts what is read.
type counter struct {
	io.ReaderAt
	bytes int
}

func (c *counter) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.bytes += n
	return n, err
}

// TestOutline wants of every format what Load gives, less the weights, and no
// value read.
func TestOutline(t *testing.T) {
	for _, file := range []string{"zip.pth", "legacy.pth", "f32.safetensors", "timm.safetensors"} {
		path := filepath.Join("testdata", file)
		want := loadGolden(t, file)
		weights := 0
		for _, p := range want.parameters() {
			weights += 4 * len(p.values)
		}
		want.SHA256 = ""
		for _, l := range convs(want.Layers) {
			l.Kernel, l.Bias = nil, nil
		}
		got, err := OutlineFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", file, got, want)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c := &counter{ReaderAt: bytes.NewReader(data)}
		if _, err := Outline(c, int64(len(data)), file); err != nil {
			t.Fatal(err)
		}
		if file != "legacy.pth" && c.bytes > len(data)-weights { // legacy's first read takes in all of so small a file
			t.Errorf("%s: %d bytes read of %d, of which %d are weights", file, c.bytes, len(data), weights)
		}
	}
}

// TestOutlineKeepsTheClassifier wants the classes of the embedded net, which
// objectives need before they are compiled.
func TestOutlineKeepsTheClassifier(t *testing.T) {
	net, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Outline(bytes.NewReader(embedded), int64(len(embedded)), "embedded")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Classifier, net.Classifier) || !reflect.DeepEqual(got.Labels, net.Labels) {
		t.Error("other classes than Embedded's")
	}
}

// TestOutlineRefusesWhatLoadDoes compares their errors.
func TestOutlineRefusesWhatLoadDoes(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "f32.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{nil, []byte("hello"), data[:100], data[:len(data)-1], bytes.Replace(data, []byte("features.0.bias"), []byte("features.1.bias"), 1)} {
		_, want := Load(bytes.NewReader(broken), int64(len(broken)), "net")
		_, got := Outline(bytes.NewReader(broken), int64(len(broken)), "net")
		if want == nil || got == nil || got.Error() != want.Error() {
			t.Errorf("got %v, Load says %v", got, want)
		}
	}
	if _, err := OutlineFile(t.TempDir()); err == nil {
		t.Error("a folder was outlined")
	}
}

func TestRandomOutline(t *testing.T) {
	want, err := Random(1, "vgg13", 16)
	if err != nil {
		t.Fatal(err)
	}
	want.SHA256 = ""
	for _, l := range convs(want.Layers) {
		l.Kernel, l.Bias = nil, nil
	}
	if got, err := RandomOutline("vgg13", 16); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := RandomOutline("vgg13", 0); err == nil {
		t.Error("divided by nothing")
	}
}
