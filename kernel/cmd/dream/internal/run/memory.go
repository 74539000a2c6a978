package run

import (
	"runtime/debug"

	"github.com/seed2310110f/godream/dreamlib"
)

// leastHeap is what Go's heap takes with no picture in it, and room for garbage:
// with less, collecting would never end.
const leastHeap = 64 << 20

// keepMemory lets pictures that are no longer needed go in time for the peak to
// be the one predicted. The pure-Go engine's buffers are Go's too, and are taken
// again rather than collected, so there the limit alone counts.
func keepMemory(limit int64, plans []*dreamlib.Plan) {
	var own, all int64
	for _, p := range plans {
		own, all = max(own, p.Memory-p.Engine), max(all, p.Memory)
	}
	switch {
	case limit == 0:
	case own < all:
		debug.SetMemoryLimit(max(own, leastHeap))
	default:
		debug.SetMemoryLimit(max(limit, all))
	}
}
