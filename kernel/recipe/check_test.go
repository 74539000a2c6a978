package recipe

import (
	"errors"
	"strings"
	"testing"
)

// What the rules of testdata do not cover: errors of Go's, and what is not open
// to recipes. Each is reported with its place.
func TestCheckRefuses(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"package main\nfunc main() { x := }", "x.go:2:20: expected operand, found '}'"},
		{"package main\nfunc main() { x := 1 }", "x.go:2:15: declared and not used: x"},
		{"package main\nfunc main() { return 1 }", "x.go:2:22: too many return values"},
		{"package main\nimport \"os\"\nfunc main() { }", `x.go:2:8: "os" imported and not used`},
		{"package main\nfunc Main() { }", "x.go:1:9: there is no func main: a recipe begins there"},
		{"package main\nvar main = 1", "x.go:1:9: there is no func main"},
		{"package other\nfunc main() { }", "x.go:1:9: package other: a recipe is package main"},
		{"", "x.go:1:1: expected 'package', found 'EOF'"},
		{"package main\nimport \"os/exec\"\nfunc main() { exec.Command(\"ls\") }", `x.go:2:8: package "os/exec" is not open to recipes: see docs/recipes.md for those that are`},
		{"package main\nimport \"net/http\"\nfunc main() { http.Get(\"\") }", `x.go:2:8: package "net/http" is not open to recipes`},
		{"package main\nimport \"unsafe\"\nvar x = unsafe.Sizeof(1)\nfunc main() { }", `x.go:2:8: package "unsafe" is not open to recipes`},
		{"package main\nimport \"C\"\nfunc main() { }", `x.go:2:8: package "C" is not open to recipes`},
		{"package main\nimport \"./sub\"\nfunc main() { }", `x.go:2:8: package "./sub" is not open to recipes`},
		{"package main\nimport . \"fmt\"\nfunc main() { Println() }", "x.go:2:8: import .: recipes import packages by their names"},
		{"package main\nimport \"os\"\nfunc main() { os.Getpid() }", "x.go:3:15: os.Getpid is not open to recipes: see docs/recipes.md"},
		{"package main\nimport \"os\"\nfunc main() { os.Symlink(\"a\", \"b\") }", "x.go:3:15: os.Symlink is not open to recipes"},
		{"package main\nimport \"sync\"\nfunc main() { sync.OnceFunc(func() {})() ; _ = sync.OnceValue(func() int { return 1 }) }", "x.go:3:48: sync.OnceValue is not open to recipes: see docs/recipes.md"},
		{"package main\nimport \"github.com/seed2310110f/godream/models/hub\"\nfunc main() { hub.Pull(nil, \"vgg19\", hub.PullOptions{}) }", "x.go:3:15: hub.Pull is not open to recipes"},
		{"package main\nimport \"github.com/gomlx/gomlx/core/tensors\"\nfunc main() { var t tensors.Tensor; t.Save(\"/x\") }", "x.go:3:37: t.Save is not open to recipes: write its Value in a form of your own"},
		{"package main\nimport \"os\"\nfunc main() { f, _ := os.Open(\".\"); f.Chdir() }", "x.go:3:37: f.Chdir is not open to recipes: write the folder into the path"},
		{"package main\ntype i interface{ Save(string) error }\nfunc main() { }", "x.go:2:19: an interface with the method Save is not open to recipes: give the method another name"},
		{"package main\nimport \"text/template\"\nfunc main() { template.New(\"\") }", `x.go:2:8: package "text/template" is not open to recipes`},
		{"package main\nimport \"github.com/seed2310110f/godream/kernel/sweep/work\"\nfunc main() { work.Run(nil, nil, work.Options{}) }", `x.go:2:8: package "github.com/seed2310110f/godream/kernel/sweep/work" is not open to recipes`},
		{"package main\nimport \"github.com/seed2310110f/godream/kernel/sweep/queue\"\nfunc main() { queue.Start(\"/\") }", `x.go:2:8: package "github.com/seed2310110f/godream/kernel/sweep/queue" is not open to recipes`},
		{"package main\nvar a, b = 1, 2 // set: both\nfunc main() { }", "x.go:2:5: a parameter is one variable and its value: declare it by itself"},
		{"package main\nvar a = 1 + 2 // set: a sum\nfunc main() { }", "x.go:2:9: a parameter has a plain value"},
		{"package main\nvar a = 1 // set file: a file\nfunc main() { }", "x.go:2:9: a file is named by a text: write its name in quotes"},
	} {
		_, err := Check("x.go", []byte(c.source))
		findings := CheckError(nil)
		if !errors.As(err, &findings) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q:\n%v\nwant\n%s", c.source, err, c.want)
		}
	}
}

// TestCheckReportsAll wants every finding, in the order of the lines.
func TestCheckReportsAll(t *testing.T) {
	_, err := Check("x.go", []byte(`package main

import "fmt"

func main() {
	for i := range 3 {
		fmt.Println(i)
	}
	p := new(4)
	fmt.Println(*p)
}
`))
	want := `x.go:6:2: the interpreter cannot range over a number: write for i := 0; i < 3; i++
x.go:9:7: the interpreter's new knows types alone, and points to zero: assign the value to a variable and take its address`
	if err == nil || err.Error() != want {
		t.Errorf("found\n%v\nwant\n%s", err, want)
	}
}

// FuzzCheck wants no panic from any source, and findings with places.
func FuzzCheck(f *testing.F) {
	for _, p := range seeds(f) {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		_, err := Check("x.go", source)
		if findings := CheckError(nil); errors.As(err, &findings) {
			for _, finding := range findings {
				if finding.Problem == "" || finding.Pos.Line < 1 {
					t.Errorf("%#v", finding)
				}
			}
		}
	})
}
