// Package gridtest makes small grids, and image files for them, in tests.
package gridtest

import (
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// Narrow is a net that takes no time to make.
const Narrow = "random:divide=32"

// WriteImage writes an image of 40x30 pixels, all but one of them of one grey, and returns its path.
func WriteImage(t testing.TB, folder, name string, grey uint8) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = grey
	}
	m.SetGray(3, 4, color.Gray{Y: 200})
	path := filepath.Join(folder, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	return path
}

// JSON is v's text, to compare values that hold functions.
func JSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Jobs expands a grid.
func Jobs(t testing.TB, g grid.Grid) []grid.Job {
	t.Helper()
	jobs, err := grid.Jobs(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := grid.Count(g); err != nil || n != len(jobs) {
		t.Errorf("counted %d, %v, and made %d", n, err, len(jobs))
	}
	return jobs
}

// Parse reads a grid's text and gives it image files and the Narrow net.
func Parse(t testing.TB, text string, pictures ...string) grid.Grid {
	t.Helper()
	g, err := grid.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(pictures) > 0 {
		g.Pictures = pictures
	}
	if g.Nets == nil {
		g.Nets = []string{Narrow}
	}
	return g
}
