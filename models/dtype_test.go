package models

import (
	"math"
	"testing"
)

func TestHalfLiterals(t *testing.T) {
	for _, c := range []struct {
		half  uint16
		value float32
	}{
		{0x0000, 0}, {0x3c00, 1}, {0xc000, -2}, {0x3555, 0.33325195}, {0x7bff, 65504}, {0x0400, 0x1p-14},
		{0x03ff, 1023 * 0x1p-24}, {0x0001, 0x1p-24}, {0x8001, -0x1p-24}, {0x7c00, float32(math.Inf(1))},
	} {
		if got := fromHalf(c.half); got != c.value {
			t.Errorf("fromHalf(%#04x) = %v, want %v", c.half, got, c.value)
		}
	}
}

func TestEveryHalfComesBack(t *testing.T) {
	for h := range 1 << 16 {
		v := fromHalf(uint16(h))
		if v != v {
			if got := toHalf(v); got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Errorf("%#04x: a NaN becomes %#04x", h, got)
			}
		} else if got := toHalf(v); got != uint16(h) {
			t.Errorf("%#04x: comes back as %#04x", h, got)
		}
	}
}

// TestHalfRoundsToNearestEven tries the middle between neighbours, and what
// lies just beside it.
func TestHalfRoundsToNearestEven(t *testing.T) {
	for h := range uint16(0x7bff) {
		middle := (fromHalf(h) + fromHalf(h+1)) / 2 // exact in float32
		for _, c := range []struct {
			value float32
			want  uint16
		}{
			{middle, h + h&1}, {math.Nextafter32(middle, 0), h}, {math.Nextafter32(middle, 1e6), h + 1},
		} {
			if got := toHalf(c.value); got != c.want {
				t.Fatalf("toHalf(%v) = %#04x, want %#04x", c.value, got, c.want)
			}
		}
	}
	if got := toHalf(65519.996); got != 0x7bff {
		t.Errorf("toHalf(65519.996) = %#04x", got)
	}
	if got := toHalf(65520); got != 0x7c00 {
		t.Errorf("toHalf(65520) = %#04x, want infinite", got)
	}
}
