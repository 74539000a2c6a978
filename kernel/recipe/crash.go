package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// A crashFilter copies a process's stderr, line by line, up to Go's crash report, whose
// goroutines are the interpreter's and do not help the user. It keeps the report, and the
// reason that Child gives for its end, for explain.
type crashFilter struct {
	to   io.Writer
	name string // the recipe's file, for where

	line   []byte   // not ended yet
	reason string   // that Child gives for its end
	crash  []string // the report, once it has begun
	at     string   // the function that panicked, as where adds it
}

// CrashBegins matches where Go's runtime, or C++'s, begins to report a crash.
var CrashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: |SIG[A-Z]+: |unexpected fault address|terminate called)`)

// location is how yaegi reports the functions that a panic goes through, the
// innermost first, each by where its body begins.
var location = regexp.MustCompile(`^(?:[^ :]*:)?(\d+):\d+: panic: ([\w.]+)\(\.\.\.\)$`)

func (f *crashFilter) Write(p []byte) (int, error) {
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
	case strings.HasPrefix(line, childReason):
		f.reason = strings.TrimPrefix(line, childReason)
	case len(f.crash) > 0 || CrashBegins.MatchString(line):
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
	switch {
	case f.reason != "":
		return &ExitError{code, f.where(f.reason)}
	case len(f.crash) > 0 && code == 2:
		return &ExitError{code, f.where(CrashReason(strings.Join(f.crash, "\n")))}
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

// CrashReason says in a line what a crash's report says.
func CrashReason(report string) string {
	switch {
	case strings.Contains(report, "fatal error: stack overflow"):
		return "stack overflow: a function calls itself without end"
	case outOfMemory.MatchString(report):
		return "out of memory: its limit, or the system's, is reached"
	}
	if fatal := fatalError.FindString(report); fatal != "" {
		return fatal
	}
	first, _, _ := strings.Cut(report, "\n")
	first, _, _ = strings.Cut(first, " [recovered")
	return first
}

var (
	outOfMemory = regexp.MustCompile("out of memory|cannot allocate memory|std::bad_alloc")
	fatalError  = regexp.MustCompile("(?m)^fatal error: .*")
)

// oneLine is an error's text on one line.
func oneLine(err error) string { return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ") }
