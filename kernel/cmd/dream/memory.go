package main

import (
	"fmt"
	"math"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/dreamlib"
)

// byteCount is the value of a flag that takes an amount of memory.
type byteCount int64

// byteUnits are what an amount may end in, the longer ones first.
var byteUnits = []struct {
	name string
	size float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// memoryFlag adds --memory, which stands at what memory holds.
func memoryFlag(f *pflag.FlagSet, memory *byteCount) {
	f.Var(memory, "memory", "memory to stay below by prediction, as in 4GB, in tiles where need be; 0 for no limit, half of what is here unless given")
	f.Lookup("memory").DefValue = "" // what help prints must not depend on the machine
}

func (b *byteCount) String() string { return fmt.Sprintf("%.2f GB", float64(*b)/1e9) }
func (b *byteCount) Type() string   { return "size" }

func (b *byteCount) Set(text string) error {
	number, unit := text, 1.0
	for _, u := range byteUnits {
		if n := len(text) - len(u.name); n > 0 && strings.EqualFold(text[n:], u.name) {
			number, unit = strings.TrimSpace(text[:n]), u.size
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v >= 0 && v*unit < math.MaxInt64) {
		return fmt.Errorf("want a size, as in 4GB, 1.5GiB or 800MB, or 0 for no limit")
	}
	*b = byteCount(v * unit)
	return nil
}

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

// usualMemory is half of the memory that this process may have, or 0 where that
// is not known: other programs need some, and so does the system's file cache.
func usualMemory() byteCount { return byteCount(machineMemory() / 2) }
