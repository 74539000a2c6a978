package dreamlib

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/models"
)

func TestParseObjective(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"relu4_2", "relu4_2"},
		{" relu4_2 ", "relu4_2"},
		{"30", "30"},
		{"features.22", "features.22"},
		{"-relu1_1", "-relu1_1"},
		{"0.5*relu3_1 + relu5_2 - 1e-3*pool1", "0.5*relu3_1 + relu5_2 - 0.001*pool1"},
		{"2*30-.5 * block4_conv2", "2*30 - 0.5*block4_conv2"},
		{"1*relu1_1", "relu1_1"},
		{"A - 0*B", "A - 0*B"},
		{"-0*A + 0*B", "-0*A + 0*B"},
		{"+relu1_1+relu1_1", "relu1_1 + relu1_1"},
		{"logit:spiral", "logit:spiral"},
		{" - 2 * logit:3 ", "-2*logit:3"},
		{"0.5*logit:eye + relu3_1 - 0.1*logit:3", "0.5*logit:eye + relu3_1 - 0.1*logit:3"},
		{"logit", "logit"}, // a layer's name, as far as the text tells
	} {
		o, err := ParseObjective(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := o.String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
	for _, bad := range []string{"", " ", "relu4_2:13", "relu4_2 relu4_3", "*relu1_1", "0.5*", "+", "relu1_1 +", "1e999*relu1_1", "NaN*relu1_1", "relu1_1..2", "a/b",
		"logit:", "logit: x", "logit :x", "logit:*", "logit:a:b", "logit:logit:a", "2*logit:", "class:x", "Logit:x", "logit:x y"} {
		if o, err := ParseObjective(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, o)
		}
	}
}

func FuzzParseObjective(f *testing.F) {
	for _, seed := range []string{"relu4_2", "0.5*relu3_1 + relu5_2 - 1e-3*tv", "-2*30", "features.22", "+.5*a - 1e-300*b",
		"logit:spiral", "0.5*logit:eye + relu3_1 - 0.1*logit:3", "logit - logit:0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObjective(text)
		if err != nil {
			return
		}
		again, err := ParseObjective(o.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, o, err)
		}
		if again.String() != o.String() || !slices.Equal(again.Terms, o.Terms) {
			t.Fatalf("%q became %q and then %q", text, o, again)
		}
	})
}

func TestObjectiveConstructors(t *testing.T) {
	o := Sum(Scale(0.5, Layer("relu3_1")), Layer("relu5_2"), Scale(-2, Sum(Layer("a"), Scale(3, Layer("b")))))
	if got, want := o.String(), "0.5*relu3_1 + relu5_2 - 2*a - 6*b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o = Sum(Scale(0.5, Logit("eye")), Layer("relu3_1"), Scale(-0.1, Logit("3")))
	if got, want := o.String(), "0.5*logit:eye + relu3_1 - 0.1*logit:3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	once := Layer("relu1_1")
	if Scale(2, once); once.Terms[0].Weight != 1 {
		t.Error("Scale changed its argument")
	}
}

// TestObjectiveJSON wants an objective in JSON as its text, and back.
func TestObjectiveJSON(t *testing.T) {
	for _, text := range []string{"relu4_2", "logit:spiral", "0.5*logit:eye + relu3_1 - 0.1*logit:3"} {
		o, err := ParseObjective(text)
		if err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(o)
		if want := strconv.Quote(text); err != nil || string(written) != want {
			t.Errorf("got %s, %v, want %s", written, err, want)
		}
		var back Objective
		if err := json.Unmarshal(written, &back); err != nil || !slices.Equal(back.Terms, o.Terms) {
			t.Errorf("%s came back as %v, %v", written, back, err)
		}
	}
	if err := json.Unmarshal([]byte(`"logit:"`), new(Objective)); err == nil {
		t.Error("a class without a name was read")
	}
}

// TestObjectiveResolves wants layers and classes by any of their names, and
// back by one that leads to them.
func TestObjectiveResolves(t *testing.T) {
	net := classified(t, "relu5_4")
	for _, c := range []struct {
		objective Objective
		want      string
	}{
		{Logit("spiral"), "logit:spiral"},
		{Logit(" SPIRAL "), "logit:spiral"},
		{Logit("1"), "logit:spiral"},
		{Logit("7"), "logit:7"},          // a label
		{Logit("2"), "logit:7"},          // its number
		{Logit("cat's head"), "logit:3"}, // no text reads such a label
		{Logit("fur - long"), "logit:5"}, // it would be a class less a layer
		{Logit("0"), "logit:eye"},
		{Logit("4"), "logit:4"}, // the second of this label
		{Sum(Layer("2"), Scale(-0.5, Logit("1")), Layer("block4_conv2")), "relu1_1 - 0.5*logit:spiral + relu4_2"},
	} {
		if canonical, err := c.objective.Canonical(net); err != nil || canonical.String() != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.objective, canonical, err, c.want)
		}
		before := c.objective.String()
		known, goal, err := c.objective.resolve(net)
		if err != nil || known.String() != c.want || c.objective.String() != before {
			t.Errorf("%s became %s, %v, want %s", before, known, err, c.want)
			continue
		}
		read, err := ParseObjective(known.String())
		if err != nil {
			t.Fatal(err)
		}
		if _, again, err := read.resolve(net); err != nil || !reflect.DeepEqual(again, goal) {
			t.Errorf("%s reads %v, and read back %v, %v", known, goal, again, err)
		}
	}
}

func TestObjectiveCheckRefuses(t *testing.T) {
	net, plain := classified(t, "relu5_4"), randomNet(t, 32)
	var layer *models.UnknownLayerError
	var label *models.UnknownLabelError
	for _, c := range []struct {
		objective Objective
		net       *models.Net
		as        any // the kind of error
		want      string
	}{
		{Sum(Layer("30"), Layer("relu4_9")), net, &layer, `objective "30 + relu4_9": models: unknown layer "relu4_9": did you mean relu4_4?`},
		{Layer(""), plain, &layer, `unknown layer ""`},
		{Logit("sprial"), net, &label, `objective "logit:sprial": models: unknown class "sprial": did you mean "spiral"? valid classes: 0 to 5 or eye, spiral, 7,`},
		{Logit("6"), net, &label, `unknown class "6"`},
		{Logit("-1"), net, &label, `unknown class "-1"`},
		{Sum(Layer("relu1_1"), Scale(0, Logit("nose"))), net, &label, `unknown class "nose"`},
		{Objective{Terms: []Term{{Weight: 1, Layer: "relu1_1", Logit: "eye"}}}, net, nil, `want a layer or a class in one term, found "relu1_1" and "eye"`},
		{Objective{}, net, nil, "is empty, want a layer such as relu4_2"},
	} {
		err := c.objective.Check(c.net)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.as != nil && !errors.As(err, c.as) {
			t.Errorf("%s: got %v, want %q", c.objective, err, c.want)
		}
	}
	if err := Logit("eye").Check(plain); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("a net without a classifier: got %v", err)
	}
}

func TestClasses(t *testing.T) {
	list, err := Classes(classified(t, "relu5_4"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(list), "[logit:eye logit:spiral logit:7 logit:3 logit:4 logit:5]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := Classes(randomNet(t, 32)); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("a net without a classifier: got %v", err)
	}
}

// TestConfigJSON wants every preset back from JSON, unchanged.
func TestConfigJSON(t *testing.T) {
	for _, name := range Presets() {
		cfg, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Seed = 1<<63 + 1
		text, err := json.Marshal(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var back Config
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(text) || back.Objective.String() != cfg.Objective.String() {
			t.Errorf("%s: got %s, want %s", name, again, text)
		}
		if err := cfg.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Preset("googel"); err == nil || !strings.Contains(err.Error(), "google") {
		t.Errorf("an unknown preset: got %v, want the valid ones listed", err)
	}
}

func TestConfigCheck(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.OctaveScale = 1 }, "octave scale 1: want more than 1"},
		{func(c *Config) { c.OctaveScale = -2 }, "octave scale"},
		{func(c *Config) { c.Octaves = 0 }, "octaves 0: want 1 to"},
		{func(c *Config) { c.Iterations = -1 }, "iterations -1: want 0 to"},
		{func(c *Config) { c.Jitter = -1 }, "jitter"},
		{func(c *Config) { c.Smooth = -1 }, "smooth"},
		{func(c *Config) { c.Width = -1 }, "width"},
		{func(c *Config) { c.Step = nan() }, "step NaN: want a finite number"},
		{func(c *Config) { c.Step = 1e300 }, "step 1e+300: want a finite number, at most 3.4e38"},
		{func(c *Config) { c.Rule = "l1" }, `rule "l1": unknown, want one of ["mean-abs"`},
		{func(c *Config) { c.Units = "" }, "units"},
		{func(c *Config) { c.Measure = "sum" }, "measure"},
		{func(c *Config) { c.Pyramid = "lap" }, "pyramid"},
		{func(c *Config) { c.Objective = Scale(nan(), Layer("relu1_1")) }, "weight NaN"},
	} {
		cfg, err := Preset("default")
		if err != nil {
			t.Fatal(err)
		}
		c.change(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
