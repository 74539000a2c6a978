package folder

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/sheet"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// A sheetPage is one contact sheet to be: a table whose cells are still places in
// Jobs, -1 where there is no job. Along one axis it is one row, to be broken as
// it fits.
type sheetPage struct {
	table sheet.Table
	flow  bool
	jobs  [][]int
	cell  int // pixels that a dream is wide and high, at most
}

// pages are the sheets of all jobs, those without any dream left out.
func (f *Folder) pages(o SheetOptions) ([]sheetPage, error) {
	o.Cell = cmp.Or(o.Cell, usualCell)
	if o.Cell < 1 || o.Cell > mostCell {
		return nil, fmt.Errorf("cells of %d pixels: want 1 to %d", o.Cell, mostCell)
	}
	rows, columns, err := f.sides(o)
	if err != nil {
		return nil, err
	}
	most, names := max(1, mostPage/(o.Cell+10)), f.labels()
	var pages []sheetPage
	for _, group := range f.groups(rows, columns) {
		var whole sheetPage
		if columns < 0 || rows < 0 {
			whole = f.flow(group, columns, names)
		} else {
			whole = f.table(group, rows, columns, names)
		}
		for _, p := range whole.cut(most) {
			if p.cell = o.Cell; f.anyDone(p) {
				pages = append(pages, p)
			}
		}
	}
	if len(pages) == 0 {
		return nil, errors.New("has no dreams yet")
	}
	return pages, nil
}

// sides are the dimensions of rows and columns, -1 where there are too few.
func (f *Folder) sides(o SheetOptions) (rows, columns int, err error) {
	var names []string
	for _, d := range f.Dimensions {
		names = append(names, d.Name)
	}
	rows, columns = slices.Index(names, o.Rows), slices.Index(names, o.Columns)
	for _, name := range []string{o.Rows, o.Columns} {
		if name != "" && !slices.Contains(names, name) {
			return rows, columns, fmt.Errorf("no axis is called %q: did you mean %s? there are %s", name, grid.Nearest(name, names), strings.Join(names, "; "))
		}
	}
	if rows >= 0 && rows == columns {
		return rows, columns, fmt.Errorf("axis %s: cannot be both rows and columns", o.Rows)
	}
	last := func(other int) int { // the last dimension but the other one
		if at := len(names) - 1; at != other {
			return at
		}
		return max(len(names)-2, -1)
	}
	if columns < 0 {
		columns = last(rows)
	}
	if rows < 0 {
		rows = last(columns)
	}
	return rows, columns, nil
}

// groups are the jobs that differ along rows and columns alone, in order.
func (f *Folder) groups(rows, columns int) [][]int {
	var groups [][]int
	at := map[string]int{}
	for i, j := range f.Jobs {
		key := ""
		for d, value := range j.Point {
			if d != rows && d != columns {
				key += value + "\x00"
			}
		}
		g, ok := at[key]
		if !ok {
			g, groups = len(groups), append(groups, nil)
			at[key] = g
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// flow is the page of jobs along one axis, or of the only one.
func (f *Folder) flow(group []int, axis int, l []map[string]string) sheetPage {
	p := sheetPage{flow: true, jobs: [][]int{group}}
	for _, i := range group {
		label := filepath.Base(f.Jobs[i].Picture.Source)
		if axis >= 0 {
			label = f.Dimensions[axis].Name + " " + l[axis][f.Jobs[i].Point[axis]]
		}
		p.table.Columns.Labels = append(p.table.Columns.Labels, label)
	}
	return p
}

// table is the page of jobs along two axes, titled by what they have in common.
func (f *Folder) table(group []int, rows, columns int, l []map[string]string) sheetPage {
	var p sheetPage
	var title []string
	for d, value := range f.Jobs[group[0]].Point {
		if d != rows && d != columns {
			title = append(title, f.Dimensions[d].Name+" "+l[d][value])
		}
	}
	p.table.Title = strings.Join(title, ", ")
	var places [2]map[string]int
	for side, axis := range []int{rows, columns} {
		to := []*sheet.Axis{&p.table.Rows, &p.table.Columns}[side]
		to.Name, places[side] = f.Dimensions[axis].Name, map[string]int{}
		used := map[string]bool{}
		for _, i := range group {
			used[f.Jobs[i].Point[axis]] = true
		}
		for _, value := range f.Dimensions[axis].Values {
			if used[value] {
				places[side][value] = len(to.Labels)
				to.Labels = append(to.Labels, l[axis][value])
			}
		}
	}
	p.jobs = make([][]int, len(p.table.Rows.Labels))
	for r := range p.jobs {
		p.jobs[r] = slices.Repeat([]int{-1}, len(p.table.Columns.Labels))
	}
	for _, i := range group {
		point := f.Jobs[i].Point
		p.jobs[places[0][point[rows]]][places[1][point[columns]]] = i
	}
	return p
}

// cut is a page in pieces of so many rows and columns at most.
func (p sheetPage) cut(most int) []sheetPage {
	var pieces []sheetPage
	across := most
	if p.flow {
		across = most * most
	}
	rows, columns := p.table.Rows, p.table.Columns
	for r := 0; r < len(p.jobs); r += most {
		lastRow := min(r+most, len(p.jobs))
		for c := 0; c < len(columns.Labels); c += across {
			lastColumn := min(c+across, len(columns.Labels))
			piece := sheetPage{table: p.table, flow: p.flow}
			piece.table.Columns.Labels = columns.Labels[c:lastColumn]
			if !p.flow {
				piece.table.Rows.Labels = rows.Labels[r:lastRow]
			}
			for _, row := range p.jobs[r:lastRow] {
				piece.jobs = append(piece.jobs, row[c:lastColumn])
			}
			pieces = append(pieces, piece)
		}
	}
	return pieces
}

// anyDone reports whether a page has a dream to show.
func (f *Folder) anyDone(p sheetPage) bool {
	for _, row := range p.jobs {
		for _, i := range row {
			if i < 0 {
				continue
			}
			if r, ok := f.Record(f.Jobs[i].ID); ok && r.State == Done {
				return true
			}
		}
	}
	return false
}

// draw fetches a page's dreams and lays them out.
func (f *Folder) draw(p sheetPage) (*image.RGBA, error) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	p.table.Cells = make([][]sheet.Cell, len(p.jobs))
	for r, row := range p.jobs {
		p.table.Cells[r] = make([]sheet.Cell, len(row))
		for c, job := range row {
			if job < 0 {
				continue
			}
			group.Go(func() (err error) {
				p.table.Cells[r][c], err = f.cell(f.Jobs[job], p.cell)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if !p.flow {
		return sheet.DrawTable(p.table)
	}
	cells := p.table.Cells[0]
	for i, label := range p.table.Columns.Labels {
		if cells[i].Picture == nil {
			label += ": " + cells[i].Label
			cells[i].Picture = image.NewNRGBA(image.Rect(0, 0, 1, 1)) // nothing to be seen
		}
		cells[i].Label = label
	}
	return sheet.Draw(cells, 0)
}
