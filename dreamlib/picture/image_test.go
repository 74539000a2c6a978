package picture

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
)

func TestRoundingToLevels(t *testing.T) {
	nan := float32(math.NaN())
	m := &Image{Width: 3, Height: 1, Pix: []float32{-0.5, 0, 0.5, 1, 7, 1.0 / 255, 0.5 / 255, 0.49 / 255, nan}, Alpha: []float32{1, 0.5, 0}}
	if got, want := m.NRGBA().Pix, []uint8{0, 0, 128, 255, 255, 255, 1, 128, 1, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("8 bits: got %v, want %v", got, want)
	}
	m = &Image{Width: 1, Height: 1, Pix: []float32{0.5, 1.0 / 65535, 258.0 / 65535}}
	if got, want := m.NRGBA64().Pix, []uint8{0x80, 0, 0, 1, 1, 2, 0xff, 0xff}; !slices.Equal(got, want) {
		t.Errorf("16 bits: got %v, want %v", got, want)
	}
	for v := range 65536 {
		if back := quantize(float32(v)/65535, 65535); int(back) != v {
			t.Fatalf("level %d came back as %d", v, back)
		}
	}
}

func TestArithmetic(t *testing.T) {
	m := &Image{Width: 1, Height: 1, Pix: []float32{1, 2, 3}, Alpha: []float32{0.5}}
	c := m.Clone()
	c.Add(&Image{Width: 1, Height: 1, Pix: []float32{0.5, -3, 4}, Alpha: []float32{9}})
	if !slices.Equal(c.Pix, []float32{1.5, -1, 7}) || c.Alpha[0] != 0.5 {
		t.Errorf("sum: got %v %v", c.Pix, c.Alpha)
	}
	c.Clip()
	if !slices.Equal(c.Pix, []float32{1, 0, 1}) {
		t.Errorf("clipped: got %v", c.Pix)
	}
	c.Sub(m)
	if !slices.Equal(c.Pix, []float32{0, -2, -2}) || !slices.Equal(m.Pix, []float32{1, 2, 3}) {
		t.Errorf("difference: got %v of %v", c.Pix, m.Pix)
	}
	if New(1, 1).Clone().Alpha != nil {
		t.Error("the clone of an opaque picture has opacity")
	}
	mustPanic(t, func() { m.Add(New(1, 2)) })
	mustPanic(t, func() { m.Sub(New(2, 1)) })
	mustPanic(t, func() { New(0, 1) })
}

func TestPSNR(t *testing.T) {
	a, b := New(2, 2), New(2, 2)
	b.Pix[0], b.Pix[1] = 0.4/255, -3 // both round to the level of a
	if got, err := PSNR(a, b); err != nil || !math.IsInf(got, 1) {
		t.Errorf("equal levels: got %v, %v, want +Inf", got, err)
	}
	b.Pix[5] = 6.0 / 255 // mean square 36/12 = 3
	if got, err := PSNR(a, b); err != nil || math.Abs(got-10*math.Log10(65025.0/3)) > 1e-9 {
		t.Errorf("got %v, %v, want 43.36", got, err)
	}
	if _, err := PSNR(a, New(4, 1)); err == nil {
		t.Error("other size: want an error")
	}
}

func TestFromImageKeepsColors(t *testing.T) {
	at := image.Rect(3, 5, 4, 6) // one pixel, not at the origin
	nrgba := image.NewNRGBA(at)
	nrgba.Pix = []uint8{200, 100, 50, 3}
	nrgba64 := image.NewNRGBA64(at)
	nrgba64.SetNRGBA64(3, 5, color.NRGBA64{R: 0x1234, G: 0xabcd, B: 0x8001, A: 2})
	palette := image.NewPaletted(at, color.Palette{color.NRGBA{R: 200, G: 100, B: 50, A: 3}})
	grey16 := image.NewGray16(at)
	grey16.SetGray16(3, 5, color.Gray16{Y: 0x1234})
	rgba := image.NewRGBA(at)
	rgba.Pix = []uint8{50, 25, 0, 100} // multiplied by the opacity
	cmyk := image.NewCMYK(at)
	cmyk.Pix = []uint8{0, 255, 102, 0}
	ycc := image.NewYCbCr(at, image.YCbCrSubsampleRatio420)
	ycc.Y[0], ycc.Cb[0], ycc.Cr[0] = 77, 128, 128
	for _, c := range []struct {
		src  image.Image
		want [4]float64
	}{
		{nrgba, [4]float64{200.0 / 255, 100.0 / 255, 50.0 / 255, 3.0 / 255}},
		{nrgba64, [4]float64{0x1234 / 65535.0, 0xabcd / 65535.0, 0x8001 / 65535.0, 2 / 65535.0}},
		{palette, [4]float64{200.0 / 255, 100.0 / 255, 50.0 / 255, 3.0 / 255}},
		{grey16, [4]float64{0x1234 / 65535.0, 0x1234 / 65535.0, 0x1234 / 65535.0, -1}},
		{rgba, [4]float64{0.5, 0.25, 0, 100.0 / 255}},
		{cmyk, [4]float64{1, 0, 0.6, -1}},
		{ycc, [4]float64{77.0 / 255, 77.0 / 255, 77.0 / 255, -1}},
		{opaqueUniform{}, [4]float64{1, 0, 0, 1}},
	} {
		m := FromImage(c.src)
		alpha := float32(-1) // opaque
		if m.Alpha != nil {
			alpha = m.Alpha[0]
		}
		for i, v := range append(m.Pix, alpha) {
			if math.Abs(float64(v)-c.want[i]) > 1.0/65535 {
				t.Errorf("%T: got %v %v, want %v", c.src, m.Pix, alpha, c.want)
				break
			}
		}
	}
}

// opaqueUniform is a picture of a foreign type that does not say it is opaque.
type opaqueUniform struct{}

func (opaqueUniform) ColorModel() color.Model { return color.RGBAModel }
func (opaqueUniform) Bounds() image.Rectangle { return image.Rect(0, 0, 1, 1) }
func (opaqueUniform) At(x, y int) color.Color { return color.RGBA{R: 255, A: 255} }

// Chroma is enlarged as libjpeg does it: a red left edge fades into grey where
// two columns share a sample, and is repeated where four do.
func TestChroma(t *testing.T) {
	repeated := []int{170, 170, 170, 170, 100}
	for ratio, want := range map[image.YCbCrSubsampleRatio][]int{
		image.YCbCrSubsampleRatio444: {170, 100}, image.YCbCrSubsampleRatio440: {170, 100},
		image.YCbCrSubsampleRatio422: {170, 153, 117, 100}, image.YCbCrSubsampleRatio420: {170, 152, 118, 100},
		image.YCbCrSubsampleRatio411: repeated, image.YCbCrSubsampleRatio410: repeated,
	} {
		src := image.NewYCbCr(image.Rect(0, 0, 15, 11), ratio)
		for i := range src.Y {
			src.Y[i] = 100
		}
		for i := range src.Cb {
			src.Cb[i], src.Cr[i] = 128, 128
			if i%src.CStride == 0 {
				src.Cr[i] = 178 // 1.402 * 50 is 70
			}
		}
		m := FromImage(src)
		for i := range 15 * 11 {
			if got := m.Pix[3*i]; got != float32(want[min(i%15, len(want)-1)])/255 {
				t.Fatalf("%v: pixel %d: got red %v, want of %v", ratio, i, got*255, want)
			}
		}
	}
	opacity := image.NewNYCbCrA(image.Rect(0, 0, 2, 1), image.YCbCrSubsampleRatio420)
	opacity.Y[1], opacity.Cb[0], opacity.Cr[0], opacity.A[0] = 255, 128, 128, 51
	if m := FromImage(opacity); !slices.Equal(m.Pix, []float32{0, 0, 0, 1, 1, 1}) || !slices.Equal(m.Alpha, []float32{0.2, 0}) {
		t.Errorf("with opacity: got %v, %v", m.Pix, m.Alpha)
	}
}
