package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models/hub"
)

// Cost is what jobs take, by prediction. Nothing of it is computed.
type Cost struct {
	Jobs   int       `json:"jobs"`
	GFLOP  float64   `json:"gflop"`         // as in dreamlib.Plan
	Memory int64     `json:"memory_bytes"`  // of the job that takes most
	Bytes  int64     `json:"picture_bytes"` // of the pictures on disk, about
	Nets   []NetCost `json:"nets"`          // the same by net, in the order of the jobs
}

// NetCost is the part of a Cost that one net takes with one choice of
// dreamlib.ModelOptions. How fast that is can be measured once for all of its jobs.
type NetCost struct {
	Net     string                `json:"net"`
	Options dreamlib.ModelOptions `json:"options"`
	Jobs    int                   `json:"jobs"`
	GFLOP   float64               `json:"gflop"`

	Largest grid.Job       `json:"-"` // the job of most work
	Plan    *dreamlib.Plan `json:"-"` // and its plan
}

// bytesPerPixel is what PNG makes of a dream's 3 bytes: 2.0 to 2.25 for dreams of the
// embedded net on docs/pictures/hills.jpg.
const bytesPerPixel = 2.1

// Estimate plans jobs of a grid on an engine, with so many bytes of memory for each,
// 0 for no limit. Its errors are those that the dreams would give before any work:
// that a picture is too small for a net, that the memory is not enough, that the
// engine cannot compute as the options ask. Weights are not read.
func Estimate(ctx context.Context, g grid.Grid, jobs []grid.Job, engine *dreamlib.Engine, memory int64) (*Cost, error) {
	dims, err := grid.Dimensions(g)
	if err != nil {
		return nil, err
	}
	e := estimate{
		engine: engine, memory: memory,
		sizes: map[string]dreamlib.Size{}, nets: map[netKey]*planned{}, plans: map[planKey]*dreamlib.Plan{},
	}
	defer e.close()
	for _, j := range jobs {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
		if err := e.add(j); err != nil {
			at := ""
			if len(dims) > 0 {
				at = " (" + j.At(dims) + ")"
			}
			return nil, fmt.Errorf("sweep: the job%s: %w", at, err)
		}
	}
	for _, key := range e.order {
		e.cost.Nets = append(e.cost.Nets, e.nets[key].cost)
	}
	return &e.cost, nil
}

// estimate adds up what jobs take.
type estimate struct {
	engine *dreamlib.Engine
	memory int64
	cost   Cost
	sizes  map[string]dreamlib.Size // of the pictures
	nets   map[netKey]*planned
	order  []netKey
	plans  map[planKey]*dreamlib.Plan
}

type netKey struct {
	source  string
	options dreamlib.ModelOptions
}

// planned is a net that jobs were planned for.
type planned struct {
	model *dreamlib.Model
	cost  NetCost
}

// planKey is all that a plan depends on, and some more.
type planKey struct {
	net      netKey
	picture  dreamlib.Size
	settings string
}

// add plans a job, or takes the plan of one that is alike.
func (e *estimate) add(j grid.Job) error {
	size, ok := e.sizes[j.Picture.Source]
	if !ok {
		var err error
		if size, err = dreamlib.ReadSize(j.Picture.Source); err != nil {
			return err
		}
		e.sizes[j.Picture.Source] = size
	}
	net, err := e.net(netKey{j.Net.Source, j.Options})
	if err != nil {
		return err
	}
	alike := j.Config
	alike.Preset, alike.Step, alike.Seed = "", 0, 0
	text, err := json.Marshal(alike)
	if err != nil {
		return err
	}
	key := planKey{netKey{j.Net.Source, j.Options}, size, string(text)}
	plan, ok := e.plans[key]
	if !ok {
		if plan, err = net.model.Plan(size, j.Config); err != nil {
			return err
		}
		e.plans[key] = plan
	}
	e.cost.Jobs++
	e.cost.GFLOP += plan.GFLOP
	e.cost.Memory = max(e.cost.Memory, plan.Memory)
	e.cost.Bytes += int64(bytesPerPixel * float64(plan.Size.Width*plan.Size.Height))
	net.cost.Jobs++
	net.cost.GFLOP += plan.GFLOP
	if net.cost.Plan == nil || plan.GFLOP > net.cost.Plan.GFLOP {
		net.cost.Largest, net.cost.Plan = j, plan
	}
	return nil
}

// net is what a net's jobs are planned with.
func (e *estimate) net(key netKey) (*planned, error) {
	if p, ok := e.nets[key]; ok {
		return p, nil
	}
	outline, err := hub.Outline(key.source)
	if err != nil {
		return nil, err
	}
	model, err := dreamlib.NewModel(e.engine, outline, key.options)
	if err != nil {
		return nil, err
	}
	model.Memory = e.memory
	p := &planned{model, NetCost{Net: key.source, Options: key.options}}
	e.nets[key], e.order = p, append(e.order, key)
	return p, nil
}

func (e *estimate) close() {
	for _, p := range e.nets {
		p.model.Close()
	}
}
