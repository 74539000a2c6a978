package dreamlib

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// pillowGoldens are what Pillow 13 and torchvision answered; testdata/pil_goldens.py
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
	Tensor struct{ To, From uint32 }
	Files  []pillowFile
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

func noisePicture(w, h float64, seed uint32) *rgb8 {
	return &rgb8{int(w), int(h), bytesOf(int(w)*int(h)*3, seed)}
}

func TestPillowResize(t *testing.T) {
	for _, c := range readPillow(t).Resize {
		got := resize8(noisePicture(c[0], c[1], uint32(c[5])), int(c[2]), int(c[3]), Filter(c[4]))
		if got.w != int(c[2]) || got.h != int(c[3]) || crc32.ChecksumIEEE(got.pix) != uint32(c[6]) {
			t.Errorf("%vx%v to %vx%v, filter %v, seed %v: not Pillow's pixels", c[0], c[1], c[2], c[3], c[4], c[5])
		}
	}
}

func TestPillowBlur(t *testing.T) {
	for _, c := range readPillow(t).Blur {
		p := noisePicture(c[0], c[1], uint32(c[3]))
		before := slices.Clone(p.pix)
		got := gaussianBlur8(p, float32(c[2]))
		if crc32.ChecksumIEEE(got.pix) != uint32(c[4]) {
			t.Errorf("%vx%v, radius %v, seed %v: not Pillow's pixels", c[0], c[1], c[2], c[3])
		}
		if !slices.Equal(p.pix, before) {
			t.Errorf("%vx%v, radius %v: the source changed", c[0], c[1], c[2])
		}
	}
}

func TestPillowBlend(t *testing.T) {
	for _, c := range readPillow(t).Blend {
		got := blend8(noisePicture(c[0], c[1], 2), noisePicture(c[0], c[1], 4), float32(c[2]))
		if crc32.ChecksumIEEE(got.pix) != uint32(c[3]) {
			t.Errorf("alpha %v: not Pillow's pixels", c[2])
		}
	}
	// 10*0.4 + 21*0.6 is 16.6, and 200*0.4 + 3*0.6 is 81.8: both are cut off.
	got := blend8(&rgb8{1, 1, []uint8{10, 200, 0}}, &rgb8{1, 1, []uint8{21, 3, 255}}, 0.6)
	if want := []uint8{16, 81, 153}; !slices.Equal(got.pix, want) {
		t.Errorf("got %v, want %v", got.pix, want)
	}
	mustPanic(t, func() { blend8(newRGB8(2, 1), newRGB8(1, 2), 0.5) })
}

// Preprocess and Deprocess with truncate8 are ToTensor, Normalize and the
// article's way back.
func TestTensorsAreTorchvisions(t *testing.T) {
	want := readPillow(t).Tensor
	ramp := newRGB8(256, 1)
	for i := range ramp.pix {
		ramp.pix[i] = uint8(i / 3)
	}
	x := Preprocess(models.ImageNet, ramp.image())
	var raw bytes.Buffer
	err := tensors.ConstFlatData(x, func(flat []float32) {
		if err := binary.Write(&raw, binary.LittleEndian, flat); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil || crc32.ChecksumIEEE(raw.Bytes()) != want.To {
		t.Errorf("to tensor: not torchvision's bits, %v", err)
	}
	y := make([]float32, 129)
	for i := range y {
		y[i] = float32(i-64) / 16
	}
	m, err := Deprocess(models.ImageNet, tensors.FromFlatDataAndDimensions(y, 1, 1, 43, 3))
	if err != nil {
		t.Fatal(err)
	}
	if got := truncate8(m); crc32.ChecksumIEEE(got.pix) != want.From {
		t.Error("from tensor: not the script's pixels")
	}
}

func TestFloatResizeIsPillows(t *testing.T) {
	for _, c := range readPillow(t).Float {
		w, h := c.Sizes[0], c.Sizes[1]
		m := NewImage(w, h)
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
	if got := toRGB8(p.image()); got.w != 17 || got.h != 5 || !slices.Equal(got.pix, p.pix) {
		t.Error("8-bit levels changed on the way to float and back")
	}
	m := &Image{Width: 2, Height: 1, Pix: []float32{-1, 0, 2, 0.5, 0.25, 1}}
	if got, want := toRGB8(m).pix, []uint8{0, 0, 255, 128, 64, 255}; !slices.Equal(got, want) {
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
