package dreamlib

import (
	"github.com/seed2310110f/godream/dreamlib/picture"
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
	Tile   picture.Size `json:"tile"` // of what is climbed at once
	Tiles  int          `json:"tiles"`
	Steps  int          `json:"steps"`
	GFLOP  float64      `json:"gflop"`
	Memory int64        `json:"memory_bytes"` // peak, predicted
}

// Plan says what Dream would do with a picture of some size. Its errors are
// those that Dream gives before any work, among them that Memory is not enough.
func (m *Model) Plan(img picture.Size, cfg Config) (*Plan, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	objective, l, err := m.layout(img, cfg)
	if err != nil {
		return nil, err
	}
	_, goal, err := objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	p := &Plan{Size: l.size, Notes: append([]string{}, l.notes...)}
	type program struct {
		tile            picture.Size
		tiled, backward bool
	}
	compiled := map[program]bool{}
	for i, t := range l.tiles {
		o := PlannedOctave{
			Size: l.sizes[i], Tile: t.Tile, Tiles: t.count(), Steps: cfg.Iterations,
			Memory: l.needs[i],
		}
		passes := 2.0 // forward and backward
		compiled[program{t.Tile, o.Tiles > 1, true}] = true
		if o.Tiles > 1 && cfg.Measure == L2 {
			compiled[program{t.Tile, true, false}] = true
			passes++
		}
		products := float64(o.Steps*o.Tiles) * t.Tile.Pixels() * products(m.Net.Layers[:goal.deepest()+1])
		o.GFLOP = 2 * passes * products / 1e9
		p.Octaves = append(p.Octaves, o)
		p.Steps += o.Steps
		p.GFLOP += o.GFLOP
		p.Memory = max(p.Memory, o.Memory)
		if m.Engine.compiles {
			p.Engine = max(p.Engine, m.fixed(goal, i+1)-m.read()+int64(m.step(goal, t)))
		}
	}
	if p.Programs = len(compiled); p.Steps == 0 {
		p.Programs = 0
	}
	return p, nil
}

// products is how many products a pass through layers takes for each pixel.
func products(layers []models.Layer) float64 {
	sum, in := 0., 3
	for _, l := range layers {
		if l.Kind == models.Conv {
			sum += 9 * float64(in*l.Channels) / float64(l.Stride*l.Stride)
			in = l.Channels
		}
	}
	return sum
}
