package picture

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// File is a file's picture as the file holds it: at most 4 bytes a pixel, or 8 with
// 16 bits a channel, where an Image takes 12 or 16.
type File struct {
	Size   Size   // upright
	SHA256 string // of the file, in hex

	src  image.Image // in RGB, and not upright yet
	turn int         // EXIF's orientation
}

// Open reads a file as Read does, except for the last step, which Image takes.
func Open(path string) (f *File, err error) {
	defer parallel.Fence("picture", &err)
	format, data, err := readFile(path)
	if err == nil {
		f, err = decode(format, data)
	}
	if err != nil {
		return nil, fmt.Errorf("picture: %s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	f.SHA256 = hex.EncodeToString(sum[:])
	return f, nil
}

// Image is the picture as numbers. It panics when f is not from Open.
func (f *File) Image() *Image {
	if f == nil || f.src == nil {
		panic(errors.New("picture: file: holds none, want one from Open"))
	}
	return convert(f.src, f.turn)
}
