package kernels

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Prints are fingerprints of what the units of a layer see, one for each place
// [H, W]: units of equal prints see the same pixels, but for one chance in 2^32.
// Their activations are equal, then, but for rounding, which in Winograd's form
// depends on a unit's place.
type Prints struct {
	h, w int
	v    []uint32
}

// at is the print of one place.
func (f Prints) at(y, x int) uint32 { return f.v[y*f.w+x] }

// taps are odd numbers without a pattern, one for each place in a window of 3x3
// (the fractional bits of the golden ratio times 1 to 9, made odd).
var taps = func() (list [9]uint32) {
	for i := range list {
		list[i] = uint32(i+1)*0x9e3779b9*0x85ebca6b | 1
	}
	return list
}()

// mix scrambles a print: x(2x+1), a permutation of the 32-bit integers that RC6
// takes its diffusion from (Rivest and others 1998), carries differences upwards,
// and the shift carries them down. Without it sums of prints would cancel.
func mix(f uint32) uint32 {
	f *= 2*f + 1
	return f ^ f>>15
}

// PrintPixels are the prints of a picture's pixels, flat [h, w, c].
func PrintPixels(h, w, c int, flat []float32) Prints {
	return newPrints(h, w, func(y, x int) (sum uint32) {
		for i, v := range flat[(y*w+x)*c:][:c] {
			sum += taps[i%9] * mix(math.Float32bits(v))
		}
		return sum
	})
}

// Conv are the prints behind a 3x3 convolution.
func (f Prints) Conv() Prints {
	return newPrints(f.h, f.w, func(y, x int) uint32 {
		sum := uint32(1) // a unit that sees nothing but zeros is not one of those beyond the border
		for i := max(y-1, 0); i < min(y+2, f.h); i++ {
			for j := max(x-1, 0); j < min(x+2, f.w); j++ {
				sum += taps[(i-y+1)*3+j-x+1] * f.at(i, j)
			}
		}
		return sum
	})
}

// Pool are the prints behind a pooling of 2x2 units.
func (f Prints) Pool() Prints {
	return newPrints(f.h/2, f.w/2, func(y, x int) (sum uint32) {
		for i := range 4 {
			sum += taps[i] * f.at(2*y+i/2, 2*x+i%2)
		}
		return sum
	})
}

// newPrints mixes what is given for each place.
func newPrints(h, w int, of func(y, x int) uint32) Prints {
	f := Prints{h, w, make([]uint32, h*w)}
	parallel.Runs(h, func(lo, hi int) {
		for y := lo; y < hi; y++ {
			for x := range w {
				f.v[y*w+x] = mix(of(y, x))
			}
		}
	})
	return f
}
