package jpeg

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

const markerCOM = 0xfe // a comment

// A golden is a file and the checksum of what Pillow reads from it
// (testdata/make.py).
type golden struct {
	Name          string
	Width, Height int
	SHA256        string
	File          []byte
}

func goldens(t testing.TB) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// sample is the file of one golden, safe to change.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	for _, g := range goldens(t) {
		if g.Name == name {
			return g.File
		}
	}
	t.Fatalf("no golden %q", name)
	return nil
}

// rgb returns the three bytes of each pixel of a picture as Decode returns it.
func rgb(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out []byte
	b := m.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			if c.A != 255 {
				t.Fatalf("opacity %d", c.A)
			}
			out = append(out, c.R, c.G, c.B)
		}
	}
	return out
}

func decode(file []byte) (image.Image, error) { return Decode(bytes.NewReader(file)) }

func TestPixelsEqualPillows(t *testing.T) {
	for _, g := range goldens(t) {
		m, err := decode(g.File)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		if size := m.Bounds(); size != image.Rect(0, 0, g.Width, g.Height) {
			t.Errorf("%s: got %v, want %d x %d", g.Name, size, g.Width, g.Height)
			continue
		}
		if sum := sha256.Sum256(rgb(t, m)); hex.EncodeToString(sum[:]) != g.SHA256 {
			t.Errorf("%s: the pixels differ", g.Name)
		}
		config, err := DecodeConfig(bytes.NewReader(g.File))
		if err != nil || config.Width != g.Width || config.Height != g.Height || config.ColorModel != m.ColorModel() {
			t.Errorf("%s: got %v, %v", g.Name, config, err)
		}
	}
}

// A file that is cut off anywhere says so.
func TestTruncated(t *testing.T) {
	for _, g := range goldens(t) {
		for n := range g.File {
			if m, err := decode(g.File[:n]); !errors.Is(err, io.ErrUnexpectedEOF) || m != nil {
				t.Errorf("%s cut to %d of %d bytes: got %v", g.Name, n, len(g.File), err)
			}
		}
	}
}

// at finds a marker and returns the index of the first byte of what it holds.
func at(t testing.TB, file []byte, marker byte) int {
	t.Helper()
	i := bytes.Index(file, []byte{0xff, marker})
	if i < 0 {
		t.Fatalf("no marker ff%02x", marker)
	}
	return i + 4
}

func TestRefuses(t *testing.T) {
	type change func(file []byte) []byte
	poke := func(marker byte, offset int, values ...byte) change {
		return func(f []byte) []byte {
			copy(f[at(t, f, marker)+offset:], values)
			return f
		}
	}
	insert := func(bytes ...byte) change {
		return func(f []byte) []byte { return slices.Insert(f, 2, bytes...) }
	}
	drop := func(marker byte) change { // makes comments of all such segments
		return func(f []byte) []byte {
			return bytes.ReplaceAll(f, []byte{0xff, marker, 0}, []byte{0xff, markerCOM, 0})
		}
	}
	repeat := func(marker byte) change { // before itself
		return func(f []byte) []byte {
			i := at(t, f, marker) - 4
			return slices.Insert(f, i, f[i:i+2+int(f[i+3])]...)
		}
	}
	last := func(marker byte) change { // the file ends at its last such marker
		return func(f []byte) []byte { return append(f[:bytes.LastIndex(f, []byte{0xff, marker})], 0xff, markerEOI) }
	}
	for _, c := range []struct {
		name   string
		change change
		want   string
	}{
		{"444", poke(markerSOF0, -3, 0xc9), "unsupported: want Huffman-coded baseline, extended or progressive frames, found ffc9: arithmetic coding"},
		{"444", poke(markerSOF0, -3, 0xc3), "found ffc3: lossless"},
		{"444", poke(markerSOF0, -3, 0xc6), "found ffc6: hierarchical"},
		{"444", poke(markerSOF0, -3, markerDHP), "unsupported: hierarchical"},
		{"444", poke(markerSOF0, 0, 12), "unsupported: want 8 bits a sample, found 12"},
		{"444", poke(markerSOF0, 1, 0, 0), "unsupported: height given behind the picture"},
		{"444", poke(markerSOF0, 3, 0, 0), "want a width of 1 or more, found 0"},
		{"444", poke(markerSOF0, 5, 2), "want a frame header of 6 bytes and 3 for each component, found 15 bytes"},
		{"444", poke(markerSOF0, 7, 0x51), "want sampling factors 1 to 4"},
		{"444", poke(markerSOF0, 7, 0x31, 0, 2, 0x21), "unsupported: want sampling factors that divide 3 x 1, found 2 x 1"},
		{"444", poke(markerSOF0, 7, 0x44), "want at most 10 blocks in an MCU, found 18"},
		{"444", insert(0xff, markerSOF0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0), "want one frame, found another"},
		{"444", insert(0xff, markerSOF0, 0, 14, 8, 0, 1, 0, 1, 2, 1, 0x11, 0, 2, 0x11, 0), "unsupported: want 1, 3 or 4 components, found 2"},
		{"444", insert(0xff, markerSOI), "want a segment, found marker ffd8"},
		{"444", insert(0xff, markerCOM, 0, 1), "want segments of 2 bytes or more, found 1 behind fffe"},
		{"444", insert(0xff, markerDRI, 0, 3, 0), "want 2 bytes of restart interval, found 1"},
		{"444", insert(0xff, markerSOS, 0, 2), "want a frame before the first scan"},
		{"444", insert(0xff, markerEOI), "want a frame, found none"},
		{"444", insert(0xff, markerDQT, 0, 3, 0x20), "want quantization tables 0 to 3 of 8 or 16 bits, found 20"},
		{"444", insert(0xff, markerDQT, 0, 4, 0x10, 0), "want 128 bytes of quantization table, found 1"},
		{"444", insert(0xff, markerDHT, 0, 3, 0x20), "want Huffman tables 0 to 3 for DC or AC, found 20"},
		{"444", insert(0xff, markerDHT, 0, 3, 0), "want 17 bytes before Huffman symbols, found 1"},
		{"444", poke(markerDHT, 1, 200), "want at most 256 Huffman symbols"},
		{"444", poke(markerDHT, 1, 3, 0, 0), "want at most 2 Huffman codes of 1 bits, found 3"},
		{"444", drop(markerDHT), "want the Huffman tables of a scan before it"},
		{"444", drop(markerDQT), "want quantization table 0 before the scan"},
		{"444", poke(markerSOS, 0, 9), "want a scan header"},
		{"444", poke(markerSOS, 3, 1), "want components of the frame in a scan, each once, found 1"},
		{"444", poke(markerSOS, 2, 0x44), "want Huffman tables 0 to 3, found 4 and 4"},
		{"444", poke(markerSOS, 16, 0xff, markerEOI), "want more of a scan, found marker ffd9"},
		{"restart", poke(markerRST0, -3, markerRST0+5), "want restart marker ffd0, found ffd5"},
		{"a scan for each component", last(markerSOS), "want a scan of each component, found none of component 3"},
		{"a scan for each component", repeat(markerSOS), "want more of a scan, found marker ffda"},
		{"a scan for each component", func(f []byte) []byte {
			i := bytes.LastIndex(f, []byte{0xff, markerSOS})
			f[i+5] = 1 // component 1 once more
			return f
		}, "want coefficient 0 down to bit -1 before the scan, found 0"},
		{"progressive", last(markerSOS), "unsupported: want scans of all detail, found none of coefficient"},
		{"progressive", poke(markerSOS, 7, 0, 5), "want scans of either DC or AC"},
		{"progressive", poke(markerSOS, 7, 1, 5), "want AC scans of 1 component, found 3"},
		{"progressive", poke(markerSOS, 9, 0x31), "want scans of one more bit, found bits 3 to 1"},
		{"progressive", poke(markerSOS, 9, 0x0e), "want a scan of coefficients 0 to 63 and bits 0 to 13"},
	} {
		file := c.change(sample(t, c.name))
		m, err := decode(file)
		if err == nil || !strings.Contains(err.Error(), c.want) || m != nil {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		var format FormatError
		var unsupported UnsupportedError
		if !errors.As(err, &format) && !errors.As(err, &unsupported) {
			t.Errorf("%s: got a %T with %v", c.name, err, err)
		}
	}
}

// What libjpeg passes over: padding before a marker, what a scan leaves behind,
// a restart marker after the last interval, and all after the end.
func TestTolerates(t *testing.T) {
	for _, name := range []string{"420", "restart", "progressive restart"} {
		file := sample(t, name)
		want, err := decode(file)
		if err != nil {
			t.Fatal(err)
		}
		padded := bytes.ReplaceAll(file, []byte{0xff, markerDHT}, []byte{0xff, 0xff, 0xff, markerDHT})
		padded = bytes.ReplaceAll(padded, []byte{0xff, markerRST0 + 1}, []byte{0, 0xff, 0, 7, 0xff, 0xff, markerRST0 + 1})
		padded = append(padded[:len(padded)-2], 1, 2, 3, 0xff, markerRST0+3, 0xff, markerTEM, 0xff, markerEOI, 0xff, 0x02)
		got, err := decode(padded)
		if err != nil || !bytes.Equal(rgb(t, got), rgb(t, want)) {
			t.Errorf("%s: another picture, %v", name, err)
		}
	}
}

func TestConfigReadsTheHeaderAlone(t *testing.T) {
	header := []byte{0xff, markerSOI, 0xff, markerSOF2, 0, 11, 8, 0xff, 0xfe, 0xff, 0xff, 1, 1, 0x11, 0}
	config, err := DecodeConfig(bytes.NewReader(header))
	if err != nil || config.Width != 65535 || config.Height != 65534 || config.ColorModel != color.GrayModel {
		t.Errorf("got %v, %v", config, err)
	}
	if _, err := DecodeConfig(strings.NewReader("GIF89a")); err == nil || err.Error() != "jpeg: want a file that begins with ffd8, found 4749" {
		t.Errorf("got %v", err)
	}
	broken := errors.New("the disk is on fire")
	if _, err := DecodeConfig(io.MultiReader(bytes.NewReader(header), errReader{broken})); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestScansAreLimited(t *testing.T) {
	d := &decoder{width: 1, scans: maxScans}
	var unsupported UnsupportedError
	if err := d.scan(nil); !errors.As(err, &unsupported) || err.Error() != "jpeg: unsupported: more than 500 scans" {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.File)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := DecodeConfig(bytes.NewReader(data))
		if err == nil && config.Height > (1<<16)/config.Width {
			return // valid, but nothing to wait for
		}
		m, decodeErr := decode(data)
		if err != nil && decodeErr == nil {
			t.Fatalf("a picture after %v", err)
		}
		var format FormatError
		var unsupported UnsupportedError
		switch {
		case decodeErr == nil && m.Bounds() != image.Rect(0, 0, config.Width, config.Height):
			t.Fatalf("got %v, want %d x %d", m.Bounds(), config.Width, config.Height)
		case decodeErr == nil:
			rgb(t, m)
		case !errors.As(decodeErr, &format) && !errors.As(decodeErr, &unsupported) && !errors.Is(decodeErr, io.ErrUnexpectedEOF):
			t.Fatalf("got a %T: %v", decodeErr, decodeErr)
		}
	})
}
