//go:build !(amd64 || arm64) || purego

package kernels

// available lists what this machine can do: plain Go.
func available() []*instructions { return []*instructions{&plain} }
