package dreamlib

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// Compilers are slow, and all that they need to know are shapes. So programs are
// compiled in the background, while weights are read and brought to the engine
// and while smaller octaves are climbed.

// A compilation is a program for inputs of certain shapes, on its way to the
// engine or there.
type compilation struct {
	done chan struct{} // closed when exec or err is set
	exec *Exec
	err  error
}

// A program is something laid out on one graph.
type program struct {
	key     programKey
	weights []shapes.Shape // that come behind its own inputs
	build   func(in []*Node) []*Node
}

// compilationKey tells compilations apart.
type compilationKey struct {
	programKey
	shapes string // of the program's own inputs
}

// CompileStats says what the engine has compiled for a Model.
type CompileStats struct {
	Programs int           // begun so far; each is compiled once
	Took     time.Duration // the compiler's own time, for those that are done
	Waited   time.Duration // how long calls waited for it: what was not hidden behind other work
}

// Compiled says what was compiled so far.
func (m *Model) Compiled() CompileStats {
	return CompileStats{int(m.compiled.Load()), time.Duration(m.compiling.Load()), time.Duration(m.waited.Load())}
}

// compile sees to it that a program is compiled once for inputs of these
// shapes, and does not wait for it. A shapes.Shape among the inputs stands for
// a tensor. A compilation that failed is begun anew.
func (m *Model) compile(p program, inputs []any) (*compilation, error) {
	list, err := shapesOf(inputs)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: program %s: %w", p.key.kind, err)
	}
	key := compilationKey{p.key, fmt.Sprint(list)}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.programs[key]; c != nil {
		return c, nil
	}
	if m.closed {
		return nil, errClosed
	}
	c := &compilation{done: make(chan struct{})}
	m.programs[key] = c
	m.compiled.Add(1)
	m.background.Go(func() {
		defer close(c.done)
		started := time.Now()
		c.exec, c.err = m.build(p, append(list, p.weights...))
		m.compiling.Add(int64(time.Since(started)))
		if c.err != nil {
			m.mu.Lock()
			delete(m.programs, key)
			m.mu.Unlock()
		}
	})
	return c, nil
}

// await waits for a compilation and calls what came of it on a device.
func (m *Model) await(d device, c *compilation, args []any) ([]*tensors.Tensor, error) {
	started := time.Now()
	<-c.done
	m.waited.Add(int64(time.Since(started)))
	if c.err != nil {
		return nil, c.err
	}
	out, _, err := c.exec.CallWithGraphOnDevice(d, args...) // GoMLX 0.28.8's CallOnDevice calls on the first
	if err != nil {
		return nil, fmt.Errorf("dreamlib: %s on %s: %w", c.exec.Name(), m.Engine.Name, err)
	}
	return out, nil
}

// build compiles a program for inputs of the given shapes.
func (m *Model) build(p program, inputs []shapes.Shape) (*Exec, error) {
	exec, err := NewExec(m.Engine.backend, p.build)
	if err == nil {
		_, err = exec.WithName("program " + p.key.kind).Compile(inputs...)
	}
	if err != nil {
		return nil, fmt.Errorf("dreamlib: program %s on %s: %w", p.key.kind, m.Engine.Name, err)
	}
	return exec, nil
}

// weightShapes are those of what upload gives, in the order in which
// runGraph hands it on.
func (m *Model) weightShapes(convs int, gradient bool) (list []shapes.Shape) {
	in, number := 3, m.options.Precision.dtype()
	for _, l := range m.Net.Layers {
		if l.Kind != models.Conv {
			continue
		}
		if convs--; convs < 0 {
			break
		}
		form := m.form(in, l.Channels)
		forward := shapes.Make(number, kernel{out: l.Channels, in: in}.dims(form)...)
		list = append(list, forward, shapes.Make(number, l.Channels))
		switch {
		case gradient && form == LoweringWinograd:
			list = append(list, forward)
		case gradient:
			list = append(list, shapes.Make(number, kernel{out: in, in: l.Channels}.dims(form)...))
		}
		in = l.Channels
	}
	return list
}

func shapesOf(inputs []any) ([]shapes.Shape, error) {
	list := make([]shapes.Shape, len(inputs))
	for i, input := range inputs {
		switch input := input.(type) {
		case shapes.Shape:
			list[i] = input
		case *tensors.Tensor:
			list[i] = input.Shape()
		default:
			shape, err := shapes.FromAnyValue(input)
			if err != nil {
				return nil, err
			}
			list[i] = shape
		}
	}
	return list, nil
}

// Prepare begins to compile what Dream needs for a picture of some size, in the
// background, and returns at once. The weights need not be there yet: see
// SetWeights. When ctx is done it ends, but for the program that is just being
// compiled.
func (m *Model) Prepare(ctx context.Context, img picture.Size, cfg Config) error {
	if err := m.check(); err != nil {
		return err
	}
	objective, l, err := m.layout(img, cfg)
	if err != nil {
		return err
	}
	cfg.Objective = objective
	return m.prepare(ctx, cfg, l)
}

// prepare is Prepare for a dream that is laid out. Octaves are compiled one after
// another, in the order in which they are climbed: the compiler takes processors
// away from the steps.
func (m *Model) prepare(ctx context.Context, cfg Config, l layout) error {
	if cfg.Iterations == 0 || !m.Engine.compiles {
		return nil // the pure-Go engine has no compiler
	}
	_, goal, err := cfg.Objective.resolve(m.Net)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil // its first step will say so
	}
	m.background.Go(func() {
		for i, t := range l.tiles {
			for _, s := range m.octave(cfg, i, goal, t) {
				if ctx.Err() != nil {
					return
				}
				c, err := m.compile(m.program(s.task), s.inputs)
				if err != nil {
					return // so will the step that needs it
				}
				<-c.done
			}
		}
	})
	return nil
}

// A call is a task and inputs of the shapes that it is called with.
type call struct {
	task
	inputs []any
}

// octave lists what the steps of an octave call.
func (m *Model) octave(cfg Config, number int, goal aim, t tiling) []call {
	tile := shapes.Make(dtypes.Float32, 1, t.Tile.Height, t.Tile.Width, 3)
	if t.count() == 1 {
		a := m.newAscent(cfg, number, goal)
		return []call{a.call(tile, tile, [2]int32{}, a.blur())}
	}
	climb := climbCall(tile, [4]int32{}, goal, make([]float32, goal.sums()))
	if cfg.Measure == L2 {
		return []call{sumCall(tile, [4]int32{}, goal), climb}
	}
	return []call{climb}
}
