package dreamlib

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// Plan is what a dream would do and take. Nothing of it is computed.
type Plan struct {
	Size     picture.Size    `json:"size"` // of the result
	Octaves  []PlannedOctave `json:"octaves"`
	Steps    int             `json:"steps"`
	Programs int             `json:"programs"`     // to compile
	GFLOP    float64         `json:"gflop"`        // 1e9 multiplications and additions in convolutions' direct form
	Memory   int64           `json:"memory_bytes"` // peak, predicted
	Engine   int64           `json:"engine_bytes"` // of Memory, what lies outside Go's heap at most
	Notes    []string        `json:"notes"`
}

// PlannedOctave is one octave of a Plan.
type PlannedOctave struct {
	Size   picture.Size `json:"size"`
	Tile   picture.Size `json:"tile"` // of what goes through the network at once
	Tiles  int          `json:"tiles"`
	Steps  int          `json:"steps"`
	GFLOP  float64      `json:"gflop"`
	Memory int64        `json:"memory_bytes"` // peak, predicted
}

// NewPlan returns what Dream would do with a picture of some size. Its errors are
// those that Dream gives before any work, among them that Memory is not enough.
func NewPlan(m *vgg.Model, size picture.Size, cfg Config) (*Plan, error) {
	o, err := outlined(m, size, cfg)
	if err != nil {
		return nil, err
	}
	p := &Plan{Size: o.size, Notes: append([]string{}, o.notes...)}
	for i, l := range o.layouts {
		octave := PlannedOctave{
			Size: o.sizes[i], Tile: l.Tile, Tiles: l.Tiles, Steps: cfg.Iterations,
			GFLOP: float64(cfg.Iterations) * l.GFLOP(), Memory: o.needs[i],
		}
		p.Octaves = append(p.Octaves, octave)
		p.Steps += octave.Steps
		p.GFLOP += octave.GFLOP
		p.Memory = max(p.Memory, octave.Memory)
		if engine := l.Engine(); engine > 0 {
			p.Engine = max(p.Engine, engine+int64(i)*m.ProgramBytes(l.Objective))
		}
	}
	if p.Steps > 0 {
		p.Programs = vgg.Programs(o.layouts)
	}
	return p, nil
}

// Prepare begins to compile what Dream needs for a picture of some size, in the
// background, and returns at once. When ctx is done it ends, but for the program that is
// just being compiled.
func Prepare(ctx context.Context, m *vgg.Model, size picture.Size, cfg Config) error {
	o, err := outlined(m, size, cfg)
	if err == nil && cfg.Iterations > 0 {
		m.Compile(ctx, o.layouts)
	}
	return err
}

// ProgramKey identifies the programs that a dream compiles: dreams with the same key
// compile the same ones, on any engine.
func ProgramKey(net *models.Net, size picture.Size, cfg Config) (string, error) {
	objective, err := bind(cfg.Objective, Scope{net, cfg.Measure})
	if err != nil {
		return "", err
	}
	o := &outline{}
	if o.size, err = cfg.Size(size); err == nil {
		err = o.octaves(cfg, net, objective)
	}
	if err != nil {
		return "", err
	}
	key := objective.Key()
	for _, size := range o.sizes {
		key += fmt.Sprint(cfg.seen(size))
	}
	return key, nil
}

// An outline is what a dream goes through.
type outline struct {
	size    picture.Size // that is asked for
	padded  picture.Size // size brought to the network's least
	sizes   []picture.Size
	layouts []*vgg.Layout // of what the network sees at each of the sizes
	needs   []int64       // bytes, by prediction
	notes   []string      // what the user should know
}

// outlined checks everything that can be checked before any work.
func outlined(m *vgg.Model, size picture.Size, cfg Config) (*outline, error) {
	o, err := newOutline(m, size, cfg)
	if err == nil && !o.fits(m) {
		err = o.misfit(m, size, cfg)
	}
	return o, err
}

// newOutline is outlined, whether the dream fits in memory or not.
func newOutline(m *vgg.Model, from picture.Size, cfg Config) (*outline, error) {
	if err := errors.Join(m.Check(), cfg.Check()); err != nil {
		return nil, err
	}
	objective, err := bind(cfg.Objective, Scope{m.Net, cfg.Measure})
	if err != nil {
		return nil, err
	}
	o := &outline{}
	if o.size, err = cfg.Size(from); err != nil {
		return nil, err
	}
	if o.size.Width != from.Width {
		o.note("the picture was brought from %dx%d to %dx%d pixels", from.Width, from.Height, o.size.Width, o.size.Height)
	}
	if err := o.octaves(cfg, m.Net, objective); err != nil {
		return nil, err
	}
	for i, size := range o.sizes {
		held := cfg.held(from, o.padded, size) + int64(i)*m.ProgramBytes(objective)
		l, err := cfg.layout(m, objective, size, held)
		if err != nil {
			return nil, err
		}
		o.layouts, o.needs = append(o.layouts, l), append(o.needs, l.Need(held))
	}
	return o, nil
}

// octaves lists their sizes, given the smallest side that the deepest layer takes. A
// picture that is smaller has its edges repeated.
func (o *outline) octaves(cfg Config, net *models.Net, objective vgg.Objective) (err error) {
	layer, least := net.Layers[objective.Deepest()].Name, net.MinSize(objective.Deepest())
	o.padded = o.size
	var dropped int
	if o.sizes, dropped, err = cfg.Pyramid.Sizes(o.size, cfg.Octaves, cfg.OctaveScale, least); err != nil {
		return err
	}
	if last := o.sizes[len(o.sizes)-1]; min(last.Width, last.Height) < least {
		o.padded = picture.Size{Width: max(o.size.Width, least), Height: max(o.size.Height, least)}
		o.note("%s needs at least %d pixels a side: the edges of the %dx%d picture were repeated to %dx%d meanwhile",
			layer, least, o.size.Width, o.size.Height, o.padded.Width, o.padded.Height)
		if o.sizes, dropped, err = cfg.Pyramid.Sizes(o.padded, cfg.Octaves, cfg.OctaveScale, least); err != nil {
			return err
		}
	}
	if dropped > 0 {
		o.note("%d of %d octaves were dropped: %s needs at least %d pixels a side", dropped, cfg.Octaves, layer, least)
	}
	return nil
}

func (o *outline) note(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

// held is a bound on the bytes that images and their like take while an octave is dreamt:
// the picture as read and at the size of the dream, the octave's own, and for a step the
// parameters, what the network sees and its gradient, with what smoothing and the
// optimizer keep.
func (c Config) held(from, full, octave picture.Size) int64 {
	copies := 3.0
	if octave != full {
		copies++
	}
	if c.Smooth > 0 {
		copies++
	}
	if c.Optimizer == Accumulate {
		copies++
	} else if _, simple := c.Optimizer.(*normalised); !simple {
		copies += 2
	}
	pictures := full.Pixels()
	if from != full {
		pictures += from.Pixels()
	}
	if c.Pyramid == Article { // its levels, in 8 bits
		pictures += full.Pixels()
	}
	return int64(12 * (pictures + copies*octave.Pixels()))
}

// fits reports whether a dream fits in memory.
func (o *outline) fits(m *vgg.Model) bool {
	most := m.Options().Memory
	return most == 0 || slices.Max(o.needs) <= most
}

// misfit is the error of a dream that needs more memory than it may take, and what would help.
func (o *outline) misfit(m *vgg.Model, from picture.Size, cfg Config) error {
	narrow := sort.Search(o.size.Width, func(less int) bool {
		change := cfg
		change.Width = o.size.Width - less
		o, err := newOutline(m, from, change)
		return err == nil && o.fits(m)
	})
	help := "want that much"
	if narrow < o.size.Width {
		help += fmt.Sprintf(", or a width of at most %d pixels", o.size.Width-narrow)
	}
	return fmt.Errorf("dreamlib: memory %s: a dream of %dx%d on %s takes %s: %s",
		gigabytes(m.Options().Memory), o.size.Width, o.size.Height, cfg.Objective, gigabytes(slices.Max(o.needs)), help)
}

// gigabytes is a number of bytes to read.
func gigabytes(n int64) string { return fmt.Sprintf("%.2f GB", float64(n)/1e9) }
