package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/recipe"
	"github.com/seed2310110f/godream/models"
)

// asProgram makes the test binary be the program, for tests that need a process.
const asProgram = "GODREAM_TEST_AS_PROGRAM"

// narrowNet is a weight file, by its absolute path.
var narrowNet string

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" || len(os.Args) > 1 && os.Args[1] == recipe.ChildCommand {
		main()
	}
	os.Exit(runTests(m))
}

// runTests keeps the user's cache out of it.
func runTests(m *testing.M) int {
	cache, err := os.MkdirTemp("", "dream-cache-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(cache)
	os.Setenv("XDG_CACHE_HOME", cache)
	if narrowNet, err = filepath.Abs("../../../dreamlib/testdata/narrow.safetensors"); err != nil {
		panic(err)
	}
	return m.Run()
}

// outcome is what a command did.
type outcome struct {
	exit           int
	stdout, stderr string
}

// dream runs the program in this process.
func dream(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	exit := execute(context.Background(), args, &stdout, &stderr)
	return outcome{exit, stdout.String(), stderr.String()}
}

// quick are the flags of a dream of four small steps.
var quick = []string{"--engine", "go", "--model", "random:divide=32", "--octaves", "2", "--iterations", "2", "--jitter", "4"}

// dreamQuickly runs "dream run" with the quick flags before args.
func dreamQuickly(t *testing.T, args ...string) outcome {
	t.Helper()
	return dream(t, slices.Concat([]string{"run"}, quick, args)...)
}

// must stops the test unless the command went well.
func must(t *testing.T, o outcome) outcome {
	t.Helper()
	if o.exit != 0 {
		t.Fatalf("exit %d: %s", o.exit, o.stderr)
	}
	return o
}

// colors is an opaque picture that differs from pixel to pixel.
func colors(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(37 * x), uint8(59 * y), uint8(17 * x * y), 255})
		}
	}
	return m
}

// embeddedNet is the default net.
func embeddedNet(t *testing.T) *models.Net {
	t.Helper()
	net, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// put writes a file into folder and returns its path.
func put(t *testing.T, folder, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// putPicture writes m as a PNG, or where the name says so as a JPEG.
func putPicture(t *testing.T, folder, name string, m image.Image) string {
	t.Helper()
	var b bytes.Buffer
	err := png.Encode(&b, m)
	if filepath.Ext(name) == ".jpg" {
		b.Reset()
		err = jpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return put(t, folder, name, b.Bytes())
}

// photo writes a small picture into a folder of its own.
func photo(t *testing.T) string {
	t.Helper()
	return putPicture(t, t.TempDir(), "photo.png", colors(40, 30))
}

// readDream reads an output and the record inside.
func readDream(t *testing.T, path string) (*picture.Image, dreamlib.Provenance) {
	t.Helper()
	m, err := picture.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := dreamlib.ReadProvenance(path)
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

// jsonOf is v's text, to compare values that hold functions.
func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// files maps the names in a folder to what the files hold.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]string{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			held[e.Name()] = e.Type().String()
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		held[e.Name()] = string(data)
	}
	return held
}

// wantMistake checks that a command failed with one clear line.
func wantMistake(t *testing.T, o outcome, exit int, want string) {
	t.Helper()
	if o.exit != exit {
		t.Errorf("exit %d, want %d", o.exit, exit)
	}
	if o.stdout != "" {
		t.Errorf("printed %q", o.stdout)
	}
	if !strings.HasPrefix(o.stderr, "dream: ") || strings.Count(o.stderr, "\n") != 1 || !strings.Contains(o.stderr, want) {
		t.Errorf("got %q, want one line with %q", o.stderr, want)
	}
	for _, jargon := range []string{"strconv", "panic", "goroutine", "context canceled", "dreamlib", "<nil>", "%!"} {
		if strings.Contains(o.stderr, jargon) {
			t.Errorf("%q says %q", o.stderr, jargon)
		}
	}
}
