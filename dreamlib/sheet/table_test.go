package sheet

import (
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
)

// inkIn is where a page is not white, within a part of it.
func inkIn(page *image.RGBA, part image.Rectangle) (ink image.Rectangle) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if page.RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}

// TestDrawTable wants pictures of different sizes in the middle of their cells, the
// margins' texts beside them, and nothing else.
func TestDrawTable(t *testing.T) {
	table := Table{
		Title:   "width 20",
		Rows:    Axis{"layer", []string{"relu3_1", "relu4_2"}},
		Columns: Axis{"step", []string{"1", "2"}},
		Cells: [][]Cell{
			{{Picture: filled(130, 60, red)}, {Picture: filled(50, 20, green)}},
			{{}, {Label: "not done"}},
		},
	}
	page, err := DrawTable(table)
	if err != nil {
		t.Fatal(err)
	}
	left, top := page.Rect.Max.X-2*136, 6+3*18 // title, the columns' name, their labels
	if want := image.Pt(left+2*136, top+2*66); page.Rect.Max != want || left < 50 || left > 90 {
		t.Fatalf("a page of %v, with %d for the rows' labels", page.Rect.Max, left)
	}
	cell := func(row, column int) image.Rectangle {
		return image.Rect(0, 0, 130, 60).Add(image.Pt(left+136*column, top+66*row))
	}
	for _, c := range []struct {
		what string
		part image.Rectangle
		ink  image.Rectangle // that has to be there, exactly where exact
		min  image.Point     // size of the ink
	}{
		{"first picture", cell(0, 0), cell(0, 0), image.Point{}},
		{"smaller picture", cell(0, 1), image.Rect(40, 20, 90, 40).Add(cell(0, 1).Min), image.Point{}},
		{"no job", cell(1, 0), image.Rectangle{}, image.Point{}},
		{"not done", cell(1, 1), cell(1, 1), image.Point{}},
		{"title", image.Rect(0, 6, page.Rect.Max.X, 24), image.Rectangle{}, image.Pt(50, 8)},
		{"columns' name", image.Rect(left, 24, left+130, 42), image.Rectangle{}, image.Pt(25, 8)},
		{"column 1", image.Rect(left, 42, left+130, 60), image.Rectangle{}, image.Pt(3, 8)},
		{"column 2", image.Rect(left+136, 42, left+266, 60), image.Rectangle{}, image.Pt(5, 8)},
		{"rows' name", image.Rect(0, 42, left, 60), image.Rectangle{}, image.Pt(30, 8)},
		{"row 1", image.Rect(0, top, left, top+60), image.Rectangle{}, image.Pt(40, 8)},
		{"row 2", image.Rect(0, top+66, left, top+126), image.Rectangle{}, image.Pt(40, 8)},
		{"gap", image.Rect(left+130, top, left+136, top+132), image.Rectangle{}, image.Point{}},
	} {
		ink := inkIn(page, c.part)
		if c.min == (image.Point{}) && ink != c.ink || ink.Dx() < c.min.X || ink.Dy() < c.min.Y {
			t.Errorf("%s: ink in %v, want %v or at least %v", c.what, ink, c.ink, c.min)
		}
	}
	if at := page.RGBAAt(cell(1, 1).Min.X, cell(1, 1).Min.Y); at != (color.RGBA{0xee, 0xee, 0xee, 255}) {
		t.Errorf("what is not done is %v, want grey", at)
	}
	table.Title = strings.Repeat("a long title ", 100)
	if long, err := DrawTable(table); err != nil || long.Rect != page.Rect {
		t.Errorf("a long title makes the page %v, %v", long.Rect, err)
	}
}

// TestTableLabels wants long labels in three lines at most, and columns of small
// pictures wide enough for theirs.
func TestTableLabels(t *testing.T) {
	dot := Cell{Picture: filled(4, 4, red)}
	draw := func(columns ...string) image.Point {
		page, err := DrawTable(Table{Rows: Axis{Labels: []string{""}}, Columns: Axis{Labels: columns}, Cells: [][]Cell{slices.Repeat([]Cell{dot}, len(columns))}})
		if err != nil {
			t.Fatal(err)
		}
		return page.Rect.Max
	}
	if got := draw(""); got != image.Pt(6+4+6, 6+4+6) {
		t.Errorf("without labels: %v", got)
	}
	if got := draw("0.5*relu3_1 + relu5_2 - 0.2*relu2_2"); got != image.Pt(6+120+6, 6+3*18+4+6) {
		t.Errorf("a long label: %v", got)
	}
	if one, four := draw("a"), draw("a", "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9"); four.X != 6+2*126 || four.Y != one.Y+2*18 {
		t.Errorf("one line: %v, too many: %v", one, four)
	}
}

func TestDrawTableRefuses(t *testing.T) {
	dot := Cell{Picture: filled(1, 1, red)}
	one := Axis{Labels: []string{""}}
	for want, table := range map[string]Table{
		"sheet: a table without pictures":                              {Rows: one, Columns: one, Cells: [][]Cell{{{Label: "no"}}}},
		"sheet: table of 1 rows: has 0 labels":                         {Columns: one, Cells: [][]Cell{{dot}}},
		"sheet: row 1 of a table: has 2 cells, and the columns have 1": {Rows: one, Columns: one, Cells: [][]Cell{{dot, dot}}},
		"sheet: pictures of 2000000000x2000000000 pixels":              {Rows: one, Columns: one, Cells: [][]Cell{{{Picture: image.NewUniform(red)}}}},
		"sheet: a page of 65541x16 pixels for a table of 1 rows":       {Rows: one, Columns: one, Cells: [][]Cell{{{Picture: filled(65529, 4, red)}}}},
	} {
		if page, err := DrawTable(table); err == nil || page != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := DrawTable(Table{}); err == nil {
		t.Error("drew nothing at all")
	}
}
