package recipe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep"
)

// sweeping is a recipe with a sweep of its own picture, which does more at each record
// and prints the error at the end.
func sweeping(seeds, more string) string {
	return `package main
import (
	"context"
	"fmt"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep"
)
func main() {
	fmt.Println(picture.Write("a.png", picture.New(64, 64), picture.Options{}))
	grid := sweep.Grid{
		Pictures: []string{"a.png"},
		Nets: []string{"random:divide=32"},
		Axes: []sweep.Axis{sweep.Over("layer", "relu1_1"), sweep.Over("octaves", 1), sweep.Over("seed", "` + seeds + `")},
	}
	folder, err := sweep.Dream(context.Background(), "sweep", grid, sweep.Options{OnProgress: func(p sweep.Progress) {
		if p.Record != nil {
			` + more + `
		}
	}})
	fmt.Println(len(folder.Records()), err)
}
`
}

// TestSweepInRecipe wants a sweep within the limits of a recipe to do what it does
// elsewhere, and a panic of what it calls back to be told.
func TestSweepInRecipe(t *testing.T) {
	var out bytes.Buffer
	job := Job{Recipe: checked(t, sweeping("0..3", "fmt.Println(p.Jobs)")), Out: t.TempDir(), Timeout: time.Minute, Memory: 1e9, Stdout: &out}
	if err := job.Run(context.Background()); err != nil || out.String() != "<nil>\n4\n4\n4\n4\n4 <nil>\n" {
		t.Errorf("printed %q, %v", out.String(), err)
	}
	job.Recipe = checked(t, sweeping("0..3", `panic("boom")`))
	job.Out = t.TempDir()
	if err := job.Run(context.Background()); err == nil || !strings.HasSuffix(err.Error(), "bad.go: panic: boom, in main.main.func, from line 16 on") {
		t.Errorf("got %v", err)
	}
}

// TestSweepEndsWithItsRecipe ends recipes in the middle of a long sweep: at a time limit,
// and when the user says so. Neither process nor server nor lock may be left, and what
// was done has to be there.
func TestSweepEndsWithItsRecipe(t *testing.T) {
	out := t.TempDir()
	before := len(childrenOf(t, os.Getpid()))
	wantNoMore := func() {
		t.Helper()
		if after := childrenOf(t, os.Getpid()); len(after) > before {
			t.Errorf("children %v are left", after)
		}
	}
	job := Job{Recipe: checked(t, sweeping("0..9999", `fmt.Println("record")`)), Out: out, Timeout: time.Second}
	var exit *ExitError
	if err := job.Run(context.Background()); !errors.As(err, &exit) || exit.Reason != "bad.go: ended after 1s, which is its time limit" {
		t.Errorf("got %v", err)
	}
	wantNoMore()

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	lines, printed := io.Pipe()
	go func() {
		for in := bufio.NewScanner(lines); in.Scan(); {
			if in.Text() == "record" {
				stop()
			}
		}
	}()
	job.Timeout, job.Stdout = time.Minute, printed
	if err := job.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantNoMore()
	if done := wantFree(t, out); done < 1 || done > 9999 {
		t.Errorf("%d dreams are done", done)
	}
}

// wantFree wants a sweep's folder that nobody holds and whose server is gone. It returns
// how many dreams are done there.
func wantFree(t *testing.T, out string) int {
	t.Helper()
	folder, err := sweep.Open(filepath.Join(out, "sweep"))
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Lock(); err != nil {
		t.Error(err)
	}
	defer folder.Close()
	var address struct{ URL string }
	text, err := os.ReadFile(filepath.Join(folder.Path(), "queue", "address.json"))
	if err == nil {
		err = json.Unmarshal(text, &address)
	}
	at, err2 := url.Parse(address.URL)
	if err = errors.Join(err, err2); err != nil || at.Host == "" {
		t.Fatalf("address %s: %v", text, err)
	}
	if c, err := net.Dial("tcp", at.Host); err == nil {
		c.Close()
		t.Errorf("somebody listens on %s", at.Host)
	}
	done, _ := folder.Tally()
	return done
}
