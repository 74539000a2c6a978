package grid

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
)

// FuzzParseGrid wants no panic from any text, and of a grid that is understood the
// same jobs from what it is written as.
func FuzzParseGrid(f *testing.F) {
	for _, seed := range []string{
		"", "null", "pictures: a.png", "{pictures: [a.png], axes: [{step: [1, 2]}]}",
		"{set: {preset: google}, axes: [{layer: [relu3_1, relu4_2]}, {step: 0.05..0.2/4, seed: 0..3}]}",
		"{axes: [{preset: [google, default]}, {octave-scale: 0.1..10/5log, where: {preset: google}}]}",
		"{axes: [{seed: 0..18446744073709551615}, {octaves: 9..1}, {clip: [yes, no]}, {layer: 20}]}",
		"{nets: 'random:seed=1', axes: [{layer: logit:owl, where: {net: 'random:seed=1'}}]}", "a: &a [*a]", "axes: [{where: {a: b}}]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse([]byte(text))
		if err != nil {
			return
		}
		g.Pictures = []string{"a.png"}
		e, err := g.expand()
		if err != nil {
			return
		}
		written, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(written)
		if err != nil {
			t.Fatalf("%v: %s", err, written)
		}
		if n, err := Count(again); err != nil || n != len(e.combinations) {
			t.Fatalf("%d jobs and %d again, %v: %s", len(e.combinations), n, err, written)
		}
	})
}

// FuzzRange wants every value of a range to be one that its field reads as itself,
// the first and last where they were asked for, and the rest between.
func FuzzRange(f *testing.F) {
	for _, seed := range []string{"0..9", "9..0", "0.05..0.2/4", "0.1..10/5log", "-3..3/7", "1e-300..1e300/3log", "0..18446744073709551615", "-9223372036854775808..9223372036854775807/3", "5", "..", "1..", "1../2", "1..2/", "nan..1/3", "1,2..3,", "0x1..0x4"} {
		for _, name := range []string{"step", "seed", "octaves"} {
			f.Add(name, seed)
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		field, err := named(name)
		if err != nil {
			return
		}
		if strings.Contains(text, ",") || !strings.Contains(text, "..") {
			return
		}
		values, err := field.values([]string{text})
		if err != nil {
			return
		}
		n := len(values)
		first, last := values[0], values[n-1]
		from, _, _ := strings.Cut(strings.TrimSpace(text), "..")
		if canonical, err := field.canonical(from); err != nil || first != canonical {
			t.Errorf("%s %q begins with %s, %v", name, text, first, err)
		}
		a, _ := strconv.ParseFloat(first, 64)
		b, _ := strconv.ParseFloat(last, 64)
		for _, i := range []int{0, 1, n / 3, n / 2, n - 1} {
			value := values[min(i, n-1)]
			if canonical, err := field.canonical(value); err != nil || canonical != value {
				t.Errorf("%s %q: value %d is %q, and reads as %q, %v", name, text, i, value, canonical, err)
			}
			x, _ := strconv.ParseFloat(value, 64)
			if slack := 1e-9 * max(math.Abs(a), math.Abs(b)); x < min(a, b)-slack || x > max(a, b)+slack {
				t.Errorf("%s %q: value %d is %s, outside of %s to %s", name, text, i, value, first, last)
			}
		}
	})
}
