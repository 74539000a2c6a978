package dreamlib

import (
	"math"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

func TestRoll(t *testing.T) {
	// Two pictures of two rows of three pixels; the channels of pixel i are i, i+10, i+20.
	x := vgg.NewInput(2, 2, 3)
	for i := range x.X {
		x.X[i] = float32(i/3%6 + i%3*10 + i/18*100)
	}
	for _, c := range []struct {
		down, right int
		want        []float32 // the first channel
	}{
		{0, 0, []float32{0, 1, 2, 3, 4, 5}},
		{0, 1, []float32{2, 0, 1, 5, 3, 4}}, // numpy.roll by 1
		{1, 0, []float32{3, 4, 5, 0, 1, 2}},
		{-1, -1, []float32{4, 5, 3, 1, 2, 0}},
		{-32, 31, []float32{2, 0, 1, 5, 3, 4}},
	} {
		got := x.Like()
		roll(got, x, c.down, c.right)
		for i := range 12 {
			want := c.want[i%6] + float32(i/6*100)
			if p := got.X[3*i:]; p[0] != want || p[1] != want+10 || p[2] != want+20 {
				t.Errorf("shift %d, %d: pixel %d is %v, want %v", c.down, c.right, i, p[:3], want)
			}
		}
	}
}

// shift is how far a Jitter drew that a pixel moves, down and right, at a step.
func shift(j Jitter, seed uint64, octave, iteration int) [2]int {
	r := random(seed, octave, iteration, purposeTransform)
	return [2]int{r.IntN(2*int(j)+1) - int(j), r.IntN(2*int(j)+1) - int(j)}
}

// TestShift wants jitter that is keyed by seed, octave and iteration alone, and
// reaches every place it may.
func TestShift(t *testing.T) {
	x := vgg.NewInput(1, 5, 5)
	x.X[3*(2*5+2)] = 1
	seen := map[int]int{}
	for i := range 1000 {
		y, m := x.Like(), Jitter(2).Draw(x.Size(), random(5, 0, i, purposeTransform))
		if m.Apply(y, x); m.Size != x.Size() {
			t.Fatalf("size %v, want %v", m.Size, x.Size())
		}
		at := slices.Index(y.X, 1)
		if s := shift(2, 5, 0, i); at != 3*((2+s[0])*5+2+s[1]) {
			t.Fatalf("the pixel moved to %d, want by %v", at/3, s)
		}
		seen[at]++
	}
	if len(seen) != 25 {
		t.Errorf("%d different shifts of 25", len(seen))
	}
	const wide = 1 << 20
	same := shift(wide, 5, 0, 0)
	if shift(wide, 6, 0, 0) == same || same == shift(wide, 5, 1, 0) || same == shift(wide, 5, 0, 1) {
		t.Error("seed, octave or iteration does not change the jitter")
	}
	// What is drawn is part of what makes a dream repeatable: it may not change.
	if got, want := shift(wide, 5, 3, 4), [2]int{-26996, -690552}; got != want {
		t.Errorf("seed 5, octave 3, iteration 4: got %v, want %v", got, want)
	}
}

// dot is the inner product.
func dot(a, b []float32) (sum float64) {
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return sum
}

// noisy is pictures of noise.
func noisy(seed uint64, n int, size picture.Size) *vgg.Input {
	return &vgg.Input{N: n, Height: size.Height, Width: size.Width, X: dreamtest.Noise(seed, n*size.Height*size.Width*3)}
}

// TestAdjoints wants every transform and every parameterisation to have the adjoint that
// it says it has: <forward(u), v> = <u, Pull(v)>, the derivative of a Paint that is not
// linear being taken at its parameters.
func TestAdjoints(t *testing.T) {
	compare := func(what string, n int, forward, back float64) {
		t.Helper()
		if math.IsNaN(forward) || math.Abs(forward-back) > 1e-4*(1+math.Abs(forward)) {
			t.Errorf("%s, %d pictures: <forward(u), v> is %v, <u, Pull(v)> %v", what, n, forward, back)
		}
	}
	var transforms []Transform
	for _, text := range []string{"jitter:0", "jitter:3", "flip", "jitter:5 jitter:2", "jitter:1 flip jitter:40 jitter:2"} {
		transform, err := ParseTransform(text)
		if err != nil {
			t.Fatal(err)
		}
		transforms = append(transforms, transform)
	}
	for n := 1; n <= 2; n++ {
		for seed, size := range []picture.Size{{Width: 1, Height: 1}, {Width: 13, Height: 7}, {Width: 4, Height: 31}} {
			for _, transform := range transforms {
				m := transform.Draw(size, random(uint64(seed), 1, 2, purposeTransform))
				u, v := noisy(1, n, size), noisy(2, n, m.Size)
				forward, back := noisy(3, n, m.Size), noisy(4, n, size) // are overwritten
				m.Apply(forward, u)
				m.Pull(back, v)
				compare(transform.String(), n, dot(forward.X, v.X), dot(u.X, back.X))
			}
			for name, param := range Params {
				adjointOf(t, param, noisy(5, n, size), func(forward, back float64) { compare(name, n, forward, back) })
			}
		}
	}
}

// adjointOf compares a parameterisation's Pull with differences of its Paint.
func adjointOf(t *testing.T, p Param, start *vgg.Input, compare func(forward, back float64)) {
	t.Helper()
	f, err := p.Fit(start.Clone(), Config{Units: UnitsNet}.space(models.ImageNet))
	if err != nil {
		t.Fatal(err)
	}
	if f.Paint == nil || f.Pull == nil {
		if (f.Paint == nil) != (f.Pull == nil) || !slices.Equal(f.Values, start.X) {
			t.Errorf("%s: without Paint and Pull its values are not the picture", p)
		}
		return
	}
	const eps = 1e-2
	u, v := dreamtest.Noise(6, len(f.Values)), noisy(7, start.N, start.Size())
	at := slices.Clone(f.Values)
	painted := func(step float32) *vgg.Input {
		for i := range at {
			f.Values[i] = at[i] + step*u[i]
		}
		x := start.Like()
		f.Paint(x)
		return x
	}
	more, less := painted(eps), painted(-eps)
	painted(0)
	compare((dot(more.X, v.X)-dot(less.X, v.X))/(2*eps), dot(u, f.Pull(v.Clone())))
}

func TestSequence(t *testing.T) {
	if s := Sequence(); s != nil {
		t.Errorf("a sequence of nothing is %v, want none", s)
	}
	if s := Sequence(nil, Jitter(3)); s != Jitter(3) {
		t.Errorf("got %v, want jitter:3", s)
	}
	size := picture.Size{Width: 6, Height: 5}
	x := noisy(1, 1, size)
	one, two, three := x.Like(), x.Like(), x.Like()
	r := random(1, 2, 3, purposeTransform)
	first := Jitter(2).Draw(size, r)
	second := Jitter(4).Draw(size, r)
	first.Apply(one, x)
	second.Apply(two, one)
	Sequence(Jitter(2), Jitter(4)).Draw(size, random(1, 2, 3, purposeTransform)).Apply(three, x)
	if !slices.Equal(two.X, three.X) {
		t.Error("a sequence is not its parts, one after another")
	}
}
