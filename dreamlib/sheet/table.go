package sheet

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Table is a contact sheet whose rows and columns are the values of two settings:
//
//	              step
//	layer         1      2      3
//	relu3_1       ...
//	relu4_2
type Table struct {
	Title   string // above it all, empty for none
	Rows    Axis   // named on the left margin
	Columns Axis   // named above

	// Cells are the rows' pictures: [rows][columns]. They may differ in size, and lie
	// in the middle of cells as large as the largest. Where there is none, a Label
	// stands on grey; without one the page is left white.
	Cells [][]Cell
}

// Axis is what one margin of a Table says. An axis of one value may have no name and
// an empty label, and takes no room then.
type Axis struct {
	Name   string
	Labels []string // a text for each row or column, in up to three lines
}

// The layout of a table, in pixels.
const (
	tableFont  = 14
	tableLine  = 18  // height of a line of text
	tableBase  = 14  // of a line's text, from its top
	tableLines = 3   // of a label, at most
	leastWide  = 120 // that a column is for its label's sake, where its pictures are smaller
	mostLeft   = 220 // width of the rows' labels, at most
)

// DrawTable lays out a table on a white page. It is an error when there is no
// picture, when the rows and columns are not as many as their labels, or when the
// page would be larger than MaxSide or MaxPixels.
func DrawTable(t Table) (*image.RGBA, error) {
	l, err := t.layout()
	if err != nil {
		return nil, err
	}
	page := image.NewRGBA(image.Rectangle{Max: l.size()})
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	for r, row := range t.Cells {
		for c, cell := range row {
			l.drawCell(page, cell, l.at(r, c))
		}
	}
	return page, l.drawText(page)
}

// tableLayout is where a table's parts lie.
type tableLayout struct {
	Table
	cell      image.Point
	left, top int        // of the first cell
	rows      [][]string // lines of their labels
	columns   [][]string
}

func (t Table) layout() (*tableLayout, error) {
	l := &tableLayout{Table: t}
	if err := l.measureCells(); err != nil {
		return nil, err
	}
	blank := image.NewRGBA(image.Rect(0, 0, 1, 1))
	regular, err := pen(blank, goregular.TTF, tableFont)
	if err != nil {
		return nil, err
	}
	bold, err := pen(blank, gobold.TTF, tableFont)
	if err != nil {
		return nil, err
	}
	widest := func(labels []string, most float64) int {
		var w float64
		for _, label := range labels {
			w = max(w, min(width(regular, label), most))
		}
		return int(math.Ceil(w))
	}
	l.cell.X = max(l.cell.X, widest(t.Columns.Labels, leastWide))
	for _, label := range t.Rows.Labels {
		l.rows = append(l.rows, wrap(regular, label, mostLeft))
		l.cell.Y = max(l.cell.Y, len(l.rows[len(l.rows)-1])*tableLine)
	}
	l.left = gap
	if wide := max(widest(slices.Concat(l.rows...), mostLeft), int(math.Ceil(width(bold, t.Rows.Name)))); wide > 0 {
		l.left += wide + 2*gap
	}
	lines := 0
	for _, label := range t.Columns.Labels {
		wrapped := wrap(regular, label, l.cell.X)
		l.columns, lines = append(l.columns, wrapped), max(lines, len(wrapped))
	}
	l.top = gap + lines*tableLine
	for _, name := range []string{t.Title, t.Columns.Name} {
		if name != "" {
			l.top += tableLine
		}
	}
	if lines == 0 && t.Rows.Name != "" {
		l.top += tableLine
	}
	if s := l.size(); max(s.X, s.Y) > MaxSide || s.X > MaxPixels/s.Y {
		return nil, fmt.Errorf("sheet: a page of %dx%d pixels for a table of %d rows and %d columns: want at most %d a side and %d in all",
			s.X, s.Y, len(t.Cells), len(t.Columns.Labels), MaxSide, MaxPixels)
	}
	return l, nil
}

// measureCells finds how large the largest picture is.
func (l *tableLayout) measureCells() error {
	if len(l.Cells) != len(l.Rows.Labels) {
		return fmt.Errorf("sheet: table of %d rows: has %d labels for them", len(l.Cells), len(l.Rows.Labels))
	}
	for r, row := range l.Cells {
		if len(row) != len(l.Columns.Labels) {
			return fmt.Errorf("sheet: row %d of a table: has %d cells, and the columns have %d labels", r+1, len(row), len(l.Columns.Labels))
		}
		for _, c := range row {
			if c.Picture != nil {
				size := c.Picture.Bounds().Size()
				l.cell = image.Pt(max(l.cell.X, size.X), max(l.cell.Y, size.Y))
			}
		}
	}
	if l.cell.X < 1 || l.cell.Y < 1 {
		return errors.New("sheet: a table without pictures, want at least one")
	}
	if max(l.cell.X, l.cell.Y) > MaxSide {
		return fmt.Errorf("sheet: pictures of %dx%d pixels: want 1 to %d a side", l.cell.X, l.cell.Y, MaxSide)
	}
	return nil
}

// size is the page's.
func (l *tableLayout) size() image.Point {
	return l.at(len(l.Rows.Labels), len(l.Columns.Labels))
}

// at is the upper left corner of a cell.
func (l *tableLayout) at(row, column int) image.Point {
	return image.Pt(l.left+column*(l.cell.X+gap), l.top+row*(l.cell.Y+gap))
}

// paper is what a cell without a picture is filled with.
var paper = image.NewUniform(color.Gray{Y: 0xee})

// drawCell puts a picture into the middle of the cell at a point.
func (l *tableLayout) drawCell(page *image.RGBA, c Cell, at image.Point) {
	if c.Picture == nil && c.Label == "" {
		return
	}
	if c.Picture == nil {
		draw.Draw(page, image.Rectangle{Max: l.cell}.Add(at), paper, image.Point{}, draw.Src)
		return
	}
	drawCentred(page, c.Picture, at, l.cell)
}

// drawText writes the margins, and into cells without a picture.
func (l *tableLayout) drawText(page *image.RGBA) error {
	bold, err := pen(page, gobold.TTF, tableFont)
	if err != nil {
		return err
	}
	y, size := gap, page.Rect.Size()
	if l.Title != "" {
		lines(bold, []string{shorten(bold, l.Title, size.X-2*gap)}, gap, y)
		y += tableLine
	}
	lines(bold, []string{shorten(bold, l.Columns.Name, size.X-l.left)}, l.left, y)
	lines(bold, []string{l.Rows.Name}, gap, l.top-tableLine)

	regular, err := pen(page, goregular.TTF, tableFont)
	if err != nil {
		return err
	}
	for c, label := range l.columns {
		lines(regular, label, l.at(0, c).X, l.top-len(label)*tableLine)
	}
	for r, label := range l.rows {
		lines(regular, label, gap, l.at(r, 0).Y+(l.cell.Y-len(label)*tableLine)/2)
	}
	for r, row := range l.Cells {
		for c, cell := range row {
			if at := l.at(r, c); cell.Picture == nil {
				label := wrap(regular, cell.Label, l.cell.X-2*gap)
				lines(regular, label, at.X+gap, at.Y+(l.cell.Y-len(label)*tableLine)/2)
			}
		}
	}
	return nil
}

// lines writes lines of text, the first below y.
func lines(p *gg.Context, text []string, x, y int) {
	for i, line := range text {
		p.DrawString(line, float64(x), float64(y+i*tableLine+tableBase))
	}
}

// wrap breaks a label into lines that are at most so wide, as many as labels may
// have; none of an empty one.
func wrap(p *gg.Context, label string, most int) []string {
	if label = strings.Join(strings.Fields(label), " "); label == "" {
		return nil
	}
	list := p.WordWrap(label, float64(most))
	if len(list) > tableLines {
		list = append(list[:tableLines-1:tableLines-1], strings.Join(list[tableLines-1:], " "))
	}
	for i, line := range list {
		list[i] = shorten(p, line, most)
	}
	return list
}
