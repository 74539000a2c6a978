package vgg

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// An Input is pictures of one size as a network sees them: preprocessed, in float32.
type Input struct {
	N, Height, Width int       // pictures, and their size in pixels
	X                []float32 // [N, Height, Width, 3]
}

// NewInput makes an Input of zeros. It panics when a number is below 1.
func NewInput(n, h, w int) *Input {
	x := &Input{n, h, w, nil}
	if min(n, h, w) < 1 {
		panic(fmt.Errorf("vgg: input: want 1 or more pictures, rows and columns, found %d, %d and %d", n, h, w))
	}
	x.X = make([]float32, n*h*w*3)
	return x
}

// Size is that of each picture.
func (x *Input) Size() picture.Size { return picture.Size{Width: x.Width, Height: x.Height} }

// At is picture i alone. It shares its values with x.
func (x *Input) At(i int) *Input {
	size := x.Height * x.Width * 3
	return &Input{1, x.Height, x.Width, x.X[i*size:][:size]}
}

// Clone is a copy that shares nothing with x.
func (x *Input) Clone() *Input { return &Input{x.N, x.Height, x.Width, slices.Clone(x.X)} }

// Like is an Input of zeros with x's shape.
func (x *Input) Like() *Input { return NewInput(x.N, x.Height, x.Width) }

// Check reports whether X holds as many values as the shape asks for.
func (x *Input) Check() error {
	if x == nil {
		return errors.New("vgg: input: there is none, want one from Preprocess or NewInput")
	}
	if min(x.N, x.Height, x.Width) < 1 || x.N > picture.MaxPixels || x.Height > picture.MaxPixels/x.Width ||
		len(x.X) != x.N*x.Height*x.Width*3 {
		return fmt.Errorf("vgg: input of %d pictures of %dx%d: want %d values for each, found %d in all", x.N, x.Width, x.Height, 3*x.Width*x.Height, len(x.X))
	}
	return nil
}

// Rows calls work for runs of the rows of all pictures, several at once.
func (x *Input) Rows(work func(lo, hi int)) { parallel.Runs(x.N*x.Height, work) }

// Preprocess turns images of one size into a network's input. It panics when there are
// none, or of several sizes.
func Preprocess(p models.Preprocessing, images ...*picture.Image) *Input {
	if len(images) == 0 || images[0].Check() != nil {
		panic(errors.New("vgg: preprocess: want one image or more"))
	}
	x := NewInput(len(images), images[0].Height, images[0].Width)
	for i, m := range images {
		if err := m.Check(); err != nil {
			panic(err)
		}
		if m.Width != x.Width || m.Height != x.Height {
			panic(fmt.Errorf("vgg: preprocess: want images of one size, found %dx%d and %dx%d", x.Width, x.Height, m.Width, m.Height))
		}
		preprocess(p, x.At(i), m)
	}
	return x
}

// preprocess writes the network's input for an image to x.
func preprocess(p models.Preprocessing, x *Input, m *picture.Image) {
	x.Rows(func(lo, hi int) {
		for i := lo * x.Width * 3; i < hi*x.Width*3; i += 3 {
			rgb := [3]float32(m.Pix[i:])
			if p.BGR {
				rgb[0], rgb[2] = rgb[2], rgb[0]
			}
			for c, v := range rgb {
				// The conversions keep every step in float32, as PyTorch does, on
				// machines that would fuse them.
				v = float32(v * float32(p.Scale))
				v = float32(v - float32(p.Mean[c]))
				x.X[i+c] = v / float32(p.Std[c])
			}
		}
	})
}

// Deprocess turns the first picture of a network's input back into an image. Values may
// lie outside 0..1.
func Deprocess(p models.Preprocessing, x *Input) (_ *picture.Image, err error) {
	defer parallel.Fence("vgg", &err)
	if err := x.Check(); err != nil {
		return nil, err
	}
	m := picture.New(x.Width, x.Height)
	deprocess(p, m, x.At(0))
	return m, nil
}

// DeprocessInPlace is Deprocess of one picture, in x's own memory.
func DeprocessInPlace(p models.Preprocessing, x *Input) *picture.Image {
	m := &picture.Image{Width: x.Width, Height: x.Height, Pix: x.X}
	deprocess(p, m, x)
	return m
}

// deprocess writes the pixels of a network's input to m.
func deprocess(p models.Preprocessing, m *picture.Image, x *Input) {
	x.Rows(func(lo, hi int) {
		for i := lo * x.Width * 3; i < hi*x.Width*3; i += 3 {
			rgb := [3]float32(x.X[i:])
			for c, v := range rgb {
				v = float32(v * float32(p.Std[c]))
				v = float32(v + float32(p.Mean[c]))
				rgb[c] = v / float32(p.Scale)
			}
			if p.BGR {
				rgb[0], rgb[2] = rgb[2], rgb[0]
			}
			copy(m.Pix[i:], rgb[:])
		}
	})
}
