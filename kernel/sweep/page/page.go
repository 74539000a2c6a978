// Package page writes one self-contained HTML page that explores many pictures:
// in a grid of rows and columns of choice, filtered, sorted, zoomed, compared, and
// each with what made it.
//
//	p := page.Page{
//		Title: "layers by steps",
//		Axes:  []page.Axis{{Name: "layer", Values: []string{"relu3_1", "relu4_2"}}},
//		Items: []page.Item{
//			{ID: "a", Point: []string{"relu3_1"}, Picture: "pictures/a.png"},
//			{ID: "b", Point: []string{"relu4_2"}, Picture: "pictures/b.png"},
//		},
//	}
//	err := p.Write(w)
//
// The page asks for nothing but the pictures, and not for those either once Embed
// has put them inside. It works from a file, in the browsers of 2024 and later. What
// the pictures are is no matter to it: sweeps, ladders and atlases share it.
package page

import (
	"errors"
	"fmt"
	"slices"
)

// Page is what is shown.
type Page struct {
	Title string
	Note  string // a line below the title. Default none

	// Axes are what the items differ in. Those of more than one value can become
	// rows, columns and filters; the first two are rows and columns to begin with.
	Axes []Axis

	// Numbers name what items can be sorted by, besides their order.
	Numbers []string

	Items []Item
	Live  *Live // for a page that goes on changing. Default nil

	inside map[string]string // the files that Embed read, as addresses
}

// Axis is one of the things that items differ in.
type Axis struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // in the order of rows and columns, each once
}

// State is how far an item is.
type State string

const (
	Done    State = "done"
	Failed  State = "failed"  // and stays so; Error says why
	Waiting State = "waiting" // has no picture yet
)

// Item is one picture of a page.
type Item struct {
	ID    string   // names it in the page's address; each once
	Point []string // where it lies: a value for each of the axes, "" for none
	State State    // Default Done

	// Picture is the file, with slashes, as seen from the page; so are the others.
	// Thumbnail is shown in the grid: a smaller copy. Default the picture itself.
	// Before is what the picture was made from. Default none.
	Picture, Thumbnail, Before string
	Width, Height              int // of Picture, in pixels. Default known when it is loaded

	Numbers  []float64 // as Page.Numbers names them, NaN for none. Default none at all
	Settings []Setting // what made it, in the order to show
	Command  string    // that makes it again. Default none
	Code     string    // in Go, that makes it again. Default none
	Error    string    // of a failed one
}

// Setting is a name and a value to show.
type Setting struct {
	Name, Value string

	// Own says that the value is not the usual one: it is set off from the others.
	Own bool
}

// Live is where a page asks for news of its items.
type Live struct {
	// News is an address as seen from the page, with a query, to which "last" is added. It
	// answers {"last": N, "page": what Fragment returns}, or with status 409 where the
	// page is to be loaded anew.
	News string `json:"news"`
	Last int64  `json:"last"` // up to where the page knows them
}

// MaxItems is how many items a page may have: browsers take a second for so many.
const MaxItems = 100_000

// Check says what would make a page wrong, or nil.
func (p Page) Check() error {
	if len(p.Items) > MaxItems {
		return fmt.Errorf("page: has %d items, want at most %d", len(p.Items), MaxItems)
	}
	for i, a := range p.Axes {
		if values := slices.Sorted(slices.Values(a.Values)); len(slices.Compact(values)) < len(a.Values) {
			return fmt.Errorf("page: axis %q: want each value once, found %q", a.Name, a.Values)
		}
		if slices.ContainsFunc(p.Axes[:i], func(b Axis) bool { return a.Name == b.Name }) {
			return fmt.Errorf("page: axis %q: is there twice", a.Name)
		}
	}
	ids, places := map[string]bool{}, p.places()
	for _, item := range p.Items {
		if ids[item.ID] {
			return fmt.Errorf("page: item %q: is there twice", item.ID)
		}
		ids[item.ID] = true
		if err := p.check(item, places); err != nil {
			return fmt.Errorf("page: item %q: %w", item.ID, err)
		}
	}
	return nil
}

// places are where the values of each axis stand on it: an axis may have as many as
// the page has items.
func (p Page) places() []map[string]int {
	places := make([]map[string]int, len(p.Axes))
	for i, a := range p.Axes {
		places[i] = make(map[string]int, len(a.Values))
		for at, value := range a.Values {
			places[i][value] = at
		}
	}
	return places
}

// check is Check for one item by itself, given the axes' places.
func (p Page) check(item Item, places []map[string]int) error {
	switch {
	case item.ID == "":
		return errors.New("want an ID, found none")
	case len(item.Point) != len(p.Axes):
		return fmt.Errorf("want a value for each of %d axes, found %q", len(p.Axes), item.Point)
	case len(item.Numbers) != 0 && len(item.Numbers) != len(p.Numbers):
		return fmt.Errorf("want %d numbers or none, found %v", len(p.Numbers), item.Numbers)
	case item.State != "" && item.State != Done && item.State != Failed && item.State != Waiting:
		return fmt.Errorf("state %q: want %q, %q or %q", item.State, Done, Failed, Waiting)
	case item.Picture == "" && (item.State == "" || item.State == Done):
		return errors.New("want a picture, found none")
	}
	for i, value := range item.Point {
		if _, known := places[i][value]; !known && value != "" {
			return fmt.Errorf("%s %q: is not on that axis", p.Axes[i].Name, value)
		}
	}
	return nil
}
