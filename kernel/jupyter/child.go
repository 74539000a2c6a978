package jupyter

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A child is the session's process as the kernel sees it.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	inLock sync.Mutex

	// replies are what orders lead to: done, completed, inspected. Closed when the
	// process has ended and all is read.
	replies chan event

	out, errs *stream
	exit      string // what the process said of its end, itself
	ended     error  // how it ended; valid when replies is closed
}

// startChild starts the session's process. print gets what it prints, pass what
// it shows and asks.
func startChild(command []string, print func(name, text string), pass func(*child, event)) (*child, error) {
	mark := rand.Text() + ":" // nobody prints it by chance
	c := &child{cmd: exec.Command(command[0], command[1:]...), replies: make(chan event, 1)}
	c.cmd.Env = append(os.Environ(), markVariable+"="+mark, "GOTRACEBACK=none")
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("jupyter: session: %w", err)
	}
	var pipes [3][2]*os.File
	for i := range pipes {
		if pipes[i][0], pipes[i][1], err = os.Pipe(); err != nil {
			return nil, fmt.Errorf("jupyter: session: %w", err)
		}
	}
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.ExtraFiles = pipes[0][1], pipes[1][1], []*os.File{pipes[2][1]}
	err = c.cmd.Start()
	for _, p := range pipes {
		p[1].Close()
		if err != nil {
			p[0].Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("jupyter: session: %w", err)
	}
	c.out = newStream(pipes[0][0], mark, func(text string) { print("stdout", text) })
	c.errs = newStream(pipes[1][0], mark, func(text string) { print("stderr", text) })
	go c.out.read()
	go c.errs.read()
	go c.listen(pipes[2][0], pass)
	return c, nil
}

// listen passes events on, each after the output before it.
func (c *child) listen(from *os.File, pass func(*child, event)) {
	defer from.Close()
	lines := json.NewDecoder(bufio.NewReader(from))
	for {
		var e event
		if err := lines.Decode(&e); err != nil {
			break
		}
		c.out.wait(e.Mark)
		c.errs.wait(e.Mark)
		switch e.Kind {
		case "exit":
			c.exit = e.Text
		case "ready", "done", "completed", "inspected":
			c.replies <- e
		default:
			pass(c, e)
		}
		c.out.tell(e.Mark, false)
		c.errs.tell(e.Mark, false)
	}
	c.out.tell(0, true)
	c.errs.tell(0, true)
	c.ended = c.cmd.Wait()
	c.out.wait(-1)
	c.errs.wait(-1)
	close(c.replies)
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
	crash := c.errs.crash()
	var exit *exec.ExitError
	switch {
	case c.exit != "":
		return c.exit
	case strings.Contains(crash, "stack exceeds"):
		return "its stack overflowed, as with endless recursion"
	case strings.Contains(crash, "out of memory"), strings.Contains(crash, "cannot allocate memory"), strings.Contains(crash, "std::bad_alloc"):
		return "it ran out of memory"
	case strings.Contains(crash, "all goroutines are asleep"):
		return "every goroutine waited for another"
	case crash != "":
		line, _, _ := strings.Cut(crash, "\n")
		if strings.HasPrefix(line, "panic: ") {
			return "a goroutine panicked: " + strings.TrimPrefix(line, "panic: ")
		}
		return line
	case errors.As(c.ended, &exit):
		return exit.String()
	}
	return "it ended by itself"
}

// flood is how many bytes a second a cell may print. A cell that prints more
// waits: what clients have not taken yet is in the kernel's memory.
const flood = 4 << 20

// A stream is what the session prints, between marks.
type stream struct {
	from  *os.File
	mark  []byte
	print func(string)

	mu     sync.Mutex
	passed sync.Cond
	seen   int    // the last mark; -1 at the end
	told   int    // the last mark whose event has been passed on, before which nothing after it is printed
	over   bool   // whether there are no more events
	held   []byte // what looks like the runtime's last words
}

func newStream(from *os.File, mark string, print func(string)) *stream {
	s := &stream{from: from, mark: []byte(mark), print: print}
	s.passed.L = &s.mu
	return s
}

// wait returns when a mark has been passed, or the stream has ended.
func (s *stream) wait(mark int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.seen >= 0 && (mark < 0 || s.seen < mark) {
		s.passed.Wait()
	}
}

// pass notes a mark, and waits until its event has been passed on.
func (s *stream) pass(mark int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = mark
	s.passed.Broadcast()
	for mark >= 0 && s.told < mark && !s.over {
		s.passed.Wait()
	}
}

// tell lets the stream go on after a mark; over says that no event follows.
func (s *stream) tell(mark int, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told, s.over = max(s.told, mark), over
	s.passed.Broadcast()
}

func (s *stream) crash() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSpace(string(s.held))
}

// read prints what arrives, in whole characters, until the stream ends.
func (s *stream) read() {
	defer s.from.Close()
	var left []byte
	buf := make([]byte, 64<<10)
	printed, since := 0, time.Now()
	for {
		n, err := s.from.Read(buf)
		if printed += n; printed > flood && err == nil {
			time.Sleep(time.Until(since.Add(time.Second)))
		}
		if time.Since(since) > time.Second {
			printed, since = 0, time.Now()
		}
		left = s.take(append(left, buf[:n]...))
		if err != nil {
			if len(s.held) == 0 && len(left) > 0 {
				s.print(string(left))
			}
			s.pass(-1)
			return
		}
	}
}

// take prints text up to the last mark or character that may be incomplete, and
// returns the rest.
func (s *stream) take(text []byte) []byte {
	for {
		at := bytes.Index(text, s.mark)
		if at < 0 {
			break
		}
		end := bytes.IndexByte(text[at:], 0)
		if end < 0 {
			s.say(text[:at])
			return append([]byte{}, text[at:]...)
		}
		s.say(text[:at])
		s.release()
		number, err := strconv.Atoi(string(text[at+len(s.mark) : at+end]))
		text = text[at+end+1:]
		if err == nil {
			s.pass(number)
		}
	}
	keep := len(text)
	for n := min(len(s.mark)-1, len(text)); n > 0; n-- { // the beginning of a mark
		if bytes.HasPrefix(s.mark, text[len(text)-n:]) {
			keep = len(text) - n
			break
		}
	}
	for n := 1; keep == len(text) && n < utf8.UTFMax && n <= len(text); n++ { // or of a character
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-n:]) {
				keep = len(text) - n
			}
			break
		}
	}
	s.say(text[:keep])
	return append([]byte{}, text[keep:]...)
}

// lastWords begin what Go's runtime and C++'s say when a process crashes.
var lastWords = [][]byte{[]byte("panic: "), []byte("fatal error: "), []byte("runtime: "), []byte("SIG"), []byte("terminate called"), []byte("unexpected fault")}

// say prints text; from a line on that may be the process's last words it is
// held until the next mark shows that they were not.
func (s *stream) say(text []byte) {
	s.mu.Lock()
	if len(s.held) == 0 {
		for from := 0; from < len(text); {
			for _, words := range lastWords {
				if bytes.HasPrefix(text[from:], words) && len(s.held) == 0 {
					s.held = append(s.held, text[from:]...)
					text = text[:from]
				}
			}
			next := bytes.IndexByte(text[min(from, len(text)):], '\n')
			if next < 0 {
				break
			}
			from += next + 1
		}
	} else {
		s.held = append(s.held, text...)
		text = nil
	}
	s.mu.Unlock()
	if len(text) > 0 {
		s.print(string(text))
	}
}

// release prints what was held for nothing.
func (s *stream) release() {
	s.mu.Lock()
	held := s.held
	s.held = nil
	s.mu.Unlock()
	if len(held) > 0 {
		s.print(string(held))
	}
}
