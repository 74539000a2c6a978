package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// created is the folder of a grid's jobs.
func created(t *testing.T, path string, g grid.Grid) *Folder {
	t.Helper()
	f, err := Create(path, g, gridtest.Jobs(t, g))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// opened reads a folder.
func opened(t *testing.T, path string) *Folder {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// done is the record of a job that has been dreamt, and writes its picture, which
// is as large as the settings say.
func done(t *testing.T, f *Folder, j grid.Job) Record {
	t.Helper()
	width := max(j.Config.Width, 8)
	m := picture.New(width, width/2)
	for i := range m.Pix {
		m.Pix[i] = float32(j.Config.Step) / 10
	}
	path := filepath.Join(f.path, filepath.FromSlash(j.File()))
	if err := picture.Write(path, m, picture.Options{}); err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return Record{
		Job: j, State: Done, File: j.File(), SHA256: p.SHA256, Objective: []float64{0.25, j.Config.Step},
		Seconds: 1.5, Engine: "go", Worker: "host-1", Tries: 1, Finished: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

// finish does all jobs that are missing and says how many those were.
func finish(t *testing.T, f *Folder) int {
	t.Helper()
	missing := f.Missing()
	var records []Record
	for _, j := range missing {
		records = append(records, done(t, f, j))
	}
	if err := f.Append(records...); err != nil {
		t.Fatal(err)
	}
	if left := f.Missing(); len(left) != 0 {
		t.Errorf("still missing: %v", left)
	}
	return len(missing)
}

// TestRunAgain wants what is missing done and no more, also after a change of the
// grid: just what the change makes new.
func TestRunAgain(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	path := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		what, spec string
		missing    int
	}{
		{"new", "axes: [{layer: [relu1_1, relu2_1]}, {step: [1, 2, 3]}]", 6},
		{"again", "axes: [{layer: [relu1_1, relu2_1]}, {step: [1, 2, 3]}]", 0},
		{"in other words", "axes: [{objective: ['features.1', ' relu2_1']}, {step: 1..3/3}]", 0},
		{"the axes swapped", "axes: [{step: [1, 2, 3]}, {layer: [relu1_1, relu2_1]}]", 0},
		{"one value changed", "axes: [{layer: [relu1_1, relu2_1]}, {step: [1, 2, 4]}]", 2},
		{"one value more", "axes: [{layer: [relu1_1, relu2_1]}, {step: [0.5, 1, 2, 4]}]", 2},
		{"one value less", "axes: [{layer: relu2_1}, {step: [1, 2]}]", 0},
		{"another axis", "axes: [{layer: relu2_1}, {step: [1, 2]}, {seed: [0, 1]}]", 2},
		{"another setting", "{set: {width: 64}, axes: [{layer: relu2_1}, {step: [1, 2]}]}", 2},
		{"as at first", "axes: [{layer: [relu1_1, relu2_1]}, {step: [1, 2, 3]}]", 0},
	} {
		g := gridtest.Parse(t, c.spec, picture)
		f := created(t, path, g)
		if n := finish(t, f); n != c.missing {
			t.Errorf("%s: %d jobs done, want %d", c.what, n, c.missing)
		}
		records := f.Records()
		for i, r := range records {
			if r.ID != f.Jobs[i].ID || !slices.Equal(r.Point, f.Jobs[i].Point) || len(r.Point) != len(f.Dimensions) {
				t.Errorf("%s: record %d is at %q, its job at %q", c.what, i, r.Point, f.Jobs[i].Point)
			}
		}
		if len(records) != len(f.Jobs) {
			t.Errorf("%s: %d records of %d jobs", c.what, len(records), len(f.Jobs))
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if again := opened(t, path); len(again.Missing()) != 0 || len(again.Damaged()) != 0 || !slices.EqualFunc(again.Jobs, f.Jobs, func(a, b grid.Job) bool { return a.ID == b.ID }) {
			t.Errorf("%s: read back, %d are missing and %v damaged", c.what, len(again.Missing()), again.Damaged())
		}
	}
	if lines := bytes.Count(readFile(t, filepath.Join(path, manifestFile)), []byte("\n")); lines != 14 {
		t.Errorf("%d lines in the manifest, want one for each of 14 dreams", lines)
	}
}

// TestChangedPictureIsDoneAgain wants a job's identity to be its picture's bytes.
func TestChangedPictureIsDoneAgain(t *testing.T) {
	photos, path := t.TempDir(), t.TempDir()
	a := gridtest.WriteImage(t, photos, "a.png", 10)
	g := gridtest.Parse(t, "axes: []", a, gridtest.WriteImage(t, photos, "b.png", 20))
	f := created(t, path, g)
	finish(t, f)
	f.Close()
	gridtest.WriteImage(t, photos, "a.png", 30)
	f = created(t, path, g)
	if missing := f.Missing(); len(missing) != 1 || missing[0].Picture.Source != a {
		t.Errorf("missing are %v", missing)
	}
	f.Close()
	if err := os.Rename(a, filepath.Join(photos, "c.png")); err != nil {
		t.Fatal(err)
	}
	gridtest.WriteImage(t, photos, "a.png", 10)
	if f = created(t, path, g); len(f.Missing()) != 0 {
		t.Errorf("as at first, %v are missing", f.Missing())
	}
}

// TestMissingPictures wants jobs redone whose picture is gone or empty, and those
// that were given up.
func TestMissingPictures(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{seed: 0..4}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	finish(t, f)
	if err := os.Remove(filepath.Join(f.path, f.Jobs[1].File())); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.path, f.Jobs[3].File()), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := f.Append(Record{Job: f.Jobs[4], State: Dead, Error: "boom", Tries: 3, File: f.Jobs[4].File()}); err != nil {
		t.Fatal(err)
	}
	whole := readFile(t, filepath.Join(f.path, f.Jobs[2].File()))
	for what, not := range map[string][]byte{"cut": whole[:len(whole)-1], "text": []byte(strings.Repeat("x", len(whole)))} {
		if err := os.WriteFile(filepath.Join(f.path, "pictures", what), not, 0o666); err != nil {
			t.Fatal(err)
		}
		if f.has("pictures/" + what) {
			t.Errorf("%s counts as a picture", what)
		}
	}
	var got []string
	for _, j := range f.Missing() {
		got = append(got, j.Point[0])
	}
	if !slices.Equal(got, []string{"1", "3", "4"}) {
		t.Errorf("missing are seeds %q", got)
	}
	if r, ok := f.Record(f.Jobs[4].ID); !ok || r.Error != "boom" {
		t.Errorf("got %+v", r)
	}
}

func TestLockedFolderIsRefused(t *testing.T) {
	g := gridtest.Parse(t, "axes: []", gridtest.WriteImage(t, t.TempDir(), "a.png", 10))
	f := created(t, t.TempDir(), g)
	host, _ := os.Hostname()
	wantLocked := func(err error) {
		t.Helper()
		var locked *LockedError
		if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, fmt.Sprintf("process %d on %s since 20", os.Getpid(), host)) {
			t.Errorf("got %v", err)
		}
	}
	_, err := Create(f.path, g, gridtest.Jobs(t, g))
	wantLocked(err)
	if want := "sweep: folder " + f.path + ": is being run by process "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	other := opened(t, f.path)
	wantLocked(other.Lock())
	if err := other.Append(done(t, f, f.Jobs[0])); err == nil || !strings.Contains(err.Error(), "is not locked") {
		t.Errorf("appended without the lock: %v", err)
	}
	if err := new(Folder).Lock(); err == nil || !strings.Contains(err.Error(), "has no path") {
		t.Errorf("locked a folder of no path: %v", err)
	}
	odd := done(t, f, f.Jobs[0])
	odd.File = "../elsewhere.png"
	if err := f.Append(odd); err == nil || !strings.Contains(err.Error(), `manifest.jsonl: a record has the picture "../elsewhere.png"`) {
		t.Errorf("appended a picture from elsewhere: %v", err)
	}
	finish(t, f)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	if missing := other.Missing(); len(missing) != 0 {
		t.Errorf("locked later, %v are missing", missing)
	}
	if err := errors.Join(other.Lock(), other.Close(), other.Close()); err != nil {
		t.Error(err)
	}
}

// TestFolderRefuses wants nothing changed in folders that are no good sweep's.
func TestFolderRefuses(t *testing.T) {
	g := gridtest.Parse(t, "axes: [{seed: [1, 2]}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10))
	good := created(t, t.TempDir(), g)
	good.Close()
	text, jobs := string(readFile(t, filepath.Join(good.path, gridFile))), string(readFile(t, filepath.Join(good.path, jobsFile)))
	for _, c := range []struct {
		what  string
		files map[string]string
		want  string
	}{
		{"no sweep", map[string]string{"holiday.jpg": "x"}, "is no sweep's: has no sweep.json"},
		{"not JSON", map[string]string{gridFile: text[:40]}, "sweep.json: unexpected end"},
		{"later format", map[string]string{gridFile: strings.Replace(text, `"format": 1`, `"format": 2`, 1)}, "has format 2, made by version \"0.1.0\" of the program: want format 1"},
		{"no jobs", map[string]string{gridFile: text}, "jobs.jsonl: no such file"},
		{"another grid's jobs", map[string]string{gridFile: text, jobsFile: strings.SplitAfter(jobs, "\n")[0]}, "jobs.jsonl: is not the list that belongs to sweep.json: run the sweep again"},
	} {
		path := t.TempDir()
		for name, text := range c.files {
			if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if f, err := Open(path); err == nil || f != nil || !strings.HasPrefix(err.Error(), "sweep: folder "+path+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.what, err, c.want)
		}
	}
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, ".godream-12.tmp"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	created(t, path, g).Close() // where a first attempt was cut off
	path = t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "holiday.jpg"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, g, good.Jobs); err == nil || !strings.Contains(err.Error(), "holds holiday.jpg and no sweep: want a new or empty folder, or a sweep's") {
		t.Errorf("got %v", err)
	}
	if _, err := Create(t.TempDir(), g, []grid.Job{{ID: "x"}}); err == nil || !strings.Contains(err.Error(), "job 1 is none of the grid's") {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(path); len(entries) != 1 {
		t.Errorf("%v were left", entries)
	}
	if _, err := Create(filepath.Join(path, "holiday.jpg"), g, good.Jobs); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

// TestSweepMoves wants a folder's grid to find its pictures where they are now, when
// both have moved.
func TestSweepMoves(t *testing.T) {
	project := filepath.Join(t.TempDir(), "old")
	if err := os.MkdirAll(filepath.Join(project, "photos"), 0o777); err != nil {
		t.Fatal(err)
	}
	gridtest.WriteImage(t, filepath.Join(project, "photos"), "a.png", 10)
	t.Chdir(project)
	f := created(t, "out", gridtest.Parse(t, "axes: [{seed: [1, 2]}]", "photos/*.png"))
	finish(t, f)
	f.Close()
	t.Chdir("..")
	if err := os.Rename("old", "new"); err != nil {
		t.Fatal(err)
	}
	again := opened(t, filepath.Join("new", "out"))
	moved := created(t, again.path, again.Grid)
	if missing := moved.Missing(); len(missing) != 0 {
		t.Errorf("missing are %v", missing)
	}
	if got := moved.Records()[0].Picture.Source; got != filepath.Join("new", "photos", "a.png") {
		t.Errorf("the picture is at %s", got)
	}
}

// TestSweepBehindALink wants a sweep's pictures to be found from both sides of a link
// on the way to it.
func TestSweepBehindALink(t *testing.T) {
	top := t.TempDir()
	if err := os.MkdirAll(filepath.Join(top, "disk", "deep"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("disk", "deep"), filepath.Join(top, "link")); err != nil {
		t.Skip(err)
	}
	gridtest.WriteImage(t, top, "a.png", 10)
	t.Chdir(top)
	created(t, filepath.Join("link", "out"), gridtest.Parse(t, "axes: [{seed: [1, 2]}]", "a.png")).Close()
	for dir, path := range map[string]string{top: "link/out", filepath.Join(top, "disk", "deep"): "out"} {
		t.Chdir(dir)
		if jobs := gridtest.Jobs(t, opened(t, path).Grid); len(jobs) != 2 {
			t.Errorf("from %s: %d jobs", dir, len(jobs))
		}
	}
}

// TestDamagedLines wants each damaged line of a manifest told by its number, its job
// missing, and all others read.
func TestDamagedLines(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{seed: 0..9}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	finish(t, f)
	f.Close()
	path := filepath.Join(f.path, manifestFile)
	lines := strings.SplitAfter(string(readFile(t, path)), "\n")[:10]
	lines[1] = "\x00\xff garbage\n"
	lines[2] = strings.Replace(lines[2], `"iterations":8`, `"iterations":9`, 1)
	lines[3] = strings.Replace(lines[3], `"done"`, `"asleep"`, 1)
	lines[4] = strings.Replace(lines[4], `"file":"`, `"file":"../../`, 1)
	lines[5] = strings.Repeat("x", 1<<20) + "\n"
	lines[6] = strings.Replace(lines[6], `"sha256":"`, `"sha256":"z`, 3)
	lines[7] = "[1]\n\n  \n"
	lines[9] = lines[9][:100] // a crash
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o666); err != nil {
		t.Fatal(err)
	}
	want := map[int]string{
		2: "is no record: invalid character", 3: "has the id \"" + f.Jobs[2].ID + "\", and settings that make it", 4: `has the state "asleep", want done or dead`,
		5: `has the picture "../../pictures/`, 6: "is no record: invalid character 'x'", 7: "has the id", 8: "is no record: json: cannot unmarshal array",
		12: "is no record: unexpected end of JSON input",
	}
	check := func(f *Folder) {
		t.Helper()
		for _, d := range f.Damaged() {
			if !strings.Contains(d.Error(), fmt.Sprintf("sweep: manifest line %d: %s", d.Line, want[d.Line])) {
				t.Errorf("got %v, want %q", d, want[d.Line])
			}
		}
		if len(f.Damaged()) != len(want) {
			t.Errorf("%d lines damaged, want %d: %v", len(f.Damaged()), len(want), f.Damaged())
		}
	}
	check(opened(t, f.path))
	again := created(t, f.path, f.Grid)
	check(again)
	var seeds []string
	for _, j := range again.Missing() {
		seeds = append(seeds, j.Point[0])
	}
	if !slices.Equal(seeds, strings.Split("1 2 3 4 5 6 7 9", " ")) {
		t.Errorf("missing are seeds %q", seeds)
	}
	finish(t, again)
	again.Close()
	last := opened(t, f.path)
	check(last)
	if len(last.Missing()) != 0 {
		t.Errorf("after another run, %d are missing", len(last.Missing()))
	}
}

// TestLastLineCounts wants a job that was given up and then done to be done.
func TestLastLineCounts(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: []", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	if err := f.Append(Record{Job: f.Jobs[0], State: Dead, Error: "boom"}, done(t, f, f.Jobs[0])); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*Folder{f, opened(t, f.path)} {
		if r := f.Records(); len(r) != 1 || r[0].State != Done || len(f.Missing()) != 0 {
			t.Errorf("got %+v", r)
		}
	}
}

// TestRecordRoundTrip wants from a manifest what was appended to it.
func TestRecordRoundTrip(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{layer: [relu1_1, '0.5*relu1_1 - relu2_1']}, {precision: [float32, bfloat16]}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	finish(t, f)
	want, err := json.Marshal(f.Records())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(opened(t, f.path).Records()); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	names := slices.Sorted(maps.Keys(dirNames(t, f.path)))
	if !slices.Equal(names, []string{jobsFile, manifestFile, picturesDir, QueueDir, gridFile}) {
		t.Errorf("the folder holds %q", names)
	}
}

func dirNames(t *testing.T, path string) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
