package kernels

// plain are the instructions in plain Go.
var plain = instructions{
	name:    "plain Go",
	product: plainProduct, kernel: plainKernel, turn: plainTurn, patch: plainPatch, unpatch: plainUnpatch, finish: plainFinish, pool: plainPool, unpool: plainUnpool, accumulate: plainAccumulate,
}

// plainProduct computes 2x4 numbers at a time.
func plainProduct(c []float32, ldc int, a []float32, lda int, b []float32, k, width, rows int, add bool) {
	for r := 0; r < rows; r += 2 {
		x, y := a[r*lda:][:k], a[(r+1)*lda:][:k]
		for j := 0; j < width; j += 4 {
			var x0, x1, x2, x3, y0, y1, y2, y3 float32
			to0, to1 := (*[4]float32)(c[r*ldc+j:]), (*[4]float32)(c[(r+1)*ldc+j:])
			if add {
				x0, x1, x2, x3 = to0[0], to0[1], to0[2], to0[3]
				y0, y1, y2, y3 = to1[0], to1[1], to1[2], to1[3]
			}
			for i, b := 0, b[j:]; i < k; i++ {
				q := (*[4]float32)(b[i*width:])
				p := x[i]
				x0 += p * q[0]
				x1 += p * q[1]
				x2 += p * q[2]
				x3 += p * q[3]
				p = y[i]
				y0 += p * q[0]
				y1 += p * q[1]
				y2 += p * q[2]
				y3 += p * q[3]
			}
			*to0, *to1 = [4]float32{x0, x1, x2, x3}, [4]float32{y0, y1, y2, y3}
		}
	}
}

func plainKernel(out []float32, plane int, w []float32, n int) {
	var t [6][3]float32
	for r := range n {
		for c := range Lanes {
			g := w[9*r*Lanes+c:]
			for x := range 3 {
				for y, v := range kernelPoints([3]float32{g[x*Lanes], g[(3+x)*Lanes], g[(6+x)*Lanes]}) {
					t[y][x] = v
				}
			}
			for y := range 6 {
				for x, v := range kernelPoints(t[y]) {
					out[(6*y+x)*plane+r*Lanes+c] = v
				}
			}
		}
	}
}

func plainTurn(out []float32, outApart int, d []float32, apart int) {
	for o := range Lanes {
		for t := range 9 {
			for i, v := range d[o*apart+t*Lanes:][:Lanes] {
				out[i*outApart+(8-t)*Lanes+o] = v
			}
		}
	}
}

func plainPatch(out []float32, plane int, d []float32, row, pixel, n int) {
	var t [6][6]float32
	for c := range n {
		for j := range 6 {
			d := d[j*pixel+c:]
			y := evaluate([6]float32{d[0], d[row], d[2*row], d[3*row], d[4*row], d[5*row]})
			for i, v := range y {
				t[i][j] = v
			}
		}
		for i, x := range t {
			for j, v := range evaluate(x) {
				out[(6*i+j)*plane+c] = v
			}
		}
	}
}

func plainUnpatch(dst []float32, row, pixel int, m []float32, plane, rows, columns, n int, f *Finish, number int) {
	var t [4][6]float32
	for c := range n {
		for j := range 6 {
			m := m[j*plane+c:]
			z := interpolate([6]float32{m[0], m[6*plane], m[12*plane], m[18*plane], m[24*plane], m[30*plane]})
			for i, v := range z {
				t[i][j] = v
			}
		}
		for i := range rows {
			z := interpolate(t[i])
			for j := range columns {
				at := i*row + j*pixel + c
				dst[at] = f.one(z[j], number+at, c)
			}
		}
	}
}

func plainFinish(dst, src []float32, n int, f *Finish, number int) {
	for c := range n {
		dst[c] = f.one(src[c], number+c, c)
	}
}

// one finishes the number v of channel c, at some place of a volume.
func (f *Finish) one(v float32, at, c int) float32 {
	if f.Bias != nil {
		v += f.Bias[c]
	}
	bit := byte(1) << (at % 8)
	switch {
	case f.ReLU && v <= 0:
		f.Bits[at/8] &^= bit
		return 0
	case f.ReLU:
		f.Bits[at/8] |= bit
	case f.Bits != nil && f.Bits[at/8]&bit == 0:
		return 0
	}
	return v
}

func plainPool(dst []float32, won []byte, units *[4][]float32, n int) {
	clear(won[:n/4])
	for c := range n {
		upper, lower := units[0][c], units[2][c]
		left, lowerLeft := upper >= units[1][c], lower >= units[3][c]
		if !left {
			upper = units[1][c]
		}
		if !lowerLeft {
			lower = units[3][c]
		}
		if upper >= lower {
			won[c/8] |= 1 << (c % 8)
		} else {
			upper, left = lower, lowerLeft
		}
		if left {
			won[(n+c)/8] |= 1 << (c % 8)
		}
		dst[c] = upper
	}
}

func plainUnpool(units *[4][]float32, g []float32, won []byte, bits *[4][]byte, n int) {
	for i, unit := range units {
		for c := range n {
			winner := 3 - 2*(won[c/8]>>(c%8)&1) - won[(n+c)/8]>>(c%8)&1
			unit[c] = 0
			if int(winner) == i && (bits[i] == nil || bits[i][c/8]>>(c%8)&1 == 1) {
				unit[c] = g[c]
			}
		}
	}
}

func plainAccumulate(dst, src []float32, a float32, n int) {
	for i, v := range src[:n] {
		dst[i] += float32(a * v)
	}
}
