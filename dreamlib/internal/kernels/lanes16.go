//go:build amd64 && goexperiment.simd

package kernels

// lanes8.go is this file with half as many lanes: wherever 16 stands below, it
// is the number of lanes.
//
//go:generate sh -c "sed 's/16/8/g; /^.. lanes8.go is/,/^$/d; 1i // Code generated from lanes16.go by go generate; DO NOT EDIT.\n' lanes16.go | gofmt > lanes8.go"

import (
	"simd/archsimd"
	"unsafe"
)

func load16(p unsafe.Pointer, i int) archsimd.Float32x16 {
	return archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(p, 4*i)))
}

func store16(p unsafe.Pointer, i int, x archsimd.Float32x16) {
	x.Store((*[16]float32)(unsafe.Add(p, 4*i)))
}

// spread16 is one number in all lanes; it reads three more.
func spread16(p unsafe.Pointer) archsimd.Float32x16 {
	return archsimd.LoadFloat32x4((*[4]float32)(p)).Broadcast1To16()
}

// bits16 are the bits of as many lanes from a byte on.
func bits16(b *byte) *uint16 { return (*uint16)(unsafe.Pointer(b)) }

func product16(c []float32, ldc int, a []float32, lda int, b []float32, k, width, rows int, add bool) {
	_, _, _ = a[(rows-1)*lda+k-1], b[k*width-1], c[(rows-1)*ldc+width-1]
	to, from, by := unsafe.Pointer(&c[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0])
	product, step := product8x1x16, 8
	switch width {
	case 4 * 16:
		product, step = product2x4x16, 2
	case 2 * 16:
		product, step = product4x2x16, 4
	}
	for ; rows > 0; rows -= step {
		product(to, ldc, from, lda, by, k, add)
		to, from = unsafe.Add(to, 4*step*ldc), unsafe.Add(from, 4*step*lda)
	}
	archsimd.ClearAVXUpperBits()
}

// product2x4x16 computes 2 rows of 4 vectors, four products of each at a time.
func product2x4x16(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00, c01, c02, c03 archsimd.Float32x16
		c10, c11, c12, c13 archsimd.Float32x16
	)
	if add {
		from := c
		c00 = load16(from, 0)
		c01 = load16(from, 16)
		c02 = load16(from, 2*16)
		c03 = load16(from, 3*16)
		from = unsafe.Add(from, 4*ldc)
		c10 = load16(from, 0)
		c11 = load16(from, 16)
		c12 = load16(from, 2*16)
		c13 = load16(from, 3*16)
	}
	a1 := unsafe.Add(a, 4*lda)
	for ; k > 0; k -= 4 {
		b0 := load16(b, 0)
		b1 := load16(b, 16)
		b2 := load16(b, 2*16)
		b3 := load16(b, 3*16)
		x := spread16(a)
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread16(a1)
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load16(b, 4*16)
		b1 = load16(b, 5*16)
		b2 = load16(b, 6*16)
		b3 = load16(b, 7*16)
		x = spread16(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread16(unsafe.Add(a1, 4))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load16(b, 8*16)
		b1 = load16(b, 9*16)
		b2 = load16(b, 10*16)
		b3 = load16(b, 11*16)
		x = spread16(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread16(unsafe.Add(a1, 8))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load16(b, 12*16)
		b1 = load16(b, 13*16)
		b2 = load16(b, 14*16)
		b3 = load16(b, 15*16)
		x = spread16(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread16(unsafe.Add(a1, 12))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b = unsafe.Add(b, 4*4*4*16)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
	}
	store16(c, 0, c00)
	store16(c, 16, c01)
	store16(c, 2*16, c02)
	store16(c, 3*16, c03)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c10)
	store16(c, 16, c11)
	store16(c, 2*16, c12)
	store16(c, 3*16, c13)
}

// product4x2x16 computes 4 rows of 2 vectors, four products of each at a time.
func product4x2x16(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00, c01 archsimd.Float32x16
		c10, c11 archsimd.Float32x16
		c20, c21 archsimd.Float32x16
		c30, c31 archsimd.Float32x16
	)
	if add {
		from := c
		c00 = load16(from, 0)
		c01 = load16(from, 16)
		from = unsafe.Add(from, 4*ldc)
		c10 = load16(from, 0)
		c11 = load16(from, 16)
		from = unsafe.Add(from, 4*ldc)
		c20 = load16(from, 0)
		c21 = load16(from, 16)
		from = unsafe.Add(from, 4*ldc)
		c30 = load16(from, 0)
		c31 = load16(from, 16)
	}
	a1 := unsafe.Add(a, 4*lda)
	a2 := unsafe.Add(a, 8*lda)
	a3 := unsafe.Add(a, 12*lda)
	for ; k > 0; k -= 4 {
		b0 := load16(b, 0)
		b1 := load16(b, 16)
		x := spread16(a)
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread16(a1)
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread16(a2)
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread16(a3)
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load16(b, 2*16)
		b1 = load16(b, 3*16)
		x = spread16(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread16(unsafe.Add(a1, 4))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread16(unsafe.Add(a2, 4))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread16(unsafe.Add(a3, 4))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load16(b, 4*16)
		b1 = load16(b, 5*16)
		x = spread16(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread16(unsafe.Add(a1, 8))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread16(unsafe.Add(a2, 8))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread16(unsafe.Add(a3, 8))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load16(b, 6*16)
		b1 = load16(b, 7*16)
		x = spread16(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread16(unsafe.Add(a1, 12))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread16(unsafe.Add(a2, 12))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread16(unsafe.Add(a3, 12))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b = unsafe.Add(b, 4*8*16)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
		a2 = unsafe.Add(a2, 4*4)
		a3 = unsafe.Add(a3, 4*4)
	}
	store16(c, 0, c00)
	store16(c, 16, c01)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c10)
	store16(c, 16, c11)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c20)
	store16(c, 16, c21)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c30)
	store16(c, 16, c31)
}

// product8x1x16 computes 8 rows of a vector, four products of each at a time.
func product8x1x16(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00 archsimd.Float32x16
		c10 archsimd.Float32x16
		c20 archsimd.Float32x16
		c30 archsimd.Float32x16
		c40 archsimd.Float32x16
		c50 archsimd.Float32x16
		c60 archsimd.Float32x16
		c70 archsimd.Float32x16
	)
	if add {
		from := c
		c00 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c10 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c20 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c30 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c40 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c50 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c60 = load16(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c70 = load16(from, 0)
	}
	a1 := unsafe.Add(a, 4*lda)
	a2 := unsafe.Add(a, 8*lda)
	a3 := unsafe.Add(a, 12*lda)
	a4 := unsafe.Add(a, 16*lda)
	a5 := unsafe.Add(a, 20*lda)
	a6 := unsafe.Add(a, 24*lda)
	a7 := unsafe.Add(a, 28*lda)
	for ; k > 0; k -= 4 {
		b0 := load16(b, 0)
		x := spread16(a)
		c00 = x.MulAdd(b0, c00)
		x = spread16(a1)
		c10 = x.MulAdd(b0, c10)
		x = spread16(a2)
		c20 = x.MulAdd(b0, c20)
		x = spread16(a3)
		c30 = x.MulAdd(b0, c30)
		x = spread16(a4)
		c40 = x.MulAdd(b0, c40)
		x = spread16(a5)
		c50 = x.MulAdd(b0, c50)
		x = spread16(a6)
		c60 = x.MulAdd(b0, c60)
		x = spread16(a7)
		c70 = b0.MulAdd(x, c70)
		b0 = load16(b, 16)
		x = spread16(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		x = spread16(unsafe.Add(a1, 4))
		c10 = x.MulAdd(b0, c10)
		x = spread16(unsafe.Add(a2, 4))
		c20 = x.MulAdd(b0, c20)
		x = spread16(unsafe.Add(a3, 4))
		c30 = x.MulAdd(b0, c30)
		x = spread16(unsafe.Add(a4, 4))
		c40 = x.MulAdd(b0, c40)
		x = spread16(unsafe.Add(a5, 4))
		c50 = x.MulAdd(b0, c50)
		x = spread16(unsafe.Add(a6, 4))
		c60 = x.MulAdd(b0, c60)
		x = spread16(unsafe.Add(a7, 4))
		c70 = b0.MulAdd(x, c70)
		b0 = load16(b, 2*16)
		x = spread16(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		x = spread16(unsafe.Add(a1, 8))
		c10 = x.MulAdd(b0, c10)
		x = spread16(unsafe.Add(a2, 8))
		c20 = x.MulAdd(b0, c20)
		x = spread16(unsafe.Add(a3, 8))
		c30 = x.MulAdd(b0, c30)
		x = spread16(unsafe.Add(a4, 8))
		c40 = x.MulAdd(b0, c40)
		x = spread16(unsafe.Add(a5, 8))
		c50 = x.MulAdd(b0, c50)
		x = spread16(unsafe.Add(a6, 8))
		c60 = x.MulAdd(b0, c60)
		x = spread16(unsafe.Add(a7, 8))
		c70 = b0.MulAdd(x, c70)
		b0 = load16(b, 3*16)
		x = spread16(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		x = spread16(unsafe.Add(a1, 12))
		c10 = x.MulAdd(b0, c10)
		x = spread16(unsafe.Add(a2, 12))
		c20 = x.MulAdd(b0, c20)
		x = spread16(unsafe.Add(a3, 12))
		c30 = x.MulAdd(b0, c30)
		x = spread16(unsafe.Add(a4, 12))
		c40 = x.MulAdd(b0, c40)
		x = spread16(unsafe.Add(a5, 12))
		c50 = x.MulAdd(b0, c50)
		x = spread16(unsafe.Add(a6, 12))
		c60 = x.MulAdd(b0, c60)
		x = spread16(unsafe.Add(a7, 12))
		c70 = b0.MulAdd(x, c70)
		b = unsafe.Add(b, 4*4*16)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
		a2 = unsafe.Add(a2, 4*4)
		a3 = unsafe.Add(a3, 4*4)
		a4 = unsafe.Add(a4, 4*4)
		a5 = unsafe.Add(a5, 4*4)
		a6 = unsafe.Add(a6, 4*4)
		a7 = unsafe.Add(a7, 4*4)
	}
	store16(c, 0, c00)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c10)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c20)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c30)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c40)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c50)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c60)
	c = unsafe.Add(c, 4*ldc)
	store16(c, 0, c70)
}

// constant16 is a number of the transforms in all lanes, in memory.
func constant16(v *[Lanes]float32) archsimd.Float32x16 { return load16(unsafe.Pointer(v), 0) }

// evaluate16 is evaluate in every lane, so many times: from six vectors of d,
// distance apart, to six of y, to apart. The next begin dNext and yNext further on.
func evaluate16(y unsafe.Pointer, to, yNext int, d unsafe.Pointer, distance, dNext, times int) {
	for range times {
		d1, d2, d3, d4 := load16(d, distance), load16(d, 2*distance), load16(d, 3*distance), load16(d, 4*distance)
		store16(y, 0, constant16(&lanesAB).MulAdd(load16(d, 0), constant16(&lanesMinusSum).MulAdd(d2, d4)))
		store16(y, 5*to, constant16(&lanesAB).MulAdd(d1, constant16(&lanesMinusSum).MulAdd(d3, load16(d, 5*distance))))
		even := constant16(&lanesMinusB).MulAdd(d2, d4)
		odd := constant16(&lanesMinusPB).MulAdd(d1, constant16(&lanesP).Mul(d3))
		store16(y, to, even.Add(odd))
		store16(y, 2*to, even.Sub(odd))
		even = constant16(&lanesMinusA).MulAdd(d2, d4)
		odd = constant16(&lanesMinusQA).MulAdd(d1, constant16(&lanesQ).Mul(d3))
		store16(y, 3*to, even.Add(odd))
		store16(y, 4*to, even.Sub(odd))
		y, d = unsafe.Add(y, 4*yNext), unsafe.Add(d, 4*dNext)
	}
}

// interpolate16 is interpolate in every lane, as evaluate16.
func interpolate16(z unsafe.Pointer, to, zNext int, m unsafe.Pointer, distance, mNext, times int) {
	for range times {
		m1, m2 := load16(m, distance), load16(m, 2*distance)
		even, odd := m1.Add(m2), m1.Sub(m2)
		m3, m4 := load16(m, 3*distance), load16(m, 4*distance)
		even2, odd2 := m3.Add(m4), m3.Sub(m4)
		store16(z, 0, load16(m, 0).Add(even).Add(even2))
		store16(z, to, constant16(&lanesP).MulAdd(odd, constant16(&lanesQ).Mul(odd2)))
		store16(z, 2*to, constant16(&lanesA).MulAdd(even, constant16(&lanesB).Mul(even2)))
		store16(z, 3*to, constant16(&lanesPA).MulAdd(odd, constant16(&lanesQB).MulAdd(odd2, load16(m, 5*distance))))
		z, m = unsafe.Add(z, 4*zNext), unsafe.Add(m, 4*mNext)
	}
}

// kernelPoints16 is kernelPoints in every lane, as evaluate16.
func kernelPoints16(y unsafe.Pointer, to, yNext int, g unsafe.Pointer, distance, gNext, times int) {
	for range times {
		g0, g1, g2 := load16(g, 0), load16(g, distance), load16(g, 2*distance)
		store16(y, 0, constant16(&lanesG0).Mul(g0))
		store16(y, 5*to, g2)
		even := constant16(&lanesP0).MulAdd(g0, constant16(&lanesP2).Mul(g2))
		odd := constant16(&lanesP1).Mul(g1)
		store16(y, to, even.Add(odd))
		store16(y, 2*to, even.Sub(odd))
		even = constant16(&lanesQ0).MulAdd(g0, constant16(&lanesQ2).Mul(g2))
		odd = constant16(&lanesQ1).Mul(g1)
		store16(y, 3*to, even.Add(odd))
		store16(y, 4*to, even.Sub(odd))
		y, g = unsafe.Add(y, 4*yNext), unsafe.Add(g, 4*gNext)
	}
}

func kernel16(out []float32, plane int, w []float32, width, rows int, work []float32) {
	_, _, _ = out[35*plane+rows*width-1], w[9*rows*width-1], work[18*16-1]
	between := unsafe.Pointer(&work[0])
	for r := range rows {
		for c := 0; c < width; c += 16 {
			w := unsafe.Pointer(&w[9*(r*width+c/Lanes*Lanes)+c%Lanes])
			kernelPoints16(between, 3*16, 16, w, 3*Lanes, Lanes, 3)
			kernelPoints16(unsafe.Pointer(&out[r*width+c]), plane, 6*plane, between, 16, 3*16, 6)
		}
	}
	archsimd.ClearAVXUpperBits()
}

func patch16(out []float32, plane int, d []float32, row, pixel, n int, work []float32) {
	_, _, _ = out[35*plane+n-1], d[5*row+5*pixel+n-1], work[36*16-1]
	between := unsafe.Pointer(&work[0])
	for c := 0; c < n; c += 16 {
		evaluate16(between, 6*16, 16, unsafe.Pointer(&d[c]), row, pixel, 6)
		evaluate16(unsafe.Pointer(&out[c]), plane, 6*plane, between, 16, 6*16, 6)
	}
	archsimd.ClearAVXUpperBits()
}

func unpatch16(dst []float32, row, pixel int, m []float32, plane, rows, columns, n int, f *Finish, work []float32) {
	_, _, _ = m[35*plane+n-1], dst[(rows-1)*row+(columns-1)*pixel+n-1], work[40*16-1]
	between, z := unsafe.Pointer(&work[0]), unsafe.Pointer(&work[24*16])
	for c := 0; c < n; c += 16 {
		interpolate16(between, 6*16, 16, unsafe.Pointer(&m[c]), 6*plane, plane, 6)
		interpolate16(z, 16, 4*16, between, 16, 6*16, rows)
		for i := range rows {
			for j := range columns {
				at := i*row + j*pixel + c
				finishOne16(&dst[at], load16(z, (4*i+j)*16), at, c, f)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

func finish16(dst, src []float32, n int, f Finish) {
	_, _ = dst[n-1], src[n-1]
	for c := 0; c < n; c += 16 {
		finishOne16(&dst[c], load16(unsafe.Pointer(&src[c]), 0), c, c, &f)
	}
	archsimd.ClearAVXUpperBits()
}

// finishOne16 is Finish.one for the channels from c on.
func finishOne16(dst *float32, v archsimd.Float32x16, at, c int, f *Finish) {
	if f.Bias != nil {
		v = v.Add(load16(unsafe.Pointer(&f.Bias[c]), 0))
	}
	if f.Bits != nil {
		bits := bits16(&f.Bits[at/8])
		if f.ReLU {
			var zero archsimd.Float32x16
			below := v.LessEqual(zero)
			*bits = ^below.ToBits()
			v = zero.Merge(v, below)
		} else {
			v = v.Masked(mask16(*bits))
		}
	}
	store16(unsafe.Pointer(dst), 0, v)
}

func pool16(dst []float32, won []byte, units *[4][]float32, n int) {
	for c := 0; c < n; c += 16 {
		u0, u1 := load16(unsafe.Pointer(&units[0][c]), 0), load16(unsafe.Pointer(&units[1][c]), 0)
		u2, u3 := load16(unsafe.Pointer(&units[2][c]), 0), load16(unsafe.Pointer(&units[3][c]), 0)
		left, lowerLeft := u0.GreaterEqual(u1), u2.GreaterEqual(u3)
		upper, lower := u0.Merge(u1, left), u2.Merge(u3, lowerLeft)
		first := upper.GreaterEqual(lower)
		store16(unsafe.Pointer(&dst[c]), 0, upper.Merge(lower, first))
		top := first.ToBits()
		*bits16(&won[c/8]) = top
		*bits16(&won[(n+c)/8]) = top&left.ToBits() | ^top&lowerLeft.ToBits()
	}
	archsimd.ClearAVXUpperBits()
}

func unpool16(units *[4][]float32, g []float32, won []byte, bits *[4][]byte, n int) {
	for c := 0; c < n; c += 16 {
		v := load16(unsafe.Pointer(&g[c]), 0)
		top, left := *bits16(&won[c/8]), *bits16(&won[(n+c)/8])
		winners := [4]uint16{top & left, top &^ left, left &^ top, ^(top | left)}
		for i, winner := range winners {
			if bits[i] != nil {
				winner &= *bits16(&bits[i][c/8])
			}
			store16(unsafe.Pointer(&units[i][c]), 0, v.Masked(mask16(winner)))
		}
	}
	archsimd.ClearAVXUpperBits()
}

func accumulate16(dst, src []float32, a float32, n int) {
	times := archsimd.BroadcastFloat32x16(a)
	for i := 0; i < n; i += 16 {
		to := unsafe.Pointer(&dst[i])
		store16(to, 0, load16(to, 0).Add(times.Mul(load16(unsafe.Pointer(&src[i]), 0))))
	}
	archsimd.ClearAVXUpperBits()
}
