package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goldenSum is what testdata/make.py printed.
const goldenSum = "5f86d12be6c92cb422b79fad39348198985b83a43aaee56bb2042a0edcf62e50"

func loadGolden(t *testing.T, file string) *Net {
	t.Helper()
	net, err := LoadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// weightSum hashes the weights as little-endian float32, kernel before bias.
func weightSum(net *Net) string {
	hash := sha256.New()
	for _, p := range net.parameters() {
		hash.Write(encoders["F32"](nil, p.values))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func TestLoadFileGivesTorchsWeights(t *testing.T) {
	for _, file := range []string{
		"zip.pth", "zip_protocol4.pth", "zip_parameters.pth", "zip_checkpoint.pth", "zip_channels_last.pth", "zip_no_crc.pth",
		"legacy.pth", "legacy_rebuild_v1.pth", "f32.safetensors", "timm.safetensors",
	} {
		net := loadGolden(t, file)
		if got := weightSum(net); got != goldenSum {
			t.Errorf("%s: weights have SHA-256 %s, torch's %s", file, got, goldenSum)
		}
		if want := strings.TrimSuffix(file, filepath.Ext(file)); net.Name != want {
			t.Errorf("%s: name %q, want %q", file, net.Name, want)
		}
		if net.Variant() != "vgg11" || net.Preprocessing != ImageNet || net.Labels != nil {
			t.Errorf("%s: got variant %q, preprocessing %v, labels %v", file, net.Variant(), net.Preprocessing, net.Labels)
		}
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); net.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: file has SHA-256 %x, got %s", file, sum, net.SHA256)
		}
	}
}

func TestLoadFileWidensHalves(t *testing.T) {
	exact := loadGolden(t, "f32.safetensors")
	for _, c := range []struct {
		file  string
		error float64 // half a unit in the last place, relative
	}{{"f16.safetensors", 0x1p-11}, {"bf16.safetensors", 0x1p-8}} {
		net := loadGolden(t, c.file)
		for i, p := range net.parameters() {
			for j, v := range p.values {
				want := float64(exact.parameters()[i].values[j])
				if math.Abs(float64(v)-want) > max(math.Abs(want)*c.error, 0x1p-25) {
					t.Fatalf("%s: %s value %d: got %v, want %v", c.file, p.name, j, v, want)
				}
			}
		}
	}
}

func TestLoadFileRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := LoadFile(filepath.Join(dir, "absent.pth"))
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "models: ") {
		t.Errorf("absent file: got %v", err)
	}
	if _, err = LoadFile(dir); err == nil || !strings.Contains(err.Error(), dir+": want a file, found a directory") {
		t.Errorf("directory: got %v", err)
	}
}

func TestLoadTellsFormatsByContent(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "models: invalid weight file: net.bin: the file is empty"},
		{"one byte", "P", "models: invalid weight file: net.bin: want a torch .pth or a .safetensors file"},
		{"text", "version https://git-lfs.github.com/spec/v1\n", `begins "version https://"`},
		{"HDF5", "\x89HDF\r\n\x1a\n\x00\x00", "models: unsupported weight file: net.bin: HDF5 (Keras)"},
		{"HDF5 after a user block", strings.Repeat("\x00", 1024) + "\x89HDF\r\n\x1a\n", "HDF5 (Keras)"},
		{"zip of something else", "PK\x03\x04", "net.bin: zip: "},
		{"another pickle", "\x80\x02]q\x00.", "the magic number is missing"},
	} {
		_, err := Load(strings.NewReader(c.data), int64(len(c.data)), "net.bin")
		var format FormatError
		var unsupported UnsupportedError
		if !errors.As(err, &format) && !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	data, err := os.ReadFile("testdata/zip.pth")
	if err != nil {
		t.Fatal(err)
	}
	net, err := Load(bytes.NewReader(data), int64(len(data)), "folder/misnamed.safetensors")
	if err != nil || net.Name != "misnamed" {
		t.Errorf("misnamed file: got %v, %v", net, err)
	}
}

// TestLoadRefusesTruncated cuts every kind of file at many places.
func TestLoadRefusesTruncated(t *testing.T) {
	for _, file := range []string{"zip.pth", "zip_protocol4.pth", "legacy.pth", "legacy_rebuild_v1.pth", "f16.safetensors"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		for size := 0; size < len(data); size += 1 + size/37 {
			_, err := Load(bytes.NewReader(data[:size]), int64(size), file)
			var format FormatError
			if !errors.As(err, &format) {
				t.Errorf("%s cut at %d of %d bytes: want a FormatError, got %v", file, size, len(data), err)
			}
		}
	}
}

// TestLoadRefusesHoles takes bytes out of the middle, which moves all that a
// zip's directory points to.
func TestLoadRefusesHoles(t *testing.T) {
	files := map[string][]byte{"written here": zipOf(t, stateEntries(fakeTensors(randomTensors(t))))}
	for _, file := range []string{"zip.pth", "legacy.pth", "f32.safetensors"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		files[file] = data
	}
	for file, data := range files {
		for _, hole := range []int{1, 64, len(data) / 2} {
			short := slices.Delete(bytes.Clone(data), len(data)/3, len(data)/3+hole)
			_, err := Load(bytes.NewReader(short), int64(len(short)), file)
			var format FormatError
			if !errors.As(err, &format) {
				t.Errorf("%s without %d bytes: want a FormatError, got %v", file, hole, err)
			}
		}
	}
}

// TestLoadNoticesFlippedBits changes single bits: a zip's checksums leave no
// way to other weights.
func TestLoadNoticesFlippedBits(t *testing.T) {
	data, err := os.ReadFile("testdata/zip.pth")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := 0; i < len(data); i += 23 {
		data[i] ^= 1 << (i % 8)
		net, err := Load(bytes.NewReader(data), int64(len(data)), "zip.pth")
		data[i] ^= 1 << (i % 8)
		if err != nil {
			refused++
		} else if weightSum(net) != goldenSum {
			t.Errorf("bit %d of byte %d flipped: other weights without an error", i%8, i)
		}
	}
	if refused == 0 {
		t.Error("no flipped bit was noticed")
	}
}

// brokenDisk gives an error instead of the bytes from a place on.
type brokenDisk struct {
	*bytes.Reader
	good int64
}

var errDisk = errors.New("input/output error")

func (d brokenDisk) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > d.good {
		return 0, errDisk
	}
	return d.Reader.ReadAt(p, at)
}

func TestLoadPassesReadErrorsOn(t *testing.T) {
	for _, file := range []string{"zip.pth", "legacy.pth", "f32.safetensors"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		size := int64(len(data))
		for _, good := range []int64{0, 16, size / 2, size - 1} {
			_, err := Load(brokenDisk{bytes.NewReader(data), good}, size, file)
			if !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "models: "+file+": ") {
				t.Errorf("%s broken from byte %d on: got %v", file, good, err)
			}
		}
	}
}

func TestLoadRefusesLyingSize(t *testing.T) {
	data, err := os.ReadFile("testdata/f32.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{-1, math.MinInt64, 9, int64(len(data)) + 1, math.MaxInt64} {
		if _, err := Load(bytes.NewReader(data), size, "net"); err == nil {
			t.Errorf("size %d for %d bytes: no error", size, len(data))
		}
	}
}
