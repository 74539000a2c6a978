package terminal

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// Memory is the value of a flag that takes an amount of memory.
type Memory int64

// byteUnits are what an amount may end in, the longer ones first.
var byteUnits = []struct {
	name string
	size float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// MemoryFlag adds --memory, which stands at half of the memory that this process may have,
// or at 0 where that is not known: other programs need some, and so does the system's
// file cache.
func MemoryFlag(f *pflag.FlagSet, memory *Memory, help string) {
	*memory = Memory(machineMemory() / 2)
	f.Var(memory, "memory", help+"; 0 for no limit, half of what is here unless given")
	f.Lookup("memory").DefValue = "" // what help prints must not depend on the machine
}

// PlannedMemory is the help of a --memory that plans keep to.
const PlannedMemory = "memory to stay below by prediction, as in 4GB, in tiles where need be"

func (b Memory) String() string { return fmt.Sprintf("%.2f GB", float64(b)/1e9) }
func (b Memory) Type() string   { return "size" }

func (b *Memory) Set(text string) error {
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
	*b = Memory(v * unit)
	return nil
}
