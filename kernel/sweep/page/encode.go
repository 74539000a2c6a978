package page

import (
	"encoding/json"
	"math"
	"net/url"
	"strings"
)

// wire is a Page as the script reads it. Thousands of items say mostly the same,
// so settings and lines of code are places in Text, which holds each once.
type wire struct {
	Title   string     `json:"title,omitempty"`
	Note    string     `json:"note,omitempty"`
	Axes    []Axis     `json:"axes,omitempty"`
	Numbers []string   `json:"numbers,omitempty"`
	Live    *Live      `json:"live,omitempty"`
	Text    []string   `json:"text"`
	Items   []wireItem `json:"items"`
}

type wireItem struct {
	ID        string     `json:"id"`
	Point     []int      `json:"point"` // places among the axes' values, -1 for none
	State     State      `json:"state,omitempty"`
	Picture   string     `json:"picture,omitempty"` // an address, as are the next two
	Thumbnail string     `json:"thumbnail,omitempty"`
	Before    *int       `json:"before,omitempty"` // in Text: many share one
	Width     int        `json:"width,omitempty"`
	Height    int        `json:"height,omitempty"`
	Numbers   []*float64 `json:"numbers,omitempty"`  // null for none
	Settings  []int      `json:"settings,omitempty"` // name, value, 1 for one's own, and so on
	Command   string     `json:"command,omitempty"`
	Code      []int      `json:"code,omitempty"` // its lines
	Error     string     `json:"error,omitempty"`
}

// encoder gathers the text of a wire.
type encoder struct {
	page   Page
	places []map[string]int // of the axes' values
	text   []string
	lines  map[string]int // places in text
}

// whole is the page as the script reads it.
func (p Page) whole() wire {
	w := p.part(p.Items, p.places())
	w.Title, w.Note, w.Axes, w.Numbers, w.Live = p.Title, p.Note, p.Axes, p.Numbers, p.Live
	return w
}

// part is some items without the page around them.
func (p Page) part(items []Item, places []map[string]int) wire {
	w := wire{Items: make([]wireItem, len(items))}
	e := encoder{page: p, places: places, lines: map[string]int{}}
	for i, item := range items {
		w.Items[i] = e.item(item)
	}
	w.Text = e.text
	return w
}

// encode is JSON that can stand in a script element: encoding/json writes <, > and
// & as escapes.
func (w wire) encode() ([]byte, error) { return json.Marshal(w) }

func (e *encoder) item(item Item) wireItem {
	w := wireItem{
		ID: item.ID, State: item.State, Picture: e.page.address(item.Picture), Thumbnail: e.page.address(item.Thumbnail),
		Width: item.Width, Height: item.Height, Command: item.Command, Error: item.Error,
	}
	for i, value := range item.Point {
		at, known := e.places[i][value]
		if !known {
			at = -1
		}
		w.Point = append(w.Point, at)
	}
	if item.Before != "" {
		place := e.place(e.page.address(item.Before))
		w.Before = &place
	}
	for _, n := range item.Numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			w.Numbers = append(w.Numbers, nil)
			continue
		}
		w.Numbers = append(w.Numbers, &n)
	}
	for _, s := range item.Settings {
		own := 0
		if s.Own {
			own = 1
		}
		w.Settings = append(w.Settings, e.place(s.Name), e.place(s.Value), own)
	}
	if item.Code != "" {
		for line := range strings.SplitSeq(strings.TrimSuffix(item.Code, "\n"), "\n") {
			w.Code = append(w.Code, e.place(line))
		}
	}
	return w
}

// place is where a text is held.
func (e *encoder) place(text string) int {
	at, ok := e.lines[text]
	if !ok {
		at = len(e.text)
		e.lines[text], e.text = at, append(e.text, text)
	}
	return at
}

// address is where the browser finds a file: inside the page, or relative to it.
func (p Page) address(file string) string {
	if inside, ok := p.inside[file]; ok || file == "" {
		return inside
	}
	return (&url.URL{Path: file}).String()
}
