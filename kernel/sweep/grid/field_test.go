package grid

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// TestFields wants every setting to read back what it writes.
func TestFields(t *testing.T) {
	cfg, err := dreamlib.Preset("pytorch")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Seed = 1<<64 - 1
	s, again := settings{cfg, vgg.Options{Lowering: "direct", Precision: "tf32"}}, settings{}
	var names []string
	for _, f := range fields {
		v, err := f.parse(f.text(f.of(&s)))
		if err != nil {
			t.Fatal(err)
		}
		f.of(&again).Set(v)
		names = append(names, f.name)
	}
	was, err := json.Marshal(s.Config)
	if err != nil {
		t.Fatal(err)
	}
	is, err := json.Marshal(again.Config)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != string(is) || again.Options != s.Options {
		t.Errorf("got %+v, want %+v", again, s)
	}
	want := "preset objective measure param transform pyramid octaves octave-scale iterations step units rule jitter smooth clip width seed lowering precision"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
