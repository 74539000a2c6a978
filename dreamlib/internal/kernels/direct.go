package kernels

import "github.com/seed2310110f/godream/dreamlib/internal/parallel"

// neighbours is how many numbers 3x3 pixels of c channels have, as products read
// them: the padding of channels is left out.
func neighbours(c int) int { return roundUp(9*c, 4) }

// packDirect packs the kernel as [9*in, out], or to scatter as [in, 9*out].
func (c *Convolution) packDirect(w []float32) {
	m := newMatrix(neighbours(c.In), Stride(c.Out))
	if c.scatter {
		m = newMatrix(Stride(c.In), roundUp(9*c.Out, Lanes))
	}
	eachKernel(c.In, c.Out, w, func(i, o int, w []float32) {
		for t, v := range w {
			if c.scatter {
				m.packed[m.place(i, t*c.Out+o)] = v
			} else {
				m.packed[m.place(t*c.In+i, o)] = v
			}
		}
	})
	c.packed = m
}

// gatherAtOnce is how many pixels' neighbourhoods are multiplied at a time.
const gatherAtOnce = 96

// gatherPixels brings the neighbourhoods of pixels together and multiplies.
func (c *Convolution) gatherPixels(dst, src Volume, f Finish, scratch *Scratch) {
	m := &c.packed
	pixels := src.H * src.W
	parallel.Each((pixels+gatherAtOnce-1)/gatherAtOnce, func(worker, block int) {
		memory := scratch.of(worker, gatherAtOnce*(m.k+m.n))
		out, in := memory[:gatherAtOnce*m.n], memory[gatherAtOnce*m.n:]
		from, to := block*gatherAtOnce, min((block+1)*gatherAtOnce, pixels)
		for pixel := from; pixel < to; pixel++ {
			src.gather(in[(pixel-from)*m.k:][:m.k], pixel)
		}
		m.multiply(0, len(m.panels), out, m.n, in, m.k, to-from)
		for pixel := from; pixel < to; pixel++ {
			at := pixel * m.n
			cpu.finish(dst.V[at:], out[at-from*m.n:], m.n, &f, at)
		}
	})
}

// gather copies the neighbourhood of a pixel, zeros beyond the border.
func (v Volume) gather(to []float32, pixel int) {
	y, x, s := pixel/v.W, pixel%v.W, Stride(v.C)
	inside := y > 0 && x > 0 && y < v.H-1 && x < v.W-1
	for t := range 9 {
		to := to[t*v.C:][:v.C]
		ty, tx := y+t/3-1, x+t%3-1
		if !inside && (ty < 0 || tx < 0 || ty >= v.H || tx >= v.W) {
			clear(to)
			continue
		}
		copy(to, v.V[(ty*v.W+tx)*s:])
	}
	clear(to[9*v.C:])
}

// scatterAtOnce is how many rows of outputs are added up at a time.
const scatterAtOnce = 8

// scatterRows multiplies pixels first and then adds each product where it
// belongs, which is less work when few channels come out.
func (c *Convolution) scatterRows(dst, src Volume, f Finish, scratch *Scratch) {
	m := &c.packed
	h, w, in, out := src.H, src.W, Stride(c.In), Stride(c.Out)
	width := roundUp(w, rowsAtOnce)
	parallel.Each((h+scatterAtOnce-1)/scatterAtOnce, func(worker, block int) {
		memory := scratch.of(worker, (scatterAtOnce+2)*width*m.n+width*in+out)
		products, rest := memory[:(scatterAtOnce+2)*width*m.n], memory[(scatterAtOnce+2)*width*m.n:]
		line, sum := rest[:width*in], rest[width*in:]
		from, to := block*scatterAtOnce, min((block+1)*scatterAtOnce, h)
		for y := max(from-1, 0); y < min(to+1, h); y++ {
			copy(line, src.V[y*w*in:][:w*in])
			m.multiply(0, len(m.panels), products[(y-from+1)*width*m.n:], m.n, line, in, w)
		}
		clear(sum)
		for y := from; y < to; y++ {
			for x := range w {
				clear(sum[:c.Out])
				for t := range 9 {
					ty, tx := y+t/3-1, x+t%3-1
					if ty < 0 || tx < 0 || ty >= h || tx >= w {
						continue
					}
					for o, v := range products[((ty-from+1)*width+tx)*m.n+t*c.Out:][:c.Out] {
						sum[o] += v
					}
				}
				at := (y*w + x) * out
				cpu.finish(dst.V[at:], sum, out, &f, at)
			}
		}
	})
}
