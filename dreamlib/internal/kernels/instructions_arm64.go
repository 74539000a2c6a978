//go:build !purego

package kernels

var neon = assembly{
	product: productNEON, kernel: kernelNEON, turn: turnNEON, patch: patchNEON,
	unpatch: [...]unpatchFunc{unpatchBiasNEON, unpatchReLUNEON, unpatchMaskNEON},
	finish:  [...]finishFunc{finishBiasNEON, finishReLUNEON, finishMaskNEON},
	pool:    poolNEON, unpool: unpoolNEON, accumulate: accumulateNEON,
}.instructions("NEON")

// available lists what this machine can do, best first: all 64-bit Arm processors
// that Go runs on have NEON.
func available() []*instructions { return []*instructions{neon, &plain} }
