package sweep

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// TestDream wants one call to leave a whole sweep that is nobody's, and a second to
// find nothing to do.
func TestDream(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	f, err := Dream(patiently(t), path, g, Options{})
	if err != nil || f.Path() != path {
		t.Fatal(f, err)
	}
	made := pictures(t, f)
	wantWhole(t, f, made)
	if done, dead := f.Tally(); done != 6 || dead != 0 {
		t.Errorf("%d done, %d given up", done, dead)
	}
	for _, name := range []string{"manifest.csv", "sheet.png"} {
		if _, err := os.Stat(filepath.Join(path, name)); err != nil {
			t.Error(err)
		}
	}
	if len(rows(t, filepath.Join(path, "manifest.csv"))) != 6 {
		t.Error("want a row of manifest.csv for each job")
	}
	if _, err := Dream(patiently(t), path, g, Options{dream: func(context.Context, Job, []byte, func(float64)) ([]byte, Record, error) {
		return nil, Record{}, errors.New("dreamt again")
	}}); err != nil {
		t.Error(err)
	}
}

// TestDreamIsInterrupted wants what is done to be kept, made into a sheet and named, and
// the same call to do the rest.
func TestDreamIsInterrupted(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	ctx, stop := context.WithCancel(patiently(t))
	f, err := Dream(ctx, path, g, Options{Workers: 1, OnProgress: func(p Progress) {
		if p.Record != nil {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || f == nil {
		t.Fatal(f, err)
	}
	kept, _ := f.Tally()
	if want := fmt.Sprintf("sweep: context canceled: %d of 6 dreams are done and kept in %s: the same call goes on", kept, path); kept < 1 || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if len(rows(t, filepath.Join(path, "manifest.csv"))) != kept {
		t.Errorf("want %d rows of manifest.csv", kept)
	}
	if _, err := os.Stat(filepath.Join(path, "sheet.png")); err != nil {
		t.Error(err)
	}
	before := pictures(t, f)
	if f, err = Dream(patiently(t), path, g, Options{}); err != nil {
		t.Fatal(err)
	}
	after := pictures(t, f)
	wantWhole(t, f, after)
	for name, sum := range before {
		if after[name] != sum {
			t.Errorf("%s became another", name)
		}
	}
}

// TestDreamTellsWhatWasGivenUp wants an error, and the folder beside it.
func TestDreamTellsWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	o := Options{Tries: 1, dream: func(_ context.Context, j Job, picture []byte, _ func(float64)) ([]byte, Record, error) {
		if j.Config.Step == 2 {
			return nil, Record{}, errors.New("boom")
		}
		return picture, Record{Seconds: 1e-9, Objective: []float64{1}}, nil
	}}
	f, err := Dream(patiently(t), path, g, o)
	if f == nil || err == nil || err.Error() != "sweep: 3 of 6 dreams were given up, the first because of: boom: the same call with Retry tries again" {
		t.Fatal(err)
	}
	if done, dead := f.Tally(); done != 3 || dead != 3 {
		t.Errorf("%d done, %d given up", done, dead)
	}
}

// TestDreamRefuses wants no folder where nothing was done.
func TestDreamRefuses(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	bad := g
	bad.Axes = []Axis{Over("stpe", 1)}
	var mistake *GridError
	if f, err := Dream(t.Context(), path, bad, Options{}); f != nil || !errors.As(err, &mistake) {
		t.Error(f, err)
	}
	over, stop := context.WithCancel(t.Context())
	stop()
	if f, err := Dream(over, path, g, Options{}); f != nil || !errors.Is(err, context.Canceled) {
		t.Error(f, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a folder was made")
	}
	folderAt(t, path, g)
	var locked *LockedError
	if f, err := Dream(t.Context(), path, g, Options{}); f != nil || !errors.As(err, &locked) {
		t.Error(f, err)
	}
}

// TestSheets wants the pictures that WriteSheets writes.
func TestSheets(t *testing.T) {
	f := created(t, t.TempDir(), parsed(t, "{set: {iterations: 1, width: 16}, axes: [{seed: 0..5}, {layer: [relu1_1, relu1_2]}, {step: [1, 2]}]}", putPicture(t, t.TempDir(), "a.png", 10)))
	if err, ok := f.Shown().(error); !ok || err.Error() != "sweep: sheet: has no dreams yet" {
		t.Errorf("shown is %v", f.Shown())
	}
	finish(t, f)
	paths, err := f.WriteSheets(SheetOptions{Cell: 8})
	if err != nil || len(paths) != 6 {
		t.Fatal(paths, err)
	}
	sheets, err := f.Sheets(SheetOptions{Cell: 8})
	if err != nil || len(sheets) != 6 {
		t.Fatal(len(sheets), err)
	}
	for i, path := range paths {
		written, err := picture.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if db, err := picture.PSNR(written, picture.FromImage(sheets[i])); err != nil || db < 100 {
			t.Errorf("sheet %d: PSNR %v, %v", i+1, db, err)
		}
	}
	if _, err := f.Sheets(SheetOptions{Rows: "stpe"}); err == nil || !strings.HasPrefix(err.Error(), `sweep: sheet: no axis is called "stpe"`) {
		t.Errorf("got %v", err)
	}
	if shown, ok := f.Shown().([]image.Image); !ok || len(shown) != 4 {
		t.Errorf("shown is %T", f.Shown())
	}
	if none := (*Folder)(nil).Shown(); none != nil {
		t.Errorf("no folder is shown as %v", none)
	}
}

// TestSources wants every file that a grid reads.
func TestSources(t *testing.T) {
	folder := t.TempDir()
	a, b := putPicture(t, folder, "a.png", 1), putPicture(t, folder, "b.png", 2)
	pictures, nets, err := Sources(Grid{Folder: folder, Pictures: []string{"*.png", "no.jpg"}, Nets: []string{"embedded", "sub/vgg.pth"}})
	if err != nil || strings.Join(pictures, " ") != a+" "+b+" "+filepath.Join(folder, "no.jpg") || strings.Join(nets, " ") != "embedded "+filepath.Join(folder, "sub/vgg.pth") {
		t.Errorf("got %q, %q, %v", pictures, nets, err)
	}
	var mistake *GridError
	if _, _, err := Sources(Grid{Folder: folder, Pictures: []string{"*.gif"}}); !errors.As(err, &mistake) {
		t.Errorf("got %v", err)
	}
}
