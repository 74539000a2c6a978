package jupyter

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"

	"github.com/seed2310110f/godream/kernel/display"
	"github.com/seed2310110f/godream/kernel/jupyter/session"
	"github.com/seed2310110f/godream/kernel/recipe"
)

const maxStack = 256 << 20 // bytes; endless recursion ends there, before it takes a gigabyte

// Work is the session's process: it runs cells until its stdin ends. The kernel
// starts it as a child; nobody else needs to.
func Work(memory int64, folders []string) error {
	mark := os.Getenv(markVariable)
	if mark == "" {
		return errors.New("jupyter: this is the inner half of a kernel, which \"dream kernel run\" starts")
	}
	signal.Ignore(os.Interrupt) // the kernel sends an order
	debug.SetMaxStack(maxStack)
	if err := recipe.LimitMemory(0, memory); err != nil {
		return fmt.Errorf("jupyter: memory limit: %w", err)
	}
	w := &worker{runs: make(chan order), answers: make(chan order, 1), mark: mark}
	var err error
	w.session, err = session.New(session.Host{Stdin: &asker{worker: w}, Stdout: os.Stdout, Stderr: os.Stderr, Folders: folders,
		Show: w.result,
		Exit: func(code int) {
			w.send(event{Kind: "exit", Text: fmt.Sprintf("the cell ended it with os.Exit(%d) or log.Fatal", code)})
			os.Exit(code)
		}})
	if err != nil {
		return err
	}
	display.SetSink(w)
	go w.listen(os.Stdin)
	w.send(event{Kind: "ready"})
	for o := range w.runs {
		w.run(o)
	}
	return nil
}

// worker is a session and its end of the conversation.
type worker struct {
	session *session.Session
	runs    chan order
	answers chan order
	mark    string
	sending sync.Mutex
}

// listen takes orders; those that a running cell must not delay are done here.
func (w *worker) listen(from io.Reader) {
	orders := json.NewDecoder(bufio.NewReader(from))
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			os.Exit(0) // the kernel is gone
		}
		switch o.Kind {
		case "run":
			w.session.Renew()
			w.runs <- o
		case "interrupt":
			w.session.Interrupt()
		case "answer":
			select {
			case w.answers <- o:
			default: // nobody has asked
			}
		case "complete":
			c := w.session.Complete(o.Code, o.Cursor)
			w.send(event{Kind: "completed", Matches: c.Names, Kinds: c.Kinds, From: c.From, To: c.To})
		case "inspect":
			w.send(event{Kind: "inspected", Bundle: w.session.Inspect(o.Code, o.Cursor, o.Detail)})
		}
	}
}

// send tells the kernel something, after all output so far.
func (w *worker) send(e event) {
	line, err := json.Marshal(e)
	w.sending.Lock()
	defer w.sending.Unlock()
	if err == nil {
		_, err = fmt.Fprintf(os.Stderr, "\x00%s\n", w.mark)
	}
	if err == nil {
		_, err = fmt.Fprintf(os.Stdout, "\x00%s%s\n", w.mark, line)
	}
	if err != nil {
		os.Exit(1) // the kernel is gone
	}
}

func (w *worker) run(o order) {
	done := event{Kind: "done"}
	if query, ok := session.Question(o.Code); ok {
		if done.Page = w.session.Inspect(query, len(query), 1); done.Page == nil {
			done.Fault = &fault{Name: "NotFound", Value: "nothing is known about " + query}
		}
	} else if err := w.session.Run(o.Number, o.Code); err != nil {
		done.Fault = faultOf(err)
	}
	done.Names = w.session.Names()
	w.send(done)
}

// faultOf is an error as Jupyter shows it.
func faultOf(err error) *fault {
	f := &fault{Name: "Error", Value: err.Error()}
	var e *session.Error
	if errors.As(err, &e) {
		f.Name = e.Name
		f.Trace = e.Trace
	}
	f.Trace = append([]string{"\x1b[31m" + f.Name + "\x1b[0m: " + f.Value}, f.Trace...)
	return f
}

// result shows the values of a cell's last expression; of several, all but the
// last are shown like anything else.
func (w *worker) result(values []any) {
	for i, v := range values {
		kind := "show"
		if i == len(values)-1 {
			kind = "result"
		}
		w.send(event{Kind: kind, Bundle: display.Of(v)})
	}
}

// Show, Clear and Ask are what package display needs.

func (w *worker) Show(b display.Bundle, id string, update bool) error {
	w.send(event{Kind: "show", Bundle: b, ID: id, Update: update})
	return nil
}

func (w *worker) Clear(wait bool) error {
	w.send(event{Kind: "clear", Wait: wait})
	return nil
}

func (w *worker) Ask(prompt string, secret bool) (string, error) {
	select {
	case <-w.answers: // to a question that was interrupted
	default:
	}
	w.send(event{Kind: "ask", Text: prompt, Secret: secret})
	select {
	case a := <-w.answers:
		if a.Failed != "" {
			return "", errors.New("jupyter: ask: " + a.Failed)
		}
		return a.Text, nil
	case <-w.session.Interrupted():
		return "", errors.New("jupyter: ask: interrupted")
	}
}

// asker is the stdin of cells: each read asks for a line when none is left.
type asker struct {
	worker *worker
	rest   string
}

func (a *asker) Read(p []byte) (int, error) {
	if a.rest == "" {
		line, err := a.worker.Ask("", false)
		if err != nil {
			return 0, err
		}
		a.rest = line + "\n"
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// markVariable is the environment variable with the mark.
const markVariable = "DREAM_KERNEL_MARK"
