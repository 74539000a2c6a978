package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models"
)

// pngHeader is the beginning of a PNG that claims to be w x h.
func pngHeader(w, h uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = binary.BigEndian.AppendUint32(chunk, h)
	chunk = append(chunk, 8, 6, 0, 0, 0) // 8 bits, RGBA
	head := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(chunk))
}

func TestRunRefusesBadPictures(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder.png", 0o755); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(putPicture(t, t.TempDir(), "photo.jpg", colors(400, 300)))
	if err != nil {
		t.Fatal(err)
	}
	put(t, ".", "cut.jpg", whole[:len(whole)/2])
	put(t, ".", "text.png", []byte("just some words\n"))
	put(t, ".", "empty.jpg", nil)
	put(t, ".", "photo.heic", []byte("\x00\x00\x00\x18ftypheic"))
	put(t, ".", "huge.png", pngHeader(30000, 30000))
	put(t, ".", "flat.png", pngHeader(0, 100))
	put(t, ".", "out.png", []byte("old"))
	before := files(t, ".")
	for name, want := range map[string]string{
		"missing.png": "missing.png: no such file or directory",
		"folder.png":  "folder.png: is a directory",
		"empty.jpg":   "empty.jpg: not a picture: want JPEG, PNG, GIF, WebP, BMP or TIFF, found an empty file",
		"cut.jpg":     "cut.jpg: truncated JPEG: ",
		"text.png":    "text.png: not a picture: want JPEG, PNG, GIF, WebP, BMP or TIFF, found text",
		"photo.heic":  "photo.heic: cannot read HEIC: want ",
		"huge.png":    "huge.png: too large: want at most 268435456 pixels, found 30000 x 30000",
		"flat.png":    "flat.png: corrupt PNG: ",
		"":            "want a picture, found an empty name",
	} {
		exit := terminal.ExitFailed
		if name == "" {
			exit = terminal.ExitUsage
		}
		var was, is runtime.MemStats
		runtime.ReadMemStats(&was)
		wantMistake(t, dreamQuickly(t, name, "-o", "out.png"), exit, want)
		if runtime.ReadMemStats(&is); is.TotalAlloc-was.TotalAlloc > 64<<20 {
			t.Errorf("%s: took %d MB to refuse", name, (is.TotalAlloc-was.TotalAlloc)>>20)
		}
	}
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// A folder called like a package is still named in the error.
func TestRunNamesAFileCalledModels(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"models", "hub"} {
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		wantMistake(t, dreamQuickly(t, name), terminal.ExitFailed, name+": is a directory")
		wantMistake(t, dreamQuickly(t, photo(t), "--model", name), terminal.ExitFailed, "dream: "+name+": want a file, found a directory")
	}
}

func TestRunTakesSmallPictures(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		w, h  int
		flags []string
		notes []string
	}{
		{1, 1, nil, []string{"the edges of the 1x1 picture were repeated to 16x16 meanwhile", "1 of 2 octaves were dropped: relu5_1 needs at least 16 pixels a side"}},
		{1, 4000, nil, []string{"the edges of the 1x4000 picture were repeated to 16x4000 meanwhile", "1 of 2 octaves were dropped"}},
		{3000, 2, nil, []string{"were repeated to 3000x16 meanwhile", "1 of 2 octaves were dropped"}},
		{5, 5, []string{"--jitter", "5000"}, []string{"were repeated to 16x16 meanwhile"}},
		{9, 9, []string{"--smooth", "999"}, []string{"1 of 2 octaves were dropped"}},
		{40, 30, []string{"--width", "1"}, []string{"the picture was brought from 40x30 to 1x1 pixels", "were repeated to 16x16"}},
		{1, 1, []string{"--preset", "classic", "--jitter", "0"}, nil},
	} {
		picture := putPicture(t, t.TempDir(), "small.png", colors(c.w, c.h))
		o := must(t, dreamQuickly(t, append(c.flags, picture)...))
		for _, want := range c.notes {
			if !strings.Contains(o.stderr, want) {
				t.Errorf("%dx%d: %q does not say %q", c.w, c.h, o.stderr, want)
			}
		}
		if c.flags != nil && c.flags[0] == "--width" {
			c.w, c.h = 1, 1
		}
		if m, _ := readDream(t, "small-dream.png"); m.Width != c.w || m.Height != c.h {
			t.Errorf("%dx%d: came out as %dx%d", c.w, c.h, m.Width, m.Height)
		}
	}
}

// zipped is what torch.save writes, around a pickle.
func zipped(t *testing.T, pickle string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string]string{"archive/data.pkl": pickle, "archive/version": "3\n"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRunRefusesBadWeights(t *testing.T) {
	t.Chdir(t.TempDir())
	net, err := models.Random(1, "vgg11", 32)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := net.WriteSafetensors(&b, "F32", nil); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	nan := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(nan[len(nan)-4:], 0x7fc00000)               // the last bias
	bent := bytes.Replace(whole, []byte("[2,3,3,3]"), []byte("[2,3,9,1]"), 1) // the first kernel
	less := bytes.Replace(whole, []byte("features.0.bias"), []byte("features.0.bais"), 1)
	evil := "\x80\x02cposix\nsystem\nX\x0a\x00\x00\x00touch owned\x85R." // os.system("touch owne")
	put(t, ".", "evil.pth", zipped(t, evil))
	put(t, ".", "evil-legacy.pth", []byte(evil))
	put(t, ".", "nan.safetensors", nan)
	put(t, ".", "bent.safetensors", bent)
	put(t, ".", "less.safetensors", less)
	put(t, ".", "cut.safetensors", whole[:len(whole)-100])
	put(t, ".", "empty.pth", nil)
	put(t, ".", "words.pth", []byte("just some words\n"))
	put(t, ".", "old.png", []byte("old"))
	if err := os.Mkdir("folder.pth", 0o755); err != nil {
		t.Fatal(err)
	}
	picture, before := photo(t), files(t, ".")
	for name, want := range map[string]string{
		"missing.pth":      "open missing.pth: no such file or directory",
		"folder.pth":       "folder.pth: want a file, found a directory",
		"empty.pth":        "invalid weight file: empty.pth: the file is empty",
		"words.pth":        `invalid weight file: words.pth: want a torch .pth or a .safetensors file, found one that begins "just some words`,
		"cut.safetensors":  "invalid weight file: cut.safetensors: ",
		"nan.safetensors":  "features.18.bias",
		"bent.safetensors": "features.0.weight",
		"less.safetensors": "features.0.bias",
		"evil.pth":         "evil.pth",
		"evil-legacy.pth":  "evil-legacy.pth",
	} {
		wantMistake(t, dreamQuickly(t, picture, "--model", name, "-o", "old.png"), terminal.ExitFailed, want)
		wantMistake(t, dream(t, "layers", "--model", name), terminal.ExitFailed, want)
	}
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
	if _, err := os.Stat(filepath.Join(".", "owned")); err == nil {
		t.Error("a pickle was executed")
	}
}
