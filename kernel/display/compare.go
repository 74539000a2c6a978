package display

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"math"
	"strings"
)

// Compare shows two pictures on top of each other with a handle between them: what
// is left of it is before, what is right of it after. The mouse moves it, and the
// arrow keys when it has the focus. Where scripts do not run, as in notebooks that
// are not trusted, the two lie side by side. The pictures need the same
// proportions, not the same size: the smaller one is shown as large as the other.
func Compare(before, after any) (Output, error) { return Output{}.Compare(before, after) }

// Compare replaces what the output shows.
func (o Output) Compare(before, after any) (Output, error) {
	b, err := compareBundle(before, after)
	if err != nil {
		return o, err
	}
	return o.show(b)
}

//go:embed compare.html
var comparePage string

var compareTemplate = template.Must(template.New("compare").Parse(comparePage))

func compareBundle(before, after any) (Bundle, error) {
	var sources [2]template.URL
	var sizes [2]image.Point
	for i, value := range []any{before, after} {
		m, err := imageOf(value)
		if err != nil {
			return nil, fmt.Errorf("%w (%s)", err, []string{"before", "after"}[i])
		}
		file, err := encode(m)
		if err != nil {
			return nil, err
		}
		sizes[i] = m.Bounds().Size()
		sources[i] = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(file))
	}
	if !alike(sizes[0], sizes[1]) {
		return nil, fmt.Errorf("display: compare: want two pictures of the same proportions, found %dx%d and %dx%d pixels",
			sizes[0].X, sizes[0].Y, sizes[1].X, sizes[1].Y)
	}
	var page strings.Builder
	err := compareTemplate.Execute(&page, struct {
		Before, After template.URL
		Width         int
	}{sources[0], sources[1], max(sizes[0].X, sizes[1].X)})
	if err != nil {
		return nil, fmt.Errorf("display: compare: %w", err)
	}
	return Bundle{"text/html": page.String(), "text/plain": fmt.Sprintf("before and after, %dx%d pixels", sizes[1].X, sizes[1].Y)}, nil
}

// alike reports whether two sizes have the same proportions, but for the rounding of
// the smaller one to whole pixels.
func alike(a, b image.Point) bool {
	if a.X > b.X {
		a, b = b, a
	}
	scale := float64(b.X) / float64(a.X)
	return math.Abs(float64(a.Y)*scale-float64(b.Y)) <= scale
}
