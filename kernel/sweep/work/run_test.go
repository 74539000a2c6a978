package work

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/seed2310110f/godream/dreamlib/engines"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// small is a sweep of six quick dreams in three groups.
func small(t *testing.T) grid.Grid {
	t.Helper()
	return smallOn(t, gridtest.WriteImage(t, t.TempDir(), "a.png", 90))
}

func smallOn(t *testing.T, picture string) grid.Grid {
	t.Helper()
	return gridtest.Parse(t, `
axes:
  - layer: [relu1_2, relu2_1, relu2_2]
  - step: 1..2/2
  - octaves: 2
  - iterations: 2
  - jitter: 4
`, picture)
}

// folderOf makes a grid's folder and locks it.
func folderOf(t *testing.T, g grid.Grid) *folder.Folder {
	t.Helper()
	return folderAt(t, filepath.Join(t.TempDir(), "sweep"), g)
}

func folderAt(t *testing.T, path string, g grid.Grid) *folder.Folder {
	t.Helper()
	f, err := folder.Create(path, g, gridtest.Jobs(t, g))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// patient is how long a test waits for what must come before it gives up.
const patient = time.Minute

func patiently(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patient)
	t.Cleanup(stop)
	return ctx
}

func mustRun(t *testing.T, f *folder.Folder, o Options) {
	t.Helper()
	if err := Run(patiently(t), f, o); err != nil {
		t.Fatal(err)
	}
}

// lines reads the manifest as it is on the disk: its records, by ID, each of which may
// be there once, but for those given up and done later.
func lines(t *testing.T, f *folder.Folder) map[string]folder.Record {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.Path(), "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]folder.Record{}
	for line := range strings.Lines(string(data)) {
		var r folder.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if before, twice := list[r.ID]; twice && before.State == folder.Done {
			t.Errorf("job %s is in the manifest twice", r.ID)
		}
		list[r.ID] = r
	}
	return list
}

// wantWhole holds a folder to what a sweep that went through leaves: every job once in
// the manifest, the pictures of an undisturbed run, and nothing else.
func wantWhole(t *testing.T, f *folder.Folder, undisturbed map[string]string) {
	t.Helper()
	records := lines(t, f)
	if len(records) != len(f.Jobs) {
		t.Errorf("the manifest holds %d jobs, want %d", len(records), len(f.Jobs))
	}
	for _, j := range f.Jobs {
		r, ok := records[j.ID]
		if !ok || r.State != folder.Done || r.File != j.File() || r.Tries < 1 || r.Worker == "" || r.Seconds <= 0 || len(r.Objective) == 0 {
			t.Errorf("job %v is recorded as %+v", j.Point, r)
		}
	}
	found := pictures(t, f)
	for name, sum := range undisturbed {
		if found[name] != sum {
			t.Errorf("picture %s has SHA-256 %q, undisturbed %s", name, found[name], sum)
		}
	}
	if len(found) != len(undisturbed) {
		t.Errorf("%d pictures, want %d", len(found), len(undisturbed))
	}
	for _, r := range records {
		if found[r.File] != r.SHA256 {
			t.Errorf("picture %s has SHA-256 %s, recorded %s", r.File, found[r.File], r.SHA256)
		}
	}
}

// pictures are the SHA-256 of all that lies in the folder of pictures, by name.
func pictures(t *testing.T, f *folder.Folder) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(f.Path(), "pictures"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(f.Path(), "pictures", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list["pictures"+"/"+e.Name()] = grid.SHA256(data)
	}
	return list
}

func TestRunDoesTheMissingJobs(t *testing.T) {
	t.Parallel()
	g := small(t)
	f := folderOf(t, g)
	var last Progress
	came := map[string]int{}
	mustRun(t, f, Options{OnProgress: func(p Progress) {
		last = p
		if p.Record != nil {
			came[p.Record.ID]++
		}
	}})
	made := pictures(t, f)
	wantWhole(t, f, made)
	if len(made) != 6 || last.Jobs != 6 || last.Done != 6 || last.Dead != 0 || last.Share != 1 || len(came) != 6 {
		t.Errorf("%d pictures, at last %+v, told of %v", len(made), last, came)
	}
	if entries, err := os.ReadDir(filepath.Join(f.Path(), "queue")); err != nil || len(entries) != 3 { // lock, holder, address
		t.Errorf("the queue's folder holds %v, %v", entries, err)
	}

	// Nothing is missing: nothing is done.
	before := lines(t, f)
	mustRun(t, f, Options{dream: func(context.Context, grid.Job, []byte, func(float64)) ([]byte, folder.Record, error) {
		return nil, folder.Record{}, errors.New("dreamt again")
	}})

	// A picture that is gone, and one setting that is another.
	if err := os.Remove(filepath.Join(f.Path(), f.Jobs[0].File())); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	g.Axes[1] = grid.Over("step", "1", "3")
	f = folderAt(t, f.Path(), g)
	mustRun(t, f, Options{Workers: 2})
	if data, err := os.ReadFile(filepath.Join(f.Path(), "manifest.jsonl")); err != nil || bytes.Count(data, []byte("\n")) != 6+1+3 {
		t.Errorf("manifest %s, %v", data, err)
	}
	again := pictures(t, f)
	if len(again) != 9 {
		t.Errorf("%d pictures, want 9", len(again))
	}
	for name, sum := range made {
		if again[name] != sum {
			t.Errorf("%s became another", name)
		}
	}
	after := map[string]folder.Record{}
	for id, r := range before {
		if r.ID != f.Jobs[0].ID {
			after[id] = r
		}
	}
	for _, r := range f.Records() {
		if old, ok := after[r.ID]; ok && !old.Finished.Equal(r.Finished) {
			t.Errorf("%v was done anew", r.Point)
		}
	}
}

// A run leaves nothing behind: no goroutine, no connection, no store.
func TestRunLeavesNothing(t *testing.T) {
	f := folderOf(t, small(t))
	mustRun(t, f, Options{Engine: "go"}) // what stays for good, as the runtime's own, is there from now on
	before := len(goroutines())
	f = folderOf(t, small(t))
	mustRun(t, f, Options{Engine: "go"})
	ctx := patiently(t)
	for len(goroutines()) > before {
		if ctx.Err() != nil {
			t.Fatalf("%d goroutines, %d before: %s", len(goroutines()), before, strings.Join(goroutines(), "\n\n"))
		}
		time.Sleep(time.Millisecond)
	}
	if exists(filepath.Join(f.Path(), folder.QueueDir, storeDir)) {
		t.Error("the queue's files are still there")
	}
}

// goroutines are all that run, but for those that nats.go v1.55.0 forgets: when an object
// is put so fast that all is done before the goroutine which listens for reconnects has
// begun, that one listens to nothing forever.
func goroutines() []string {
	stacks := make([]byte, 1<<22)
	all := strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n")
	return slices.DeleteFunc(all, func(stack string) bool { return strings.Contains(stack, "resetPendingAcksOnReconnect(") })
}

func TestRunWantsALockedFolder(t *testing.T) {
	t.Parallel()
	f := folderOf(t, small(t))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), f, Options{}); err == nil || !strings.Contains(err.Error(), "is not locked: want Create, or Lock first") {
		t.Error("ran in a folder that is not locked: ", err)
	}
}

// A run whose workers have all ended, with a job left, does not wait for ever.
func TestRunEndsWithItsWorkers(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	err := Run(patiently(t), f, Options{Work: func(context.Context, string, string) error { return nil }})
	wantError(t, err, "sweep: all workers have ended")
	mustRun(t, f, Options{Work: func(ctx context.Context, url, name string) error { // all is handed in when it ends
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		return Work(ctx, queue.Access{URL: url}, WorkerOptions{Sweep: name, Engine: "go", Parallel: 1, OnState: func(s WorkerState) {
			if s.Done == len(f.Jobs) {
				stop()
			}
		}})
	}})
	wantWhole(t, f, want)
}

// Jobs are of one group, and lie beside each other in the queue, where they need the same
// programs: whatever their step, seed and preset are.
func TestGroupsAreOfOneProgram(t *testing.T) {
	t.Parallel()
	items := func(change string) []queue.Item {
		jobs := gridtest.Jobs(t, gridtest.Parse(t, "axes:\n  - layer: [relu2_2, relu1_2]\n  - step: [1, 2]\n  - octaves: 2\n"+change,
			gridtest.WriteImage(t, t.TempDir(), "a.png", 90)))
		list, err := itemsOf(jobs)
		if err != nil || len(list) != len(jobs) {
			t.Fatalf("%d items of %d jobs, %v", len(list), len(jobs), err)
		}
		return list
	}
	usual := items("")
	if usual[0].Group != usual[1].Group || usual[1].Group == usual[2].Group || usual[2].Group != usual[3].Group {
		t.Errorf("got %+v, want two groups of two, by layer", usual)
	}
	for change, same := range map[string]bool{
		"  - seed: 5\n": true, "  - iterations: 3\n": true, "  - octave-scale: 1.7\n": false, "  - width: 80\n": false, "  - lowering: direct\n": false,
	} {
		if other := items(change); (other[0].Group == usual[0].Group) != same {
			t.Errorf("with %q: group %q, before %q: want the same %v", change, other[0].Group, usual[0].Group, same)
		}
	}
}
