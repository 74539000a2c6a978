package dreamlib

import (
	"encoding/json"
	"strings"
	"testing"
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
		{"+relu1_1+relu1_1", "relu1_1 + relu1_1"},
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
	for _, bad := range []string{"", " ", "relu4_2:13", "relu4_2 relu4_3", "*relu1_1", "0.5*", "+", "relu1_1 +", "1e999*relu1_1", "NaN*relu1_1", "relu1_1..2", "a/b"} {
		if o, err := ParseObjective(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, o)
		}
	}
}

func FuzzParseObjective(f *testing.F) {
	for _, seed := range []string{"relu4_2", "0.5*relu3_1 + relu5_2 - 1e-3*tv", "-2*30", "features.22", "+.5*a - 1e-300*b"} {
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
		if again.String() != o.String() {
			t.Fatalf("%q became %q and then %q", text, o, again)
		}
	})
}

func TestObjectiveConstructors(t *testing.T) {
	o := Sum(Scale(0.5, Layer("relu3_1")), Layer("relu5_2"), Scale(-2, Sum(Layer("a"), Scale(3, Layer("b")))))
	if got, want := o.String(), "0.5*relu3_1 + relu5_2 - 2*a - 6*b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	once := Layer("relu1_1")
	if Scale(2, once); once.Terms[0].Weight != 1 {
		t.Error("Scale changed its argument")
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
