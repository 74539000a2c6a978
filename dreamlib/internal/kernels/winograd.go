package kernels

import "github.com/seed2310110f/godream/dreamlib/internal/parallel"

// Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016, "Fast Algorithms
// for Convolutional Neural Networks", section 4) computes 4x4 outputs of a 3x3
// kernel from 6x6 inputs with 36 products where the direct form takes 144. It
// evaluates polynomials at 0, p, -p, q, -q and infinity, and interpolates. These
// points have a small rounding error, and the transforms of pictures are exact in
// float32 (Barabasz and others 2020, "Error Analysis and Improving the Accuracy
// of Winograd Convolution for Deep Neural Networks").
const (
	p, q = 5. / 8, 3. / 2
	a, b = p * p, q * q
)

// evaluate is the transform of a picture along one axis, Bᵀd.
func evaluate(d [6]float32) [6]float32 {
	even, odd := d[4]-b*d[2], p*d[3]-p*b*d[1]
	even2, odd2 := d[4]-a*d[2], q*d[3]-q*a*d[1]
	return [6]float32{
		a*b*d[0] - (a+b)*d[2] + d[4],
		even + odd, even - odd,
		even2 + odd2, even2 - odd2,
		a*b*d[1] - (a+b)*d[3] + d[5],
	}
}

// interpolate is the transform of products back, along one axis, Aᵀm.
func interpolate(m [6]float32) [4]float32 {
	even, odd := m[1]+m[2], m[1]-m[2]
	even2, odd2 := m[3]+m[4], m[3]-m[4]
	return [4]float32{
		m[0] + even + even2,
		p*odd + q*odd2,
		a*even + b*even2,
		p*a*odd + q*b*odd2 + m[5],
	}
}

// kernelPoints is the transform of a kernel along one axis, Gg.
func kernelPoints(g [3]float64) [6]float64 {
	at := func(x, scale float64) float64 { return (g[0] + x*g[1] + x*x*g[2]) / scale }
	const scaleP, scaleQ = 2 * a * (a - b), 2 * b * (b - a)
	return [6]float64{g[0] / (a * b), at(p, scaleP), at(-p, scaleP), at(q, scaleQ), at(-q, scaleQ), g[2]}
}

// packWinograd transforms the kernel, GgGᵀ, to 36 matrices [in, out].
func (c *Convolution) packWinograd(w []float32) {
	c.packed = make([]matrix, 36)
	for i := range c.packed {
		c.packed[i] = newMatrix(Stride(c.In), Stride(c.Out))
	}
	eachKernel(c.In, c.Out, w, func(i, o int, w []float32) {
		place := c.packed[0].place(i, o)
		var columns [3][6]float64
		for x := range columns {
			columns[x] = kernelPoints([3]float64{float64(w[x]), float64(w[3+x]), float64(w[6+x])})
		}
		for y := range 6 {
			for x, v := range kernelPoints([3]float64{columns[0][y], columns[1][y], columns[2][y]}) {
				c.packed[6*y+x].packed[place] = float32(v)
			}
		}
	})
}

// patchesAtOnce is how many patches go through the transforms and products at a
// time: enough to make use of a kernel that has been read, and few enough for
// the caches.
const patchesAtOnce = 64

// A block is some patches of a convolution in Winograd's form, in reading order,
// on their way.
type block struct {
	*Convolution
	dst, src Volume
	finish   Finish
	from, to int // patches

	// [36, patches, channels]: the patches' transforms and the products. Planes
	// are not quite as far apart as that, lest all begin at the same place in a cache.
	in, out           []float32
	inPlane, outPlane int
}

// newBlock lays a block over memory that scratch has for a worker.
func (c *Convolution) newBlock(dst, src Volume, f Finish, from, to int, scratch *Scratch, worker int) *block {
	rows := roundUp(to-from, rowsAtOnce)
	b := &block{Convolution: c, dst: dst, src: src, finish: f, from: from, to: to}
	b.inPlane, b.outPlane = rows*Stride(c.In)+Lanes, rows*Stride(c.Out)+Lanes
	border := 36 * Stride(c.In)
	memory := scratch.of(worker, 36*(b.inPlane+b.outPlane)+border)
	b.in, b.out = memory[:36*b.inPlane], memory[36*b.inPlane:]
	return b
}

// winograd runs the convolution: where there are many patches each worker takes
// blocks of them; where there are few, all share one, lest each read all kernels.
func (c *Convolution) winograd(dst, src Volume, f Finish, scratch *Scratch) {
	patches := (src.H + 3) / 4 * ((src.W + 3) / 4)
	if blocks := (patches + patchesAtOnce - 1) / patchesAtOnce; blocks >= 2*parallel.Workers() {
		parallel.Each(blocks, func(worker, i int) {
			b := c.newBlock(dst, src, f, i*patchesAtOnce, min((i+1)*patchesAtOnce, patches), scratch, worker)
			b.evaluate(0, b.to-b.from)
			b.multiply(0, 36*len(c.packed[0].panels))
			b.interpolate(0, b.to-b.from)
		})
		return
	}
	for from := 0; from < patches; from += patchesAtOnce {
		b := c.newBlock(dst, src, f, from, min(from+patchesAtOnce, patches), scratch, 0)
		parallel.Runs(b.to-b.from, b.evaluate)
		parallel.Runs(36*len(c.packed[0].panels), b.multiply)
		parallel.Runs(b.to-b.from, b.interpolate)
	}
}

// evaluate transforms patches lo..hi-1 of the block.
func (b *block) evaluate(lo, hi int) {
	s, w := Stride(b.In), b.src.W
	var border []float32
	for i := lo; i < hi; i++ {
		y, x := b.place(i)
		y, x = y-1, x-1 // where the 6x6 inputs begin
		to := b.in[i*s:]
		if y >= 0 && x >= 0 && y+6 <= b.src.H && x+6 <= w {
			cpu.patch(to, b.inPlane, b.src.V[(y*w+x)*s:], w*s, s, s)
			continue
		}
		if border == nil {
			border = make([]float32, 36*s)
		}
		b.src.cut(border, y, x)
		cpu.patch(to, b.inPlane, border, 6*s, s, s)
	}
}

// place is the first row and column that patch i of the block gives.
func (b *block) place(i int) (y, x int) {
	across := (b.src.W + 3) / 4
	return (b.from + i) / across * 4, (b.from + i) % across * 4
}

// cut copies 6x6 pixels from row y and column x on, zeros beyond the border.
func (v Volume) cut(to []float32, y, x int) {
	s := Stride(v.C)
	clear(to)
	for i := max(y, 0); i < min(y+6, v.H); i++ {
		from, end := max(x, 0), min(x+6, v.W)
		copy(to[((i-y)*6+from-x)*s:], v.V[(i*v.W+from)*s:(i*v.W+end)*s])
	}
}

// multiply computes products lo..hi-1 of all panels of all 36 matrices.
func (b *block) multiply(lo, hi int) {
	panels := len(b.packed[0].panels)
	for t := lo; t < hi; t++ {
		m, panel := &b.packed[t/panels], t%panels
		m.multiply(panel, panel+1, b.out[t/panels*b.outPlane:], m.n, b.in[t/panels*b.inPlane:], m.k, b.to-b.from)
	}
}

// interpolate transforms the products of patches lo..hi-1 back.
func (b *block) interpolate(lo, hi int) {
	s, h, w := Stride(b.Out), b.dst.H, b.dst.W
	for i := lo; i < hi; i++ {
		y, x := b.place(i)
		at := (y*w + x) * s
		cpu.unpatch(b.dst.V[at:], w*s, s, b.out[i*s:], b.outPlane, min(4, h-y), min(4, w-x), s, b.finish.at(at))
	}
}
