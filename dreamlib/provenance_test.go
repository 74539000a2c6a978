package dreamlib

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

func TestProvenanceComesBack(t *testing.T) {
	p := Provenance{Version: Version, Engine: "go", Lowering: vgg.LoweringDirect, Config: presets["google"], Steps: 40, Ended: "a reason"}
	p.Net.Source, p.Net.SHA256 = "vgg19", "00ff"
	p.Picture.Source, p.Picture.SHA256 = "two words é.jpg", "ff00"
	for name, opt := range map[string]picture.Options{"out.png": {Depth: 16}, "out.jpg": {Quality: 80}} {
		p.Depth, p.Quality = opt.Depth, opt.Quality
		text, err := p.Text()
		if err != nil {
			t.Fatal(err)
		}
		opt.Text = text
		path := filepath.Join(t.TempDir(), name)
		if err := picture.Write(path, picture.New(3, 2), opt); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadProvenance(path); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, got, err, p)
		}
	}
}

func TestReadProvenanceRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.png")
	for record, want := range map[string]string{
		"none":         "has no record of a dream inside",
		"{":            "record of the dream: ",
		`{"colour":1}`: `unknown field "colour"`,
	} {
		text := map[string]string{provenanceKey: record}
		if record == "none" {
			text = nil
		}
		if err := picture.Write(path, picture.New(1, 1), picture.Options{Text: text}); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadProvenance(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q", record, err, want)
		}
	}
}
