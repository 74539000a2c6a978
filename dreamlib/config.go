package dreamlib

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

	// Objective is what a dream raises. Default relu5_1.
	Objective Objective `json:"objective"`

	// Measure is how a layer's activations become a number: "mean-square" or "l2".
	// Default mean-square.
	Measure Measure `json:"measure"`

	// Param is what is optimised. Default Pixels.
	Param Param `json:"param,omitempty"`

	// Transform changes what the network sees at each step, after Jitter. Default
	// none, nil.
	Transform Transform `json:"transform,omitempty"`

	// Pyramid is the octaves' sizes, and how they hand on what was dreamt. Default
	// Detail.
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

	// Units is what Step and the gradient of pixels are measured in: "pixel" for 255
	// levels from black to white, or "net" for the network's own input, which
	// for torchvision's nets is standard deviations. Default pixel.
	Units Units `json:"units"`

	// Optimizer makes steps of gradients. Default MeanAbs.
	Optimizer Optimizer `json:"rule"`

	// Jitter is the largest shift of the picture, in pixels up, down, left or
	// right, drawn anew for every step; 0 for none. Default 32.
	Jitter int `json:"jitter"`

	// Smooth blurs the gradient of what the network saw with three Gaussians of 0.5, 1
	// and 2 times a deviation that grows over an octave's iterations from Smooth+2/n to
	// Smooth+2 pixels; 0 for none. Default 0.
	Smooth float64 `json:"smooth"`

	// Clip keeps pixels between black and white after every step. Default true.
	Clip bool `json:"clip"`

	// Width is what the picture's width is brought to first, in pixels; 0
	// keeps it. Default 0.
	Width int `json:"width"`

	// Seed decides random numbers, such as jitter's. Default 0.
	Seed uint64 `json:"seed"`
}

// fields are a Config's by their names in JSON, in order. Nouns are text there.
func (c *Config) fields() []configField {
	return []configField{
		{"preset", &c.Preset},
		{"objective", &noun[Objective]{&c.Objective, always, ParseObjective}},
		{"measure", &c.Measure},
		{"param", &noun[Param]{&c.Param, Pixels.String(), parser("param", Params)}},
		{"transform", &noun[Transform]{&c.Transform, "", ParseTransform}},
		{"pyramid", &noun[Pyramid]{&c.Pyramid, always, parser("pyramid", Pyramids)}},
		{"octaves", &c.Octaves},
		{"octave_scale", &c.OctaveScale},
		{"iterations", &c.Iterations},
		{"step", &c.Step},
		{"units", &c.Units},
		{"rule", &noun[Optimizer]{&c.Optimizer, always, parser("rule", Optimizers)}},
		{"jitter", &c.Jitter},
		{"smooth", &c.Smooth},
		{"clip", &c.Clip},
		{"width", &c.Width},
		{"seed", &c.Seed},
	}
}

type configField struct {
	name  string
	value any // a pointer
}

// A noun is a field that is text in JSON.
type noun[T fmt.Stringer] struct {
	value *T
	usual string // JSON has no such field where this is the text: records from before there were others have none
	parse func(string) (T, error)
}

func (n *noun[T]) String() string {
	if any(*n.value) == nil {
		return ""
	}
	return (*n.value).String()
}

func (n *noun[T]) omitted() bool {
	return n.usual != always && (n.String() == n.usual || n.String() == "")
}

// always is what no noun's text is.
const always = ","

func (n *noun[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// UnmarshalJSON reads text. A noun whose text does not change is kept: it may be of a
// kind that no registry has.
func (n *noun[T]) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == n.String() {
		return nil
	}
	if text == "" {
		*n.value = *new(T)
		return nil
	}
	read, err := n.parse(text)
	if err == nil {
		*n.value = read
	}
	return err
}

// parser reads the names of a registry.
func parser[T any](noun string, kinds map[string]T) func(string) (T, error) {
	return func(name string) (T, error) { return choose(noun, name, kinds) }
}

// MarshalJSON writes nouns as text.
func (c Config) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for _, f := range c.fields() {
		if n, ok := f.value.(interface{ omitted() bool }); ok && n.omitted() {
			continue
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, ",%q:%s", f.name, value)
	}
	return append(append([]byte{'{'}, b.Bytes()[1:]...), '}'), nil
}

// UnmarshalJSON reads the fields that are there and keeps the others. An unknown field is
// an error, but for "tile", which decides no pixels and is an option of the model now.
func (c *Config) UnmarshalJSON(data []byte) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(data, &given); err != nil {
		return err
	}
	delete(given, "tile")
	read := *c
	for _, f := range read.fields() {
		if value, ok := given[f.name]; ok {
			if err := json.Unmarshal(value, f.value); err != nil {
				return fmt.Errorf("dreamlib: config: %s: %w", f.name, err)
			}
		}
		delete(given, f.name)
	}
	if len(given) > 0 {
		return fmt.Errorf("dreamlib: config: unknown field %q", sortedKeys(given)[0])
	}
	*c = read
	return nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

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

// Check reports what is wrong with a Config, or nil. Layers' names are checked
// against the network, in Dream.
func (c Config) Check() error {
	errs := []error{
		oneOf("measure", c.Measure, MeanSquare, L2),
		oneOf("units", c.Units, UnitsPixel, UnitsNet),
		c.checkNouns(),
	}
	for _, field := range []struct {
		name  string
		value float64
		ok    bool
		want  string
	}{
		{"octaves", float64(c.Octaves), c.Octaves >= 0 && c.Octaves <= maxOctaves, fmt.Sprintf("0 to %d", maxOctaves)},
		{"octave scale", c.OctaveScale, c.OctaveScale > 1 && c.OctaveScale <= 1e6, "more than 1, at most 1000000"},
		{"iterations", float64(c.Iterations), c.Iterations >= 0 && c.Iterations <= 1e9, "0 to 1000000000"},
		{"step", c.Step, finite32(c.Step), "a finite number, at most 3.4e38"},
		{"jitter", float64(c.Jitter), c.Jitter >= 0 && c.Jitter <= maxJitter, "0 to 1000000 pixels"},
		{"smooth", c.Smooth, c.Smooth >= 0 && c.Smooth <= 1e3, "0 to 1000 pixels"},
		{"width", float64(c.Width), c.Width >= 0 && c.Width <= 1e6, "0 to 1000000 pixels"},
	} {
		if !field.ok {
			errs = append(errs, fmt.Errorf("dreamlib: %s %v: want %s", field.name, field.value, field.want))
		}
	}
	return errors.Join(errs...)
}

// checkNouns says which noun is missing or cannot be.
func (c Config) checkNouns() error {
	var errs []error
	if c.Pyramid == nil {
		errs = append(errs, fmt.Errorf("dreamlib: pyramid: there is none, want one of %q", sortedKeys(Pyramids)))
	} else if c.Octaves >= 0 && c.Octaves <= maxOctaves {
		_, _, err := c.Pyramid.Sizes(picture.Size{Width: 224, Height: 224}, c.Octaves, c.OctaveScale, 1)
		errs = append(errs, err)
	}
	if c.Optimizer == nil {
		errs = append(errs, fmt.Errorf("dreamlib: rule: there is none, want one of %q", sortedKeys(Optimizers)))
	}
	for _, t := range terms(c.Objective) {
		if !finite32(t.weight) {
			errs = append(errs, fmt.Errorf("dreamlib: objective %q: weight %v: want a finite number, at most 3.4e38", c.Objective, t.weight))
		}
	}
	return errors.Join(errs...)
}

// Size is the size that the picture is brought to before its dream: Width wide,
// in its own proportions. One of more than picture.MaxPixels is an error.
func (c Config) Size(m picture.Size) (picture.Size, error) {
	if m.Width < 1 || m.Height < 1 {
		return picture.Size{}, errors.New("dreamlib: picture: is empty, want at least 1x1 pixels")
	}
	if m.Width > picture.MaxPixels/m.Height {
		return picture.Size{}, fmt.Errorf("dreamlib: picture of %dx%d: want at most %d pixels", m.Width, m.Height, picture.MaxPixels)
	}
	if c.Width < 1 {
		return m, nil
	}
	s := picture.Size{Width: c.Width, Height: max(m.Height*c.Width/m.Width, 1)}
	if s.Height > picture.MaxPixels/s.Width {
		return picture.Size{}, fmt.Errorf("dreamlib: width %d: makes a picture of %dx%d, want at most %d pixels", c.Width, s.Width, s.Height, picture.MaxPixels)
	}
	return s, nil
}

// finite32 tells numbers that stay finite in float32.
func finite32(v float64) bool { return math.Abs(v) <= math.MaxFloat32 } // false for NaN

// maxOctaves bounds the number of octaves; the article's default is 100.
const maxOctaves = 10000

// space is the range of what a network sees.
func (c Config) space(p models.Preprocessing) Space {
	s := Space{Preprocessing: p, Unit: [3]float32{1, 1, 1}}
	for i := range 3 {
		if c.Units == UnitsPixel {
			s.Unit[i] = float32(p.Scale / 255 / p.Std[i])
		}
		black, white := -p.Mean[i]/p.Std[i], (p.Scale-p.Mean[i])/p.Std[i]
		if !c.Clip {
			black, white = math.Inf(-1), math.Inf(1)
		}
		s.Black[i], s.White[i] = float32(black), float32(white)
	}
	return s
}

// transform is Jitter and Transform, one after the other; nil for none.
func (c Config) transform() Transform {
	if c.Jitter == 0 {
		return c.Transform
	}
	return Sequence(Jitter(c.Jitter), c.Transform)
}
