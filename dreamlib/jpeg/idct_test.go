package jpeg

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// cosine is the inverse transform by its definition (T.81 section A.3.3), at
// column x and row y.
func cosine(block *[64]int16, x, y int) float64 {
	var sum float64
	for i, c := range block {
		u, v := i%8, i/8
		term := float64(c) / 4 * math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) * math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
		if u == 0 {
			term /= math.Sqrt2
		}
		if v == 0 {
			term /= math.Sqrt2
		}
		sum += term
	}
	return min(max(sum+128, 0), 255)
}

func TestTransform(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var steps [64]int32
	for i := range steps {
		steps[i] = 1
	}
	for range 200 {
		var block [64]int16
		for range 1 + rnd.IntN(20) {
			block[rnd.IntN(64)] = int16(rnd.IntN(400) - 200)
		}
		var out [64]uint8
		idct(&block, &steps, out[:], 8)
		for i, got := range out {
			if want := cosine(&block, i%8, i/8); math.Abs(float64(got)-want) > 0.6 {
				t.Fatalf("block %v, sample %d: got %d, want %v", block, i, got, want)
			}
		}
	}
}

// Steps multiply, and rows of the output lie stride bytes apart.
func TestTransformOfAFlatBlock(t *testing.T) {
	out := slices.Repeat([]uint8{9}, 80)
	idct(&[64]int16{-3}, &[64]int32{44}, out, 10) // -132 / 8 is -16.5, halves up
	for i, got := range out {
		if want := map[bool]uint8{true: 112, false: 9}[i%10 < 8]; got != want {
			t.Errorf("byte %d: got %d, want %d", i, got, want)
		}
	}
}
