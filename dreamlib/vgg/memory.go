package vgg

import (
	"fmt"
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// A footprint is the memory that an engine takes beside weights and activations, in
// bytes: measured on VGG19 at full and quarter width, at nine layers, at 512 and 768
// pixels a side (docs/performance.md).
type footprint struct {
	process int64   // the program, the engine in it and its threads
	conv    int64   // for each convolution of a compiled program, and what a new size leaves unused
	pixel   float64 // for each pixel of what goes through the network at once
	read    float64 // copies of the layers that are read
}

var footprints = map[bool]footprint{ // by Engine.compiles
	true:  {process: 190 << 20, conv: 5 << 20, pixel: 130},
	false: {process: 44 << 20, pixel: 140, read: 7},
}

// tiles decides how pictures are taken: in one piece where that fits in Memory beside
// what is held, else in those of the tiles that fit that have the fewest pixels in all,
// or the smallest that there are.
func (m *Model) tiles(l *Layout, size picture.Size, held int64) (tiling, error) {
	deepest := m.Net.Layers[l.Objective.Deepest()]
	least := leastTile(deepest)
	if side := m.options.Tile; side != 0 {
		if side < least {
			return tiling{}, fmt.Errorf("vgg: tile %d: %s needs tiles of at least %d pixels a side, or 0 to choose", side, deepest.Name, least)
		}
		return tile(size, picture.Size{Width: side, Height: side}, deepest), nil
	}
	free := float64(m.options.Memory - m.fixed(l.Objective) - held)
	whole := size.Pixels()
	if m.Engine.compiles {
		whole *= float64(l.n)
	}
	most := free / m.stepPixel(l.Objective) // pixels
	if m.options.Memory == 0 || whole <= most {
		return tile(size, size, deepest), nil
	}
	best, fewest := picture.Size{Width: least, Height: least}, math.Inf(1)
	heights := sides(size.Height, deepest)
	for _, w := range sides(size.Width, deepest) {
		for _, h := range heights {
			t := picture.Size{Width: w.size, Height: h.size}
			if work := t.Pixels() * float64(w.count*h.count); t.Pixels() <= most && work < fewest {
				best, fewest = t, work
			}
		}
	}
	return tile(size, best, deepest), nil
}

// Need predicts the peak, in bytes, while Gradient is computed beside so many other bytes.
func (l *Layout) Need(held int64) int64 {
	return l.model.fixed(l.Objective) + held + l.step()
}

// Engine predicts how many bytes of Need lie outside Go's heap, at most.
func (l *Layout) Engine() int64 {
	if !l.model.Engine.compiles {
		return 0
	}
	return l.model.fixed(l.Objective) - l.model.readBytes() + l.step()
}

// step predicts what one piece takes on its way through the network.
func (l *Layout) step() int64 {
	pictures := 1
	if !l.tiled {
		pictures = l.n
	}
	return int64(float64(pictures) * l.Tile.Pixels() * l.model.stepPixel(l.Objective))
}

// ProgramBytes is what each program of an objective takes beyond the first.
func (m *Model) ProgramBytes(o Objective) int64 {
	return footprints[m.Engine.compiles].conv * int64(m.convs(o.Deepest()))
}

// readBytes is what the weights take as they were read, which lies in Go's heap until
// they are on the engine.
func (m *Model) readBytes() int64 {
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
func (m *Model) fixed(o Objective) int64 {
	return footprints[m.Engine.compiles].process + m.readBytes() + m.resident(o.Deepest()) + m.ProgramBytes(o)
}

// stepPixel is step for each pixel: layers' outputs as long as the way back needs them,
// and what is read.
func (m *Model) stepPixel(o Objective) float64 {
	f, layers := footprints[m.Engine.compiles], m.Net.Layers[:o.Deepest()+1]
	pixel := f.pixel
	if m.Engine.compiles {
		pixel += m.activationBytes(layers)
	} else {
		pixel += workspaceBytes(layers)
	}
	for _, i := range o.layers() {
		l := m.Net.Layers[i]
		pixel += f.read * 4 * float64(l.Channels) / float64(l.Stride*l.Stride)
	}
	return pixel
}

// resident is what weights take on the engine.
func (m *Model) resident(deepest int) int64 {
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

// activationBytes is what the activations of a compiled program hold when they hold
// most, for each pixel: what ReLU and pooling gave so far, which the way back needs, and
// the buffers that one layer works in.
func (m *Model) activationBytes(layers []models.Layer) float64 {
	bytes := float64(m.options.Precision.dtype().Size())
	if m.Engine.Name == "xla:cpu" && m.options.Precision == PrecisionBFloat16 {
		bytes = 2.6 // it computes in float32, and keeps some of that
	} else if m.Engine.Name == "xla:cpu" {
		bytes = 4
	}
	var kept, most float64
	in := 3
	for _, l := range layers {
		unit := bytes / float64(l.Stride*l.Stride)
		out := unit * float64(l.Channels)
		work := out
		switch l.Kind {
		case models.Conv:
			work = 2 * out // the gradient before and after
			if m.form(in, l.Channels) == LoweringWinograd {
				work = unit * 2 * winogradGrowth * float64(max(in, l.Channels))
			}
			in = l.Channels
		case models.ReLU:
			kept += out
		case models.Pool: // what went in, cut into windows, its gradient, and what came out of it
			work = 2*4*out + 3*out
		}
		most = max(most, kept+work)
		if l.Kind == models.Pool {
			kept += out
		}
	}
	return max(most, kept)
}

// winogradGrowth is how much larger patches are than what they are cut from:
// 6x6 values for 4x4.
const winogradGrowth = 36.0 / 16
