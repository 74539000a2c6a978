package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models/hub"
)

// Cost is what jobs take, by prediction. Nothing of it is computed.
type Cost struct {
	Jobs   int       `json:"jobs"`
	GFLOP  float64   `json:"gflop"`         // as in dreamlib.Plan
	Memory int64     `json:"memory_bytes"`  // of the job that takes most
	Bytes  int64     `json:"picture_bytes"` // of the dreams' files, about
	Nets   []NetCost `json:"nets"`          // the same by net, in the order of the jobs
}

// NetCost is the part of a Cost that one net takes with one choice of
// vgg.Options. How fast that is can be measured once for all of its jobs.
type NetCost struct {
	Net     string      `json:"net"`
	Options vgg.Options `json:"options"`
	Jobs    int         `json:"jobs"`
	GFLOP   float64     `json:"gflop"`

	Largest grid.Job       `json:"-"` // the job of most work
	Plan    *dreamlib.Plan `json:"-"` // and its plan
}

// bytesPerPixel is what PNG makes of a dream's 3 bytes: 2.0 to 2.25 for dreams of the
// embedded net on docs/pictures/hills.jpg.
const bytesPerPixel = 2.1

// Estimate plans jobs of a grid with these dimensions on an engine, with so many bytes of memory for each,
// 0 for no limit. Its errors are those that the dreams would give before any work:
// that an image is too small for a net, that the memory is not enough, that the
// engine cannot compute as the options ask. Weights are not read.
func Estimate(ctx context.Context, dims []grid.Dimension, jobs []grid.Job, engine *vgg.Engine, memory int64) (*Cost, error) {
	e := estimate{engine: engine, memory: memory, sizes: map[string]picture.Size{}, plans: map[string]*dreamlib.Plan{}}
	defer func() {
		for _, n := range e.nets {
			n.model.Close()
		}
	}()
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
	for _, n := range e.nets {
		e.cost.Nets = append(e.cost.Nets, n.NetCost)
	}
	return &e.cost, nil
}

// estimate adds up what jobs take.
type estimate struct {
	engine *vgg.Engine
	memory int64
	cost   Cost
	nets   []*plannedNet
	sizes  map[string]picture.Size   // of the images, by path
	plans  map[string]*dreamlib.Plan // by all that a plan depends on, and some more, as JSON
}

// plannedNet is a net that jobs were planned for.
type plannedNet struct {
	NetCost
	model *vgg.Model
}

// add plans a job, or takes the plan of one that is alike.
func (e *estimate) add(j grid.Job) (err error) {
	size, known := e.sizes[j.Picture.Source]
	if !known {
		if size, err = picture.ReadSize(j.Picture.Source); err != nil {
			return err
		}
		e.sizes[j.Picture.Source] = size
	}
	net, err := e.net(j)
	if err != nil {
		return err
	}
	alike := j.Config
	alike.Preset, alike.Step, alike.Seed = "", 0, 0
	key, err := json.Marshal([]any{net.Net, net.Options, size, alike})
	if err != nil {
		return err
	}
	plan := e.plans[string(key)]
	if plan == nil {
		if plan, err = dreamlib.NewPlan(net.model, size, j.Config); err != nil {
			return err
		}
		e.plans[string(key)] = plan
	}
	e.cost.Jobs++
	e.cost.GFLOP += plan.GFLOP
	e.cost.Memory = max(e.cost.Memory, plan.Memory)
	e.cost.Bytes += int64(bytesPerPixel * float64(plan.Size.Width*plan.Size.Height))
	net.Jobs++
	net.GFLOP += plan.GFLOP
	if net.Plan == nil || plan.GFLOP > net.Plan.GFLOP {
		net.Largest, net.Plan = j, plan
	}
	return nil
}

// net is what a job's net is planned with.
func (e *estimate) net(j grid.Job) (*plannedNet, error) {
	for _, n := range e.nets {
		if n.Net == j.Net.Source && n.Options == j.Options {
			return n, nil
		}
	}
	outline, err := hub.Outline(j.Net.Source)
	if err != nil {
		return nil, err
	}
	options := j.Options
	options.Memory = e.memory
	model, err := vgg.NewModel(e.engine, outline, options)
	if err != nil {
		return nil, err
	}
	e.nets = append(e.nets, &plannedNet{NetCost{Net: j.Net.Source, Options: j.Options}, model})
	return e.nets[len(e.nets)-1], nil
}
