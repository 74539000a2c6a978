package hub

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestFetch(t *testing.T) {
	content := weights(10_000, 1)
	for _, c := range []struct {
		name   string
		fault  func(*server)
		ranges []string // of each request that the fetch needs
	}{
		{"no fault", func(s *server) {}, []string{""}},
		{"no length", func(s *server) { s.noLength = true }, []string{""}},
		{"cut twice", func(s *server) { s.cuts = []int{3000, 5000} }, []string{"", "bytes=3000-", "bytes=8000-"}},
		{"cut before the first byte", func(s *server) { s.cuts = []int{0} }, []string{"", ""}},
		{"cut before the last byte", func(s *server) { s.cuts = []int{9999} }, []string{"", "bytes=9999-"}},
		{"cut, no ranges", func(s *server) { s.cuts = []int{3000, 4000}; s.noRange = true }, []string{"", "bytes=3000-", "bytes=4000-"}},
		{"cut, a date for a tag", func(s *server) {
			s.cuts, s.tag, s.modified = []int{3000}, "", "Tue, 15 Nov 1994 12:45:26 GMT"
		}, []string{"", "bytes=3000-"}},
		{"cut, no tag", func(s *server) { s.cuts, s.tag = []int{3000}, "" }, []string{"", ""}},
		{"cut, weak tag", func(s *server) { s.cuts, s.tag = []int{3000}, `W/"v1"` }, []string{"", ""}},
		{"busy", func(s *server) { s.codes = []int{503, 429, 500, 408} }, []string{"", "", "", "", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, content)
			c.fault(s)
			path := filepath.Join(t.TempDir(), "new", "w.pth")
			src := Source{URL: s.URL, SHA256: hash(content), Bytes: int64(len(content))}
			if err := Fetch(t.Context(), src, path, quick); err != nil {
				t.Fatal(err)
			}
			holds(t, path, content)
			if got := s.ranges(); !slices.Equal(got, c.ranges) {
				t.Errorf("requests: got %q, want %q", got, c.ranges)
			}
			if err := Fetch(t.Context(), src, path, quick); err != nil || len(s.ranges()) != len(c.ranges) {
				t.Errorf("again: %v, %d requests", err, len(s.ranges()))
			}
		})
	}
}

// Errors that end a fetch with nothing kept.
func TestFetchRefused(t *testing.T) {
	content := weights(10_000, 1)
	right := Source{SHA256: hash(content), Bytes: int64(len(content))}
	for _, c := range []struct {
		name     string
		src      Source
		fault    func(*server)
		requests int
		want     []string
	}{
		{"not there", right, func(s *server) { s.codes = []int{404} }, 1, []string{"404 Not Found"}},
		{"forbidden", right, func(s *server) { s.codes = []int{403} }, 1, []string{"403 Forbidden"}},
		{"a part nobody asked for", right, func(s *server) { s.codes = []int{206} }, 1, []string{"206"}},
		{"busy for ever", right, func(s *server) { s.codes = slices.Repeat([]int{503}, 9) }, 5, []string{"503", "tries: 5"}},
		{"wrong bytes", right, func(s *server) { s.content = weights(10_000, 2) }, 1,
			[]string{"wrong SHA-256", right.SHA256, hash(weights(10_000, 2)), "thrown away"}},
		{"wrong bytes for a short hash", Source{SHA256: right.SHA256[:8]}, func(s *server) { s.content = weights(10_000, 2) }, 1,
			[]string{"wrong SHA-256", "expected " + right.SHA256[:8] + ","}},
		{"wrong size", right, func(s *server) { s.content = content[:9000] }, 1, []string{"expected 10000 bytes, the server has 9000"}},
		{"cut, then wrong bytes", right, func(s *server) { s.content, s.cuts = weights(10_000, 2), []int{3000} }, 2,
			[]string{"wrong SHA-256"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, content)
			c.fault(s)
			path := filepath.Join(t.TempDir(), "w.pth")
			c.src.URL = s.URL + "/w.pth"
			err := Fetch(t.Context(), c.src, path, quick)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(c.want, "hub: fetch "+c.src.URL+": ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			if partial := (*PartialError)(nil); errors.As(err, &partial) {
				t.Errorf("a partial error: %v", err)
			}
			absent(t, path)
			if n := len(s.ranges()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
		})
	}
}

// A body without a length that is longer than the file: nothing of it is kept.
func TestFetchTooMuch(t *testing.T) {
	content := weights(1<<20, 1)
	s := serve(t, append(slices.Clone(content), 0))
	s.noLength = true
	path := filepath.Join(t.TempDir(), "w.pth")
	err := Fetch(t.Context(), Source{URL: s.URL, SHA256: hash(content), Bytes: 1 << 20}, path, quick)
	if err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes") {
		t.Errorf("got %v", err)
	}
	absent(t, path)
	if n := len(s.ranges()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// interrupt fetches until the server has cut the connection for good, and
// returns the error.
func interrupt(t *testing.T, s *server, src Source, path string, cut int) *PartialError {
	t.Helper()
	s.set(func() { s.cuts = append([]int{cut}, 0, 0, 0, 0) })
	err := Fetch(t.Context(), src, path, quick)
	var partial *PartialError
	if !errors.As(err, &partial) {
		t.Fatalf("got %v, want a partial error", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatalf("%s is there", path)
	}
	s.set(func() { s.asked, s.cuts = nil, nil })
	return partial
}

func TestFetchGoesOn(t *testing.T) {
	content, other := weights(10_000, 1), weights(10_000, 2)
	for _, c := range []struct {
		name   string
		change func(s *server, part string)
		want   []byte
		ranges []string
	}{
		{"unchanged", func(s *server, part string) {}, content, []string{"bytes=4000-"}},
		{"changed", func(s *server, part string) { s.content, s.tag = other, `"v2"` }, other, []string{"bytes=4000-"}},
		{"changed, If-Range ignored", func(s *server, part string) { s.content, s.tag, s.noIf = other, `"v2"`, true }, other, []string{"bytes=4000-", ""}},
		{"another part", func(s *server, part string) { s.shift = 1 }, content, []string{"bytes=4000-", ""}},
		{"the tag is lost", func(s *server, part string) { os.Remove(part + ".etag") }, content, []string{""}},
		{"the part is lost", func(s *server, part string) { os.Remove(part) }, content, []string{""}},
		{"the part is whole", func(s *server, part string) { os.WriteFile(part, content, 0o644) }, content, []string{"bytes=10000-"}},
		{"the part is too long", func(s *server, part string) { os.WriteFile(part, append(slices.Clone(content), 1), 0o644) }, content, []string{"bytes=10001-", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, content)
			path := filepath.Join(t.TempDir(), "w.pth")
			src := Source{URL: s.URL}
			partial := interrupt(t, s, src, path, 4000)
			if partial.Done != 4000 || partial.Total != 10_000 || !errors.Is(partial, io.ErrUnexpectedEOF) {
				t.Errorf("got %+v", partial)
			}
			s.set(func() { c.change(s, path+".part") })
			src.SHA256 = hash(c.want)
			if err := Fetch(t.Context(), src, path, quick); err != nil {
				t.Fatal(err)
			}
			holds(t, path, c.want)
			if got := s.ranges(); !slices.Equal(got, c.ranges) {
				t.Errorf("requests: got %q, want %q", got, c.ranges)
			}
		})
	}
}

// With the size known beforehand, a whole part needs no request and one that is
// too long is no part.
func TestFetchKnowsTheSize(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	path := filepath.Join(t.TempDir(), "w.pth")
	src := Source{URL: s.URL, SHA256: hash(content), Bytes: 10_000}
	for _, c := range []struct {
		part     []byte
		requests int
	}{{content, 0}, {append(slices.Clone(content), 1), 1}} {
		interrupt(t, s, src, path, 4000)
		os.WriteFile(path+".part", c.part, 0o644)
		if err := Fetch(t.Context(), src, path, quick); err != nil {
			t.Fatal(err)
		}
		holds(t, path, content)
		if got := s.ranges(); len(got) != c.requests || c.requests == 1 && got[0] != "" {
			t.Errorf("requests: got %q, want %d", got, c.requests)
		}
		os.Remove(path)
	}
}

// Bad bytes in the part (a crash can leave zeros) are found by the hash, and
// what follows starts from nothing.
func TestFetchBadPart(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	path := filepath.Join(t.TempDir(), "w.pth")
	src := Source{URL: s.URL, SHA256: hash(content), Bytes: 10_000}
	interrupt(t, s, src, path, 4000)
	os.WriteFile(path+".part", make([]byte, 4000), 0o644)
	if err := Fetch(t.Context(), src, path, quick); err == nil || !strings.Contains(err.Error(), "wrong SHA-256") {
		t.Errorf("got %v", err)
	}
	absent(t, path)
	if err := Fetch(t.Context(), src, path, quick); err != nil {
		t.Error(err)
	}
	holds(t, path, content)
}

// A megabyte of progress starts the count of failures again.
func TestFetchManyCuts(t *testing.T) {
	const n = 7 * progress
	content := weights(n+10, 1)
	s := serve(t, content)
	s.cuts = slices.Repeat([]int{progress}, 7)
	path := filepath.Join(t.TempDir(), "w.pth")
	if err := Fetch(t.Context(), Source{URL: s.URL, SHA256: hash(content)}, path, quick); err != nil {
		t.Fatal(err)
	}
	holds(t, path, content)
	if got := len(s.ranges()); got != 8 {
		t.Errorf("%d requests, want 8", got)
	}
}

func TestFetchStall(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	s.blocked = make(chan struct{})
	s.cuts = []int{4000}
	path := filepath.Join(t.TempDir(), "w.pth")
	src := Source{URL: s.URL, SHA256: hash(content)}
	err := Fetch(t.Context(), src, path, FetchOptions{Stall: 20 * time.Millisecond, Backoff: 1, Tries: 1})
	if !errors.Is(err, errStalled) { // with 4000 bytes, or none on a busy machine
		t.Fatalf("got %v", err)
	}
	if err := Fetch(t.Context(), src, path, quick); err != nil {
		t.Fatal(err)
	}
	holds(t, path, content)
}

// slowBody gives one byte each time that gap has passed.
type slowBody struct {
	gap   time.Duration
	bytes int
}

func (b *slowBody) Close() error { return nil }

func (b *slowBody) Read(p []byte) (int, error) {
	if b.bytes == 0 {
		return 0, io.EOF
	}
	time.Sleep(b.gap)
	b.bytes--
	return copy(p, "x"), nil
}

// A slow connection is not a silent one. The clock is synctest's.
func TestFetchSlow(t *testing.T) {
	for gap, stalls := range map[time.Duration]bool{2 * time.Second: false, 4 * time.Second: true} {
		synctest.Test(t, func(t *testing.T) {
			var stalled atomic.Bool // the timer begins anew with each byte, and may end more than once
			watch := time.AfterFunc(3*time.Second, func() { stalled.Store(true) })
			tr := &transfer{part: filepath.Join(t.TempDir(), "w.part"), opt: FetchOptions{Stall: 3 * time.Second}}
			err := tr.save(&http.Response{Body: &slowBody{gap, 10}}, 0, watch)
			watch.Stop()
			if err != nil || stalled.Load() != stalls {
				t.Errorf("a byte each %v: stalled %v, %v", gap, stalled.Load(), err)
			}
		})
	}
}

func TestFetchCancelled(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	s.blocked = make(chan struct{})
	s.cuts = []int{4000}
	path := filepath.Join(t.TempDir(), "w.pth")
	src := Source{URL: s.URL, SHA256: hash(content)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen int64
	err := Fetch(ctx, src, path, FetchOptions{Progress: func(done, total int64) {
		if total != 10_000 || done <= seen {
			t.Errorf("progress: %d of %d after %d", done, total, seen)
		}
		if seen = done; done == 4000 {
			cancel()
		}
	}})
	if partial := (*PartialError)(nil); !errors.As(err, &partial) || !errors.Is(err, context.Canceled) || partial.Done != 4000 {
		t.Fatalf("got %v", err)
	}
	if err := Fetch(ctx, src, path, quick); !errors.Is(err, context.Canceled) {
		t.Errorf("with a dead context: got %v", err)
	}
	if err := Fetch(t.Context(), src, path, quick); err != nil {
		t.Fatal(err)
	}
	holds(t, path, content)
}

func TestFetchFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	s := serve(t, weights(10_000, 1))
	path := filepath.Join(t.TempDir(), "w.pth")
	if err := os.Symlink("/dev/full", path+".part"); err != nil {
		t.Fatal(err)
	}
	err := Fetch(t.Context(), Source{URL: s.URL}, path, quick)
	if err == nil || !strings.Contains(err.Error(), "no space left") || len(s.ranges()) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.ranges()))
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there")
	}
}

func TestFetchUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err := Fetch(t.Context(), Source{URL: "http://127.0.0.1:1/w.pth"}, filepath.Join(file, "w.pth"), quick)
	if err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

func TestFetchTwoAtOnce(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	path := filepath.Join(t.TempDir(), "w.pth")
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := Fetch(t.Context(), Source{URL: s.URL, SHA256: hash(content)}, path, quick); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	holds(t, path, content)
	if n := len(s.ranges()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestRedirects(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"https://a/", "https://b/", true},
		{"http://a/", "https://b/", true},
		{"http://a/", "http://b/", true},
		{"https://a/", "http://b/", false},
	} {
		first, _ := http.NewRequest(http.MethodGet, c.from, nil)
		next, _ := http.NewRequest(http.MethodGet, c.to, nil)
		if err := client.CheckRedirect(next, []*http.Request{first}); (err == nil) != c.ok || err != nil && !lasting(err) {
			t.Errorf("%s to %s: got %v", c.from, c.to, err)
		}
	}
}

func TestContentRange(t *testing.T) {
	for s, want := range map[string][2]int64{
		"bytes 0-9/10":                     {0, 10},
		"bytes 5-9/10":                     {5, 10},
		"bytes 5-9/*":                      {5, 0},
		"bytes */10":                       {-1, 10},
		"bytes 0-1/9223372036854775807":    {0, 9223372036854775807},
		"":                                 {},
		"bytes":                            {},
		"5-9/10":                           {},
		"bytes 9-5/10":                     {},
		"bytes 5-10/10":                    {},
		"bytes -5-9/10":                    {},
		"bytes +5-9/10":                    {},
		"bytes 5/10":                       {},
		"bytes 5-9/ten":                    {},
		"bytes 0-1/9223372036854775808":    {},
		"bytes 0-9223372036854775808/9999": {},
	} {
		first, total, err := contentRange(s)
		if got := [2]int64{first, total}; got != want || (err == nil) != (want != [2]int64{}) {
			t.Errorf("%q: got %v, %v, want %v", s, got, err, want)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 5-9/10", "bytes */10", "bytes 5-9/*", "bytes -/", "bytes 1--1/9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, total, err := contentRange(s)
		if err == nil && (first < -1 || total < 0 || total > 0 && first >= total) {
			t.Errorf("%q: first %d of %d", s, first, total)
		}
	})
}
