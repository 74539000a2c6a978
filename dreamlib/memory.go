package dreamlib

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// A footprint says what memory an engine takes, in bytes. The numbers are fitted
// to peaks of VGG19 at full and quarter width, to nine layers, at 512 and 768
// pixels a side: docs/performance.md has them.
type footprint struct {
	process int64 // the program, the engine in it and its threads
	conv    int64 // for each convolution of a compiled program, and what a new size leaves unused

	// A step takes, for each pixel of its tile, pixel bytes and scale times what
	// its layers hold; with buffers, that is with what they work in.
	pixel, scale float64
	buffers      bool

	// On the pure-Go engine it takes for each pixel, beside pixel bytes, the workspace
	// that a pass needs and read times what the objective reads.
	read float64
}

var footprints = map[bool]footprint{ // by Engine.compiles
	true:  {process: 190 << 20, conv: 5 << 20, pixel: 130, scale: 1, buffers: true},
	false: {process: 44 << 20, pixel: 140, read: 7},
}

// A budget is what a dream of some size may take, and what it takes besides the
// steps.
type budget struct {
	cfg     Config
	goal    aim
	picture picture.Size // as it is read
	full    picture.Size // of the largest octave
}

// tiles decides how an octave is climbed: in one piece where that fits in Memory
// and pictures are there too, else in those of the tiles that fit that have the
// fewest pixels in all, or the smallest that there are. By then the dream has
// compiled so many programs.
func (m *Model) tiles(b budget, size picture.Size, programs int) (tiling, error) {
	l := m.Net.Layers[b.goal.deepest()]
	least := leastTile(l)
	if side := b.cfg.Tile; side != 0 {
		if side < least {
			return tiling{}, fmt.Errorf("dreamlib: tile %d: %s needs tiles of at least %d pixels a side, or 0 to choose", side, l.Name, least)
		}
		return tile(size, picture.Size{Width: side, Height: side}, l), nil
	}
	whole := tile(size, size, l)
	if m.Memory == 0 || m.need(b, whole, programs) <= m.Memory {
		return whole, nil
	}
	held, _ := b.pictures(whole)
	most := (float64(m.Memory-m.fixed(b.goal, programs)) - held) / m.stepPixel(b.goal, true)
	best, fewest := picture.Size{Width: least, Height: least}, math.Inf(1)
	heights := sides(size.Height, l)
	for _, w := range sides(size.Width, l) {
		for _, h := range heights {
			t := picture.Size{Width: w.size, Height: h.size}
			if work := t.Pixels() * float64(w.count*h.count); t.Pixels() <= most && work < fewest {
				best, fewest = t, work
			}
		}
	}
	return tile(size, best, l), nil
}

// fit says whether a dream fits in Memory.
func (m *Model) fit(l layout) bool { return m.Memory == 0 || slices.Max(l.needs) <= m.Memory }

// misfit says that a dream needs more than Memory, and what would help.
func (m *Model) misfit(img picture.Size, cfg Config, l layout) error {
	fits := func(change Config) bool {
		_, l, err := m.lay(img, change)
		return err == nil && m.fit(l)
	}
	help := "want that much"
	if change := cfg; cfg.Tile > 0 {
		if change.Tile = 0; fits(change) {
			help += ", or smaller tiles"
		}
	}
	narrow := sort.Search(l.size.Width, func(less int) bool {
		change := cfg
		change.Width = l.size.Width - less
		return fits(change)
	})
	if narrow < l.size.Width {
		help += fmt.Sprintf(", or a width of at most %d pixels", l.size.Width-narrow)
	}
	return fmt.Errorf("dreamlib: memory %s: a dream of %dx%d on %s takes %s: %s",
		gigabytes(m.Memory), l.size.Width, l.size.Height, cfg.Objective, gigabytes(slices.Max(l.needs)), help)
}

// gigabytes is a number of bytes to read.
func gigabytes(n int64) string { return fmt.Sprintf("%.2f GB", float64(n)/1e9) }

// need predicts the peak, in bytes, of a dream until the end of an octave, by
// which it has compiled so many programs.
func (m *Model) need(b budget, t tiling, programs int) int64 {
	held, between := b.pictures(t)
	// What the file held, and was decoded to, is there before the first step.
	return m.fixed(b.goal, programs) + int64(max(held+m.step(b.goal, t), between, 8*b.picture.Pixels()))
}

// read is what the weights take as they were read, which lies in Go's heap until
// they are on the engine.
func (m *Model) read() int64 {
	var total int64
	in := 3
	for _, l := range m.Net.Layers {
		if l.Kind == models.Conv {
			total += 4 * int64(9*in*l.Channels)
			in = l.Channels
		}
	}
	return total
}

// fixed predicts what is in memory whatever the picture.
func (m *Model) fixed(goal aim, programs int) int64 {
	f := footprints[m.Engine.compiles]
	return f.process + m.read() + m.resident(goal.deepest(), f, programs)
}

// pictures are the bytes of memory that an octave's pictures take during its
// steps, and the most that they take before and after.
func (b budget) pictures(t tiling) (held, between float64) {
	if b.cfg.Pyramid == PyramidArticle { // 12 bytes a pixel at first and last, 3 for each of six in 8 bits
		return 30 * b.full.Pixels(), 42 * b.full.Pixels()
	}
	octave, full := 12*t.Picture.Pixels(), 12*b.full.Pixels()
	base := octave
	if t.Picture == b.full {
		base = 0 // it is the full picture
	}
	// Where the octave begins, or on a canvas the picture as it stands; and on the
	// engine the picture before and after, on a canvas its gradient, with what
	// smoothing and summing need.
	copies := 2.
	if b.cfg.Smooth > 0 {
		copies++
	}
	if b.cfg.Rule == RuleAccumulate {
		copies++
	}
	held = full + base + copies*octave
	// An octave begins with what the last one left, its own picture, the two
	// enlarged in one direction and in both.
	shrink := 1 / b.cfg.OctaveScale
	between = full + base + octave*(1+shrink+2*shrink*shrink)
	if b.full != b.picture {
		read := 12 * b.picture.Pixels()
		held, between = held+read, max(between+read, full+2*read)
	}
	return held, max(between, 2*full+4*b.full.Pixels()) // at last encoded, 4 a pixel
}

// step predicts what a step on one tile takes, in bytes.
func (m *Model) step(goal aim, t tiling) float64 {
	return t.Tile.Pixels() * m.stepPixel(goal, t.count() > 1)
}

// maskedCopies is how often a tile's program holds each layer that is read, to
// count its core alone (fitted to relu1_2, where it is the most of all).
const maskedCopies = 5.5

// stepPixel is step for each pixel, of a picture in one piece or of a tile.
func (m *Model) stepPixel(goal aim, tiled bool) float64 {
	f := footprints[m.Engine.compiles]
	if !m.Engine.compiles {
		perPixel := f.pixel + workspaceBytes(m.Net.Layers[:goal.deepest()+1])
		for _, i := range goal.reads() {
			l := m.Net.Layers[i]
			perPixel += f.read * 4 * float64(l.Channels) / float64(l.Stride*l.Stride)
		}
		return perPixel
	}
	layers := m.Net.Layers[:goal.deepest()+1]
	held, kept := f.held(layers, m.kept(), m.form), m.kept()
	if tiled && f.buffers {
		var counted float64
		for i, l := range layers {
			out := float64(l.Channels) / float64(l.Stride*l.Stride)
			if l.Kind != models.Conv {
				counted += kept * out
			}
			if slices.Contains(goal.layers, i) || goal.classifier == i {
				counted += maskedCopies * 4 * out
			}
		}
		held = max(held, counted)
	}
	return f.pixel + held
}

// resident is what lies on the engine whatever the picture: weights and programs.
func (m *Model) resident(deepest int, f footprint, programs int) int64 {
	var total int64
	in := 3
	for _, l := range m.Net.Layers[:deepest+1] {
		if l.Kind != models.Conv {
			continue
		}
		form := m.form(in, l.Channels)
		total += m.kernelBytes(kernel{in: in, out: l.Channels}, form)
		if form != LoweringWinograd { // there one serves both directions
			total += m.kernelBytes(kernel{in: l.Channels, out: in}, form)
		}
		total += f.conv * int64(programs)
		in = l.Channels
	}
	if !m.Engine.compiles {
		total += scratchBytes(m.Net.Layers[:deepest+1])
	}
	return total
}

// kernelBytes is how much a lowered kernel takes.
func (m *Model) kernelBytes(k kernel, form Lowering) int64 {
	if !m.Engine.compiles {
		return kernels.Bytes(forms[form], k.in, k.out)
	}
	size := int64(m.options.Precision.dtype().Size())
	for _, d := range k.dims(form) {
		size *= int64(d)
	}
	return size
}

// kept is what an activation takes on an engine that compiles, in bytes. XLA on a
// CPU computes in float32, whatever it is asked for, and keeps some of that.
func (m *Model) kept() float64 {
	if m.Engine.Name != "xla:cpu" {
		return float64(m.options.Precision.dtype().Size())
	}
	if m.options.Precision == PrecisionBFloat16 {
		return 2.6
	}
	return 4
}

// held is what a step's activations hold when they hold most, in bytes for each
// pixel: all that the backward pass needs, which is what ReLU and pooling gave,
// or what is left of that while a layer works, with the buffers it works in. An
// activation takes so many bytes.
func (f footprint) held(layers []models.Layer, bytes float64, form func(in, out int) Lowering) float64 {
	var kept, most float64
	in := 3
	for _, l := range layers {
		unit := bytes / float64(l.Stride*l.Stride)
		out := unit * float64(l.Channels)
		var work float64
		switch l.Kind {
		case models.Conv:
			work = 2 * out // the gradient before and after
			if form(in, l.Channels) == LoweringWinograd {
				work = unit * 2 * winogradGrowth * float64(max(in, l.Channels))
			}
			in = l.Channels
		case models.ReLU:
			kept += out
			work = out
		case models.Pool: // what went in, cut into windows, its gradient, and what came out of it
			work = 2*4*out + 3*out
		}
		if f.buffers {
			most = max(most, kept+work)
		}
		if l.Kind == models.Pool {
			kept += out
		}
	}
	return max(most, f.scale*kept)
}

// winogradGrowth is how much larger patches are than what they are cut from:
// 6x6 values for 4x4.
const winogradGrowth = 36.0 / 16
