//go:build unix

package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

func TestSweepInterrupt(t *testing.T) {
	t.Chdir(t.TempDir())
	p := start(t, slices.Concat([]string{"sweep", "run", photo(t), "--out", "s", "--workers", "1"}, quick, []string{"--layer", "relu1_2,relu2_2", "--seed", "0..400"})...)
	p.await(p.stderr, "2/802 ")
	p.signal(os.Interrupt)
	o, _ := p.end()
	said := regexp.MustCompile(`\ndream: interrupted after \d+ of 802 dreams: "dream sweep run s" goes on\n$`)
	if o.exit != exitInterrupted || !said.MatchString(o.stderr) {
		t.Errorf("exit %d, printed %q", o.exit, o.stderr)
	}
	must(t, dream(t, quickSweep(t)...)) // four of them
	wantSwept(t)
}
