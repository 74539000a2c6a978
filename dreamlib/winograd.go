package dreamlib

import (
	"fmt"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// Winograd's minimal filtering F(4x4, 3x3) with the interpolation points
// 0, 1, -1, 2, -2 and infinity (Winograd 1980; Lavin and Gray 2016, "Fast
// Algorithms for Convolutional Neural Networks", section 4): 4x4 outputs come
// from a 6x6 patch d and a 3x3 kernel g as Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A.
var (
	winogradB = [6][6]float64{
		{4, 0, -5, 0, 1, 0},
		{0, -4, -4, 1, 1, 0},
		{0, 4, -4, -1, 1, 0},
		{0, -2, -1, 2, 1, 0},
		{0, 2, -1, -2, 1, 0},
		{0, 4, 0, -5, 0, 1},
	}
	winogradG = [6][3]float64{
		{1. / 4, 0, 0},
		{-1. / 6, -1. / 6, -1. / 6},
		{-1. / 6, 1. / 6, -1. / 6},
		{1. / 24, 1. / 12, 1. / 6},
		{1. / 24, -1. / 12, 1. / 6},
		{0, 0, 1},
	}
	winogradA = [4][6]float64{
		{1, 1, 1, 1, 1, 0},
		{0, 1, -1, 2, -2, 0},
		{0, 1, 1, 4, 4, 0},
		{0, 1, -1, 8, -8, 1},
	}
)

// winograd writes the transformed kernel G g Gᵀ into flat, [36, in, out].
func (k kernel) winograd(flat []float32) {
	plane := k.in * k.out
	k.each(func(i, o int, w []float32) {
		var rows [6][3]float64
		for a, g := range winogradG {
			for x := range 3 {
				rows[a][x] = g[0]*float64(w[x]) + g[1]*float64(w[3+x]) + g[2]*float64(w[6+x])
			}
		}
		for a, r := range rows {
			for b, g := range winogradG {
				flat[(a*6+b)*plane+i*k.out+o] = float32(r[0]*g[0] + r[1]*g[1] + r[2]*g[2])
			}
		}
	})
}

// square is the Kronecker product of a transform with itself, which applies it
// to rows and columns at once: [r*r, c*c].
func square[R [6]float64](rows []R) [][]float32 {
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
