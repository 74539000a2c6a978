//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// process is the program as a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *stream
	stderr *stream
}

// stream is an output that is waited for line by line.
type stream struct {
	name string
	pipe io.ReadCloser
	in   *bufio.Reader
	read bytes.Buffer // all lines so far
}

func newStream(t *testing.T, name string, open func() (io.ReadCloser, error)) *stream {
	t.Helper()
	pipe, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return &stream{name: name, pipe: pipe, in: bufio.NewReader(pipe)}
}

// patient is how long a test waits for what must come before it gives up.
const patient = 2 * time.Minute

// start starts the program in the current folder. It ends with the test at the
// latest.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), patient)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	p := &process{t: t, cmd: cmd, stdout: newStream(t, "stdout", cmd.StdoutPipe), stderr: newStream(t, "stderr", cmd.StderrPipe)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // an error where the test waited already
	})
	return p
}

// startDream starts a dream that only ends when it is made to.
func startDream(t *testing.T, args ...string) *process {
	t.Helper()
	return start(t, slices.Concat([]string{"run"}, quick, []string{"--octaves", "1", "--iterations", "1000000000"}, args)...)
}

// await reads lines until one holds text.
func (p *process) await(s *stream, text string) {
	p.t.Helper()
	for {
		line, err := s.in.ReadString('\n')
		s.read.WriteString(line)
		if strings.Contains(line, text) {
			return
		}
		if err != nil {
			p.t.Fatalf("%s ended without %q: %q", s.name, text, s.read.String())
		}
	}
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// end reads the rest and returns how the process ended.
func (p *process) end() (outcome, syscall.WaitStatus) {
	p.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(&p.stdout.read, p.stdout.in) // the test may have closed it
	}()
	_, _ = io.Copy(&p.stderr.read, p.stderr.in)
	<-done
	_ = p.cmd.Wait() // the status says it all
	status := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return outcome{status.ExitStatus(), p.stdout.read.String(), p.stderr.read.String()}, status
}

// A reader who leaves early, as head does, does not end a dream.
func TestRunOutlivesItsReaders(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	p := start(t, slices.Concat([]string{"run"}, quick, []string{picture, "-o", "json.png", "--json"})...)
	p.await(p.stdout, `"event":"start"`)
	if err := p.stdout.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if o, _ := p.end(); o.exit != 0 || o.stderr != "" {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
	readDream(t, "json.png")

	p = start(t, slices.Concat([]string{"run"}, quick, []string{picture, "-o", "lines.png"})...)
	for _, s := range []*stream{p.stdout, p.stderr} {
		if err := s.pipe.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if o, _ := p.end(); o.exit != 0 {
		t.Errorf("exit %d", o.exit)
	}
	readDream(t, "lines.png")

	p = start(t, "layers", "--json")
	if err := p.stdout.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if o, _ := p.end(); o.exit != 0 || o.stderr != "" {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
}

// A full disk behind standard output is an error, and costs no picture.
func TestRunSaysThatEventsAreLost(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("needs a full disk: ", err)
	}
	defer full.Close()
	t.Chdir(t.TempDir())
	picture := photo(t)
	var stderr bytes.Buffer
	args := slices.Concat([]string{"run"}, quick, []string{picture, "--json"})
	if exit := execute(context.Background(), args, full, &stderr); exit != terminal.ExitFailed {
		t.Errorf("exit %d", exit)
	}
	if want := "dream: photo-dream.png is written, but not every event: write /dev/full: no space left on device\n"; stderr.String() != want {
		t.Errorf("printed %q, want %q", stderr.String(), want)
	}
	readDream(t, "photo-dream.png")
}
