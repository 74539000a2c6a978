package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/seed2310110f/godream/dreamlib/engines"

	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// small is a sweep of six quick dreams.
func small(t *testing.T) Grid {
	t.Helper()
	return gridtest.Parse(t, "{set: {octaves: 2, iterations: 2, jitter: 4}, axes: [{layer: [relu1_2, relu2_1, relu2_2]}, {step: [1, 2]}]}",
		gridtest.WriteImage(t, t.TempDir(), "a.png", 90))
}

// wantFiles wants a folder to hold so many dreams, a row of manifest.csv for each, and a
// contact sheet.
func wantFiles(t *testing.T, f *Folder, n int) {
	t.Helper()
	if done, dead := f.Tally(); done != n || dead != 0 {
		t.Errorf("%d done, %d given up, want %d done", done, dead, n)
	}
	dreams, err := os.ReadDir(filepath.Join(f.Path(), "pictures"))
	if err != nil || len(dreams) != n {
		t.Errorf("%d dreams, %v, want %d", len(dreams), err, n)
	}
	table, err := os.ReadFile(filepath.Join(f.Path(), "manifest.csv"))
	if err != nil || strings.Count(string(table), "\n") != n+1 {
		t.Errorf("want %d rows of manifest.csv, found %q, %v", n, table, err)
	}
	if _, err := os.Stat(filepath.Join(f.Path(), "sheet.png")); err != nil {
		t.Error(err)
	}
}

// TestDream wants one call to leave a whole sweep that nobody holds, and a second to
// find nothing to do.
func TestDream(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	f, err := Dream(t.Context(), path, g, Options{})
	if err != nil || f.Path() != path {
		t.Fatal(f, err)
	}
	wantFiles(t, f, 6)
	if _, err := Dream(t.Context(), path, g, Options{Work: func(context.Context, string, string) error { return errors.New("dreamt again") }}); err != nil {
		t.Error(err)
	}
}

// TestDreamIsInterrupted wants what is done to be kept, made into a sheet and named, and
// the same call to do the rest.
func TestDreamIsInterrupted(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	ctx, stop := context.WithCancel(t.Context())
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
	wantFiles(t, f, kept)
	before := f.Records()
	if f, err = Dream(t.Context(), path, g, Options{}); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, f, 6)
	for _, r := range before {
		if after, _ := f.Record(r.ID); !after.Finished.Equal(r.Finished) {
			t.Errorf("%v was done anew", r.Point)
		}
	}
}

// TestDreamReportsWhatWasGivenUp wants an error, and the folder beside it.
func TestDreamReportsWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	g, path := small(t), filepath.Join(t.TempDir(), "sweep")
	g.Axes = []Axis{Over("rule", "none"), Over("step", 1e-3), Over("layer", "relu1_2", "1e38*relu1_1 + 3e38*relu2_1 + 3e38*relu3_1")}
	f, err := Dream(t.Context(), path, g, Options{Tries: 1})
	if f == nil || err == nil || !strings.HasPrefix(err.Error(), "sweep: 1 of 2 dreams were given up, the first because of: dreamlib: ") ||
		!strings.HasSuffix(err.Error(), ": the same call with Retry tries again") {
		t.Fatal(err)
	}
	if done, dead := f.Tally(); done != 1 || dead != 1 {
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
	first, err := Dream(t.Context(), path, g, Options{})
	if err == nil {
		err = first.Lock()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	var locked *LockedError
	if f, err := Dream(t.Context(), path, g, Options{}); f != nil || !errors.As(err, &locked) {
		t.Error(f, err)
	}
}
