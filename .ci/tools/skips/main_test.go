package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// of runs go test -json on a module with one package, a, and skips on what it prints.
func of(t *testing.T, list, source string, flags ...string) (out string, err error) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module " + strings.TrimSuffix(module, "/") + "\n\ngo 1.26\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\n" + source,
		"list":        list,
	} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", append([]string{"test", "-json", "./..."}, flags...)...)
	cmd.Dir = folder
	events, _ := cmd.Output() // that a test failed is among the events
	var b strings.Builder
	err = run(filepath.Join(folder, "list"), strings.NewReader("go test ./...\n"+string(events)), &b)
	return regexp.MustCompile(`\d+\.\d+s`).ReplaceAllString(b.String(), "0s"), err
}

const skipping = `
func TestPasses(t *testing.T) { t.Log("a word that go test keeps to itself") }

func TestEngines(t *testing.T) {
	t.Run("go", func(t *testing.T) {})
	t.Run("cuda", func(t *testing.T) { t.Skip("no GPU") })
}
`

func TestListed(t *testing.T) {
	out, err := of(t, "# comment\n\na */cuda no GPU there # and none to come\n", skipping)
	want := `go test ./...
ok  	github.com/seed2310110f/godream/a	0s
skipped: a TestEngines/cuda: a_test.go:10: no GPU [no GPU there]
3 tests passed, 0 failed, 1 were skipped, 0 of these not on the list
`
	if err != nil || out != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

func TestUnlisted(t *testing.T) {
	for _, list := range []string{"", "a */go other\n", "a TestEngines other\n", "b */cuda other\n"} {
		out, err := of(t, list, skipping)
		if err == nil || err.Error() != "skipped, and not on the list: 1" {
			t.Errorf("%q: %v", list, err)
		}
		if want := "skipped: a TestEngines/cuda: a_test.go:10: no GPU [NOT ON THE LIST]\n"; !strings.Contains(out, want) {
			t.Errorf("%q: want %q, found\n%s", list, want, out)
		}
	}
}

func TestFailed(t *testing.T) {
	for name, c := range map[string]struct {
		source, want string
		flags        []string
	}{
		"test": {source: `func TestFails(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Error("why") }) }`,
			want: "    a_test.go:5: why\n--- FAIL: TestFails/sub (0s)\n--- FAIL: TestFails (0s)\nFAIL\nFAIL\tgithub.com/seed2310110f/godream/a\t0s\n"},
		"panic":    {source: `func TestPanics(t *testing.T) { panic("why") }`, want: "panic: why"},
		"time":     {source: `func TestHangs(t *testing.T) { select {} }`, want: "panic: test timed out after 10ms", flags: []string{"-timeout=10ms"}},
		"compiler": {source: `func TestFails(t *testing.T) { unheard }`, want: "a_test.go:5:32: undefined: unheard"},
		"init":     {source: `func init() { panic("why") }; func TestPasses(*testing.T) {}`, want: "panic: why"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := of(t, "", c.source, c.flags...)
			if err == nil || err.Error() != "tests failed" {
				t.Error(err)
			}
			if !strings.Contains(out, c.want) {
				t.Errorf("want\n%s\nfound\n%s", c.want, out)
			}
		})
	}
}

func TestNothingRan(t *testing.T) {
	if out, err := of(t, "", "var _ testing.T"); err == nil || err.Error() != "no test ran" {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBadList(t *testing.T) {
	for list, want := range map[string]string{
		"a TestEngines\n": `want a package, a test and a reason, found "a TestEngines"`,
		"a [ reason\n":    `"[": syntax error in pattern`,
	} {
		if _, err := of(t, list, skipping); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", list, err, want)
		}
	}
}
