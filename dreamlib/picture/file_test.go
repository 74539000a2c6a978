package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.png")
	if err := Write(path, ramp(5, 4, false), Options{}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	want := sha256.Sum256(data)
	if err != nil || p.Size != (Size{5, 4}) || p.SHA256 != hex.EncodeToString(want[:]) {
		t.Errorf("got %+v, %v, want SHA-256 %x", p, err, want)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte{0}, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	var format FormatError
	if _, err := Open(path); !errors.As(err, &format) {
		t.Errorf("zeros: got %v, want a FormatError", err)
	}
	if _, err := Open(path + ".gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, want fs.ErrNotExist", err)
	}
}

// What Check refuses, it refuses without a look at the folder.
func TestOptionsCheck(t *testing.T) {
	for path, c := range map[string]struct {
		opt  Options
		want string
	}{
		"none/out.png":  {Options{Depth: 16}, ""},
		"none/out.JPEG": {Options{Quality: 1}, ""},
		"out.jpg":       {Options{Depth: 16}, "only .png holds more"},
		"out.jpeg":      {Options{Quality: 101}, "want a quality of 1 to 100, found 101"},
		"none/out.png ": {Options{}, `found ".png "`},
	} {
		err := c.opt.Check(path)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %+v: got %v, want %q", path, c.opt, err, c.want)
		}
	}
}
