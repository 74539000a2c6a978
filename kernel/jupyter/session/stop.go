package session

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"
)

// stoppable is the context of a whole session. An interrupt ends it until the
// next cell begins: so a context that one cell keeps serves the others.
type stoppable struct {
	mu     sync.Mutex
	now    context.Context
	cancel context.CancelFunc
}

func newStoppable() *stoppable {
	s := &stoppable{}
	s.renew()
	return s
}

func (s *stoppable) current() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// renew begins another cell.
func (s *stoppable) renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || s.now.Err() != nil {
		s.now, s.cancel = context.WithCancel(context.Background())
	}
}

func (s *stoppable) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel()
}

func (s *stoppable) Deadline() (time.Time, bool) { return time.Time{}, false }
func (s *stoppable) Done() <-chan struct{}       { return s.current().Done() }
func (s *stoppable) Err() error                  { return s.current().Err() }

// Value shows the context underneath to package context, so that contexts made of
// this one end with that, also when the next cell has begun by then.
func (s *stoppable) Value(key any) any { return s.current().Value(key) }

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
