//go:build !purego

package kernels

import x86 "golang.org/x/sys/cpu"

var (
	avx512 = assembly{
		product: productAVX512, kernel: kernelAVX512, turn: turnAVX2, patch: patchAVX512,
		unpatch: [...]unpatchFunc{unpatchBiasAVX512, unpatchReLUAVX512, unpatchMaskAVX512},
		finish:  [...]finishFunc{finishBiasAVX512, finishReLUAVX512, finishMaskAVX512},
		pool:    poolAVX512, unpool: unpoolAVX512, accumulate: accumulateAVX512,
	}.instructions("AVX-512")
	avx2 = assembly{
		product: productAVX2, kernel: kernelAVX2, turn: turnAVX2, patch: patchAVX2,
		unpatch: [...]unpatchFunc{unpatchBiasAVX2, unpatchReLUAVX2, unpatchMaskAVX2},
		finish:  [...]finishFunc{finishBiasAVX2, finishReLUAVX2, finishMaskAVX2},
		pool:    poolAVX2, unpool: unpoolAVX2, accumulate: accumulateAVX2,
	}.instructions("AVX2")
)

// available lists what this machine can do, best first.
func available() []*instructions {
	var list []*instructions
	if x86.X86.HasAVX512F && x86.X86.HasAVX512DQ && x86.X86.HasAVX2 {
		list = append(list, avx512)
	}
	if x86.X86.HasAVX2 && x86.X86.HasFMA {
		list = append(list, avx2)
	}
	return append(list, &plain)
}
