package dreamlib

import (
	"fmt"
	"slices"
	"sort"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/models"
)

// A footprint says what memory an engine takes, in bytes. The numbers are fitted
// to peaks of VGG19 at full, half and quarter width, to four layers, at 512 and
// 768 pixels a side: docs/performance.md has them.
type footprint struct {
	process int64 // the program, the engine in it and its threads
	conv    int64 // for each convolution of a compiled program, and what a new size leaves unused

	// A step takes, for each pixel of its tile, pixel bytes and scale times what
	// it keeps for the backward pass; or, with patches, what it has kept so far
	// and the patches of a convolution in Winograd's form, where that is more.
	pixel, scale float64
	patches      bool

	// On the pure-Go engine it takes for each pixel, beside pixel bytes, the room
	// that a pass needs and read times what the objective reads.
	read float64
}

var footprints = map[bool]footprint{ // by Engine.convolves
	true:  {process: 160 << 20, conv: 5 << 20, pixel: 100, scale: 1.15, patches: true},
	false: {process: 44 << 20, pixel: 140, read: 7},
}

// tiles decides how an octave is climbed in a dream whose largest is full: in
// one piece where that fits in Memory, else in the largest tiles that fit, or the
// smallest that there are. By then the dream has compiled so many programs.
func (m *Model) tiles(cfg Config, goal aim, size, full Size, programs int) (tiling, error) {
	l := m.Net.Layers[goal.deepest()]
	least := leastTile(l)
	if cfg.Tile != 0 {
		if cfg.Tile < least {
			return tiling{}, fmt.Errorf("dreamlib: tile %d: %s needs tiles of at least %d pixels a side, or 0 to choose", cfg.Tile, l.Name, least)
		}
		return tile(size, cfg.Tile, l), nil
	}
	side := max(size.Width, size.Height)
	t := tile(size, side, l)
	for m.Memory > 0 && m.need(cfg, goal, t, full, programs) > m.Memory && side > least {
		side = max(side-patchSide*l.Stride, least)
		t = tile(size, side, l)
	}
	return t, nil
}

// fit says whether a dream fits in Memory.
func (m *Model) fit(l layout) bool { return m.Memory == 0 || slices.Max(l.needs) <= m.Memory }

// misfit says that a dream needs more than Memory, and what would help.
func (m *Model) misfit(picture Size, cfg Config, l layout) error {
	fits := func(change Config) bool {
		_, l, err := m.lay(picture, change)
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

// need predicts the peak, in bytes, of climbing an octave in a dream whose
// largest is full and that has compiled so many programs by then.
func (m *Model) need(cfg Config, goal aim, t tiling, full Size, programs int) int64 {
	f := footprints[m.Engine.convolves]
	pictures := 12.0 * full.pixels() // three float32 a pixel
	// The octave's own part of the picture and where it begins; on a canvas the
	// gradient too, with what smoothing and summing need.
	copies := 2.0
	if t.count() != 1 {
		copies = 3
		if cfg.Smooth > 0 {
			copies++
		}
		if cfg.Rule == RuleAccumulate {
			copies++
		}
	}
	return f.process + m.resident(goal.deepest(), f, programs) + int64(pictures+12*copies*t.Picture.pixels()+m.step(goal, t))
}

// step predicts what a step on one tile takes, in bytes.
func (m *Model) step(goal aim, t tiling) float64 {
	f := footprints[m.Engine.convolves]
	if !m.Engine.convolves {
		perPixel := f.pixel + roomBytes(m.Net.Layers[:goal.deepest()+1])
		for _, i := range goal.reads() {
			l := m.Net.Layers[i]
			perPixel += f.read * 4 * float64(l.Channels) / float64(l.Stride*l.Stride)
		}
		return t.Tile.pixels() * perPixel
	}
	form := func(in, out int) Lowering { return m.Engine.lowering(m.lowering, in, out) }
	return t.Tile.pixels() * (f.pixel + f.held(m.Net.Layers[:goal.deepest()+1], form))
}

func (s Size) pixels() float64 { return float64(s.Width) * float64(s.Height) }

// resident is what lies in memory whatever the picture: the weights, as they
// were read and as they are on the engine, and the programs.
func (m *Model) resident(deepest int, f footprint, programs int) int64 {
	var total int64
	in := 3
	for i, l := range m.Net.Layers {
		if l.Kind != models.Conv {
			continue
		}
		total += 4 * int64(9*in*l.Channels)
		if i <= deepest {
			form := m.Engine.lowering(m.lowering, in, l.Channels)
			total += m.Engine.kernelBytes(kernel{in: in, out: l.Channels}, form)
			if m.Engine.convolves || form == LoweringDirect { // else one serves both directions
				total += m.Engine.kernelBytes(kernel{in: l.Channels, out: in}, form)
			}
			total += f.conv * int64(programs)
		}
		in = l.Channels
	}
	if !m.Engine.convolves {
		total += scratchBytes(m.Net.Layers[:deepest+1])
	}
	return total
}

// kernelBytes is how much a lowered kernel takes.
func (e *Engine) kernelBytes(k kernel, form Lowering) int64 {
	if !e.convolves {
		return kernels.Bytes(forms[form], k.in, k.out)
	}
	size := int64(4)
	for _, d := range k.dims(form) {
		size *= int64(d)
	}
	return size
}

// held is what a step's activations hold when they hold most, in bytes for each
// pixel: all that the backward pass needs, which is what ReLU and pooling gave,
// or what is left of that while a convolution in Winograd's form works.
func (f footprint) held(layers []models.Layer, form func(in, out int) Lowering) float64 {
	var kept, most float64
	in := 3
	for i, l := range layers {
		unit := 4 / float64(l.Stride*l.Stride)
		if l.Kind != models.Conv {
			kept += unit * float64(l.Channels)
			continue
		}
		if f.patches && form(in, l.Channels) == LoweringWinograd && i+1 < len(layers) {
			most = max(most, kept+unit*float64(l.Channels)+unit*2*winogradGrowth*float64(max(in, l.Channels)))
		}
		in = l.Channels
	}
	return max(most, f.scale*kept)
}

// winogradGrowth is how much larger patches are than what they are cut from:
// 6x6 values for 4x4.
const winogradGrowth = 36.0 / 16
