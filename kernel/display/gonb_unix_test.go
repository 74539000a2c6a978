//go:build unix

package display

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed2310110f/godream/dreamlib"
)

// cellVariable makes the test's binary the program of a cell.
const cellVariable = "DISPLAY_TEST_CELL"

func TestMain(m *testing.M) {
	if os.Getenv(cellVariable) != "" {
		if err := cell(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0) // at once, as cells end
	}
	os.Exit(m.Run())
}

// cell is what a user would write.
func cell() error {
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
	if _, err := Image(dreamlib.NewImage(2, 2)); err != nil {
		return err
	}
	rest, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	_, err = Markdown(name + " then " + rest)
	return err
}

// TestGoNB is the other end of GoNB's pipes for a cell.
func TestGoNB(t *testing.T) {
	dir := t.TempDir()
	there, back := filepath.Join(dir, "there"), filepath.Join(dir, "back")
	for _, pipe := range []string{there, back} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), cellVariable+"=yes", protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	stdin, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	program.Stdout, program.Stderr = &printed, &printed
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	found := serve(t, there, back, stdin)
	if err := program.Wait(); err != nil {
		t.Errorf("%v: %s", err, &printed)
	}
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

// serve does what GoNB does until the program ends, and tells what it was told.
func serve(t *testing.T, there, back string, stdin io.Writer) (found []string) {
	in, err := os.Open(there)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	messages, answers := gob.NewDecoder(in), gob.NewEncoder(out)
	ids := map[string]int{}
	for {
		var d protocol.DisplayData
		if err := messages.Decode(&d); err != nil {
			if err != io.EOF {
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
		if ask, ok := d.Data[protocol.MIMEJupyterInput].(protocol.InputRequest); ok {
			found = append(found, fmt.Sprintf("ask %s %v", ask.Prompt, ask.Password))
			io.WriteString(stdin, "ann\nbob\n")
			continue
		}
		if ids[d.DisplayID] == 0 {
			ids[d.DisplayID] = len(ids) + 1
		}
		found = append(found, told(ids[d.DisplayID], d.Data))
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
