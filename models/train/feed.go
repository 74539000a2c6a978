package main

import (
	"iter"
	"math/rand/v2"

	"github.com/seed2310110f/godream/models/train/pictures"
)

// batch is what one step learns from.
type batch struct {
	pixels []uint8   // [n, size, size, 3]
	labels []int32   // [n]
	radius []float32 // [n/2], how far each picture of the first half is disturbed
}

// freshSeeds is set in the seed of every picture that the net is judged by, and
// in none that it learns from.
const freshSeeds = 1 << 63

// batch draws what a step learns from. It depends on the run and the step alone,
// so a run that was interrupted goes on with the very same pictures.
func (r prepared) batch(step int) batch {
	s := r.stage(step)
	random := rand.New(rand.NewPCG(r.Seed, uint64(step)))
	b := newBatch(r.Batch, s.Size)
	for i := range b.labels {
		b.labels[i] = int32(random.IntN(len(r.classes)))
		b.draw(i, s.Size, r.classes[b.labels[i]], random.Uint64()&^freshSeeds)
	}
	for i := range b.radius {
		b.radius[i] = float32(s.Radius * random.Float64())
	}
	return b
}

// fresh draws n pictures, from a first one on, that no net has learned from: as
// many of each class, by turns.
func (r prepared) fresh(first, n, size int) batch {
	b := newBatch(n, size)
	for i := range b.labels {
		b.labels[i] = int32((first + i) % len(r.classes))
		b.draw(i, size, r.classes[b.labels[i]], freshSeeds|uint64(first+i))
	}
	return b
}

func newBatch(n, size int) batch {
	return batch{make([]uint8, n*size*size*3), make([]int32, n), make([]float32, n/2)}
}

// draw makes picture i of the batch.
func (b batch) draw(i, size, class int, seed uint64) {
	into := b.pixels[i*size*size*3:]
	for p, pix := 0, pictures.Draw(class, seed, size).Pix; p < len(pix)/4; p++ {
		copy(into[3*p:3*p+3], pix[4*p:])
	}
}

// feed draws the batches of the steps from first to the end of the run, in
// order and a few steps ahead of their use.
func (r prepared) feed(first int) iter.Seq[batch] {
	const ahead = 4
	return func(yield func(batch) bool) {
		var drawing []chan batch
		for step := first; step < r.steps(); step++ {
			for next := step + len(drawing); next < min(step+ahead, r.steps()); next++ {
				drawn := make(chan batch, 1)
				go func() { drawn <- r.batch(next) }()
				drawing = append(drawing, drawn)
			}
			if !yield(<-drawing[0]) {
				return
			}
			drawing = drawing[1:]
		}
	}
}
