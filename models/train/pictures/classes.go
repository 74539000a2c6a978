// Package pictures draws the pictures that the embedded net is trained on:
// things a person can name and textures, each class one small function whose
// shape, colours and parts come from a seeded generator, set into scenes of
// varied pose, light, clutter, blur and noise.
//
//	for i, class := range pictures.Classes() {
//		picture := pictures.Draw(i, 7, 64)
//		...
//	}
//
// A picture is fixed by class, seed and size. Pictures of one seed in two sizes
// show the same scene but for its noise.
package pictures

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
)

// Class is one kind of picture.
type Class struct {
	Name    string
	Texture bool // fills the whole picture; otherwise a thing on a background

	// Turn is how far, in radians, the class may be turned to either side: a
	// house stands upright, a shell lies any way. math.Pi is any way.
	Turn float64

	// draw puts the class on the picture. A thing fills the square from -1 to 1
	// well without leaving it by more than a tenth; a texture covers at least
	// the square from -2.2 to 2.2 and shows about 3 to 8 repeats from -1 to 1.
	draw func(p *Pen)
}

const anyWay = math.Pi

// classes are all classes, sorted by name: a class's place is its label.
var classes = sorted(heads, animals, plants, buildings, textures)

func sorted(groups ...[]Class) []Class {
	all := slices.Concat(groups...)
	slices.SortFunc(all, func(a, b Class) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// Classes are all classes in the order of the net's labels, which is that of
// their names.
func Classes() []Class { return slices.Clone(classes) }

// Draw draws one picture of a class, size by size pixels, which is opaque for
// sizes of 24 or more. class is an index into Classes; it panics when there is
// no such class. The same arguments give the same picture; seeds are unrelated
// to one another.
func Draw(class int, seed uint64, size int) *image.RGBA {
	s := scene{
		random: rand.New(rand.NewPCG(seed, uint64(class))),
		class:  classes[class],
		size:   size,
	}
	return s.draw()
}
