package jupyter

import (
	"sync"

	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

// A queue holds the requests that have arrived and wait. When a cell fails, those
// to run cells that are there already are aborted.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	list    []queued
	closed  bool
}

type queued struct {
	wire.Message
	aborted bool
}

func newQueue() *queue {
	q := &queue{}
	q.changed.L = &q.mu
	return q
}

// fill takes requests until there are no more.
func (q *queue) fill(from <-chan wire.Message) {
	for m := range from {
		q.mu.Lock()
		q.list = append(q.list, queued{Message: m})
		q.changed.Signal()
		q.mu.Unlock()
	}
	q.mu.Lock()
	q.closed = true
	q.changed.Signal()
	q.mu.Unlock()
}

// next waits for a request; open is false when there are no more.
func (q *queue) next() (m wire.Message, aborted, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 {
		if q.closed {
			return m, false, false
		}
		q.changed.Wait()
	}
	first := q.list[0]
	q.list = q.list[1:]
	return first.Message, first.aborted, true
}

// abort marks the requests that wait.
func (q *queue) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.list {
		q.list[i].aborted = true
	}
}
