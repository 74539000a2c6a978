package folder

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/page"
)

// ServeOptions are those of Serve. The zero value is ready to use.
type ServeOptions struct {
	// Addr is what to listen on, as in net.Listen: host:port, where port 0 takes any
	// that is free. Default 127.0.0.1:8731, which this machine alone can reach.
	Addr string

	// Token is a secret in the address of a browser's first visit. Default a random one where
	// Addr can be reached from other machines, else none.
	Token string

	// Hosts are names by which browsers may ask for the server, besides localhost, the
	// machine's name, and its addresses. Default none.
	Hosts []string
}

// UsualAddr is the default of ServeOptions.Addr.
const UsualAddr = "127.0.0.1:8731"

// Serve shows the page of the sweep in a folder, as WritePage writes it, over HTTP
// until ctx is done, and sends its results as they come. It serves what the
// sweep's manifest names and nothing else. ready is called with the address to open,
// which holds the token where there is one. Small copies of images are written into
// the folder as they are asked for.
func Serve(ctx context.Context, folder string, options ServeOptions, ready func(url string)) error {
	s, err := newSite(folder, options)
	if err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.options.Addr)
	if err != nil {
		return fmt.Errorf("sweep: serve: %w", err)
	}
	server := &http.Server{
		Handler:           s,
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	ready(s.address(listener.Addr()))
	select {
	case err = <-ended:
		return fmt.Errorf("sweep: serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close() // which ends transfers that are not over
	}
	return nil
}

// site is the handler of a sweep's page.
type site struct {
	path    string
	options ServeOptions
	public  bool // other machines can reach it
	mux     http.ServeMux

	mu       sync.Mutex
	explorer *explorer             // of the sweep as it was when a page was last asked for
	served   map[string]servedFile // what may be asked for, by its address below the server's
}

// servedFile is a file below the folder, and how it is made where it is a copy.
type servedFile struct {
	kind string // of its content
	make func() error
}

func newSite(folder string, options ServeOptions) (*site, error) {
	options.Addr = cmp.Or(options.Addr, UsualAddr)
	host, _, err := net.SplitHostPort(options.Addr)
	if err != nil {
		return nil, fmt.Errorf("sweep: serve: address %q: want host:port, as in %s", options.Addr, UsualAddr)
	}
	s := &site{path: folder, options: options, public: !loopback(host), served: map[string]servedFile{}}
	if s.public && s.options.Token == "" {
		s.options.Token = rand.Text()
	}
	if _, err := s.look(); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET /{$}", s.servePage)
	s.mux.HandleFunc("GET /news", s.serveNews)
	s.mux.HandleFunc("GET /", s.serveFile)
	return s, nil
}

// loopback reports whether only this machine can reach a host.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// address is what to open in a browser.
func (s *site) address(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() { // all of the machine's
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/"}
	if s.options.Token != "" {
		u.RawQuery = url.Values{"token": {s.options.Token}}.Encode()
	}
	return u.String()
}

// ServeHTTP checks a request's host and token first.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", page.Policy()+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case !s.knownHost(r.Host):
		// A name that a stranger's page made point here would get round the browser's
		// own rules.
		http.Error(w, fmt.Sprintf("this server is not called %.100q: name it with --host", r.Host), http.StatusMisdirectedRequest)
	case !s.allowed(r):
		http.Error(w, "want the token: open the address that \"dream sweep serve\" printed", http.StatusUnauthorized)
	case r.URL.Query().Has("token"):
		s.welcome(w, r)
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// knownHost reports whether a request's Host is one of the server's own names.
func (s *site) knownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if loopback(host) {
		return true
	}
	own, _, _ := net.SplitHostPort(s.options.Addr)
	names := append([]string{own}, s.options.Hosts...)
	if s.public {
		if _, err := netip.ParseAddr(host); err == nil {
			return true // no name that could be made to point elsewhere
		}
		if name, err := os.Hostname(); err == nil {
			names = append(names, name)
		}
	}
	return host != "" && slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, host) })
}

// allowed reports whether a request has the token, where there is one.
func (s *site) allowed(r *http.Request) bool {
	if s.options.Token == "" {
		return true
	}
	given := r.URL.Query().Get("token")
	if cookie, err := r.Cookie(s.cookie()); err == nil && given == "" {
		text, _ := hex.DecodeString(cookie.Value) // what is not hex is no token
		given = string(text)
	}
	want, got := sha256.Sum256([]byte(s.options.Token)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// cookie is the name under which a browser keeps the token: another for each, as
// cookies are shared by all ports of a machine.
func (s *site) cookie() string {
	sum := sha256.Sum256([]byte(s.options.Token))
	return "godream-" + hex.EncodeToString(sum[:4])
}

// welcome lets a browser keep the token, in hex for what a cookie may not hold, and
// takes it out of the address.
func (s *site) welcome(w http.ResponseWriter, r *http.Request) {
	if s.options.Token != "" {
		value := hex.EncodeToString([]byte(s.options.Token))
		http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	to := url.URL{Path: path.Join("/", r.URL.Path)} // escaped: browsers read /\host as another server
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// look reads the sweep as it is now and lists what may be asked for.
func (s *site) look() (*explorer, error) {
	f, err := Open(s.path)
	if err != nil {
		return nil, err
	}
	e := newExplorer(f)
	for _, r := range f.Records() {
		s.serve(e, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.explorer = e
	return e, nil
}

// current is the sweep as it was looked at last, or as it is where it has become
// another one.
func (s *site) current() (*explorer, error) {
	data, err := os.ReadFile(filepath.Join(s.path, gridFile))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	e := s.explorer
	s.mu.Unlock()
	if e.folder.state == stateOf(data) {
		return e, nil
	}
	return s.look()
}

// serve lets a record's files be asked for.
func (s *site) serve(e *explorer, r Record) {
	input := e.copies.input(r.Picture)
	s.mu.Lock()
	defer s.mu.Unlock()
	if input != "" {
		s.served[input] = servedFile{"image/jpeg", func() error { return e.copies.ofInput(r.Picture) }}
	}
	if r.State == Done && strings.EqualFold(path.Ext(r.File), ".png") {
		s.served[path.Clean(r.File)] = servedFile{"image/png", func() error { return nil }}
		s.served[e.copies.thumbnail(r)] = servedFile{"image/jpeg", func() error { return e.copies.ofDream(r) }}
	}
}

func (s *site) servePage(w http.ResponseWriter, r *http.Request) {
	e, err := s.look()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p := e.page()
	p.Live = &page.Live{News: "news?sweep=" + e.folder.state, Last: e.folder.size}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

// serveFile serves a dream that the manifest names, or a copy of an image.
func (s *site) serveFile(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	s.mu.Lock()
	file, ok := s.served[name]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	if err := file.make(); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	f, info, err := openInside(s.path, name)
	if err != nil {
		http.Error(w, fmt.Sprintf("%s: %v", name, err), http.StatusNotFound)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// serveNews sends the records that came to the manifest since a page looked at it last, as
// a page's Fragment, and where in the manifest the page is then. A page of another sweep
// is told to load anew by the status 409.
func (s *site) serveNews(w http.ResponseWriter, r *http.Request) {
	last, err := strconv.ParseInt(r.URL.Query().Get("last"), 10, 64)
	if err != nil || last < 0 {
		http.Error(w, "want last=N, the end of the news before", http.StatusBadRequest)
		return
	}
	e, err := s.current()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	lines, err := manifestFrom(s.path, last)
	if err != nil || r.URL.Query().Get("sweep") != e.folder.state {
		http.Error(w, "the sweep is another one", http.StatusConflict)
		return
	}
	items := []page.Item{}
	readManifest(lines, func(r Record) { // damaged lines are passed over
		if job, ours := e.jobs[r.ID]; ours {
			r.Job = job // as it lies now
			s.serve(e, r)
			items = append(items, e.item(r))
		}
	})
	fragment, err := e.blank().Fragment(items...)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"last":%d,"page":%s}`, last+int64(len(lines)), fragment)
}

// manifestFrom are the manifest's lines from an offset on, but for one that is being
// written.
func manifestFrom(folder string, at int64) ([]byte, error) {
	f, err := os.Open(filepath.Join(folder, manifestFile))
	if errors.Is(err, fs.ErrNotExist) && at == 0 {
		return nil, nil // nothing is done yet
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err != nil || size < at {
		return nil, fmt.Errorf("the manifest has %d bytes, want %d: %w", size, at, err)
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	return wholeLines(data), err
}
