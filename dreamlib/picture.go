package dreamlib

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
)

// Picture is a picture as its file holds it: at most 4 bytes a pixel, or 8 with
// 16 bits a channel, where an Image takes 12 or 16.
type Picture struct {
	Size   Size   // upright
	SHA256 string // of the file, in hex, as a Provenance records it

	src  image.Image // in RGB, and not upright yet
	turn int         // EXIF's orientation
}

// ReadPicture reads a file as ReadImage does, but for the last step, which Image
// and Scratch take.
func ReadPicture(path string) (p *Picture, err error) {
	defer fence(&err)
	f, data, err := readFile(path)
	if err == nil {
		p, err = decode(f, data)
	}
	if err != nil {
		return nil, fmt.Errorf("dreamlib: picture %s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, nil
}

// Image is the picture as numbers, in memory. It panics when p is not from
// ReadPicture.
func (p *Picture) Image() *Image {
	must(p.check())
	return convert(nil, p.src, p.turn)
}

// check says whether there is a picture.
func (p *Picture) check() error {
	if p == nil || p.src == nil {
		return errors.New("dreamlib: picture: holds none, want one from ReadPicture")
	}
	return nil
}

// Scratch is the picture as numbers on disk: in files in folder, 12 bytes a pixel
// or 16 with opacity, of which only bands of rows are in memory. All that is made
// from it lies there too, and only as long as the process lives. Close the Image,
// and those that are made from it, after use. It works on Linux; elsewhere it is
// an error. Where the disk fills up later, functions without an error in their
// results panic.
func (p *Picture) Scratch(folder string) (m *Image, err error) {
	defer fence(&err)
	if err := p.check(); err != nil {
		return nil, err
	}
	return convert(newScratch(folder), p.src, p.turn), nil
}
