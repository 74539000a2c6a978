package dreamlib

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestProvenanceComesBack(t *testing.T) {
	p := Provenance{Version: Version, Engine: "go", Lowering: LoweringDirect, Config: presets["google"], Steps: 40, Ended: "a reason"}
	p.Net.Source, p.Net.SHA256 = "vgg19", "00ff"
	p.Picture.Source, p.Picture.SHA256 = "two words é.jpg", "ff00"
	for name, opt := range map[string]ImageOptions{"out.png": {Depth: 16}, "out.jpg": {Quality: 80}} {
		p.Depth, p.Quality = opt.Depth, opt.Quality
		text, err := p.Text()
		if err != nil {
			t.Fatal(err)
		}
		opt.Text = text
		path := filepath.Join(t.TempDir(), name)
		if err := WriteImage(path, NewImage(3, 2), opt); err != nil {
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
		if err := WriteImage(path, NewImage(1, 1), ImageOptions{Text: text}); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadProvenance(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q", record, err, want)
		}
	}
}

func TestReadPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.png")
	if err := WriteImage(path, scene(5, 4), ImageOptions{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPicture(path)
	want := sha256.Sum256(data)
	if err != nil || p.Size != (Size{5, 4}) || p.SHA256 != hex.EncodeToString(want[:]) {
		t.Errorf("got %+v, %v, want SHA-256 %x", p, err, want)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte{0}, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	var format FormatError
	if _, err := ReadPicture(path); !errors.As(err, &format) {
		t.Errorf("zeros: got %v, want a FormatError", err)
	}
	if _, err := ReadPicture(path + ".gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, want fs.ErrNotExist", err)
	}
}

// What Check refuses, it refuses without a look at the folder.
func TestImageOptionsCheck(t *testing.T) {
	for path, c := range map[string]struct {
		opt  ImageOptions
		want string
	}{
		"none/out.png":  {ImageOptions{Depth: 16}, ""},
		"none/out.JPEG": {ImageOptions{Quality: 1}, ""},
		"out.jpg":       {ImageOptions{Depth: 16}, "only .png holds more"},
		"out.jpeg":      {ImageOptions{Quality: 101}, "want a quality of 1 to 100, found 101"},
		"none/out.png ": {ImageOptions{}, `found ".png "`},
	} {
		err := c.opt.Check(path)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %+v: got %v, want %q", path, c.opt, err, c.want)
		}
	}
}
