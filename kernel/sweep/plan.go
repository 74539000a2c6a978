package sweep

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
)

// A plan is a Grid understood: its patterns looked up, its texts read, its
// contradictions found.
type plan struct {
	base settings
	axes []axis // pictures, nets, then the grid's; those with conditions last

	conditions []condition // of all axes
	dims       []dimension // see layOut
}

// axis is one that moves by itself.
type axis struct {
	name    string
	columns []column // of as many values each
	where   []int    // of the plan's conditions, all of which have to hold
}

func (a axis) n() uint64 { return a.columns[0].n }

// at is what a Point says of value i.
func (a axis) at(i uint64) string {
	texts := make([]string, len(a.columns))
	for c, col := range a.columns {
		texts[c] = col.at(i)
	}
	return strings.Join(texts, ", ")
}

// condition holds when the setting of this key has been given one of the values.
type condition struct {
	key    string
	values []string
}

// resolve makes a grid's plan.
func (g Grid) resolve() (*plan, error) {
	p, err := g.understand()
	if err != nil {
		return nil, &GridError{fmt.Errorf("sweep: %w", err)}
	}
	return p, nil
}

func (g Grid) understand() (*plan, error) {
	p := &plan{}
	pictures, err := g.pictures()
	if err != nil {
		return nil, err
	}
	p.axes = []axis{plainAxis(pictureAxis, pictures), plainAxis(netAxis, g.nets())}
	for _, conditional := range []bool{false, true} {
		for _, a := range g.Axes {
			if (len(a.Where) > 0) != conditional {
				continue
			}
			if err := p.add(g, a); err != nil {
				return nil, err
			}
		}
	}
	p.base.Precision = dreamlib.PrecisionFloat32
	p.base.Config = g.Base
	switch isZero := reflect.ValueOf(g.Base).IsZero(); {
	case !isZero && len(p.with(presetKey)) > 0:
		return nil, errors.New("base settings and an axis over preset: each preset brings all settings: want one of the two, and axes of one value for what is fixed")
	case isZero:
		p.base.Config, err = dreamlib.Preset("default")
	}
	return p, err
}

// plainAxis is the axis of pictures or of nets.
func plainAxis(name string, values []string) axis {
	c := column{field: field{name: name, key: name}}
	for _, v := range values {
		c.add(run{text: v, n: 1})
	}
	return axis{name: name, columns: []column{c}}
}

// add takes in one of the grid's axes.
func (p *plan) add(g Grid, given Axis) error {
	var a axis
	for i, z := range append([]Axis{given}, given.Zipped...) {
		if i > 0 && len(z.Zipped)+len(z.Where) > 0 {
			return fmt.Errorf("axis %s: is zipped, and has axes or conditions of its own: want them on the first", z.Name)
		}
		f, err := named(z.Name)
		if err != nil {
			return err
		}
		c, err := newColumn(f, z.Values)
		if err != nil {
			return fmt.Errorf("axis %w", err)
		}
		if slices.ContainsFunc(a.columns, func(o column) bool { return o.field.key == f.key }) {
			return fmt.Errorf("axis %s: is zipped with itself", f.name)
		}
		a.columns = append(a.columns, c)
	}
	slices.SortStableFunc(a.columns, func(x, y column) int { return slices.Compare(x.field.index, y.field.index) })
	var names []string
	for _, c := range a.columns {
		names = append(names, c.field.name)
		if c.n != a.n() {
			first := a.columns[0]
			return fmt.Errorf("axes %s and %s: are zipped, and have %d and %d values: want as many", first.field.name, c.field.name, first.n, c.n)
		}
	}
	a.name = strings.Join(names, ", ")
	if err := p.addConditions(g, &a, given.Where); err != nil {
		return err
	}
	for _, other := range p.axes {
		if err := p.conflict(other, a); err != nil {
			return err
		}
	}
	p.axes = append(p.axes, a)
	return repeated(a)
}

// mostListed is how many values of an axis are compared one by one.
const mostListed = 1_000_000

// repeated finds a value that an axis has twice. Where there are too many to look
// at, the jobs' identities will tell.
func repeated(a axis) error {
	if a.n() > mostListed {
		return nil
	}
	seen := map[string]bool{}
	for i := range a.n() {
		text := a.at(i)
		if seen[text] {
			return fmt.Errorf("axis %s: has the value %s twice", a.name, text)
		}
		seen[text] = true
	}
	return nil
}

// conflict says whether two axes would set the same setting for the same job.
func (p *plan) conflict(a, b axis) error {
	for _, x := range a.columns {
		for _, y := range b.columns {
			if x.field.key != y.field.key || p.exclude(a, b) {
				continue
			}
			if x.field.name != y.field.name {
				return fmt.Errorf("%s and %s: both say what is climbed, want one of them", x.field.name, y.field.name)
			}
			what := "is swept twice"
			if x.n == 1 || y.n == 1 {
				what = "is fixed and swept"
			}
			if x.n == 1 && y.n == 1 {
				what = "is set twice"
			}
			return fmt.Errorf("%s: %s: want one of them, or conditions that exclude each other", x.field.name, what)
		}
	}
	return nil
}

// exclude says whether two axes never set the same setting of a job: because their
// conditions never hold at once, or because one is a fixed value that the other
// replaces where its conditions hold.
func (p *plan) exclude(a, b axis) bool {
	if a.n() == 1 && len(a.where) == 0 && len(b.where) > 0 {
		return true
	}
	for _, i := range a.where {
		for _, j := range b.where {
			x, y := p.conditions[i], p.conditions[j]
			common := func(v string) bool { return slices.Contains(y.values, v) }
			if x.key == y.key && !slices.ContainsFunc(x.values, common) {
				return true
			}
		}
	}
	return false
}

// with are the columns so far that set the setting of a key.
func (p *plan) with(key string) (list []column) {
	for _, a := range p.axes {
		for _, c := range a.columns {
			if c.field.key == key {
				list = append(list, c)
			}
		}
	}
	return list
}

// layOut finds the axes of more than one value. Those of one name, which exclude
// each other, are one. Where none of them applies the setting has a value too.
func (p *plan) layOut() {
	p.dims = nil
	seen := map[[2]string]bool{}
	put := func(d *Dimension, value string) {
		if key := [2]string{d.Name, value}; !seen[key] {
			seen[key], d.Values = true, append(d.Values, value)
		}
	}
	conditional := false
	for _, a := range p.axes {
		at := slices.IndexFunc(p.dims, func(d dimension) bool { return d.Name == a.name })
		switch {
		case a.n() == 1 && len(a.where) == 0:
			continue // fixed
		case at < 0:
			at, p.dims = len(p.dims), append(p.dims, dimension{Dimension{Name: a.name}, a})
		}
		for i := range a.n() {
			put(&p.dims[at].Dimension, a.at(i))
		}
		conditional = conditional || len(a.where) > 0
	}
	if conditional {
		_ = p.walk(func(choices []choice) error {
			if s, err := p.settings(choices); err == nil { // expand reports it
				for d, value := range p.point(choices, s) {
					put(&p.dims[d].Dimension, value)
				}
			}
			return nil
		})
		for _, d := range p.dims {
			d.sort()
		}
	}
	p.dims = slices.DeleteFunc(p.dims, func(d dimension) bool { return len(d.Values) < 2 })
}

// dimension is a Dimension with one of the axes of its name.
type dimension struct {
	Dimension
	axis axis
}

// sort brings numbers into order, among which have come those of the settings where
// no axis applies.
func (d dimension) sort() {
	if len(d.axis.where) == 0 || len(d.axis.columns) > 1 || !d.axis.columns[0].field.numeric() {
		return
	}
	slices.SortFunc(d.Values, func(a, b string) int {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return cmp.Compare(x, y)
	})
}

// value is what a Point says of settings along the dimension.
func (d dimension) value(s settings) string {
	if d.Name == pictureAxis || d.Name == netAxis { // which are no settings
		return ""
	}
	texts := make([]string, len(d.axis.columns))
	for c, col := range d.axis.columns {
		texts[c] = col.field.text(col.field.of(&s))
	}
	return strings.Join(texts, ", ")
}
