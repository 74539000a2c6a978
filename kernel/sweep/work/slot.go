package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// slot runs one job after another.
type slot struct {
	*worker
	name    string
	sources map[string]*source // by the queue's name

	mu    sync.Mutex
	state WorkerState
}

// source is a queue that a slot takes jobs from.
type source struct {
	queue       *queue.Queue
	jobs        *queue.Worker
	stopAnswers func() // to roll calls
	picture     []byte // the image file that was used last
	sha256      string // of picture
}

func (s *source) close() {
	s.stopAnswers()
	s.jobs.Close()
}

func newSlot(w *worker, i int) *slot {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	name := fmt.Sprintf("%s-%d-%d", host, os.Getpid(), i)
	return &slot{worker: w, name: name, sources: map[string]*source{}, state: WorkerState{Worker: name, Engine: w.engine}}
}

func (s *slot) close() {
	for _, from := range s.sources {
		from.close()
	}
}

// firstPause is the pause after a first look that found no job. It doubles up to
// WorkerOptions.Poll.
const firstPause = 10 * time.Millisecond

// work runs jobs until there is a reason to end.
func (s *slot) work(ctx context.Context) error {
	last, pause := time.Now(), firstPause
	for ctx.Err() == nil {
		worked, left, err := s.pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("sweep: worker: %w", err)
		case worked:
			last, pause = time.Now(), firstPause
			continue
		case s.options.Once && !left:
			return nil
		case s.options.Idle > 0 && time.Since(last) > s.options.Idle:
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(pause, s.options.Poll)):
		}
		pause *= 2
	}
	return nil
}

// pass takes a job from one of the queues and runs it. Where there is none, left
// reports whether one may still come.
func (s *slot) pass(ctx context.Context) (worked, left bool, err error) {
	for name, from := range s.sources {
		worked, err := s.take(ctx, from)
		if errors.Is(err, queue.ErrGone) {
			from.close()
			delete(s.sources, name)
			continue
		}
		if worked || err != nil {
			return worked, true, err
		}
	}
	if err := s.look(ctx); err != nil {
		return false, true, err
	}
	for _, from := range s.sources {
		l, err := from.queue.Left(ctx)
		if errors.Is(err, queue.ErrGone) {
			continue // found in the next pass
		}
		left = left || err != nil || l.Jobs > 0
	}
	return false, left, nil
}

// look opens queues that are new. A connection that is lost for the moment is
// no error.
func (s *slot) look(ctx context.Context) error {
	names := []string{s.options.Sweep}
	if s.options.Sweep == "" {
		var err error
		if names, err = queue.List(ctx, s.conn); err != nil {
			return nil // the next look finds out
		}
	}
	var refused error
	for _, name := range names {
		if s.sources[name] != nil {
			continue
		}
		from, err := s.open(ctx, name)
		switch {
		case errors.Is(err, queue.ErrGone), queue.Passing(err):
			continue
		case err != nil:
			refused = err
			continue
		}
		s.sources[name] = from
	}
	if refused != nil && len(s.sources) == 0 {
		return refused
	}
	return nil
}

// open opens a queue, if this worker can run its jobs.
func (s *slot) open(ctx context.Context, name string) (*source, error) {
	q, err := queue.Open(ctx, s.conn, name, dreamlib.Version)
	if err != nil {
		return nil, err
	}
	if err := s.check(q.Terms.Info); err != nil {
		return nil, fmt.Errorf("sweep %s: %w", name, err)
	}
	jobs, err := q.Worker()
	if err != nil {
		return nil, err
	}
	stop, err := q.Answer(s.answer)
	if err != nil {
		jobs.Close()
		return nil, err
	}
	return &source{queue: q, jobs: jobs, stopAnswers: stop}, nil
}

// answer is the slot's state for a roll call.
func (s *slot) answer() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, _ := json.Marshal(s.state) // plain data
	return text
}

func (s *slot) set(change func(*WorkerState)) {
	s.mu.Lock()
	change(&s.state)
	state := s.state
	s.mu.Unlock()
	if s.options.OnState != nil {
		s.options.OnState(state)
	}
}

// grace is how long a worker that ends tries to give its job back.
const grace = 3 * time.Second

// take takes a job from a queue, if there is one, and runs it.
func (s *slot) take(ctx context.Context, from *source) (worked bool, err error) {
	task, err := from.jobs.Next(ctx)
	if task == nil || err != nil {
		return false, err
	}
	defer task.Drop()
	s.set(func(w *WorkerState) { w.Job, w.Share, w.Since, w.Failed = task.ID, 0, time.Now(), "" })
	defer s.set(func(w *WorkerState) { w.Job = "" })

	running, stop := from.jobs.Until(ctx)
	defer stop()
	result, failed, err := s.try(running, from, task)
	back, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer stop()
	switch {
	case err == nil && failed == nil: // also where ctx has just ended
		if ctx.Err() == nil {
			back = ctx
		}
		if err = task.Done(back, result); err == nil {
			s.set(func(w *WorkerState) { w.Done++ })
		}
	case ctx.Err() != nil:
		err = task.Return(back)
	case running.Err() != nil: // cancelled
		err = nil
	case err == nil:
		s.set(func(w *WorkerState) { w.Failed = oneLine(failed) })
		err = task.Again(ctx, failed)
	}
	return true, err
}

// try dreams a task's job and returns the record to hand in. When the try failed and
// there may be another one, failed is the reason. An error is the queue's.
func (s *slot) try(ctx context.Context, from *source, task *queue.Task) (result []byte, failed, err error) {
	var job grid.Job
	var r folder.Record
	var file []byte
	if failed = json.Unmarshal(task.Data, &job); failed == nil && task.Tries > from.queue.Terms.Tries {
		failed = lost(task)
	}
	if failed == nil {
		if err = from.fetch(ctx, job.Picture); err != nil {
			return nil, nil, err
		}
		file, r, failed = s.safely(ctx, job, from.picture)
	}
	switch {
	case failed == nil:
		r.State, r.SHA256 = folder.Done, grid.SHA256(file)
		if err := from.queue.PutObject(ctx, dreamt(job.ID, r.SHA256), file); err != nil {
			return nil, nil, err
		}
	case ctx.Err() != nil || !task.Last:
		return nil, failed, nil
	default:
		r.State, r.Error = folder.Dead, oneLine(failed)
	}
	r.Job, r.Worker, r.Tries, r.Finished = job, s.name, min(task.Tries, from.queue.Terms.Tries), time.Now().UTC()
	if r.Engine == "" {
		r.Engine = s.engine
	}
	result, err = json.Marshal(r)
	return result, nil, err
}

// lost is the error of a job whose last try came to no end.
func lost(task *queue.Task) error {
	err := fmt.Errorf("its worker went away without a word, in try %d of %d", task.Tries-1, task.Tries-1)
	if before := task.Errors(); len(before) > 0 {
		err = fmt.Errorf("%w; before that: %s", err, before[len(before)-1])
	}
	return err
}

// fetch fetches an image file, unless it was the last one too.
func (s *source) fetch(ctx context.Context, picture grid.Input) (err error) {
	if s.sha256 == picture.SHA256 {
		return nil
	}
	s.sha256 = ""
	if s.picture, err = s.queue.Object(ctx, original(picture.SHA256)); err == nil {
		s.sha256 = picture.SHA256
	}
	return err
}

// original and dreamt are the names of the objects in a queue. A dream is its job's
// alone: it is deleted when that is collected.
func original(sha256 string) string    { return "picture-" + sha256 }
func dreamt(job, sha256 string) string { return "dream-" + job + "-" + sha256 }

// safely is dream with a panic as an error.
func (s *slot) safely(ctx context.Context, job grid.Job, picture []byte) (file []byte, r folder.Record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.dream(ctx, job, picture, func(share float64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.state.Share = share
	})
}

// oneLine is an error in one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
