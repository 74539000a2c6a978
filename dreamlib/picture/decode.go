package picture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

const (
	// MaxPixels is the most that a picture may hold, 16384 x 16384: 3 GB as an
	// Image. A file whose header says more is refused before it is decoded.
	MaxPixels = 1 << 28

	maxFile = 8*MaxPixels - 1 // bytes, as many as the largest 16-bit picture takes unpacked
)

// FormatError says that a file is not what it should be, or is damaged.
type FormatError string

func (e FormatError) Error() string { return string(e) }

// UnsupportedError says that a file is valid but needs something that is not
// implemented here.
type UnsupportedError string

func (e UnsupportedError) Error() string { return string(e) }

// A format is one kind of picture file. Files are told apart by how they begin,
// never by name; a question mark in magic stands for any byte.
type format struct {
	name, magic string
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
}

const readable = "JPEG, PNG, GIF, WebP, BMP or TIFF"

var formats = []format{
	{"JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF", "GIF8", gif.DecodeConfig, gif.Decode}, // its first frame
	{"WebP", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode},
	{"BMP", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode},
	{"TIFF", "II*\x00", tiff.DecodeConfig, tiff.Decode},
	{"TIFF", "MM\x00*", tiff.DecodeConfig, tiff.Decode},
	{name: "HEIC", magic: "????ftyphei"}, // from here on known by name only
	{name: "HEIC", magic: "????ftypmif1"},
	{name: "AVIF", magic: "????ftypavif"},
	{name: "JPEG XL", magic: "\xff\x0a"},
	{name: "PDF", magic: "%PDF"},
}

// sniff finds the format of a file that begins with head.
func sniff(head []byte) (format, error) {
	for _, f := range formats {
		if !beginsWith(head, f.magic) {
			continue
		}
		if f.decode == nil {
			return f, UnsupportedError(fmt.Sprintf("cannot read %s: want %s", f.name, readable))
		}
		return f, nil
	}
	found := fmt.Sprintf("bytes %x", head[:min(len(head), 8)])
	binary := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r", r) }
	if len(head) == 0 {
		found = "an empty file"
	} else if !bytes.ContainsFunc(head, binary) {
		found = "text"
	}
	return format{}, FormatError(fmt.Sprintf("not a picture: want %s, found %s", readable, found))
}

func beginsWith(head []byte, magic string) bool {
	for i := range len(magic) {
		if i >= len(head) || magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// Read reads a JPEG, PNG, GIF (first frame), WebP, BMP or TIFF file, told
// by its content. Grey, palette, CMYK and 16-bit pictures become RGB at full
// precision, opacity is kept, and a JPEG or PNG with EXIF orientation is turned
// upright. Colour profiles are not applied: values are taken as sRGB. Errors
// are one line that names the file.
func Read(path string) (_ *Image, err error) {
	defer parallel.Fence("picture", &err)
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	return f.Image(), nil
}

// Decode is Read for a file that comes from anywhere.
func Decode(r io.Reader) (_ *Image, err error) {
	defer parallel.Fence("picture", &err)
	format, data, err := readAll(r, 0)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	f, err := decode(format, data)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return f.Image(), nil
}

func readFile(path string) (format, []byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return format{}, nil, withoutPath(err, path)
	}
	defer file.Close()
	var size int64
	if info, err := file.Stat(); err == nil {
		size = info.Size() // 0 of what is no file
	}
	f, data, err := readAll(file, size)
	return f, data, withoutPath(err, path)
}

// withoutPath shortens an error of package os about path, for a message that
// names the path already.
func withoutPath(err error, path string) error {
	var e *fs.PathError
	if errors.As(err, &e) && e.Path == path {
		return e.Err
	}
	return err
}

// readAll reads a picture's bytes, of which there are likely so many, and stops at
// the first few of anything else.
func readAll(r io.Reader, likely int64) (format, []byte, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(32)
	if err != nil && err != io.EOF {
		return format{}, nil, err
	}
	f, err := sniff(head)
	if err != nil {
		return f, nil, err
	}
	data := bytes.NewBuffer(make([]byte, 0, min(max(likely, 0), maxFile)+bytes.MinRead))
	_, err = data.ReadFrom(io.LimitReader(in, maxFile+1))
	if data.Len() > maxFile {
		return f, nil, UnsupportedError(fmt.Sprintf("too large: want at most %d bytes, found more", maxFile))
	}
	return f, data.Bytes(), err
}

// ReadSize is the size that Read would give a picture, from its header.
func ReadSize(path string) (Size, error) {
	f, data, err := readFile(path)
	var config image.Config
	if err == nil {
		config, err = decodeConfig(f, data)
	}
	if err != nil {
		return Size{}, fmt.Errorf("picture: %s: %w", path, err)
	}
	return upright(Size{config.Width, config.Height}, orientation(f.name, data)), nil
}

func decodeConfig(f format, data []byte) (image.Config, error) {
	config, err := f.config(bytes.NewReader(data))
	switch {
	case err != nil:
		err = decodeError(f.name, err)
	case config.Width < 1 || config.Height < 1:
		err = FormatError(fmt.Sprintf("corrupt %s: want at least 1 x 1 pixels, found %d x %d", f.name, config.Width, config.Height))
	case config.Width > MaxPixels/config.Height:
		err = UnsupportedError(fmt.Sprintf("too large: want at most %d pixels, found %d x %d", MaxPixels, config.Width, config.Height))
	}
	return config, err
}

func decode(f format, data []byte) (*File, error) {
	config, err := decodeConfig(f, data)
	if err != nil {
		return nil, err
	}
	src, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return nil, decodeError(f.name, err)
	}
	turn := orientation(f.name, data)
	return &File{Size: upright(Size{config.Width, config.Height}, turn), src: mended(f.name, config, src), turn: turn}, nil
}

// mended is what a decoder returned, in RGB, with what it leaves undone: WebP's
// colours, and GIF frames that cover a part of the picture.
func mended(name string, config image.Config, src image.Image) image.Image {
	if full := image.Rect(0, 0, config.Width, config.Height); name == "GIF" && src.Bounds() != full {
		canvas := image.NewNRGBA(full)
		draw.Draw(canvas, src.Bounds(), src, src.Bounds().Min, draw.Src)
		src = canvas
	}
	if name == "WebP" {
		return withoutChroma(src, fromWebP)
	}
	return withoutChroma(src, fromYCbCr)
}

// decodeError tells damage from features that a decoder lacks. All of them read
// from memory, so that an end of file is an end of the data.
func decodeError(name string, err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "unsupported"):
		return UnsupportedError(fmt.Sprintf("cannot read this %s: %s", name, text))
	case strings.HasSuffix(text, "EOF"), strings.Contains(text, "not enough"), strings.HasSuffix(text, "short Huffman data"):
		return FormatError(fmt.Sprintf("truncated %s: %s", name, text))
	default:
		return FormatError(fmt.Sprintf("corrupt %s: %s", name, text))
	}
}
