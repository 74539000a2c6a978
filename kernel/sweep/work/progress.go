package work

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// Progress is how far a sweep is.
type Progress struct {
	Jobs    int            `json:"jobs"`             // of the grid
	Done    int            `json:"done"`             // that have a dream
	Dead    int            `json:"dead"`             // that were given up
	Share   float64        `json:"share"`            // that is done, 0..1, with the dreams under way
	Left    time.Duration  `json:"-"`                // until the end, guessed from this run so far; 0 while unknown
	Workers []WorkerState  `json:"workers"`          // that answer, by name
	Record  *folder.Record `json:"record,omitempty"` // that came just now, or nil
}

// watchEvery is how often workers are asked how they are, and within how long they
// have to answer.
const (
	watchEvery  = time.Second
	rollCallFor = 200 * time.Millisecond
)

// watcher follows a run.
type watcher struct {
	collector *collector
	queue     *queue.Queue
	server    *queue.Server // nil where it is elsewhere
	faults    int           // looks in a row that found that server unhealthy
	begun     time.Time
	first     float64 // share that was done when the run began

	mu      sync.Mutex // held while the progress is told
	tell    func(Progress)
	workers []WorkerState
}

// watch reports how the run goes, until ctx is done, the sweep was cancelled, or the server
// in this process has a fault that lasts.
func (w *watcher) watch(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	w.report(nil)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := w.lastingFault(); err != nil {
			return err
		}
		left, err := w.queue.Left(ctx)
		if errors.Is(err, queue.ErrGone) || err == nil && left.Cancelled {
			return &CancelledError{w.collector.left()}
		}
		workers := askWorkers(ctx, w.queue)
		w.mu.Lock()
		w.workers = workers
		w.mu.Unlock()
		w.report(nil)
	}
}

// mostFaults is how many looks in a row, one every watchEvery, have to find a server
// unhealthy until that ends a sweep: ten seconds. A server whose machine is busy is
// found unhealthy now and then, and works all the same.
const mostFaults = 10

func (w *watcher) lastingFault() (err error) {
	if w.server != nil {
		err = w.server.Down()
	}
	if w.faults++; err == nil {
		w.faults = 0
	}
	if w.faults < mostFaults {
		return nil
	}
	return err
}

// report tells how far the sweep is, with the record that came just now or nil.
func (w *watcher) report(r *folder.Record) {
	if w.tell == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.collector.progress()
	p.Record, p.Workers = r, w.workers
	for _, worker := range p.Workers {
		if _, ended := w.collector.state(worker.Job); worker.Job != "" && !ended {
			p.Share += worker.Share / float64(p.Jobs)
		}
	}
	p.Share = min(p.Share, 1)
	if gained := p.Share - w.first; gained > 0 {
		p.Left = time.Duration(float64(time.Since(w.begun)) * (1 - p.Share) / gained)
	}
	w.tell(p)
}

// askWorkers are the states of the workers that answer.
func askWorkers(ctx context.Context, q *queue.Queue) []WorkerState {
	answers, err := q.RollCall(ctx, rollCallFor)
	if err != nil {
		return nil // the connection is lost for the moment
	}
	var list []WorkerState
	for _, a := range answers {
		var s WorkerState
		if json.Unmarshal(a, &s) == nil {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b WorkerState) int { return cmp.Compare(a.Worker, b.Worker) })
	return list
}
