package kernels

import "github.com/seed2310110f/godream/dreamlib/internal/parallel"

// WonSize is the size, in bytes, of what Pool records about each window's largest unit, for a Volume
// [h, w, c] that goes in.
func WonSize(h, w, c int) int { return (h / 2) * (w / 2) * Stride(c) / 4 }

// Pool takes the largest of every 2x2 units of src: dst is half as high and
// wide, rounded down. won gets what Unpool needs. Units of equal prints count as
// equal, and among equals the first in reading order wins, as in PyTorch.
func Pool(dst, src Volume, won []byte, seen Prints) {
	s := Stride(src.C)
	parallel.Runs(dst.H, func(lo, hi int) {
		var units [4][]float32
		for y := lo; y < hi; y++ {
			for x := range dst.W {
				for i := range units {
					units[i] = src.V[((2*y+i/2)*src.W+2*x+i%2)*s:][:s]
					for j := range i {
						if seen.at(2*y+i/2, 2*x+i%2) == seen.at(2*y+j/2, 2*x+j%2) {
							units[i] = units[j]
							break
						}
					}
				}
				at := (y*dst.W + x) * s
				cpu.pool(dst.V[at:], won[at/4:], &units, s)
			}
		}
	})
}

// Unpool carries a gradient g back through Pool: to dst, which is what went in
// there, at the units that won and whose bit is 1, zero elsewhere. bits may be nil.
func Unpool(dst, g Volume, won, bits []byte) {
	s := Stride(g.C)
	parallel.Runs(g.H, func(lo, hi int) {
		var units [4][]float32
		var own [4][]byte
		for y := lo; y < hi; y++ {
			for x := range g.W {
				for i := range units {
					at := ((2*y+i/2)*dst.W + 2*x + i%2) * s
					units[i] = dst.V[at:]
					if bits != nil {
						own[i] = bits[at/8:]
					}
				}
				at := (y*g.W + x) * s
				cpu.unpool(&units, g.V[at:], won[at/4:], &own, s)
			}
		}
	})
	dst.clearFrom(2*g.H, 2*g.W)
}

// clearFrom zeroes all rows and columns from the given ones on.
func (v Volume) clearFrom(row, column int) {
	s := Stride(v.C)
	clear(v.V[row*v.W*s:])
	if column < v.W {
		for y := range row {
			clear(v.V[(y*v.W+column)*s : (y+1)*v.W*s])
		}
	}
}

// Apply finishes src to dst, which may be src itself.
func (f Finish) Apply(dst, src Volume) {
	s := Stride(src.C)
	parallel.Runs(src.H*src.W, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			cpu.finish(dst.V[i*s:], src.V[i*s:], s, &f, i*s)
		}
	})
}
