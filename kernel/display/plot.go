package display

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/draw"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/seed2310110f/godream/dreamlib"
)

// The layout of a plot, in pixels.
const (
	plotWidth  = 480
	plotHeight = 260
	plotText   = 12 // height of a font's line
	plotMargin = 10
	tickLength = 5
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
func Plot(curves ...Curve) (Output, error) { return Output{}.Plot(curves...) }

// Plot replaces what the output shows.
func (o Output) Plot(curves ...Curve) (Output, error) {
	m, err := drawCurves(curves)
	if err != nil {
		return o, fmt.Errorf("display: plot: %w", err)
	}
	return o.showPicture(m)
}

// inks are the colours of the curves: Okabe and Ito's, which colour-blind people can
// tell apart, https://jfly.uni-koeln.de/color.
var inks = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // bluish green
	{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky blue
	{0x00, 0x00, 0x00, 0xff}, // black
	{0xf0, 0xe4, 0x42, 0xff}, // yellow
}

var faint = color.Gray{0xb0}

func drawCurves(curves []Curve) (image.Image, error) {
	if len(curves) < 1 || len(curves) > len(inks) {
		return nil, fmt.Errorf("want 1 to %d curves, found %d", len(inks), len(curves))
	}
	steps, low, high := 1, math.Inf(1), math.Inf(-1)
	for i, c := range curves {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("curve %d, %q: %w", i+1, c.Label, err)
		}
		steps = max(steps, len(c.Values)-1)
		for _, v := range c.Values {
			low, high = min(low, v), max(high, v)
		}
	}
	p := plot{Context: gg.NewContext(plotWidth, plotHeight)}
	if err := p.LoadFontFaceFromBytes(goregular.TTF, plotText); err != nil {
		return nil, err
	}
	p.SetColor(color.White)
	p.Clear()
	p.drawAxes(float64(steps), low, high)
	p.drawOctaves(curves)
	for i, c := range curves {
		p.drawCurve(c, inks[i])
	}
	p.drawLegend(curves)
	return p.Image(), nil
}

// check tells what of a curve cannot be drawn.
func (c Curve) check() error {
	if len(c.Values) == 0 {
		return errors.New("has no values")
	}
	if c.Octave < 0 {
		return fmt.Errorf("want 0 or more steps in an octave, found %d", c.Octave)
	}
	for i, v := range c.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("its value at step %d is %v", i, v)
		}
	}
	return nil
}

// plot is a page with a pair of axes.
type plot struct {
	*gg.Context
	x, y axis
}

// axis maps the values from low to high to the pixels between first and last.
type axis struct {
	low, high   float64
	first, last float64
}

// at is the pixel of a value.
func (a axis) at(v float64) float64 {
	return a.first + (v-a.low)/(a.high-a.low)*(a.last-a.first)
}

// ticks are the multiples of a round step between low and high: at most one more than
// most. The step is 1, 2 or 5 times a power of ten, and at least least.
func (a axis) ticks(most, least float64) []float64 {
	rough := max((a.high-a.low)/most, least)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{5, 2, 1} {
		if m*power >= rough {
			step = m * power
		}
	}
	var ticks []float64
	for i := math.Ceil(a.low / step); i*step <= a.high; i++ {
		ticks = append(ticks, i*step)
	}
	return ticks
}

// tickLabel is a tick's value, without the error of its multiplication.
func tickLabel(v float64) string { return strconv.FormatFloat(v, 'g', 10, 64) }

// yAxis spans the values from low to high, or a tenth of the value around them where
// the labels' ten digits would not tell them apart, or 1 around zero.
func yAxis(low, high float64) axis {
	if largest := max(math.Abs(low), math.Abs(high)); high-low <= 1e-8*largest {
		around := cmp.Or(largest/10, 1)
		low, high = low-around, high+around
	}
	return axis{low: low, high: high, first: plotHeight - plotMargin - tickLength - 2.5*plotText, last: plotMargin}
}

// drawAxes draws both axes, which leave room for the labels of the ticks and for the
// curves' points.
func (p *plot) drawAxes(steps, low, high float64) {
	p.y = yAxis(low, high)
	yTicks := p.y.ticks(5, 0)
	var widest float64
	for _, v := range yTicks {
		w, _ := p.MeasureString(tickLabel(v))
		widest = max(widest, w)
	}
	p.x = axis{0, steps, 2*plotMargin + 1.5*plotText + widest + tickLength, plotWidth - 2*plotMargin}
	left, bottom := math.Floor(p.x.first)-plotMargin+.5, math.Floor(p.y.first)+plotMargin/2+.5

	p.SetColor(color.Black)
	p.SetLineWidth(1)
	p.DrawLine(p.x.first, bottom, p.x.last, bottom)
	for _, v := range p.x.ticks(8, 1) {
		x := math.Floor(p.x.at(v)) + .5
		p.DrawLine(x, bottom, x, bottom+tickLength)
		p.DrawStringAnchored(tickLabel(v), x, bottom+tickLength+plotText/2+2, .5, .5)
	}
	p.DrawLine(left, p.y.first, left, p.y.last)
	for _, v := range yTicks {
		y := math.Floor(p.y.at(v)) + .5
		p.DrawLine(left-tickLength, y, left, y)
		p.DrawStringAnchored(tickLabel(v), left-tickLength-3, y-1, 1, .5)
	}
	p.Stroke()
	p.DrawStringAnchored("step", (p.x.first+p.x.last)/2, plotHeight-plotText, .5, .5)
	p.Push()
	p.SetInterpolator(draw.NearestNeighbor) // which keeps text sharp in a quarter turn
	p.RotateAbout(-math.Pi/2, plotText, (p.y.first+p.y.last)/2)
	p.DrawStringAnchored("objective", plotText, (p.y.first+p.y.last)/2, .5, .5)
	p.Pop()
}

// drawOctaves draws a dotted line at each step that begins an octave, in any of the curves.
func (p *plot) drawOctaves(curves []Curve) {
	p.SetColor(faint)
	p.SetLineWidth(1)
	p.SetDash(3, 3)
	for _, c := range curves {
		for step := c.Octave; step > 0 && step < len(c.Values); step += c.Octave {
			x := math.Floor(p.x.at(float64(step))) + .5
			p.DrawLine(x, p.y.first, x, p.y.last)
		}
	}
	p.Stroke()
	p.SetDash()
}

// drawCurve draws a point for each value and lines between them.
func (p *plot) drawCurve(c Curve, ink color.Color) {
	p.SetColor(ink)
	p.SetLineWidth(2)
	for i, v := range c.Values {
		p.LineTo(p.x.at(float64(i)), p.y.at(v))
	}
	p.Stroke()
	for i, v := range c.Values {
		p.DrawCircle(p.x.at(float64(i)), p.y.at(v), 2)
	}
	p.Fill()
}

// drawLegend lists the curves that have a label, from the upper left corner downwards.
func (p *plot) drawLegend(curves []Curve) {
	x, y := p.x.first, p.y.last+plotText/2
	p.SetLineWidth(2)
	for i, c := range curves {
		if c.Label == "" {
			continue
		}
		p.SetColor(inks[i])
		p.DrawLine(x, y, x+2*plotText, y)
		p.Stroke()
		p.SetColor(color.Black)
		p.DrawStringAnchored(c.Label, x+2.5*plotText, y-1, 0, .5)
		y += 1.25 * plotText
	}
}
