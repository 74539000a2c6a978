//go:build (amd64 || arm64) && !purego

package kernels

// assembly are instructions in assembly, as _asm writes them: they take pointers
// where instructions takes slices, and check nothing. Bits and a bias may be nil.
//
//go:generate go -C _asm run . ..
type assembly struct {
	product    func(c *float32, ldc int, a *float32, lda int, b *float32, k, width, rows, add int)
	kernel     func(out *float32, plane int, w *float32, n int)
	turn       func(out *float32, outApart int, d *float32, apart int)
	patch      func(out *float32, plane int, d *float32, row, pixel, n int)
	unpatch    [finishes]unpatchFunc
	finish     [finishes]finishFunc
	pool       func(dst *float32, won *byte, u0, u1, u2, u3 *float32, n int)
	unpool     func(u0, u1, u2, u3, g *float32, won, b0, b1, b2, b3 *byte, n int)
	accumulate func(dst, src *float32, a float32, n int)
}

type (
	unpatchFunc = func(dst *float32, row, pixel int, m *float32, plane, rows, columns, n int, bias *float32, bits *byte)
	finishFunc  = func(dst, src *float32, n int, bias *float32, bits *byte)
)

// finishes is how many kinds of Finish there are: a bias alone, ReLU, or a mask.
const finishes = 3

// kind is which one f is.
func (f *Finish) kind() int {
	switch {
	case f.ReLU:
		return 1
	case f.Bits != nil:
		return 2
	}
	return 0
}

// instructions checks the slices that it hands to a.
func (a assembly) instructions(name string) *instructions {
	return &instructions{
		name: name,
		product: func(c []float32, ldc int, x []float32, lda int, y []float32, k, width, rows int, add bool) {
			rows = roundUp(rows, rowsAtOnce)
			_, _, _ = c[(rows-1)*ldc+width-1], x[(rows-1)*lda+k-1], y[k*width-1]
			sum := 0
			if add {
				sum = 1
			}
			a.product(&c[0], ldc, &x[0], lda, &y[0], k, width, rows, sum)
		},
		kernel: func(out []float32, plane int, w []float32, n int) {
			_, _ = out[35*plane+n*Lanes-1], w[9*n*Lanes-1]
			a.kernel(&out[0], plane, &w[0], n)
		},
		turn: func(out []float32, outApart int, d []float32, apart int) {
			_, _ = out[(Lanes-1)*outApart+9*Lanes-1], d[(Lanes-1)*apart+9*Lanes-1]
			a.turn(&out[0], outApart, &d[0], apart)
		},
		patch: func(out []float32, plane int, d []float32, row, pixel, n int) {
			_, _ = out[35*plane+n-1], d[5*row+5*pixel+n-1]
			a.patch(&out[0], plane, &d[0], row, pixel, n)
		},
		unpatch: func(dst []float32, row, pixel int, m []float32, plane, rows, columns, n int, f *Finish, number int) {
			last := (rows-1)*row + (columns-1)*pixel + n - 1
			_, _ = m[35*plane+n-1], dst[last]
			bias, bits := f.pointers(n, number, last)
			a.unpatch[f.kind()](&dst[0], row, pixel, &m[0], plane, rows, columns, n, bias, bits)
		},
		finish: func(dst, src []float32, n int, f *Finish, number int) {
			_, _ = dst[n-1], src[n-1]
			bias, bits := f.pointers(n, number, n-1)
			a.finish[f.kind()](&dst[0], &src[0], n, bias, bits)
		},
		pool: func(dst []float32, won []byte, units *[4][]float32, n int) {
			_, _ = dst[n-1], won[n/4-1]
			for i := range units {
				_ = units[i][n-1]
			}
			a.pool(&dst[0], &won[0], &units[0][0], &units[1][0], &units[2][0], &units[3][0], n)
		},
		unpool: func(units *[4][]float32, g []float32, won []byte, bits *[4][]byte, n int) {
			_, _ = g[n-1], won[n/4-1]
			var b [4]*byte
			for i := range units {
				_ = units[i][n-1]
				if bits[i] != nil {
					_ = bits[i][n/8-1]
					b[i] = &bits[i][0]
				}
			}
			a.unpool(&units[0][0], &units[1][0], &units[2][0], &units[3][0], &g[0], &won[0], b[0], b[1], b[2], b[3], n)
		},
		accumulate: func(dst, src []float32, by float32, n int) {
			_, _ = dst[:n], src[:n]
			if n > 0 {
				a.accumulate(&dst[0], &src[0], by, n)
			}
		},
	}
}

// pointers are where the bias of n channels and the bits from a number on begin, of
// which the last is so much further.
func (f *Finish) pointers(n, number, last int) (bias *float32, bits *byte) {
	if f.Bias != nil {
		_ = f.Bias[n-1]
		bias = &f.Bias[0]
	}
	if f.Bits != nil {
		_ = f.Bits[(number+last)/8]
		bits = &f.Bits[number/8]
	}
	return bias, bits
}
