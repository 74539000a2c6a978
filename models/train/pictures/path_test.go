package pictures

import (
	"math"
	"slices"
	"testing"
)

// wantPoint compares two places but for rounding.
func wantPoint(t *testing.T, what string, got, want Point) {
	t.Helper()
	if !(math.Hypot(got.X-want.X, got.Y-want.Y) < 1e-9) {
		t.Errorf("%s: got %.4f, want %.4f", what, got, want)
	}
}

func TestPaths(t *testing.T) {
	hook := Polygon(0, 0, 2, 1, 2, 3)
	for _, c := range []struct {
		name      string
		got, want Path
	}{
		{"polygon", hook, Path{{0, 0}, {2, 1}, {2, 3}}},
		{"no polygon", Polygon(), Path{}},
		{"rectangle", Rect(-1, -2, 3, 4), Path{{-1, -2}, {3, -2}, {3, 4}, {-1, 4}}},
		{"mirror", hook.Mirror(), Path{{0, 0}, {-2, 1}, {-2, 3}}},
		{"reverse", hook.Reverse(), Path{{2, 3}, {2, 1}, {0, 0}}},
		{"curve", Curve(4, func(t float64) Point { return Point{t, t * t} }), Path{{0, 0}, {0.25, 0.0625}, {0.5, 0.25}, {0.75, 0.5625}, {1, 1}}},
		{"hook after its mirror and reverse", hook, Path{{0, 0}, {2, 1}, {2, 3}}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestEllipse(t *testing.T) {
	path := Ellipse(3, -1, 2, 0.5)
	least, most := path[0], path[0]
	for _, q := range path {
		least = Point{min(least.X, q.X), min(least.Y, q.Y)}
		most = Point{max(most.X, q.X), max(most.Y, q.Y)}
		if r := math.Hypot((q.X-3)/2, (q.Y+1)/0.5); math.Abs(r-1) > 1e-9 {
			t.Errorf("%v lies off the ellipse", q)
		}
	}
	wantPoint(t, "upper left", least, Point{1, -1.5})
	wantPoint(t, "lower right", most, Point{5, -0.5})
	wantPoint(t, "end of the whole ellipse", path[len(path)-1], path[0])
	if !slices.Equal(Circle(3, -1, 2), Ellipse(3, -1, 2, 2)) {
		t.Error("a circle is not an ellipse of two equal radii")
	}
}

func TestArc(t *testing.T) {
	quarter := Arc(1, 1, 2, 3, 0, math.Pi/2)
	wantPoint(t, "right", quarter[0], Point{3, 1})
	wantPoint(t, "down", quarter[len(quarter)-1], Point{1, 4})
	back := Arc(0, 0, 1, 1, math.Pi, math.Pi/2)
	wantPoint(t, "left", back[0], Point{-1, 0})
	wantPoint(t, "a third of the way", back[3], Point{-math.Sqrt(3) / 2, 0.5})
	for path, want := range map[*Path]int{&quarter: 10, &back: 10} {
		if len(*path) != want {
			t.Errorf("a quarter has %d points, want %d", len(*path), want)
		}
	}
	if got := len(Arc(0, 0, 1, 1, 0, 0.01)); got != 5 {
		t.Errorf("a short arc has %d points, want 5", got)
	}
}

func TestSplinePassesThroughItsPoints(t *testing.T) {
	knots := Polygon(0, 0, 4, 0, 4, 4, -1, 7)
	path := Spline(0, 0, 4, 0, 4, 4, -1, 7)
	if len(path) != 3*8+1 {
		t.Fatalf("%d points, want 25", len(path))
	}
	for i, want := range knots {
		wantPoint(t, "knot", path[8*i], want)
	}
	// Half way between b and c of a, b, c, d is (9b + 9c - a - d) / 16.
	wantPoint(t, "half of the first piece", path[4], Point{2, -0.25})
	wantPoint(t, "half of the second piece", path[12], Point{73. / 16, 29. / 16})
	for _, q := range Spline(0, 0, 1, 2, 2, 4) {
		if math.Abs(q.Y-2*q.X) > 1e-12 {
			t.Errorf("%v lies off the line that all points lie on", q)
		}
	}
}

func TestLoopPassesThroughItsPoints(t *testing.T) {
	path := Loop(-1, -1, 1, -1, 1, 1, -1, 1)
	if len(path) != 4*8+1 {
		t.Fatalf("%d points, want 33", len(path))
	}
	for i, want := range Polygon(-1, -1, 1, -1, 1, 1, -1, 1, -1, -1) {
		wantPoint(t, "knot", path[8*i], want)
	}
	for i, want := range Polygon(0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0) {
		wantPoint(t, "half way", path[8*i+4], want)
	}
}

func TestPiecesMeetWithoutACorner(t *testing.T) {
	const a, b, c, d, e, h = 1., 3., -2., 5., 0.5, 1e-6
	for _, q := range []struct {
		name      string
		got, want float64
	}{
		{"start", catmull(a, b, c, d, 0), b},
		{"end", catmull(a, b, c, d, 1), c},
		{"slope at the start", (catmull(a, b, c, d, h) - b) / h, (c - a) / 2},
		{"slope at the end", (c - catmull(a, b, c, d, 1-h)) / h, (d - b) / 2},
		{"slope of the next at its start", (catmull(b, c, d, e, h) - c) / h, (d - b) / 2},
	} {
		if math.Abs(q.got-q.want) > 1e-4 {
			t.Errorf("%s: got %v, want %v", q.name, q.got, q.want)
		}
	}
}

func TestOutlinesOfLines(t *testing.T) {
	for _, c := range []struct {
		name string
		got  Path
		want Path
	}{
		{"ray down from (1, 2)", Ray(1, 2, math.Pi/2, 1, 3), Polygon(1, 3, 1, 5)},
		{"triangle from its right side", Polygon(0, -1, 2, 1).Whole(), Polygon(0, -1, 2, 1, -2, 1, 0, -1)},
		{"tube along a line to the right", Tube(Polygon(0, 0, 4, 0), 1, 0.5), Polygon(0, -1, 4, -0.5, 4, 0.5, 0, 1)},
	} {
		if len(c.got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
			continue
		}
		for i, want := range c.want {
			wantPoint(t, c.name, c.got[i], want)
		}
	}
}
