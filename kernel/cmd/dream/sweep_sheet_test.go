package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models/hub"
)

// smallGrid has jobs of all kinds that a command line has to spell out, on a picture
// with a name that shells stumble over.
func smallGrid(t *testing.T) grid.Grid {
	t.Helper()
	g, err := grid.Parse([]byte(`
pictures: "-my photo's $HOME.png"
nets: "random:divide=32"
set: {iterations: 2, octaves: 2, jitter: 4}
axes:
  - preset: [default, google, pytorch]
  - objective: [relu2_1, 0.5*relu1_2 - relu2_2]
    clip: [true, false]
  - width: 32
  - seed: [7]
  - lowering: direct
`))
	if err != nil {
		t.Fatal(err)
	}
	putPicture(t, ".", "-my photo's $HOME.png", colors(40, 30))
	return g
}

// pictureOf is what a job comes to.
func pictureOf(t *testing.T, job grid.Job) *picture.Image {
	t.Helper()
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	net, err := hub.Open(job.Net.Source)
	if err != nil {
		t.Fatal(err)
	}
	model, err := vgg.NewModel(engine, net, job.Options)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	result, err := dreamlib.Dream(context.Background(), model, readPicture(t, job.Picture.Source), job.Config, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "direct.png")
	if err := picture.Write(path, result.Image, picture.Options{}); err != nil {
		t.Fatal(err)
	}
	return readPicture(t, path)
}

// The command and the program that a page shows for a job make that job's picture.
func TestSweepPageReproducesPictures(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell: ", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	jobs, err := grid.Jobs(context.Background(), smallGrid(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != 6 {
		t.Fatalf("%d jobs", len(jobs))
	}
	for _, job := range jobs {
		want := pictureOf(t, job)
		line := job.Command("go")
		cmd := exec.Command(shell, "-c", `dream() { "$PROGRAM" "$@"; }; `+line)
		cmd.Env = append(os.Environ(), "PROGRAM="+self, asProgram+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
		out := filepath.Base(job.File())
		got, p := readDream(t, out)
		if !got.Equal(want) {
			t.Errorf("%s: makes another picture", line)
		}
		cfg := job.Config
		if p.Picture.SHA256 != job.Picture.SHA256 || p.Net.SHA256 != job.Net.SHA256 || p.Lowering != job.Options.Lowering || jsonOf(t, p.Config) != jsonOf(t, cfg) {
			t.Errorf("%s: records %+v, want %+v", line, p, job)
		}
		if err := os.Remove(out); err != nil {
			t.Fatal(err)
		}
		put(t, ".", "again.go", []byte(job.Code("go")))
		must(t, dream(t, "recipe", "run", "again.go"))
		if !readPicture(t, out).Equal(want) {
			t.Errorf("the program makes another picture:\n%s", job.Code("go"))
		}
	}
}

// created is the folder out of a grid's sweep, in which nothing is done.
func created(t *testing.T, g grid.Grid) *folder.Folder {
	t.Helper()
	jobs, err := grid.Jobs(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	f, err := folder.Create("out", g, jobs)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSweepSheetWritesThePage(t *testing.T) {
	t.Chdir(t.TempDir())
	f := created(t, smallGrid(t))
	defer f.Close()
	dead := folder.Record{Job: f.Jobs[0], State: folder.Dead, Error: "out of memory", Tries: 3}
	if err := f.Append(dead); err != nil {
		t.Fatal(err)
	}
	o := must(t, dream(t, "sweep", "sheet", "out", "--html"))
	if want := filepath.Join("out", "index.html") + ": 1 result of 6 jobs\n"; o.stdout != want || o.stderr != "" {
		t.Errorf("printed %q, %q, want %q", o.stdout, o.stderr, want)
	}
	page, err := os.ReadFile("out/index.html")
	if err != nil || !strings.Contains(string(page), "out of memory") || !strings.Contains(string(page), f.Jobs[5].ID) {
		t.Errorf("the page lacks results: %v", err)
	}
}

func TestSweepSheetRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{"sheet"}, terminal.ExitUsage, "want a sweep's folder, found 0 arguments"},
		{[]string{"sheet", ".", "--embed"}, terminal.ExitUsage, "--embed is for a page: want --html with it"},
		{[]string{"sheet", ".", "--html", "--rows", "step"}, terminal.ExitUsage, "--rows is for contact sheets: a page lets its reader choose"},
		{[]string{"sheet", ".", "--cell", "0"}, terminal.ExitUsage, "--cell 0: want 1 or more"},
		{[]string{"sheet", "."}, terminal.ExitFailed, "folder .: is no sweep's: has no sweep.json"},
		{[]string{"serve"}, terminal.ExitUsage, "want a sweep's folder, found 0 arguments"},
		{[]string{"serve", "."}, terminal.ExitFailed, "folder .: is no sweep's: has no sweep.json"},
	} {
		wantMistake(t, dream(t, slices.Concat([]string{"sweep"}, c.args)...), c.exit, c.want)
	}
}
