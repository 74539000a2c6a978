package sweep

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// A column is what one field goes through: runs of values, one after another.
// Nothing is expanded until it is asked for, so a billion seeds take no room.
type column struct {
	field field
	runs  []run
	n     uint64 // values in all runs
}

// A run is one value, or a range of them.
type run struct {
	text string // the one value, canonical; empty for a range
	n    uint64

	first, last       string // of a range, canonical
	from, to          float64
	base              uint64 // of whole numbers one after another: the first
	down, step1, logs bool
}

// newColumn reads a field's values: each text holds values and ranges with commas
// between.
func newColumn(f field, texts []string) (column, error) {
	c := column{field: f}
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			r, err := f.run(part)
			if err != nil {
				return c, err
			}
			if c.n+r.n < c.n || c.n+r.n > math.MaxInt64 {
				return c, fmt.Errorf("%s: has more values than can be counted", f.name)
			}
			c.runs, c.n = append(c.runs, r), c.n+r.n
		}
	}
	if c.n == 0 {
		return c, fmt.Errorf("%s: has no values, want at least one", f.name)
	}
	return c, nil
}

// at is the text of value i.
func (c column) at(i uint64) string {
	for _, r := range c.runs {
		if i < r.n {
			return c.field.at(r, i)
		}
		i -= r.n
	}
	panic("sweep: no such value")
}

// run reads a value or a range: 3, relu3_1, 0..9, 0.05..0.2/4 or 0.1..10/5log.
func (f field) run(text string) (run, error) {
	text = strings.TrimSpace(text)
	from, rest, isRange := strings.Cut(text, "..")
	if !isRange || !f.numeric() {
		value, err := f.canonical(text)
		return run{text: value, n: 1}, err
	}
	to, count, counted := strings.Cut(rest, "/")
	count, logs := strings.CutSuffix(strings.TrimSpace(count), "log")
	r := run{logs: logs}
	var err error
	if r.first, err = f.canonical(from); err == nil {
		r.last, err = f.canonical(to)
	}
	if err != nil {
		return r, fmt.Errorf("%s %q: want a range such as %s: %w", f.name, text, f.exampleRange(), err)
	}
	switch {
	case !counted && !f.whole():
		err = fmt.Errorf("want how many values it has, as in %s..%s/5", from, to)
	case !counted:
		err = r.oneByOne(f)
	default:
		err = r.spread(count)
	}
	if err != nil {
		return r, fmt.Errorf("%s %q: %w", f.name, text, err)
	}
	return r, nil
}

func (f field) exampleRange() string {
	if f.whole() {
		return "0..9 or 64..512/4"
	}
	return "0.05..0.2/4 or 0.1..10/5log"
}

// oneByOne makes r all whole numbers from its first to its last.
func (r *run) oneByOne(f field) error {
	first, _ := new(big.Int).SetString(r.first, 10)
	last, _ := new(big.Int).SetString(r.last, 10)
	n := new(big.Int).Sub(last, first)
	r.down = n.Sign() < 0
	n.Abs(n).Add(n, big.NewInt(1))
	if !n.IsInt64() {
		return fmt.Errorf("has %v values, more than can be counted", n)
	}
	if first.Sign() < 0 {
		r.base = uint64(first.Int64())
	} else {
		r.base = first.Uint64()
	}
	r.step1, r.n = true, n.Uint64()
	return nil
}

// spread makes r so many values with equal distances, or equal ratios, from its
// first to its last.
func (r *run) spread(count string) error {
	n, err := strconv.ParseUint(count, 10, 63)
	if err != nil || n < 2 {
		return fmt.Errorf("%q after the slash: want how many values, 2 or more, and log behind it for equal ratios", count)
	}
	r.n = n
	r.from, _ = strconv.ParseFloat(r.first, 64)
	r.to, _ = strconv.ParseFloat(r.last, 64)
	if math.IsInf(r.from-r.to, 0) || math.IsNaN(r.from-r.to) {
		return fmt.Errorf("want finite numbers at both ends")
	}
	if r.logs && !(r.from > 0 && r.to > 0) {
		return fmt.Errorf("want numbers above 0 at both ends for equal ratios")
	}
	return nil
}

// at is the text of value i of a run. Those between the ends of a range are
// rounded to 12 digits, which 0.05..0.2/4 needs for its 0.15, or to whole
// numbers.
func (f field) at(r run, i uint64) string {
	switch {
	case r.text != "" || r.n == 1 && !r.step1:
		return r.text
	case r.step1 && f.kind.Kind() == reflect.Uint64:
		return strconv.FormatUint(r.up(i), 10)
	case r.step1:
		return strconv.FormatInt(int64(r.up(i)), 10)
	case i == 0:
		return r.first
	case i == r.n-1:
		return r.last
	}
	share := float64(i) / float64(r.n-1)
	value := r.from + (r.to-r.from)*share
	if r.logs {
		value = r.from * math.Pow(r.to/r.from, share)
	}
	if f.whole() {
		return strconv.FormatFloat(math.Round(value), 'f', 0, 64)
	}
	value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64)
	return strconv.FormatFloat(value, 'g', -1, 64)
}

// up is the i-th of whole numbers one after another, as bits.
func (r run) up(i uint64) uint64 {
	if r.down {
		return r.base - i
	}
	return r.base + i
}
