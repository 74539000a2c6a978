package recipe

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// seeds are the programs of testdata.
func seeds(t testing.TB) (sources [][]byte) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	return sources
}

const withParams = `// Try this and that. And more.
package main

var (
	step            = 1.5                  // set: size of a step, 0..10
	count           = -3                   // set: how many
	seed    uint64  = 7                    // set: a seed
	name            = "a b"                // set: a name
	quick           = false                // set: be quick
	steps           = []float64{0.5, 1, 2} // set: sizes
	layers          = []string{"a", "b"}   // set: layers
	ratio   float64 = 2                    // set: a ratio
	picture         = "p.jpg"              // set file: a picture
	other           = 5                    // not to be set
)

func main() {
	println(step, count, seed, name, quick, len(steps), len(layers), ratio, picture, other)
}

// Output:
// one
// two
`

func TestRecipeDescribesItself(t *testing.T) {
	r, err := Check("dir/try.go", []byte(withParams))
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "try" || r.About != "Try this and that" {
		t.Errorf("%q, %q", r.Name, r.About)
	}
	var found []Param
	for _, p := range r.Params {
		p.from, p.to = 0, 0
		found = append(found, p)
	}
	want := []Param{
		{Name: "step", Type: "float64", Default: "1.5", About: "size of a step", Range: &[2]float64{0, 10}},
		{Name: "count", Type: "int", Default: "-3", About: "how many"},
		{Name: "seed", Type: "uint64", Default: "7", About: "a seed"},
		{Name: "name", Type: "string", Default: "a b", About: "a name"},
		{Name: "quick", Type: "bool", Default: "false", About: "be quick"},
		{Name: "steps", Type: "[]float64", Default: "0.5,1,2", About: "sizes"},
		{Name: "layers", Type: "[]string", Default: "a,b", About: "layers"},
		{Name: "ratio", Type: "float64", Default: "2", About: "a ratio"},
		{Name: "picture", Type: "string", Default: "p.jpg", About: "a picture", File: true},
	}
	if !reflect.DeepEqual(found, want) {
		t.Errorf("parameters\n%+v\nwant\n%+v", found, want)
	}
}

func TestSet(t *testing.T) {
	r, err := Check("/dir/try.go", []byte(withParams))
	if err != nil {
		t.Fatal(err)
	}
	source, files, err := r.Set([]string{"step=2", "count=-4", "seed=9", `name=x"y`, "quick=true", "steps=1, 2.5", "layers=c", "ratio=1e-3", "picture=/else/q.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"= 2e+00 ", "= -4 ", "= 9 ", `= "x\"y" `, "= true ", "= []float64{1e+00, 2.5e+00} ", `= []string{"c"} `, "= 1e-03 ", `= "/else/q.jpg" `, "= 5 "} {
		if !strings.Contains(string(source), want) {
			t.Errorf("want %q in\n%s", want, source)
		}
	}
	if !reflect.DeepEqual(files, []string{"/else/q.jpg"}) {
		t.Errorf("files %q", files)
	}
	if _, err := Check("try.go", source); err != nil {
		t.Error(err)
	}
	plain, files, err := r.Set(nil)
	if want := strings.Replace(withParams, `"p.jpg"`, `"/dir/p.jpg"`, 1); err != nil || string(plain) != want || !reflect.DeepEqual(files, []string{"/dir/p.jpg"}) {
		t.Errorf("nothing set: %v, %q\n%s", err, files, plain)
	}
}

func TestSetRefuses(t *testing.T) {
	r, err := Check("try.go", []byte(withParams))
	if err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{
		"step":        `recipe: set "step": want name=value`,
		"step=":       "recipe: set step=: want a number",
		"step=fast":   "recipe: set step=fast: want a number",
		"step=NaN":    "recipe: set step=NaN: want a number",
		"step=inf":    "recipe: set step=inf: want a number",
		"step=11":     "recipe: set step=11: want 0 to 10",
		"count=1.5":   "recipe: set count=1.5: want a whole number",
		"seed=-1":     "recipe: set seed=-1: want a whole number, 0 or more",
		"quick=maybe": "recipe: set quick=maybe: want true or false",
		"steps=1,x":   "recipe: set steps=x: want a number",
		"stpe=1":      "recipe: set stpe: no such parameter: did you mean step? try has step, count, seed, name, quick, steps, layers, ratio, picture",
		"other=1":     "recipe: set other: no such parameter: try has step, count, seed, name, quick, steps, layers, ratio, picture",
	} {
		_, _, err := r.Set([]string{setting})
		if _, ok := err.(ParamError); !ok || err.Error() != want {
			t.Errorf("%s: %v, want %s", setting, err, want)
		}
	}
}
