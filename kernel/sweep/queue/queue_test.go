package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// local is a queue on a server of its own.
func local(t testing.TB, terms Terms) *Queue {
	t.Helper()
	s, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return on(t, s.Access(), terms)
}

// on is a queue on a server that is there.
func on(t testing.TB, a Access, terms Terms) *Queue {
	t.Helper()
	c := dial(t, a)
	terms.Name, terms.Version = "test", "1.0"
	q, err := Create(t.Context(), c, terms)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func dial(t testing.TB, a Access) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// put puts jobs, of which the queue does not hold so many yet.
func put(t testing.TB, q *Queue, want int, items ...Item) {
	t.Helper()
	before, err := q.Left(t.Context())
	if err == nil {
		err = q.Put(t.Context(), items)
	}
	if err != nil {
		t.Fatal(err)
	}
	if after, err := q.Left(t.Context()); err != nil || after.Jobs-before.Jobs != want {
		t.Fatalf("put %d jobs, want %d: %v", after.Jobs-before.Jobs, want, err)
	}
}

func worker(t testing.TB, q *Queue) *Worker {
	t.Helper()
	h, err := q.Worker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// next waits for a job.
func next(t testing.TB, h *Worker) *Task {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for {
		task, err := h.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if task != nil {
			return task
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			t.Fatal("no job came: ", err)
		}
	}
}

func none(t testing.TB, h *Worker) {
	t.Helper()
	if task, err := h.Next(t.Context()); task != nil || err != nil {
		t.Fatalf("want no job, found %+v, %v", task, err)
	}
}

func items(ids ...string) (list []Item) {
	for _, id := range ids {
		list = append(list, Item{id, "g", []byte("job " + id)})
	}
	return list
}

func TestJobsAreDoneOnce(t *testing.T) {
	q := local(t, Terms{})
	put(t, q, 3, items("a", "b", "c")...)
	put(t, q, 1, items("a", "b", "c", "d")...) // held ones are not put twice
	h := worker(t, q)
	for _, id := range []string{"a", "b", "c", "d"} {
		task := next(t, h)
		if task.ID != id || string(task.Data) != "job "+id || task.Tries != 1 || task.Last || task.Errors() != nil {
			t.Fatalf("took %+v, want %s untried", task, id)
		}
		if err := task.Done(t.Context(), []byte("made of "+id)); err != nil {
			t.Fatal(err)
		}
	}
	none(t, h)
	results, err := q.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	for _, id := range []string{"a", "b", "c", "d"} {
		r, err := results.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != id || string(r.Data) != "made of "+id {
			t.Fatalf("collected %s %q, want %s", r.ID, r.Data, id)
		}
		if err := r.Ack(); err != nil {
			t.Fatal(err)
		}
	}
	put(t, q, 1, items("a")...) // at once: it is not there any more
}

// A worker that was far along goes on in its lane, and two workers begin in different ones.
func TestHandsStayInTheirLanes(t *testing.T) {
	q := local(t, Terms{})
	var all []Item
	for i := range 8 {
		for _, group := range []string{"wood", "sky"} {
			all = append(all, Item{fmt.Sprintf("%s%d", group, i), group, nil})
		}
	}
	if lane("wood") == lane("sky") {
		t.Fatal("the groups share a lane")
	}
	put(t, q, 16, all...)
	a, b := worker(t, q), worker(t, q)
	var by [2][]string
	for range 8 {
		for i, h := range []*Worker{a, b} {
			task := next(t, h)
			by[i] = append(by[i], task.ID)
			if err := task.Done(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, first := range []string{by[0][0][:3], by[1][0][:3]} {
		if len(by[i]) != 8 || slices.ContainsFunc(by[i], func(id string) bool { return id[:3] != first }) {
			t.Errorf("worker %d took %q", i, by[i])
		}
	}
}

func TestFailuresAreTriedAgain(t *testing.T) {
	q := local(t, Terms{Tries: 3, Backoff: time.Millisecond})
	put(t, q, 1, items("a")...)
	h := worker(t, q)
	for try := range 2 {
		task := next(t, h)
		if task.Tries != try+1 || task.Last || len(task.Errors()) != try {
			t.Fatalf("try %d: %+v", try+1, task)
		}
		if err := task.Again(t.Context(), fmt.Errorf("failed %d", try+1)); err != nil {
			t.Fatal(err)
		}
	}
	task := next(t, h)
	if err := task.Return(t.Context()); err != nil { // does not count
		t.Fatal(err)
	}
	task = next(t, h)
	if want := []string{"failed 1", "failed 2"}; task.Tries != 3 || !task.Last || !slices.Equal(task.Errors(), want) {
		t.Errorf("took %+v, want the third and last try, after %q", task, want)
	}
	if err := task.Done(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	none(t, h)
}

// A job whose worker falls silent is handed out again, and counts as tried. One whose
// worker is busy is not.
func TestSilentWorkersLoseTheirJobs(t *testing.T) {
	q := local(t, Terms{AckWait: 200 * time.Millisecond})
	put(t, q, 2, items("silent", "busy")...)
	a, b := worker(t, q), worker(t, q)
	silent, busy := next(t, a), next(t, a)
	var again *Task
	for try := range 3 { // and all this time busy is not handed out
		silent.stop()
		if again = next(t, b); again.ID != "silent" || again.Tries != try+2 || again.Errors() != nil {
			t.Fatalf("took %+v, want silent's try %d", again, try+2)
		}
		if try < 2 {
			silent = again
		}
	}
	for _, task := range []*Task{silent, again, busy} { // also the silent one's is taken
		if err := task.Done(t.Context(), []byte(task.ID)); err != nil {
			t.Fatal(err)
		}
	}
	left, err := q.Left(t.Context())
	if err != nil || left != (Left{Results: 2}) {
		t.Errorf("left are %+v, %v, want 2 results", left, err)
	}
	none(t, b)
}

func TestUncollectedResultsComeAgain(t *testing.T) {
	q := local(t, Terms{})
	put(t, q, 2, items("a", "b")...)
	h := worker(t, q)
	for range 2 {
		if err := next(t, h).Done(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // a collector that dies, and the next
		results, err := q.Results(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b"} {
			if r, err := results.Next(t.Context()); err != nil || r.ID != id {
				t.Fatalf("collected %+v, %v, want %s", r, err, id)
			}
		}
		results.Close()
	}
}

func TestServerKeepsItsQueue(t *testing.T) {
	folder := t.TempDir()
	s, err := Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	q := on(t, s.Access(), Terms{Info: []byte(`"nets"`)})
	put(t, q, 2, items("a", "b")...)
	if err := q.PutObject(t.Context(), "p", []byte("pixels")); err != nil {
		t.Fatal(err)
	}
	if err := next(t, worker(t, q)).Return(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()

	s, err = Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := dial(t, Access{URL: s.URL()})
	q, err = Open(t.Context(), c, "test", "1.0")
	if err != nil {
		t.Fatal(err)
	}
	if string(q.Terms.Info) != `"nets"` || q.Terms.Tries != 3 {
		t.Errorf("terms are %+v", q.Terms)
	}
	if data, err := q.Object(t.Context(), "p"); err != nil || string(data) != "pixels" {
		t.Errorf("object is %q, %v", data, err)
	}
	if err := q.Reclaim(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, q, 0, items("a", "b")...)
	h := worker(t, q)
	taken := []*Task{next(t, h), next(t, h)}
	slices.SortFunc(taken, func(a, b *Task) int { return strings.Compare(a.ID, b.ID) })
	if taken[0].ID != "a" || taken[0].Tries != 1 || taken[1].ID != "b" || taken[1].Tries != 1 {
		t.Errorf("took %+v and %+v", taken[0], taken[1])
	}
	if names, err := List(t.Context(), c); err != nil || !slices.Equal(names, []string{"test"}) {
		t.Errorf("queues are %q, %v", names, err)
	}
	if err := q.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if names, err := List(t.Context(), c); err != nil || names != nil {
		t.Errorf("queues are %q, %v", names, err)
	}
	if _, err := Open(t.Context(), c, "test", "1.0"); !errors.Is(err, ErrGone) {
		t.Errorf("opened a queue that was deleted: %v", err)
	}
}

// A result that is removed makes room for the job's next one at once.
func TestRemovedResult(t *testing.T) {
	q := local(t, Terms{})
	h := worker(t, q)
	results, err := q.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	for i := range 50 {
		put(t, q, 1, Item{ID: "a", Group: "g"})
		want := fmt.Sprint(i)
		if err := next(t, h).Done(t.Context(), []byte(want)); err != nil {
			t.Fatal(err)
		}
		r, err := results.Next(t.Context())
		if err != nil || string(r.Data) != want {
			t.Fatalf("want result %s, found %+v, %v", want, r, err)
		}
		if err := r.Remove(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// slowly is a way to a server whose answers wait while its gate is shut.
type slowly struct {
	nats.InProcessConnProvider
	gate *sync.Mutex
}

func (s slowly) InProcessConn() (net.Conn, error) {
	c, err := s.InProcessConnProvider.InProcessConn()
	return slowConn{c, s.gate}, err
}

type slowConn struct {
	net.Conn
	gate *sync.Mutex
}

func (c slowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.gate.Lock()
	defer c.gate.Unlock()
	return n, err
}

// gated is a server, and a worker that reaches it through a gate, open at first. The
// hand has done job a, and b is left.
func gated(t *testing.T) (*Server, *Worker, *sync.Mutex) {
	t.Helper()
	s, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	gate := new(sync.Mutex)
	at := s.Access()
	at.inProcess = slowly{at.inProcess, gate}
	q := on(t, at, Terms{})
	put(t, q, 2, Item{ID: "a", Group: "g"}, Item{ID: "b", Group: "g"})
	h := worker(t, q)
	if err := next(t, h).Done(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return s, h, gate
}

// A job that a busy server hands out late is not lost until its time is over.
func TestJobHandedOutLate(t *testing.T) {
	_, h, gate := gated(t)
	gate.Lock()
	late := time.AfterFunc(1500*time.Millisecond, gate.Unlock) // longer than the library waits
	defer late.Stop()
	task, err := h.Next(t.Context())
	if err != nil || task == nil || task.ID != "b" || task.Tries != 1 {
		t.Errorf("found %+v, %v, want b in its first try", task, err)
	}
	if task != nil {
		task.Drop()
	}
}

// A job that is on its way when the hand's context ends is still handed over, and can
// be given back untried.
func TestJobOnItsWay(t *testing.T) {
	s, h, gate := gated(t)
	elsewhere, err := Open(t.Context(), dial(t, s.Access()), "test", "1.0")
	if err != nil {
		t.Fatal(err)
	}
	gate.Lock()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer gate.Unlock()
		defer stop()
		for list := elsewhere.jobs.ListConsumers(t.Context()); ; list = elsewhere.jobs.ListConsumers(t.Context()) {
			for c := range list.Info() {
				if c.NumAckPending == 1 { // b is on its way
					return
				}
			}
			if pause(t.Context(), time.Millisecond) != nil {
				return
			}
		}
	}()
	task, err := h.Next(ctx)
	if err != nil || task == nil || task.ID != "b" {
		t.Fatalf("found %+v, %v, want b", task, err)
	}
	if err := task.Return(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := next(t, worker(t, elsewhere)); again.ID != "b" || again.Tries != 1 {
		t.Errorf("found %s in try %d, want b in its first", again.ID, again.Tries)
	} else {
		again.Drop()
	}
}
