package pictures

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"testing"
)

func BenchmarkDraw(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		Draw(i%len(classes), uint64(i), 64)
	}
}

func TestClasses(t *testing.T) {
	word := regexp.MustCompile("^[a-z]+$") // what an objective can name
	all, textures := Classes(), 0
	for i, c := range all {
		if !word.MatchString(c.Name) {
			t.Errorf("class %d is named %q, want lower case letters", i, c.Name)
		}
		if i > 0 && all[i-1].Name >= c.Name {
			t.Errorf("class %d: %q follows %q, want sorted unique names", i, c.Name, all[i-1].Name)
		}
		if !(c.Turn >= 0 && c.Turn <= math.Pi) {
			t.Errorf("%s turns by %v, want 0 to pi", c.Name, c.Turn)
		}
		if c.Texture {
			textures++
		}
	}
	if things := len(all) - textures; len(all) < 48 || things < 20 || textures < 10 {
		t.Errorf("%d things and %d textures, want 48 classes or more, of them 20 and 10", things, textures)
	}
	first := all[0].Name
	all[0].Name = "other"
	if got := Classes()[0].Name; got != first {
		t.Errorf("a caller's change renamed class 0 to %q", got)
	}
}

func TestGroupsBecomeOneSortedList(t *testing.T) {
	got := sorted([]Class{{Name: "tree"}, {Name: "cat"}}, nil, []Class{{Name: "dots"}})
	for i, want := range []string{"cat", "dots", "tree"} {
		if got[i].Name != want {
			t.Errorf("class %d: got %s, want %s", i, got[i].Name, want)
		}
	}
}

func TestUnknownClassPanics(t *testing.T) {
	for _, class := range []int{-1, len(classes)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("class %d was drawn, want a panic", class)
				}
			}()
			Draw(class, 1, 8)
		}()
	}
}

func TestPicturesAreOpaqueAndSquare(t *testing.T) {
	for _, size := range []int{24, 48, 64} {
		for i, c := range classes {
			picture := Draw(i, 5, size)
			if picture.Rect != image.Rect(0, 0, size, size) || len(picture.Pix) != 4*size*size {
				t.Fatalf("%s at %d: bounds %v, %d bytes", c.Name, size, picture.Rect, len(picture.Pix))
			}
			if got := leastAlpha(picture); got != 255 {
				t.Errorf("%s at %d: alpha falls to %d, want 255", c.Name, size, got)
			}
		}
	}
}

// Shared state between pictures would show here, and to the race detector.
func TestSameArgumentsSamePicture(t *testing.T) {
	alone := make([][]byte, len(classes))
	for i := range classes {
		alone[i] = Draw(i, 3, 48).Pix
	}
	const drawers = 3
	var together [drawers][]bool
	var wait sync.WaitGroup
	for d := range drawers {
		together[d] = make([]bool, len(classes))
		wait.Go(func() {
			for k := range classes {
				i := (k + d*len(classes)/drawers) % len(classes)
				together[d][i] = bytes.Equal(Draw(i, 3, 48).Pix, alone[i])
			}
		})
	}
	wait.Wait()
	for d, same := range together {
		for i, ok := range same {
			if !ok {
				t.Errorf("%s: goroutine %d drew another picture", classes[i].Name, d)
			}
		}
	}
}

func TestSeedFixesTheSceneInEverySize(t *testing.T) {
	for i, c := range classes {
		small, large := reduce(Draw(i, 1, 64), 8), reduce(Draw(i, 1, 128), 8)
		if d := distance(small, large); d > 4 {
			t.Errorf("%s: 64 and 128 pixels of one seed are %.1f levels apart, want at most 4", c.Name, d)
		}
		other := reduce(Draw(i, 2, 64), 8)
		if d := distance(small, other); d < 12 {
			t.Errorf("%s: two seeds are %.1f levels apart, want at least 12", c.Name, d)
		}
	}
}

// One picture in twenty may be too dark or too pale to show much.
func TestNoClassIsBlank(t *testing.T) {
	for i, c := range classes {
		blank := 0
		for seed := range uint64(20) {
			if spread(reduce(Draw(i, seed, 24), 8)) < 4 { // grain is gone at 8 by 8
				blank++
			}
		}
		if blank > 1 {
			t.Errorf("%s: %d of 20 pictures are all but blank", c.Name, blank)
		}
	}
}

func TestThingsFillTheirSquare(t *testing.T) {
	for i, c := range classes {
		if c.Texture {
			continue
		}
		for seed := range uint64(10) {
			p := newPen(rand.New(rand.NewPCG(seed, uint64(i))), 40)
			p.At(0, 0, 0, 0.5, func() { c.draw(p) }) // shows -2 to 2
			all, inside := ink(p.image(), p.image().Rect), ink(p.image(), image.Rect(9, 9, 31, 31))
			if inside < 0.97*all {
				t.Errorf("%s, seed %d: %.1f%% of the ink lies within -1.1 to 1.1, want 97%%", c.Name, seed, 100*inside/all)
			}
			if square := 20. * 20; inside < 0.12*square {
				t.Errorf("%s, seed %d: covers %.1f%% of the square, want 12%%", c.Name, seed, 100*inside/square)
			}
		}
	}
}

func TestTexturesCoverTheirSquare(t *testing.T) {
	for i, c := range classes {
		if !c.Texture {
			continue
		}
		for seed := range uint64(10) {
			p := newPen(rand.New(rand.NewPCG(seed, uint64(i))), 40)
			p.At(0, 0, 0, 1/2.2, func() { c.draw(p) })
			if got := leastAlpha(p.image()); got != 255 {
				t.Errorf("%s, seed %d: alpha falls to %d within -2.2 to 2.2", c.Name, seed, got)
			}
			if got := spread(reduce(p.image(), 40)); got < 8 {
				t.Errorf("%s, seed %d: pixels deviate by %.1f levels, want 8", c.Name, seed, got)
			}
		}
	}
}

func leastAlpha(picture *image.RGBA) uint8 {
	least := uint8(255)
	for i := 3; i < len(picture.Pix); i += 4 {
		least = min(least, picture.Pix[i])
	}
	return least
}

// ink is how many pixels of a part of the picture are covered.
func ink(picture *image.RGBA, part image.Rectangle) float64 {
	sum := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			sum += int(picture.RGBAAt(x, y).A)
		}
	}
	return float64(sum) / 255
}

// reduce is the picture's red, green and blue levels at side by side pixels,
// each the mean of a block of the picture's.
func reduce(picture *image.RGBA, side int) []float64 {
	block := picture.Rect.Dx() / side
	out := make([]float64, side*side*3)
	for y := range side * block {
		for x := range side * block {
			i := picture.PixOffset(x, y)
			for c, v := range picture.Pix[i : i+3] {
				out[(y/block*side+x/block)*3+c] += float64(v) / float64(block*block)
			}
		}
	}
	return out
}

// distance is the mean absolute difference.
func distance(a, b []float64) float64 {
	sum := 0.
	for i := range a {
		sum += math.Abs(a[i] - b[i])
	}
	return sum / float64(len(a))
}

// spread is the standard deviation of red, green and blue levels, each from its
// own mean: 0 where all pixels are alike.
func spread(levels []float64) float64 {
	var mean [3]float64
	for i, v := range levels {
		mean[i%3] += 3 * v / float64(len(levels))
	}
	squares := 0.
	for i, v := range levels {
		squares += (v - mean[i%3]) * (v - mean[i%3])
	}
	return math.Sqrt(squares / float64(len(levels)))
}

func TestMeasures(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for y := range 2 {
		for x := range 2 {
			copy(picture.Pix[picture.PixOffset(x, y):], []byte{80, 40, 0, 255})
		}
	}
	if got, want := reduce(picture, 2), []float64{80, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("reduced to %v, want %v", got, want)
	}
	if got := reduce(picture, 1); !slices.Equal(got, []float64{20, 10, 0}) {
		t.Errorf("reduced to %v, want 20, 10, 0", got)
	}
	if got := ink(picture, image.Rect(1, 0, 4, 4)); got != 2 {
		t.Errorf("%v pixels of ink, want 2", got)
	}
	if got := distance([]float64{1, 5}, []float64{2, 2}); got != 2 {
		t.Errorf("distance %v, want 2", got)
	}
	if got := spread([]float64{0, 10, 5, 6, 16, 11}); got != 3 {
		t.Errorf("spread %v, want 3", got)
	}
	if got := leastAlpha(picture); got != 0 {
		t.Errorf("least alpha %d, want 0", got)
	}
}
