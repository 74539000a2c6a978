package sweep

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// FuzzParseGrid wants no panic from any text, and of a grid that is understood the
// same plan from what it is written as.
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
		g, err := ParseGrid([]byte(text))
		if err != nil {
			return
		}
		g.Pictures = []string{"a.png"}
		p, err := g.resolve()
		if err != nil {
			return
		}
		written, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseGrid(written)
		if err != nil {
			t.Fatalf("%v: %s", err, written)
		}
		q, err := again.resolve()
		if err != nil || p.count().Cmp(q.count()) != 0 {
			t.Fatalf("%v: %s", err, written)
		}
		if n := p.count(); n.IsInt64() && n.Int64() <= 1000 {
			p.layOut()
			jobs := int64(0)
			_ = p.walk(func(choices []choice) error {
				jobs++
				_, _ = p.settings(choices)
				return nil
			})
			if jobs != n.Int64() {
				t.Errorf("%d jobs, and %v counted", jobs, n)
			}
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
		c, err := newColumn(field, []string{text})
		if err != nil {
			return
		}
		for _, r := range c.runs {
			if r.text != "" {
				continue
			}
			first, last := field.at(r, 0), field.at(r, r.n-1)
			from, _, _ := strings.Cut(strings.TrimSpace(text), "..")
			if canonical, err := field.canonical(from); len(c.runs) == 1 && (err != nil || first != canonical) {
				t.Errorf("%s %q begins with %s, %v", name, text, first, err)
			}
			a, _ := strconv.ParseFloat(first, 64)
			b, _ := strconv.ParseFloat(last, 64)
			for _, i := range []uint64{0, 1, r.n / 3, r.n / 2, r.n - 1} {
				value := field.at(r, min(i, r.n-1))
				if canonical, err := field.canonical(value); err != nil || canonical != value {
					t.Errorf("%s %q: value %d is %q, and reads as %q, %v", name, text, i, value, canonical, err)
				}
				x, _ := strconv.ParseFloat(value, 64)
				if slack := 1e-9 * max(math.Abs(a), math.Abs(b)); x < min(a, b)-slack || x > max(a, b)+slack {
					t.Errorf("%s %q: value %d is %s, outside of %s to %s", name, text, i, value, first, last)
				}
			}
		}
	})
}

// FuzzManifest wants no panic from any bytes, every line read or told, and what was
// read to be read again from what it is written as.
func FuzzManifest(f *testing.F) {
	j := Job{Picture: Input{"a.png", "1"}, Net: Input{"embedded", "2"}}
	j.ID, _ = j.Identify()
	good, err := appendLines([]Record{{Job: j, State: Done, File: "pictures/a.png", SHA256: strings.Repeat("0", 64)}, {Job: j, State: Dead, Error: "boom"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{good, good[:len(good)-1], good[len(good)/3:], nil, []byte("\n\n"), []byte("{}\nnull\n[]\n1"), bytes.ReplaceAll(good, []byte("done"), []byte("\x00")), bytes.ReplaceAll(good, []byte("pictures"), []byte(".."))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var records []Record
		damaged, err := readManifest(bytes.NewReader(data), func(r Record) { records = append(records, r) })
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for line := range bytes.Lines(data) {
			if len(bytes.TrimSpace(line)) > 0 {
				lines++
			}
		}
		if len(records)+len(damaged) != lines {
			t.Errorf("%d records and %d damaged of %d lines", len(records), len(damaged), lines)
		}
		if !slices.IsSortedFunc(damaged, func(a, b Damage) int { return a.Line - b.Line }) {
			t.Errorf("damaged are %v", damaged)
		}
		written, err := appendLines(records)
		if err != nil {
			t.Fatal(err)
		}
		again := 0
		if damaged, err := readManifest(bytes.NewReader(written), func(Record) { again++ }); err != nil || len(damaged) > 0 || again != len(records) {
			t.Errorf("%d of %d read again, %v, %v: %s", again, len(records), damaged, err, written)
		}
	})
}
