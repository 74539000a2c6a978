package picture

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// A jpegGolden is a file and the RGB levels that Pillow reads from it
// (testdata/jpeg_goldens.py).
type jpegGolden struct {
	Name          string
	Width, Height int
	File, RGB     []byte
}

func jpegGoldens(t testing.TB) []jpegGolden {
	t.Helper()
	text, err := os.ReadFile("testdata/jpeg_goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []jpegGolden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// unreadJPEGs are the goldens that image/jpeg does not read, and what it says. The
// last two are sound: it loses count of restart intervals in scans of one component.
var unreadJPEGs = map[string]string{
	"ycck":                           "cannot read this JPEG: unsupported JPEG feature: luma/chroma subsampling ratio",
	"cmyk without a word from Adobe": "unsupported JPEG feature: unknown color model",
	"sampling 2x4":                   "unsupported JPEG feature: luma/chroma subsampling ratio",
	"sampling 1x3":                   "unsupported JPEG feature: luma/chroma subsampling ratio",
	"sampling 2x2,1x2,2x1":           "unsupported JPEG feature: luma/chroma subsampling ratio",
	"sampling 2x2,2x2,1x1":           "unsupported JPEG feature: luma/chroma subsampling ratio",
	"sampling 4x1,2x1,1x1":           "unsupported JPEG feature: luma/chroma subsampling ratio",
	"sampling 1x1,2x2,1x2":           "unsupported JPEG feature: luma/chroma subsampling ratio",
	"progressive restart":            "corrupt JPEG: invalid JPEG format: missing 0xff00 sequence",
	"a scan for each component":      "corrupt JPEG: invalid JPEG format: missing 0xff00 sequence",
}

// jpegTolerance is by how many levels of 255 a JPEG's pixels may differ from
// Pillow's: image/jpeg rounds the inverse transform in its own way.
const jpegTolerance = 3

// furthest is the largest difference between two lists of levels.
func furthest(a, b []uint8) (most int) {
	for i, v := range a {
		most = max(most, int(v)-int(b[i]), int(b[i])-int(v))
	}
	return most
}

func TestJPEGIsPillows(t *testing.T) {
	for _, g := range jpegGoldens(t) {
		m, err := Decode(bytes.NewReader(g.File))
		if want := unreadJPEGs[g.Name]; want != "" {
			wantLine(t, err, want)
			var unsupported UnsupportedError
			if errors.As(err, &unsupported) != strings.Contains(want, "unsupported") {
				t.Errorf("%s: got a %T", g.Name, errors.Unwrap(err))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		if m.Width != g.Width || m.Height != g.Height || m.Alpha != nil {
			t.Errorf("%s: got %d x %d, opacity %t, want %d x %d", g.Name, m.Width, m.Height, m.Alpha != nil, g.Width, g.Height)
			continue
		}
		if d := furthest(m.RGB8().Pix, g.RGB); d > jpegTolerance {
			t.Errorf("%s: a level differs by %d from Pillow's, want at most %d", g.Name, d, jpegTolerance)
		}
	}
}

// TestTruncatedJPEG wants a file that is cut off anywhere refused.
func TestTruncatedJPEG(t *testing.T) {
	for _, g := range jpegGoldens(t) {
		for n := range g.File {
			var unsupported UnsupportedError
			m, err := Decode(bytes.NewReader(g.File[:n]))
			if m != nil || err == nil || errors.As(err, &unsupported) && unreadJPEGs[g.Name] == "" {
				t.Errorf("%s cut to %d of %d bytes: got %v", g.Name, n, len(g.File), err)
			}
		}
	}
}
