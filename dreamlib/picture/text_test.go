package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTextRoundTrip(t *testing.T) {
	text := map[string]string{
		"godream": `{"preset": "classic", "note": "` + strings.Repeat("größer, ", 900) + `"}`,
		"Title":   "",
		"a":       "key: value\nsecond line",
	}
	m := grey(3, 2, 0, 0.2, 0.4, 0.6, 0.8, 1)
	for _, name := range []string{"a.png", "a.jpg", "A.JPEG"} {
		path := filepath.Join(t.TempDir(), name)
		if err := Write(path, m, Options{Text: text}); err != nil {
			t.Fatal(err)
		}
		got, err := ReadText(path)
		if err != nil || !maps.Equal(got, text) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		back, err := Read(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if psnr, err := PSNR(m, back); err != nil || psnr < 30 {
			t.Errorf("%s: the picture changed: %v dB, %v", name, psnr, err)
		}
		if err := Write(path, m, Options{}); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadText(path); err != nil || got == nil || len(got) != 0 {
			t.Errorf("%s without text: got %q, %v", name, got, err)
		}
	}
}

func TestTextIsDeterministic(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		text := map[string]string{}
		for _, key := range strings.Fields("f e d c b a") {
			text[key] = key
		}
		if err := encodePNG(&files[i], New(2, 2), Options{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two files of one picture differ")
	}
}

func TestTextThatNoFileHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	for _, text := range []map[string]string{
		{"": "x"}, {strings.Repeat("k", 80): "x"}, {"two words": "x"}, {"a:b": "x"}, {"gr\u00f6n": "x"}, {"k": "a\x00b"}, {"k": "\xff"},
	} {
		if err := Write(path, New(1, 1), Options{Text: text}); err == nil {
			t.Errorf("%q: want an error", text)
		} else {
			wantLine(t, err, "picture: write "+path+": text: want ")
		}
	}
	long := Options{Text: map[string]string{"k": strings.Repeat("x", 65531)}}
	if err := Write(path, New(1, 1), long); err != nil {
		t.Error(err)
	}
	path = filepath.Join(filepath.Dir(path), "a.jpg")
	wantLine(t, Write(path, New(1, 1), long), "want at most 65530 bytes of text under \"k\", found 65531")
	long.Text["k"] = long.Text["k"][1:]
	if err := Write(path, New(1, 1), long); err != nil {
		t.Error(err)
	}
	if got, err := ReadText(path); err != nil || got["k"] != long.Text["k"] {
		t.Errorf("longest comment: got %d bytes, %v", len(got["k"]), err)
	}
}

func pngChunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(b, kind+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+body)))
}

func zlibbed(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

// withChunks is a small PNG with chunks before and behind its pixels.
func withChunks(t testing.TB, before, behind []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, New(1, 1).NRGBA()); err != nil {
		t.Fatal(err)
	}
	end := b.Len() - 12
	return slices.Concat(b.Bytes()[:33], before, b.Bytes()[33:end], behind, b.Bytes()[end:])
}

func TestReadForeignText(t *testing.T) {
	file := withChunks(t,
		slices.Concat(pngChunk("tEXt", "Author\x00J\xfcrgen"), pngChunk("tEXt", "twice\x00first"), pngChunk("tIME", "1234567")),
		slices.Concat(pngChunk("zTXt", "packed\x00\x00"+zlibbed("caf\xe9")), pngChunk("iTXt", "both\x00\x01\x00de\x00beide\x00"+zlibbed("über")),
			pngChunk("iTXt", "plain\x00\x00\x00\x00\x00äöü"), pngChunk("tEXt", "twice\x00second"), pngChunk("tEXt", "bare"), pngChunk("iTXt", "short\x00")))
	want := map[string]string{"Author": "Jürgen", "twice": "first", "packed": "café", "both": "über", "plain": "äöü", "bare": "", "short": ""}
	if got, err := parseText("PNG", file); err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}

	jpeg := "\xff\xd8\xff\xff\xe0\x00\x04JF" + "\xff\xfe\x00\x0fmade by hand\x00" + "\xff\xfe\x00\x0bseed: 123" + "\xff\xda\x00\x02\xff\xfe\x00\x06late"
	want = map[string]string{"Comment": "made by hand", "seed": "123"}
	if got, err := parseText("JPEG", []byte(jpeg)); err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDamagedText(t *testing.T) {
	bomb := "bomb\x00\x00" + zlibbed(strings.Repeat("\x00", maxText+1))
	flipped := withChunks(t, pngChunk("tEXt", "a\x00b"), nil)
	flipped[33+8+2] ^= 1
	endless := withChunks(t, nil, nil)
	endless = endless[:len(endless)-12]
	for name, file := range map[string][]byte{
		"want at most 16777216 bytes of text, found more": withChunks(t, pngChunk("zTXt", bomb), nil),
		"corrupt PNG: packed text: ":                      withChunks(t, pngChunk("zTXt", "a\x00\x00nonsense"), nil),
		"of chunk \"tEXt\", found":                        flipped,
		"truncated PNG":                                   endless,
		"want a PNG or JPEG, found GIF":                   []byte("GIF89a"),
		"corrupt JPEG: want a marker, found byte 0x41":    []byte("\xff\xd8\xff\xe0\x00\x02AAAA"),
		"corrupt JPEG: want segments of 2 bytes or more":  []byte("\xff\xd8\xff\xe0\x00\x01AAAA"),
		"truncated JPEG":                                  []byte("\xff\xd8\xff\xe0\x10\x00AAAA"),
		"found text":                                      []byte("just words"),
		"an empty file":                                   nil,
		"cannot read PDF":                                 []byte("%PDF-1.7"),
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := ReadText(path)
		wantLine(t, err, "picture: text of "+path+": ")
		wantLine(t, err, name)
		if text != nil {
			t.Errorf("%s: got %q with the error", name, text)
		}
	}
	_, err := ReadText("missing.png")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want os.ErrNotExist", err)
	}
}

func FuzzReadText(f *testing.F) {
	f.Add(withChunks(f, slices.Concat(pngChunk("tEXt", "a\x00b"), pngChunk("zTXt", "c\x00\x00"+zlibbed("d"))), pngChunk("iTXt", "e\x00\x01\x00\x00\x00"+zlibbed("f"))))
	f.Add(withEXIF(f, "PNG", withChunks(f, nil, nil), exifBlock(binary.BigEndian, "MM\x00*", 6)))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x09Exif\x00\x00I\xff\xfe\x00\x06a: b\xff\xda"))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, err := sniff(data)
		if err != nil {
			return
		}
		text, err := parseText(format.name, data)
		for key, value := range text {
			if key == "" || len(value) > 2*maxText {
				t.Errorf("key %q with %d bytes", key, len(value))
			}
		}
		if err != nil {
			wantLine(t, err, "")
		}
		if turn := orientation(format.name, data); turn < 1 || turn > 8 {
			t.Errorf("orientation %d", turn)
		}
	})
}
