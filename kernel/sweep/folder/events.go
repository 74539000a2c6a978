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

// How often the manifest is looked at for what was appended, which also finds what
// other machines append to a shared disk, and how often a reader without news hears
// that the server is there.
const (
	lookEvery = 250 * time.Millisecond
	beatEvery = 15 * time.Second
)

// manifestEnd is where the manifest's last whole line ends, 0 where there is none.
func manifestEnd(folder string) int64 {
	f, err := os.Open(filepath.Join(folder, manifestFile))
	if err != nil {
		return 0
	}
	defer f.Close()
	end, err := f.Seek(0, io.SeekEnd)
	part := make([]byte, 1<<16)
	for err == nil && end > 0 {
		part = part[:min(int64(cap(part)), end)]
		_, err = f.ReadAt(part, end-int64(len(part)))
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return end - int64(len(part)-i-1)
		}
		end -= int64(len(part))
	}
	return 0
}

// serveEvents tells of each record as it is appended to the manifest. An event's id
// is where in the manifest its line ends, so that a reader who comes back is told what
// they missed, whichever server they come back to.
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
	n := &news{site: s, state: r.URL.Query().Get("sweep"), out: w, flush: http.NewResponseController(w), at: at}
	if r.Method == http.MethodHead || n.say("retry: 2000\n\n") != nil {
		return
	}
	look, beat := time.NewTicker(lookEvery), time.NewTicker(beatEvery)
	defer look.Stop()
	defer beat.Stop()
	for n.tell() == nil {
		select {
		case <-r.Context().Done():
			return
		case <-look.C:
		case <-beat.C:
			if n.say(": still here\n\n") != nil {
				return
			}
		}
	}
}

// news is one reader's.
type news struct {
	site  *site
	state string // of the sweep that the reader's page shows
	out   io.Writer
	flush *http.ResponseController
	at    int64 // the end of the last line that was told
}

func (n *news) say(text string) error {
	if _, err := io.WriteString(n.out, text); err != nil {
		return err
	}
	return n.flush.Flush()
}

// reset tells a reader that their page is of another sweep than is here now, which
// ends the news.
func (n *news) reset() error {
	return errors.Join(errors.New("the sweep is another one"), n.say("event: reset\ndata:\n\n"))
}

// tell tells what was appended since.
func (n *news) tell() error {
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

// line tells of one line of the manifest. Those that are damaged, or of no job of the
// grid, are passed over.
func (n *news) line(e *explorer, line []byte) error {
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
	return n.say(fmt.Sprintf("id: %d\ndata: %s\n\n", n.at, data))
}
