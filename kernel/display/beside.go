package display

import (
	"errors"
	"fmt"
	"image"

	"github.com/seed2310110f/godream/dreamlib/sheet"
)

const maxAcross = 4 // pictures side by side; the next one begins a row

// Cell is a picture with a line of text below it.
type Cell struct {
	Label   string
	Picture any // what Image takes, one of them
}

// Beside shows pictures side by side, four in a row, each with its label below.
// They keep their sizes; smaller ones are centred in the space of the largest.
func Beside(cells ...Cell) (Output, error) { return Output{}.Beside(cells...) }

// Beside replaces what the output shows.
func (o Output) Beside(cells ...Cell) (Output, error) {
	page, err := beside(cells)
	if err != nil {
		return o, err
	}
	return o.showPicture(page)
}

// beside is a sheet of the cells.
func beside(cells []Cell) (image.Image, error) {
	if len(cells) == 0 {
		return nil, errors.New("display: side by side: there are no pictures, want at least one")
	}
	var list []sheet.Cell
	for i, c := range cells {
		m, err := imageOf(c.Picture)
		if err != nil {
			return nil, fmt.Errorf("%w (number %d, %q)", err, i+1, c.Label)
		}
		list = append(list, sheet.Cell{Label: c.Label, Picture: m})
	}
	page, err := sheet.Draw(list, min(len(list), maxAcross))
	if err != nil {
		return nil, fmt.Errorf("display: side by side: %w", err)
	}
	return page, nil
}
