// Package docs has the tests of what the documents say.
package docs

import (
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "github.com/seed2310110f/godream/dreamlib/engines" // the programs import these: what they need is fetched before the test
	"github.com/seed2310110f/godream/dreamlib/picture"
	_ "github.com/seed2310110f/godream/kernel/sweep"
)

// made is what the programs in the documents write, by the document.
var made = map[string]string{
	"README.md":         "dream.png",
	"docs/extending.md": "mine.png",
	"docs/sweeps.md":    "out/sheet-001.png",
}

// snippet is a block of Go in a document.
var snippet = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// programs are the snippets that are whole programs, by their document, of which each
// has one at most.
func programs(t *testing.T) map[string]string {
	t.Helper()
	const root = ".."
	documents, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range append(documents, root+"/README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range snippet.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(block[1], "\nfunc main() {") {
				continue // a cell of a notebook, or a part
			}
			if found[name] != "" {
				t.Fatalf("%s has two programs: want a word in this test on what the second makes", name)
			}
			found[name] = block[1]
		}
	}
	return found
}

// A module is a user's own, beside a folder of photos.
type module struct {
	t      *testing.T
	folder string
}

// newModule makes a module of one program that requires this one, as it is here, and
// what this one requires: as go mod tidy would leave it, so that all is in the module
// cache already.
func newModule(t *testing.T, program string) module {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	m := module{t, t.TempDir()}
	const path = "github.com/seed2310110f/godream"
	requirements := strings.Replace(read("go.mod"), "module "+path+"\n", "module example.org/dreamer\n", 1)
	m.write("go.mod", requirements+"\nrequire "+path+" v0.0.0\n\nreplace "+path+" => "+strconv.Quote(root)+"\n")
	m.write("go.sum", read("go.sum"))
	m.write("main.go", program)
	for _, photo := range []string{"photo.jpg", "photos/hill.jpg"} {
		m.photograph(photo)
	}
	return m
}

// write writes a file of the module.
func (m module) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// photograph writes a small picture.
func (m module) photograph(name string) {
	m.t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 72, 56))
	for i := range 72 * 56 {
		x, y := i%72, i/72
		picture.Set(x, y, color.RGBA{uint8(3 * x), uint8(4 * y), uint8(x * y), 255})
	}
	var b strings.Builder
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		m.t.Fatal(err)
	}
	m.write(name, b.String())
}

// command is one in the module's folder, without a network.
func (m module) command(cgo, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = m.folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
	return cmd
}

// build compiles and vets the module.
func (m module) build(cgo string) {
	m.t.Helper()
	for _, args := range [][]string{{"build", "-o", "dreamer.exe", "."}, {"vet", "."}} {
		if text, err := m.command(cgo, "go", args...).CombinedOutput(); err != nil {
			m.t.Fatalf("go %s: %v\n%s", args[0], err, text)
		}
	}
}

// run runs what was built.
func (m module) run(cgo string) (output string, err error) {
	text, err := m.command(cgo, filepath.Join(m.folder, "dreamer.exe")).CombinedOutput()
	return string(text), err
}

// TestPrograms compiles, vets and runs the programs in the README and in docs as they
// stand there, as a user's own module, without cgo and with it.
func TestPrograms(t *testing.T) {
	found := programs(t)
	for document := range made {
		if found[document] == "" {
			t.Errorf("%s: want a program, found none", document)
		}
	}
	for document, program := range found {
		if made[document] == "" {
			t.Errorf("%s: has a program, want a word in this test on what it makes", document)
			continue
		}
		for _, cgo := range []string{"0", "1"} {
			t.Run(document+"/cgo="+cgo, func(t *testing.T) {
				m := newModule(t, program)
				m.build(cgo)
				if text, err := m.run(cgo); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if _, err := picture.Read(filepath.Join(m.folder, made[document])); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestImportIsNamed wants a program without engines told what to import.
func TestImportIsNamed(t *testing.T) {
	const engines = "github.com/seed2310110f/godream/dreamlib/engines"
	line := regexp.MustCompile(`(?m)^\t_ "` + regexp.QuoteMeta(engines) + `".*\n`)
	program := programs(t)["README.md"]
	without := line.ReplaceAllString(program, "")
	if without == program {
		t.Fatalf("README.md: want a program that imports %s", engines)
	}
	m := newModule(t, without)
	m.build("0")
	text, err := m.run("0")
	if want := `engine go: not built into this program: want import _ "` + engines + `"`; err == nil || !strings.Contains(text, want) || strings.Contains(text, "panic") {
		t.Errorf("got %v, want %s:\n%s", err, want, text)
	}
}
