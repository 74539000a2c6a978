package hub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// weights returns n bytes that differ from seed to seed.
func weights(n int, seed byte) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// server is a file server with faults.
type server struct {
	*httptest.Server

	mu       sync.Mutex
	content  []byte
	tag      string // the ETag; none where empty
	modified string // Last-Modified; none where empty
	cuts     []int  // after how many bytes of the body each answer is cut; -1: never
	codes    []int  // answers before the first good one
	noRange  bool
	noIf     bool // If-Range is ignored
	shift    int  // parts start so many bytes late
	noLength bool
	blocked  chan struct{} // a cut answer waits for it in place of closing

	asked []http.Header // one for each request
}

func serve(t *testing.T, content []byte) *server {
	s := &server{content: content, tag: `"v1"`}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Header.Clone())
	if len(s.codes) > 0 {
		code := s.codes[0]
		s.codes = s.codes[1:]
		http.Error(w, "fault", code)
		return
	}
	if s.tag != "" {
		w.Header().Set("ETag", s.tag)
	}
	if s.modified != "" {
		w.Header().Set("Last-Modified", s.modified)
	}
	body := s.content
	if from, ok := s.rangeStart(r); ok {
		if from >= len(body) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", len(body)))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
		w.Header().Set("Content-Length", strconv.Itoa(len(body)-from))
		w.WriteHeader(http.StatusPartialContent)
		body = body[from:]
	} else if !s.noLength {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	cut := -1
	if len(s.cuts) > 0 {
		cut, s.cuts = s.cuts[0], s.cuts[1:]
	}
	if cut < 0 || cut >= len(body) {
		w.Write(body)
		return
	}
	w.Write(body[:cut])
	w.(http.Flusher).Flush()
	if s.blocked != nil {
		select {
		case <-s.blocked:
		case <-r.Context().Done():
		}
	}
	panic(http.ErrAbortHandler) // closes the connection
}

// rangeStart says whether the answer is a part, and from where.
func (s *server) rangeStart(r *http.Request) (int, bool) {
	v, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if condition := r.Header.Get("If-Range"); !ok || s.noRange || !s.noIf && condition != s.tag && condition != s.modified {
		return 0, false
	}
	from, err := strconv.Atoi(strings.TrimSuffix(v, "-"))
	return from + s.shift, err == nil
}

// ranges lists the Range headers of the requests so far.
func (s *server) ranges() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, h := range s.asked {
		all = append(all, h.Get("Range"))
	}
	return all
}

// set changes the server between two fetches.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// quick makes failures fast.
var quick = FetchOptions{Backoff: time.Microsecond}

// holds checks that path is a file of these bytes and that nothing but the lock
// is beside it.
func holds(t *testing.T, path string, want []byte) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s holds %d bytes (%v), want %d others", path, len(got), err, len(want))
	}
	alone(t, path)
}

// absent checks that there is no file at path and nothing kept beside it.
func absent(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); err == nil {
		t.Errorf("%s is there", path)
	}
	alone(t, path)
}

func alone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Base(path)
	for _, e := range entries {
		if e.Name() != base && e.Name() != base+".lock" {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
