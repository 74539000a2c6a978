//go:build !(amd64 && goexperiment.simd)

package kernels

// available lists what this machine can do, best first: Go has no vector
// instructions for it.
func available() []*instructions { return []*instructions{&plain} }
