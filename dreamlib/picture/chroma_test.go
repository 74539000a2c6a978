package picture

import (
	"image"
	"slices"
	"testing"
)

func TestRow(t *testing.T) {
	samples := []uint8{
		100, 110, 121, 0,
		200, 201, 255, 0, // the fourth column is no part of the plane
	}
	for _, c := range []struct {
		fx, fy, width, y int
		want             []uint8
	}{
		{1, 1, 3, 1, []uint8{200, 201, 255}},
		{2, 1, 3, 0, []uint8{100, 103, 107, 113, 118, 121}},
		{1, 2, 3, 0, []uint8{100, 110, 121}},
		{1, 2, 3, 1, []uint8{125, 133, 155}}, // 125, 132.75, 154.5 up
		{1, 2, 3, 2, []uint8{175, 178, 221}}, // 175, 178.25, 221.5 down
		{2, 2, 3, 0, []uint8{100, 102, 108, 113, 118, 121}},
		{2, 2, 3, 1, []uint8{125, 127, 131, 138, 149, 154}},
		{2, 1, 2, 0, []uint8{100, 100, 110, 110}},
		{2, 2, 2, 1, []uint8{100, 100, 110, 110}},
		{1, 2, 2, 1, []uint8{125, 133}},
		{4, 1, 2, 1, []uint8{200, 200, 200, 200, 201, 201, 201, 201}},
		{2, 3, 3, 5, []uint8{200, 200, 201, 201, 255, 255}},
		{1, 3, 3, 2, []uint8{100, 110, 121}},
	} {
		p := plane{pix: samples, stride: 4, width: c.width, height: 2, fx: c.fx, fy: c.fy}
		if got := p.row(c.y, make([]uint8, 12), make([]uint16, 4)); !slices.Equal(got, c.want) {
			t.Errorf("%d x %d, row %d of %d columns: got %v, want %v", c.fx, c.fy, c.y, c.width, got, c.want)
		}
	}
}

func TestJFIFColors(t *testing.T) {
	for _, c := range []struct{ in, want [3]uint8 }{
		{[3]uint8{77, 128, 128}, [3]uint8{77, 77, 77}},
		{[3]uint8{76, 85, 255}, [3]uint8{254, 0, 0}},
		{[3]uint8{100, 129, 127}, [3]uint8{99, 100, 102}},
	} {
		got := make([]uint8, 4)
		if rgbRow(got, c.in[:1], c.in[1:2], c.in[2:]); [3]uint8(got) != c.want || got[3] != 255 {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}

// A part of a picture shows what the whole shows there.
func TestFromYCbCrPart(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		src := image.NewYCbCr(image.Rect(0, 0, 15, 11), ratio)
		for i := range src.Y {
			src.Y[i] = uint8(i * 37)
		}
		for i := range src.Cb {
			src.Cb[i], src.Cr[i] = uint8(100+i%src.CStride*4), uint8(150-i*2)
		}
		whole := fromYCbCr(src)
		part := fromYCbCr(src.SubImage(image.Rect(1, 3, 14, 9)).(*image.YCbCr))
		if whole.Rect != image.Rect(0, 0, 15, 11) || part.Rect != image.Rect(0, 0, 13, 6) {
			t.Fatalf("%v: got %v and a part of %v", ratio, whole.Rect, part.Rect)
		}
		for y := 1; y < 5; y++ { // not the edges, which have no neighbours
			for x := 1; x < 11; x++ {
				if got, want := part.RGBAAt(x, y), whole.RGBAAt(x+1, y+3); got != want {
					t.Fatalf("%v: pixel %d,%d of a part: got %v, want %v", ratio, x, y, got, want)
				}
			}
		}
	}
}
