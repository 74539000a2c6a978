package dreamlib

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Config is everything that decides a dream besides the picture and the
// network. It is plain data: it goes through JSON unchanged, is written into
// every output and repeats it. Start from a preset and change what you want:
//
//	cfg, err := dreamlib.Preset("google")
//	cfg.Objective = dreamlib.Layer("relu3_3")
//
// Zero means zero in every field; the defaults are those of Preset("default").
type Config struct {
	// Preset names the settings that this one started from. It decides
	// nothing. Default "default".
	Preset string `json:"preset"`

	// Objective is what is climbed. Default relu5_1.
	Objective Objective `json:"objective"`

	// Measure is how activations become a number: "mean-square" or "l2".
	// Default mean-square.
	Measure Measure `json:"measure"`

	// Pyramid is how octaves hand on what was dreamt: "detail", "carry" or
	// "article". Default detail.
	Pyramid Pyramid `json:"pyramid"`

	// Octaves is the number of scales, 1 or more; in the article's pyramid the
	// number of levels below the full picture, 0 or more. Octaves too small
	// for the network are dropped, and Result.Notes says so. Default 4.
	Octaves int `json:"octaves"`

	// OctaveScale is the ratio of sizes between octaves, above 1. Default 1.4.
	OctaveScale float64 `json:"octave_scale"`

	// Iterations is the number of steps in each octave, 0 or more. Default 8.
	Iterations int `json:"iterations"`

	// Step is the step size, in Units. Default 3.
	Step float64 `json:"step"`

	// Units is what Step and the gradient are measured in: "pixel" for 255
	// levels from black to white, or "net" for the network's own input, which
	// for torchvision's nets is standard deviations. Default pixel.
	Units Units `json:"units"`

	// Rule is what happens to the gradient before the step: "mean-abs",
	// "std", "none" or "accumulate". Default mean-abs.
	Rule Rule `json:"rule"`

	// Jitter is the largest shift of the picture, in pixels up, down, left or
	// right, drawn anew for every step; 0 for none. Default 32.
	Jitter int `json:"jitter"`

	// Smooth blurs the gradient with three Gaussians of 0.5, 1 and 2 times a
	// deviation that grows over an octave's iterations from Smooth+2/n to
	// Smooth+2 pixels; 0 for none. Default 0.
	Smooth float64 `json:"smooth"`

	// Clip keeps values between black and white after every step. Default
	// true.
	Clip bool `json:"clip"`

	// Width is what the picture's width is brought to first, in pixels; 0
	// keeps it. Default 0.
	Width int `json:"width"`

	// Seed decides the jitter. Default 0.
	Seed uint64 `json:"seed"`

	// Tile is the side, in pixels, of the tiles that a larger octave is climbed
	// in, at most; 0 takes the whole octave at once, or the largest tiles that
	// Model.Memory allows. It changes what a step needs, not what it computes:
	// pixels differ by rounding alone. Default 0.
	Tile int `json:"tile,omitempty"`
}

// Units is what a step is measured in.
type Units string

const (
	UnitsPixel Units = "pixel"
	UnitsNet   Units = "net"
)

// oneOf complains about a field whose value is none of those that are valid.
func oneOf[T ~string](field string, value T, valid ...T) error {
	if slices.Contains(valid, value) {
		return nil
	}
	return fmt.Errorf("dreamlib: %s %q: unknown, want one of %q", field, value, valid)
}

// Check says what is wrong with a Config, or nil. Layers' names are checked
// against the network, in Dream.
func (c Config) Check() error {
	errs := []error{
		c.Measure.check(),
		oneOf("pyramid", c.Pyramid, PyramidDetail, PyramidCarry, PyramidArticle),
		oneOf("units", c.Units, UnitsPixel, UnitsNet),
		oneOf("rule", c.Rule, RuleMeanAbs, RuleStd, RuleNone, RuleAccumulate),
	}
	least := 1
	if c.Pyramid == PyramidArticle {
		least = 0
	}
	for _, field := range []struct {
		name  string
		value float64
		ok    bool
		want  string
	}{
		{"octaves", float64(c.Octaves), c.Octaves >= least && c.Octaves <= maxOctaves, fmt.Sprintf("%d to %d", least, maxOctaves)},
		{"octave scale", c.OctaveScale, c.OctaveScale > 1 && c.OctaveScale <= 1e6, "more than 1, at most 1000000"},
		{"iterations", float64(c.Iterations), c.Iterations >= 0 && c.Iterations <= 1e9, "0 to 1000000000"},
		{"step", c.Step, finite32(c.Step), "a finite number, at most 3.4e38"},
		{"jitter", float64(c.Jitter), c.Jitter >= 0 && c.Jitter <= 1e6, "0 to 1000000 pixels"},
		{"smooth", c.Smooth, c.Smooth >= 0 && c.Smooth <= 1e3, "0 to 1000 pixels"},
		{"tile", float64(c.Tile), c.Tile >= 0 && c.Tile <= 1e6, "0 to 1000000 pixels"},
		{"width", float64(c.Width), c.Width >= 0 && c.Width <= 1e6, "0 to 1000000 pixels"},
	} {
		if !field.ok {
			errs = append(errs, fmt.Errorf("dreamlib: %s %v: want %s", field.name, field.value, field.want))
		}
	}
	for _, t := range c.Objective.Terms {
		if !finite32(t.Weight) {
			errs = append(errs, fmt.Errorf("dreamlib: objective %q: weight %v: want a finite number, at most 3.4e38", c.Objective, t.Weight))
		}
	}
	if c.Pyramid == PyramidArticle && c.Jitter != 0 && c.Rule == RuleAccumulate {
		errs = append(errs, errors.New("dreamlib: jitter with rule accumulate: the summed gradients would not line up, want jitter 0 or another rule"))
	}
	return errors.Join(errs...)
}

// Size is the size that the picture is brought to before its dream: Width wide,
// in its own proportions. One of more than MaxPixels is an error.
func (c Config) Size(img picture.Size) (picture.Size, error) {
	if img.Width < 1 || img.Height < 1 {
		return picture.Size{}, errNoPicture
	}
	if img.Width > picture.MaxPixels/img.Height {
		return picture.Size{}, fmt.Errorf("dreamlib: picture of %dx%d: want at most %d pixels", img.Width, img.Height, picture.MaxPixels)
	}
	if c.Width < 1 {
		return img, nil
	}
	s := picture.Size{Width: c.Width, Height: max(img.Height*c.Width/img.Width, 1)}
	if s.Height > picture.MaxPixels/s.Width {
		return picture.Size{}, fmt.Errorf("dreamlib: width %d: makes a picture of %dx%d, want at most %d pixels", c.Width, s.Width, s.Height, picture.MaxPixels)
	}
	return s, nil
}

var errNoPicture = errors.New("dreamlib: picture: is empty, want at least 1x1 pixels")

// finite32 tells numbers that stay finite as an input of a program.
func finite32(v float64) bool { return math.Abs(v) <= math.MaxFloat32 } // false for NaN

// maxOctaves bounds the recursion; the article's default is 100.
const maxOctaves = 10000

// metric is one unit of the Config's in the network's input, by channel.
func (c Config) metric(p models.Preprocessing) []float32 {
	m := []float32{1, 1, 1}
	if c.Units == UnitsPixel {
		for i := range m {
			m[i] = float32(p.Scale / 255 / p.Std[i])
		}
	}
	return m
}

// bounds are black and white in the network's input, by channel, or infinite
// where nothing is clipped.
func (c Config) bounds(p models.Preprocessing) (black, white []float32) {
	for i := range 3 {
		lo, hi := -p.Mean[i]/p.Std[i], (p.Scale-p.Mean[i])/p.Std[i]
		if !c.Clip {
			lo, hi = math.Inf(-1), math.Inf(1)
		}
		black, white = append(black, float32(lo)), append(white, float32(hi))
	}
	return black, white
}
