package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// cache makes a fresh folder the user's cache and returns ours in it.
func cache(t *testing.T) string {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // Linux
	t.Setenv("HOME", t.TempDir())           // macOS
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// entry is a network whose file is content.
func entry(content []byte) Entry {
	return Entry{
		Name: "tiny", URL: "https://example.org/models/tiny-1.pth",
		SHA256: hash(content)[:8], Bytes: int64(len(content)), Params: 1,
	}
}

func TestPull(t *testing.T) {
	dir := cache(t)
	content := weights(10_000, 1)
	s := serve(t, content)
	want := filepath.Join(dir, "tiny-1.pth")
	for try := range 2 {
		path, err := pull(t.Context(), entry(content), PullOptions{BaseURL: s.URL + "/"})
		if err != nil || path != want {
			t.Fatalf("got %q, %v", path, err)
		}
		holds(t, path, content)
		if n := len(s.ranges()); n != 1 {
			t.Errorf("%d requests after %d pulls", n, try+1)
		}
	}
	// What is in the cache but wrong is fetched again.
	for _, wrong := range [][]byte{content[:9999], weights(10_000, 2)} {
		if err := os.WriteFile(want, wrong, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := pull(t.Context(), entry(content), PullOptions{BaseURL: s.URL}); err != nil {
			t.Error(err)
		}
		holds(t, want, content)
	}
}

func TestPullSaysHowToGoOn(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	s.cuts = slices.Repeat([]int{800}, 5)
	dir := t.TempDir()
	opt := PullOptions{BaseURL: s.URL, Dir: dir, backoff: time.Microsecond}
	_, err := pull(t.Context(), entry(content), opt)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{s.URL + "/models/tiny-1.pth", "connection cut", "tries: 5", "4000 bytes of 10 kB are kept", `run "dream models pull tiny" again to go on`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if path, err := pull(t.Context(), entry(content), opt); err != nil {
		t.Error(err)
	} else {
		holds(t, path, content)
	}
}

func TestPullUnknownName(t *testing.T) {
	for name, near := range map[string]string{"vgg18": "vgg1", "VGG19": "vgg19", "timm/vgg19.tv": "timm/vgg19.tv_in1k", "": "vgg1"} {
		_, err := Pull(t.Context(), name, PullOptions{Dir: t.TempDir()})
		if err == nil {
			t.Fatalf("pulled %q", name)
		}
		for _, want := range []string{fmt.Sprintf("unknown network %q", name), fmt.Sprintf("did you mean \"%s", near), "vgg11, vgg13, vgg16, vgg19, timm/vgg11.tv_in1k"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v\nlacks %q", err, want)
			}
		}
	}
}

// What is part of the program has no file to pull.
func TestPullOfWhatIsHere(t *testing.T) {
	for _, name := range []string{"embedded", "random"} {
		dir := t.TempDir()
		_, err := Pull(t.Context(), name, PullOptions{Dir: dir})
		var spec *SpecError
		if want := "hub: " + name + " comes with the program: there is nothing to download"; !errors.As(err, &spec) || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", name, left, err)
		}
	}
}

// A pull that is killed leaves bytes from which the next one goes on, and
// nothing that passes for the file.
func TestPullKilled(t *testing.T) {
	content := weights(10_000, 1)
	s := serve(t, content)
	s.set(func() { s.cuts, s.blocked = []int{4000}, make(chan struct{}) })
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GODREAM_TEST_PULL="+s.URL, "GODREAM_TEST_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for lines := bufio.NewScanner(out); last != "4000" && lines.Scan(); { // it tells what it has written
		last = lines.Text()
	}
	cmd.Process.Kill()
	cmd.Wait()
	if last != "4000" {
		t.Fatalf("the helper ended with %q", last)
	}
	if _, err := os.Stat(filepath.Join(dir, "tiny-1.pth")); err == nil {
		t.Fatal("half a file is in the cache")
	}
	path, err := pull(t.Context(), entry(content), PullOptions{BaseURL: s.URL, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, path, content)
	if got, want := s.ranges(), []string{"", "bytes=4000-"}; !slices.Equal(got, want) {
		t.Errorf("requests: got %q, want %q", got, want)
	}
}

// TestMain is also the process that TestPullKilled kills.
func TestMain(m *testing.M) {
	base := os.Getenv("GODREAM_TEST_PULL")
	if base == "" {
		os.Exit(m.Run())
	}
	_, err := pull(context.Background(), entry(weights(10_000, 1)), PullOptions{
		BaseURL: base, Dir: os.Getenv("GODREAM_TEST_DIR"),
		Progress: func(done, total int64) { fmt.Println(done) },
	})
	fmt.Println(err)
}

// faceHub answers as the Hugging Face hub does about one file, which is at old/tiny
// too. The header stands in for what it states of it; nil is a file that is not there.
func faceHub(t *testing.T, s *server, head map[string]string) *httptest.Server {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	mux := http.NewServeMux()
	mux.HandleFunc("HEAD /old/tiny/resolve/main/model.safetensors", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/timm/tiny/resolve/main/model.safetensors", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("HEAD /timm/tiny/resolve/main/model.safetensors", func(w http.ResponseWriter, r *http.Request) {
		if head == nil {
			w.Header().Set("X-Error-Message", "Entry not found")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("X-Repo-Commit", commit)
		for key, value := range head {
			w.Header().Set(key, value)
		}
		http.Redirect(w, r, s.URL+"/newest", http.StatusFound)
	})
	blob := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.URL+"/blob", http.StatusFound)
	}
	mux.HandleFunc("GET /timm/tiny/resolve/"+commit+"/model.safetensors", blob)
	mux.HandleFunc("GET /old/tiny/resolve/"+commit+"/model.safetensors", blob)
	hub := httptest.NewServer(mux)
	t.Cleanup(hub.Close)
	return hub
}

func TestPullFromHuggingFace(t *testing.T) {
	content := weights(10_000, 1)
	good := map[string]string{"X-Linked-Etag": `"` + hash(content) + `"`, "X-Linked-Size": "10000"}
	with := func(key, value string) map[string]string {
		head := maps.Clone(good)
		head[key] = value
		return head
	}
	for _, c := range []struct {
		name string
		repo string
		head map[string]string
		want string // in the error
	}{
		{"good", "timm/tiny", good, ""},
		{"renamed repository", "old/tiny", good, ""},
		{"no such file", "timm/tiny", nil, "404 Not Found Entry not found"},
		{"no commit", "timm/tiny", with("X-Repo-Commit", "main"), "no commit"},
		{"no hash", "timm/tiny", with("X-Linked-Etag", `"`+hash(content)[:40]+`"`), "no SHA-256"},
		{"no size", "timm/tiny", with("X-Linked-Size", "-1"), "no size"},
		{"other hash", "timm/tiny", with("X-Linked-Etag", hash(nil)), "wrong SHA-256: expected " + hash(nil)},
		{"other size", "timm/tiny", with("X-Linked-Size", "9000"), "expected 9000 bytes, the server has 10000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, content)
			s.cuts = []int{4000} // ranges work through the redirect
			hub := faceHub(t, s, c.head)
			dir := t.TempDir()
			e := Entry{Name: c.repo, Repo: c.repo, File: "model.safetensors", Params: 1}
			path, err := pull(t.Context(), e, PullOptions{BaseURL: hub.URL, Dir: dir, backoff: time.Microsecond})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				return
			}
			if err != nil || path != filepath.Join(dir, e.cacheName()) {
				t.Fatalf("got %q, %v", path, err)
			}
			holds(t, path, content)
			if got, want := s.ranges(), []string{"", "bytes=4000-"}; !slices.Equal(got, want) {
				t.Errorf("requests: got %q, want %q", got, want)
			}
			hub.Close() // what is in the cache needs no hub
			if again, err := pull(t.Context(), e, PullOptions{BaseURL: hub.URL, Dir: dir}); err != nil || again != path {
				t.Errorf("again: got %q, %v", again, err)
			}
		})
	}
}

func TestHuggingFaceSilent(t *testing.T) {
	silent := make(chan struct{})
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-silent }))
	_, err := pull(t.Context(), Entry{Name: "x", Repo: "timm/x", File: "f"}, PullOptions{BaseURL: hub.URL, Dir: t.TempDir(), Stall: time.Millisecond})
	if !errors.Is(err, errStalled) {
		t.Errorf("got %v", err)
	}
	close(silent)
	hub.Close()
}

func TestEntries(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Entries() {
		if seen[e.Name] || seen[e.cacheName()] || e.Description == "" || e.License == "" {
			t.Errorf("%+v", e)
		}
		seen[e.Name], seen[e.cacheName()] = true, true
		if e.Bytes > 0 && (e.Bytes < 4*e.Params || e.Bytes > 4*e.Params+10_000) {
			t.Errorf("%s: %d bytes for %d parameters", e.Name, e.Bytes, e.Params)
		}
		if (e.Repo == "") == (e.URL == "") {
			t.Errorf("%s has URL %q and Repo %q", e.Name, e.URL, e.Repo)
			continue
		}
		if e.URL == "" {
			continue
		}
		// torchvision's file names end in the hash's first 8 digits.
		u, err := url.Parse(e.URL)
		if err != nil || u.Scheme != "https" || len(e.SHA256) < 8 || !strings.HasSuffix(u.Path, "-"+e.SHA256[:8]+".pth") {
			t.Errorf("%s: %s for hash %s, %v", e.Name, e.URL, e.SHA256, err)
		}
	}
	all := Entries()
	all[0].Name = "other"
	if Entries()[0].Name == "other" {
		t.Error("the caller changed the catalog")
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 9999: "9999 bytes", 10_000: "10 kB", 9_999_999: "10000 kB", 574_673_361: "575 MB"} {
		if got := size(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	for name, want := range map[string]string{"vgg19": "575 MB", "vgg11": "531 MB", "timm/vgg16.tv_in1k": "553 MB"} {
		if e, ok := lookup(name); !ok || e.Size() != want {
			t.Errorf("%s: %q, %v, want %q", name, e.Size(), ok, want)
		}
	}
}

func TestPath(t *testing.T) {
	dir := cache(t)
	want := filepath.Join(dir, "vgg19-dcbb9e9d.pth")
	file := func(n int64) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(want)
		if err == nil {
			err = errors.Join(f.Truncate(n), f.Close()) // a hole, no bytes
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if path, ok := Path("vgg19"); path != want || ok {
		t.Errorf("empty cache: got %q, %v", path, ok)
	}
	for n, whole := range map[int64]bool{0: false, 574_673_360: false, 574_673_361: true, 574_673_362: false} {
		file(n)
		if path, ok := Path("vgg19"); path != want || ok != whole {
			t.Errorf("%d bytes: got %q, %v", n, path, ok)
		}
	}
	for _, name := range []string{"vgg20", "embedded", "random"} {
		if path, ok := Path(name); path != "" || ok {
			t.Errorf("%s: got %q, %v", name, path, ok)
		}
	}
}
