// Package parallel spreads loops over the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Runs splits 0..n-1 into one run of neighbours for each processor and calls
// work(first, end) for all of them at once.
func Runs(n int, work func(lo, hi int)) {
	parts := min(n, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() { work(n*p/parts, n*(p+1)/parts) })
	}
	wg.Wait()
}

// Workers is how many calls of Each's work run at a time.
func Workers() int { return runtime.GOMAXPROCS(0) }

// Each calls work for each i of 0..n-1, on whichever of the workers is free;
// they are numbered from 0.
func Each(n int, work func(worker, i int)) {
	var next atomic.Int64
	Runs(min(n, Workers()), func(lo, _ int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			work(lo, i)
		}
	})
}
