package pictures

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func testScene(seed uint64, size int, class Class) scene {
	return scene{random: rand.New(rand.NewPCG(seed, 1)), size: size, class: class}
}

// plain is a picture of one gray.
func plain(size int, level uint8) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.Gray{level}), image.Point{}, draw.Src)
	return picture
}

// flag is red above green: it shows which way up it stands.
func flag(turn float64) Class {
	return Class{Name: "flag", Turn: turn, draw: func(p *Pen) {
		p.Fill(red, Rect(-1, -1, 1, 0))
		p.Fill(green, Rect(-1, 0, 1, 1))
	}}
}

// middle is the mean place of the pixels of a colour, and their number.
func middle(picture *image.RGBA, c Color) (x, y, n float64) {
	size := picture.Rect.Dx()
	for i := range size * size {
		if picture.RGBAAt(i%size, i/size) == c.rgba() {
			x, y, n = x+float64(i%size), y+float64(i/size), n+1
		}
	}
	return x / n, y / n, n
}

func TestThingsStandWithinTheirTurn(t *testing.T) {
	least, most := math.Inf(1), 0.
	for seed := range uint64(40) {
		picture := plain(64, 40)
		testScene(seed, 64, flag(0)).things(picture)
		redX, redY, reds := middle(picture, red)
		greenX, greenY, greens := middle(picture, green)
		if redY > greenY-10 || math.Abs(redX-greenX) > 10 {
			t.Errorf("seed %d: red about (%.0f, %.0f), green about (%.0f, %.0f), want upright", seed, redX, redY, greenX, greenY)
		}
		least, most = min(least, reds+greens), max(most, reds+greens)
		if got := leastAlpha(picture); got != 255 {
			t.Errorf("seed %d: alpha falls to %d", seed, got)
		}
	}
	if least > 0.3*64*64 || most < 0.7*64*64 {
		t.Errorf("cover %.0f to %.0f of 4096 pixels, want small and large", least, most)
	}
	turned := 0
	for seed := range uint64(40) {
		picture := plain(64, 40)
		testScene(seed, 64, flag(anyWay)).things(picture)
		_, redY, _ := middle(picture, red)
		_, greenY, _ := middle(picture, green)
		if redY > greenY {
			turned++
		}
	}
	if turned < 10 || turned > 30 {
		t.Errorf("%d of 40 lie upside down, want about half", turned)
	}
}

func TestTexturesMirrorButStandUpright(t *testing.T) {
	quarters := flag(0)
	quarters.draw = func(p *Pen) {
		p.Fill(red, Rect(-3, -3, 0, 0))
		p.Fill(green, Rect(-3, 0, 0, 3))
		p.Fill(blue, Rect(0, -3, 3, 3))
	}
	mirrored := 0
	for seed := range uint64(40) {
		picture := testScene(seed, 32, quarters).texture(quarters)
		redX, redY, _ := middle(picture, red)
		_, greenY, _ := middle(picture, green)
		blueX, _, _ := middle(picture, blue)
		if redY > greenY {
			t.Errorf("seed %d: upside down", seed)
		}
		if redX > blueX {
			mirrored++
		}
	}
	if mirrored < 10 || mirrored > 30 {
		t.Errorf("%d of 40 are mirrored, want about half", mirrored)
	}
}

func TestBackgroundsAreOpaqueAndDiffer(t *testing.T) {
	var last *image.RGBA
	for seed := range uint64(40) { // enough for every kind
		picture := testScene(seed, 24, Class{}).background()
		if got := leastAlpha(picture); got != 255 {
			t.Errorf("seed %d: alpha falls to %d", seed, got)
		}
		if last != nil && distance(reduce(picture, 24), reduce(last, 24)) < 5 {
			t.Errorf("seed %d: like the one before", seed)
		}
		last = picture
	}
}

func TestAnotherTexture(t *testing.T) {
	s, p, seen := testScene(1, 1, Class{}), newTestPen(1, 1), map[string]bool{}
	for range 1000 {
		c := s.anotherTexture(p)
		if !c.Texture {
			t.Fatalf("%s is no texture", c.Name)
		}
		seen[c.Name] = true
	}
	if len(seen) != len(textures) {
		t.Errorf("%d textures, want %d", len(seen), len(textures))
	}
}

func TestShadowFallsAwayFromTheLight(t *testing.T) {
	p := newTestPen(1, 64)
	p.light = Point{0, -1}
	p.Fill(red, Rect(-0.5, -0.5, 0.5, 0.5)) // 16 to 48
	picture := plain(64, 200)
	testScene(1, 64, Class{}).shadow(p, picture)
	above, below := picture.RGBAAt(32, 14), picture.RGBAAt(32, 49)
	if above.R < below.R+20 {
		t.Errorf("%d above and %d below, want a shadow below", above.R, below.R)
	}
	if far := picture.RGBAAt(2, 2); far != (color.RGBA{200, 200, 200, 255}) {
		t.Errorf("%v in the corner, want no shadow", far)
	}
	if got := leastAlpha(picture); got != 255 {
		t.Errorf("alpha falls to %d", got)
	}
}

func TestShadeIsBrightTowardsTheLight(t *testing.T) {
	p := newTestPen(2, 1)
	p.light = Point{-1, 0}
	picture := plain(32, 128)
	testScene(1, 32, Class{}).shade(p, picture)
	for x := range 31 {
		if left, right := picture.RGBAAt(x, 9), picture.RGBAAt(x+1, 9); left.R < right.R || right.A != 255 {
			t.Errorf("%v before %v at %d, want falling and opaque", left, right, x)
		}
	}
	if left, right := picture.RGBAAt(0, 5).R, picture.RGBAAt(31, 20).R; left <= 128 || right >= 128 {
		t.Errorf("from %d to %d, want about 128", left, right)
	}
}

func TestSoften(t *testing.T) {
	even := plain(32, 77)
	soften(even, 3)
	if !slices.Equal(even.Pix, plain(32, 77).Pix) {
		t.Error("an even gray changed")
	}
	var edges [2][]float64
	for i, size := range []int{64, 128} { // a 64th of the picture is the unit
		fine := board(size, 1)
		soften(fine, 4)
		if got := spread(reduce(fine, size)); got > 10 {
			t.Errorf("size %d: a fine board deviates by %.1f, want less than 10", size, got)
		}
		coarse := board(size, 32)
		soften(coarse, 8)
		edges[i] = reduce(coarse, 64)
		if got := spread(edges[i]); got < 100 || got > 120 {
			t.Errorf("size %d: a coarse board deviates by %.1f, want 100 to 120", size, got)
		}
	}
	if d := distance(edges[0], edges[1]); d > 2 {
		t.Errorf("two sizes are %.1f levels apart, want the same edges", d)
	}
}

// board is a checkerboard of black and white fields, so many 64ths of the
// picture wide.
func board(size, field int) *image.RGBA {
	picture := plain(size, 0)
	for y := range size {
		for x := range size {
			if (x*64/size/field+y*64/size/field)%2 == 0 {
				picture.Set(x, y, color.White)
			}
		}
	}
	return picture
}

func TestBlurIsForAThird(t *testing.T) {
	soft := 0
	for seed := range uint64(200) {
		picture := plain(8, 0)
		picture.Set(4, 4, color.White)
		testScene(seed, 8, Class{}).blur(newTestPen(seed, 1), picture)
		if picture.RGBAAt(4, 4).R < 255 {
			soft++
		}
	}
	if soft < 40 || soft > 80 {
		t.Errorf("%d of 200 out of focus, want about 60", soft)
	}
}

func TestDevelopLeavesBlackDarkAndWhiteLight(t *testing.T) {
	blacks := map[uint8]bool{}
	for seed := range uint64(50) {
		picture := plain(16, 0)
		draw.Draw(picture, image.Rect(8, 0, 16, 16), image.White, image.Point{}, draw.Src)
		testScene(seed, 16, Class{}).develop(newTestPen(seed, 1), picture)
		for y := range 16 {
			dark, light := picture.RGBAAt(3, y), picture.RGBAAt(12, y)
			// 0.5 - 0.75/2 + 0.1 + 0.06 + 0.05*2.45 is 0.41.
			if max(dark.R, dark.G, dark.B) > 104 || min(light.R, light.G, light.B) < 151 {
				t.Fatalf("seed %d: black became %v and white %v", seed, dark, light)
			}
			blacks[dark.R] = true
		}
		if got := leastAlpha(picture); got != 255 {
			t.Fatalf("seed %d: alpha falls to %d", seed, got)
		}
	}
	if len(blacks) < 10 {
		t.Errorf("%d blacks, want film of all kinds", len(blacks))
	}
}
