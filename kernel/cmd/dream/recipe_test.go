package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

const greeting = `// Greet somebody.
package main

import (
	"fmt"
	"os"
)

var name = "you" // set: whom to greet
var times = 1    // set: how often, 1..3

func main() {
	for i := 0; i < times; i++ {
		fmt.Println("hello", name)
	}
	if err := os.WriteFile("greeted.txt", []byte(name), 0o666); err != nil {
		fmt.Println(err)
	}
}
`

// recipeFile writes a recipe to a file of its own.
func recipeFile(t *testing.T, source string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "greet.go")
	if err := os.WriteFile(path, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRecipeRun(t *testing.T) {
	path := recipeFile(t, greeting)
	for _, way := range [][]string{nil, {"--compiled"}} {
		out := filepath.Join(t.TempDir(), "new")
		o := must(t, dream(t, append([]string{"recipe", "run", path, "--out", out, "--set", "name=Ada", "--set", "times=2"}, way...)...))
		if want := "hello Ada\nhello Ada\n"; o.stdout != want || o.stderr != "" {
			t.Errorf("%v: printed %q, %q; want %q", way, o.stdout, o.stderr, want)
		}
		if text, err := os.ReadFile(filepath.Join(out, "greeted.txt")); err != nil || string(text) != "Ada" {
			t.Errorf("%v: wrote %q, %v", way, text, err)
		}
	}
}

func TestRecipeCheck(t *testing.T) {
	o := must(t, dream(t, "recipe", "check", recipeFile(t, greeting)))
	want := `greet: Greet somebody
SET    TYPE    DEFAULT  WHAT
name   string  you      whom to greet
times  int     1        how often, 1 to 3
`
	if o.stdout != want {
		t.Errorf("printed\n%s\nwant\n%s", o.stdout, want)
	}
}

func TestRecipeList(t *testing.T) {
	o := must(t, dream(t, "recipe", "list"))
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) < 6 || !strings.HasPrefix(lines[2], "first_dream        Dream on a picture with the embedded net") {
		t.Errorf("printed\n%s", o.stdout)
	}
}

func TestRecipeNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.go")
	must(t, dream(t, "recipe", "new", path, "--from", "class_logits"))
	if o := must(t, dream(t, "recipe", "check", path)); !strings.HasPrefix(o.stdout, "mine: Ask the net what it sees") {
		t.Errorf("printed %q", o.stdout)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "hills.jpg")); err != nil {
		t.Error(err)
	}
	if o := dream(t, "recipe", "new", path); o.exit != terminal.ExitFailed || !strings.Contains(o.stderr, "exists") {
		t.Errorf("over a file: exit %d, %q", o.exit, o.stderr)
	}
}

// TestRecipeBesideFolder wants a folder that is called as a recipe to be no recipe.
func TestRecipeBesideFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("first_dream", 0o777); err != nil {
		t.Fatal(err)
	}
	if o := dream(t, "recipe", "check", "first_dream"); o.exit != 0 || !strings.HasPrefix(o.stdout, "first_dream: ") {
		t.Errorf("exit %d, printed %q, %q", o.exit, o.stdout, o.stderr)
	}
}

// TestRecipeSweepGoesOn runs a sweep of a recipe that comes with the program, takes a
// dream away, and wants the sweep's own command to dream it again, on the recipe's
// picture; and the recipe itself where nothing can be kept.
func TestRecipeSweepGoesOn(t *testing.T) {
	t.Chdir(t.TempDir())
	args := []string{"recipe", "run", "step_octave_sweep", "--set", "width=32", "--set", "steps=1", "--set", "octaves=1,2", "--set", "objective=relu1_1"}
	if o := dream(t, args...); o.exit != 0 {
		t.Fatalf("exit %d, %s", o.exit, o.stderr)
	}
	made, err := filepath.Glob("sweep/pictures/*.png")
	if err != nil || len(made) != 2 {
		t.Fatalf("made %v, %v; want 2 dreams", made, err)
	}
	if err := os.Remove(made[0]); err != nil {
		t.Fatal(err)
	}
	if o := dream(t, "sweep", "run", "sweep"); o.exit != 0 {
		t.Errorf("exit %d, %s", o.exit, o.stderr)
	}
	if _, err := os.Stat(made[0]); err != nil {
		t.Error(err)
	}
	t.Setenv("XDG_CACHE_HOME", made[0]) // no folder
	if o := dream(t, args...); o.exit != 0 {
		t.Errorf("without a cache: exit %d, %s", o.exit, o.stderr)
	}
}

func TestRecipeMistakes(t *testing.T) {
	greet := recipeFile(t, greeting)
	for _, c := range []struct {
		args []string
		exit int
		want string // in stderr
	}{
		{[]string{"run", "frist_dream"}, terminal.ExitUsage, "recipe frist_dream: no such file or recipe: did you mean first_dream? want a file, or one of class_logits, "},
		{[]string{"run", t.TempDir()}, terminal.ExitUsage, "no such file or recipe: want a file, or one of class_logits, "},
		{[]string{"run", "none.go"}, terminal.ExitFailed, "recipe none.go: there is no such file"},
		{[]string{"run"}, terminal.ExitUsage, "want one recipe, found 0 arguments"},
		{[]string{"run", greet, "--set", "nmae=x"}, terminal.ExitUsage, "set nmae: no such parameter: did you mean name? greet has name, times"},
		{[]string{"run", greet, "--set", "times=4"}, terminal.ExitUsage, "set times=4: want 1 to 3"},
		{[]string{"run", greet, "--timeout", "soon"}, terminal.ExitUsage, "--timeout"},
		{[]string{"run", recipeFile(t, "package main\nfunc main() { x := }\n")}, terminal.ExitFailed, "greet.go:2:20: expected operand, found '}'"},
		{[]string{"check", recipeFile(t, "package main\nimport \"net\"\nfunc main() { net.Dial(\"\", \"\") }\n")}, terminal.ExitFailed, `package "net" is not open to recipes`},
		{[]string{"run", recipeFile(t, "package main\nfunc main() { for {\n} }\n"), "--timeout", "300ms"}, terminal.ExitFailed, "greet.go: ended after 300ms, which is its time limit"},
		{[]string{"run", recipeFile(t, "package main\nfunc main() { panic(\"boom\") }\n")}, terminal.ExitFailed, "greet.go: panic: boom, in main.main, from line 2 on"},
		{[]string{"new", "mine"}, terminal.ExitUsage, "mine: want a name that ends in .go"},
		{[]string{"new", "mine.go", "--from", "no"}, terminal.ExitUsage, "recipe no: no such file or recipe"},
		{[]string{"start"}, terminal.ExitUsage, `unknown command "start"`},
	} {
		o := dream(t, append([]string{"recipe"}, c.args...)...)
		if o.exit != c.exit || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%v: exit %d, want %d; stderr\n%s\nwant\n%s", c.args, o.exit, c.exit, o.stderr, c.want)
		}
	}
}
