package folder

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	lookEvery = 250 * time.Millisecond // at the manifest, which other machines may append to
	beatEvery = 15 * time.Second       // a comment in the stream, which keeps the connection open
)

// manifestEnd is where the manifest's last whole line ends, 0 where there is none.
func manifestEnd(folder string) int64 {
	data, _ := os.ReadFile(filepath.Join(folder, manifestFile))
	return int64(bytes.LastIndexByte(data, '\n') + 1)
}

// serveEvents sends each record as it is appended to the manifest. An event's ID is the
// offset of its line's end in the manifest, so that after a lost connection the browser
// gets the records since, from any server.
func (s *site) serveEvents(w http.ResponseWriter, r *http.Request) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("last")
	}
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil || at < 0 {
		http.Error(w, fmt.Sprintf("last event %.40q: want the number of one", text), http.StatusBadRequest)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // of a proxy
	n := &eventStream{site: s, state: r.URL.Query().Get("sweep"), out: w, flush: http.NewResponseController(w), at: at}
	if r.Method == http.MethodHead || n.send("retry: 2000\n\n") != nil {
		return
	}
	look, beat := time.NewTicker(lookEvery), time.NewTicker(beatEvery)
	defer look.Stop()
	defer beat.Stop()
	for n.sendNew() == nil {
		select {
		case <-r.Context().Done():
			return
		case <-look.C:
		case <-beat.C:
			if n.send(": still here\n\n") != nil {
				return
			}
		}
	}
}

// eventStream is one browser's.
type eventStream struct {
	site  *site
	state string // of the sweep that the browser's page shows
	out   io.Writer
	flush *http.ResponseController
	at    int64 // the end of the last line that was sent
}

func (n *eventStream) send(text string) error {
	if _, err := io.WriteString(n.out, text); err != nil {
		return err
	}
	return n.flush.Flush()
}

// reset makes the browser load the page anew, which is of another sweep, and ends the
// stream.
func (n *eventStream) reset() error {
	return errors.Join(errors.New("the sweep is another one"), n.send("event: reset\ndata:\n\n"))
}

// sendNew sends what was appended since.
func (n *eventStream) sendNew() error {
	e, err := n.site.current()
	if err != nil {
		return err
	}
	if e.state != n.state {
		return n.reset()
	}
	f, err := os.Open(filepath.Join(n.site.path, manifestFile))
	if errors.Is(err, fs.ErrNotExist) && n.at == 0 {
		return nil // nothing is done yet
	}
	if err != nil {
		return n.reset()
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	switch {
	case err != nil:
		return err
	case size < n.at:
		return n.reset()
	case size == n.at:
		return nil
	}
	if _, err := f.Seek(n.at, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil // of a line that is being written, the rest comes later
		}
		if err != nil {
			return err
		}
		n.at += int64(len(line))
		if err := n.line(e, bytes.TrimSpace(line)); err != nil {
			return err
		}
	}
}

// line sends one line of the manifest. Those that are damaged, or of no job of the
// grid, are passed over.
func (n *eventStream) line(e *explorer, line []byte) error {
	r, err := parseRecord(line)
	if err != nil {
		return nil
	}
	job, ours := e.jobs[r.ID]
	if !ours {
		return nil
	}
	r.Job = job // as it lies now
	n.site.serve(e, r)
	data, err := e.blank().Fragment(e.item(r))
	if err != nil {
		return err
	}
	return n.send(fmt.Sprintf("id: %d\ndata: %s\n\n", n.at, data))
}
