package folder

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// FuzzManifest wants no panic from any bytes, every line read or told, and what was
// read to be read again from what it is written as.
func FuzzManifest(f *testing.F) {
	j := grid.Job{Picture: grid.Input{Source: "a.png", SHA256: "1"}, Net: grid.Input{Source: "embedded", SHA256: "2"}}
	j.ID, _ = j.Identify()
	good, err := recordLines([]Record{{Job: j, State: Done, File: "pictures/a.png", SHA256: strings.Repeat("0", 64)}, {Job: j, State: Dead, Error: "boom"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{good, good[:len(good)-1], good[len(good)/3:], nil, []byte("\n\n"), []byte("{}\nnull\n[]\n1"), bytes.ReplaceAll(good, []byte("done"), []byte("\x00")), bytes.ReplaceAll(good, []byte("pictures"), []byte(".."))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var records []Record
		damaged := readManifest(data, func(r Record) { records = append(records, r) })
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
		written, err := recordLines(records)
		if err != nil {
			t.Fatal(err)
		}
		again := 0
		if damaged := readManifest(written, func(Record) { again++ }); len(damaged) > 0 || again != len(records) {
			t.Errorf("%d of %d read again, %v, %v: %s", again, len(records), damaged, err, written)
		}
	})
}
