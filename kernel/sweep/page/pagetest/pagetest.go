// Package pagetest opens pages in headless Chromium for tests, which it skips where
// there is none. A test fails when its page complains on the console or asks for
// anything that is not below where it came from.
package pagetest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var shots = flag.String("shots", "", "folder for screenshots of the pages that tests open")

// patience is how long a page may take for anything before its test fails.
const patience = time.Minute

// chromium is the browser of all tabs that are open.
var chromium struct {
	mu    sync.Mutex
	tabs  int
	keep  bool // also without tabs
	ctx   context.Context
	stops []context.CancelFunc
}

// Run is for TestMain of a package with many pages: it runs the tests with one browser
// for all of them.
func Run(m *testing.M) int {
	chromium.keep = true
	code := m.Run()
	chromium.keep = false
	chromium.tabs++
	leave()
	return code
}

// enter starts the browser, unless it runs.
func enter(path string) (context.Context, error) {
	chromium.mu.Lock()
	defer chromium.mu.Unlock()
	if chromium.ctx == nil {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("no-proxy-server", true))
		if os.Geteuid() == 0 {
			options = append(options, chromedp.NoSandbox) // Chromium's does not work for root
		}
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, quit := chromedp.NewContext(allocator)
		if err := chromedp.Do(ctx); err != nil {
			quit()
			stop()
			return nil, err
		}
		chromium.ctx, chromium.stops = ctx, []context.CancelFunc{quit, stop}
	}
	chromium.tabs++
	return chromium.ctx, nil
}

// leave ends the browser after its last tab.
func leave() {
	chromium.mu.Lock()
	defer chromium.mu.Unlock()
	if chromium.tabs--; chromium.tabs > 0 || chromium.keep {
		return
	}
	for _, stop := range chromium.stops {
		stop()
	}
	chromium.ctx, chromium.stops = nil, nil
}

// Tab is a page that is open.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	base string // what all its requests must begin with

	mu         sync.Mutex
	complaints []string
	requests   []string
	expected   string
}

// Open opens a page, width by height, whose requests must all begin with base.
func Open(t testing.TB, url, base string, width, height int64) *Tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs Chromium: ", err)
	}
	browser, err := enter(path)
	if err != nil {
		t.Fatal("Chromium: ", err)
	}
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	ctx, cancel := context.WithTimeout(ctx, patience)
	tab := &Tab{t: t, ctx: ctx, base: base}
	t.Cleanup(func() {
		tab.check()
		cancel()
		stop()
		leave()
	})
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		t.Fatal("Chromium: ", err)
	}
	tab.Do(chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	return tab
}

// hear notes what a page asks for and complains of.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.complaints = append(tab.complaints, fmt.Sprintf("%s %s", e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		tab.complaints = append(tab.complaints, fmt.Sprint(e.ExceptionDetails.Text, " ", e.ExceptionDetails.Exception.Description))
	case *runtime.EventConsoleAPICalled:
		tab.complaints = append(tab.complaints, fmt.Sprintf("console.%s %v", e.Type, e.Args))
	}
}

// Expect takes complaints that hold text for right.
func (tab *Tab) Expect(text string) { tab.expected = text }

// Requests are the addresses that the page asked for.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.requests...)
}

func (tab *Tab) check() {
	tab.t.Helper()
	for _, url := range tab.Requests() {
		if !strings.HasPrefix(url, tab.base) && !strings.HasPrefix(url, "data:") {
			tab.t.Errorf("the page asked for %s", url)
		}
	}
	for _, c := range tab.complaints {
		if tab.expected == "" || !strings.Contains(c, tab.expected) {
			tab.t.Errorf("the page complained: %s", c)
		}
	}
}

// run is what an action gives.
func run[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	result, err := chromedp.Run(tab.ctx, action)
	if err != nil {
		tab.t.Fatal(err)
	}
	return result
}

// Do runs actions of chromedp.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, actions...); err != nil {
		tab.t.Fatal(err)
	}
}

// Press types keys, one after another; chromedp/kb names those that are no letters. As
// from a keyboard, a key whose going down the page prevents writes nothing.
func (tab *Tab) Press(keys string) {
	tab.t.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		down, up := *events[0], *events[len(events)-1]
		if len(events) == 3 {
			down.Text = events[1].Text
		}
		call(tab, input.DispatchKeyEvent, down)
		call(tab, input.DispatchKeyEvent, up)
	}
}

// Touch moves fingers: each path is one finger's, as x and y of one place after
// another, all as long.
func (tab *Tab) Touch(paths ...[][2]float64) {
	tab.t.Helper()
	call(tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 2})
	for i := range paths[0] {
		event := input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchMove}
		if i == 0 {
			event.Type = input.DispatchTouchEventTypeTouchStart
		}
		for finger, path := range paths {
			id := float64(finger)
			event.TouchPoints = append(event.TouchPoints, &input.TouchPoint{X: path[i][0], Y: path[i][1], ID: &id})
		}
		call(tab, input.DispatchTouchEvent, event)
	}
	call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// Click clicks on the first element that a selector finds.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Eval is what JavaScript gives, as text.
func (tab *Tab) Eval(js string) string {
	tab.t.Helper()
	return run(tab, chromedp.Evaluate[string]("String("+js+")"))
}

// Await is what a promise of JavaScript's gives, as text.
func (tab *Tab) Await(js string) string {
	tab.t.Helper()
	return run(tab, chromedp.Evaluate[string]("("+js+").then(String)", chromedp.EvalAwaitPromise))
}

// Reload opens the page again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.Do(chromedp.Reload())
}

// Want fails the test unless JavaScript gives a text, now or soon.
func (tab *Tab) Want(js, want string) {
	tab.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		tab.t.Fatal(err)
	}
	condition := fmt.Sprintf("String(%s) === %s", js, text)
	if _, err = chromedp.Run(tab.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		tab.t.Fatalf("%s is %q, want %q (%v)", js, tab.Eval(js), want, err)
	}
}

// Prefer sets a media feature, as in prefers-color-scheme: dark.
func (tab *Tab) Prefer(feature, value string) {
	tab.t.Helper()
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
}

// Print shows the page as it is on paper.
func (tab *Tab) Print() {
	tab.t.Helper()
	call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
}

// call sends a command of the protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	result, err := chromedp.Call(tab.ctx, command, params)
	if err != nil {
		tab.t.Fatal(err)
	}
	return result
}

// Node is what a screen reader is told of an element.
type Node struct {
	Role, Name string
	Properties map[string]string
}

// Accessible lists what a screen reader is told, but for plain text and containers
// without a meaning.
func (tab *Tab) Accessible() []Node {
	tab.t.Helper()
	var nodes []Node
	for _, n := range call(tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		node := Node{Role: text(n.Role), Name: text(n.Name), Properties: map[string]string{}}
		for _, p := range n.Properties {
			node.Properties[string(p.Name)] = text(p.Value)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// text is a value as text.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var decoded any
	if err := json.Unmarshal(v.Value, &decoded); err != nil {
		return string(v.Value)
	}
	return fmt.Sprint(decoded)
}

// Shoot keeps a screenshot, where the flag -shots says to.
func (tab *Tab) Shoot(name string) {
	tab.t.Helper()
	if *shots == "" {
		return
	}
	png := run(tab, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}
