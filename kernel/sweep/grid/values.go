package grid

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// values are a field's canonical values from texts, each of which holds values and
// ranges with commas between: 3, relu3_1, 0..9, 0.05..0.2/4 or 0.1..10/5log.
func (f field) values(texts []string) (values []string, err error) {
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			some, err := f.valuesOf(strings.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			values = append(values, some...)
		}
	}
	switch {
	case len(values) == 0:
		return nil, fmt.Errorf("%s: has no values, want at least one", f.name)
	case len(values) > MaxJobs:
		return nil, fmt.Errorf("%s: %w", f.name, tooManyValues(len(values)))
	}
	return values, nil
}

func tooManyValues(n any) error { return fmt.Errorf("has %v values: want at most %d", n, MaxJobs) }

// valuesOf are those of one text without commas.
func (f field) valuesOf(text string) ([]string, error) {
	from, rest, isRange := strings.Cut(text, "..")
	if !isRange || !f.numeric() {
		value, err := f.canonical(text)
		return []string{value}, err
	}
	to, count, counted := strings.Cut(rest, "/")
	first, err := f.canonical(from)
	last := ""
	if err == nil {
		last, err = f.canonical(to)
	}
	if err != nil {
		example := "0.05..0.2/4 or 0.1..10/5log"
		if f.whole() {
			example = "0..9 or 64..512/4"
		}
		return nil, fmt.Errorf("%s %q: want a range such as %s: %w", f.name, text, example, err)
	}
	var values []string
	switch {
	case counted:
		values, err = f.spread(first, last, strings.TrimSpace(count))
	case f.whole():
		values, err = oneByOne(first, last)
	default:
		err = fmt.Errorf("want how many values it has, as in %s..%s/5", from, to)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", f.name, text, err)
	}
	return values, nil
}

// oneByOne are all whole numbers from first to last, up or down.
func oneByOne(first, last string) ([]string, error) {
	at, _ := new(big.Int).SetString(first, 10)
	end, _ := new(big.Int).SetString(last, 10)
	n, step := new(big.Int).Sub(end, at), big.NewInt(1)
	if n.Sign() < 0 {
		step.SetInt64(-1)
	}
	if n.Abs(n).Add(n, big.NewInt(1)); n.Cmp(big.NewInt(MaxJobs)) > 0 {
		return nil, tooManyValues(n)
	}
	values := make([]string, n.Int64())
	for i := range values {
		values[i] = at.String()
		at.Add(at, step)
	}
	return values, nil
}

// spread are so many values at equal distances, or with log behind the count at equal
// ratios, from first to last. Those between are rounded to 12 digits, which
// 0.05..0.2/4 needs for its 0.15, or to whole numbers.
func (f field) spread(first, last, count string) ([]string, error) {
	count, logs := strings.CutSuffix(count, "log")
	n, err := strconv.ParseUint(count, 10, 63)
	if err != nil || n < 2 {
		return nil, fmt.Errorf("%q after the slash: want how many values, 2 or more, and log behind it for equal ratios", count)
	}
	if n > MaxJobs {
		return nil, tooManyValues(n)
	}
	from, _ := strconv.ParseFloat(first, 64)
	to, _ := strconv.ParseFloat(last, 64)
	if math.IsInf(from-to, 0) || math.IsNaN(from-to) {
		return nil, errors.New("want finite numbers at both ends")
	}
	if logs && !(from > 0 && to > 0) {
		return nil, errors.New("want numbers above 0 at both ends for equal ratios")
	}
	values := make([]string, n)
	for i := range values {
		share := float64(i) / float64(n-1)
		x := from + (to-from)*share
		if logs {
			x = math.Pow(from, 1-share) * math.Pow(to, share) // which does not overflow
		}
		if f.whole() {
			values[i] = strconv.FormatFloat(math.Round(x), 'f', 0, 64)
			continue
		}
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
		values[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	values[0], values[n-1] = first, last
	return values, nil
}
