// Command skips reads what go test -json prints, prints of it what go test without -v
// shows, and then names the tests that were skipped. A skip that is not on a list is a
// failure, as is a test that failed, or no test at all.
//
//	go test -json ./... | skips LIST
//
// A line of the list is a package within the module, a test, in whose name * stands for
// what is between slashes, and the reason why it may be skipped. # begins a comment.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

const module = "github.com/seed2310110f/godream/"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | skips LIST")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "skips:", err)
		os.Exit(1)
	}
}

func run(list string, in io.Reader, out io.Writer) error {
	file, err := os.Open(list)
	if err != nil {
		return err
	}
	defer file.Close()
	allowed, err := readList(file)
	if err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	tests, err := follow(in, out)
	if err != nil {
		return err
	}
	unlisted := 0
	for _, s := range tests.skipped {
		reason := allowed.reason(s)
		if reason == "" {
			unlisted++
		}
		fmt.Fprintf(out, "skipped: %s %s: %s [%s]\n", s.pack, s.test, s.reply, cmp.Or(reason, "NOT ON THE LIST"))
	}
	fmt.Fprintf(out, "%d tests passed, %d failed, %d were skipped, %d of these not on the list\n", tests.passed, tests.failed, len(tests.skipped), unlisted)
	switch {
	case tests.failed > 0 || tests.broken > 0:
		return errors.New("tests failed")
	case tests.passed == 0:
		return errors.New("no test ran")
	case unlisted > 0:
		return fmt.Errorf("skipped, and not on the list: %d", unlisted)
	}
	return nil
}

// An entry of the list allows the skips of those tests of a package whose name matches.
type entry struct{ pack, pattern, reason string }

type entries []entry

func readList(r io.Reader) (list entries, err error) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) < 3 {
			return nil, fmt.Errorf("want a package, a test and a reason, found %q", line)
		}
		e := entry{pack: words[0], pattern: words[1], reason: strings.Join(words[2:], " ")}
		if _, err := path.Match(e.pattern, ""); err != nil {
			return nil, fmt.Errorf("%q: %w", e.pattern, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// reason is why a skip is allowed, "" where it is not.
func (list entries) reason(s skip) string {
	for _, e := range list {
		if matches, _ := path.Match(e.pattern, s.test); matches && e.pack == s.pack {
			return e.reason
		}
	}
	return ""
}

// An event is a line of go test -json; cmd/test2json and go help buildjson have the fields.
type event struct {
	Action, Package, Test, Output string
}

type skip struct{ pack, test, reply string }

// tests is what came of them.
type tests struct {
	passed, failed int
	broken         int // packages that failed, also those without a failed test
	skipped        []skip
}

// follow reads events to their end and prints what go test would have. Lines that are
// no events, as make's own, are printed as they are.
func follow(in io.Reader, out io.Writer) (t tests, err error) {
	reply := map[[2]string]string{} // by package and test, and by package alone
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if err != nil && err != io.EOF {
			return t, err
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
			fmt.Fprint(out, line)
		} else {
			t.take(e, reply, out)
		}
		if err == io.EOF {
			return t, nil
		}
	}
}

func (t *tests) take(e event, reply map[[2]string]string, out io.Writer) {
	key := [2]string{e.Package, e.Test}
	switch {
	case e.Action == "build-output":
		fmt.Fprint(out, e.Output)
	case e.Action == "output":
		if !strings.HasPrefix(e.Output, "=== ") && e.Output != "PASS\n" {
			reply[key] += e.Output
		}
	case e.Test == "" && e.Action == "fail":
		t.broken++
		for _, ended := range slices.SortedFunc(maps.Keys(reply), byTest) { // with the package, as by its time running out
			if ended[0] == e.Package {
				fmt.Fprint(out, reply[ended])
				delete(reply, ended)
			}
		}
	case e.Test == "" && (e.Action == "pass" || e.Action == "skip"):
		fmt.Fprint(out, lastLine(reply[key]))
	case e.Action == "fail":
		t.failed++
		fmt.Fprint(out, reply[key])
	case e.Action == "pass":
		t.passed++
	case e.Action == "skip":
		reason, _, _ := strings.Cut(strings.TrimSpace(reply[key]), "--- SKIP")
		t.skipped = append(t.skipped, skip{strings.TrimPrefix(e.Package, module), e.Test, strings.TrimSpace(reason)})
	default:
		return
	}
	if e.Action != "output" {
		delete(reply, key)
	}
}

// byTest sorts tests before their package.
func byTest(a, b [2]string) int {
	if a[1] == "" || b[1] == "" {
		return -cmp.Compare(a[1], b[1])
	}
	return cmp.Compare(a[1], b[1])
}

// lastLine is go test's word on a package, after what its tests printed.
func lastLine(text string) string {
	return text[strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1:]
}
