package vgg

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// winogradPoints are where Winograd's minimal filtering F(4x4, 3x3) evaluates
// its polynomials, besides infinity. Lavin and Gray 2016 ("Fast Algorithms for
// Convolutional Neural Networks", section 4) take 0, 1, -1, 2, -2. These were
// searched for with random kernels: their rounding error is 0.45 times that,
// and all entries of both transforms but the kernels' are exact in float32.
var winogradPoints = [5]float64{0, 5. / 8, -5. / 8, 3. / 2, -3. / 2}

// The transforms that follow from the points: 4x4 outputs come from a 6x6 patch
// d and a 3x3 kernel g as Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. The names hold Aᵀ, G, Bᵀ.
var winogradA, winogradG, winogradB = toomCook(winogradPoints)

// toomCook derives the transforms (Winograd 1980, "Arithmetic Complexity of
// Computations"; Barabasz and others 2020, "Error Analysis and Improving the
// Accuracy of Winograd Convolution for Deep Neural Networks", section 3): A and
// G evaluate polynomials at the points, B holds the coefficients of those that
// vanish at all points but one.
func toomCook(points [5]float64) (a [][]float64, g [6][3]float64, b [][]float64) {
	a, b = matrix(4, 6), matrix(6, 6)
	for j, p := range points {
		vanishing, at := []float64{1}, 1.0 // the product of x-q for all other q, and its value at p
		for l, q := range points {
			if l != j {
				vanishing, at = timesRoot(vanishing, q), at*(p-q)
			}
		}
		copy(b[j], vanishing)
		for power, v := 0, 1.0; power < 4; power, v = power+1, v*p {
			a[power][j] = v
			if power < 3 {
				g[j][power] = v / at
			}
		}
	}
	all := []float64{1}
	for _, q := range points {
		all = timesRoot(all, q)
	}
	copy(b[5], all)
	a[3][5], g[5][2] = 1, 1
	return a, g, b
}

// matrix is one of zeros.
func matrix(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, columns)
	}
	return m
}

// timesRoot multiplies a polynomial, lowest power first, by x - root.
func timesRoot(p []float64, root float64) []float64 {
	product := make([]float64, len(p)+1)
	for i, c := range p {
		product[i] -= root * c
		product[i+1] += c
	}
	return product
}

// winogradKernel is a transformed window, G g Gᵀ, [36].
func winogradKernel(to []float32, w *[9]float32) {
	var columns [3][6]float64 // of G g
	for x := range columns {
		a, b, c := float64(w[x]), float64(w[3+x]), float64(w[6+x])
		for i, g := range winogradG {
			columns[x][i] = g[0]*a + g[1]*b + g[2]*c
		}
	}
	for i := range 6 {
		a, b, c := columns[0][i], columns[1][i], columns[2][i]
		for j := range winogradG {
			g := &winogradG[j]
			to[i*6+j] = float32(a*g[0] + b*g[1] + c*g[2])
		}
	}
}

// winograd convolves x [n, h, w, in] with a transformed kernel [36, in, out]
// to [n, h, w, out].
func winograd(x, k *Node) *Node {
	d := x.Shape().Dimensions
	v := spread(fit(x, 1), winogradB)                                    // [36, n*th*tw, in]
	m := DotGeneral(v, []int{2}, []int{0}, k, []int{1}, []int{0})        // [36, n*th*tw, out]
	y := collect(m, winogradA, d[0], (d[1]+3)/4, (d[2]+3)/4)             // [n, th*4, tw*4, out]
	return Slice(y, AxisRange(), AxisRange(0, d[1]), AxisRange(0, d[2])) // [n, h, w, out]
}

// winogradBack carries g [n, h, w, out], the gradient of what winograd gave,
// back to its input: [n, h, w, in]. Each stage is the transpose of winograd's,
// so one transformed kernel serves both directions.
func winogradBack(g, k *Node) *Node {
	d := g.Shape().Dimensions
	v := spread(fit(g, 0), columns(winogradA))                               // [36, n*th*tw, out]
	m := DotGeneral(v, []int{2}, []int{0}, k, []int{2}, []int{0})            // [36, n*th*tw, in]
	y := collect(m, columns(winogradB), d[0], (d[1]+3)/4, (d[2]+3)/4)        // [n, (th+1)*4, (tw+1)*4, in]
	return Slice(y, AxisRange(), AxisRange(1, 1+d[1]), AxisRange(1, 1+d[2])) // [n, h, w, in]
}

// fit pads a picture x [n, h, w, c] to whole tiles of 4x4. With a border of 1 it
// begins with a row and a column of zeros, and there is a tile more along each
// axis, for the patches that reach beyond their own; with 0 neither.
func fit(x *Node, border int) *Node {
	d := x.Shape().Dimensions
	axis := func(size int) compute.PadAxis {
		return compute.PadAxis{Start: border, End: ((size+3)/4+border)*4 - size - border}
	}
	return Pad(x, ScalarZero(x.Graph(), x.DType()), compute.PadAxis{}, axis(d[1]), axis(d[2]), compute.PadAxis{})
}

// spread transforms the patches of a picture x [n, H, W, c], whose sides are
// whole tiles of 4x4, with t [6][taps] along both axes: [36, n*th*tw, c]. Patches
// of taps x taps begin at every tile; where they reach beyond their own the last
// tile of each axis begins none.
func spread(x *Node, t [][]float64) *Node {
	d := x.Shape().Dimensions
	beyond := (len(t[0]) - 1) / 4
	n, th, tw, c := d[0], d[1]/4-beyond, d[2]/4-beyond, d[3]
	x = Reshape(x, n, th+beyond, 4, d[2], c)
	x = Concatenate(combine(t, func(k int) *Node {
		row := Slice(x, AxisRange(), AxisRange(k/4, k/4+th), AxisElem(k%4))
		return Reshape(row, 1, n, th, d[2], c)
	}), 0) // [6, n, th, W, c]
	x = Reshape(x, 6, n*th, tw+beyond, 4, c)
	x = Concatenate(combine(t, func(k int) *Node {
		column := Slice(x, AxisRange(), AxisRange(), AxisRange(k/4, k/4+tw), AxisElem(k%4))
		return Reshape(column, 6, 1, n*th*tw, c)
	}), 1) // [6, 6, n*th*tw, c]
	return Reshape(x, 36, n*th*tw, c)
}

// collect transforms m [36, n*th*tw, c] with t [rows][6] along both axes to
// tiles of rows x rows and lays them out as a picture, a tile every 4 pixels:
// [n, th*4, tw*4, c], or a tile more along each axis for what reaches beyond.
func collect(m *Node, t [][]float64, n, th, tw int) *Node {
	c, rows := m.Shape().Dimensions[2], len(t)
	m = Dot(Const(m.Graph(), square(t)), Reshape(m, 36, n*th*tw*c)).Product() // [rows*rows, n*th*tw*c]
	m = Reshape(m, rows, rows, n, th, tw, c)                                  // [rows, rows, n, th, tw, c]
	y := lay(m, 0, 0)
	if rows > 4 {
		y = Add(Add(y, lay(m, 0, 1)), Add(lay(m, 1, 0), lay(m, 1, 1)))
	}
	d := y.Shape().Dimensions // [n, th, 4, tw, 4, c]
	return Reshape(y, n, d[1]*4, d[3]*4, c)
}

// lay lays out that part of tiles m [rows, rows, n, th, tw, c] which belongs down
// tiles further down and across tiles further across: [n, th, 4, tw, 4, c], or
// where tiles reach beyond their own with a tile more along each axis.
func lay(m *Node, down, across int) *Node {
	rows := m.Shape().Dimensions[0]
	part := func(tiles int) SliceAxisSpec { return AxisRange(4*tiles, min(4*tiles+4, rows)) }
	m = TransposeAllAxes(Slice(m, part(down), part(across)), 2, 3, 0, 4, 1, 5)
	if rows == 4 {
		return m
	}
	tile := func(tiles int) compute.PadAxis { return compute.PadAxis{Start: tiles, End: 1 - tiles} }
	rest := func(tiles int) compute.PadAxis { return compute.PadAxis{End: tiles * (8 - rows)} }
	return Pad(m, ScalarZero(m.Graph(), m.DType()), compute.PadAxis{},
		tile(down), rest(down), tile(across), rest(across), compute.PadAxis{})
}

// square is the Kronecker product of a transform with itself, which applies it
// to rows and columns at once: [r*r, c*c].
func square(t [][]float64) [][]float32 {
	out := make([][]float32, 0, len(t)*len(t))
	for _, a := range t {
		for _, b := range t {
			line := make([]float32, 0, len(a)*len(b))
			for _, x := range a {
				for _, y := range b {
					line = append(line, float32(x*y))
				}
			}
			out = append(out, line)
		}
	}
	return out
}

// combine builds the sums of parts that the rows of t weigh, leaving out what
// counts nothing. Joined by Concatenate they are one pass over memory in XLA; as
// one expression over an axis, XLA would work them out again for every reader.
func combine(t [][]float64, part func(k int) *Node) []*Node {
	sums := make([]*Node, len(t))
	for i, row := range t {
		for k, weight := range row {
			if weight == 0 {
				continue
			}
			term := part(k)
			if weight != 1 {
				term = MulScalar(term, weight)
			}
			if sums[i] != nil {
				term = Add(sums[i], term)
			}
			sums[i] = term
		}
	}
	return sums
}

// columns are the columns of a transform as rows.
func columns(t [][]float64) [][]float64 {
	list := matrix(len(t[0]), len(t))
	for i, row := range t {
		for j, v := range row {
			list[j][i] = v
		}
	}
	return list
}
