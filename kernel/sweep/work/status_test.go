//go:build unix

package work

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// holding is a dreamFunc that says which job it begins and waits until it may go on.
type holding struct {
	dream  dreamFunc
	begins chan grid.Job
	goOn   chan struct{}
}

func holdingGo(t *testing.T) *holding {
	t.Helper()
	return &holding{dreamGo(t), make(chan grid.Job), make(chan struct{})}
}

func (h *holding) hold(ctx context.Context, job grid.Job, picture []byte, onStep func(float64)) ([]byte, folder.Record, error) {
	onStep(0.5)
	select {
	case h.begins <- job:
	case <-ctx.Done():
		return nil, folder.Record{}, ctx.Err()
	}
	select {
	case <-h.goOn:
	case <-ctx.Done():
		return nil, folder.Record{}, ctx.Err()
	}
	return h.dream(ctx, job, picture, onStep)
}

func TestLookAndCancel(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	if s, err := Look(t.Context(), f.Path(), queue.Access{}); err != nil || s.Jobs != 6 || s.Done != 0 || s.Server != "" {
		t.Errorf("before it runs: %+v, %v", s, err)
	}
	if err := Cancel(t.Context(), f.Path(), queue.Access{}); !errors.Is(err, errNotRun) {
		t.Errorf("cancelled what does not run: %v", err)
	}
	h := holdingGo(t)
	o := quickly("")
	o.dream = h.hold
	r := runs(t, f, o)
	<-h.begins
	h.goOn <- struct{}{}
	r.next()
	job := <-h.begins
	s, err := Look(t.Context(), f.Path(), queue.Access{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Done != 1 || s.Queued != 5 || s.Handed != 0 || !strings.HasPrefix(s.Server, "nats://127.0.0.1:") || strings.Contains(s.Server, "@") ||
		len(s.Workers) != 1 || s.Workers[0].Job != job.ID || s.Workers[0].Share != 0.5 || s.Workers[0].Done != 1 {
		t.Errorf("while it runs: %+v", s)
	}
	if err := Cancel(t.Context(), f.Path(), queue.Access{}); err != nil {
		t.Fatal(err)
	}
	var cancelled *CancelledError
	if err := r.end(); !errors.As(err, &cancelled) || cancelled.Left != 5 || err.Error() != "sweep: cancelled with 5 jobs left" {
		t.Errorf("the run ended with %v", err)
	}
	if len(lines(t, f)) != 1 {
		t.Errorf("the manifest is %v", lines(t, f))
	}
	mustRun(t, f, quickly(""))
	wantWhole(t, f, want)
}

// Who may read a folder but not where its queue is, is told what the folder holds.
func TestLookOfAnother(t *testing.T) {
	t.Parallel()
	f := folderOf(t, gridtest.Parse(t, "axes: [{seed: [1, 2]}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	if err := (folder.Address{Queue: "q"}).Write(f.Path()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.Path(), folder.QueueDir, "address.json")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(path); err == nil {
		t.Skip("this user reads all files")
	}
	if s, err := Look(t.Context(), f.Path(), queue.Access{}); err != nil || s.Jobs != 2 || !s.Hidden {
		t.Errorf("got %+v, %v", s, err)
	}
}

// What was handed in while no coordinator was there comes with Collect, and nothing
// else is begun.
func TestCollect(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	o := quickly(url)
	o.Remote = true
	ctx, stop := context.WithCancel(patiently(t))
	r := runUntil(ctx, t, f, o)
	worker := start(t, "worker", workerRole{URL: url, Hold: true})
	worker.hears("begins ")
	stop()
	if err := r.end(); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	at := queue.Access{URL: url}
	worker.goOn()
	worker.hears("handed in ")
	if s, err := Look(t.Context(), f.Path(), at); err != nil || s.Done != 0 || s.Queued != 5 || s.Handed != 1 {
		t.Errorf("with one handed in: %+v, %v", s, err)
	}
	if left, err := Collect(patiently(t), f, at); err != nil || left != 5 {
		t.Errorf("collected all but %d, %v", left, err)
	}
	for range 5 {
		worker.goOn()
		worker.hears("handed in ")
	}
	if left, err := Collect(patiently(t), f, at); err != nil || left != 0 {
		t.Errorf("collected all but %d, %v", left, err)
	}
	wantWhole(t, f, want)
	if s, err := Look(t.Context(), f.Path(), at); err != nil || s.Done != 6 || s.Server != "" {
		t.Errorf("the queue is there still: %+v, %v", s, err)
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got the error %v, want %q", err, want)
	}
}

// A worker says what keeps it from a sweep before it takes a job from it.
func TestWorkersThatCannot(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	jobs := f.Missing()
	ctx := patiently(t)
	conn, err := queue.Dial(ctx, queue.Access{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fill := func(name, version string, net grid.Input) {
		jobs[0].Net = net
		info := `{"models":[{"net":{"source":"` + net.Source + `","sha256":"` + net.SHA256 + `"},"options":{}}]}`
		q, err := queue.Create(ctx, conn, queue.Terms{Name: name, Version: version, Info: []byte(info)})
		if err == nil {
			err = q.Put(ctx, []queue.Item{{ID: "a"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	fill("old", "0.0.9", grid.Input{Source: gridtest.Narrow, SHA256: jobs[0].Net.SHA256})
	fill("nowhere", dreamlib.Version, grid.Input{Source: "nowhere.pth", SHA256: jobs[0].Net.SHA256})
	fill("other", dreamlib.Version, grid.Input{Source: gridtest.Narrow, SHA256: strings.Repeat("0", 64)})
	at := queue.Access{URL: url}
	for name, want := range map[string]string{
		"old":     "sweep: worker: queue: old was filled by version 0.0.9, and this is version " + dreamlib.Version + "",
		"nowhere": "sweep: worker: sweep nowhere: net nowhere.pth is not on this machine: ",
		"other":   "sweep: worker: sweep other: net " + gridtest.Narrow + " is another one on this machine: want SHA-256 000000",
	} {
		wantError(t, Work(ctx, at, WorkerOptions{Sweep: name, Engine: "go", Once: true}), want)
	}
	wantError(t, Work(ctx, queue.Access{URL: "nats://127.0.0.1:1"}, WorkerOptions{}), "sweep: worker: queue: nats://127.0.0.1:1: cannot connect: ")
	wantError(t, Work(ctx, at, WorkerOptions{Engine: "gpu"}), `engine "gpu": unknown`)
	for _, name := range []string{"old", "nowhere", "other"} {
		q, err := queue.Open(ctx, conn, name, "")
		if err != nil {
			t.Fatal(err)
		}
		if left, err := q.Left(ctx); err != nil || left.Jobs != 1 || left.Results != 0 {
			t.Errorf("%s holds %+v, %v, want its job", name, left, err)
		}
	}
	_ = want
}

// A picture that is another one by now is refused, and nothing is dreamt of it.
func TestChangedPicture(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := smallOn(t, gridtest.WriteImage(t, dir, "a.png", 90))
	f := folderOf(t, g)
	gridtest.WriteImage(t, dir, "a.png", 91)
	wantError(t, Run(patiently(t), f, quickly("")), "a.png has changed since the jobs were made: want SHA-256 ")
	if n := len(f.Records()); n != 0 {
		t.Errorf("%d jobs were done", n)
	}
}

// A worker that works Once ends when the jobs do, and an idle one when its time is over.
func TestWorkersEnd(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	at := queue.Access{URL: url}
	if err := Work(patiently(t), at, WorkerOptions{Engine: "go", Once: true}); err != nil {
		t.Error(err)
	}
	if err := Work(patiently(t), at, WorkerOptions{Engine: "go", Idle: time.Millisecond}); err != nil {
		t.Error(err)
	}
	o := quickly(url)
	o.Remote = true
	r := runs(t, f, o)
	if err := Work(patiently(t), at, WorkerOptions{Engine: "go", Parallel: 2, Idle: time.Second}); err != nil {
		t.Error(err)
	}
	r.mustEnd()
	wantWhole(t, f, want)
}

// The weights are elsewhere on this machine.
func TestWorkerFindsWeights(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../dreamlib/testdata/narrow.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	there, here := t.TempDir(), t.TempDir()
	for _, dir := range []string{there, here} {
		if err := os.WriteFile(filepath.Join(dir, "net.safetensors"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g := grid.Grid{Pictures: []string{gridtest.WriteImage(t, there, "a.png", 90)}, Nets: []string{filepath.Join(there, "net.safetensors")},
		Axes: []grid.Axis{grid.Over("layer", "relu1_2"), grid.Over("octaves", 1), grid.Over("iterations", 1)}}
	f := folderOf(t, g)
	if err := os.Remove(filepath.Join(there, "net.safetensors")); err != nil {
		t.Fatal(err)
	}
	o := quickly("")
	wantError(t, Run(patiently(t), f, o), "net.safetensors is not on this machine")
	o.Models = here
	mustRun(t, f, o)
	if r := f.Records(); len(r) != 1 || r[0].State != folder.Done {
		t.Errorf("records are %+v", r)
	}
}
