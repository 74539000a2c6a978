//go:build amd64 && goexperiment.simd

package kernels

import (
	"simd/archsimd"
	"unsafe"
)

var (
	avx512 = instructions{
		name: "AVX-512", widths: []int{64, 32, 16},
		product: product16, kernel: kernel16, turn: turn4, patch: patch16, unpatch: unpatch16, finish: finish16, pool: pool16, unpool: unpool16, accumulate: accumulate16,
	}
	avx2 = instructions{
		name: "AVX2", widths: []int{32, 16},
		product: product8, kernel: kernel8, turn: turn4, patch: patch8, unpatch: unpatch8, finish: finish8, pool: pool8, unpool: unpool8, accumulate: accumulate8,
	}
)

// available lists what this machine can do, best first.
func available() []*instructions {
	var list []*instructions
	if archsimd.X86.AVX512() {
		list = append(list, &avx512)
	}
	if archsimd.X86.AVX2() && archsimd.X86.FMA() {
		list = append(list, &avx2)
	}
	return append(list, &plain)
}

// mask16 is true in the lanes whose bit is 1.
func mask16(bits uint16) archsimd.Mask32x16 { return archsimd.Mask32x16FromBits(bits) }

// lanes8 holds each lane's bit.
var lanes8 = archsimd.LoadInt32x8(&[8]int32{1, 2, 4, 8, 16, 32, 64, 128})

// mask8 is mask16 without AVX-512's instruction for it.
func mask8(bits uint8) archsimd.Mask32x8 {
	return archsimd.BroadcastInt32x8(int32(bits)).And(lanes8).Equal(lanes8)
}

// turn4 is turn for squares of 4x4 numbers.
func turn4(out []float32, outApart int, d []float32, apart int) {
	_, _ = out[(Lanes-1)*outApart+9*Lanes-1], d[(Lanes-1)*apart+9*Lanes-1]
	for i := 0; i < Lanes; i += 4 {
		for t := range 9 {
			transpose4(unsafe.Pointer(&out[i*outApart+(8-t)*Lanes]), outApart, unsafe.Pointer(&d[t*Lanes+i]), apart)
		}
	}
}

// transpose4 transposes Lanes rows of four numbers.
func transpose4(to unsafe.Pointer, toApart int, from unsafe.Pointer, apart int) {
	for range Lanes / 4 {
		x0 := archsimd.LoadUint32x4((*[4]uint32)(from))
		x1 := archsimd.LoadUint32x4((*[4]uint32)(unsafe.Add(from, 4*apart)))
		x2 := archsimd.LoadUint32x4((*[4]uint32)(unsafe.Add(from, 8*apart)))
		x3 := archsimd.LoadUint32x4((*[4]uint32)(unsafe.Add(from, 12*apart)))
		a, b := x0.InterleaveLo(x1).AsUint64x2(), x2.InterleaveLo(x3).AsUint64x2()
		a.InterleaveLo(b).Store((*[2]uint64)(to))
		a.InterleaveHi(b).Store((*[2]uint64)(unsafe.Add(to, 4*toApart)))
		a, b = x0.InterleaveHi(x1).AsUint64x2(), x2.InterleaveHi(x3).AsUint64x2()
		a.InterleaveLo(b).Store((*[2]uint64)(unsafe.Add(to, 8*toApart)))
		a.InterleaveHi(b).Store((*[2]uint64)(unsafe.Add(to, 12*toApart)))
		to, from = unsafe.Add(to, 4*4), unsafe.Add(from, 16*apart)
	}
}

// The constants of the transforms, as vectors read them.
var (
	lanesA, lanesB, lanesAB                 = inLanes(a), inLanes(b), inLanes(a * b)
	lanesMinusA, lanesMinusB, lanesMinusSum = inLanes(-a), inLanes(-b), inLanes(-a - b)
	lanesP, lanesPA, lanesMinusPB           = inLanes(p), inLanes(p * a), inLanes(-p * b)
	lanesQ, lanesQB, lanesMinusQA           = inLanes(q), inLanes(q * b), inLanes(-q * a)
	lanesG0                                 = inLanes(1 / (a * b))
	lanesP0, lanesP1, lanesP2               = inLanes(p0), inLanes(p1), inLanes(p2)
	lanesQ0, lanesQ1, lanesQ2               = inLanes(q0), inLanes(q1), inLanes(q2)
)

func inLanes(v float32) (lanes [Lanes]float32) {
	for i := range lanes {
		lanes[i] = v
	}
	return lanes
}
