// Package jupyter is the dream kernel for Jupyter: cells of Go that use dreamlib
// and keep their state, so that a network and its compiled programs stay warm.
//
//	folder, err := jupyter.UserFolder()
//	path, err := jupyter.Install(folder, "dream", jupyter.NewSpec("Dream (Go)", []string{"/usr/bin/dream", "kernel", "run"}))
//	err := jupyter.Run(ctx, "connection.json", []string{"dream", "kernel", "session"})
//
// The kernel's process holds the sockets and lives on whatever a cell does; the
// cells run in a child, which is replaced by a clean one when it dies. Package
// wire speaks to clients, package session runs cells.
package jupyter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed2310110f/godream/kernel/display"
	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

// How long an interrupted cell runs before the user is told how to end it, and
// for which time a second interrupt is taken for impatience.
const (
	remindAfter = 2 * time.Second
	doubleClick = 500 * time.Millisecond
	linger      = 100 * time.Millisecond // for the last messages to leave
)

// Kernel is a running kernel.
type kernel struct {
	command  []string    // that starts a session
	log      *log.Logger // of what is wrong with messages
	sockets  *wire.Sockets
	history  []entry
	aborting int // how many of the next requests are not run, since they waited when a cell failed
	quit     func()
	ending   atomic.Bool

	mu      sync.Mutex // guards what follows
	child   *child
	count   int          // In [count]
	parent  wire.Message // the request that output belongs to
	request executeRequest
	result  string // of the running cell, as text
	running bool
	stopped time.Time // when the running cell was interrupted; zero for never
	names   []string  // what the session has declared
	killed  bool      // the session's process was ended on request
}

// Run serves the clients of a connection file until one of them shuts the kernel
// down, ctx is done, or the process that started it is gone. The session is the command
// that starts the session's process, which calls Work.
func Run(ctx context.Context, connectionFile string, session []string) error {
	connection, err := wire.ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	k := &kernel{command: session, quit: stop, log: log.New(os.Stderr, "dream kernel: ", 0)}
	if k.sockets, err = wire.Listen(ctx, connection, k.log); err != nil {
		return err
	}
	defer k.sockets.Close()
	if err := k.start(); err != nil {
		return err
	}
	defer k.end()
	k.sockets.Publish(wire.Message{}, "status", map[string]any{"execution_state": "starting"})
	go k.control()
	go k.shell()
	go k.answers()
	orphaned := time.NewTicker(time.Second)
	defer orphaned.Stop()
	for parent := os.Getppid(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-orphaned.C:
			if os.Getppid() != parent {
				return nil
			}
		}
	}
}

// session is the session's process, nil when there is none.
func (k *kernel) session() *child {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.child
}

// start starts a clean session.
func (k *kernel) start() error {
	if k.ending.Load() {
		return errors.New("jupyter: session: the kernel is shutting down")
	}
	c, err := startChild(k.command, k.print, k.pass)
	if err != nil {
		return err
	}
	if e := <-c.replies; e.Kind != "ready" {
		return fmt.Errorf("jupyter: session: it did not start: %s", c.reason())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.child, k.names, k.killed = c, nil, false
	return nil
}

// end ends the session's process.
func (k *kernel) end() {
	k.ending.Store(true)
	k.mu.Lock()
	c := k.child
	k.child = nil
	k.mu.Unlock()
	if c != nil {
		c.stop()
	}
}

// print publishes what the session printed.
func (k *kernel) print(name, text string) {
	k.mu.Lock()
	parent, silent := k.parent, k.request.Silent
	k.mu.Unlock()
	if !silent {
		k.sockets.Publish(parent, "stream", map[string]any{"name": name, "text": text})
	}
}

// control serves what must not wait for a cell.
func (k *kernel) control() {
	for m := range k.sockets.Requests[wire.Control] {
		k.busy(m, func() {
			switch m.Header.Type {
			case "interrupt_request":
				k.interrupt()
				k.sockets.Reply(wire.Control, m, "interrupt_reply", map[string]any{"status": "ok"})
			default:
				k.answer(wire.Control, m)
			}
		})
	}
}

// shell serves requests one after another.
func (k *kernel) shell() {
	for m := range k.sockets.Requests[wire.Shell] {
		k.busy(m, func() {
			switch {
			case m.Header.Type != "execute_request":
				k.answer(wire.Shell, m)
			case k.aborting > 0:
				k.sockets.Reply(wire.Shell, m, "execute_reply", map[string]any{"status": "aborted", "execution_count": k.count})
			default:
				k.execute(m)
			}
		})
		k.aborting = max(0, k.aborting-1)
	}
}

// busy tells clients that a request is being worked on, and that it is done.
func (k *kernel) busy(m wire.Message, work func()) {
	k.sockets.Publish(m, "status", map[string]any{"execution_state": "busy"})
	work()
	k.sockets.Publish(m, "status", map[string]any{"execution_state": "idle"})
	if m.Header.Type == "shutdown_request" {
		time.AfterFunc(linger, k.quit) // zmq4 does not say when its queue is empty
	}
}

// interrupt asks the running cell to stop; again, it ends the session's process.
func (k *kernel) interrupt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !k.running || k.child == nil:
	case k.stopped.IsZero():
		k.stopped = time.Now()
		if err := k.child.send(order{Kind: "interrupt"}); err != nil {
			k.log.Print(err)
		}
		cell := k.parent.Header.ID
		time.AfterFunc(remindAfter, func() { k.remind(cell) })
	case time.Since(k.stopped) > doubleClick:
		k.killed = true
		k.child.kill()
	}
}

// remind tells the user what a cell that goes on after an interrupt is doing.
func (k *kernel) remind(cell string) {
	k.mu.Lock()
	still := k.running && k.parent.Header.ID == cell && !k.stopped.IsZero()
	k.mu.Unlock()
	if still {
		k.print("stderr", "dream: interrupted, but the cell is in a call that does not look: interrupt again to end the session, with all that it holds\n")
	}
}

// failure is a reply that says what went wrong.
func failure(f *fault) map[string]any {
	trace := f.Trace
	if trace == nil {
		trace = []string{f.Name + ": " + f.Value}
	}
	return map[string]any{"status": "error", "ename": f.Name, "evalue": f.Value, "traceback": trace}
}

// data is a bundle as Jupyter wants it.
func data(b display.Bundle) map[string]any {
	if b == nil {
		b = display.Bundle{}
	}
	return map[string]any{"data": b, "metadata": map[string]any{}}
}

// read takes a request's content apart.
func read[T any](m wire.Message) (content T, err error) {
	if err := json.Unmarshal(m.Content, &content); err != nil {
		return content, fmt.Errorf("jupyter: %s: %w", m.Header.Type, err)
	}
	return content, nil
}
