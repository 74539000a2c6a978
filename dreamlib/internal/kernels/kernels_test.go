package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// eachCPU runs a test with every kind of instructions that this machine has.
func eachCPU(t *testing.T, do func(t *testing.T)) {
	best := cpu
	defer func() { cpu = best }()
	for _, cpu = range available() {
		t.Run(cpu.name, do)
	}
}

// random is a volume of random numbers around zero.
func random(r *rand.Rand, h, w, c int) Volume {
	v := NewVolume(h, w, c, make([]float32, Size(h, w, c)))
	v.Read(normals(r, h*w*c))
	return v
}

func normals(r *rand.Rand, n int) []float32 {
	flat := make([]float32, n)
	for i := range flat {
		flat[i] = float32(r.NormFloat64())
	}
	return flat
}

// dirty is a volume whose every number must be written.
func dirty(h, w, c int) Volume {
	v := NewVolume(h, w, c, make([]float32, Size(h, w, c)))
	for i := range v.V {
		v.V[i] = float32(math.NaN())
	}
	return v
}

// oracle convolves in the plainest way, to flat [h, w, out].
func oracle(src Volume, out int, w []float32) []float64 {
	s, flat := Stride(src.C), make([]float64, src.H*src.W*out)
	for i := range flat {
		o, y, x := i%out, i/out/src.W, i/out%src.W
		for t := range 9 {
			ty, tx := y+t/3-1, x+t%3-1
			if ty < 0 || tx < 0 || ty >= src.H || tx >= src.W {
				continue
			}
			for c := range src.C {
				flat[i] += float64(src.V[(ty*src.W+tx)*s+c]) * float64(w[(o*src.C+c)*9+t])
			}
		}
	}
	return flat
}

// TestConvolution compares both forms with the oracle, at sizes that fill no
// patch and no panel, with few patches and many, few channels and many, finished
// in every way.
func TestConvolution(t *testing.T) {
	eachCPU(t, func(t *testing.T) {
		for _, d := range [][4]int{
			{1, 1, 3, 2}, {2, 7, 16, 16}, {5, 4, 3, 64}, {13, 9, 20, 48}, {6, 10, 32, 3}, {9, 33, 64, 112}, {97, 61, 16, 16}, {17, 20, 16, 16}, {7, 9, 144, 80},
		} {
			h, w, in, out := d[0], d[1], d[2], d[3]
			r := rand.New(rand.NewPCG(1, uint64(in)))
			src, weights, bias := random(r, h, w, in), normals(r, 9*in*out), make([]float32, Stride(out))
			copy(bias, normals(r, out))
			bits := NewBits(h, w, out)
			for i := range bits {
				bits[i] = byte(r.Uint32())
			}
			sums := oracle(src, out, weights)
			for _, form := range []Form{Direct, Winograd} {
				conv, scratch := NewConvolution(form, in, out, weights), NewScratch()
				if size := 4 * int64(len(conv.packed.packed)); size != Bytes(form, in, out) {
					t.Errorf("%v form %d: %d bytes, predicted %d", d, form, size, Bytes(form, in, out))
				}
				written := NewBits(h, w, out)
				for name, f := range map[string]Finish{
					"plain": {}, "bias": {Bias: bias}, "relu": {Bias: bias, ReLU: true, Bits: written}, "masked": {Bits: bits},
				} {
					got := dirty(h, w, out)
					conv.Run(got, src, f, scratch)
					if err := finished(got, sums, f); err != nil {
						t.Errorf("%v form %d %s: %v", d, form, name, err)
					}
					if form == Winograd {
						got = dirty(h, w, out)
						NewConvolution(Winograd, out, in, turned(out, in, weights)).Backward().Run(got, src, f, scratch)
						if err := finished(got, sums, f); err != nil {
							t.Errorf("%v backward %s: %v", d, name, err)
						}
					}
				}
			}
		}
	})
}

// turned is the kernel [in, out, 3, 3] whose way back w [out, in, 3, 3] is.
func turned(in, out int, w []float32) []float32 {
	to := make([]float32, len(w))
	for i, v := range w {
		o, c, t := i/9/out, i/9%out, i%9
		to[(c*in+o)*9+8-t] = v
	}
	return to
}

// TestWorkers wants the same bits from any number of workers, which share their
// work in different ways.
func TestWorkers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, d := range [][4]int{{14, 14, 144, 80}, {61, 45, 16, 16}, {20, 9, 3, 64}, {20, 9, 64, 3}} {
		h, w, in, out := d[0], d[1], d[2], d[3]
		r := rand.New(rand.NewPCG(1, uint64(in)))
		src, weights := random(r, h, w, in), normals(r, 9*in*out)
		for _, form := range []Form{Direct, Winograd} {
			var want []float32
			for _, workers := range []int{1, 2, 5, 16} {
				runtime.GOMAXPROCS(workers)
				got := dirty(h, w, out)
				NewConvolution(form, in, out, weights).Run(got, src, Finish{}, NewScratch())
				if want == nil {
					want = got.V
				}
				if !slices.Equal(got.V, want) {
					t.Errorf("%v form %d: %d workers do not give what one gives", d, form, workers)
				}
			}
		}
	}
}

// finished compares a convolution's outputs with the sums that belong there.
func finished(got Volume, sums []float64, f Finish) error {
	s := Stride(got.C)
	for i, v := range got.V {
		c, want := i%s, 0.
		if c < got.C {
			want = sums[i/s*got.C+c]
		}
		if f.Bias != nil {
			want += float64(f.Bias[c])
		}
		bit := f.Bits != nil && f.Bits[i/8]>>(i%8)&1 == 1
		if f.ReLU && bit != (v > 0) {
			return fmt.Errorf("number %d is %v, its bit %v", i, v, bit)
		}
		if f.ReLU {
			want = max(want, 0)
		} else if f.Bits != nil && !bit {
			want = 0
		}
		if diff := math.Abs(float64(v) - want); !(diff < 3e-4) {
			return fmt.Errorf("number %d is %v, want %v", i, v, want)
		}
	}
	return nil
}

// TestReLUKeepsNaN wants what is not a number to stay so, for someone to see.
func TestReLUKeepsNaN(t *testing.T) {
	eachCPU(t, func(t *testing.T) {
		v := NewVolume(1, 1, 16, make([]float32, 16))
		copy(v.V, []float32{-1, 2, float32(math.NaN()), float32(math.Inf(-1))})
		Finish{ReLU: true, Bits: NewBits(1, 1, 16)}.Apply(v, v)
		if v.V[0] != 0 || v.V[1] != 2 || v.V[2] == v.V[2] || v.V[3] != 0 {
			t.Errorf("got %v, want 0 2 NaN 0", v.V[:4])
		}
	})
}

// TestPool wants the first of the largest to win, also among units that see the
// same but have been rounded differently, and gradients to go there.
func TestPool(t *testing.T) {
	eachCPU(t, func(t *testing.T) {
		const c, h, w = 5, 5, 3
		src := NewVolume(h, w, c, make([]float32, Size(h, w, c)))
		set := func(y, x int, v ...float32) { copy(src.V[(y*w+x)*Stride(c):], v) }
		set(0, 0, 1, 5, 5, 0, -1)
		set(0, 1, 2, 5, 1, 0, -2)
		set(1, 0, 3, 5, 5, 7, -3)
		set(1, 1, 4, 5, 5, 7, -4)
		set(2, 0, 1, 1, 1, 1, 1)
		set(2, 1, 1, 1, 1, 1, 1)
		set(3, 0, 2, 3, 0, 0, 0)
		set(3, 1, 3, 2, 0, 0, 9)
		seen := Prints{h, w, []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13}} // (3, 0) and (3, 1) see the same
		out, won := dirty(2, 1, c), make([]byte, WonSize(h, w, c))
		Pool(out, src, won, seen)
		for y, want := range [][]float32{{4, 5, 5, 7, -1}, {2, 3, 1, 1, 1}} {
			if got := out.V[y*Stride(c):][:c]; !slices.Equal(got, want) {
				t.Errorf("row %d: got %v, want %v", y, got, want)
			}
		}
		g, back, bits := random(rand.New(rand.NewPCG(1, 1)), 2, 1, c), dirty(h, w, c), NewBits(h, w, c)
		for i := range bits {
			bits[i] = 0xff
		}
		bits[(1*w+1)*Stride(c)/8] &^= 1 // blocks channel 0 at (1, 1)
		Unpool(back, g, won, bits)
		winners := [2][c][2]int{{{-1, -1}, {0, 0}, {0, 0}, {1, 0}, {0, 0}}, {{3, 0}, {3, 0}, {2, 0}, {2, 0}, {2, 0}}}
		for i, got := range back.V {
			y, x, ch := i/Stride(c)/w, i/Stride(c)%w, i%Stride(c)
			var want float32
			if ch < c && y < 4 && winners[y/2][ch] == [2]int{y, x} {
				want = g.V[y/2*Stride(c)+ch]
			}
			if got != want {
				t.Errorf("gradient at %d,%d channel %d: got %v, want %v", y, x, ch, got, want)
			}
		}
	})
}

// TestPrints wants equal prints exactly where the same pixels are seen.
func TestPrints(t *testing.T) {
	flat := normals(rand.New(rand.NewPCG(1, 2)), 8*8*3)
	pixel := func(y, x int) []float32 { return flat[(y*8+x)*3:][:3] }
	for y := range 8 { // columns 1 to 4 are one colour
		for x := 1; x < 5; x++ {
			copy(pixel(y, x), []float32{1, 2, 3})
		}
	}
	seen := PrintPixels(8, 8, 3, flat).Conv()
	same := func(y, x, y2, x2 int) bool { return seen.at(y, x) == seen.at(y2, x2) }
	if !same(3, 2, 4, 3) || same(3, 1, 3, 2) || same(0, 2, 1, 2) || same(3, 5, 3, 6) {
		t.Error("a convolution's prints do not follow what it sees")
	}
	seen = seen.Pool()
	if seen.h != 4 || seen.w != 4 || !same(1, 1, 2, 1) || same(1, 1, 1, 2) {
		t.Error("pooling's prints do not follow what it sees")
	}
}

// BenchmarkConvolution is one of each of VGG19's kinds at 224 pixels.
func BenchmarkConvolution(b *testing.B) {
	for _, d := range [][3]int{{224, 3, 64}, {224, 64, 64}, {224, 64, 3}, {112, 64, 128}, {112, 128, 128}, {56, 256, 256}, {28, 512, 512}, {14, 512, 512}, {224, 16, 16}, {112, 32, 32}} {
		size, in, out := d[0], d[1], d[2]
		r := rand.New(rand.NewPCG(1, 1))
		src, dst := random(r, size, size, in), dirty(size, size, out)
		for _, form := range []Form{Direct, Winograd} {
			conv, scratch := NewConvolution(form, in, out, normals(r, 9*in*out)), NewScratch()
			b.Run(fmt.Sprintf("px=%d/in=%d/out=%d/form=%d", size, in, out, form), func(b *testing.B) {
				for b.Loop() {
					conv.Run(dst, src, Finish{}, scratch)
				}
			})
		}
	}
}

// BenchmarkProduct is the products of 64 patches' 512 channels to 64, one thread.
func BenchmarkProduct(b *testing.B) {
	const rows, k, width, chunks = 64, channelsAtOnce, 64, 8
	r := rand.New(rand.NewPCG(1, 1))
	plane := rows*k + Lanes
	c, x, y := normals(r, 36*plane), normals(r, 36*chunks*plane), normals(r, 36*plane)
	for b.Loop() {
		for i := range chunks {
			for t := range 36 {
				cpu.product(c[t*plane:], width, x[(i*36+t)*plane:], k, y[t*plane:], k, width, rows, i > 0)
			}
		}
	}
	b.ReportMetric(36*chunks*2*rows*k*width*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

// TestAccumulate wants sums to the bit, also of what is left over behind whole
// vectors.
func TestAccumulate(t *testing.T) {
	eachCPU(t, func(t *testing.T) {
		for _, n := range []int{0, 3, 16, 37} {
			dst, src := make([]float32, n+1), make([]float32, n)
			want := make([]float32, n+1)
			for i := range n {
				dst[i], src[i] = float32(i)/3, float32(i*i)/7
				want[i] = dst[i] + float32(0.3*src[i])
			}
			dst[n], want[n] = 5, 5
			Accumulate(dst[:n], src, 0.3)
			if !slices.Equal(dst, want) {
				t.Errorf("%d numbers: got %v, want %v", n, dst, want)
			}
		}
	})
}
