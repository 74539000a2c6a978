package main

import (
	"slices"
	"strings"
	"testing"
)

// One bar goes over all dreams.
func TestLadderOnATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TERM", "xterm")
	objectives := "relu1_1,0.5*relu1_2 + relu2_1 - relu1_1,relu2_2"
	args := slices.Concat([]string{"ladder"}, quick, []string{"--iterations", "30", "--objectives", objectives, photo(t)})
	exit, stdout, seen := onTerminal(t, 60, args...)
	if exit != 0 || !strings.HasPrefix(stdout, "photo-ladder.png: ") {
		t.Fatalf("exit %d, printed %q", exit, stdout)
	}
	lines := strings.Split(strings.ReplaceAll(seen, "\r\n", "\n"), "\n")
	if len(lines) != 4 || lines[3] != "" {
		t.Fatalf("want three lines, found %q", lines)
	}
	drawn := strings.Split(lines[2], "\r")
	if last := drawn[len(drawn)-1]; !strings.HasPrefix(last, "relu2_2 (3/3), step 60/60 100% [") {
		t.Errorf("drew %q last", last)
	}
	for _, d := range drawn {
		if len(d) > 60 {
			t.Errorf("drew %q, want at most 60 characters", d)
		}
	}
}
