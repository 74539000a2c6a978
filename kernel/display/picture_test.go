package display

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib"
)

// shown is the picture that one call has shown.
func shown(t *testing.T, call func() (Output, error)) image.Image {
	t.Helper()
	var r recorder
	defer SetSink(SetSink(&r))
	if _, err := call(); err != nil {
		t.Fatal(err)
	}
	if len(r.bundles) != 1 {
		t.Fatalf("shown %d times, want once", len(r.bundles))
	}
	file, _ := r.bundles[0]["image/png"].([]byte)
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func filled(w, h int, c color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	return m
}

func at(m image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
}

var (
	white = color.NRGBA{255, 255, 255, 255}
	red   = color.NRGBA{255, 0, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
)

// TestBeside puts a picture of 2x2 pixels beside one of 4x4: in the middle of as
// much room. A sheet's cells begin 6 pixels from its edge and from each other.
func TestBeside(t *testing.T) {
	m := shown(t, func() (Output, error) {
		return Beside(Cell{"small", filled(2, 2, red)}, Cell{"large", filled(4, 4, blue)})
	})
	for _, c := range []struct {
		x, y int
		want color.NRGBA
	}{{6, 6, white}, {7, 7, red}, {8, 8, red}, {9, 9, white}, {15, 7, white}, {16, 6, blue}, {19, 9, blue}} {
		if found := at(m, c.x, c.y); found != c.want {
			t.Errorf("%d, %d: found %v, want %v", c.x, c.y, found, c.want)
		}
	}
	if got, want := m.Bounds().Size(), image.Pt(26, 32); got != want {
		t.Errorf("a page of %v, want %v", got, want)
	}
	row := make([]Cell, 5)
	for i := range row {
		row[i].Picture = filled(4, 4, red)
	}
	if got, want := shown(t, func() (Output, error) { return Beside(row...) }).Bounds().Size(), image.Pt(46, 58); got != want {
		t.Errorf("five pictures take %v, want %v: four in a row", got, want)
	}
}

func TestCompare(t *testing.T) {
	var r recorder
	defer SetSink(SetSink(&r))
	if _, err := Compare(filled(6, 4, red), filled(3, 2, blue)); err != nil {
		t.Fatal(err)
	}
	page := r.bundles[0]["text/html"].(string)
	if n := strings.Count(page, `src="data:image/png;base64,iVBOR`); n != 2 {
		t.Errorf("%d pictures, want 2 in %s", n, page)
	}
	if n := strings.Count(page, `width="6"`); n != 2 {
		t.Errorf("%d as wide as the larger one, want 2", n)
	}
	if text := r.bundles[0]["text/plain"]; text != "before and after, 3x2 pixels" {
		t.Errorf("found %q", text)
	}
	// 1024x681 is 320x213 once it is shrunk and rounded.
	for _, c := range []struct {
		a, b image.Point
		want bool
	}{
		{image.Pt(1024, 681), image.Pt(320, 213), true}, {image.Pt(320, 213), image.Pt(1024, 681), true},
		{image.Pt(320, 214), image.Pt(320, 213), true}, {image.Pt(320, 240), image.Pt(320, 213), false},
		{image.Pt(320, 240), image.Pt(240, 320), false}, {image.Pt(1024, 681), image.Pt(320, 215), false},
	} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("%v and %v have the same proportions: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestChannels shows three channels of 2x1 units: one that is 1 and 3, one that is
// 5 everywhere, one that is -2 and 2.
func TestChannels(t *testing.T) {
	a := tensors.FromFlatDataAndDimensions([]float32{1, 5, -2, 3, 5, 2}, 1, 1, 2, 3)
	best, err := Strongest(a, 2)
	if err != nil || len(best) != 2 || best[0] != 1 || best[1] != 0 {
		t.Errorf("the strongest are %v, %v; want 1 and 0", best, err)
	}
	m := shown(t, func() (Output, error) { return Channels(a, 0, 2) })
	// Units are 72 pixels a side; channels of 144 pixels lie side by side.
	left, right, next := 6+36, 6+72+36, 144+6
	for _, c := range []struct {
		x, y int
		want uint8
	}{{left, 6, 85}, {right, 6, 255}, {left + next, 6, 0}, {right + next, 6, 255}} {
		if found := at(m, c.x, c.y+10); found != (color.NRGBA{c.want, c.want, c.want, 255}) {
			t.Errorf("%d, %d: found %v, want %d", c.x, c.y, found, c.want)
		}
	}
	many := tensors.FromFlatDataAndDimensions(make([]float32, 17), 1, 1, 1, 17)
	if got, want := shown(t, func() (Output, error) { return Channels(many) }).Bounds().Size(), image.Pt(4*78+6, 4*94+6); got != want {
		t.Errorf("16 channels take %v, want 4 rows of 4: %v", got, want)
	}
	large := tensors.FromShape(tensors.FromFlatDataAndDimensions(make([]float32, 600*2), 1, 2, 600, 1).Shape())
	if got := shown(t, func() (Output, error) { return Channels(large) }).Bounds().Dx(); got != 200+12 {
		t.Errorf("600 units take a page %d wide, want every third of them", got)
	}
}

func TestPlot(t *testing.T) {
	one := CurveOf("one", &dreamlib.Result{Values: []float64{1, 2, 3, 4}, Config: dreamlib.Config{Iterations: 2}})
	m := shown(t, func() (Output, error) { return Plot(one, Curve{Values: []float64{4, 1}}) })
	if got, want := m.Bounds().Size(), image.Pt(plotWidth, plotHeight); got != want {
		t.Errorf("a plot of %v, want %v", got, want)
	}
	inked := map[color.NRGBA]int{}
	for y := range plotHeight {
		for x := range plotWidth {
			inked[at(m, x, y)]++
		}
	}
	for i, c := range inks[:2] {
		if n := inked[color.NRGBAModel.Convert(c).(color.NRGBA)]; n < 20 {
			t.Errorf("curve %d: %d pixels, want a line of it", i, n)
		}
	}
	one.Octave = 0
	bare := shown(t, func() (Output, error) { return Plot(one, Curve{Values: []float64{4, 1}}) })
	columns := map[int]int{}
	for y := range plotHeight {
		for x := range plotWidth {
			if at(m, x, y) != at(bare, x, y) {
				columns[x]++
			}
		}
	}
	if len(columns) < 1 || len(columns) > 3 {
		t.Errorf("the octave's boundary is drawn in columns %v, want one line", columns)
	}
	alone := shown(t, func() (Output, error) { return Plot(Curve{Values: []float64{2}}) })
	if alone.Bounds().Size() != m.Bounds().Size() {
		t.Errorf("one value is drawn as %v", alone.Bounds())
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{120, 1930, "500 1000 1500"},
		{0.00012, 0.0003, "0.00015 0.0002 0.00025"},
		{-0.1, 0.35, "-0.1 0 0.1 0.2 0.3"},
		{2, 2, "1.8 1.9 2 2.1 2.2"},
		{0, 0, "-1 -0.5 0 0.5 1"},
	} {
		a := yAxis(c.low, c.high)
		var labels []string
		for _, v := range a.ticks(5, 0) {
			labels = append(labels, tickLabel(v))
			if at := a.at(v); !(at <= a.first && at >= a.last) {
				t.Errorf("%g to %g: %g lies at %g", c.low, c.high, v, at)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g: ticks %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

// TestRefused shows what cannot be shown.
func TestRefused(t *testing.T) {
	var r recorder
	defer SetSink(SetSink(&r))
	layer := tensors.FromFlatDataAndDimensions([]float32{1, 2}, 1, 1, 1, 2)
	for want, call := range map[string]func() (Output, error){
		"there are no pictures":                       func() (Output, error) { return Beside() },
		`found int (number 2, "b")`:                   func() (Output, error) { return Beside(Cell{"a", filled(1, 1, red)}, Cell{"b", 3}) },
		"found 6x4 and 4x6 pixels":                    func() (Output, error) { return Compare(filled(6, 4, red), filled(4, 6, red)) },
		"there is no result (after)":                  func() (Output, error) { return Compare(filled(6, 4, red), (*dreamlib.Result)(nil)) },
		"found nil":                                   func() (Output, error) { return Channels(nil) },
		"found (Float32)[2]":                          func() (Output, error) { return Channels(tensors.FromValue([]float32{1, 2})) },
		"found (Int32)[1, 1, 1, 1]":                   func() (Output, error) { return Channels(tensors.FromValue([][][][]int32{{{{1}}}})) },
		"want numbers of 0..1, found 2":               func() (Output, error) { return Channels(layer, 2) },
		"want 1 to 8 curves, found 0":                 func() (Output, error) { return Plot() },
		`curve 1, "x": has no values`:                 func() (Output, error) { return Plot(CurveOf("x", nil)) },
		`curve 1, "x": its value at step 1 is NaN`:    func() (Output, error) { return Plot(Curve{"x", []float64{0, math.NaN()}, 0}) },
		"want 0 or more steps in an octave, found -1": func() (Output, error) { return Plot(Curve{"x", []float64{0}, -1}) },
	} {
		if _, err := call(); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "display: ") {
			t.Errorf("found %v, want %q in it", err, want)
		}
	}
	if _, err := Strongest(layer, 0); err == nil {
		t.Error("no channels are none")
	}
	if len(r.bundles) != 0 {
		t.Errorf("shown %d times", len(r.bundles))
	}
}
