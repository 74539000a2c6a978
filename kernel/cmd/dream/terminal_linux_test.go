package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// onTerminal runs the program with standard error on a new terminal of so many
// columns and returns what a user would have seen arrive there.
func onTerminal(t *testing.T, columns int, args ...string) (exit int, stdout, seen string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	defer master.Close()
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)})
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	arrived := make(chan string)
	go func() {
		var all bytes.Buffer
		_, _ = io.Copy(&all, master) // ends with EIO when the terminal is closed
		arrived <- all.String()
	}()
	var out bytes.Buffer
	exit = execute(context.Background(), args, &out, terminal)
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	return exit, out.String(), <-arrived
}

// A bar says which octave it is at and how long it will take, on one line.
func TestProgressOnATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TERM", "xterm")
	args := slices.Concat([]string{"run"}, quick, []string{"--layer", "relu4_2", "--octaves", "3", "--iterations", "20", photo(t)})
	exit, stdout, seen := onTerminal(t, 80, args...)
	if exit != 0 || !strings.HasPrefix(stdout, "photo-dream.png: 40x30, 60 steps in ") {
		t.Fatalf("exit %d, printed %q", exit, stdout)
	}
	lines := strings.Split(strings.ReplaceAll(seen, "\r\n", "\n"), "\n") // the terminal's own returns
	if len(lines) != 4 || lines[3] != "" {
		t.Fatalf("want three lines, found %q", lines)
	}
	drawn := strings.Split(lines[2], "\r")
	last := drawn[len(drawn)-1]
	if !strings.HasPrefix(last, "octave 3/3, 40x30, step 60/60 100% [") {
		t.Errorf("drew %q last", last)
	}
	left := regexp.MustCompile(`^octave \d/3, \d+x\d+, step \d+/60 +\d+% \[=*>?\.*\]  \[\d+s:\d+s\]$`)
	if !slices.ContainsFunc(drawn, left.MatchString) {
		t.Errorf("drew %q, want the time left", drawn)
	}
	for _, d := range drawn {
		if len(d) > 80 || strings.ContainsFunc(d, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("drew %q, want at most 80 plain characters", d)
		}
	}
}

// A terminal that cannot draw gets the same lines as a file.
func TestProgressWithoutATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	args := slices.Concat([]string{"run"}, quick, []string{photo(t)})
	o := must(t, dream(t, args...))
	if strings.ContainsAny(o.stderr, "\r\x1b[") || strings.Count(o.stderr, "\noctave ") != 2 {
		t.Errorf("printed %q", o.stderr)
	}
	for kind, columns := range map[string]int{"dumb": 80, "xterm": 30} {
		t.Setenv("TERM", kind)
		_, _, seen := onTerminal(t, columns, args...)
		if got := strings.ReplaceAll(seen, "\r\n", "\n"); got != o.stderr {
			t.Errorf("a terminal (%s, %d columns) shows %q, want %q", kind, columns, got, o.stderr)
		}
	}
}

// A mistake starts no bar, and a failure ends its line first.
func TestErrorsOnATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TERM", "xterm")
	args := slices.Concat([]string{"run"}, quick, []string{photo(t)})
	if exit, _, seen := onTerminal(t, 80, append(args, "--layer", "relu9_1")...); exit != terminal.ExitUsage || strings.Count(seen, "\r\n") != 1 {
		t.Errorf("exit %d, shows %q", exit, seen)
	}
	exit, _, seen := onTerminal(t, 80, append(args, "--step", "1e30", "--clip=false")...)
	lines := strings.Split(seen, "\r\n")
	if exit != terminal.ExitFailed || len(lines) != 5 || !strings.HasPrefix(lines[3], "dream: dream ended after ") {
		t.Errorf("exit %d, shows %q", exit, lines)
	}
}
