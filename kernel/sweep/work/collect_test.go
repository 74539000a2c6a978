package work

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// handingIn is a queue with the jobs of a folder, of which the test is the worker.
type handingIn struct {
	t    *testing.T
	f    *folder.Folder
	q    *queue.Queue
	hand *queue.Worker
}

func handIn(t *testing.T) *handingIn {
	t.Helper()
	h := &handingIn{t: t, f: folderOf(t, small(t))}
	server, err := queue.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	conn, err := queue.Dial(t.Context(), server.Access())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if h.q, err = queue.Create(t.Context(), conn, queue.Terms{Name: "test", Version: "1"}); err != nil {
		t.Fatal(err)
	}
	if h.hand, err = h.q.Worker(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.hand.Close)
	return h
}

// done hands in a result of a job, and where there is one its picture.
func (h *handingIn) done(j grid.Job, result string, picture []byte) {
	h.t.Helper()
	ctx := h.t.Context()
	err := h.q.Put(ctx, []queue.Item{{ID: j.ID}})
	if err == nil && picture != nil {
		err = h.q.PutObject(ctx, dreamt(j.ID, grid.SHA256(picture)), picture)
	}
	if err == nil {
		err = h.next().Done(ctx, []byte(result))
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// next waits for a job.
func (h *handingIn) next() *queue.Task {
	h.t.Helper()
	for ctx := patiently(h.t); ; time.Sleep(time.Millisecond) {
		if task, err := h.hand.Next(ctx); task != nil || err != nil {
			if err != nil {
				h.t.Fatal(err)
			}
			return task
		}
	}
}

// collect collects all that was handed in.
func (h *handingIn) collect() {
	h.t.Helper()
	c, err := newCollector(h.t.Context(), h.f, h.q, h.f.Missing())
	if err != nil {
		h.t.Fatal(err)
	}
	defer c.close()
	ctx, stop := context.WithCancel(patiently(h.t))
	ended := make(chan error, 1)
	go func() { ended <- c.collect(ctx) }()
	(&broker{queue: h.q}).drain(ctx)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		h.t.Fatal("collecting ended with ", err)
	}
	if left, err := h.q.Left(h.t.Context()); err != nil || left.Results != 0 {
		h.t.Fatalf("%+v is left, %v", left, err)
	}
}

func record(t *testing.T, r folder.Record) string {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Of several results of a job the first counts, but a picture counts before a job that
// was given up, whichever comes first.
func TestCollectorKeepsOneResult(t *testing.T) {
	h := handIn(t)
	a, b, c := h.f.Jobs[0], h.f.Jobs[1], h.f.Jobs[2]
	const png, end = "\x89PNG\r\n\x1a\n", "\x00\x00\x00\x00IEND\xaeB`\x82"
	one, two := []byte(png+"one"+end), []byte(png+"two"+end)
	dead := record(t, folder.Record{State: folder.Dead, Error: "failed"})
	h.done(a, record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(one)}), one)
	h.done(b, dead, nil)
	h.done(c, record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(two)}), two)
	h.collect()
	h.done(a, record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(two)}), two)
	h.done(b, record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(two)}), two)
	h.done(c, dead, nil)
	h.done(grid.Job{ID: "nobodys"}, dead, nil)
	h.collect()
	for job, want := range map[*grid.Job]string{&a: grid.SHA256(one), &b: grid.SHA256(two), &c: grid.SHA256(two)} {
		if r, ok := h.f.Record(job.ID); !ok || r.State != folder.Done || r.SHA256 != want || pictures(t, h.f)[job.File()] != want {
			t.Errorf("%v is recorded as %+v, want picture %s", job.Point, r, want)
		}
	}
	if n := len(lines(t, h.f)); n != 3 {
		t.Errorf("%d jobs are recorded, want 3", n)
	}
}

// Who looks at a queue that another run has taken over and ended is told what may be.
func TestLostQueue(t *testing.T) {
	h := handIn(t)
	if err := h.q.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := h.q.Left(patiently(t))
	if want := "test was deleted, or another run took it over"; !errors.Is(err, queue.ErrGone) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A result that cannot be read, and one whose picture is lost, mean their jobs are done
// again.
func TestCollectorPutsLostJobsBack(t *testing.T) {
	h := handIn(t)
	for i, result := range []string{"{", "{}", record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256([]byte("lost"))})} {
		h.done(h.f.Jobs[i], result, nil)
	}
	h.collect()
	if n := len(h.f.Records()); n != 0 {
		t.Errorf("%d jobs are recorded, want none", n)
	}
	if left, err := h.q.Left(t.Context()); err != nil || left.Jobs != 3 {
		t.Errorf("%+v is left, %v, want three jobs", left, err)
	}
	var back grid.Job
	task := h.next()
	err := json.Unmarshal(task.Data, &back)
	if id, _ := back.Identify(); err != nil || id != task.ID {
		t.Errorf("%s came back as %+v, %v", task.ID, back, err)
	}
	picture := []byte("picture")
	err = h.q.PutObject(t.Context(), dreamt(task.ID, grid.SHA256(picture)), picture)
	if err == nil {
		err = task.Done(t.Context(), []byte(record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(picture)})))
	}
	if err != nil {
		t.Fatal(err)
	}
	h.collect()
	if r, ok := h.f.Record(task.ID); !ok || r.SHA256 != grid.SHA256(picture) {
		t.Errorf("done again it is recorded as %+v", r)
	}
}

// Jobs whose pictures are the same do not take them from each other.
func TestCollectorOfOnePicture(t *testing.T) {
	h := handIn(t)
	picture := []byte("picture")
	for _, j := range h.f.Jobs {
		h.done(j, record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(picture)}), picture)
	}
	if err := h.q.DeleteObject(t.Context(), dreamt(h.f.Jobs[0].ID, grid.SHA256(picture))); err != nil {
		t.Fatal(err)
	}
	h.collect()
	if done, _ := h.f.Tally(); done != len(h.f.Jobs)-1 {
		t.Errorf("%d of %d jobs are recorded, want all but one", done, len(h.f.Jobs))
	}
}

// What goes wrong says once that it is of a sweep.
func TestCollectorFails(t *testing.T) {
	h := handIn(t)
	picture := []byte("picture")
	h.done(h.f.Jobs[0], record(t, folder.Record{State: folder.Done, SHA256: grid.SHA256(picture)}), picture)
	c, err := newCollector(t.Context(), h.f, h.q, h.f.Missing())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := h.f.Close(); err != nil {
		t.Fatal(err)
	}
	err = c.collect(patiently(t))
	if want := "sweep: folder " + h.f.Path() + ": manifest.jsonl: is not locked: want Create, or Lock first"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if left, err := h.q.Left(t.Context()); err != nil || left.Results != 1 {
		t.Errorf("%+v is left, %v, want the result", left, err)
	}
}
