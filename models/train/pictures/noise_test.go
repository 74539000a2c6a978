package pictures

import (
	"math"
	"testing"
)

func TestNoiseIsZeroOnTheLattice(t *testing.T) {
	f := newTestPen(1, 1).Noise()
	for y := -20.; y <= 20; y++ {
		for x := -20.; x <= 20; x++ {
			if got := f(x, y); got != 0 {
				t.Fatalf("%v at (%v, %v), want 0", got, x, y)
			}
		}
	}
}

func TestNoiseSpreadsAboutZero(t *testing.T) {
	for seed := range uint64(5) {
		f := newTestPen(seed, 1).Noise()
		sum, squares, most, n := 0., 0., 0., 0.
		for y := -20.; y < 20; y += 0.21 {
			for x := -20.; x < 20; x += 0.21 {
				v := f(x, y)
				sum, squares, most, n = sum+v, squares+v*v, max(most, math.Abs(v)), n+1
			}
		}
		if mean := sum / n; math.Abs(mean) > 0.05 {
			t.Errorf("seed %d: mean %v, want 0", seed, mean)
		}
		if deviation := math.Sqrt(squares / n); deviation < 0.25 || deviation > 0.5 {
			t.Errorf("seed %d: standard deviation %v, want 0.25 to 0.5", seed, deviation)
		}
		if most < 0.8 || most > 1.5 {
			t.Errorf("seed %d: farthest from 0 is %v, want 0.8 to 1.5", seed, most)
		}
	}
}

// A step off by one corner would jump where squares meet.
func TestNoiseIsContinuous(t *testing.T) {
	f := newTestPen(2, 1).Noise()
	const step = 0.01
	for y := -3.; y < 3; y += 0.237 {
		for x := -3.; x < 3; x += step {
			along, across := f(x+step, y)-f(x, y), f(y, x+step)-f(y, x)
			if math.Abs(along) > 6*step || math.Abs(across) > 6*step {
				t.Fatalf("jumps by %v and %v at (%.2f, %.2f) and its mirror", along, across, x, y)
			}
		}
	}
}

func TestNoisesDiffer(t *testing.T) {
	p := newTestPen(3, 1)
	a, b := p.Noise(), p.Noise()
	again := newTestPen(3, 1).Noise()
	apart := 0.
	for i := range 100 {
		x, y := 0.37*float64(i), 11-0.53*float64(i)
		apart += math.Abs(a(x, y)-b(x, y)) / 100
		if a(x, y) != again(x, y) {
			t.Fatalf("one seed gives %v and %v", a(x, y), again(x, y))
		}
	}
	if apart < 0.1 {
		t.Errorf("two noises of one pen are %v apart", apart)
	}
}

func TestOctaves(t *testing.T) {
	var across Noise = func(x, _ float64) float64 { return x }
	var down Noise = func(_, y float64) float64 { return y }
	// Each octave asks at twice the place, moved on, and counts half.
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"one", across.Octaves(1)(3, 8), 3},
		{"three, across", across.Octaves(3)(1, 8), 1 + (2+17.3)/2 + (4+34.6)/4},
		{"three, down", down.Octaves(3)(8, 1), 1 + (2-9.1)/2 + (4-18.2)/4},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestSteps(t *testing.T) {
	const h = 1e-4
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"fade 0", fade(0), 0},
		{"fade a quarter", fade(0.25), 0.103515625},
		{"fade half", fade(0.5), 0.5},
		{"fade 1", fade(1), 1},
		{"lerp 0", lerp(3, 7, 0), 3},
		{"lerp a quarter", lerp(3, 7, 0.25), 4},
		{"lerp 1", lerp(3, 7, 1), 7},
		{"smooth, before", Smooth(2, 4, -9), 0},
		{"smooth, start", Smooth(2, 4, 2), 0},
		{"smooth, a quarter", Smooth(2, 4, 2.5), 0.15625},
		{"smooth, half", Smooth(2, 4, 3), 0.5},
		{"smooth, end", Smooth(2, 4, 4), 1},
		{"smooth, after", Smooth(2, 4, 99), 1},
		{"smooth, falling", Smooth(4, 2, 2.5), 0.84375},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	if slope := max(fade(h), 1-fade(1-h), Smooth(0, 1, h), 1-Smooth(0, 1, 1-h)) / h; slope > 1e-3 {
		t.Errorf("an end rises by %v, want flat", slope)
	}
}
