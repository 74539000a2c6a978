package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/models"
)

func TestOpenRandom(t *testing.T) {
	for spec, want := range map[string]struct {
		variant  string
		channels int // of the first layer
	}{
		"random":                                {"vgg19", 16},
		"random:divide=16":                      {"vgg19", 4},
		"random:seed=7,variant=vgg16,divide=32": {"vgg16", 2},
	} {
		net, err := Open(spec)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if net.Variant() != want.variant || net.Layers[0].Channels != want.channels {
			t.Errorf("%s: got %s, %d channels, want %v", spec, net.Variant(), net.Layers[0].Channels, want)
		}
	}
	a, _ := Open("random:divide=32")
	b, _ := Open("random:seed=1,divide=32")
	c, _ := Open("random:seed=2,divide=32")
	if a.SHA256 != b.SHA256 || a.SHA256 == c.SHA256 {
		t.Errorf("seeds none, 1, 2 give %s, %s, %s", a.SHA256, b.SHA256, c.SHA256)
	}
}

// The embedded net needs neither cache nor file, and is one and the same.
func TestOpenEmbedded(t *testing.T) {
	dir := cache(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("embedded", []byte("no weights"), 0o644); err != nil {
		t.Fatal(err)
	}
	net, err := Open("embedded")
	if err != nil {
		t.Fatal(err)
	}
	if want, err := models.Embedded(); err != nil || net != want {
		t.Errorf("got another net than models.Embedded gives, %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("Open made the cache")
	}
	if _, err := Open("./embedded"); err == nil || !strings.Contains(err.Error(), "./embedded: want a torch .pth") {
		t.Errorf("a file of that name: got %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := cache(t)
	t.Chdir(t.TempDir())
	for _, c := range []struct{ spec, want string }{
		{"vgg19", `hub: vgg19 is not in the cache: run "dream models pull vgg19" (575 MB)`},
		{"timm/vgg13.tv_in1k", `run "dream models pull timm/vgg13.tv_in1k" (532 MB)`},
		{"vgg18", `unknown network "vgg18": did you mean "vgg1`},
		{"timm/vgg18.tv_in1k", `unknown network "timm/vgg18.tv_in1k": did you mean "timm/vgg1`},
		{"", `unknown network ""`},
		{"embeded", `unknown network "embeded": did you mean "embedded"? Known: embedded, random, vgg11, `},
		{"Embedded", `unknown network "Embedded": did you mean "embedded"?`},
		{"embedded:seed=1", `unknown network "embedded:seed=1": did you mean "embedded"?`},
		{"randm", `unknown network "randm": did you mean "random"?`},
		{"net.pth", "net.pth"},
		{"some/net", "some/net"},
		{"NET.SafeTensors", "NET.SafeTensors"},
		{"random:", `expected seed=N, variant=NAME or divide=N, found ""`},
		{"random:7", `found "7"`},
		{"random:seed=x", `random: seed: expected a whole number, found "x"`},
		{"random:seed=-1", `found "-1"`},
		{"random:divide=1.5", `random: divide: expected a whole number, found "1.5"`},
		{"random:variant=vgg12", "vgg12"},
		{"random:divide=0", "0"},
	} {
		net, err := Open(c.spec)
		if err == nil {
			t.Errorf("%q: opened %s", c.spec, net.Name)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v\nlacks %q", c.spec, err, c.want)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("Open made the cache")
	}
}

// What exists is a path, whatever it is called; but a network's name comes first.
func TestOpenPath(t *testing.T) {
	cache(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"weights", "vgg19"} {
		if err := os.WriteFile(name, []byte("no weights"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for spec, want := range map[string]string{"weights": "weights", "./vgg19": "vgg19", "vgg19": "not in the cache"} {
		if _, err := Open(spec); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "unknown network") {
			t.Errorf("%s: got %v", spec, err)
		}
	}
}

func FuzzParseRandom(f *testing.F) {
	for _, s := range []string{"", "seed=7,variant=vgg16,divide=8", "seed=18446744073709551615", "seed==", ",", "divide=-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseRandom(s, true)
		if err != nil {
			return
		}
		if strings.Contains(r.variant, ",") {
			t.Fatalf("%q: variant %q", s, r.variant)
		}
		again, err := parseRandom(fmt.Sprintf("seed=%d,variant=%s,divide=%d", r.seed, r.variant, r.divide), true)
		if err != nil || again != r {
			t.Errorf("%q: got %v, then %v, %v", s, r, again, err)
		}
	})
}

// A file in the cache opens under the network's name.
func TestOpenFromCache(t *testing.T) {
	dir := cache(t)
	content, err := os.ReadFile(filepath.Join("..", "testdata", "f32.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	e := Entry{Name: "timm/tiny", Repo: "timm/tiny", File: "model.safetensors"}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, e.cacheName()), content, 0o644); err != nil {
		t.Fatal(err)
	}
	net, err := e.open(models.LoadFile)
	if err != nil {
		t.Fatal(err)
	}
	if net.Name != "timm/tiny" || net.SHA256 != hash(content) {
		t.Errorf("got %s, SHA-256 %s, want timm/tiny, %s", net.Name, net.SHA256, hash(content))
	}
}

func ExampleOpen() {
	net, err := Open("random:variant=vgg16,divide=8")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(net.Variant(), net.Layers[0].Name, net.Layers[0].Channels)

	_, err = Open("vgg17")
	fmt.Println(err)
	// Output:
	// vgg16 conv1_1 8
	// hub: unknown network "vgg17": did you mean "vgg11"? Known: embedded, random, vgg11, vgg13, vgg16, vgg19, timm/vgg11.tv_in1k, timm/vgg13.tv_in1k, timm/vgg16.tv_in1k, timm/vgg19.tv_in1k
}

// A misspelt spec is told from a network that is not here.
func TestSpecError(t *testing.T) {
	cache(t)
	t.Chdir(t.TempDir())
	for spec, misspelt := range map[string]bool{
		"vgg18": true, "embeded": true, "embedded:": true, "": true, "random:size=3": true, "random:seed=x": true, "random:divide=0": true, "random:variant=vgg12": true,
		"vgg19": false, "net.pth": false, "some/net": false,
	} {
		_, err := Open(spec)
		var e *SpecError
		if err == nil || errors.As(err, &e) != misspelt {
			t.Errorf("%q: got %v, want a SpecError: %v", spec, err, misspelt)
		}
	}
	var e *SpecError
	if _, err := Pull(context.Background(), "vgg18", PullOptions{}); !errors.As(err, &e) {
		t.Errorf("Pull: got %v, want a SpecError", err)
	}
}
