package recipe

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evaluate runs source in a fresh interpreter of host and returns what it
// printed.
func evaluate(t *testing.T, host Host, source string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	host.Stdout, host.Stderr = &out, &out
	i, err := NewInterpreter(host)
	if err != nil {
		t.Fatal(err)
	}
	_, err = i.Eval(source)
	return out.String(), err
}

func TestInterpreterKnowsTheLibrary(t *testing.T) {
	out, err := evaluate(t, Host{}, `package main
import (
	"fmt"
	"strings"
	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/sheet"
	"github.com/seed2310110f/godream/models"
)
func main() {
	net, err := models.Random(1, "vgg11", 16)
	fmt.Println(net.Name, err, len(dreamlib.Presets()) > 0, sheet.MaxSide, strings.ToUpper(dreamlib.Layer("relu1_1").String()))
}`)
	if want := "random <nil> true 65535 RELU1_1\n"; err != nil || out != want {
		t.Fatalf("printed %q, %v; want %q", out, err, want)
	}
}

func TestInterpreterDeniesPackages(t *testing.T) {
	for _, path := range []string{"os/exec", "net", "net/http", "unsafe", "syscall", "reflect", "plugin", "runtime/debug", "github.com/traefik/yaegi/interp"} {
		_, err := evaluate(t, Host{}, `import "`+path+`"`)
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("import %q: %v", path, err)
		}
	}
}

func TestInterpreterKeepsToItsFolders(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	write := func(path string) string {
		if err := os.WriteFile(path, []byte("content"), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := func(to, from string) string {
		if err := os.Symlink(to, from); err != nil {
			t.Skip("no links here:", err)
		}
		return from
	}
	mine, theirs, named := write(filepath.Join(inside, "mine")), write(filepath.Join(outside, "theirs")), write(filepath.Join(outside, "named"))
	through := link(outside, filepath.Join(inside, "link"))
	dangling := link(filepath.Join(outside, "new"), filepath.Join(inside, "dangling"))
	if err := os.Mkdir(filepath.Join(inside, "linked"), 0o777); err != nil {
		t.Fatal(err)
	}
	link(outside, filepath.Join(inside, "linked", "pictures"))
	if err := os.Mkdir(filepath.Join(outside, "below"), 0o777); err != nil {
		t.Fatal(err)
	}
	behind := link(filepath.Join(outside, "below"), filepath.Join(inside, "behind")) + "/../" // cleaned it is inside
	link("../mine", filepath.Join(inside, "linked", "near"))
	host := Host{Folders: []string{inside}, Files: []string{named}}

	for _, c := range []struct {
		call    string
		allowed bool
	}{
		{`_, err := os.ReadFile("` + mine + `")`, true},
		{`_, err := os.ReadFile("` + named + `")`, true},
		{`_, err := os.Stat("` + inside + `")`, true},
		{`err := os.WriteFile("` + filepath.Join(inside, "a") + `", nil, 0o666)`, true},
		{`err := os.MkdirAll("` + filepath.Join(inside, "b", "c") + `", 0o777)`, true},
		{`err := os.Rename("` + filepath.Join(inside, "a") + `", "` + filepath.Join(inside, "b", "a") + `")`, true},
		{`err := picture.Write("` + filepath.Join(inside, "a.png") + `", picture.New(1, 1), picture.Options{})`, true},
		{`_, err := picture.Read("` + filepath.Join(inside, "a.png") + `")`, true},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + filepath.Join(inside, "*.png") + `", "` + named + `"}})`, true},
		{`_, err := sweep.Dimensions(sweep.Grid{Folder: "` + inside + `", Pictures: []string{"a.png"}})`, true},

		{`_, err := os.ReadFile("` + theirs + `")`, false},
		{`_, err := os.ReadFile("` + filepath.Join(inside, "..", filepath.Base(outside), "theirs") + `")`, false},
		{`_, err := os.ReadFile("` + filepath.Join(through, "theirs") + `")`, false},
		{`_, err := os.ReadFile("` + filepath.Join(inside, "linked") + `/../mine")`, true},
		{`_, err := os.ReadFile("` + behind + `theirs")`, false},
		{`_, err := os.ReadFile("` + behind + `below/../theirs")`, false},
		{`err := os.WriteFile("` + behind + `new", nil, 0o666)`, false},
		{`_, err := picture.Read("` + behind + `theirs")`, false},
		{`_, err := hub.Open("` + behind + `theirs")`, false},
		{`_, err := sweep.Open("` + behind + `below")`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + behind + `the*"}})`, false},
		{`err := os.Rename("` + filepath.Join(inside, "linked", "near") + `", "` + filepath.Join(inside, "near") + `")`, false},
		{`err := os.Rename("` + filepath.Join(inside, "linked") + `", "` + filepath.Join(inside, "b", "linked") + `")`, false},
		{`_, err := os.Open("` + theirs + `")`, false},
		{`_, err := os.Stat("` + theirs + `")`, false},
		{`_, err := os.ReadDir("` + outside + `")`, false},
		{`_, err := os.OpenFile("` + named + `", os.O_WRONLY, 0)`, false},
		{`_, err := os.Create("` + dangling + `")`, false},
		{`err := os.WriteFile("` + named + `", nil, 0o666)`, false},
		{`err := os.Mkdir("` + filepath.Join(outside, "new") + `", 0o777)`, false},
		{`err := os.Remove("` + theirs + `")`, false},
		{`err := os.Rename("` + mine + `", "` + filepath.Join(outside, "mine") + `")`, false},
		{`err := os.Rename("` + theirs + `", "` + mine + `")`, false},
		{`err := filepath.WalkDir("` + outside + `", func(_ string, _ fs.DirEntry, err error) error { return err })`, false},
		{`_, err := picture.Read("` + theirs + `")`, false},
		{`_, err := picture.Open("` + theirs + `")`, false},
		{`_, err := picture.ReadText("` + theirs + `")`, false},
		{`_, err := picture.ReadSize("` + theirs + `")`, false},
		{`_, err := dreamlib.ReadProvenance("` + theirs + `")`, false},
		{`err := picture.Write("` + filepath.Join(outside, "a.png") + `", picture.New(1, 1), picture.Options{})`, false},
		{`err := picture.CheckOutput("` + filepath.Join(outside, "a.png") + `", nil, picture.Options{})`, false},
		{`err := picture.WriteFileAtomic("` + filepath.Join(outside, "a") + `", func(io.Writer) error { return nil })`, false},
		{`_, err := models.LoadFile("` + theirs + `")`, false},
		{`_, err := models.OutlineFile("` + theirs + `")`, false},
		{`_, err := hub.Open("` + theirs + `")`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + theirs + `"}})`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + filepath.Join(outside, "*") + `"}})`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + filepath.Join(outside, "no*") + `"}})`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + filepath.Join(inside, "l*", "theirs") + `"}})`, false},
		{`_, err := sweep.Count(sweep.Grid{Folder: "` + outside + `", Pictures: []string{"the*"}})`, false},
		{`_, err := sweep.Count(sweep.Grid{Pictures: []string{"` + mine + `"}, Nets: []string{"embedded", "` + theirs + `"}})`, false},
		{`_, err := sweep.Dimensions(sweep.Grid{Pictures: []string{"` + theirs + `"}})`, false},
		{`_, err := sweep.Dream(context.Background(), "` + filepath.Join(outside, "sweep") + `", sweep.Grid{Pictures: []string{"` + mine + `"}}, sweep.Options{})`, false},
		{`_, err := sweep.Dream(context.Background(), "` + filepath.Join(inside, "sweep") + `", sweep.Grid{Pictures: []string{"` + theirs + `"}}, sweep.Options{})`, false},
		{`_, err := sweep.Dream(context.Background(), "` + filepath.Join(inside, "sweep") + `", sweep.Grid{Pictures: []string{"` + mine + `"}}, sweep.Options{Models: "` + outside + `"})`, false},
		{`var o sweep.Options; o.NATS.URL = "nats://127.0.0.1:4222"; _, err := sweep.Dream(context.Background(), "` + filepath.Join(inside, "sweep") + `", sweep.Grid{Pictures: []string{"` + mine + `"}}, o)`, false},
		{`_, err := sweep.Open("` + outside + `")`, false},
		{`_, err := sweep.Open("` + filepath.Join(inside, "linked") + `")`, false},
		{`_, err := sweep.Dream(context.Background(), "` + filepath.Join(inside, "linked") + `", sweep.Grid{Pictures: []string{"` + mine + `"}}, sweep.Options{})`, false},
		{`_, err := sweep.ReadGrid("` + theirs + `")`, false},
	} {
		out, err := evaluate(t, host, `package main
import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)
var _ = []interface{}{os.ReadFile, filepath.Base, fs.ErrExist, dreamlib.Layer, picture.New, models.LoadFile, hub.Open, io.EOF, sweep.Over, context.Background}
func main() {
	`+c.call+`
	fmt.Println(err == nil, errors.Is(err, fs.ErrPermission))
}`)
		if want := map[bool]string{true: "true false\n", false: "false true\n"}[c.allowed]; err != nil || out != want {
			t.Errorf("%s: printed %q, %v; want %q", c.call, out, err, want)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 3 {
		t.Errorf("outside holds %v, %v; want the two files and the folder that it began with", left, err)
	}
}

func TestInterpreterExits(t *testing.T) {
	for _, c := range []struct {
		call, printed string
		code          int
	}{
		{`os.Exit(7)`, "", 7},
		{`log.Fatal("a", 1)`, "a1\n", 1},
		{`log.Fatalf("%03d", 7)`, "007\n", 1},
		{`log.Fatalln("a", 1)`, "a 1\n", 1},
	} {
		code := -1
		host := Host{Exit: func(n int) { code = n; panic("exit") }}
		out, err := evaluate(t, host, "package main\nimport (\n\"log\"\n\"os\"\n)\nvar _ = os.Args\nvar _ = log.Print\nfunc main() { "+c.call+" }")
		if err == nil || code != c.code || !strings.HasPrefix(out, c.printed) {
			t.Errorf("%s: exit %d, printed %q, %v", c.call, code, out, err)
		}
	}
}
