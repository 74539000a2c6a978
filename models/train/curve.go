package main

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// line is one of a plot's.
type line struct {
	name string
	ink  color.Color
	of   func(point) float64
}

var (
	blue   = color.RGBA{0x1b, 0x6c, 0xa8, 0xff}
	orange = color.RGBA{0xd9, 0x82, 0x2b, 0xff}
)

// drawCurve writes the history as a PNG: the loss above, the share of right
// answers below, both over the steps.
func drawCurve(path string, history []point) error {
	loss, err := newPlot("loss", history, line{"", blue, func(p point) float64 { return p.Loss }})
	if err != nil {
		return err
	}
	answers, err := newPlot("right answers, %", history,
		line{"on fresh pictures", blue, func(p point) float64 { return 100 * p.Accuracy }},
		line{"while learning, half of the pictures disturbed", orange, func(p point) float64 { return 100 * p.Learned }})
	if err != nil {
		return err
	}
	answers.Y.Min, answers.Y.Max = 0, 100
	answers.X.Label.Text = "step"

	page := vgimg.NewWith(vgimg.UseWH(16*vg.Centimeter, 16*vg.Centimeter), vgimg.UseDPI(96))
	plots := [][]*plot.Plot{{loss}, {answers}}
	tiles := draw.Tiles{Rows: 2, Cols: 1, PadY: vg.Points(8), PadRight: vg.Points(12)}
	for i, canvas := range plot.Align(plots, tiles, draw.New(page)) {
		plots[i][0].Draw(canvas[0])
	}
	return writePage(path, page)
}

// writePage writes a page of plots as a PNG.
func writePage(path string, page *vgimg.Canvas) error {
	return picture.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := vgimg.PngCanvas{Canvas: page}.WriteTo(w)
		return err
	})
}

// newPlot draws lines over the steps.
func newPlot(title string, history []point, lines ...line) (*plot.Plot, error) {
	p := plot.New()
	p.Y.Label.Text = title
	p.Add(plotter.NewGrid())
	for _, l := range lines {
		var places plotter.XYs
		for _, h := range history {
			places = append(places, plotter.XY{X: float64(h.Step), Y: l.of(h)})
		}
		drawn, err := plotter.NewLine(places)
		if err != nil {
			return nil, fmt.Errorf("train: curve: %w", err)
		}
		drawn.Color, drawn.Width = l.ink, vg.Points(1.5)
		p.Add(drawn)
		if l.name != "" {
			p.Legend.Add(l.name, drawn)
		}
	}
	return p, nil
}
