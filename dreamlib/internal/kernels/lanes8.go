// Code generated from lanes16.go by go generate; DO NOT EDIT.
//go:build amd64 && goexperiment.simd

package kernels

import (
	"simd/archsimd"
	"unsafe"
)

func load8(p unsafe.Pointer, i int) archsimd.Float32x8 {
	return archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(p, 4*i)))
}

func store8(p unsafe.Pointer, i int, x archsimd.Float32x8) {
	x.Store((*[8]float32)(unsafe.Add(p, 4*i)))
}

// spread8 is one number in all lanes; it reads three more.
func spread8(p unsafe.Pointer) archsimd.Float32x8 {
	return archsimd.LoadFloat32x4((*[4]float32)(p)).Broadcast1To8()
}

// bits8 are the bits of as many lanes from a byte on.
func bits8(b *byte) *uint8 { return (*uint8)(unsafe.Pointer(b)) }

func product8(c []float32, ldc int, a []float32, lda int, b []float32, k, width, rows int, add bool) {
	_, _, _ = a[(rows-1)*lda+k-1], b[k*width-1], c[(rows-1)*ldc+width-1]
	to, from, by := unsafe.Pointer(&c[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0])
	product, step := product8x1x8, 8
	switch width {
	case 4 * 8:
		product, step = product2x4x8, 2
	case 2 * 8:
		product, step = product4x2x8, 4
	}
	for ; rows > 0; rows -= step {
		product(to, ldc, from, lda, by, k, add)
		to, from = unsafe.Add(to, 4*step*ldc), unsafe.Add(from, 4*step*lda)
	}
	archsimd.ClearAVXUpperBits()
}

// product2x4x8 computes 2 rows of 4 vectors, four products of each at a time.
func product2x4x8(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00, c01, c02, c03 archsimd.Float32x8
		c10, c11, c12, c13 archsimd.Float32x8
	)
	if add {
		from := c
		c00 = load8(from, 0)
		c01 = load8(from, 8)
		c02 = load8(from, 2*8)
		c03 = load8(from, 3*8)
		from = unsafe.Add(from, 4*ldc)
		c10 = load8(from, 0)
		c11 = load8(from, 8)
		c12 = load8(from, 2*8)
		c13 = load8(from, 3*8)
	}
	a1 := unsafe.Add(a, 4*lda)
	for ; k > 0; k -= 4 {
		b0 := load8(b, 0)
		b1 := load8(b, 8)
		b2 := load8(b, 2*8)
		b3 := load8(b, 3*8)
		x := spread8(a)
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread8(a1)
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load8(b, 4*8)
		b1 = load8(b, 5*8)
		b2 = load8(b, 6*8)
		b3 = load8(b, 7*8)
		x = spread8(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread8(unsafe.Add(a1, 4))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load8(b, 8*8)
		b1 = load8(b, 9*8)
		b2 = load8(b, 10*8)
		b3 = load8(b, 11*8)
		x = spread8(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread8(unsafe.Add(a1, 8))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b0 = load8(b, 12*8)
		b1 = load8(b, 13*8)
		b2 = load8(b, 14*8)
		b3 = load8(b, 15*8)
		x = spread8(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		c02 = x.MulAdd(b2, c02)
		c03 = x.MulAdd(b3, c03)
		x = spread8(unsafe.Add(a1, 12))
		c10 = b0.MulAdd(x, c10)
		c11 = b1.MulAdd(x, c11)
		c12 = b2.MulAdd(x, c12)
		c13 = b3.MulAdd(x, c13)
		b = unsafe.Add(b, 4*4*4*8)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
	}
	store8(c, 0, c00)
	store8(c, 8, c01)
	store8(c, 2*8, c02)
	store8(c, 3*8, c03)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c10)
	store8(c, 8, c11)
	store8(c, 2*8, c12)
	store8(c, 3*8, c13)
}

// product4x2x8 computes 4 rows of 2 vectors, four products of each at a time.
func product4x2x8(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00, c01 archsimd.Float32x8
		c10, c11 archsimd.Float32x8
		c20, c21 archsimd.Float32x8
		c30, c31 archsimd.Float32x8
	)
	if add {
		from := c
		c00 = load8(from, 0)
		c01 = load8(from, 8)
		from = unsafe.Add(from, 4*ldc)
		c10 = load8(from, 0)
		c11 = load8(from, 8)
		from = unsafe.Add(from, 4*ldc)
		c20 = load8(from, 0)
		c21 = load8(from, 8)
		from = unsafe.Add(from, 4*ldc)
		c30 = load8(from, 0)
		c31 = load8(from, 8)
	}
	a1 := unsafe.Add(a, 4*lda)
	a2 := unsafe.Add(a, 8*lda)
	a3 := unsafe.Add(a, 12*lda)
	for ; k > 0; k -= 4 {
		b0 := load8(b, 0)
		b1 := load8(b, 8)
		x := spread8(a)
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread8(a1)
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread8(a2)
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread8(a3)
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load8(b, 2*8)
		b1 = load8(b, 3*8)
		x = spread8(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread8(unsafe.Add(a1, 4))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread8(unsafe.Add(a2, 4))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread8(unsafe.Add(a3, 4))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load8(b, 4*8)
		b1 = load8(b, 5*8)
		x = spread8(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread8(unsafe.Add(a1, 8))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread8(unsafe.Add(a2, 8))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread8(unsafe.Add(a3, 8))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b0 = load8(b, 6*8)
		b1 = load8(b, 7*8)
		x = spread8(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		c01 = x.MulAdd(b1, c01)
		x = spread8(unsafe.Add(a1, 12))
		c10 = x.MulAdd(b0, c10)
		c11 = x.MulAdd(b1, c11)
		x = spread8(unsafe.Add(a2, 12))
		c20 = x.MulAdd(b0, c20)
		c21 = x.MulAdd(b1, c21)
		x = spread8(unsafe.Add(a3, 12))
		c30 = b0.MulAdd(x, c30)
		c31 = b1.MulAdd(x, c31)
		b = unsafe.Add(b, 4*8*8)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
		a2 = unsafe.Add(a2, 4*4)
		a3 = unsafe.Add(a3, 4*4)
	}
	store8(c, 0, c00)
	store8(c, 8, c01)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c10)
	store8(c, 8, c11)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c20)
	store8(c, 8, c21)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c30)
	store8(c, 8, c31)
}

// product8x1x8 computes 8 rows of a vector, four products of each at a time.
func product8x1x8(c unsafe.Pointer, ldc int, a unsafe.Pointer, lda int, b unsafe.Pointer, k int, add bool) {
	var (
		c00 archsimd.Float32x8
		c10 archsimd.Float32x8
		c20 archsimd.Float32x8
		c30 archsimd.Float32x8
		c40 archsimd.Float32x8
		c50 archsimd.Float32x8
		c60 archsimd.Float32x8
		c70 archsimd.Float32x8
	)
	if add {
		from := c
		c00 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c10 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c20 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c30 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c40 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c50 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c60 = load8(from, 0)
		from = unsafe.Add(from, 4*ldc)
		c70 = load8(from, 0)
	}
	a1 := unsafe.Add(a, 4*lda)
	a2 := unsafe.Add(a, 8*lda)
	a3 := unsafe.Add(a, 12*lda)
	a4 := unsafe.Add(a, 8*lda)
	a5 := unsafe.Add(a, 20*lda)
	a6 := unsafe.Add(a, 24*lda)
	a7 := unsafe.Add(a, 28*lda)
	for ; k > 0; k -= 4 {
		b0 := load8(b, 0)
		x := spread8(a)
		c00 = x.MulAdd(b0, c00)
		x = spread8(a1)
		c10 = x.MulAdd(b0, c10)
		x = spread8(a2)
		c20 = x.MulAdd(b0, c20)
		x = spread8(a3)
		c30 = x.MulAdd(b0, c30)
		x = spread8(a4)
		c40 = x.MulAdd(b0, c40)
		x = spread8(a5)
		c50 = x.MulAdd(b0, c50)
		x = spread8(a6)
		c60 = x.MulAdd(b0, c60)
		x = spread8(a7)
		c70 = b0.MulAdd(x, c70)
		b0 = load8(b, 8)
		x = spread8(unsafe.Add(a, 4))
		c00 = x.MulAdd(b0, c00)
		x = spread8(unsafe.Add(a1, 4))
		c10 = x.MulAdd(b0, c10)
		x = spread8(unsafe.Add(a2, 4))
		c20 = x.MulAdd(b0, c20)
		x = spread8(unsafe.Add(a3, 4))
		c30 = x.MulAdd(b0, c30)
		x = spread8(unsafe.Add(a4, 4))
		c40 = x.MulAdd(b0, c40)
		x = spread8(unsafe.Add(a5, 4))
		c50 = x.MulAdd(b0, c50)
		x = spread8(unsafe.Add(a6, 4))
		c60 = x.MulAdd(b0, c60)
		x = spread8(unsafe.Add(a7, 4))
		c70 = b0.MulAdd(x, c70)
		b0 = load8(b, 2*8)
		x = spread8(unsafe.Add(a, 8))
		c00 = x.MulAdd(b0, c00)
		x = spread8(unsafe.Add(a1, 8))
		c10 = x.MulAdd(b0, c10)
		x = spread8(unsafe.Add(a2, 8))
		c20 = x.MulAdd(b0, c20)
		x = spread8(unsafe.Add(a3, 8))
		c30 = x.MulAdd(b0, c30)
		x = spread8(unsafe.Add(a4, 8))
		c40 = x.MulAdd(b0, c40)
		x = spread8(unsafe.Add(a5, 8))
		c50 = x.MulAdd(b0, c50)
		x = spread8(unsafe.Add(a6, 8))
		c60 = x.MulAdd(b0, c60)
		x = spread8(unsafe.Add(a7, 8))
		c70 = b0.MulAdd(x, c70)
		b0 = load8(b, 3*8)
		x = spread8(unsafe.Add(a, 12))
		c00 = x.MulAdd(b0, c00)
		x = spread8(unsafe.Add(a1, 12))
		c10 = x.MulAdd(b0, c10)
		x = spread8(unsafe.Add(a2, 12))
		c20 = x.MulAdd(b0, c20)
		x = spread8(unsafe.Add(a3, 12))
		c30 = x.MulAdd(b0, c30)
		x = spread8(unsafe.Add(a4, 12))
		c40 = x.MulAdd(b0, c40)
		x = spread8(unsafe.Add(a5, 12))
		c50 = x.MulAdd(b0, c50)
		x = spread8(unsafe.Add(a6, 12))
		c60 = x.MulAdd(b0, c60)
		x = spread8(unsafe.Add(a7, 12))
		c70 = b0.MulAdd(x, c70)
		b = unsafe.Add(b, 4*4*8)
		a = unsafe.Add(a, 4*4)
		a1 = unsafe.Add(a1, 4*4)
		a2 = unsafe.Add(a2, 4*4)
		a3 = unsafe.Add(a3, 4*4)
		a4 = unsafe.Add(a4, 4*4)
		a5 = unsafe.Add(a5, 4*4)
		a6 = unsafe.Add(a6, 4*4)
		a7 = unsafe.Add(a7, 4*4)
	}
	store8(c, 0, c00)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c10)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c20)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c30)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c40)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c50)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c60)
	c = unsafe.Add(c, 4*ldc)
	store8(c, 0, c70)
}

// constant8 is a number of the transforms in all lanes, in memory.
func constant8(v *[Lanes]float32) archsimd.Float32x8 { return load8(unsafe.Pointer(v), 0) }

// evaluate8 is evaluate in every lane, so many times: from six vectors of d,
// distance apart, to six of y, to apart. The next begin dNext and yNext further on.
func evaluate8(y unsafe.Pointer, to, yNext int, d unsafe.Pointer, distance, dNext, times int) {
	for range times {
		d1, d2, d3, d4 := load8(d, distance), load8(d, 2*distance), load8(d, 3*distance), load8(d, 4*distance)
		store8(y, 0, constant8(&lanesAB).MulAdd(load8(d, 0), constant8(&lanesMinusSum).MulAdd(d2, d4)))
		store8(y, 5*to, constant8(&lanesAB).MulAdd(d1, constant8(&lanesMinusSum).MulAdd(d3, load8(d, 5*distance))))
		even := constant8(&lanesMinusB).MulAdd(d2, d4)
		odd := constant8(&lanesMinusPB).MulAdd(d1, constant8(&lanesP).Mul(d3))
		store8(y, to, even.Add(odd))
		store8(y, 2*to, even.Sub(odd))
		even = constant8(&lanesMinusA).MulAdd(d2, d4)
		odd = constant8(&lanesMinusQA).MulAdd(d1, constant8(&lanesQ).Mul(d3))
		store8(y, 3*to, even.Add(odd))
		store8(y, 4*to, even.Sub(odd))
		y, d = unsafe.Add(y, 4*yNext), unsafe.Add(d, 4*dNext)
	}
}

// interpolate8 is interpolate in every lane, as evaluate8.
func interpolate8(z unsafe.Pointer, to, zNext int, m unsafe.Pointer, distance, mNext, times int) {
	for range times {
		m1, m2 := load8(m, distance), load8(m, 2*distance)
		even, odd := m1.Add(m2), m1.Sub(m2)
		m3, m4 := load8(m, 3*distance), load8(m, 4*distance)
		even2, odd2 := m3.Add(m4), m3.Sub(m4)
		store8(z, 0, load8(m, 0).Add(even).Add(even2))
		store8(z, to, constant8(&lanesP).MulAdd(odd, constant8(&lanesQ).Mul(odd2)))
		store8(z, 2*to, constant8(&lanesA).MulAdd(even, constant8(&lanesB).Mul(even2)))
		store8(z, 3*to, constant8(&lanesPA).MulAdd(odd, constant8(&lanesQB).MulAdd(odd2, load8(m, 5*distance))))
		z, m = unsafe.Add(z, 4*zNext), unsafe.Add(m, 4*mNext)
	}
}

// kernelPoints8 is kernelPoints in every lane, as evaluate8.
func kernelPoints8(y unsafe.Pointer, to, yNext int, g unsafe.Pointer, distance, gNext, times int) {
	for range times {
		g0, g1, g2 := load8(g, 0), load8(g, distance), load8(g, 2*distance)
		store8(y, 0, constant8(&lanesG0).Mul(g0))
		store8(y, 5*to, g2)
		even := constant8(&lanesP0).MulAdd(g0, constant8(&lanesP2).Mul(g2))
		odd := constant8(&lanesP1).Mul(g1)
		store8(y, to, even.Add(odd))
		store8(y, 2*to, even.Sub(odd))
		even = constant8(&lanesQ0).MulAdd(g0, constant8(&lanesQ2).Mul(g2))
		odd = constant8(&lanesQ1).Mul(g1)
		store8(y, 3*to, even.Add(odd))
		store8(y, 4*to, even.Sub(odd))
		y, g = unsafe.Add(y, 4*yNext), unsafe.Add(g, 4*gNext)
	}
}

func kernel8(out []float32, plane int, w []float32, width, rows int, work []float32) {
	_, _, _ = out[35*plane+rows*width-1], w[9*rows*width-1], work[18*8-1]
	between := unsafe.Pointer(&work[0])
	for r := range rows {
		for c := 0; c < width; c += 8 {
			w := unsafe.Pointer(&w[9*(r*width+c/Lanes*Lanes)+c%Lanes])
			kernelPoints8(between, 3*8, 8, w, 3*Lanes, Lanes, 3)
			kernelPoints8(unsafe.Pointer(&out[r*width+c]), plane, 6*plane, between, 8, 3*8, 6)
		}
	}
	archsimd.ClearAVXUpperBits()
}

func patch8(out []float32, plane int, d []float32, row, pixel, n int, work []float32) {
	_, _, _ = out[35*plane+n-1], d[5*row+5*pixel+n-1], work[36*8-1]
	between := unsafe.Pointer(&work[0])
	for c := 0; c < n; c += 8 {
		evaluate8(between, 6*8, 8, unsafe.Pointer(&d[c]), row, pixel, 6)
		evaluate8(unsafe.Pointer(&out[c]), plane, 6*plane, between, 8, 6*8, 6)
	}
	archsimd.ClearAVXUpperBits()
}

func unpatch8(dst []float32, row, pixel int, m []float32, plane, rows, columns, n int, f *Finish, work []float32) {
	_, _, _ = m[35*plane+n-1], dst[(rows-1)*row+(columns-1)*pixel+n-1], work[40*8-1]
	between, z := unsafe.Pointer(&work[0]), unsafe.Pointer(&work[24*8])
	for c := 0; c < n; c += 8 {
		interpolate8(between, 6*8, 8, unsafe.Pointer(&m[c]), 6*plane, plane, 6)
		interpolate8(z, 8, 4*8, between, 8, 6*8, rows)
		for i := range rows {
			for j := range columns {
				at := i*row + j*pixel + c
				finishOne8(&dst[at], load8(z, (4*i+j)*8), at, c, f)
			}
		}
	}
	archsimd.ClearAVXUpperBits()
}

func finish8(dst, src []float32, n int, f Finish) {
	_, _ = dst[n-1], src[n-1]
	for c := 0; c < n; c += 8 {
		finishOne8(&dst[c], load8(unsafe.Pointer(&src[c]), 0), c, c, &f)
	}
	archsimd.ClearAVXUpperBits()
}

// finishOne8 is Finish.one for the channels from c on.
func finishOne8(dst *float32, v archsimd.Float32x8, at, c int, f *Finish) {
	if f.Bias != nil {
		v = v.Add(load8(unsafe.Pointer(&f.Bias[c]), 0))
	}
	if f.Bits != nil {
		bits := bits8(&f.Bits[at/8])
		if f.ReLU {
			var zero archsimd.Float32x8
			below := v.LessEqual(zero)
			*bits = ^below.ToBits()
			v = zero.Merge(v, below)
		} else {
			v = v.Masked(mask8(*bits))
		}
	}
	store8(unsafe.Pointer(dst), 0, v)
}

func pool8(dst []float32, won []byte, units *[4][]float32, n int) {
	for c := 0; c < n; c += 8 {
		u0, u1 := load8(unsafe.Pointer(&units[0][c]), 0), load8(unsafe.Pointer(&units[1][c]), 0)
		u2, u3 := load8(unsafe.Pointer(&units[2][c]), 0), load8(unsafe.Pointer(&units[3][c]), 0)
		left, lowerLeft := u0.GreaterEqual(u1), u2.GreaterEqual(u3)
		upper, lower := u0.Merge(u1, left), u2.Merge(u3, lowerLeft)
		first := upper.GreaterEqual(lower)
		store8(unsafe.Pointer(&dst[c]), 0, upper.Merge(lower, first))
		top := first.ToBits()
		*bits8(&won[c/8]) = top
		*bits8(&won[(n+c)/8]) = top&left.ToBits() | ^top&lowerLeft.ToBits()
	}
	archsimd.ClearAVXUpperBits()
}

func unpool8(units *[4][]float32, g []float32, won []byte, bits *[4][]byte, n int) {
	for c := 0; c < n; c += 8 {
		v := load8(unsafe.Pointer(&g[c]), 0)
		top, left := *bits8(&won[c/8]), *bits8(&won[(n+c)/8])
		winners := [4]uint8{top & left, top &^ left, left &^ top, ^(top | left)}
		for i, winner := range winners {
			if bits[i] != nil {
				winner &= *bits8(&bits[i][c/8])
			}
			store8(unsafe.Pointer(&units[i][c]), 0, v.Masked(mask8(winner)))
		}
	}
	archsimd.ClearAVXUpperBits()
}

func accumulate8(dst, src []float32, a float32, n int) {
	times := archsimd.BroadcastFloat32x8(a)
	for i := 0; i < n; i += 8 {
		to := unsafe.Pointer(&dst[i])
		store8(to, 0, load8(to, 0).Add(times.Mul(load8(unsafe.Pointer(&src[i]), 0))))
	}
	archsimd.ClearAVXUpperBits()
}
