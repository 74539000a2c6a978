package grid_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	. "github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

func TestGridPoints(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	for _, c := range []struct {
		spec string
		dims string
		want string // points
	}{
		{"axes: []", "", "|"},
		{"axes: [{step: 2}]", "", "|"},
		{"axes: [{layer: [relu3_1, relu4_2]}, {step: 0.05..0.2/4}]", "layer step",
			"relu3_1;0.05|relu3_1;0.1|relu3_1;0.15|relu3_1;0.2|relu4_2;0.05|relu4_2;0.1|relu4_2;0.15|relu4_2;0.2|"},
		{"axes: [{octaves: [2, 3], octave_scale: '1.6,1.4'}]", "octaves, octave-scale", "2, 1.6|3, 1.4|"},
		{"axes: [{octave-scale: [1.3, 1.5], where: {preset: google}}, {preset: [default, google]}]", "preset octave-scale",
			"default;1.4|google;1.3|google;1.5|"},
		{"{set: {octave-scale: 1.2}, axes: [{octave-scale: [1.3, 1.5], where: {preset: google}}, {preset: [default, google]}]}", "preset octave-scale",
			"default;1.2|google;1.3|google;1.5|"},
		{"axes: [{preset: [google, pytorch, default]}, {step: [1, 2], where: {preset: google}}, {step: [0.1], where: {preset: [pytorch]}}]", "preset step",
			"google;1|google;2|pytorch;0.1|default;3|"},
		{"axes: [{preset: [google, pytorch, default]}, {step: [1, 2], where: {preset: 'google,pytorch', seed: 1..1}}, {seed: [1, 5]}]", "preset seed step",
			"google;1;1|google;1;2|google;5;1.5|pytorch;1;1|pytorch;1;2|pytorch;5;0.09|default;1;3|default;5;3|"},
		{"{set: {smooth: 0.5}, axes: [{preset: [google, pytorch]}, {smooth: [1, 2], where: {preset: google}}, {seed: [8, 9], where: {smooth: 0.5}}]}", "preset smooth seed",
			"google;1;0|google;2;0|pytorch;0.5;8|pytorch;0.5;9|"},
		{"axes: [{clip: [true, false]}, {seed: 3..1}]", "clip seed", "true;3|true;2|true;1|false;3|false;2|false;1|"},
		{"{nets: [random:divide=32, 'random:divide=32,seed=2'], axes: [{layer: [relu1_1, relu1_2], where: {net: random:divide=32}}]}", "net layer",
			"random:divide=32;relu1_1|random:divide=32;relu1_2|random:divide=32,seed=2;relu5_1|"},
	} {
		g := gridtest.Parse(t, c.spec, picture)
		dims, err := Dimensions(g)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		var names []string
		for _, d := range dims {
			names = append(names, d.Name)
		}
		got := ""
		for _, j := range gridtest.Jobs(t, g) {
			got += strings.Join(j.Point, ";") + "|"
		}
		if strings.Join(names, " ") != c.dims || got != c.want {
			t.Errorf("%s: got %q, %s, want %q, %s", c.spec, names, got, c.dims, c.want)
		}
	}
}

// asJSON is how two values that hold functions are compared.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGridSettings wants each job to have what its point says, on top of its preset.
func TestGridSettings(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	g := gridtest.Parse(t, "{set: {iterations: 3, precision: bfloat16}, axes: [{step: [2, 4]}, {preset: [google, pytorch]}, {octave-scale: 2, where: {preset: pytorch}}]}", picture)
	var want []dreamlib.Config
	for _, step := range []float64{2, 4} {
		for _, preset := range []string{"google", "pytorch"} {
			cfg, err := dreamlib.Preset(preset)
			if err != nil {
				t.Fatal(err)
			}
			cfg.Step, cfg.Iterations = step, 3
			if preset == "pytorch" {
				cfg.OctaveScale = 2
			}
			want = append(want, cfg)
		}
	}
	for i, j := range gridtest.Jobs(t, g) {
		if asJSON(t, j.Config) != asJSON(t, want[i]) || j.Options.Precision != vgg.PrecisionBFloat16 {
			t.Errorf("job %d: got %+v, %+v, want %+v", i, j.Config, j.Options, want[i])
		}
	}
}

func TestGridRefuses(t *testing.T) {
	folder := t.TempDir()
	a := gridtest.WriteImage(t, folder, "a.png", 10)
	for spec, want := range map[string]string{
		"{pictures: [], axes: []}":                                    "the grid has no pictures",
		"{pictures: ''}":                                              "picture: want a name, found an empty one",
		"{pictures: none*.jpg}":                                       "pictures none*.jpg: file does not exist",
		"{pictures: none.jpg}":                                        "picture: none.jpg: no such file or directory",
		"{pictures: '[a.jpg'}":                                        "pictures [a.jpg: syntax error in pattern",
		"{nets: vgg20}":                                               `unknown network "vgg20": did you mean "vgg1`,
		"{nets: ./none.pth}":                                          "none.pth: no such file or directory",
		"{nets: vgg19}":                                               `vgg19 is not in the cache: run "dream models pull vgg19"`,
		"axes: [{steps: [1, 2]}]":                                     `unknown field "steps": did you mean step? want one of layer, preset, objective,`,
		"axes: [{picture: [a, b]}]":                                   "pictures and nets have lists of their own",
		"axes: [{step: []}]":                                          "axis step: has no values, want at least one",
		"axes: [{step: [1, big]}]":                                    `axis step "big": want a number`,
		"axes: [{octaves: 1.5}]":                                      `axis octaves "1.5": want a whole number`,
		"axes: [{seed: -1}]":                                          `axis seed "-1": want a whole number, 0 or more`,
		"axes: [{clip: maybe}]":                                       `axis clip "maybe": want true or false`,
		"axes: [{octaves: 99999999999999999999}]":                     `is too large`,
		"axes: [{layer: ''}]":                                         "layer: is empty, want a layer such as relu4_2",
		"axes: [{layer: [relu3_1, 'relu3_1+']}]":                      `objective "relu3_1+": cannot read "+"`,
		"axes: [{layer: [relu3_1, relu9_1]}]":                         `job 2 (layer relu9_1): dreamlib: objective "relu9_1": models: unknown layer "relu9_1"`,
		"axes: [{layer: logit:owl}]":                                  "the net has no classifier",
		"axes: [{preset: [gogle, google]}]":                           `job 1 (preset gogle): dreamlib: preset "gogle": unknown, want classic, default, google, pytorch`,
		"axes: [{measure: [l2, l1]}]":                                 `job 2 (measure l1): dreamlib: measure "l1": unknown`,
		"axes: [{precision: [float32, float8]}]":                      `job 2 (precision float8): vgg: precision "float8": unknown`,
		"axes: [{octave-scale: [1, 2]}]":                              "job 1 (octave-scale 1): dreamlib: octave scale 1: want more than 1",
		"axes: [{width: [1000000, 20]}]":                              "job 1 (width 1000000): dreamlib: width 1000000: makes a picture of 1000000x750000",
		"axes: [{step: [1, 2, 1.0]}]":                                 "axis step: has the value 1 twice",
		"axes: [{step: [1, 2]}, {step: [3, 4]}]":                      "step: two axes set it",
		"{set: {step: 1}, axes: [{step: [1, 2]}]}":                    "step: two axes set it",
		"axes: [{layer: [relu3_1]}, {objective: [relu1_1, relu1_2]}]": "layer and objective: both set the objective",
		"axes: [{step: [1, 2], octaves: [1, 2, 3]}]":                  "axes octaves and step: are zipped, and have 3 and 2 values",
		"axes: [{layer: [relu3_1, features.11]}]":                     "job 1 (layer relu3_1) and job 2 (layer features.11) are the same dream",
		"axes: [{preset: [google, default]}, {step: [1, 2], where: {preset: gogle}}]": "axis step: where preset is gogle: it never is, did you mean google?",
		"axes: [{step: [1, 2], where: {preset: google}}]":                             "axis step: where preset: no axis before this one sets it",
		"axes: [{step: [1, 2], where: {prest: google}}]":                              `axis step: where unknown field "prest": did you mean preset?`,
		"axes: [{step: 1..2}]":                                        `step "1..2": want how many values it has, as in 1..2/5`,
		"axes: [{step: 1..2/1}]":                                      "want how many values, 2 or more",
		"axes: [{step: 0..2/3log}]":                                   "want numbers above 0 at both ends for equal ratios",
		"axes: [{step: 1..x/3}]":                                      `want a range such as 0.05..0.2/4`,
		"axes: [{step: -inf..2/3}]":                                   "want finite numbers at both ends",
		"axes: [{octaves: 1..3/5}]":                                   "axis octaves: has the value 2 twice",
		"axes: [{seed: 0..18446744073709551615}]":                     "has 18446744073709551616 values: want at most 100000",
		"axes: [{seed: 0..99999}, {octaves: [1, 2]}]":                 "the grid has 200000 jobs: want at most 100000",
		"axes: [{seed: 0..999999999999}, {iterations: 0..999999999}]": `axis seed "0..999999999999": has 1000000000000 values: want at most 100000`,
		"axes: [{step: 0..1/100001}]":                                 "has 100001 values: want at most 100000",
		"axes: [{seed: '0..99999,100000'}]":                           "axis seed: has 100001 values: want at most 100000",
	} {
		g := gridtest.Parse(t, spec)
		if !strings.Contains(spec, "pictures") {
			g.Pictures = []string{a}
		}
		if strings.Contains(spec, "none") {
			t.Chdir(folder)
		}
		jobs, err := Jobs(context.Background(), g)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "sweep: ") || jobs != nil {
			t.Errorf("%s: got %d jobs, %v\nwant %s", spec, len(jobs), err, want)
		}
	}
}

// TestNamesAreUTF8 wants names refused that JSON would replace by others.
func TestNamesAreUTF8(t *testing.T) {
	_, err := Jobs(t.Context(), Grid{Pictures: []string{"a\xff.png"}})
	var mistake *Error
	if want := `sweep: picture "a\xff.png": want a name in UTF-8`; !errors.As(err, &mistake) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDimensionsAreSorted wants the values of settings where an axis does not apply
// among the axis's own, in order.
func TestDimensionsAreSorted(t *testing.T) {
	g := gridtest.Parse(t, "axes: [{preset: [google, default, pytorch]}, {octave-scale: [1.3, 1.5, 10], where: {preset: google}}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10))
	dims, err := Dimensions(g)
	if err != nil || len(dims) != 2 || !slices.Equal(dims[1].Values, []string{"1.3", "1.4", "1.5", "1.8", "10"}) {
		t.Errorf("got %v, %v", dims, err)
	}
}

// TestGridLimit wants grids of up to MaxJobs jobs made, conditions counted in.
func TestGridLimit(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	g := gridtest.Parse(t, "axes: [{seed: 1..33333}, {smooth: [0, 1, 2]}, {octaves: 5, where: {seed: 5}}]", picture)
	if n, err := Count(g); n != 99999 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
	var mistake *Error
	for spec, want := range map[string]string{
		"axes: [{seed: 1..50001}, {preset: [google, default]}]":                                    "sweep: the grid has 100002 jobs: want at most 100000",
		"axes: [{seed: 1..50001}, {preset: [google, default]}, {clip: [true, false]}]":             "sweep: the grid has 100002 jobs or more: want at most 100000",
		"axes: [{seed: 1..50000}, {preset: [google, default]}, {step: [1, 2], where: {seed: 50}}]": "sweep: the grid has 100002 jobs: want at most 100000",
	} {
		if _, err := Count(gridtest.Parse(t, spec, picture)); !errors.As(err, &mistake) || err.Error() != want {
			t.Errorf("%s: got %v, want %s", spec, err, want)
		}
	}
}

// TestGridRoundTrip wants a grid back from the file that it is as JSON.
func TestGridRoundTrip(t *testing.T) {
	folder := t.TempDir()
	gridtest.WriteImage(t, folder, "a.png", 10)
	gridtest.WriteImage(t, folder, "b.png", 20)
	base, err := dreamlib.Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	base.Width = 64
	g := Grid{Pictures: []string{"*.png"}, Nets: []string{gridtest.Narrow}, Base: base, Folder: folder, Axes: []Axis{
		Over("lowering", "direct"),
		Over("seed", uint64(18446744073709551615), 1),
		Zip(Over("step", 0.5, "1..2/2"), Over("layer", dreamlib.Layer("relu1_1"), "relu1_2", "0.5*relu1_1 + relu2_1")),
		{Name: "octave_scale", Values: []string{"1.3", "1.5"}, Where: map[string][]string{"seed": {"1"}, "step": {"2", "0.5"}}},
	}}
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if was, is := gridtest.Jobs(t, g), gridtest.Jobs(t, again); asJSON(t, was) != asJSON(t, is) || len(was) != 2*(3+5) {
		t.Errorf("%d jobs, and %d again from %s", len(was), len(is), text)
	}
	if twice, err := json.Marshal(again); err != nil || string(twice) != string(text) {
		t.Errorf("got %s, %v, want %s", twice, err, text)
	}
}

func TestRead(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a [folder] of * and ?")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Skip("needs such names: ", err)
	}
	for _, name := range []string{"b.png", "a.png", "odd[1].png"} {
		gridtest.WriteImage(t, folder, name, uint8(len(name)))
	}
	gridtest.WriteImage(t, folder, "z.png", 99)
	path := filepath.Join(folder, "grid.yaml")
	if err := os.WriteFile(path, []byte("pictures: ['[az].png', 'odd[1].png', a.png]\nnets: "+gridtest.Narrow+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	g, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range gridtest.Jobs(t, g) {
		got = append(got, filepath.Base(j.Picture.Source))
		if j.Point[0] != j.Picture.Source {
			t.Errorf("at %q", j.Point)
		}
	}
	if want := []string{"a.png", "z.png", "odd[1].png"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for text, want := range map[string]string{
		"":                                  "want an object of folder, pictures, nets, set, axes",
		"[1]":                               "want an object of",
		"pictures: a\npictures: b":          `key "pictures" already set in map`,
		"picturs: a":                        `unknown name "picturs": did you mean pictures?`,
		"layer: relu3_1":                    `"layer": want it under set, or under axes`,
		"set: {step: [1, 2]}":               "set: step: has 2 values, want one: what is swept goes under axes",
		"axes: {step: [1, 2]}":              "axes: want a list, with a - before each axis, found a JSON object",
		"folder: 3":                         "folder: want a text, found a JSON number",
		"set: [step]":                       "set: want a value for each setting, found a JSON array",
		"axes: [3]":                         "axis 3: want an object such as",
		"axes: [{where: {preset: google}}]": "names no setting",
		"axes: [{step: {a: b}}]":            `value {"a":"b"}: want a text, a number, true or false`,
		"axes: [{step: null}]":              "value null: want",
		"axes: [{step: 1, where: 3}]":       "where: want an object such as",
		"a: b: c":                           "mapping values are not allowed",
	} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Read(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), fmt.Sprintf("sweep: grid %s: ", path)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestDocs wants the file in docs/sweeps.md to be a grid of as many jobs as its
// comments make one expect.
func TestDocs(t *testing.T) {
	docs, err := os.ReadFile("../../../docs/sweeps.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(docs)
	_, text, _ = strings.Cut(text, "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	g, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.Pictures, []string{"photos/*.jpg"}) || !slices.Equal(g.Nets, []string{"embedded", "vgg19"}) {
		t.Errorf("got %+v", g)
	}
	g.Pictures, g.Nets = []string{gridtest.WriteImage(t, t.TempDir(), "a.png", 10)}, []string{gridtest.Narrow}
	// Of google's 3 layers, two are with 2 jitters; times 4 steps and 2 zipped pairs.
	if jobs := gridtest.Jobs(t, g); len(jobs) != (5+3)*4*2 || jobs[0].Config.Width != 512 || jobs[0].Config.Iterations != 10 {
		t.Errorf("%d jobs, the first %+v", len(jobs), jobs[0].Config)
	}
}

// TestSources wants every file that a grid reads.
func TestSources(t *testing.T) {
	folder := t.TempDir()
	a, b := gridtest.WriteImage(t, folder, "a.png", 1), gridtest.WriteImage(t, folder, "b.png", 2)
	pictures, nets, err := Sources(Grid{Folder: folder, Pictures: []string{"*.png", "no.jpg"}, Nets: []string{"embedded", "sub/vgg.pth"}})
	if err != nil || strings.Join(pictures, " ") != a+" "+b+" "+filepath.Join(folder, "no.jpg") || strings.Join(nets, " ") != "embedded "+filepath.Join(folder, "sub/vgg.pth") {
		t.Errorf("got %q, %q, %v", pictures, nets, err)
	}
	var mistake *Error
	if _, _, err := Sources(Grid{Folder: folder, Pictures: []string{"*.gif"}}); !errors.As(err, &mistake) {
		t.Errorf("got %v", err)
	}
}
