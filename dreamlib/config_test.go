package dreamlib

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

func TestConfigSize(t *testing.T) {
	for _, c := range []struct {
		w, h, width int
		want        picture.Size
		fails       string
	}{
		{40, 30, 0, picture.Size{Width: 40, Height: 30}, ""},
		{40, 30, 20, picture.Size{Width: 20, Height: 15}, ""},
		{40, 30, 1, picture.Size{Width: 1, Height: 1}, ""},
		{3, 2, 600, picture.Size{Width: 600, Height: 400}, ""},
		{1, 1, 16384, picture.Size{Width: 16384, Height: 16384}, ""},
		{1, 1, 16385, picture.Size{}, "width 16385: makes a picture of 16385x16385, want at most 268435456 pixels"},
		{1, 4000, 600, picture.Size{}, "makes a picture of 600x2400000"},
	} {
		got, err := Config{Width: c.width}.Size(picture.Size{Width: c.w, Height: c.h})
		if got != c.want || c.fails == "" && err != nil || c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
			t.Errorf("%dx%d to width %d: got %v, %v, want %v, %q", c.w, c.h, c.width, got, err, c.want, c.fails)
		}
	}
	if _, err := (Config{}).Size(picture.Size{}); err == nil {
		t.Error("no picture has a size")
	}
}

// recorded are the presets as pictures of before hold them.
var recorded = map[string]string{
	"classic": `{"preset":"classic","objective":"relu5_1","measure":"l2","pyramid":"article","octaves":3,"octave_scale":2,"iterations":6,"step":0.2,"units":"net","rule":"accumulate","jitter":0,"smooth":0,"clip":false,"width":0,"seed":0}`,
	"default": `{"preset":"default","objective":"relu5_1","measure":"mean-square","pyramid":"detail","octaves":4,"octave_scale":1.4,"iterations":8,"step":3,"units":"pixel","rule":"mean-abs","jitter":32,"smooth":0,"clip":true,"width":0,"seed":0}`,
	"google":  `{"preset":"google","objective":"relu4_3","measure":"mean-square","pyramid":"detail","octaves":4,"octave_scale":1.4,"iterations":10,"step":1.5,"units":"pixel","rule":"mean-abs","jitter":32,"smooth":0,"clip":true,"width":0,"seed":0}`,
	"pytorch": `{"preset":"pytorch","objective":"relu4_3","measure":"mean-square","pyramid":"carry","octaves":4,"octave_scale":1.8,"iterations":10,"step":0.09,"units":"net","rule":"std","jitter":32,"smooth":0.5,"clip":true,"width":600,"seed":0}`,
}

// written is a Config's JSON.
func written(t testing.TB, cfg Config) string {
	t.Helper()
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestConfigJSON wants every preset back from JSON, unchanged, and as it has always been
// written.
func TestConfigJSON(t *testing.T) {
	for _, name := range Presets() {
		cfg, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := written(t, cfg); got != recorded[name] {
			t.Errorf("got  %s\nwant %s", got, recorded[name])
		}
		var back Config
		if err := json.Unmarshal([]byte(recorded[name]), &back); err != nil {
			t.Fatal(err)
		}
		if again := written(t, back); again != recorded[name] {
			t.Errorf("got  %s\nwant %s", again, recorded[name])
		}
		if err := errors.Join(cfg.Check(), back.Check()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := short(t, "google")
	cfg.Seed, cfg.Transform = 1<<63+1, Sequence(Jitter(8), Jitter(3))
	cfg.Objective, cfg.Optimizer = parsed(t, "0.5*relu3_1:4 - relu4_2:13@5x7"), Optimizers["adam"]
	var back Config
	if err := json.Unmarshal([]byte(written(t, cfg)), &back); err != nil || written(t, back) != written(t, cfg) {
		t.Errorf("got %s, %v, want %s", written(t, back), err, written(t, cfg))
	}
	if text := written(t, cfg); !strings.Contains(text, `"transform":"jitter:8 jitter:3"`) || strings.Contains(text, `"param"`) {
		t.Errorf("%s: want a transform, and no pixels", text)
	}
	if _, err := Preset("googel"); err == nil || !strings.Contains(err.Error(), "google") {
		t.Errorf("an unknown preset: got %v, want the valid ones listed", err)
	}
}

// unregistered is an Optimizer that no text reads.
type unregistered struct{ Optimizer }

func (unregistered) String() string { return "mine" }

// TestConfigOverlay wants JSON to change the fields that it has and no others.
func TestConfigOverlay(t *testing.T) {
	google, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	cfg := google
	if err := json.Unmarshal([]byte(`{"octaves":2, "tile":256, "objective":"relu3_1:4", "transform":"jitter:7"}`), &cfg); err != nil {
		t.Fatal(err)
	}
	want := google
	want.Octaves, want.Objective, want.Transform = 2, Channel("relu3_1", 4), Jitter(7)
	if !reflect.DeepEqual(written(t, cfg), written(t, want)) {
		t.Errorf("got  %s\nwant %s", written(t, cfg), written(t, want))
	}
	if err := json.Unmarshal([]byte(`{"transform":""}`), &cfg); err != nil || cfg.Transform != nil {
		t.Errorf("got transform %v, %v, want none", cfg.Transform, err)
	}
	own := google
	own.Optimizer = unregistered{Std}
	if err := json.Unmarshal([]byte(written(t, own)), &own); err != nil || own.Optimizer != (unregistered{Std}) {
		t.Errorf("a kind of one's own became %v, %v", own.Optimizer, err)
	}
	for text, fails := range map[string]string{
		`{"octave":2}`:             `dreamlib: config: unknown field "octave"`,
		`{"rule":"mine"}`:          `dreamlib: config: rule: dreamlib: rule "mine": unknown, want one of ["accumulate" "adam"`,
		`{"param":"pixel"}`:        `param "pixel": unknown, want one of [`,
		`{"pyramid":"lap"}`:        `pyramid "lap": unknown, want one of ["article" "carry" "detail"]`,
		`{"transform":"jitter"}`:   `transform "jitter": want 0 to 1000000 pixels, as in jitter:32`,
		`{"transform":"blur:3"}`:   `transform "blur": unknown, want one of [`,
		`{"objective":"relu4_2:"}`: `cannot read ":"`,
		`{"objective":3}`:          `config: objective: json: `,
		`{"octaves":"2"}`:          `config: octaves: json: `,
		`[]`:                       `json: `,
	} {
		before := google
		if err := json.Unmarshal([]byte(text), &before); err == nil || !strings.Contains(err.Error(), fails) {
			t.Errorf("%s: got %v, want %q", text, err, fails)
		}
		if !reflect.DeepEqual(before, google) {
			t.Errorf("%s: the Config was changed to %+v", text, before)
		}
	}
}

// TestTextForms wants text, read and written again, to be the same.
func TestTextForms(t *testing.T) {
	for _, text := range []string{"jitter:0", "jitter:32", "jitter:1000000", "jitter:8 jitter:3 jitter:8", "flip jitter:2"} {
		if got, err := ParseTransform(text); err != nil || got.String() != text {
			t.Errorf("transform %q came back as %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "  "} {
		if got, err := ParseTransform(text); err != nil || got != nil {
			t.Errorf("transform %q came back as %v, %v, want none", text, got, err)
		}
	}
	for _, text := range []string{"jitter:-1", "jitter:1000001", "jitter:08", "jitter:+8", "jitter:8,", "jitter:8:8", "Jitter:8", ":8"} {
		if got, err := ParseTransform(text); err == nil {
			t.Errorf("transform %q: got %v, want an error", text, got)
		}
	}
	for _, text := range []string{"relu4_2:13", "relu4_2:13@5x7", "2*relu4_2:0@0x0 - 0.5*features.22:3 + logit:spiral", "variance:relu3_1:2"} {
		if got := parsed(t, text); got.String() != text {
			t.Errorf("objective %q came back as %q", text, got)
		}
	}
	for name, kind := range Params {
		if kind.String() != name {
			t.Errorf("param %q is called %q", name, kind)
		}
	}
	for name, kind := range Pyramids {
		if kind.String() != name {
			t.Errorf("pyramid %q is called %q", name, kind)
		}
	}
}

func FuzzParseTransform(f *testing.F) {
	for _, seed := range []string{"jitter:32", "jitter:8 jitter:3", " jitter:0\t", "jitter:", "mine:3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseTransform(text)
		if err != nil || read == nil {
			return
		}
		again, err := ParseTransform(read.String())
		if err != nil || !reflect.DeepEqual(again, read) {
			t.Fatalf("%q became %q and then %v, %v", text, read, again, err)
		}
		if strings.Contains(read.String(), ",") {
			t.Fatalf("%q became %q, which has a comma", text, read)
		}
	})
}

// FuzzConfig reads every noun's text, in JSON.
func FuzzConfig(f *testing.F) {
	for _, seed := range recorded {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"param":"pixels","transform":"jitter:3 jitter:1","rule":"adam","objective":"relu4_2:13@5x7 - logit:3","seed":18446744073709551615}`))
	f.Add([]byte(`{"step":1e-9,"tile":256,"width":-1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var cfg, again Config
		if json.Unmarshal(text, &cfg) != nil {
			return
		}
		_ = cfg.Check()
		first := written(t, cfg)
		if err := json.Unmarshal([]byte(first), &again); err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second := written(t, again); second != first {
			t.Fatalf("%s became %s", first, second)
		}
	})
}

func TestConfigCheck(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.OctaveScale = 1 }, "octave scale 1: want more than 1"},
		{func(c *Config) { c.OctaveScale = -2 }, "octave scale"},
		{func(c *Config) { c.Octaves = 0 }, "octaves 0: want 1 to"},
		{func(c *Config) { c.Octaves, c.Pyramid = -1, Article }, "octaves -1: want 0 to"},
		{func(c *Config) { c.Octaves = 1e9 }, "octaves 1e+09: want 0 to"},
		{func(c *Config) { c.Iterations = -1 }, "iterations -1: want 0 to"},
		{func(c *Config) { c.Jitter = -1 }, "jitter"},
		{func(c *Config) { c.Smooth = -1 }, "smooth"},
		{func(c *Config) { c.Width = -1 }, "width"},
		{func(c *Config) { c.Step = math.NaN() }, "step NaN: want a finite number"},
		{func(c *Config) { c.Step = 1e300 }, "step 1e+300: want a finite number, at most 3.4e38"},
		{func(c *Config) { c.Units = "" }, "units"},
		{func(c *Config) { c.Measure = "sum" }, "measure"},
		{func(c *Config) { c.Objective = Scale(math.NaN(), Layer("relu1_1")) }, "weight NaN"},
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

// Done counts work, not steps: octaves of 60x48 and 30x24 cost 4 to 1.
func TestProgressDone(t *testing.T) {
	m := newModel(t, opened(t, "go"), dreamtest.RandomNet(t, 32), vgg.Options{})
	for preset, want := range map[string][]float64{"default": {0.1, 0.2, 0.6, 1}, "classic": {0.25, 0.5, 0.75, 1}} {
		cfg := short(t, preset)
		cfg.OctaveScale, cfg.Iterations = 2, 2
		if cfg.Pyramid == Article {
			cfg.Octaves = 1 // besides the full picture
		}
		var done []float64
		_, err := Dream(context.Background(), m, dreamtest.Scene(60, 48), cfg, func(p Progress) error {
			done = append(done, p.Done)
			return nil
		})
		if err != nil || len(done) != len(want) {
			t.Fatalf("%s: got %v, %v, want %v", preset, done, err, want)
		}
		for i := range want {
			if math.Abs(done[i]-want[i]) > 1e-12 {
				t.Errorf("%s: got %v, want %v", preset, done, want)
			}
		}
	}
}
