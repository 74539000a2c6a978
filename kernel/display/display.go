// Package display shows pictures, tables and text in a notebook, and does nothing
// outside of one.
//
//	display.Image(result.Image)
//	display.Compare(photo, result)
//	progress, err := display.Text("beginning")
//	progress.Text("octave 2 of 4") // in place
//
// Where things are shown is the Sink's matter. Our own kernel sets it; in a cell of
// GoNB it is there from the beginning, and whatever a call has shown is shown when
// the cell's program ends. What goes wrong in showing is an error, nothing else is
// touched.
package display

import (
	"crypto/rand"
	"errors"
	"image"
	"sync"
)

// Sink is where things are shown.
type Sink interface {
	// Show shows a bundle under an id, or replaces what is there under it.
	Show(b Bundle, id string, update bool) error

	// Clear empties the output, at once or when the next thing is shown.
	Clear(wait bool) error

	// Ask asks the user for a line of text, which secret hides.
	Ask(prompt string, secret bool) (string, error)
}

// Bundle is one thing in several forms, by MIME type: a string, or []byte for
// what is not text. Whoever shows it takes the richest form that it can.
type Bundle map[string]any

var (
	mu   sync.Mutex
	sink Sink // nil outside of notebooks
)

// SetSink makes s the place where things are shown, nil for nowhere, and returns
// what was.
func SetSink(s Sink) Sink {
	mu.Lock()
	defer mu.Unlock()
	old := sink
	sink = s
	return old
}

func current() Sink {
	mu.Lock()
	defer mu.Unlock()
	return sink
}

// Output is something shown, which can be replaced where it is.
type Output struct{ id string }

// Image shows a picture: a *picture.Image, a *dreamlib.Result, an image.Image,
// or a slice of one of these, side by side. Anything else is an error.
func Image(picture any) (Output, error) { return Output{}.Image(picture) }

// HTML shows a piece of HTML.
func HTML(text string) (Output, error) { return Output{}.HTML(text) }

// Markdown shows text in Markdown.
func Markdown(text string) (Output, error) { return Output{}.Markdown(text) }

// Text shows plain text.
func Text(text string) (Output, error) { return Output{}.Text(text) }

// Show shows any value as the last expression of a cell is shown.
func Show(value any) (Output, error) { return Output{}.Show(value) }

// Image, HTML, Markdown, Text and Show replace what the output shows.
func (o Output) Image(picture any) (Output, error) {
	b, err := pictureBundle(picture)
	if err != nil {
		return o, err
	}
	return o.show(b)
}

func (o Output) HTML(text string) (Output, error) {
	return o.show(Bundle{"text/html": text, "text/plain": text})
}

func (o Output) Markdown(text string) (Output, error) {
	return o.show(Bundle{"text/markdown": text, "text/plain": text})
}

func (o Output) Text(text string) (Output, error) { return o.show(Bundle{"text/plain": text}) }

func (o Output) Show(value any) (Output, error) { return o.show(Of(value)) }

func (o Output) showPicture(m image.Image) (Output, error) {
	b, err := imageBundle(m)
	if err != nil {
		return o, err
	}
	return o.show(b)
}

func (o Output) show(b Bundle) (Output, error) {
	s := current()
	if s == nil {
		return o, nil
	}
	update := o.id != ""
	if !update {
		o.id = rand.Text()
	}
	return o, s.Show(b, o.id, update)
}

// Clear empties the cell's output. With wait it does so when the next thing is
// shown, which does not flicker.
func Clear(wait bool) error {
	if s := current(); s != nil {
		return s.Clear(wait)
	}
	return nil
}

// ErrNobody is what asking gives where nobody can answer.
var ErrNobody = errors.New("display: ask: there is no notebook to ask in")

// Ask asks the user for a line of text.
func Ask(prompt string) (string, error) { return ask(prompt, false) }

// AskSecret asks for a line that is not shown while it is typed.
func AskSecret(prompt string) (string, error) { return ask(prompt, true) }

func ask(prompt string, secret bool) (string, error) {
	if s := current(); s != nil {
		return s.Ask(prompt, secret)
	}
	return "", ErrNobody
}
