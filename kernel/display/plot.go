package display

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette/brewer"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/seed2310110f/godream/dreamlib"
)

// The size of a plot, in pixels.
const (
	plotWidth  = 480
	plotHeight = 260
)

// Curve is how one dream's objective rose.
type Curve struct {
	Label  string    // in the legend. Default none
	Values []float64 // the objective before each step
	Octave int       // steps in each octave, between which lines are drawn. Default 0: none
}

// CurveOf is a dream's curve.
func CurveOf(label string, r *dreamlib.Result) Curve {
	if r == nil {
		return Curve{Label: label}
	}
	return Curve{Label: label, Values: r.Values, Octave: r.Config.Iterations}
}

// Plot shows the objective of dreams over their steps, with a dotted line where an
// octave begins.
func Plot(curves ...Curve) (Output, error) { return fresh().Plot(curves...) }

// Plot replaces what the output shows.
func (o Output) Plot(curves ...Curve) (Output, error) {
	m, err := drawCurves(curves)
	if err != nil {
		return o, fmt.Errorf("display: plot: %w", err)
	}
	return o.showPicture(m)
}

// maxPlotted is how many curves can be told apart: as many as Brewer's palette of
// dark colours has, http://colorbrewer2.org.
const maxPlotted = 8

var (
	faint = color.Gray{0xb0}
	inks  = brewer.Dark2[maxPlotted].Colors()
)

func drawCurves(curves []Curve) (image.Image, error) {
	if len(curves) < 1 || len(curves) > maxPlotted {
		return nil, fmt.Errorf("want 1 to %d curves, found %d", maxPlotted, len(curves))
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "step", "objective"
	p.Legend.Top, p.Legend.Left = true, true
	for i, c := range curves {
		if err := addCurve(p, c, inks[i]); err != nil {
			return nil, fmt.Errorf("curve %d, %q: %w", i+1, c.Label, err)
		}
	}
	if err := addOctaves(p, curves); err != nil {
		return nil, err
	}
	// 96 pixels are an inch.
	page := vgimg.NewWith(vgimg.UseWH(plotWidth*vg.Inch/96, plotHeight*vg.Inch/96), vgimg.UseDPI(96))
	p.Draw(draw.Crop(draw.New(page), 0, -vg.Points(8), 0, -vg.Points(4)))
	return page.Image(), nil
}

func addCurve(p *plot.Plot, c Curve, ink color.Color) error {
	if len(c.Values) == 0 {
		return errors.New("has no values")
	}
	if c.Octave < 0 {
		return fmt.Errorf("want 0 or more steps in an octave, found %d", c.Octave)
	}
	places := make(plotter.XYs, len(c.Values))
	for i, v := range c.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("its value at step %d is %v", i, v)
		}
		places[i] = plotter.XY{X: float64(i), Y: v}
	}
	line, points, err := plotter.NewLinePoints(places)
	if err != nil {
		return err
	}
	line.Color, line.Width = ink, vg.Points(1.5)
	points.Color, points.Shape, points.Radius = ink, draw.CircleGlyph{}, vg.Points(1.5)
	p.Add(line, points)
	if c.Label != "" {
		p.Legend.Add(c.Label, line)
	}
	return nil
}

// addOctaves draws a line at each step that begins an octave, in any of the curves.
func addOctaves(p *plot.Plot, curves []Curve) error {
	low, high := p.Y.Min, p.Y.Max
	drawn := map[int]bool{}
	for _, c := range curves {
		for at := c.Octave; at > 0 && at < len(c.Values); at += c.Octave {
			if drawn[at] {
				continue
			}
			drawn[at] = true
			line, err := plotter.NewLine(plotter.XYs{{X: float64(at), Y: low}, {X: float64(at), Y: high}})
			if err != nil {
				return err
			}
			line.Color, line.Dashes = faint, []vg.Length{vg.Points(2), vg.Points(2)}
			p.Add(line)
		}
	}
	return nil
}
