//go:build unix

package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

func TestInterruptSavesThePicture(t *testing.T) {
	picture := photo(t)
	for _, c := range []struct {
		signal os.Signal
		out    string
		json   bool
	}{{os.Interrupt, "out.png", true}, {syscall.SIGTERM, "out.jpg", true}} {
		t.Chdir(t.TempDir())
		put(t, ".", c.out, []byte("old"))
		p := startDream(t, picture, "-o", c.out, "--json")
		p.await(p.stdout, `"event":"step"`)
		p.signal(c.signal)
		o, status := p.end()
		if status.Signaled() || o.exit != terminal.ExitInterrupted {
			t.Fatalf("%v: ended by %v, exit %d: %s", c.signal, status.Signal(), o.exit, o.stderr)
		}
		want := regexp.MustCompile(`^dream: interrupted after \d+ steps?: the picture so far is ` + c.out + "; to go on, dream on it, or start over\n$")
		if !want.MatchString(o.stderr) {
			t.Errorf("%v: printed %q", c.signal, o.stderr)
		}
		if !strings.Contains(o.stdout, `{"event":"done","output":"`+c.out+`"`) {
			t.Errorf("%v: the last event is missing: %.300q", c.signal, o.stdout)
		}
		m, record := readDream(t, c.out)
		if m.Width != 40 || m.Height != 30 || record.Steps < 1 || !strings.HasPrefix(record.Ended, "interrupted after ") {
			t.Errorf("%v: %dx%d pixels, %d steps, ended %q", c.signal, m.Width, m.Height, record.Steps, record.Ended)
		}
		if held := slices.Collect(maps.Keys(files(t, "."))); !slices.Equal(held, []string{c.out}) {
			t.Errorf("%v: left %q", c.signal, held)
		}
		wantMistake(t, dream(t, "redo", c.out), terminal.ExitFailed, c.out+" is not a whole dream: interrupted after ")
	}
}

// A dream that ends on a small octave is brought to the picture's size.
func TestInterruptOnASmallOctave(t *testing.T) {
	t.Chdir(t.TempDir())
	p := startDream(t, photo(t), "--octaves", "3", "--json")
	p.await(p.stdout, `"event":"step"`)
	p.signal(os.Interrupt)
	if o, _ := p.end(); o.exit != terminal.ExitInterrupted {
		t.Fatalf("exit %d: %s", o.exit, o.stderr)
	}
	if m, record := readDream(t, "photo-dream.png"); m.Width != 40 || m.Height != 30 || record.Config.Octaves != 3 {
		t.Errorf("%dx%d pixels, recorded %+v", m.Width, m.Height, record)
	}
}

// startOnPipe starts a dream on a picture that comes through a pipe, and
// returns the pipe's other end: the dream cannot begin before the test lets it.
func startOnPipe(t *testing.T) (*process, *os.File) {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Skip("needs a named pipe: ", err)
	}
	p := startDream(t, pipe, "-o", "out.png")
	opened := make(chan *os.File, 1)
	go func() {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0) // when the program opens it for reading
		if err != nil {
			t.Error(err)
		}
		opened <- f
	}()
	select {
	case f := <-opened:
		t.Cleanup(func() { f.Close() })
		return p, f
	case <-time.After(patient):
		t.Fatal("the picture was never opened")
		return nil, nil
	}
}

func TestInterruptBeforeTheFirstStep(t *testing.T) {
	data, err := os.ReadFile(photo(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Chdir(t.TempDir())
		put(t, ".", "out.png", []byte("old"))
		p, pipe := startOnPipe(t)
		p.signal(signal)
		p.await(p.stderr, "dream: interrupted: ending after this step; again to end now and lose it")
		if _, err := pipe.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := pipe.Close(); err != nil {
			t.Fatal(err)
		}
		o, _ := p.end()
		if o.exit != terminal.ExitInterrupted || o.stdout != "" || !strings.HasSuffix(o.stderr, "\ndream: interrupted before the first step: nothing was written\n") {
			t.Errorf("%v: exit %d, printed %q and %q", signal, o.exit, o.stdout, o.stderr)
		}
		if held := files(t, "."); !maps.Equal(held, map[string]string{"out.png": "old"}) {
			t.Errorf("%v: files changed: %q", signal, held)
		}
	}
}

func TestSecondInterruptEndsAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "out.png", []byte("old"))
	p, _ := startOnPipe(t)
	p.signal(os.Interrupt)
	p.await(p.stderr, "again to end now")
	p.signal(os.Interrupt)
	if _, status := p.end(); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with status %#x, want by SIGINT", status)
	}
	if held := files(t, "."); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("files changed: %q", held)
	}
}

func TestKillLeavesTheOldFile(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, ".", "out.png", []byte("old"))
	p := startDream(t, photo(t), "-o", "out.png", "--json")
	p.await(p.stdout, `"event":"step"`)
	p.signal(os.Kill)
	p.end()
	if held := files(t, "."); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("files changed: %q", held)
	}
}
