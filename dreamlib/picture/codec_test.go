package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// wantLine checks that err is there, is one line, and holds text.
func wantLine(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil {
		t.Errorf("want an error with %q, found none", text)
	} else if s := err.Error(); !strings.Contains(s, text) || strings.ContainsAny(s, "\n\r") || strings.Contains(s, ".tmp") {
		t.Errorf("want one line with %q, found %q", text, s)
	}
}

func TestReadAgreesWithPillow(t *testing.T) {
	for _, c := range readPillow(t).Files {
		z, err := zlib.NewReader(bytes.NewReader(c.RGBA))
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Decode(bytes.NewReader(c.File))
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if m.Width != 21 || m.Height != 15 || len(m.Pix) != 21*15*3 {
			t.Errorf("%s: got %d x %d", c.Name, m.Width, m.Height)
			continue
		}
		if transparent := slices.ContainsFunc(everyFourth(want), func(a uint8) bool { return a < 255 }); transparent != (m.Alpha != nil) {
			t.Errorf("%s: got opacity %t, want %t", c.Name, m.Alpha != nil, transparent)
		}
		tolerance := 0
		if strings.HasSuffix(c.Name, ".jpg") {
			tolerance = jpegTolerance
		}
		if d := furthest(m.NRGBA().Pix, want); d > tolerance {
			t.Errorf("%s: a level differs by %d from Pillow's, want at most %d", c.Name, d, tolerance)
		}
	}
}

func everyFourth(rgba []uint8) (alpha []uint8) {
	for i := 3; i < len(rgba); i += 4 {
		alpha = append(alpha, rgba[i])
	}
	return alpha
}

// ramp is a picture in which every value differs by a 65535th.
func ramp(w, h int, alpha bool) *Image {
	m := New(w, h)
	for i := range m.Pix {
		m.Pix[i] = float32(i*257%65536) / 65535
	}
	if alpha {
		m.Alpha = make([]float32, w*h)
		for i := range m.Alpha {
			m.Alpha[i] = float32(i*1021%65536) / 65535
		}
	}
	return m
}

func TestWriteAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	for _, size := range [][2]int{{1, 1}, {1, 4000}, {4000, 1}, {37, 21}} {
		for _, alpha := range []bool{false, true} {
			m := ramp(size[0], size[1], alpha)
			if err := Write(path, m, Options{Depth: 16}); err != nil {
				t.Fatal(err)
			}
			got, err := Read(path)
			if err != nil || got.Width != m.Width || got.Height != m.Height || !slices.Equal(got.Pix, m.Pix) || !slices.Equal(got.Alpha, m.Alpha) {
				t.Errorf("16 bits, %v, opacity %t: not the same picture, %v", size, alpha, err)
			}
			for i, v := range m.Pix {
				m.Pix[i] = float32(quantize(v, 255)) / 255
			}
			for i, v := range m.Alpha {
				m.Alpha[i] = float32(quantize(v, 255)) / 255
			}
			if err := Write(path, m, Options{}); err != nil {
				t.Fatal(err)
			}
			got, err = Read(path)
			if err != nil || !slices.Equal(got.Pix, m.Pix) || !slices.Equal(got.Alpha, m.Alpha) {
				t.Errorf("8 bits, %v, opacity %t: not the same picture, %v", size, alpha, err)
			}
		}
	}
}

func TestJPEGQuality(t *testing.T) {
	dir := t.TempDir()
	m := Resize(grey(2, 2, 0, 1, 0.5, 0.2), 64, 64, Bilinear)
	m.Alpha = slices.Repeat([]float32{1}, 64*64) // opaque after all
	var sizes []int64
	for i, q := range []int{30, 0, 95} {
		path := filepath.Join(dir, fmt.Sprint(i, ".jpg"))
		if err := Write(path, m, Options{Quality: q}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
		got, err := Read(path)
		if err != nil || got.Alpha != nil {
			t.Fatalf("quality %d: %v, opacity %v", q, err, got.Alpha)
		}
		if psnr, err := PSNR(m, got); err != nil || psnr < 35 {
			t.Errorf("quality %d: %v dB, %v", q, psnr, err)
		}
	}
	if sizes[0] >= sizes[1] || sizes[1] != sizes[2] {
		t.Errorf("got %v bytes at quality 30, default and 95", sizes)
	}
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	clear := ramp(2, 2, true)
	for _, c := range []struct {
		name string
		m    *Image
		opt  Options
		want string
	}{
		{"a.gif", clear, Options{}, `want a name that ends in .png, .jpg or .jpeg, found ".gif"`},
		{"a", clear, Options{}, `found ""`},
		{"a.png", clear, Options{Depth: 12}, "want a depth of 8 or 16, found 12"},
		{"a.jpg", clear, Options{}, "found transparent pixels: only .png holds them"},
		{"a.jpg", New(1, 1), Options{Depth: 16}, "want a depth of 8, found 16: only .png holds more"},
		{"a.jpg", New(1, 1), Options{Quality: 101}, "want a quality of 1 to 100, found 101"},
		{"a.jpg", New(1<<16, 1), Options{}, "too large"},
	} {
		path := filepath.Join(dir, c.name)
		err := Write(path, c.m, c.opt)
		wantLine(t, err, "picture: write "+path+": ")
		wantLine(t, err, c.want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// samples is one small file of each format that can be read.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, c := range readPillow(t).Files {
		files[c.Name] = c.File
	}
	src := ramp(9, 7, true).NRGBA()
	var b bytes.Buffer
	for name, encode := range map[string]func() error{
		"16.png":   func() error { return encodePNG(&b, ramp(9, 7, true), Options{Depth: 16}) },
		"go.jpg":   func() error { return encodeJPEG(&b, ramp(9, 7, false), Options{}) },
		"go.gif":   func() error { return gif.Encode(&b, src, nil) },
		"go.bmp":   func() error { return bmp.Encode(&b, src) },
		"zip.tiff": func() error { return tiff.Encode(&b, src, &tiff.Options{Compression: tiff.Deflate}) },
	} {
		b.Reset()
		if err := encode(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = bytes.Clone(b.Bytes())
	}
	return files
}

// A file cut off anywhere is an error that says so, or the whole picture where
// only padding is missing. It is never half a picture.
func TestTruncated(t *testing.T) {
	for name, file := range samples(t) {
		whole, err := Decode(bytes.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for n := range file {
			m, err := Decode(bytes.NewReader(file[:n]))
			var format FormatError
			switch {
			case err == nil && (!slices.Equal(m.Pix, whole.Pix) || !slices.Equal(m.Alpha, whole.Alpha)):
				t.Errorf("%s cut to %d of %d bytes: another picture, no error", name, n, len(file))
			case err != nil && !errors.As(err, &format):
				t.Errorf("%s cut to %d bytes: want a FormatError, found %v", name, n, err)
			case err != nil:
				wantLine(t, err, "picture: ")
			}
		}
		_, err = Decode(bytes.NewReader(file[:len(file)*2/3]))
		half := fmt.Sprint(err)
		if !strings.Contains(half, "truncated") && !strings.Contains(half, "corrupt") {
			t.Errorf("%s cut to two thirds: %s", name, half)
		}
		if strings.HasSuffix(name, ".jpg") || strings.HasSuffix(name, ".png") {
			wantLine(t, err, "truncated")
		}
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	huge := withChunks(t, nil, nil)
	binary.BigEndian.PutUint32(huge[16:], 30000)
	binary.BigEndian.PutUint32(huge[20:], 30000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty.jpg":  {nil, "not a picture: want JPEG, PNG, GIF, WebP, BMP or TIFF, found an empty file"},
		"text.png":   {[]byte("Dear reader,\nthis is no picture at all.\n"), "not a picture: want JPEG, PNG, GIF, WebP, BMP or TIFF, found text"},
		"short.png":  {[]byte("hi"), "found text"},
		"bytes.png":  {[]byte("\x00\x01\x02\x03 and so on"), "found bytes 0001020320616e64"},
		"header.png": {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHXR and what follows a header"), "corrupt PNG: "},
		"huge.png":   {huge, "too large: want at most 268435456 pixels, found 30000 x 30000"},
		"phone.jpg":  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "cannot read HEIC: want JPEG"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Read(path)
		wantLine(t, err, "picture: "+path+": ")
		wantLine(t, err, c.want)
		if m != nil {
			t.Errorf("%s: got a picture with the error", name)
		}
	}
	_, err := Read(dir)
	wantLine(t, err, "picture: "+dir+": is a directory")
	_, err = Read(filepath.Join(dir, "missing.png"))
	wantLine(t, err, "missing.png: no such file or directory")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want os.ErrNotExist", err)
	}
	_, err = Decode(brokenReader{})
	if !errors.Is(err, errBroken) {
		t.Errorf("got %v, want the reader's error", err)
	}
	var unsupported UnsupportedError
	if _, err := Read(filepath.Join(dir, "huge.png")); !errors.As(err, &unsupported) {
		t.Errorf("got %v, want an UnsupportedError", err)
	}
}

var errBroken = errors.New("the disk is on fire")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

// A wrong name says nothing: content decides.
func TestReadByContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "really_a.jpg")
	if err := os.WriteFile(path, samples(t)["16.png"], 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Read(path)
	if err != nil || !slices.Equal(m.Pix, ramp(9, 7, true).Pix) {
		t.Errorf("a PNG named .jpg: %v", err)
	}
}

// The first frame of an animation may cover a part of it.
func TestGIFFrame(t *testing.T) {
	frame := image.NewPaletted(image.Rect(1, 2, 3, 4), color.Palette{color.RGBA{R: 255, A: 255}, color.RGBA{}})
	frame.Pix[3] = 1
	second := image.NewPaletted(image.Rect(0, 0, 4, 5), color.Palette{color.RGBA{B: 255, A: 255}})
	var b bytes.Buffer
	animation := &gif.GIF{Image: []*image.Paletted{frame, second}, Delay: []int{1, 1}, Config: image.Config{Width: 4, Height: 5}}
	if err := gif.EncodeAll(&b, animation); err != nil {
		t.Fatal(err)
	}
	m, err := Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	wantAlpha := []float32{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	if m.Width != 4 || m.Height != 5 || !slices.Equal(m.Alpha, wantAlpha) {
		t.Fatalf("got %d x %d, opacity %v", m.Width, m.Height, m.Alpha)
	}
	for i, a := range m.Alpha {
		if m.Pix[3*i] != a || m.Pix[3*i+2] != 0 {
			t.Errorf("pixel %d: got %v", i, m.Pix[3*i:3*i+3])
		}
	}
}

func FuzzReadImage(f *testing.F) {
	for _, file := range samples(f) {
		f.Add(file)
	}
	for _, g := range jpegGoldens(f) {
		f.Add(g.File)
	}
	f.Add(withEXIF(f, "JPEG", samples(f)["go.jpg"], exifBlock(binary.LittleEndian, "II*\x00", 7)))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, err := sniff(data)
		if err != nil {
			return
		}
		if c, err := format.config(bytes.NewReader(data)); err == nil && c.Width > 0 && c.Height > (1<<18)/c.Width {
			return // valid, but nothing to wait for
		}
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		if m.Width < 1 || m.Height < 1 || len(m.Pix) != m.Width*m.Height*3 || m.Alpha != nil && len(m.Alpha) != m.Width*m.Height {
			t.Fatalf("%d x %d with %d and %d values", m.Width, m.Height, len(m.Pix), len(m.Alpha))
		}
		for _, v := range append(m.Pix, m.Alpha...) {
			if !(v >= 0 && v <= 1) || math.IsNaN(float64(v)) {
				t.Fatalf("a value of %v", v)
			}
		}
	})
}

// Encode makes the bytes of Write's file.
func TestEncodeImage(t *testing.T) {
	m := New(3, 2)
	m.Pix[4] = 0.5
	opt := Options{Text: map[string]string{"key": "value"}}
	for _, name := range []string{"a.png", "a.jpg"} {
		path := filepath.Join(t.TempDir(), name)
		if err := Write(path, m, opt); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Encode(&b, name, m, opt); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: %d bytes, %v, want the %d of the file", name, b.Len(), err, len(want))
		}
	}
	if err := Encode(io.Discard, "a.gif", m, opt); err == nil || err.Error() != `picture: write a.gif: want a name that ends in .png, .jpg or .jpeg, found ".gif"` {
		t.Errorf("a.gif: %v", err)
	}
}
