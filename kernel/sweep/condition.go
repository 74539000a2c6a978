package sweep

import (
	"fmt"
	"maps"
	"math/big"
	"path/filepath"
	"slices"
)

// mostConditions is how many conditions a grid may have: their truths go into the
// bits of a word.
const mostConditions = 64

// addConditions reads what an axis asks of others.
func (p *plan) addConditions(g Grid, a *axis, where map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(where)) {
		c, err := p.condition(g, name, where[name])
		if err != nil {
			return fmt.Errorf("axis %s: where %w", a.name, err)
		}
		if len(p.conditions) == mostConditions {
			return fmt.Errorf("axis %s: want at most %d conditions in a grid", a.name, mostConditions)
		}
		a.where = append(a.where, len(p.conditions))
		p.conditions = append(p.conditions, c)
	}
	return nil
}

func (p *plan) condition(g Grid, name string, texts []string) (condition, error) {
	c := condition{key: name}
	read := func(text string) (string, error) { return text, nil }
	switch name {
	case pictureAxis:
		read = func(text string) (string, error) { return filepath.Clean(g.path(text)), nil }
	case netAxis:
		read = func(text string) (string, error) { return g.net(text), nil }
	default:
		f, err := named(name)
		if err != nil {
			return c, err
		}
		c.key, read = f.key, f.canonical
	}
	columns := p.with(c.key)
	if len(columns) == 0 {
		return c, fmt.Errorf("%s: no axis before this one sets it", name)
	}
	if len(texts) == 0 {
		return c, fmt.Errorf("%s: has no values, want at least one", name)
	}
	for _, text := range texts {
		value, err := read(text)
		if err != nil {
			return c, err
		}
		var valid []string
		for _, col := range columns {
			if col.n > mostListed {
				return c, fmt.Errorf("%s: its axis has %d values: want at most %d for a condition", name, col.n, mostListed)
			}
			for i := range col.n {
				valid = append(valid, col.at(i))
			}
		}
		if !slices.Contains(valid, value) {
			return c, fmt.Errorf("%s is %s: it never is, did you mean %s?", name, value, nearest(value, valid))
		}
		c.values = append(c.values, value)
	}
	return c, nil
}

// after is what holds once value i of an axis is chosen.
func (p *plan) after(truths uint64, a axis, i uint64) uint64 {
	return truths&^p.about(a) | p.holds(a, i)
}

// about are the bits of the conditions on what an axis sets.
func (p *plan) about(a axis) (bits uint64) {
	for c, condition := range p.conditions {
		if slices.ContainsFunc(a.columns, func(col column) bool { return col.field.key == condition.key }) {
			bits |= 1 << c
		}
	}
	return bits
}

// holds are the bits of the conditions that value i of an axis makes true.
func (p *plan) holds(a axis, i uint64) (truths uint64) {
	for _, col := range a.columns {
		for c, condition := range p.conditions {
			if condition.key == col.field.key && slices.Contains(condition.values, col.at(i)) {
				truths |= 1 << c
			}
		}
	}
	return truths
}

// applies says whether an axis does, given the conditions that hold.
func (a axis) applies(truths uint64) bool {
	for _, c := range a.where {
		if truths&(1<<c) == 0 {
			return false
		}
	}
	return true
}

// count is how many jobs there are. Of an axis, only those values are looked at one
// by one that conditions ask about.
func (p *plan) count() *big.Int {
	type state struct {
		axis   int
		truths uint64
	}
	known := map[state]*big.Int{}
	classes := make([]map[uint64]uint64, len(p.axes))
	for i, a := range p.axes {
		classes[i] = p.classes(a)
	}
	var from func(s state) *big.Int
	from = func(s state) *big.Int {
		if s.axis == len(p.axes) {
			return big.NewInt(1)
		}
		if n, ok := known[s]; ok {
			return n
		}
		sum, a := new(big.Int), p.axes[s.axis]
		if !a.applies(s.truths) {
			sum = from(state{s.axis + 1, s.truths})
		} else {
			for truths, n := range classes[s.axis] {
				rest := from(state{s.axis + 1, s.truths&^p.about(a) | truths})
				sum.Add(sum, new(big.Int).Mul(new(big.Int).SetUint64(n), rest))
			}
		}
		known[s] = sum
		return sum
	}
	return from(state{})
}

// classes are how many values of an axis make the same conditions true.
func (p *plan) classes(a axis) map[uint64]uint64 {
	if p.about(a) == 0 {
		return map[uint64]uint64{0: a.n()}
	}
	classes := map[uint64]uint64{}
	for i := range a.n() {
		classes[p.holds(a, i)]++
	}
	return classes
}
