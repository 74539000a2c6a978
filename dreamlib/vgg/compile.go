package vgg

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// Compilers are slow, and all that they need to know are shapes. So programs are
// compiled in the background, while weights are read and brought to the engine
// and while smaller octaves are dreamt.

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

// A compilationKey identifies a compilation.
type compilationKey struct {
	programKey
	shapes string // of the program's own inputs
}

// CompileStats is what the engine has compiled for a Model.
type CompileStats struct {
	Programs int           // begun so far; each is compiled once
	Took     time.Duration // the compiler's own time, for those that are done
	Waited   time.Duration // how long calls waited for it: what was not hidden behind other work
}

// Compiled returns what was compiled so far.
func (m *Model) Compiled() CompileStats {
	return CompileStats{int(m.compiled.Load()), time.Duration(m.compiling.Load()), time.Duration(m.waited.Load())}
}

// compile sees to it that a program is compiled once for inputs of these
// shapes, and does not wait for it. A shapes.Shape among the inputs stands for
// a tensor. A compilation that failed is begun anew.
func (m *Model) compile(p program, inputs []any) (*compilation, error) {
	list, err := shapesOf(inputs)
	if err != nil {
		return nil, fmt.Errorf("vgg: program %s: %w", p.key.kind, err)
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
		return nil, fmt.Errorf("vgg: %s on %s: %w", c.exec.Name(), m.Engine.Name, err)
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
		return nil, fmt.Errorf("vgg: program %s on %s: %w", p.key.kind, m.Engine.Name, err)
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

// Compile begins to compile what layouts need, in the background and one after another,
// and returns at once: the compiler takes processors away from steps. Weights that are
// still to be read are read meanwhile. When ctx is done it ends, but for the program that
// is just being compiled. Errors are left to the steps that need the programs.
func (m *Model) Compile(ctx context.Context, layouts []*Layout) {
	m.reading.begin()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || !m.Engine.compiles {
		return
	}
	m.background.Go(func() {
		for _, l := range layouts {
			for _, call := range l.calls() {
				if ctx.Err() != nil {
					return
				}
				c, err := m.compile(m.program(call.task), call.inputs)
				if err != nil {
					return
				}
				<-c.done
			}
		}
	})
}

// calls lists what Gradient calls, with a shape in place of the picture.
func (l *Layout) calls() []call {
	n, p := 1, l.piece(0)
	if !l.tiled {
		x := shapes.Make(dtypes.Float32, l.n, l.Tile.Height, l.Tile.Width, 3)
		return []call{l.call("whole", x, p, nil)}
	}
	x := shapes.Make(dtypes.Float32, n, l.Tile.Height, l.Tile.Width, 3)
	list := []call{l.call("tile", x, p, make([]float64, l.Objective.sums()))}
	if value, err := l.value(); err == nil && !value.linear {
		list = append([]call{l.call("sums", x, p, nil)}, list...)
	}
	return list
}

// Programs is how many programs the layouts compile.
func Programs(layouts []*Layout) int {
	keys := map[string]bool{}
	for _, l := range layouts {
		for _, c := range l.calls() {
			keys[fmt.Sprint(c.key, l.Tile, l.n, l.tiled)] = true
		}
	}
	return len(keys)
}

// GFLOP is how many 1e9 multiplications and additions one Gradient takes, in
// convolutions' direct form.
func (l *Layout) GFLOP() float64 {
	passes := 2.0 // forward and backward
	if len(l.calls()) > 1 {
		passes++
	}
	layers := l.model.layers(l.task("sums"))
	return 2 * passes * float64(l.n*l.Tiles) * l.Tile.Pixels() * products(layers) / 1e9
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
