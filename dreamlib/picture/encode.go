package picture

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Options is how a picture is stored. The zero value is a plain 8-bit
// PNG, or a JPEG of quality 95.
type Options struct {
	Depth   int // bits a channel, 8 or 16; 16 in PNG alone. Default 8
	Quality int // of a JPEG, 1 to 100. Default 95

	// Text goes into the file beside the picture, where ReadText finds it. A key
	// is 1 to 79 ASCII letters, digits and signs other than a colon. A value is
	// UTF-8 without zero bytes, in JPEG at most 65,531 bytes with its key.
	// Default none
	Text map[string]string
}

// Write saves m to path in the format of its extension: .png, .jpg or
// .jpeg. Colours are clamped to 0..1 and rounded, halves up. Opacity is kept in
// PNG and is an error in JPEG, which has none. The file is replaced as a whole
// or not at all, as in WriteFileAtomic.
func Write(path string, m *Image, opt Options) (err error) {
	defer parallel.Fence("picture", &err)
	if err := m.Check(); err != nil {
		return err
	}
	encode, err := encoder(path, m, opt)
	if err != nil {
		return err
	}
	return WriteFileAtomic(path, func(w io.Writer) error { return encode(w, m, opt) })
}

// Encode is Write to anywhere, in the format of name's extension.
func Encode(w io.Writer, name string, m *Image, opt Options) (err error) {
	defer parallel.Fence("picture", &err)
	if err := m.Check(); err != nil {
		return err
	}
	encode, err := encoder(name, m, opt)
	if err != nil {
		return err
	}
	if err := encode(w, m, opt); err != nil {
		return fmt.Errorf("picture: write %s: %w", name, err)
	}
	return nil
}

// CheckOutput reports what would keep Write from writing a picture to path,
// or nil, so that nobody waits for a dream that cannot be kept. It looks at the
// name, the options and the folder, and at the opacity of m unless m is nil.
func CheckOutput(path string, m *Image, opt Options) (err error) {
	defer parallel.Fence("picture", &err)
	if m != nil {
		if err := m.Check(); err != nil {
			return err
		}
	}
	if _, err := encoder(path, m, opt); err != nil {
		return err
	}
	return checkReplace(path)
}

// Check reports whether a picture can be stored under the name path with these
// options, as far as the name and the options tell. It looks at no file.
func (opt Options) Check(path string) error {
	_, err := encoder(path, nil, opt)
	return err
}

// encoder chooses the format by the name's extension and checks that it can
// hold the picture as the options ask.
func encoder(path string, m *Image, opt Options) (encode func(io.Writer, *Image, Options) error, err error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		encode, err = encodePNG, checkPNG(opt)
	case ".jpg", ".jpeg":
		encode, err = encodeJPEG, checkJPEG(m, opt)
	default:
		err = fmt.Errorf("want a name that ends in .png, .jpg or .jpeg, found %q", ext)
	}
	if err != nil {
		return nil, fmt.Errorf("picture: write %s: %w", path, err)
	}
	return encode, nil
}

func checkPNG(opt Options) error {
	if opt.Depth != 0 && opt.Depth != 8 && opt.Depth != 16 {
		return fmt.Errorf("png: want a depth of 8 or 16, found %d", opt.Depth)
	}
	return nil
}

func checkJPEG(m *Image, opt Options) error {
	if opt.Quality < 0 || opt.Quality > 100 {
		return fmt.Errorf("jpeg: want a quality of 1 to 100, found %d", opt.Quality)
	}
	if opt.Depth != 0 && opt.Depth != 8 {
		return fmt.Errorf("jpeg: want a depth of 8, found %d: only .png holds more", opt.Depth)
	}
	if m == nil {
		return nil
	}
	if !m.opaque(65535) {
		return errors.New("jpeg: want an opaque picture, found transparent pixels: only .png holds them")
	}
	return nil
}

func encodePNG(w io.Writer, m *Image, opt Options) error {
	text, err := pngText(opt.Text)
	if err != nil {
		return err
	}
	w = &splicer{w: w, at: len("\x89PNG\r\n\x1a\n") + 25, extra: text} // behind the header chunk
	if opt.Depth == 16 {
		return png.Encode(w, m.NRGBA64())
	}
	return png.Encode(w, m.NRGBA())
}

func encodeJPEG(w io.Writer, m *Image, opt Options) error {
	quality := cmp.Or(opt.Quality, 95)
	text, err := jpegText(opt.Text)
	if err != nil {
		return err
	}
	p := m.NRGBA()
	opaque := &image.RGBA{Pix: p.Pix, Stride: p.Stride, Rect: p.Rect} // the same bytes, which the encoder has a fast path for
	return jpeg.Encode(&splicer{w: w, at: len("\xff\xd8"), extra: text}, opaque, &jpeg.Options{Quality: quality})
}
