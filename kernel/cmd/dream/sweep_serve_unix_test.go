//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// Ctrl-C ends a server, also while a browser waits for news, and all is well.
func TestSweepServeEndsOnInterrupt(t *testing.T) {
	t.Chdir(t.TempDir())
	f := created(t, smallGrid(t))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "sweep", "serve", "out", "--addr", "127.0.0.1:0")
	p.await(p.stdout, "shows out")
	url, _, _ := strings.Cut(p.stdout.read.String(), " ")
	for _, path := range []string{"", "events?last=0"} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if path == "" {
			if html, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(html), f.Jobs[0].ID) {
				t.Errorf("the page: %d, %v", answer.StatusCode, err)
			}
		}
	}
	p.signal(os.Interrupt)
	if o, _ := p.end(); o.exit != 0 || o.stderr != "" {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
}
