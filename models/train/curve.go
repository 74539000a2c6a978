package main

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// drawCurve writes the history as a PNG: the loss above, the share of right
// answers below, both over the steps.
func drawCurve(path string, history []point) error {
	var loss, learned, accuracy plotter.XYs
	for _, p := range history {
		x := float64(p.Step)
		loss = append(loss, plotter.XY{X: x, Y: p.Loss})
		learned = append(learned, plotter.XY{X: x, Y: 100 * p.Learned})
		accuracy = append(accuracy, plotter.XY{X: x, Y: 100 * p.Accuracy})
	}
	p := plot.New()
	p.X.Label.Text = "step"
	p.Y.Label.Text = "right answers, %"
	p.Y.Min, p.Y.Max = 0, 100
	p.Legend.Left = false
	p.Title.Text = fmt.Sprintf("loss %.3f", history[len(history)-1].Loss)
	for _, c := range []struct {
		name string
		xys  plotter.XYs
		ink  color.Color
	}{
		{"fresh pictures", accuracy, color.RGBA{0x1b, 0x6c, 0xa8, 0xff}},
		{"pictures learned from", learned, color.RGBA{0xd9, 0x82, 0x2b, 0xff}},
	} {
		line, err := plotter.NewLine(c.xys)
		if err != nil {
			return fmt.Errorf("train: curve: %w", err)
		}
		line.Color, line.Width = c.ink, vg.Points(1.5)
		p.Add(line)
		p.Legend.Add(c.name, line)
	}
	p.Add(plotter.NewGrid())
	image, err := p.WriterTo(16*vg.Centimeter, 9*vg.Centimeter, "png")
	if err != nil {
		return fmt.Errorf("train: curve: %w", err)
	}
	var b bytes.Buffer
	if _, err := image.WriteTo(&b); err != nil {
		return fmt.Errorf("train: curve: %w", err)
	}
	return writeFile(path, b.Bytes())
}
