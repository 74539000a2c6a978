//go:build amd64 && goexperiment.simd

package kernels

import "simd/archsimd"

var (
	avx512 = instructions{
		name: "AVX-512", widths: []int{64, 32, 16},
		product: product16, patch: patch16, unpatch: unpatch16, finish: finish16, pool: pool16, unpool: unpool16,
	}
	avx2 = instructions{
		name: "AVX2", widths: []int{32, 16},
		product: product8, patch: patch8, unpatch: unpatch8, finish: finish8, pool: pool8, unpool: unpool8,
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
