package dreamlib

import (
	"fmt"

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
func toomCook(points [5]float64) (a [4][6]float64, g [6][3]float64, b [6][6]float64) {
	for j, p := range points {
		vanishing, at := []float64{1}, 1.0 // the product of x-q for all other q, and its value at p
		for l, q := range points {
			if l != j {
				vanishing, at = timesRoot(vanishing, q), at*(p-q)
			}
		}
		copy(b[j][:], vanishing)
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
	copy(b[5][:], all)
	a[3][5], g[5][2] = 1, 1
	return a, g, b
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

// square is the Kronecker product of a transform with itself, which applies it
// to rows and columns at once: [r*r, c*c].
func square(rows [][6]float64) [][]float32 {
	out := make([][]float32, 0, len(rows)*len(rows))
	for _, a := range rows {
		for _, b := range rows {
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

// winograd convolves x [n, h, w, in] with a transformed kernel [36, in, out]
// to [n, h, w, out]. Both transforms are one small matrix product each, and
// the products over channels a batched one.
func winograd(x, k *Node) *Node {
	g := x.Graph()
	d, kd := x.Shape().Dimensions, k.Shape().Dimensions
	if len(d) != 4 || d[3] != kd[1] {
		panic(fmt.Errorf("dreamlib: winograd convolution: want a picture [n, h, w, %d], got %s", kd[1], x.Shape()))
	}
	n, h, w, in, out := d[0], d[1], d[2], d[3], kd[2]
	th, tw := (h+3)/4, (w+3)/4 // tiles of 4x4 outputs

	patches := Concatenate(winogradPatches(x, th, tw), 0)                       // [36, n*th*tw*in]
	patches = Dot(Const(g, square(winogradB[:])), patches).Product()            // [36, n*th*tw*in]
	patches = Reshape(patches, 36, n*th*tw, in)                                 // [36, n*th*tw, in]
	product := DotGeneral(patches, []int{2}, []int{0}, k, []int{1}, []int{0})   // [36, n*th*tw, out]
	product = Reshape(product, 36, n*th*tw*out)                                 // [36, n*th*tw*out]
	y := Dot(Const(g, square(winogradA[:])), product).Product()                 // [16, n*th*tw*out]
	y = TransposeAllAxes(Reshape(y, 4, 4, n, th, tw, out), 2, 3, 0, 4, 1, 5)    // [n, th, 4, tw, 4, out]
	y = Reshape(y, n, th*4, tw*4, out)                                          // [n, th*4, tw*4, out]
	return Slice(y, AxisRange(), AxisRange(0, h), AxisRange(0, w), AxisRange()) // [n, h, w, out]
}

// winogradPatches cuts the zero-padded picture into overlapping 6x6 patches at
// a distance of 4 and returns, for each of the 36 places in a patch, the
// values of all patches there: 36 nodes of [1, n*th*tw*c].
func winogradPatches(x *Node, th, tw int) []*Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1], d[2], d[3]
	p := Pad(x, ScalarZero(x.Graph(), x.DType()), compute.PadAxis{},
		compute.PadAxis{Start: 1, End: (th+1)*4 - h - 1},
		compute.PadAxis{Start: 1, End: (tw+1)*4 - w - 1},
		compute.PadAxis{})
	p = Reshape(p, n, th+1, 4, tw+1, 4, c)
	p = TransposeAllAxes(p, 2, 4, 0, 1, 3, 5) // [4, 4, n, th+1, tw+1, c]
	patches := make([]*Node, 0, 36)
	for i := range 6 {
		for j := range 6 {
			part := Slice(p, AxisElem(i%4), AxisElem(j%4), AxisRange(),
				AxisRange(i/4, i/4+th), AxisRange(j/4, j/4+tw), AxisRange())
			patches = append(patches, Reshape(part, 1, n*th*tw*c))
		}
	}
	return patches
}
