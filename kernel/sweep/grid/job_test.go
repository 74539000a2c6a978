package grid

import (
	"regexp"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// someJob is a job of google's settings.
func someJob(t *testing.T) Job {
	t.Helper()
	cfg, err := dreamlib.Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	return Job{
		Picture: Input{"photos/a.jpg", strings.Repeat("1", 64)},
		Net:     Input{"embedded", strings.Repeat("2", 64)},
		Config:  cfg,
	}
}

// otherParam is another parametrization than the usual one.
type otherParam struct{ dreamlib.Param }

func (otherParam) String() string { return "other" }

// TestIdentify wants everything that decides the pixels in the identity and nothing
// else. The literal one is that of sweeps that people have: when it changes, so does
// the folder's format.
func TestIdentify(t *testing.T) {
	first, err := someJob(t).Identify()
	if err != nil || first != "a6e0c10f4cd62f59" {
		t.Errorf("got %q, %v", first, err)
	}
	for what, change := range map[string]func(*Job){
		"preset":            func(j *Job) { j.Config.Preset = "mine" },
		"path":              func(j *Job) { j.Picture.Source = "elsewhere/b.jpg" },
		"net's name":        func(j *Job) { j.Net.Source = "copy.pth" },
		"place":             func(j *Job) { j.Point = []string{"3"} },
		"spelled precision": func(j *Job) { j.Options.Precision = vgg.PrecisionFloat32 },
	} {
		j := someJob(t)
		change(&j)
		if id, err := j.Identify(); id != first || err != nil {
			t.Errorf("another %s makes it %s, %v", what, id, err)
		}
	}
	seen := map[string]string{first: "none"}
	for what, change := range map[string]func(*Job){
		"picture":      func(j *Job) { j.Picture.SHA256 = strings.Repeat("3", 64) },
		"net":          func(j *Job) { j.Net.SHA256 = strings.Repeat("3", 64) },
		"precision":    func(j *Job) { j.Options.Precision = vgg.PrecisionBFloat16 },
		"lowering":     func(j *Job) { j.Options.Lowering = vgg.LoweringDirect },
		"objective":    func(j *Job) { j.Config.Objective = dreamlib.Layer("relu1_1") },
		"measure":      func(j *Job) { j.Config.Measure = dreamlib.L2 },
		"param":        func(j *Job) { j.Config.Param = otherParam{dreamlib.Pixels} },
		"pyramid":      func(j *Job) { j.Config.Pyramid = dreamlib.Carry },
		"octaves":      func(j *Job) { j.Config.Octaves = 7 },
		"octave scale": func(j *Job) { j.Config.OctaveScale = 7 },
		"iterations":   func(j *Job) { j.Config.Iterations = 7 },
		"step":         func(j *Job) { j.Config.Step = 7 },
		"units":        func(j *Job) { j.Config.Units = dreamlib.UnitsNet },
		"rule":         func(j *Job) { j.Config.Optimizer = dreamlib.Std },
		"jitter":       func(j *Job) { j.Config.Jitter = 7 },
		"smooth":       func(j *Job) { j.Config.Smooth = 7 },
		"clip":         func(j *Job) { j.Config.Clip = false },
		"width":        func(j *Job) { j.Config.Width = 7 },
		"seed":         func(j *Job) { j.Config.Seed = 7 },
		"transform":    func(j *Job) { j.Config.Transform = dreamlib.Jitter(7) },
	} {
		j := someJob(t)
		change(&j)
		id, err := j.Identify()
		if other, twice := seen[id]; twice || err != nil {
			t.Errorf("another %s makes it %s, %v, as %s", what, id, err, other)
		}
		seen[id] = what
	}
	if len(seen)-3 != len(fields)-1 { // one for each field but the preset
		t.Errorf("%d settings changed, and there are %d", len(seen)-3, len(fields)-1)
	}
}

func TestJobFile(t *testing.T) {
	fit := regexp.MustCompile(`^pictures/[A-Za-z0-9_+=][A-Za-z0-9._+=-]*\.png$`)
	for _, c := range []struct {
		picture string
		point   []string
		want    string
	}{
		{"photos/a.jpg", nil, "a-ID"},
		{"photos/a.jpg", []string{"photos/a.jpg", "relu3_1", "0.05"}, "a-relu3_1-0.05-ID"},
		{"a.b.jpg", []string{"0.5*relu3_1 + relu5_2 - 0.2*relu2_2", "3, 1.4"}, "a.b-0.5_relu3_1+relu5_2-0.2_relu2_2-3_1.4-ID"},
		{"x/..", []string{"nets/vgg.pth"}, "vgg-ID"},
		{"-rf ~.png", []string{"-1"}, "rf_--1-ID"},
		{".hidden", []string{"logit:owl"}, "hidden-logit_owl-ID"},
		{"übung \x00\n$(rm).jpg", []string{"é"}, "_bung_rm_-_-ID"},
		{strings.Repeat("long", 100) + ".jpg", []string{"1"}, strings.Repeat("long", 39) + "lon-ID"},
	} {
		j := Job{ID: "ID", Picture: Input{Source: c.picture}, Net: Input{Source: "nets/vgg.pth"}, Point: c.point}
		got := j.File()
		if got != "pictures/"+c.want+".png" || !fit.MatchString(got) || len(got) > 200 {
			t.Errorf("%q at %q: got %s, want %s", c.picture, c.point, got, c.want)
		}
	}
}
