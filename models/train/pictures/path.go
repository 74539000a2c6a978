package pictures

import (
	"math"
	"slices"
)

// Point is a place; x grows to the right and y downwards.
type Point struct{ X, Y float64 }

// Path is a line through points. Filled, it closes by itself.
type Path []Point

// Polar is the point at distance r from (x, y) in the direction of an angle in
// radians: 0 is to the right, a quarter turn is down.
func Polar(x, y, angle, r float64) Point {
	sin, cos := math.Sincos(angle)
	return Point{x + r*cos, y + r*sin}
}

// Polygon takes coordinates pairwise: x0, y0, x1, y1, ...
func Polygon(coordinates ...float64) Path {
	path := make(Path, len(coordinates)/2)
	for i := range path {
		path[i] = Point{coordinates[2*i], coordinates[2*i+1]}
	}
	return path
}

// Rect is the rectangle with these corners.
func Rect(x0, y0, x1, y1 float64) Path { return Polygon(x0, y0, x1, y0, x1, y1, x0, y1) }

// Ellipse is the whole ellipse about (cx, cy).
func Ellipse(cx, cy, rx, ry float64) Path { return Arc(cx, cy, rx, ry, 0, 2*math.Pi) }

// Circle is the whole circle about (cx, cy).
func Circle(cx, cy, r float64) Path { return Ellipse(cx, cy, r, r) }

// Arc is the part of an ellipse from angle a to angle b in radians: 0 is to the
// right, a quarter turn is down.
func Arc(cx, cy, rx, ry, a, b float64) Path {
	n := max(4, int(math.Ceil(math.Abs(b-a)/(2*math.Pi)*36)))
	return Curve(n, func(t float64) Point {
		sin, cos := math.Sincos(a + (b-a)*t)
		return Point{cx + rx*cos, cy + ry*sin}
	})
}

// Dot is a small ellipse of few corners.
func Dot(corners int, x, y, rx, ry float64) Path {
	return Curve(corners, func(t float64) Point {
		sin, cos := math.Sincos(2 * math.Pi * t)
		return Point{x + rx*cos, y + ry*sin}
	})
}

// Ray is a straight line away from (x, y) at an angle, as in Polar, from
// distance r0 to distance r1.
func Ray(x, y, angle, r0, r1 float64) Path {
	return Path{Polar(x, y, angle, r0), Polar(x, y, angle, r1)}
}

// Repeat is path(0) to path(n-1).
func Repeat(n int, path func(i float64) Path) []Path {
	paths := make([]Path, n)
	for i := range paths {
		paths[i] = path(float64(i))
	}
	return paths
}

// Curve is n straight pieces along at(t) for t from 0 to 1.
func Curve(n int, at func(t float64) Point) Path {
	path := make(Path, n+1)
	for i := range path {
		path[i] = at(float64(i) / float64(n))
	}
	return path
}

// Spline is a smooth open line through all points (Catmull and Rom 1974).
func Spline(coordinates ...float64) Path {
	k := Polygon(coordinates...)
	knots := append(append(Path{k[0]}, k...), k[len(k)-1])
	return knots.catmull(len(k) - 1)
}

// Loop is a smooth closed line through all points (Catmull and Rom 1974).
func Loop(coordinates ...float64) Path {
	k := Polygon(coordinates...)
	n := len(k)
	knots := append(append(Path{k[n-1]}, k...), k[0], k[1])
	return knots.catmull(n)
}

// catmull draws the given number of pieces, each between the middle two of four
// successive knots.
func (k Path) catmull(pieces int) Path {
	const steps = 8
	var path Path
	for i := range pieces {
		a, b, c, d := k[i], k[i+1], k[i+2], k[i+3]
		for j := range steps {
			t := float64(j) / steps
			path = append(path, Point{catmull(a.X, b.X, c.X, d.X, t), catmull(a.Y, b.Y, c.Y, d.Y, t)})
		}
	}
	return append(path, k[pieces+1])
}

func catmull(a, b, c, d, t float64) float64 {
	return b + 0.5*t*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
}

// Mirror is the path with x negated, for things whose two sides are alike.
func (path Path) Mirror() Path {
	out := make(Path, len(path))
	for i, q := range path {
		out[i] = Point{-q.X, q.Y}
	}
	return out
}

// Reverse is the path from end to start; append(left, right.Reverse()...) makes
// an outline of two sides.
func (path Path) Reverse() Path {
	out := slices.Clone(path)
	slices.Reverse(out)
	return out
}

// Whole is the outline whose one half is the path and whose other half is its
// mirror image.
func (path Path) Whole() Path { return slices.Concat(path, path.Mirror().Reverse()) }

// Ribbon is the outline of a band along a line, of the given width at t from 0
// to 1 along it.
func Ribbon(line Path, width func(t float64) float64) Path {
	left, right := make(Path, len(line)), make(Path, len(line))
	last := len(line) - 1
	for i, q := range line {
		a, b := line[max(0, i-1)], line[min(last, i+1)]
		dx, dy := b.X-a.X, b.Y-a.Y
		half := width(float64(i)/float64(last)) / 2 / math.Hypot(dx, dy)
		left[i] = Point{q.X + dy*half, q.Y - dx*half}
		right[i] = Point{q.X - dy*half, q.Y + dx*half}
	}
	return append(left, right.Reverse()...)
}

// Tube is the outline of a tube along a line, its half width from a to b.
func Tube(line Path, a, b float64) Path {
	return Ribbon(line, func(t float64) float64 { return 2 * lerp(a, b, t) })
}
