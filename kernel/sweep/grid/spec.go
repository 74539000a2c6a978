package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/seed2310110f/godream/dreamlib"
)

// spec is a Grid in a file:
//
//	pictures: photos/*.jpg        # one, or a list; relative to the file's folder
//	nets: [embedded, vgg19]
//	set:                          # settings that are fixed
//	  preset: google
//	  width: 512
//	axes:                         # settings that are swept, the last the fastest
//	  - layer: [relu3_1, relu4_2]
//	  - step: 0.5..2/4
type spec struct {
	Folder   string          `json:"folder,omitempty"`
	Pictures list            `json:"pictures"`
	Nets     list            `json:"nets,omitempty"`
	Set      map[string]list `json:"set,omitempty"`
	Axes     []Axis          `json:"axes,omitempty"`
}

// specKeys are the names in a spec.
var specKeys = []string{"folder", "pictures", "nets", "set", "axes"}

// specWants is what those of a spec's names hold that are not lists of values.
var specWants = map[string]string{"folder": "a text", "set": "a value for each setting", "axes": "a list, with a - before each axis"}

// Read reads a grid from a YAML or JSON file. Relative names in it count from
// the file's folder. Errors name the file; a mistake in it is an *Error.
func Read(path string) (Grid, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Grid{}, fmt.Errorf("sweep: grid: %w", err) // which names the file
	}
	g, err := Parse(data)
	if err != nil {
		return g, &Error{fmt.Errorf("sweep: grid %s: %w", path, err)}
	}
	if !filepath.IsAbs(g.Folder) {
		g.Folder = filepath.Join(filepath.Dir(path), g.Folder)
	}
	return g, nil
}

// Parse reads a grid from YAML or JSON. An unknown or repeated name in it is an
// error.
func Parse(data []byte) (g Grid, err error) {
	if data, err = yaml.YAMLToJSONStrict(data); err != nil {
		return g, errors.New(strings.ReplaceAll(err.Error(), "\n", ""))
	}
	err = json.Unmarshal(data, &g)
	return g, err
}

// UnmarshalJSON reads a grid as files have it.
func (g *Grid) UnmarshalJSON(data []byte) error {
	*g = Grid{}
	var names map[string]json.RawMessage
	if err := json.Unmarshal(data, &names); err != nil || names == nil {
		return fmt.Errorf("want an object of %s, found %.40q", strings.Join(specKeys, ", "), data)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if slices.Contains(specKeys, name) {
			continue
		}
		if f, err := named(name); err == nil {
			return fmt.Errorf("%q: want it under set, or under axes", f.name)
		}
		return fmt.Errorf("unknown name %q: did you mean %s? want %s", name, Nearest(name, specKeys), strings.Join(specKeys, ", "))
	}
	var s spec
	var other *json.UnmarshalTypeError
	if err := json.Unmarshal(data, &s); errors.As(err, &other) && specWants[other.Field] != "" {
		return fmt.Errorf("%s: want %s, found a JSON %s", other.Field, specWants[other.Field], other.Value)
	} else if err != nil {
		return err
	}
	g.Folder, g.Pictures, g.Nets = s.Folder, s.Pictures, s.Nets
	delete(s.Set, "tile") // which decides no pixels, and was a setting once
	for _, name := range slices.Sorted(maps.Keys(s.Set)) {
		a := Axis{Name: name, Values: s.Set[name]}
		if len(a.Values) != 1 {
			return fmt.Errorf("set: %s: has %d values, want one: what is swept goes under axes", name, len(a.Values))
		}
		g.Axes = append(g.Axes, a)
	}
	g.Axes = append(g.Axes, s.Axes...)
	return nil
}

// MarshalJSON writes a grid as files have it: its Base goes under set.
func (g Grid) MarshalJSON() ([]byte, error) {
	s := spec{Folder: g.Folder, Pictures: g.Pictures, Nets: g.Nets}
	if !reflect.ValueOf(g.Base).IsZero() {
		s.Set = g.baseSet()
	}
	for _, a := range g.Axes {
		if fixed, err := named(a.Name); err == nil && len(a.Zipped)+len(a.Where) == 0 {
			if values, err := fixed.values(a.Values); err == nil && len(values) == 1 && s.Set[fixed.name] == nil {
				if s.Set == nil {
					s.Set = map[string]list{}
				}
				s.Set[fixed.name] = list{values[0]}
				continue
			}
		}
		s.Axes = append(s.Axes, a)
	}
	return json.Marshal(s)
}

// baseSet is Base as fixed settings, without those that an axis sets for all jobs.
func (g Grid) baseSet() map[string]list {
	swept := map[string]bool{}
	for _, a := range g.Axes {
		for _, z := range append([]Axis{a}, a.Zipped...) {
			if f, err := named(z.Name); err == nil && len(a.Where) == 0 {
				swept[f.key] = true
			}
		}
	}
	set, base := map[string]list{}, settings{Config: g.Base}
	for _, f := range fields {
		known := f.key != presetKey || slices.Contains(dreamlib.Presets(), g.Base.Preset)
		if text := f.text(f.of(&base)); text != "" && known && !swept[f.key] {
			set[f.name] = list{text}
		}
	}
	return set
}
