package recipe

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checked is source as a recipe in a folder of its own.
func checked(t *testing.T, source string) *Recipe {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bad.go")
	r, err := Check(path, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Recipes that go wrong while they run: each ends, says why in one line, and
// leaves no process.
func TestBadRecipes(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         string // at the end of the error
		printed      string // at the end of stderr
		code         int
	}{
		{"endless loop", "package main\nfunc main() { for { } }", "bad.go: ended after 1s, which is its time limit", "", -1},
		{"endless wait", "package main\nfunc main() { select { } }", "bad.go: ended after 1s, which is its time limit", "", -1},
		{"panic", "package main\nfunc f() {\n\tpanic(\"boom\") }\nfunc main() { f() }", "bad.go: panic: boom, in main.f, from line 3 on", "", exitPanic},
		{"panic in a goroutine", "package main\nimport \"time\"\nfunc main() {\n\tgo func() { panic(\"boom\") }()\n\ttime.Sleep(time.Minute) }", "bad.go: panic: boom, in main.main.func, from line 4 on", "", 2},
		{"panic in a host's goroutine", "package main\nimport \"time\"\nfunc main() {\n\ttime.AfterFunc(1, func() { panic(\"boom\") })\n\ttime.Sleep(time.Minute) }", "bad.go: panic: boom, in main.main.func, from line 4 on", "", 2},
		{"index", "package main\nfunc main() { a := []int{1}; i := 4; a[i] = 3 }", "index out of range, in main.main, from line 2 on", "", exitPanic},
		{"stack overflow", "package main\nfunc f(n int) int { return f(n+1) + 1 }\nfunc main() { f(0) }", "bad.go: stack overflow: a function calls itself without end", "", 2},
		{"large allocation", "package main\nimport \"time\"\nfunc main() { b := make([]byte, 10<<30); time.Sleep(time.Minute); b[0] = 1 }", "bad.go: out of memory: its limit, or the system's, is reached", "", 2},
		{"many allocations", "package main\nfunc main() { var all [][]byte; for { b := make([]byte, 1<<20); for i := 0; i < len(b); i += 4096 { b[i] = 1 }; all = append(all, b) } }", "bad.go: out of memory: its limit, or the system's, is reached", "", 2},
		{"exit", "package main\nimport (\"fmt\"; \"os\")\nfunc main() { fmt.Fprintln(os.Stderr, \"going\"); os.Exit(7) }", "bad.go: it ended with exit code 7", "going\n", 7},
		{"log.Fatal", "package main\nimport \"log\"\nfunc main() { log.Fatal(\"no picture\") }", "bad.go: it ended with exit code 1", "no picture\n", 1},
		{"what looks like a crash", "package main\nimport (\"fmt\"; \"os\")\nfunc main() { fmt.Fprintln(os.Stderr, \"panic: not really\\ngoroutine\"); os.Exit(3) }", "exit code 3", "panic: not really\ngoroutine\n", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			limit := 30 * time.Second
			if strings.HasPrefix(c.name, "endless") {
				limit = time.Second
			}
			var memory int64 // the race detector does not fit into a limit
			if strings.Contains(c.name, "allocation") || c.name == "stack overflow" {
				memory = 300e6
			}
			var stderr bytes.Buffer
			job := Job{Recipe: checked(t, c.source), Out: t.TempDir(), Timeout: limit, Memory: memory, Stderr: &stderr}
			err := job.Run(context.Background())
			exit := (*ExitError)(nil)
			if !errors.As(err, &exit) {
				t.Fatalf("error %v, want an ExitError", err)
			}
			if !strings.HasSuffix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line that ends in %q", err, c.want)
			}
			if exit.Code != c.code {
				t.Errorf("code %d, want %d", exit.Code, c.code)
			}
			if stderr.String() != c.printed {
				t.Errorf("stderr %q, want %q", stderr.String(), c.printed)
			}
		})
	}
}

func TestRunIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started := &signalWriter{cancel: cancel}
	job := Job{Recipe: checked(t, "package main\nimport \"fmt\"\nfunc main() { fmt.Println(\"on\"); for { } }"), Out: t.TempDir(), Stdout: started}
	if err := job.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// signalWriter cancels at the first write.
type signalWriter struct{ cancel func() }

func (w *signalWriter) Write(p []byte) (int, error) {
	w.cancel()
	return len(p), nil
}

func TestRunKeepsToFolders(t *testing.T) {
	out := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	var stdout bytes.Buffer
	r := checked(t, `package main
import (
	"fmt"
	"os"
)
var named = "x" // set file: a file
func main() {
	_, err := os.ReadFile(named)
	fmt.Println(err)
	fmt.Println(os.WriteFile("inside", []byte("a"), 0o666))
	fmt.Println(os.WriteFile(named, nil, 0o666) != nil)
	fmt.Println(os.WriteFile("`+outside+`", nil, 0o666) != nil)
}`)
	named := filepath.Join(t.TempDir(), "named")
	if err := os.WriteFile(named, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	job := Job{Recipe: r, Set: []string{"named=" + named}, Out: out, Stdout: &stdout}
	if err := job.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := "<nil>\n<nil>\ntrue\ntrue\n"; stdout.String() != want {
		t.Errorf("printed %q, want %q", stdout.String(), want)
	}
	if _, err := os.Stat(filepath.Join(out, "inside")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(outside); err == nil {
		t.Error("it wrote outside of its folders")
	}
}
