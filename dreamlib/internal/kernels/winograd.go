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
	even, odd := d[4]-b*d[2], p*(d[3]-b*d[1])
	even2, odd2 := d[4]-a*d[2], q*(d[3]-a*d[1])
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
func kernelPoints(g [3]float32) [6]float32 {
	even, odd := p0*g[0]+p2*g[2], p1*g[1]
	even2, odd2 := q0*g[0]+q2*g[2], q1*g[1]
	return [6]float32{g[0] / (a * b), even + odd, even - odd, even2 + odd2, even2 - odd2, g[2]}
}

// The factors of kernelPoints: polynomials at p and at q, in parts.
const (
	p0, p1, p2 = 1 / (2 * a * (a - b)), p * p0, a * p0
	q0, q1, q2 = 1 / (2 * b * (b - a)), q * q0, b * q0
)

// packWinograd packs the kernel as panels of [in, width/Lanes, 9, Lanes]. It is
// transformed, GgGᵀ, only where it is used, which is less work than to read four
// times as much, and in the order in which it lies there.
func (c *Convolution) packWinograd(w []float32) {
	m := newMatrix(9*Stride(c.In), Stride(c.Out))
	eachKernel(c.In, c.Out, w, func(i, o int, w []float32) {
		at, _ := m.taps(i, o/Lanes*Lanes)
		for t, v := range w {
			m.packed[at+t*Lanes+o%Lanes] = v
		}
	})
	c.packed, c.panels = m, m.panels
}

// taps is where the 3x3 windows of a packed kernel begin, from channel i to
// channel o, a multiple of Lanes, and its neighbours, [9, Lanes]. Those from the
// next i are apart.
func (m *matrix) taps(i, o int) (at, apart int) {
	p := m.panelOf(o)
	return p.column*m.k + 9*(i*p.width+o-p.column), 9 * p.width
}

// turn writes a panel's windows from channels c..c+n-1 to out, [n, width/Lanes,
// 9, Lanes], of a kernel that is m's transpose, turned. It reads m in order.
func (m *matrix) turn(out []float32, c, n int, p panel) {
	for o := 0; o < p.width; o += Lanes {
		for i := 0; i < n; i += Lanes {
			at, apart := m.taps(p.column+o, c+i)
			cpu.turn(out[9*(i*p.width+o):], 9*p.width, m.packed[at:], apart)
		}
	}
}

const (
	// patchesAtOnce is how many patches go through the transforms and products at
	// a time at most, and patchesAlone how many each worker has at least: enough to
	// make use of a kernel that has been transformed, and few enough for the caches.
	patchesAtOnce, patchesAlone = 64, 32

	// All kernels of a convolution are transformed at once where each worker has so
	// many blocks that use them, and they are no more than fit into large caches.
	sharedFrom, sharedAtMost = 2, 128 * 128

	// channelsAtOnce is how many channels products bring together at a time.
	channelsAtOnce = 64
)

// winograd runs the convolution: where there are many patches each worker takes
// blocks of them; where there are few, all share one, lest each transform all kernels.
func (c *Convolution) winograd(dst, src Volume, f Finish, scratch *Scratch) {
	patches := (src.H + 3) / 4 * ((src.W + 3) / 4)
	blocks, workers, panels := (patches+patchesAtOnce-1)/patchesAtOnce, parallel.Workers(), len(c.panels)
	alone := patches >= patchesAlone*workers
	if alone {
		blocks = roundUp(blocks, workers)
	}
	var shared []float32
	if alone && blocks >= sharedFrom*workers && Stride(c.In)*Stride(c.Out) <= sharedAtMost {
		shared = c.transformAll(scratch)
	}
	block := func(i int) *block {
		return &block{Convolution: c, dst: dst, src: src, finish: f, shared: shared, from: patches * i / blocks, to: patches * (i + 1) / blocks}
	}
	if alone {
		parallel.Each(blocks, func(worker, i int) {
			b := block(i)
			d := b.buffers(scratch, worker, true)
			b.in = d.in
			b.evaluate(0, b.to-b.from, d)
			for panel := range panels {
				b.run(panel, 0, b.to-b.from, d)
			}
		})
		return
	}
	for i := range blocks {
		b := block(i)
		b.in = b.buffers(scratch, 0, true).in
		n := b.to - b.from
		parallel.Each(n, func(worker, i int) { b.evaluate(i, i+1, b.buffers(scratch, worker, false)) })
		units := roundUp(n, rowsAtOnce) / rowsAtOnce
		parts := min((workers+panels-1)/panels, units)
		parallel.Each(panels*parts, func(worker, i int) {
			panel, part := i/parts, i%parts
			lo, hi := units*part/parts*rowsAtOnce, min(units*(part+1)/parts*rowsAtOnce, n)
			b.run(panel, lo, hi, b.buffers(scratch, worker, false))
		})
	}
}

// A block is some patches of a convolution in Winograd's form, in reading order,
// on their way.
type block struct {
	*Convolution
	dst, src Volume
	finish   Finish
	from, to int       // patches
	in       []float32 // their transforms: for some channels after others, [36, patches, channels]
	shared   []float32 // all kernels' transforms, or nil
}

// buffers are a worker's memory. Planes, of which there are 36, are not quite as far
// apart as they are large, lest all begin at the same place in a cache.
type buffers struct {
	border      []float32
	turned      []float32 // [channels, width of a panel, 9]
	kernel, out []float32 // [36, channels, width of a panel], [36, patches, width]
	in          []float32 // a block's, or nil
}

// buffers lays buffers over memory that scratch has for a worker, with a block's
// transforms or without.
func (b *block) buffers(scratch *Scratch, worker int, in bool) *buffers {
	s, rows, width := Stride(b.In), roundUp(b.to-b.from, rowsAtOnce), b.panels[0].width
	sizes := [5]int{36 * s, 9 * min(s, channelsAtOnce) * width, 36 * (min(s, channelsAtOnce)*width + Lanes), 36 * (rows*width + Lanes)}
	if in {
		sizes[4] = 36 * (rows*s + roundUp(s, channelsAtOnce)/channelsAtOnce*Lanes)
	}
	total := 0
	for _, size := range sizes {
		total += size
	}
	memory := scratch.of(worker, total)
	var parts [5][]float32
	for i, size := range sizes {
		parts[i], memory = memory[:size], memory[size:]
	}
	return &buffers{parts[0], parts[1], parts[2], parts[3], parts[4]}
}

// transform writes the transforms of a panel's kernels from channels c on, as many as
// are read at a time, [36, channels, width].
func (c *Convolution) transform(out []float32, panel, channel int, turned []float32) {
	m, p := &c.packed, c.panels[panel]
	n := min(channelsAtOnce, Stride(c.In)-channel)
	from := turned
	if c.turned {
		m.turn(from, channel, n, p)
	} else {
		from = m.packed[p.column*m.k+9*channel*p.width:]
	}
	cpu.kernel(out, n*p.width+Lanes, from, n*p.width/Lanes)
}

// transformAll writes the transforms of all kernels to memory that the workers share.
func (c *Convolution) transformAll(scratch *Scratch) []float32 {
	chunks := roundUp(Stride(c.In), channelsAtOnce) / channelsAtOnce
	if n := c.sharedAt(len(c.panels), 0); len(scratch.shared) < n {
		scratch.shared = make([]float32, max(n, 36*sharedAtMost)) // enough for the next, as a rule
	}
	parallel.Each(len(c.panels)*chunks, func(worker, i int) {
		panel, channel := i/chunks, i%chunks*channelsAtOnce
		turned := scratch.of(worker, 9*channelsAtOnce*c.panels[0].width)
		c.transform(scratch.shared[c.sharedAt(panel, channel):], panel, channel, turned)
	})
	return scratch.shared
}

// sharedAt is where the transforms of a panel's kernels from a channel on begin.
func (c *Convolution) sharedAt(panel, channel int) int {
	s, column, width := Stride(c.In), Stride(c.Out), 0
	if panel < len(c.panels) {
		column, width = c.panels[panel].column, c.panels[panel].width
	}
	chunks := roundUp(s, channelsAtOnce) / channelsAtOnce
	return 36 * (column*s + channel*width + (panel*chunks+channel/channelsAtOnce)*Lanes)
}

// channels are the transforms of as many channels from c on as are read at a
// time, [36, patches, n], plane apart.
func (b *block) channels(c int) (in []float32, plane, n int) {
	rows := roundUp(b.to-b.from, rowsAtOnce)
	n = min(channelsAtOnce, Stride(b.In)-c)
	return b.in[36*(rows*c+c/channelsAtOnce*Lanes):], rows*n + Lanes, n
}

// evaluate transforms patches lo..hi-1 of the block.
func (b *block) evaluate(lo, hi int, d *buffers) {
	s, w := Stride(b.In), b.src.W
	for i := lo; i < hi; i++ {
		y, x := b.place(i)
		y, x = y-1, x-1 // where the 6x6 inputs begin
		from, row := d.border, 6*s
		if y >= 0 && x >= 0 && y+6 <= b.src.H && x+6 <= w {
			from, row = b.src.V[(y*w+x)*s:], w*s
		} else {
			b.src.cut(d.border, y, x)
		}
		for c := 0; c < s; c += channelsAtOnce {
			in, plane, n := b.channels(c)
			cpu.patch(in[i*n:], plane, from[c:], row, s, n)
		}
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

// run gives a panel's channels of patches lo..hi-1 of the block: transforms the
// kernel, multiplies, and transforms back.
func (b *block) run(panel, lo, hi int, d *buffers) {
	p := b.panels[panel]
	outPlane := roundUp(hi-lo, rowsAtOnce)*p.width + Lanes
	for c := 0; c < Stride(b.In); c += channelsAtOnce {
		in, plane, n := b.channels(c)
		kernel, kernelPlane := d.kernel, n*p.width+Lanes
		if b.shared != nil {
			kernel = b.shared[b.sharedAt(panel, c):]
		} else {
			b.transform(kernel, panel, c, d.turned)
		}
		for t := range 36 {
			cpu.product(d.out[t*outPlane:], p.width, in[t*plane+lo*n:], n, kernel[t*kernelPlane:], n, p.width, hi-lo, c > 0)
		}
	}
	s, h, w, f := Stride(b.Out), b.dst.H, b.dst.W, b.finish
	if f.Bias != nil {
		f.Bias = f.Bias[p.column:]
	}
	for i := lo; i < hi; i++ {
		y, x := b.place(i)
		at := (y*w+x)*s + p.column
		cpu.unpatch(b.dst.V[at:], w*s, s, d.out[(i-lo)*p.width:], outPlane, min(4, h-y), min(4, w-x), p.width, &f, at)
	}
}
