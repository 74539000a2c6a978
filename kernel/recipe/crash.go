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

// A crashFilter copies a process's stderr, line by line, up to Go's crash report, whose
// goroutines are the interpreter's and do not help the user. It keeps the report, and the
// reason that Child gives for its end, for explain.
type crashFilter struct {
	to   io.Writer
	name string // the recipe's file, for where

	mu    sync.Mutex
	line  []byte   // not ended yet
	said  string   // by Child, of its end
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
	case strings.HasPrefix(line, childSays):
		f.said = strings.TrimPrefix(line, childSays)
	case len(f.crash) > 0 || begins.MatchString(line):
		if len(f.crash) < 1000 {
			f.crash = append(f.crash, line)
		}
	default:
		f.at = "" // of a panic that was recovered
		f.pass(line)
	}
}

func (f *crashFilter) pass(line string) {
	if f.to != nil {
		_, _ = io.WriteString(f.to, line+"\n")
	}
}

// end takes what was written without an end of its line.
func (f *crashFilter) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.line) > 0 {
		f.add(string(f.line))
		f.line = nil
	}
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
	f.end()
	switch {
	case f.said != "":
		return &ExitError{code, f.where(f.said)}
	case len(f.crash) > 0 && code == 2:
		return &ExitError{code, f.where(f.reason())}
	}
	for _, line := range f.crash { // it only looked like a crash
		f.pass(line)
	}
	switch {
	case code == 0:
		return nil
	case code < 0:
		return &ExitError{code, f.where("ended by the system (" + exit.String() + "): it may have run out of memory")}
	}
	return &ExitError{code, f.where(fmt.Sprintf("it ended with exit code %d", code))}
}

// where adds the recipe's name, and the function that panicked if known.
func (f *crashFilter) where(reason string) string {
	if strings.HasPrefix(reason, "panic: ") {
		reason += f.at
	}
	return f.name + ": " + reason
}

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
