package jupyter

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/seed2310110f/godream/kernel/recipe"
)

// A child is the session's process as the kernel sees it.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	inLock sync.Mutex

	// replies are what orders lead to: done, completed, inspected. Closed when the
	// process has ended and all is read.
	replies chan event

	// Valid when replies is closed:
	exit  string // the reason that the process gave itself
	crash string // the report of Go's or C++'s runtime
	ended error  // what waiting for the process returned
}

// startChild starts the session's process. print gets what it prints, pass what
// it shows and asks.
func startChild(command []string, print func(name, text string), pass func(*child, event)) (*child, error) {
	mark := rand.Text() // nobody prints it by chance
	c := &child{cmd: exec.Command(command[0], command[1:]...), replies: make(chan event, 1)}
	c.cmd.Env = append(os.Environ(), markVariable+"="+mark, "GOTRACEBACK=none")
	in, err1 := c.cmd.StdinPipe()
	stdout, err2 := c.cmd.StdoutPipe()
	stderr, err3 := c.cmd.StderrPipe()
	err := errors.Join(err1, err2, err3)
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("jupyter: session: %w", err)
	}
	c.in = in
	marks, resume := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(marks)
		report := &crashReport{print: func(text string) { print("stderr", text) }}
		readMarked(stderr, mark, report.add, func([]byte) {
			report.release()
			marks <- struct{}{}
			<-resume
		})
		c.crash = strings.TrimSpace(report.held)
	}()
	go func() {
		readMarked(stdout, mark, func(text string) { print("stdout", text) }, func(line []byte) {
			_, alive := <-marks // stderr is read up to the same event
			c.take(line, pass)
			if alive {
				resume <- struct{}{}
			}
		})
		for range marks {
			resume <- struct{}{}
		}
		c.ended = c.cmd.Wait()
		close(c.replies)
	}()
	return c, nil
}

// take handles an event of the session's.
func (c *child) take(line []byte, pass func(*child, event)) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		return // cut short: the process is ending
	}
	switch e.Kind {
	case "exit":
		c.exit = e.Text
	case "ready", "done", "completed", "inspected":
		c.replies <- e
	default:
		pass(c, e)
	}
}

func (c *child) send(o order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("jupyter: session: %w", err)
	}
	c.inLock.Lock()
	defer c.inLock.Unlock()
	if _, err := c.in.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("jupyter: session: %w", err)
	}
	return nil
}

// kill ends the process at once.
func (c *child) kill() { _ = c.cmd.Process.Kill() } // one that has ended already is fine

// stop ends the process and waits until it has.
func (c *child) stop() {
	c.in.Close()
	c.kill()
	for range c.replies {
	}
}

// reason says in words why the process has ended.
func (c *child) reason() string {
	switch {
	case c.exit != "":
		return c.exit
	case c.crash != "":
		return recipe.CrashReason(c.crash)
	case c.ended != nil:
		return c.ended.Error()
	}
	return "it ended by itself"
}

// flood is how many bytes a second a cell may print. A cell that prints more
// waits: what clients have not taken yet is in the kernel's memory.
const flood = 4 << 20

// readMarked prints what a process writes, in whole characters. A null byte and the
// mark begin a line for the kernel, which event gets.
func readMarked(from io.Reader, mark string, print func(string), event func(line []byte)) {
	in := bufio.NewReaderSize(from, 64<<10)
	var text strings.Builder
	printed, since := 0, time.Now()
	flush := func() {
		if text.Len() == 0 {
			return
		}
		print(text.String())
		if printed += text.Len(); printed > flood {
			time.Sleep(time.Until(since.Add(time.Second)))
		}
		if time.Since(since) > time.Second {
			printed, since = 0, time.Now()
		}
		text.Reset()
	}
	defer flush()
	for {
		character, _, err := in.ReadRune()
		if err != nil {
			return
		}
		if character == 0 {
			if next, _ := in.Peek(len(mark)); string(next) == mark {
				flush()
				line, err := in.ReadBytes('\n')
				if err != nil {
					return
				}
				event(line[len(mark):])
				continue
			}
		}
		text.WriteRune(character)
		if in.Buffered() == 0 {
			flush()
		}
	}
}

// A crashReport prints text up to a line that may begin the runtime's report of a
// crash. From there on it holds the text until the next mark shows that the process
// goes on.
type crashReport struct {
	print func(string)
	held  string
}

func (r *crashReport) add(text string) {
	if r.held != "" {
		r.held += text
		return
	}
	if at := recipe.CrashBegins.FindStringIndex(text); at != nil {
		text, r.held = text[:at[0]], text[at[0]:]
	}
	if text != "" {
		r.print(text)
	}
}

func (r *crashReport) release() {
	if r.held != "" {
		r.print(r.held)
	}
	r.held = ""
}
