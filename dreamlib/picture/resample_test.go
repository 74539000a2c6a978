package picture

import (
	"math"
	"slices"
	"testing"
)

func grey(w, h int, values ...float32) *Image {
	m := New(w, h)
	for i, v := range values {
		m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2] = v, v, v
	}
	return m
}

func wantGrey(t *testing.T, got *Image, w, h int, want ...float32) {
	t.Helper()
	if got.Width != w || got.Height != h || len(got.Pix) != w*h*3 {
		t.Fatalf("got %d x %d with %d values, want %d x %d", got.Width, got.Height, len(got.Pix), w, h)
	}
	for i, v := range got.Pix {
		if math.Abs(float64(v-want[i/3])) > 1e-6 {
			t.Fatalf("value %d: got %v, want %v", i, v, want[i/3])
		}
	}
}

func TestResizeByHand(t *testing.T) {
	// Twice as wide: new centres lie a quarter either side of the old ones.
	wantGrey(t, Resize(grey(2, 1, 0, 1), 4, 1, Bilinear), 4, 1, 0, 0.25, 0.75, 1)
	// Half as wide: a triangle two pixels either side, cut off at the edge, over
	// pixels at distances 0.5, 0.5, 1.5 and 2.5: weights 3, 3, 1 over 7.
	wantGrey(t, Resize(grey(4, 1, 0, 7, 0, 0), 2, 1, Bilinear), 2, 1, 3, 1)
	wantGrey(t, Resize(grey(1, 4, 0, 7, 0, 0), 1, 2, Bilinear), 1, 2, 3, 1)
	// Keys' cubic half way between pixels: -1/16, 9/16, 9/16, -1/16.
	if f := Bicubic.weight(0.5); f != 9.0/16 {
		t.Errorf("cubic at 0.5: got %v, want 9/16", f)
	}
	if f := Bicubic.weight(-1.5); f != -1.0/16 {
		t.Errorf("cubic at -1.5: got %v, want -1/16", f)
	}
	// sinc(1/2) sinc(1/6) = 2/pi * 3/pi.
	if f, want := Lanczos.weight(0.5), 6/(math.Pi*math.Pi); math.Abs(f-want) > 1e-15 {
		t.Errorf("lanczos at 0.5: got %v, want %v", f, want)
	}
}

func TestResizeKeepsFlatPictures(t *testing.T) {
	for _, f := range []Filter{Bilinear, Bicubic, Lanczos} {
		for _, size := range [][4]int{{1, 1, 9, 4}, {7, 3, 3, 7}, {40, 50, 1, 1}, {3, 40, 2, 5}, {1, 4000, 5, 31}, {6, 6, 6, 5}} {
			m := New(size[0], size[1])
			for i := range m.Pix {
				m.Pix[i] = 0.3
			}
			for i, v := range Resize(m, size[2], size[3], f).Pix {
				if math.Abs(float64(v)-0.3) > 1e-6 {
					t.Fatalf("filter %d, sizes %v, value %d: got %v, want 0.3", f, size, i, v)
				}
			}
		}
	}
}

func TestResizeSharesNothing(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {4, 2}, {2, 4}, {4, 4}} {
		m := grey(2, 2, 1, 2, 3, 4)
		m.Alpha = []float32{0, 0.5, 0.5, 1}
		for _, out := range []*Image{Resize(m, size[0], size[1], Lanczos), Resize(m, size[0], size[1], Bilinear)} {
			if len(out.Alpha) != size[0]*size[1] {
				t.Fatalf("%v: got %d values of opacity", size, len(out.Alpha))
			}
			clear(out.Pix)
			clear(out.Alpha)
		}
		if want := grey(2, 2, 1, 2, 3, 4); !slices.Equal(m.Pix, want.Pix) || m.Alpha[3] != 1 {
			t.Errorf("%v: the source changed", size)
		}
	}
	mustPanic(t, func() { Resize(New(2, 2), 0, 3, Bilinear) })
}
