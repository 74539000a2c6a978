// Package parallel spreads loops over the processors.
package parallel

import (
	"runtime"
	"sync"
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
