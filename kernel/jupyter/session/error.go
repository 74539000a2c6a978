package session

import (
	"fmt"
	"regexp"
	"strings"
)

// Error is why a cell did not run, or did not run to its end.
type Error struct {
	Name       string   // SyntaxError, TypeError, Panic, Interrupted, ...
	Text       string   // one line
	Cell, Line int      // where, from 1; 0 when unknown
	Column     int      // in bytes from 1; 0 when unknown
	Trace      []string // more lines for the user to read: the source, the calls
	Incomplete bool     // more text could mend it
}

func (e *Error) Error() string {
	if e.Cell == 0 {
		return e.Text
	}
	at := fmt.Sprintf("cell %d", e.Cell)
	if e.Line > 0 {
		at += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Column > 0 {
		at += fmt.Sprintf(", column %d", e.Column)
	}
	return at + ": " + e.Text
}

// show adds the line of the source to the trace, and a mark below the column.
func (e *Error) show(code string) {
	lines := strings.Split(code, "\n")
	if e.Line < 1 || e.Line > len(lines) {
		return
	}
	line := lines[e.Line-1]
	number := fmt.Sprintf("%4d | ", e.Line)
	e.Trace = append(e.Trace, number+line)
	if e.Column > 0 {
		before := line[:min(e.Column-1, len(line))]
		blank := strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}, before)
		e.Trace = append(e.Trace, strings.Repeat(" ", len(number))+blank+"^")
	}
}

// aliases matches the suffix that alias adds to a name.
var aliases = regexp.MustCompile(`ꞏ\d*`)

// plain removes those suffixes from a text.
func plain(text string) string { return aliases.ReplaceAllString(text, "") }

// alias is the name of the nth thing called name: in the interpreter nothing is
// ever declared twice.
func alias(name string, n int) string { return fmt.Sprintf("%sꞏ%d", name, n) }
