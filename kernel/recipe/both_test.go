package recipe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/kernel/recipes"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		Child()
	}
	os.Exit(m.Run())
}

// A program of testdata or a recipe, to be run both ways.
type program struct {
	name   string
	path   string
	source []byte
}

func load(t *testing.T, pattern string) (list []program) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v, %v", pattern, paths, err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, program{strings.TrimSuffix(filepath.Base(path), ".go"), path, source})
	}
	return list
}

// compileAll builds one binary of all programs: each becomes a package with a
// function Main, beside a main that runs the one its argument names. The files
// are there for the go command alone.
func compileAll(t *testing.T, programs []program) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	temp := t.TempDir()
	const folder = "testdata/both"
	replace := map[string]string{}
	add := func(path, content string) {
		real := filepath.Join(temp, strings.ReplaceAll(path, "/", "_"))
		if err := os.WriteFile(real, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		full, err := filepath.Abs(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		replace[full] = real
	}
	main, cases := "package main\n\nimport (\n\t\"os\"\n", ""
	for _, p := range programs {
		text := strings.NewReplacer("//go:build ignore", "", "\npackage main\n", "\npackage "+p.name+"\n", "\nfunc main() {", "\nfunc Main() {").Replace(string(p.source))
		add(p.name+"/program.go", text)
		main += fmt.Sprintf("\t%q\n", "github.com/seed2310110f/godream/kernel/recipe/"+folder+"/"+p.name)
		cases += fmt.Sprintf("\tcase %q:\n\t\t%s.Main()\n", p.name, p.name)
	}
	add("main.go", main+")\n\nfunc main() {\n\tswitch os.Args[1] {\n"+cases+"\t}\n}\n")
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(temp, "both.exe")
	if text, err := exec.Command("go", "build", "-overlay", file, "-o", binary, "./"+folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return binary
}

// runCompiled is what a program prints when it is compiled, and how it exits.
func runCompiled(t *testing.T, binary, name, folder string) (string, int) {
	t.Helper()
	cmd := exec.Command(binary, name)
	cmd.Dir = folder
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), name+".", "main."), cmd.ProcessState.ExitCode()
}

// interpretUnchecked is what a program prints when it is interpreted, whatever
// Check says, and why it failed.
func interpretUnchecked(p program, source []byte, folder string, limit time.Duration) (string, error) {
	var out bytes.Buffer
	r := &Recipe{Name: p.name, path: p.path, source: source}
	err := Job{Recipe: r, Out: folder, Timeout: limit, Stdout: &out}.Run(context.Background())
	return out.String(), err
}

// trimmed is output without blanks at the ends of its lines.
func trimmed(output string) string {
	lines := strings.Split(strings.TrimRight(output, "\n "), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// TestBothWays runs the programs of testdata compiled and interpreted. Those that
// Check accepts must do the same. Those that it refuses must not, so that no
// rule outlives its reason, and it must refuse exactly the lines that say so.
func TestBothWays(t *testing.T) {
	programs := load(t, "testdata/*.go")
	binary := compileAll(t, programs)
	var accepted, refused int
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			compiled, exit := runCompiled(t, binary, p.name, t.TempDir())
			if want := trimmed(outputOf(p.source)); trimmed(compiled) != want || exit != 0 {
				t.Fatalf("compiled, it prints\n%s(exit %d), want\n%s", compiled, exit, want)
			}
			lines := refusedLines(p)
			if marked := markedLines(p.source); !slices.Equal(lines, marked) {
				_, err := Check(p.path, p.source)
				t.Fatalf("refused are lines %v, want %v:\n%v", lines, marked, err)
			}
			if len(lines) > 0 {
				refused++
				if out, err := interpretUnchecked(p, p.source, t.TempDir(), 2*time.Second); out == compiled && err == nil {
					t.Error("it is refused, but does the same when interpreted")
				}
				return
			}
			accepted++
			if out, err := interpretUnchecked(p, p.source, t.TempDir(), time.Minute); out != compiled || err != nil {
				t.Errorf("interpreted, it prints\n%s%v, want\n%s", out, err, compiled)
			}
		})
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// outputOf is the Output comment at a program's end.
func outputOf(source []byte) string {
	_, output, _ := strings.Cut(string(source), "\n// Output:\n")
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(line, "//"), " ")
	}
	return strings.Join(lines, "\n")
}

// refusedLines are those in which Check finds something.
func refusedLines(p program) (lines []int) {
	_, err := Check(p.path, p.source)
	if findings := CheckError(nil); errors.As(err, &findings) {
		for _, f := range findings {
			lines = append(lines, f.Pos.Line)
		}
	}
	return slices.Compact(lines)
}

// markedLines are those that end in "// refused".
func markedLines(source []byte) (lines []int) {
	for i, line := range strings.Split(string(source), "\n") {
		if strings.HasSuffix(line, "// refused") {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// TestRecipesBothWays runs the recipes that come with the program: both ways they
// must print what their Output says and write the same files.
func TestRecipesBothWays(t *testing.T) {
	folder := t.TempDir()
	if err := recipes.Unpack(folder); err != nil {
		t.Fatal(err)
	}
	programs := load(t, filepath.Join(folder, "*.go"))
	if len(programs) != len(recipes.Names()) || len(programs) < 6 {
		t.Fatalf("%d recipes, want those of %v", len(programs), recipes.Names())
	}
	for i, p := range programs {
		r, err := Check(p.path, p.source)
		if err != nil {
			t.Fatal(err)
		}
		if programs[i].source, _, err = r.Set(nil); err != nil { // with the picture's path
			t.Fatal(err)
		}
	}
	binary := compileAll(t, programs)
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			one, two := t.TempDir(), t.TempDir()
			compiled, exit := runCompiled(t, binary, p.name, one)
			if want := trimmed(outputOf(p.source)); trimmed(compiled) != want || exit != 0 {
				t.Errorf("compiled, it prints\n%s(exit %d), want\n%s", compiled, exit, want)
			}
			out, err := interpretUnchecked(p, p.source, two, 5*time.Minute)
			if out != compiled || err != nil {
				t.Errorf("interpreted, it prints\n%s%v, want\n%s", out, err, compiled)
			}
			compareFolders(t, one, two)
		})
	}
}

// compareFolders wants the same files in two folders, and at least one. Those of a sweep
// that hold times and secrets need only be there.
func compareFolders(t *testing.T, one, two string) {
	t.Helper()
	a, b := contents(t, one), contents(t, two)
	if len(a) == 0 {
		t.Error("it wrote nothing")
	}
	if names, want := slices.Sorted(maps.Keys(b)), slices.Sorted(maps.Keys(a)); !slices.Equal(names, want) {
		t.Errorf("interpreted, it wrote %v; want %v", names, want)
	}
	for name, content := range a {
		own := slices.Contains([]string{"manifest.jsonl", "manifest.csv", "address.json"}, filepath.Base(name))
		if !own && b[name] != content {
			t.Errorf("%s differs", name)
		}
	}
}

// contents are all files in and below a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		list[strings.TrimPrefix(path, folder)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
