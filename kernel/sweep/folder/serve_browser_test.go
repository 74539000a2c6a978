package folder

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/page/pagetest"
)

// served runs Serve until the test or stop ends it.
func served(t *testing.T, f *Folder, addr string) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, f.path, ServeOptions{Addr: addr}, func(url string) { ready <- url }) }()
	done := false
	stop = func() {
		cancel()
		if done {
			return
		}
		done = true
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("the server does not end")
		}
	}
	t.Cleanup(stop)
	select {
	case url = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	return url, stop
}

// A browser sees results as they come, also after the server was away.
func TestServeToABrowser(t *testing.T) {
	f := begun(t)
	url, stop := served(t, f, "127.0.0.1:0")
	tab := pagetest.Open(t, url, url, 1000, 700)
	const images = "[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 256).length"
	const news = "document.querySelector('#news').textContent"
	tab.Want(news, "0 of 4, live")
	tab.Want("document.querySelectorAll('.waiting').length", "4")
	add(t, f, finished(t, f, 0))
	tab.Want(images, "1")
	tab.Want(news, "1 of 4, live")
	tab.Shoot("live")
	add(t, f, givenUp(f, 1))
	tab.Want("document.querySelector('.failed .blank')?.textContent", "✕ out of <memory>")

	tab.Expect("net::ERR") // for as long as the server is away
	stop()
	tab.Want(news, "reconnecting")
	add(t, f, finished(t, f, 2), finished(t, f, 3))
	served(t, f, strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
	tab.Want(images, "3")
	tab.Want(news, "all done")
	tab.Want("document.querySelector('#says').textContent", "All done")
}
