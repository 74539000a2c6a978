package display

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// A cell of GoNB is a program of its own, with a pipe to GoNB's kernel; there
// things are shown from the beginning.
func init() {
	if gonbui.IsNotebook {
		sink = &gonb{}
	}
}

// untilInterrupt is a context that also ends when a user interrupts a cell of GoNB,
// which sends its program a signal. Other sinks end contexts themselves.
func untilInterrupt(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := current().(*gonb); ok {
		return signal.NotifyContext(ctx, os.Interrupt)
	}
	return ctx, func() {}
}

const gonbPatience = 30 * time.Second // for GoNB to say that it has shown something

// gonb shows things in a cell of GoNB. Each call waits until GoNB has taken what
// it was given: what is in the pipe when the cell's program ends can be lost.
type gonb struct {
	mu      sync.Mutex
	shown   []string // ids of what the cell shows
	emptied []string // those that go away when the next thing is shown
}

func (g *gonb) Show(b Bundle, id string, update bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !update {
		if err := g.empty(); err != nil {
			return err
		}
		g.shown = append(g.shown, id)
	}
	return send(b, id)
}

// Clear empties what the cell has shown, piece by piece: GoNB has no message that
// clears an output, and what was printed stays.
func (g *gonb) Clear(wait bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.emptied, g.shown = append(g.emptied, g.shown...), nil
	if wait {
		return nil
	}
	return g.empty()
}

func (g *gonb) empty() error {
	for len(g.emptied) > 0 {
		if err := send(Bundle{"text/html": "", "text/plain": ""}, g.emptied[0]); err != nil {
			return err
		}
		g.emptied = g.emptied[1:]
	}
	return nil
}

// Ask reads the line byte by byte, to leave what follows to others that read
// stdin.
func (g *gonb) Ask(prompt string, secret bool) (string, error) {
	gonbui.RequestInput(prompt, secret)
	if err := gonbui.Error(); err != nil {
		return "", fmt.Errorf("display: ask: GoNB: %w", err)
	}
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := os.Stdin.Read(b)
		if n == 1 && b[0] == '\n' {
			return string(line), nil
		}
		line = append(line, b[:n]...)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", fmt.Errorf("display: ask: GoNB: %w", err)
		}
	}
}

// send gives GoNB a bundle and waits until it is published.
func send(b Bundle, id string) error {
	data := make(map[protocol.MIMEType]any, len(b))
	for kind, form := range b {
		data[protocol.MIMEType(kind)] = form
	}
	done := make(chan struct{})
	go func() {
		gonbui.SendData(&protocol.DisplayData{Data: data, DisplayID: id})
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(gonbPatience):
		return fmt.Errorf("display: GoNB has not answered in %v", gonbPatience)
	}
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("display: GoNB: %w", err)
	}
	return nil
}
