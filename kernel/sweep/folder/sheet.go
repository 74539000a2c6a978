package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/sheet"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// SheetOptions are the layout of contact sheets.
type SheetOptions struct {
	// Rows and Columns are the names of two Dimensions. Default the last but one and
	// the last. All others are fixed on a sheet, and named above it.
	Rows, Columns string

	// Cell is how many pixels a dream is wide and high on the sheet, at most: larger
	// ones are scaled down. Default 256, at most 2048.
	Cell int
}

const (
	usualCell = 256
	mostCell  = 2048
	mostPage  = 6000 // pixels of a sheet's side, from which on it is cut into several
)

// sheetNames are the files that WriteSheets makes.
var sheetNames = regexp.MustCompile(`^sheet(-[0-9]{3,})?\.png$`)

// sheetKey is the keyword of the metadata that holds a sheet's grid.
const sheetKey = "godream-sweep"

// WriteSheets writes the Grid's dreams onto contact sheets and returns their paths:
// sheet.png, or sheet-001.png and so on where there are several, because there are
// more than two axes or because a sheet would be too large. Those of an earlier call
// that are no longer needed are removed. Along one axis the dreams follow one
// another, with their values below. A dream that is not there yet, or was given up,
// leaves its cell empty. It is an error when there are no dreams at all.
func (f *Folder) WriteSheets(o SheetOptions) (paths []string, err error) {
	defer func() { err = ofSheet(err) }()
	pages, err := f.pages(o)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(f.Grid)
	if err != nil {
		return nil, err
	}
	options := picture.Options{Text: map[string]string{sheetKey: string(text)}}
	for i, p := range pages {
		name := "sheet.png"
		if len(pages) > 1 {
			name = fmt.Sprintf("sheet-%03d.png", i+1)
		}
		drawn, err := f.draw(p)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(f.path, name)
		if err := picture.Write(path, picture.FromImage(drawn), options); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, f.removeSheets(paths)
}

// Sheets are the contact sheets that WriteSheets writes, as images of up to about
// 6000 pixels a side.
func (f *Folder) Sheets(o SheetOptions) ([]image.Image, error) { return f.sheets(o, math.MaxInt) }

// Shown is what a notebook shows of a folder, see package display: the first of its
// contact sheets, or why there are none.
func (f *Folder) Shown() any {
	const cell, most = 128, 4
	if f == nil {
		return nil
	}
	sheets, err := f.sheets(SheetOptions{Cell: cell}, most)
	switch {
	case err != nil:
		return err
	case len(sheets) == 1:
		return sheets[0]
	}
	return sheets
}

// sheets are so many contact sheets at most.
func (f *Folder) sheets(o SheetOptions, most int) (sheets []image.Image, err error) {
	pages, err := f.pages(o)
	for _, p := range pages[:min(most, len(pages))] {
		var drawn image.Image
		if drawn, err = f.draw(p); err != nil {
			break
		}
		sheets = append(sheets, drawn)
	}
	return sheets, ofSheet(err)
}

func ofSheet(err error) error {
	if err != nil {
		err = fmt.Errorf("sweep: sheet: %w", err)
	}
	return err
}

// removeSheets removes the sheets that are not among those to keep.
func (f *Folder) removeSheets(keep []string) error {
	entries, err := os.ReadDir(f.path)
	for _, e := range entries {
		if path := filepath.Join(f.path, e.Name()); sheetNames.MatchString(e.Name()) && !slices.Contains(keep, path) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

// cell is a job's dream, scaled down to fit, or why there is none.
func (f *Folder) cell(j grid.Job, most int) (sheet.Cell, error) {
	r, ok := f.Record(j.ID)
	switch {
	case !ok:
		return sheet.Cell{Label: "not done"}, nil
	case r.State != Done:
		return sheet.Cell{Label: "given up"}, nil
	case !f.has(r.File):
		return sheet.Cell{Label: "not done"}, nil
	}
	m, err := picture.Read(filepath.Join(f.path, filepath.FromSlash(r.File)))
	if err != nil {
		return sheet.Cell{}, err
	}
	scale := min(1, float64(most)/float64(max(m.Width, m.Height)))
	w, h := max(1, int(math.Round(float64(m.Width)*scale))), max(1, int(math.Round(float64(m.Height)*scale)))
	if w != m.Width || h != m.Height {
		m = picture.Resize(m, w, h, picture.Lanczos)
		m.Clip()
	}
	return sheet.Cell{Picture: m.NRGBA()}, nil
}
