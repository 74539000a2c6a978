package picture

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
)

// TestMisshapenImages wants an Image whose fields do not fit together refused by
// every function that takes one.
func TestMisshapenImages(t *testing.T) {
	sound := ramp(40, 30, false)
	path := filepath.Join(t.TempDir(), "out.png")
	for _, c := range []struct {
		image *Image
		want  string
	}{
		{nil, "picture: is empty, want at least 1x1 pixels"},
		{&Image{}, "picture: is empty"},
		{&Image{Width: 4, Height: -1}, "picture: is empty"},
		{&Image{Width: 40, Height: 30}, "picture: image of 40x30: Pix: want 3600 values, found 0"},
		{&Image{Width: 40, Height: 30, Pix: make([]float32, 3599)}, "Pix: want 3600 values, found 3599"},
		{&Image{Width: 40, Height: 30, Pix: make([]float32, 3601)}, "Pix: want 3600 values, found 3601"},
		{&Image{Width: 40, Height: 30, Pix: make([]float32, 3600), Alpha: make([]float32, 7)}, "picture: image of 40x30: Alpha: want 1200 values or nil, found 7"},
		{&Image{Width: 1 << 62, Height: 4}, "want at most 268435456 pixels"},
	} {
		for name, call := range map[string]func() error{
			"Check": c.image.Check,
			"PSNR": func() error {
				_, err := PSNR(sound, c.image)
				return err
			},
			"Write":     func() error { return Write(path, c.image, Options{}) },
			"Encode":    func() error { return Encode(io.Discard, "a.jpg", c.image, Options{}) },
			"Resize":    func() error { Resize(c.image, 3, 3, Bilinear); return nil },
			"Pad":       func() error { c.image.Pad(Size{50, 50}); return nil },
			"Crop":      func() error { c.image.Crop(Size{1, 1}); return nil },
			"Clone":     func() error { c.image.Clone(); return nil },
			"Add":       func() error { sound.Add(c.image); return nil },
			"Sub":       func() error { c.image.Sub(sound); return nil },
			"Clip":      func() error { c.image.Clip(); return nil },
			"Equal":     func() error { sound.Equal(c.image); return nil },
			"NRGBA":     func() error { c.image.NRGBA(); return nil },
			"NRGBA64":   func() error { c.image.NRGBA64(); return nil },
			"RGB8":      func() error { c.image.RGB8(); return nil },
			"Truncate8": func() error { Truncate8(c.image); return nil },
		} {
			faulttest.Refused(t, name, c.want, call)
		}
		if c.image != nil { // without one the name alone is looked at
			faulttest.Refused(t, "CheckOutput", c.want, func() error { return CheckOutput(path, c.image, Options{}) })
		}
	}
	faulttest.Refused(t, "a File", "want one from Open", func() error { new(File).Image(); return nil })
}
