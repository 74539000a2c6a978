//go:build unix

package display

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// cellVariable makes the test's binary the program of a cell.
const cellVariable = "DISPLAY_TEST_CELL"

// cells are what users would write, by name.
var cells = map[string]func() error{"calls": calls, "dream": endless}

func TestMain(m *testing.M) {
	if cell := cells[os.Getenv(cellVariable)]; cell != nil {
		if err := cell(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0) // at once, as cells end
	}
	os.Exit(m.Run())
}

// calls shows things and asks.
func calls() error {
	first, err := Text("one")
	if err != nil {
		return err
	}
	if _, err := first.HTML("<b>two</b>"); err != nil {
		return err
	}
	if err := Clear(true); err != nil {
		return err
	}
	name, err := AskSecret("name: ")
	if err != nil {
		return err
	}
	if _, err := Image(picture.New(2, 2)); err != nil {
		return err
	}
	rest, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	_, err = Markdown(name + " then " + rest)
	return err
}

// endless dreams until it is interrupted.
func endless() error {
	model, picture, cfg, err := tinyDream()
	if err != nil {
		return err
	}
	cfg.Iterations = 1 << 20
	var live Live
	result, err := live.Dream(context.Background(), model, picture, cfg)
	if !errors.Is(err, context.Canceled) || result == nil || len(result.Values) == 0 {
		return fmt.Errorf("want the picture so far, found %v, %v", result, err)
	}
	return nil
}

// TestGoNB runs a cell that shows and asks.
func TestGoNB(t *testing.T) {
	found := runCell(t, "calls", func(program *os.Process, stdin io.Writer, said string) {
		if strings.HasPrefix(said, "ask") {
			io.WriteString(stdin, "ann\nbob\n")
		}
	})
	want := []string{
		"1 text/plain one", "sync",
		"1 text/html <b>two</b>", "sync",
		"ask name:  true",
		"1 text/html ", "sync", // cleared when the next thing is shown
		"2 image/png", "sync",
		"3 text/markdown ann then bob\n", "sync",
	}
	if !reflect.DeepEqual(found, want) {
		t.Errorf("GoNB was told %q, want %q", found, want)
	}
}

// TestInterrupt interrupts a cell that dreams, as GoNB does it.
func TestInterrupt(t *testing.T) {
	found := runCell(t, "dream", func(program *os.Process, _ io.Writer, said string) {
		if said == "2 image/png" { // of the first step
			program.Signal(os.Interrupt)
		}
	})
	text := strings.Join(found, "\n")
	if last := text[strings.LastIndex(text, "1 text/html"):]; !strings.Contains(last, "ended early: ") || !strings.Contains(last, "\n2 image/png\nsync") {
		t.Errorf("GoNB was told %q", last)
	}
}

// runCell is the other end of GoNB's pipes for a cell. It tells what it was told,
// and calls heard after each thing.
func runCell(t *testing.T, cell string, heard func(program *os.Process, stdin io.Writer, said string)) []string {
	t.Helper()
	there, in := pipe(t)
	back, out := pipe(t)
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), cellVariable+"="+cell, protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	stdin, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	program.Stdout, program.Stderr = &printed, &printed
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		err := program.Wait()
		in.SetReadDeadline(time.Unix(1, 0)) // nothing comes any more
		ended <- err
	}()
	found := serve(t, in, out, func(said string) { heard(program.Process, stdin, said) })
	if err := <-ended; err != nil {
		t.Errorf("%v: %s", err, &printed)
	}
	return found
}

// pipe is a named pipe and its end here, which needs none there to be opened.
func pipe(t *testing.T) (string, *os.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

// serve does what GoNB does until the program has ended, and tells what it was
// told.
func serve(t *testing.T, in io.Reader, out io.Writer, heard func(string)) (found []string) {
	messages, answers := gob.NewDecoder(in), gob.NewEncoder(out)
	ids := map[string]int{}
	for {
		var d protocol.DisplayData
		if err := messages.Decode(&d); err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			return found
		}
		if sync, ok := d.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			found = append(found, "sync")
			if err := answers.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: sync.Value}); err != nil {
				t.Error(err)
			}
			continue
		}
		var said string
		if ask, ok := d.Data[protocol.MIMEJupyterInput].(protocol.InputRequest); ok {
			said = fmt.Sprintf("ask %s %v", ask.Prompt, ask.Password)
		} else {
			if ids[d.DisplayID] == 0 {
				ids[d.DisplayID] = len(ids) + 1
			}
			said = told(ids[d.DisplayID], d.Data)
		}
		found = append(found, said)
		heard(said)
	}
}

// told is the richest form of what is shown.
func told(id int, data map[protocol.MIMEType]any) string {
	for _, kind := range []protocol.MIMEType{protocol.MIMEImagePNG, protocol.MIMETextHTML, protocol.MIMETextMarkdown, protocol.MIMETextPlain} {
		switch form := data[kind].(type) {
		case string:
			return fmt.Sprintf("%d %s %s", id, kind, form)
		case []byte:
			return fmt.Sprintf("%d %s", id, kind)
		}
	}
	return fmt.Sprintf("%d %v", id, data)
}
