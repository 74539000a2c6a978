package folder

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// serving is a server of a folder, which ends with the test.
func serving(t *testing.T, f *Folder, o ServeOptions) *site {
	t.Helper()
	s, err := newSite(f.path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask is what a server answers.
func ask(s http.Handler, method, target string, change ...func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "localhost:8731"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestServePicturesAndThePage(t *testing.T) {
	f := begun(t)
	r := finished(t, f, 0)
	add(t, f, r)
	s := serving(t, f, ServeOptions{})
	answer := ask(s, "GET", "/")
	if html := body(t, answer); answer.StatusCode != 200 || !strings.Contains(html, `"id":"`+r.ID+`"`) || !strings.Contains(html, `"live":{"news":"news?sweep=`) {
		t.Errorf("the page: %d %.300s", answer.StatusCode, html)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.HasSuffix(policy, "; frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	whole, err := os.ReadFile(filepath.Join(f.path, r.File))
	if err != nil {
		t.Fatal(err)
	}
	answer = ask(s, "GET", "/"+r.File)
	if got := body(t, answer); got != string(whole) || answer.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture: %d, %d bytes of %s", answer.StatusCode, len(got), answer.Header.Get("Content-Type"))
	}
	answer = ask(s, "HEAD", "/"+r.File)
	if got := body(t, answer); got != "" || answer.StatusCode != 200 || answer.ContentLength != int64(len(whole)) {
		t.Errorf("HEAD: %d, %d bytes, says %d", answer.StatusCode, len(got), answer.ContentLength)
	}
	answer = ask(s, "GET", "/"+r.File, func(r *http.Request) { r.Header.Set("Range", "bytes=1-3") })
	if got := body(t, answer); got != "PNG" || answer.StatusCode != http.StatusPartialContent {
		t.Errorf("a part: %d %q", answer.StatusCode, got)
	}
	for _, name := range []string{"thumbs/" + r.SHA256[:16] + ".jpg", "inputs/" + r.Picture.SHA256[:16] + ".jpg"} {
		answer = ask(s, "GET", "/"+name)
		if got := body(t, answer); !strings.HasPrefix(got, "\xff\xd8\xff") || answer.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %d %.40q", name, answer.StatusCode, got)
		}
		if _, err := os.Stat(filepath.Join(f.path, name)); err != nil {
			t.Error("the copy is not kept: ", err)
		}
	}
}

func TestServeNothingElse(t *testing.T) {
	f := begun(t)
	r, linked, named, escaping := finished(t, f, 0), finished(t, f, 1), finished(t, f, 2), finished(t, f, 3)
	secret := gridtest.WriteImage(t, t.TempDir(), "secret.png", 77)
	links := runtime.GOOS != "windows"
	if links {
		at := filepath.Join(f.path, linked.File)
		if err := os.Remove(at); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, at); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Dir(secret), filepath.Join(f.path, "out")); err != nil {
			t.Fatal(err)
		}
	}
	named.File = "jobs.jsonl" // a manifest that names other files than pictures
	escaping.File = "out/secret.png"
	if err := os.Mkdir(filepath.Join(f.path, "folder.png"), 0o755); err != nil {
		t.Fatal(err)
	}
	add(t, f, r, linked, named, escaping)
	s := serving(t, f, ServeOptions{})
	for _, target := range []string{
		"/sweep.json", "/jobs.jsonl", "/manifest.jsonl", "/manifest.csv", "/queue/lock", "/queue/", "/pictures/", "/pictures", "/thumbs/", "/index.html",
		"/pictures/none.png", "/thumbs/0123456789abcdef.jpg", "/" + linked.File, "/thumbs/" + linked.SHA256[:16] + ".jpg", "/out/secret.png", "/folder.png",
		"/pictures/..%2fsweep.json", "/%2e%2e/%2e%2e/etc/passwd", "/pictures/%00.png", "/..%5c..%5csweep.json", "/pictures//" + r.File,
		"/" + r.File + "/", "/" + r.File + "%00", "/C:%5cwindows%5cwin.ini", "/favicon.ico",
	} {
		answer := ask(s, "GET", target)
		for answer.StatusCode/100 == 3 {
			answer = ask(s, "GET", answer.Header.Get("Location"))
		}
		if got := body(t, answer); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %.100q, want 404", target, answer.StatusCode, got)
		}
	}
	if _, err := os.Stat(filepath.Join(f.path, "thumbs", linked.SHA256[:16]+".jpg")); err == nil {
		t.Error("a picture that a link leads to was copied")
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "CONNECT"} {
		if answer := ask(s, method, "/"); answer.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, answer.StatusCode)
		}
	}
}

func TestServeWantsTheToken(t *testing.T) {
	f := begun(t)
	s := serving(t, f, ServeOptions{Addr: ":8731"})
	token := s.options.Token
	if len(token) < 26 {
		t.Fatalf("the token is %q", token)
	}
	if other := serving(t, f, ServeOptions{Addr: "0.0.0.0:8731"}).options.Token; other == token {
		t.Error("two servers have one token")
	}
	if local := serving(t, f, ServeOptions{Addr: "[::1]:0"}).options.Token; local != "" {
		t.Errorf("a server for this machine alone has the token %q", local)
	}
	for _, target := range []string{"/", "/?token=", "/?token=" + token[1:], "/?token=" + token + "x", "/news?last=0", "/pictures/none.png"} {
		answer := ask(s, "GET", target)
		if got := body(t, answer); answer.StatusCode != http.StatusUnauthorized || strings.Contains(got, token) || len(answer.Cookies()) > 0 {
			t.Errorf("%s: %d %q %v", target, answer.StatusCode, got, answer.Cookies())
		}
	}
	answer := ask(s, "GET", "/?token="+token)
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" || len(answer.Cookies()) != 1 {
		t.Fatalf("the first visit: %d to %q with %v", answer.StatusCode, answer.Header.Get("Location"), answer.Cookies())
	}
	cookie := answer.Cookies()[0]
	if cookie.Value != hex.EncodeToString([]byte(token)) || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
		t.Errorf("the cookie is %+v", cookie)
	}
	if answer := ask(s, "GET", "/", func(r *http.Request) { r.AddCookie(cookie) }); answer.StatusCode != 200 {
		t.Errorf("with the cookie: %d", answer.StatusCode)
	}
	wrong := *cookie
	wrong.Value = strings.Repeat("A", len(cookie.Value))
	if answer := ask(s, "GET", "/", func(r *http.Request) { r.AddCookie(&wrong) }); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("with a wrong cookie: %d", answer.StatusCode)
	}
	for _, target := range []string{"//evil.example/", "/%5Cevil.example/", "/%5c%5cevil.example"} {
		to := ask(s, "GET", target+"?token="+token).Header.Get("Location")
		if strings.HasPrefix(to, "//") || strings.Contains(to, `\`) || !strings.Contains(to, "evil.example") {
			t.Errorf("%s leads to %q, want a place here", target, to)
		}
	}
}

// A token of one's own may hold what an address or a cookie gives a meaning.
func TestServeTakesAnyToken(t *testing.T) {
	f := begun(t)
	for _, token := range []string{"a b", "a&sweep=b", "a+b", "a%2Bb", `"a;b"`, "ä"} {
		s := serving(t, f, ServeOptions{Addr: "127.0.0.1:8731", Token: token})
		address := s.address(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8731})
		answer := ask(s, "GET", address)
		if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) != 1 {
			t.Errorf("%q: the address %s is answered with %d and %v", token, address, answer.StatusCode, answer.Cookies())
			continue
		}
		if answer = ask(s, "GET", "/", func(r *http.Request) { r.AddCookie(answer.Cookies()[0]) }); answer.StatusCode != http.StatusOK {
			t.Errorf("%q: with the cookie: %d", token, answer.StatusCode)
		}
	}
}

func TestServeKnowsItsNames(t *testing.T) {
	f := begun(t)
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		addr, host string
		ok         bool
	}{
		{"127.0.0.1:0", "127.0.0.1:8731", true}, {"127.0.0.1:0", "localhost", true}, {"127.0.0.1:0", "LOCALHOST.:1", true}, {"127.0.0.1:0", "[::1]:8731", true},
		{"127.0.0.1:0", "evil.example", false}, {"127.0.0.1:0", "evil.example:8731", false}, {"127.0.0.1:0", "", false}, {"127.0.0.1:0", "192.0.2.7", false},
		{"127.0.0.1:0", "127.0.0.1.evil.example", false}, {"127.0.0.1:0", "localhost.evil.example", false}, {"127.0.0.1:0", "dreams.example.org", true},
		{":0", "192.0.2.7:8731", true}, {":0", machine, true}, {":0", "evil.example", false}, {":0", "dreams.example.org:80", true},
	} {
		s := serving(t, f, ServeOptions{Addr: c.addr, Token: "t", Hosts: []string{"dreams.example.org"}})
		want := http.StatusMisdirectedRequest
		if c.ok {
			want = http.StatusSeeOther
		}
		if answer := ask(s, "GET", "/?token=t", func(r *http.Request) { r.Host = c.host }); answer.StatusCode != want {
			t.Errorf("on %s as %q: %d, want %d", c.addr, c.host, answer.StatusCode, want)
		}
	}
}

func TestServeRefusesWhatItCannotServe(t *testing.T) {
	f := begun(t)
	for _, c := range []struct{ folder, addr, want string }{
		{t.TempDir(), "", "is no sweep's: has no sweep.json"},
		{f.path, "8731", `sweep: serve: address "8731": want host:port, as in 127.0.0.1:8731`},
		{f.path, "127.0.0.1:99999", "sweep: serve: listen tcp: address 99999: invalid port"},
	} {
		err := Serve(t.Context(), c.folder, ServeOptions{Addr: c.addr}, func(string) { t.Error("serves") })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// told is what a server answers to who asks for news.
type told struct {
	Last int64
	Page struct{ Items []struct{ ID, Error string } }
}

// news asks a server for them.
func news(t *testing.T, s *site, query string) (n told) {
	t.Helper()
	answer := ask(s, "GET", "/news?"+query)
	text := body(t, answer)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %d %s", query, answer.StatusCode, text)
	}
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestServeNews(t *testing.T) {
	f := begun(t)
	s := serving(t, f, ServeOptions{})
	sweep := "sweep=" + s.explorer.folder.state
	if none := news(t, s, sweep+"&last=0"); none.Last != 0 || len(none.Page.Items) != 0 {
		t.Errorf("before the manifest begins: %+v", none)
	}
	first := finished(t, f, 0)
	add(t, f, first, givenUp(f, 1))
	two := news(t, s, sweep+"&last=0")
	if items := two.Page.Items; len(items) != 2 || items[0].ID != first.ID || items[1].Error != "out of <memory>" {
		t.Fatalf("told of %+v", two)
	}
	if answer := ask(s, "GET", "/"+first.File); answer.StatusCode != 200 {
		t.Errorf("a picture that was told of: %d", answer.StatusCode)
	}
	if again := news(t, s, fmt.Sprintf("%s&last=%d", sweep, two.Last)); again.Last != two.Last || len(again.Page.Items) != 0 {
		t.Errorf("who knows all is told of %+v", again)
	}

	// Half a line waits for its end, and a damaged one is passed over.
	line, err := recordLines([]Record{finished(t, f, 2)})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.OpenFile(filepath.Join(f.path, manifestFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	write := func(b []byte) {
		if _, err := manifest.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	write([]byte("{damaged\n"))
	write(line[:40])
	half := news(t, s, fmt.Sprintf("%s&last=%d", sweep, two.Last))
	if opened, err := Open(f.path); half.Last <= two.Last || len(half.Page.Items) != 0 || err != nil || opened.size != half.Last {
		t.Errorf("of half a line it is told %+v, and a page knows %d bytes, %v", half, opened.size, err)
	}
	write(line[40:])
	if rest := news(t, s, fmt.Sprintf("%s&last=%d", sweep, half.Last)); len(rest.Page.Items) != 1 || rest.Page.Items[0].ID != f.Jobs[2].ID {
		t.Errorf("told of %+v", rest)
	}

	for query, want := range map[string]int{
		"sweep=another&last=0": http.StatusConflict, sweep + "&last=99999999": http.StatusConflict,
		"last=x": http.StatusBadRequest, "last=-1": http.StatusBadRequest, "": http.StatusBadRequest,
	} {
		if answer := ask(s, "GET", "/news?"+query); answer.StatusCode != want {
			t.Errorf("%q: %d, want %d", query, answer.StatusCode, want)
		}
	}
}
