package grid

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// An expansion is a Grid with its patterns looked up, its texts read, and its axes
// combined.
type expansion struct {
	base         settings
	axes         []axis     // image files, nets, then the grid's; those with conditions last
	combinations [][]choice // one for each job, in order
	dims         []Dimension
	dimAxes      []axis // of each of dims, one of the axes of its name
}

// axis is one or several settings that move together.
type axis struct {
	name    string
	fields  []field
	columns [][]string // the values of each field, as many of each
	where   []condition
}

func (a axis) n() int { return len(a.columns[0]) }

// text is value i as a Point has it.
func (a axis) text(i int) string {
	texts := make([]string, len(a.columns))
	for c, values := range a.columns {
		texts[c] = values[i]
	}
	return strings.Join(texts, ", ")
}

// choice is value i of an axis.
type choice struct {
	*axis
	i int
}

// condition holds where the setting of this key was chosen to be one of the values.
type condition struct {
	key    string
	values map[string]bool
}

func (c condition) holds(choices []choice) bool {
	for _, made := range slices.Backward(choices) {
		for f, field := range made.fields {
			if field.key == c.key {
				return c.values[made.columns[f][made.i]]
			}
		}
	}
	return false
}

// expand reads and combines a grid.
func (g Grid) expand() (*expansion, error) {
	e := &expansion{}
	err := e.read(g)
	if err == nil {
		err = e.combine()
	}
	if err != nil {
		return nil, &Error{fmt.Errorf("sweep: %w", err)}
	}
	e.layOut()
	return e, nil
}

func (e *expansion) read(g Grid) error {
	pictures, err := g.pictures()
	if err != nil {
		return err
	}
	inputs := func(name string, values []string) axis {
		return axis{name: name, fields: []field{{name: name, key: name}}, columns: [][]string{values}}
	}
	e.axes = []axis{inputs(PictureAxis, pictures), inputs(NetAxis, g.nets())}
	for _, conditional := range []bool{false, true} {
		for _, a := range g.Axes {
			if (len(a.Where) > 0) == conditional {
				if err := e.add(g, a); err != nil {
					return err
				}
			}
		}
	}
	e.base.Precision = vgg.PrecisionFloat32
	e.base.Config = g.Base
	isZero := reflect.ValueOf(g.Base).IsZero()
	if isZero {
		e.base.Config, err = dreamlib.Preset("default")
	} else if len(e.valuesOf(presetKey)) > 0 {
		err = errors.New("base settings and an axis over preset: each preset sets all settings: want one of the two, and axes of one value for what is fixed")
	}
	return err
}

// add reads one of the grid's axes.
func (e *expansion) add(g Grid, given Axis) error {
	var a axis
	for i, z := range append([]Axis{given}, given.Zipped...) {
		if i > 0 && len(z.Zipped)+len(z.Where) > 0 {
			return fmt.Errorf("axis %s: is zipped, and has axes or conditions of its own: want them on the first", z.Name)
		}
		f, err := named(z.Name)
		if err != nil {
			return err
		}
		values, err := f.values(z.Values)
		if err != nil {
			return fmt.Errorf("axis %w", err)
		}
		at := 0 // fields lie in the order of Config
		for at < len(a.fields) && slices.Compare(a.fields[at].index, f.index) < 0 {
			at++
		}
		if at < len(a.fields) && a.fields[at].key == f.key {
			return fmt.Errorf("axis %s: is zipped with itself", f.name)
		}
		a.fields, a.columns = slices.Insert(a.fields, at, f), slices.Insert(a.columns, at, values)
	}
	var names []string
	for c, f := range a.fields {
		names = append(names, f.name)
		if n := len(a.columns[c]); n != a.n() {
			return fmt.Errorf("axes %s and %s: are zipped, and have %d and %d values: want as many", a.fields[0].name, f.name, a.n(), n)
		}
	}
	a.name = strings.Join(names, ", ")
	seen := map[string]bool{}
	for i := range a.n() {
		text := a.text(i)
		if seen[text] {
			return fmt.Errorf("axis %s: has the value %s twice", a.name, text)
		}
		seen[text] = true
	}
	for _, name := range slices.Sorted(maps.Keys(given.Where)) {
		c, err := e.condition(g, name, given.Where[name])
		if err != nil {
			return fmt.Errorf("axis %s: where %w", a.name, err)
		}
		a.where = append(a.where, c)
	}
	e.axes = append(e.axes, a)
	return nil
}

// condition reads which values another axis has to have.
func (e *expansion) condition(g Grid, name string, texts []string) (condition, error) {
	var values []string
	key := name
	switch name {
	case PictureAxis:
		for _, text := range texts {
			values = append(values, filepath.Clean(g.path(text)))
		}
	case NetAxis:
		for _, text := range texts {
			values = append(values, g.net(text))
		}
	default:
		f, err := named(name)
		if err == nil {
			values, err = f.values(texts)
		}
		if err != nil {
			return condition{}, err
		}
		key = f.key
	}
	c := condition{key, map[string]bool{}}
	valid := e.valuesOf(key)
	switch {
	case len(values) == 0:
		return c, fmt.Errorf("%s: has no values, want at least one", name)
	case len(valid) == 0:
		return c, fmt.Errorf("%s: no axis before this one sets it", name)
	}
	for _, value := range values {
		if !slices.Contains(valid, value) {
			return c, fmt.Errorf("%s is %s: it never is, did you mean %s?", name, value, Nearest(value, valid))
		}
		c.values[value] = true
	}
	return c, nil
}

// valuesOf are all that the axes so far give the setting of a key.
func (e *expansion) valuesOf(key string) (values []string) {
	for _, a := range e.axes {
		for c, f := range a.fields {
			if f.key == key {
				values = append(values, a.columns[c]...)
			}
		}
	}
	return values
}

// combine makes every combination of the axes' values, the last axis the fastest. An
// axis whose conditions do not all hold has no part in a combination.
func (e *expansion) combine() error {
	e.combinations = [][]choice{nil}
	for at := range e.axes {
		a, n := &e.axes[at], 0
		applies := make([]bool, len(e.combinations))
		for k, choices := range e.combinations {
			applies[k] = !slices.ContainsFunc(a.where, func(c condition) bool { return !c.holds(choices) })
			if !applies[k] {
				n++
				continue
			}
			n += a.n()
			if err := a.conflict(choices); err != nil {
				return err
			}
		}
		if n > MaxJobs {
			more := ""
			if at < len(e.axes)-1 {
				more = " or more"
			}
			return fmt.Errorf("the grid has %d jobs%s: want at most %d", n, more, MaxJobs)
		}
		next := make([][]choice, 0, n)
		for k, choices := range e.combinations {
			if !applies[k] {
				next = append(next, choices)
				continue
			}
			for i := range a.n() {
				next = append(next, append(slices.Clip(choices), choice{a, i}))
			}
		}
		e.combinations = next
	}
	return nil
}

// conflict reports that another axis has set one of the axis's settings for the same
// job. One fixed for all jobs may be, by an axis with conditions.
func (a *axis) conflict(choices []choice) error {
	for _, made := range choices {
		if made.n() == 1 && len(made.where) == 0 && len(a.where) > 0 {
			continue
		}
		for _, x := range made.fields {
			for _, y := range a.fields {
				if x.key != y.key {
					continue
				}
				if x.name != y.name {
					return fmt.Errorf("%s and %s: both set the objective, want one of them", x.name, y.name)
				}
				return fmt.Errorf("%s: two axes set it: want one of them, or conditions that exclude each other", x.name)
			}
		}
	}
	return nil
}

// job is the dream of a combination. With an error comes what is known of it.
func (e *expansion) job(in *inputs, choices []choice) (Job, error) {
	s, err := e.settings(choices)
	j := Job{
		Picture: Input{Source: choices[0].text(choices[0].i)},
		Net:     Input{Source: choices[1].text(choices[1].i)},
		Config:  s.Config,
		Options: s.Options,
		Point:   e.point(choices, s),
	}
	if err == nil {
		err = j.Config.Check()
	}
	if err == nil {
		err = j.Options.Check()
	}
	if err == nil {
		_, err = j.Config.Size(in.sizes[j.Picture.Source])
	}
	if err == nil {
		j.Config.Objective, err = dreamlib.Canonical(j.Config.Objective, in.nets[j.Net.Source])
	}
	return j, err
}

// settings are the base with the choices on top, the preset's first.
func (e *expansion) settings(choices []choice) (s settings, err error) {
	s = e.base
	choices = choices[2:] // after the image file and the net
	for _, c := range choices {
		for i, f := range c.fields {
			if f.key == presetKey {
				if s.Config, err = dreamlib.Preset(c.columns[i][c.i]); err != nil {
					return s, err
				}
			}
		}
	}
	for _, c := range choices {
		for i, f := range c.fields {
			v, err := f.parse(c.columns[i][c.i])
			if err != nil {
				return s, err
			}
			f.of(&s).Set(v)
		}
	}
	return s, nil
}

// point is where a combination and its settings lie along the dimensions.
func (e *expansion) point(choices []choice, s settings) []string {
	point := make([]string, len(e.dims))
	for d, a := range e.dimAxes {
		var texts []string
		for _, f := range a.fields {
			if f.index != nil { // image files and nets are no settings
				texts = append(texts, f.text(f.of(&s)))
			}
		}
		point[d] = strings.Join(texts, ", ")
		for _, c := range choices {
			if c.name == a.name {
				point[d] = c.text(c.i)
			}
		}
	}
	return point
}

// layOut finds the axes of more than one value. Those of one name, which exclude
// each other, are one dimension. Where none of them applies the setting has a value too.
func (e *expansion) layOut() {
	conditional := false
	var values [][]string
	for _, a := range e.axes {
		if a.n() == 1 && len(a.where) == 0 {
			continue // fixed
		}
		at := slices.IndexFunc(e.dims, func(d Dimension) bool { return d.Name == a.name })
		if at < 0 {
			at, e.dims, e.dimAxes, values = len(e.dims), append(e.dims, Dimension{Name: a.name}), append(e.dimAxes, a), append(values, nil)
		}
		for i := range a.n() {
			values[at] = append(values[at], a.text(i))
		}
		conditional = conditional || len(a.where) > 0
	}
	for _, choices := range e.combinations {
		if !conditional {
			break
		}
		if s, err := e.settings(choices); err == nil { // Jobs reports it
			for d, value := range e.point(choices, s) {
				values[d] = append(values[d], value)
			}
		}
	}
	dims, axes := e.dims, e.dimAxes
	e.dims, e.dimAxes = nil, nil
	for d, dim := range dims {
		dim.Values = each(values[d])
		if a := axes[d]; len(a.where) > 0 && len(a.fields) == 1 && a.fields[0].numeric() { // numbers of the settings are among them
			slices.SortFunc(dim.Values, func(a, b string) int {
				x, _ := strconv.ParseFloat(a, 64)
				y, _ := strconv.ParseFloat(b, 64)
				return cmp.Compare(x, y)
			})
		}
		if len(dim.Values) > 1 {
			e.dims, e.dimAxes = append(e.dims, dim), append(e.dimAxes, axes[d])
		}
	}
}

// each are the texts, each once.
func each(texts []string) (list []string) {
	seen := map[string]bool{}
	for _, text := range texts {
		if !seen[text] {
			seen[text], list = true, append(list, text)
		}
	}
	return list
}
