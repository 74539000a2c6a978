package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
)

// A crashFilter passes on a process's stderr, line by line, until Go's report of
// a crash begins, whose many goroutines are the interpreter's and tell nobody
// anything. The last lines are kept for explain.
type crashFilter struct {
	to   io.Writer
	name string // the recipe's file, for where

	mu    sync.Mutex
	line  []byte   // not ended yet
	last  string   // the last whole line, held back
	held  bool     // whether there is one
	crash []string // the report, once it has begun
	at    string   // the function that panicked, as where adds it
}

// begins is how Go's runtime begins to report a crash.
var begins = regexp.MustCompile(`^(panic: |fatal error: |runtime: goroutine stack exceeds|SIG[A-Z]+: |unexpected fault address)`)

// location is how yaegi reports the functions that a panic goes through, the
// innermost first, each by where its body begins.
var location = regexp.MustCompile(`^(?:[^ :]*:)?(\d+):\d+: panic: ([\w.]+)\(\.\.\.\)$`)

func (f *crashFilter) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.line = append(f.line, p...)
	for {
		line, rest, ok := bytes.Cut(f.line, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		f.add(string(line))
		f.line = rest
	}
}

func (f *crashFilter) add(line string) {
	switch m := location.FindStringSubmatch(line); {
	case m != nil:
		if f.at == "" {
			f.at = fmt.Sprintf(", in %s, from line %s on", m[2], m[1])
		}
	case len(f.crash) > 0 || begins.MatchString(line):
		f.pass()
		if len(f.crash) < 1000 {
			f.crash = append(f.crash, line)
		}
	default:
		f.pass()
		f.last, f.held = line, true
	}
}

// pass hands on the line that was held back.
func (f *crashFilter) pass() {
	if f.held && f.to != nil {
		_, _ = io.WriteString(f.to, f.last+"\n")
	}
	f.last, f.held = "", false
}

// drop ends the filter of a process that was ended: what it said is passed on.
func (f *crashFilter) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.line) > 0 {
		f.add(string(f.line))
	}
	f.pass()
}

// explain turns what Wait says into an ExitError, or nil.
func (f *crashFilter) explain(err error) error {
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return err
	}
	f.mu.Lock()
	if len(f.line) > 0 {
		f.add(string(f.line))
	}
	said := f.last
	f.mu.Unlock()
	switch {
	case len(f.crash) > 0 && (code == 2 || code == exitPanic):
		f.drop()
		return &ExitError{code, f.where(f.reason())}
	case code == exitPanic || code == exitMemory:
		return &ExitError{code, f.where(said)}
	}
	f.drop()
	for _, line := range f.crash { // it only looked like a crash
		if f.to != nil {
			_, _ = io.WriteString(f.to, line+"\n")
		}
	}
	switch {
	case code == 0:
		return nil
	case code < 0:
		return &ExitError{code, f.where("ended by the system (" + exit.String() + "): it may have run out of memory")}
	}
	return &ExitError{code, f.where(fmt.Sprintf("it ended with exit code %d", code))}
}

// where adds the recipe's name and the function of a panic, as far as known.
func (f *crashFilter) where(reason string) string { return f.name + ": " + reason + f.at }

// reason is the line of a crash's report that says what happened.
func (f *crashFilter) reason() string {
	first := f.crash[0]
	for _, line := range f.crash {
		switch {
		case strings.HasPrefix(line, "fatal error: stack overflow"):
			return "stack overflow: a function calls itself without end"
		case strings.Contains(line, "out of memory"), strings.Contains(line, "cannot allocate memory"):
			return "out of memory: the system has no more"
		case strings.HasPrefix(line, "fatal error: "):
			return line
		}
	}
	if i := strings.Index(first, " [recovered"); i >= 0 {
		first = first[:i]
	}
	return first
}

// oneLine is an error's text on one line.
func oneLine(err error) string { return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ") }
