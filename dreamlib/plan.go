package dreamlib

import (
	"fmt"

	"github.com/seed2310110f/godream/models"
)

// Plan is what a dream would do and take. Nothing of it is computed.
type Plan struct {
	Size     Size            `json:"size"` // of the result
	Octaves  []PlannedOctave `json:"octaves"`
	Steps    int             `json:"steps"`
	Programs int             `json:"programs"`     // to compile
	GFLOP    float64         `json:"gflop"`        // 1e9 multiplications and additions in convolutions' direct form
	Memory   int64           `json:"memory_bytes"` // peak, predicted
	Engine   int64           `json:"engine_bytes"` // of Memory, what lies outside Go's heap at most
	Disk     int64           `json:"disk_bytes"`   // that pictures take in Scratch, 0 where they fit in memory
	Notes    []string        `json:"notes"`
}

// PlannedOctave is one octave of a Plan.
type PlannedOctave struct {
	Size   Size    `json:"size"`
	Tile   Size    `json:"tile"` // of what is climbed at once
	Tiles  int     `json:"tiles"`
	Steps  int     `json:"steps"`
	GFLOP  float64 `json:"gflop"`
	Memory int64   `json:"memory_bytes"` // peak, predicted
}

// Plan says what Dream would do with a picture of some size. Its errors are
// those that Dream gives before any work, among them that Memory is not enough.
func (m *Model) Plan(picture Size, cfg Config) (*Plan, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	objective, l, err := m.layoutAnywhere(picture, cfg)
	if err != nil {
		return nil, err
	}
	_, goal, err := objective.resolve(m.Net)
	if err != nil {
		return nil, err
	}
	p := &Plan{Size: l.size, Disk: l.disk, Notes: append([]string{}, l.notes...)}
	type program struct {
		tile            Size
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
		products := float64(o.Steps*o.Tiles) * t.Tile.pixels() * products(m.Net.Layers[:goal.deepest()+1])
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

// layoutAnywhere is layout with the pictures where they take the dream less work:
// in memory, or in Scratch, where they leave the memory to larger tiles.
func (m *Model) layoutAnywhere(picture Size, cfg Config) (Objective, layout, error) {
	objective, l, err := m.layout(picture, cfg, false)
	if m.Scratch == "" || m.Memory == 0 || cfg.Pyramid == PyramidArticle || err == nil && l.work() < diskPays {
		return objective, l, err
	}
	_, disk, failed := m.layout(picture, cfg, true)
	if failed == nil {
		failed = disk.fitDisk(m.Scratch)
	}
	switch {
	case err != nil: // it has to be the disk
		return objective, disk, failed
	case failed == nil && disk.work()*diskPays < l.work():
		l = disk
	}
	return objective, l, nil
}

// work is how many pixels all tiles have for each of the pictures'.
func (l layout) work() float64 {
	var tiles, pictures float64
	for _, t := range l.tiles {
		tiles += float64(t.count()) * t.Tile.pixels()
		pictures += t.Picture.pixels()
	}
	return tiles / pictures
}

// fitDisk says whether a dream's pictures find room in a folder.
func (l layout) fitDisk(folder string) error {
	free, err := freeSpace(folder)
	if err == nil && free < l.disk {
		err = fmt.Errorf("dreamlib: scratch folder %s: has %s free, and the pictures of a dream of %dx%d take %s: want another folder, more memory or a smaller width",
			folder, gigabytes(free), l.size.Width, l.size.Height, gigabytes(l.disk))
	}
	return err
}

// diskPays is from how much more work on pictures are put on disk rather than
// climbed in smaller tiles.
const diskPays = 1.1

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
