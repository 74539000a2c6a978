package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// dreamt makes a picture and its dream in the current folder, which is new.
func dreamt(t *testing.T, out string, flags ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	putPicture(t, ".", "photo.png", colors(40, 30))
	must(t, dreamQuickly(t, append(flags, "photo.png", "-o", out)...))
}

// The second dream must be the first, however it was made and stored.
func TestRedoIsIdentical(t *testing.T) {
	for _, c := range []struct {
		out   string
		flags []string
	}{
		{"out.png", nil},
		{"out.png", []string{"--depth", "16"}},
		{"out.jpg", []string{"--quality", "30"}},
		{"out.jpg", []string{"--seed", "3", "--smooth", "1", "--rule", "std"}},
		{"out.png", []string{"--model", narrowNet, "--layer", "10", "--width", "20"}},
		{"out.png", []string{"--preset", "classic", "--jitter", "0"}},
		{"out.png", []string{"--lowering", "direct"}},
	} {
		dreamt(t, c.out, c.flags...)
		before := files(t, ".")
		o := must(t, dream(t, "redo", c.out))
		if o.stdout != c.out+": identical\n" {
			t.Errorf("%s %q: printed %q", c.out, c.flags, o.stdout)
		}
		if !maps.Equal(before, files(t, ".")) {
			t.Errorf("%s %q: files changed", c.out, c.flags)
		}
	}
}

func TestRedoKeepsTheRepeat(t *testing.T) {
	dreamt(t, "out.jpg", "--quality", "30")
	o := must(t, dream(t, "redo", "out.jpg", "-o", "again.jpg"))
	if o.stdout != "out.jpg: identical\n" {
		t.Errorf("printed %q", o.stdout)
	}
	if held := files(t, "."); held["again.jpg"] != held["out.jpg"] {
		t.Error("the repeat is another file")
	}
	must(t, dream(t, "redo", "out.jpg", "-o", "again.png"))
	readDream(t, "again.png")
	for _, input := range []string{"out.jpg", "photo.png"} {
		before := files(t, ".")
		wantMistake(t, dream(t, "redo", "out.jpg", "-o", input), terminal.ExitUsage, "output "+input+" is the picture itself")
		if !maps.Equal(before, files(t, ".")) {
			t.Errorf("-o %s: files changed", input)
		}
	}
}

func TestRedoFromElsewhere(t *testing.T) {
	net, err := os.ReadFile(narrowNet)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	put(t, ".", "net.safetensors", net)
	putPicture(t, ".", "photo.png", colors(40, 30))
	must(t, dreamQuickly(t, "photo.png", "-o", "out.png", "--model", "net.safetensors"))
	for old, moved := range map[string]string{"photo.png": "moved.png", "net.safetensors": "moved.safetensors"} {
		if err := os.Rename(old, moved); err != nil {
			t.Fatal(err)
		}
	}
	const hint = "no such file or directory: say where it is now with --picture or --model"
	wantMistake(t, dream(t, "redo", "out.png"), terminal.ExitFailed, hint)
	wantMistake(t, dream(t, "redo", "out.png", "--picture", "moved.png"), terminal.ExitFailed, "net.safetensors: "+hint)
	wantMistake(t, dream(t, "redo", "out.png", "--model", "moved.safetensors"), terminal.ExitFailed, "photo.png: "+hint)
	o := must(t, dream(t, "redo", "out.png", "--picture", "moved.png", "--model", "moved.safetensors"))
	if o.stdout != "out.png: identical\n" {
		t.Errorf("printed %q", o.stdout)
	}
}

// A dream on something else is not compared.
func TestRedoRefusesOtherInputs(t *testing.T) {
	dreamt(t, "out.png")
	putPicture(t, ".", "photo.png", colors(40, 31))
	wantMistake(t, dream(t, "redo", "out.png"), terminal.ExitFailed, "the picture dreamt on, photo.png, has changed: its SHA-256 was ")
	putPicture(t, ".", "photo.png", colors(40, 30))
	wantMistake(t, dream(t, "redo", "out.png", "--model", "random:seed=2,divide=32"), terminal.ExitFailed,
		"the network, random:seed=2,divide=32, has changed: its SHA-256 was ")
	must(t, dream(t, "redo", "out.png"))
}

func TestRedoSaysWhenPicturesDiffer(t *testing.T) {
	dreamt(t, "out.png")
	m, p := readDream(t, "out.png")
	text, err := p.Text()
	if err != nil {
		t.Fatal(err)
	}
	write := func(m *picture.Image) {
		if err := picture.Write("out.png", m, picture.Options{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	m.Pix[0] = 0.9*m.Pix[0] + 0.05
	write(m)
	if o := must(t, dream(t, "redo", "out.png")); !strings.HasSuffix(o.stdout, " dB\n") {
		t.Errorf("printed %q", o.stdout)
	}
	slices.Reverse(m.Pix)
	write(m)
	o := dream(t, "redo", "out.png")
	if o.exit != terminal.ExitFailed || o.stdout != "" || !strings.Contains(o.stderr, " dB, want at least 40\n") {
		t.Errorf("exit %d, printed %q and %q", o.exit, o.stdout, o.stderr)
	}
	write(picture.New(3, 2))
	if o := dream(t, "redo", "out.png"); o.exit != terminal.ExitFailed || !strings.Contains(o.stderr, "found 3 x 2 and 40 x 30") {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
}

func TestRedoNeedsARecord(t *testing.T) {
	dreamt(t, "out.png")
	m, p := readDream(t, "out.png")
	wantMistake(t, dream(t, "redo", "photo.png"), terminal.ExitFailed, "picture photo.png: has no record of a dream inside")
	wantMistake(t, dream(t, "redo", "none.png"), terminal.ExitFailed, "none.png: no such file or directory")
	for record, want := range map[string]string{
		"{":                   "record of the dream: ",
		`{"colour": 1}`:       `unknown field "colour"`,
		`{"engine": "abacus"`: "record of the dream: ",
	} {
		if err := picture.Write("odd.png", m, picture.Options{Text: map[string]string{"godream": record}}); err != nil {
			t.Fatal(err)
		}
		wantMistake(t, dream(t, "redo", "odd.png"), terminal.ExitFailed, want)
	}
	p.Ended = "interrupted after 3 steps"
	text, err := p.Text()
	if err != nil {
		t.Fatal(err)
	}
	if err := picture.Write("early.png", m, picture.Options{Text: text}); err != nil {
		t.Fatal(err)
	}
	wantMistake(t, dream(t, "redo", "early.png"), terminal.ExitFailed, "early.png is not a whole dream: interrupted after 3 steps")
}

// The picture does not say which engine made it until it is asked.
func TestRedoOnAnotherEngine(t *testing.T) {
	dreamt(t, "out.png")
	_, p := readDream(t, "out.png")
	if p.Engine != "go" {
		t.Fatalf("made on %q", p.Engine)
	}
	wantMistake(t, dream(t, "redo", "out.png", "--engine", "abacus"), terminal.ExitUsage, `--engine "abacus": want auto, xla:cuda, `)
	for _, e := range vgg.Engines() {
		if e.Name == "xla:cpu" && !e.Found {
			t.Skip("no second engine: ", e.Detail)
		}
	}
	o := must(t, dream(t, "redo", "out.png", "--engine", "xla:cpu", "-o", "again.png"))
	if !strings.HasPrefix(o.stdout, "out.png: ") || !strings.Contains(o.stderr, "(xla:cpu)") {
		t.Errorf("printed %q and %q", o.stdout, o.stderr)
	}
	if _, p := readDream(t, filepath.Join(".", "again.png")); p.Engine != "xla:cpu" {
		t.Errorf("the repeat was made on %q", p.Engine)
	}
}

// Numbers of 16 bits stay 16 bits until another format is asked for.
func TestRedoInAnotherPrecision(t *testing.T) {
	for _, e := range vgg.Engines() {
		if e.Name == "xla:cpu" && !e.Found {
			t.Skip("no engine with 16 bits: ", e.Detail)
		}
	}
	dreamt(t, "out.png", "--engine", "xla:cpu", "--precision", "bfloat16", "--layer", "relu2_1")
	if o := must(t, dream(t, "redo", "out.png")); o.stdout != "out.png: identical\n" || !strings.Contains(o.stderr, "(xla:cpu, bfloat16)") {
		t.Errorf("printed %q and %q", o.stdout, o.stderr)
	}
	wantMistake(t, dream(t, "redo", "out.png", "--engine", "go"), terminal.ExitUsage, "precision bfloat16: engine go cannot compute in it, want engine xla:cuda or xla:cpu")
	must(t, dream(t, "redo", "out.png", "--engine", "go", "--precision", "float32", "-o", "again.png"))
	if _, p := readDream(t, "again.png"); p.Engine != "go" || p.Precision != vgg.PrecisionFloat32 {
		t.Errorf("the repeat was made on %q in %q", p.Engine, p.Precision)
	}
}
