package dreamlib

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// A Transform changes the picture before the network sees it, at every step anew, so that
// a dream does not depend on where its pixels lie. Its text form is a list, read from left
// to right: "jitter:8 mine:3".
type Transform interface {
	// String is the text form: a name or name:argument, without commas.
	String() string

	// Draw draws the map of one step for pictures of a size.
	Draw(size picture.Size, r *rand.Rand) Map
}

// A Map is a linear function of pictures, and its adjoint: for all u and v the products
// <Apply(u), v> and <u, Pull(v)> are equal.
type Map struct {
	Size  picture.Size              // of what Apply makes; another one for every step would compile a program for each
	Apply func(to, from *vgg.Input) // overwrites to
	Pull  func(to, from *vgg.Input) // overwrites to, which has the size of what Apply takes
}

// Transforms reads the text form of each kind: its name, and a function that reads what
// stands behind a colon, or "".
var Transforms = map[string]func(text string) (Transform, error){"jitter": parseJitter}

// Jitter shifts the picture around by up to so many pixels up, down, left and right.
type Jitter int

func (j Jitter) String() string { return fmt.Sprintf("jitter:%d", int(j)) }

func parseJitter(text string) (Transform, error) {
	n, err := natural(text)
	if err != nil || n > maxJitter {
		return nil, fmt.Errorf("want 0 to %d pixels, as in jitter:32", maxJitter)
	}
	return Jitter(n), nil
}

// maxJitter bounds shifts, in pixels.
const maxJitter = 1_000_000

// Draw draws rows first.
func (j Jitter) Draw(size picture.Size, r *rand.Rand) Map {
	most := max(int(j), 0)
	draw := func() int { return r.IntN(2*most+1) - most }
	down, right := draw(), draw()
	return Map{
		Size:  size,
		Apply: func(to, from *vgg.Input) { roll(to, from, down, right) },
		Pull:  func(to, from *vgg.Input) { roll(to, from, -down, -right) },
	}
}

// roll shifts pictures around, as numpy.roll does.
func roll(to, from *vgg.Input, down, right int) {
	h, line := from.Height, from.Width*3
	first := 3 * around(-right, from.Width)
	to.Rows(func(lo, hi int) {
		for y := lo; y < hi; y++ {
			source := y/h*h + around(y%h-down, h)
			row, into := from.X[source*line:][:line], to.X[y*line:][:line]
			n := copy(into, row[first:])
			copy(into[n:], row)
		}
	})
}

// around brings i to 0..n-1 by going around.
func around(i, n int) int { return (i%n + n) % n }

// sequence is several transforms, one after another.
type sequence []Transform

// Sequence applies transforms one after another. nil is none, and so is a Sequence of none.
func Sequence(list ...Transform) Transform {
	var s sequence
	for _, t := range list {
		if t != nil {
			s = append(s, t)
		}
	}
	switch len(s) {
	case 0:
		return nil
	case 1:
		return s[0]
	}
	return s
}

func (s sequence) String() string {
	var texts []string
	for _, t := range s {
		texts = append(texts, t.String())
	}
	return strings.Join(texts, " ")
}

// Draw draws all of them from the same generator.
func (s sequence) Draw(size picture.Size, r *rand.Rand) Map {
	var maps []Map
	sizes := []picture.Size{size}
	for _, t := range s {
		m := t.Draw(sizes[len(sizes)-1], r)
		maps, sizes = append(maps, m), append(sizes, m.Size)
	}
	last := len(maps)
	like := func(x *vgg.Input, size picture.Size) *vgg.Input { return vgg.NewInput(x.N, size.Height, size.Width) }
	return Map{
		Size: sizes[last],
		Apply: func(to, from *vgg.Input) {
			for i, m := range maps[:last-1] {
				next := like(from, sizes[i+1])
				m.Apply(next, from)
				from = next
			}
			maps[last-1].Apply(to, from)
		},
		Pull: func(to, from *vgg.Input) {
			for i := last - 1; i > 0; i-- {
				next := like(from, sizes[i])
				maps[i].Pull(next, from)
				from = next
			}
			maps[0].Pull(to, from)
		},
	}
}

// ParseTransform reads the text form; "" is no transform, nil.
func ParseTransform(text string) (Transform, error) {
	var list []Transform
	for _, word := range strings.Fields(text) {
		name, rest, _ := strings.Cut(word, ":")
		parse, err := choose("transform", name, Transforms)
		if err != nil {
			return nil, err
		}
		t, err := parse(rest)
		if err != nil {
			return nil, fmt.Errorf("dreamlib: transform %q: %w", word, err)
		}
		list = append(list, t)
	}
	return Sequence(list...), nil
}
