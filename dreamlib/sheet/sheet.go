// Package sheet draws contact sheets: pictures in a grid on a white page, each with a
// line of text below.
//
//	page, err := sheet.Draw([]sheet.Cell{
//		{Label: "input", Picture: photo},
//		{Label: "relu3_2", Picture: dream},
//	}, 0)
//
// DrawTable lays out what two settings made in rows and columns, with their names and
// values on the margins.
//
// It writes no files and resizes no pictures.
package sheet

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"sort"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font/gofont/goregular"
)

// Cell is one picture of a sheet.
type Cell struct {
	// Label is the text below the picture, in Go's regular font: one line that
	// ends in an ellipsis where the picture is narrower than the text.
	Label string

	// Picture is what is shown. Where it is transparent the page shows.
	Picture image.Image
}

// The layout, in pixels.
const (
	gap      = 6  // around every cell
	line     = 16 // height of a label
	baseline = 12 // of a label, from its top
	fontSize = 12
)

const (
	MaxSide   = 1<<16 - 1 // pixels, the longest side of a page: as long as a JPEG's
	MaxPixels = 1 << 26   // of a page, 268 MB in memory
)

// Draw lays the cells out row by row, across of them side by side; 0 takes as
// many as bring the page near to 4:3. Pictures may differ in size, and lie in the
// middle of cells as wide as the widest and as high as the highest. It is an error
// when there are no cells, when one has no picture, or when the page becomes too
// large: see Size.
func Draw(cells []Cell, across int) (*image.RGBA, error) {
	cell, err := cellSize(cells)
	if err != nil {
		return nil, err
	}
	g, err := newGrid(len(cells), cell, across)
	if err != nil {
		return nil, err
	}
	page := image.NewRGBA(image.Rectangle{Max: g.size()})
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	pen, err := pen(page, goregular.TTF, fontSize)
	if err != nil {
		return nil, err
	}
	for i, c := range cells {
		at := g.at(i)
		drawCentred(page, c.Picture, at, cell)
		pen.DrawString(shorten(pen, c.Label, cell.X), float64(at.X), float64(at.Y+cell.Y+baseline))
	}
	return page, nil
}

// Size is how large Draw makes the page for so many cells, the largest picture of
// that size. It is an error when there is none, when across is below 0, or when the
// page would be larger than MaxSide or MaxPixels.
func Size(cells int, picture image.Point, across int) (image.Point, error) {
	g, err := newGrid(cells, picture, across)
	if err != nil {
		return image.Point{}, err
	}
	return g.size(), nil
}

// cellSize is the size that all pictures fit into.
func cellSize(cells []Cell) (size image.Point, err error) {
	for i, c := range cells {
		if c.Picture == nil {
			return size, fmt.Errorf("sheet: cell %d, %q: has no picture", i+1, c.Label)
		}
		own := c.Picture.Bounds().Size()
		if own.X < 1 || own.Y < 1 {
			return size, fmt.Errorf("sheet: cell %d, %q: has an empty picture", i+1, c.Label)
		}
		size = image.Pt(max(size.X, own.X), max(size.Y, own.Y))
	}
	return size, nil
}

// drawCentred puts a picture into the middle of a cell at a point.
func drawCentred(page *image.RGBA, m image.Image, at, cell image.Point) {
	size := m.Bounds().Size()
	at = at.Add(cell.Sub(size).Div(2))
	draw.Draw(page, image.Rectangle{Max: size}.Add(at), m, m.Bounds().Min, draw.Over)
}

// grid is where cells lie on a page.
type grid struct {
	cells, across int
	picture       image.Point // size of each cell's picture
}

func newGrid(cells int, picture image.Point, across int) (grid, error) {
	g := grid{cells, min(across, cells), picture}
	switch {
	case cells < 1:
		return g, errors.New("sheet: has no cells, want at least one")
	case across < 0:
		return g, fmt.Errorf("sheet: %d cells side by side: want 1 or more, or 0 for a page of about 4:3", across)
	case picture.X < 1 || picture.Y < 1 || max(picture.X, picture.Y) > MaxSide:
		return g, fmt.Errorf("sheet: pictures of %dx%d pixels: want 1 to %d a side", picture.X, picture.Y, MaxSide)
	case across == 0:
		g.across = g.nearest(4. / 3)
	}
	if s := g.size(); max(s.X, s.Y) > MaxSide || s.X > MaxPixels/s.Y {
		return g, fmt.Errorf("sheet: a page of %dx%d pixels for %d pictures of %dx%d, %d side by side: want at most %d a side and %d in all",
			s.X, s.Y, cells, picture.X, picture.Y, g.across, MaxSide, MaxPixels)
	}
	return g, nil
}

// nearest is how many cells side by side bring the page's width over its height
// near to ratio and leave little of the last row empty: a tenth of the page
// empty is as bad as a ratio that is off by about a tenth.
func (g grid) nearest(ratio float64) int {
	best, least := 1, math.Inf(1)
	for g.across = 1; g.across <= g.cells; g.across++ {
		s, places := g.size(), g.rows()*g.across
		off := math.Abs(math.Log(float64(s.X) / float64(s.Y) / ratio))
		if off += float64(places-g.cells) / float64(places); off < least {
			best, least = g.across, off
		}
	}
	return best
}

func (g grid) rows() int { return (g.cells + g.across - 1) / g.across }

// step is how far cells lie apart.
func (g grid) step() image.Point { return g.picture.Add(image.Pt(gap, line+gap)) }

// size is the page's.
func (g grid) size() image.Point {
	step := g.step()
	return image.Pt(g.across*step.X+gap, g.rows()*step.Y+gap)
}

// at is the upper left corner of a cell's picture.
func (g grid) at(i int) image.Point {
	step := g.step()
	return image.Pt(gap+i%g.across*step.X, gap+i/g.across*step.Y)
}

// shorten brings a label to one line that is at most so wide, with an ellipsis
// for what is left out; nothing is left where not even that has room.
func shorten(p *gg.Context, label string, most int) string {
	label = strings.Join(strings.Fields(label), " ")
	if width(p, label) <= float64(most) {
		return label
	}
	letters := []rune(label)
	cut := func(n int) string { return strings.TrimRight(string(letters[:n]), " ") + "…" }
	n := sort.Search(len(letters), func(n int) bool { return width(p, cut(n)) > float64(most) })
	if n == 0 {
		return ""
	}
	return cut(n - 1)
}

// pen writes on a page in black, in one of Go's fonts.
func pen(page *image.RGBA, font []byte, size float64) (*gg.Context, error) {
	p := gg.NewContextForRGBA(page)
	p.SetColor(color.Black)
	if err := p.LoadFontFaceFromBytes(font, size); err != nil {
		return nil, fmt.Errorf("sheet: font: %w", err)
	}
	return p, nil
}

// width is that of a text as a pen writes it, in pixels.
func width(p *gg.Context, text string) float64 {
	w, _ := p.MeasureString(text)
	return w
}
