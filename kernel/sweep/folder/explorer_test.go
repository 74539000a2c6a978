package folder

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
	"github.com/seed2310110f/godream/kernel/sweep/page"
	"github.com/seed2310110f/godream/kernel/sweep/page/pagetest"
)

// begun is the folder, locked, of a sweep of 2 layers by 2 steps that has no results
// yet, and of a picture.
func begun(t *testing.T) *Folder {
	t.Helper()
	g := gridtest.Parse(t, "axes: [{layer: [relu1_2, relu2_1]}, {step: [1, 2]}]", gridtest.WriteImage(t, t.TempDir(), "photo.png", 90))
	f, err := Create(filepath.Join(t.TempDir(), "steps"), g, gridtest.Jobs(t, g))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// finished is the record of a job, whose picture of one colour lies in the folder.
func finished(t *testing.T, f *Folder, i int) Record {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 400, 300))
	for p := range m.Pix {
		m.Pix[p] = 255
	}
	m.SetNRGBA(i, 0, color.NRGBA{A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	job := f.Jobs[i]
	if err := os.WriteFile(filepath.Join(f.path, job.File()), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return Record{Job: job, State: Done, File: job.File(), SHA256: grid.SHA256(b.Bytes()), Objective: []float64{0.5, 0.25 * float64(i)}, Seconds: 1.5, Engine: "go", Worker: "here", Tries: 1}
}

// givenUp is the record of a job that failed.
func givenUp(f *Folder, i int) Record {
	return Record{Job: f.Jobs[i], State: Dead, Engine: "go", Tries: 3, Error: "out of <memory>"}
}

func add(t *testing.T, f *Folder, records ...Record) {
	t.Helper()
	if err := f.Append(records...); err != nil {
		t.Fatal(err)
	}
}

func TestExplorerShowsResults(t *testing.T) {
	f := begun(t)
	add(t, f, finished(t, f, 0), givenUp(f, 1), finished(t, f, 2))
	if err := os.Remove(filepath.Join(f.path, f.Jobs[2].File())); err != nil {
		t.Fatal(err)
	}
	p := newExplorer(f).page()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Title != "steps" || p.Note != "photo.png on random:divide=32" {
		t.Errorf("called %q, %q", p.Title, p.Note)
	}
	first := p.Items[0]
	if first.Picture != f.Jobs[0].File() || first.Width != 400 || first.Height != 300 || !slices.Equal(first.Point, []string{"relu1_2", "1"}) || !slices.Equal(first.Numbers, []float64{0, 1.5}) {
		t.Errorf("the first is %+v", first)
	}
	for name, want := range map[string]page.Setting{
		"step": {Name: "step", Value: "1", Own: true}, "octaves": {Name: "octaves", Value: "4"}, "objective by octave": {Name: "objective by octave", Value: "0.5, 0"},
	} {
		if !slices.Contains(first.Settings, want) {
			t.Errorf("no setting %s: %+v", name, first.Settings)
		}
	}
	var states []page.State
	for _, item := range p.Items {
		states = append(states, item.State)
	}
	if want := []page.State{page.Done, page.Failed, page.Waiting, page.Waiting}; !slices.Equal(states, want) { // the third one's picture is gone
		t.Errorf("states %q, want %q", states, want)
	}
	if p.Items[1].Error != "out of <memory>" {
		t.Errorf("the error is %q", p.Items[1].Error)
	}
}

func TestPageNamesPicturesByWhatTellsThemApart(t *testing.T) {
	for _, c := range []struct{ paths, want []string }{
		{[]string{"a/x.jpg", "a/y.jpg"}, []string{"x.jpg", "y.jpg"}},
		{[]string{"a/x.jpg", "b/x.jpg"}, []string{"a/x.jpg", "b/x.jpg"}},
	} {
		f := &Folder{Dimensions: []grid.Dimension{{Name: grid.PictureAxis, Values: c.paths}}}
		for i, path := range c.paths {
			if got := f.labels()[0][path]; got != c.want[i] {
				t.Errorf("%s is called %s, want %s", path, got, c.want[i])
			}
		}
	}
}

func TestWritePage(t *testing.T) {
	f := begun(t)
	add(t, f, finished(t, f, 0), givenUp(f, 1), finished(t, f, 2))
	path, notes, err := WritePage(context.Background(), f, PageOptions{})
	if err != nil || len(notes) > 0 || path != filepath.Join(f.path, "index.html") {
		t.Fatalf("%s, %q, %v", path, notes, err)
	}
	r, _ := f.Record(f.Jobs[0].ID)
	thumbnail := filepath.Join(f.path, "thumbs", r.SHA256[:16]+".jpg")
	if size, err := picture.ReadSize(thumbnail); err != nil || size != (picture.Size{Width: 256, Height: 192}) {
		t.Errorf("the small copy: %v, %v", size, err)
	}
	tab := pagetest.Open(t, "file://"+path, "file://"+f.path, 1000, 700)
	tab.Want("document.querySelector('#count').textContent", "4 pictures")
	tab.Want("[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 256).length", "2")
	tab.Click(".cell")
	tab.Want("document.querySelector('.frame img.before').naturalWidth", "40")
	tab.Want("document.querySelector('#panel pre').textContent.split(' ').slice(0, 2).join(' ')", "dream run")

	// Copies that are there are taken as they are, and what is gone is said.
	if err := os.WriteFile(thumbnail, []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{filepath.Join(f.path, f.Jobs[2].File()), f.Jobs[0].Picture.Source, filepath.Join(f.path, "inputs"), filepath.Join(f.path, "thumbs", "none")} {
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
	}
	r, _ = f.Record(f.Jobs[2].ID)
	if err := os.Remove(filepath.Join(f.path, "thumbs", r.SHA256[:16]+".jpg")); err != nil {
		t.Fatal(err)
	}
	_, notes, err = WritePage(context.Background(), f, PageOptions{})
	want := []string{f.Jobs[0].Picture.Source + " is gone or has changed: the page shows nothing of it", f.Jobs[2].File() + " is gone: running the sweep again makes it anew"}
	slices.Sort(want)
	if err != nil || !slices.Equal(notes, want) {
		t.Errorf("notes %q, %v, want %q", notes, err, want)
	}
	if kept, err := os.ReadFile(thumbnail); err != nil || string(kept) != "kept" {
		t.Errorf("the copy was made anew: %v", err)
	}
}

// A picture that is damaged is said, and the page written all the same; where there is
// no room for copies it is not.
func TestWritePageOfDamagedPictures(t *testing.T) {
	f := begun(t)
	add(t, f, finished(t, f, 0), finished(t, f, 1))
	whole, err := os.ReadFile(filepath.Join(f.path, f.Jobs[0].File()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.path, f.Jobs[0].File()), whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	path, notes, err := WritePage(context.Background(), f, PageOptions{})
	if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], f.Jobs[0].File()+" cannot be read: ") {
		t.Errorf("notes %q, %v", notes, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(filepath.Join(f.path, "thumbs")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.path, "thumbs"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := WritePage(context.Background(), f, PageOptions{}); err == nil || !strings.HasPrefix(err.Error(), "sweep: page: ") || !strings.Contains(err.Error(), "thumbs") {
		t.Errorf("without room for copies: %v", err)
	}
}

func TestWritePageEmbeds(t *testing.T) {
	f := begun(t)
	add(t, f, finished(t, f, 0))
	path, _, err := WritePage(context.Background(), f, PageOptions{Embed: true})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "mailed.html")
	if err := os.WriteFile(alone, data, 0o644); err != nil {
		t.Fatal(err)
	}
	tab := pagetest.Open(t, "file://"+alone, "file://"+alone, 1000, 700)
	tab.Want("document.querySelector('.cell img').naturalWidth", "256")
	tab.Click(".cell")
	tab.Want("document.querySelector('.frame img.after').naturalWidth", "400")
}

// The picture dreamt on is found from wherever the sweep was begun, and only if it is
// still the same.
func TestInputsAreFound(t *testing.T) {
	top := t.TempDir()
	if err := os.MkdirAll(filepath.Join(top, "specs", "photos"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(top)
	gridtest.WriteImage(t, "specs/photos", "a.png", 90)
	g := gridtest.Parse(t, "axes: [{step: [1, 2]}]", "photos/a.png")
	g.Folder = "specs"
	f, err := Create(filepath.Join(top, "out"), g, gridtest.Jobs(t, g))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	again, err := Open(f.path)
	if err != nil {
		t.Fatal(err)
	}
	in := again.Jobs[0].Picture
	if name := newCopies(again).input(in); name != "inputs/"+in.SHA256[:16]+".jpg" {
		t.Errorf("%s is %q", in.Source, name)
	}
	gridtest.WriteImage(t, filepath.Join(top, "specs/photos"), "a.png", 91)
	if name := newCopies(again).input(in); name != "" {
		t.Errorf("a picture that has changed is %q", name)
	}
}
