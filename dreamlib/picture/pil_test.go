package picture

import (
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"slices"
	"testing"
)

// pillowGoldens are what Pillow 13 answered; testdata/pil_goldens.py
// says how they were made.
type pillowGoldens struct {
	Resize [][7]float64 // width, height, new width, new height, filter, seed, checksum
	Blur   [][5]float64 // width, height, radius, seed, checksum
	Blend  [][4]float64 // width, height, alpha, checksum
	Float  []struct {
		Sizes  [4]int
		Filter Filter
		Want   []float32
	}
	Files []pillowFile
}

type pillowFile struct {
	Name string
	File []byte
	RGBA []byte // packed with zlib
}

func readPillow(t testing.TB) (g pillowGoldens) {
	t.Helper()
	data, err := os.ReadFile("testdata/pil_goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// bytesOf is the generator of pil_goldens.py.
func bytesOf(n int, seed uint32) []uint8 {
	out, state := make([]uint8, n), seed
	for i := range out {
		state = state*1664525 + 1013904223
		out[i] = uint8(state >> 24)
		if seed%2 == 1 {
			out[i] = uint8(state>>31) * 255
		}
	}
	return out
}

func noisePicture(w, h float64, seed uint32) *RGB8 {
	return &RGB8{int(w), int(h), bytesOf(int(w)*int(h)*3, seed)}
}

func TestPillowResize(t *testing.T) {
	for _, c := range readPillow(t).Resize {
		got := noisePicture(c[0], c[1], uint32(c[5])).Resize(int(c[2]), int(c[3]), Filter(c[4]))
		if got.Width != int(c[2]) || got.Height != int(c[3]) || crc32.ChecksumIEEE(got.Pix) != uint32(c[6]) {
			t.Errorf("%vx%v to %vx%v, filter %v, seed %v: not Pillow's pixels", c[0], c[1], c[2], c[3], c[4], c[5])
		}
	}
}

func TestPillowBlur(t *testing.T) {
	for _, c := range readPillow(t).Blur {
		p := noisePicture(c[0], c[1], uint32(c[3]))
		before := slices.Clone(p.Pix)
		got := p.GaussianBlur(float32(c[2]))
		if crc32.ChecksumIEEE(got.Pix) != uint32(c[4]) {
			t.Errorf("%vx%v, radius %v, seed %v: not Pillow's pixels", c[0], c[1], c[2], c[3])
		}
		if !slices.Equal(p.Pix, before) {
			t.Errorf("%vx%v, radius %v: the source changed", c[0], c[1], c[2])
		}
	}
}

func TestPillowBlend(t *testing.T) {
	for _, c := range readPillow(t).Blend {
		got := noisePicture(c[0], c[1], 2).Blend(noisePicture(c[0], c[1], 4), float32(c[2]))
		if crc32.ChecksumIEEE(got.Pix) != uint32(c[3]) {
			t.Errorf("alpha %v: not Pillow's pixels", c[2])
		}
	}
	// 10*0.4 + 21*0.6 is 16.6, and 200*0.4 + 3*0.6 is 81.8: both are cut off.
	got := (&RGB8{1, 1, []uint8{10, 200, 0}}).Blend(&RGB8{1, 1, []uint8{21, 3, 255}}, 0.6)
	if want := []uint8{16, 81, 153}; !slices.Equal(got.Pix, want) {
		t.Errorf("got %v, want %v", got.Pix, want)
	}
	mustPanic(t, func() { newRGB8(2, 1).Blend(newRGB8(1, 2), 0.5) })
}

func TestFloatResizeIsPillows(t *testing.T) {
	for _, c := range readPillow(t).Float {
		w, h := c.Sizes[0], c.Sizes[1]
		m := New(w, h)
		m.Alpha = make([]float32, w*h)
		for i, v := range bytesOf(w*h, 2) {
			m.Alpha[i] = float32(v)
			for ch := range 3 {
				m.Pix[3*i+ch] = float32(v) * float32(ch)
			}
		}
		got := Resize(m, c.Sizes[2], c.Sizes[3], c.Filter)
		for i, want := range c.Want {
			near := func(v, want float32) bool { return math.Abs(float64(v-want)) <= 1e-6*max(1, math.Abs(float64(want))) }
			if !near(got.Alpha[i], want) || got.Pix[3*i] != 0 || !near(got.Pix[3*i+1], want) || !near(got.Pix[3*i+2], 2*want) {
				t.Fatalf("%v filter %d sample %d: got %v %v, want %v", c.Sizes, c.Filter, i, got.Alpha[i], got.Pix[3*i:3*i+3], want)
			}
		}
	}
}

func TestRGB8RoundTrip(t *testing.T) {
	p := noisePicture(17, 5, 2)
	if got := p.Image().RGB8(); got.Width != 17 || got.Height != 5 || !slices.Equal(got.Pix, p.Pix) {
		t.Error("8-bit levels changed on the way to float and back")
	}
	m := &Image{Width: 2, Height: 1, Pix: []float32{-1, 0, 2, 0.5, 0.25, 1}}
	if got, want := m.RGB8().Pix, []uint8{0, 0, 255, 128, 64, 255}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("want a panic, found none")
		}
	}()
	f()
}
