package dreamlib

import (
	"fmt"
	"slices"
	"sort"

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
}

var footprints = map[bool]footprint{ // by whether XLA is the engine
	true:  {process: 160 << 20, conv: 5 << 20, pixel: 100, scale: 1.15, patches: true},
	false: {process: 44 << 20, conv: 0, pixel: 1700, scale: 5.2},
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
	f := footprints[m.Engine.Name != "go"]
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
	f := footprints[m.Engine.Name != "go"]
	return t.Tile.pixels() * (f.pixel + f.held(m.Net.Layers[:goal.deepest()+1], m.kept(), m.form))
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
			form := m.form(in, l.Channels)
			for _, k := range []kernel{{in: in, out: l.Channels}, {in: l.Channels, out: in}} {
				size := int64(m.options.Precision.bytes())
				for _, d := range k.dims(form) {
					size *= int64(d)
				}
				total += size
			}
			total += f.conv * int64(programs)
		}
		in = l.Channels
	}
	return total
}

// kept is what one activation takes, in bytes. XLA on a CPU computes in float32 and
// keeps some of that. What the pure-Go engine takes in 16 bits was not measured.
func (m *Model) kept() float64 {
	switch p := m.options.Precision; {
	case m.Engine.Name == "xla:cpu" && p == PrecisionBFloat16:
		return 2.6
	case m.Engine.Name == "xla:cuda":
		return float64(p.bytes())
	default:
		return 4
	}
}

// held is what a step's activations hold when they hold most, in bytes for each
// pixel: all that the backward pass needs, which is what ReLU and pooling gave,
// or what is left of that while a convolution in Winograd's form works.
func (f footprint) held(layers []models.Layer, bytes float64, form func(in, out int) Lowering) float64 {
	var kept, most float64
	in := 3
	for i, l := range layers {
		unit := bytes / float64(l.Stride*l.Stride)
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
