package sweeps

import (
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// Names of files that would steer a terminal, or break the line, do neither.
func TestRecordTextIsPlain(t *testing.T) {
	r := folder.Record{Job: grid.Job{Point: []string{"a\x1b[31m\nb.png", "☃"}}, State: folder.Dead, Tries: 2, Error: "c\rd\ne"}
	if got, want := recordText(r), "a\uFFFD[31m b.png ☃: given up after 2 tries: c\uFFFDd; e"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
