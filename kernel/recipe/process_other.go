//go:build !linux

package recipe

// LimitMemory does nothing: only Linux counts what a process has allocated.
func LimitMemory(int, int64) error { return nil }
