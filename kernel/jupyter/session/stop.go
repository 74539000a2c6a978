package session

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// stoppable is the context of a whole session. An interrupt ends it until the
// next cell begins: so a context that one cell keeps serves the others.
type stoppable struct{ now atomic.Pointer[stop] }

type stop struct {
	context.Context
	cancel context.CancelFunc
}

// renew begins another cell.
func (s *stoppable) renew() {
	if now := s.now.Load(); now == nil || now.Err() != nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.now.Store(&stop{ctx, cancel})
	}
}

func (s *stoppable) stop() { s.now.Load().cancel() }

func (s *stoppable) Deadline() (time.Time, bool) { return time.Time{}, false }
func (s *stoppable) Done() <-chan struct{}       { return s.now.Load().Done() }
func (s *stoppable) Err() error                  { return s.now.Load().Err() }

// Value shows the context underneath to package context, so that contexts made of
// this one end with that, also when the next cell has begun by then.
func (s *stoppable) Value(key any) any { return s.now.Load().Value(key) }

func (s *stoppable) String() string { return "the session's context" }

// traces filters yaegi's lines about the functions that a panic passes through out of
// stderr, and keeps them.
type traces struct {
	next io.Writer
	mu   sync.Mutex
	list []string
}

// passed matches such a line: where the function begins, and its name.
var passed = regexp.MustCompile(`^(?:cell (\d+)(?:ꞏ\d+)?:(\d+):\d+|\S.*): panic: main\.?(.*)\(\.\.\.\)\n$`)

func (t *traces) Write(p []byte) (int, error) {
	m := passed.FindSubmatch(p)
	if m == nil {
		return t.next.Write(p)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if name := plain(string(bytes.TrimPrefix(m[3], []byte(".")))); name != "init" && name != "" && len(m[1]) > 0 {
		t.list = append(t.list, fmt.Sprintf("  in %s, cell %s, from line %s", name, m[1], m[2]))
	}
	return len(p), nil
}

func (t *traces) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = nil
}

func (t *traces) calls() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list
}
