package vgg

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/models"
)

// The pure-Go engine has no fast convolution, and its graphs move more than they
// compute. So there the chain of layers is run by kernels, layer by layer, and
// only the objective is laid out on a graph. Nothing of it needs activations
// but what the objective reads: ReLU leaves a bit for each unit, pooling two.

// packed is one convolution's weights as kernels read them.
type packed struct {
	forward, backward *kernels.Convolution
	bias              []float32
}

// forms are what lowerings are to kernels.
var forms = map[Lowering]kernels.Form{LoweringDirect: kernels.Direct, LoweringWinograd: kernels.Winograd}

// pack makes kernels of a convolution and of the one that carries gradients back.
func pack(forward, backward kernel, form Lowering, bias []float32) *packed {
	p := &packed{bias: make([]float32, kernels.Stride(forward.out))}
	copy(p.bias, bias)
	p.forward = kernels.NewConvolution(forms[form], forward.in, forward.out, forward.w)
	if form == LoweringWinograd {
		p.backward = p.forward.Backward()
	} else {
		p.backward = kernels.NewConvolution(forms[form], backward.in, backward.out, backward.plain())
	}
	return p
}

// few is a convolution that computes some of its channels alone, in the direct form:
// products of few channels cost less than transforms.
func (p *packed) few(channels []int) *packed {
	w, in := p.forward.Weights(channels), p.forward.In
	bias := make([]float32, len(channels))
	for k, c := range channels {
		bias[k] = p.bias[c]
	}
	return pack(kernel{out: len(channels), in: in, w: w}, kernel{out: in, in: len(channels), w: w, turned: true}, LoweringDirect, bias)
}

// runKernels runs a task: kernels forward, a graph for what is made of the layers that
// are read, kernels backward.
func (m *Model) runKernels(t task, inputs []any) (out []*tensors.Tensor, err error) {
	weights, err := m.upload(m.convs(t.deepest()))
	if err != nil {
		return nil, err
	}
	pass := m.enter(t, weights)
	defer m.leave(pass.space)
	acts, err := pass.forward(inputs[0].(*tensors.Tensor))
	if err != nil || t.measure == nil {
		return acts, err
	}
	out, err = m.measure(t, inputs, acts)
	release(acts...)
	if err != nil || !t.gradient {
		return out, err
	}
	values := len(out) - len(t.reads)
	g, err := pass.backward(out[values:])
	release(out[values:]...)
	return append(out[:values], g), err
}

// measure is the part of a task between the passes: its outputs and, behind
// them, gradients at the layers that are read, where the task wants them.
func (m *Model) measure(t task, inputs []any, acts []*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := slices.Clone(inputs)
	for _, act := range acts {
		args = append(args, act)
	}
	c, err := m.compile(program{key: t.key, build: func(in []*Node) []*Node {
		output := func(layer int) *Node { return in[len(inputs)+slices.Index(t.reads, layer)] }
		out, at := t.measured(output, in[:len(inputs)])
		return append(out, at...)
	}}, args)
	if err != nil {
		return nil, err
	}
	return m.await(0, c, args)
}

// A workspace is the memory that passes over one size of picture need. It is kept
// for the next.
type workspace struct {
	volumes [2][]float32 // what goes into a layer and what comes out
	bits    []byte
	scratch *kernels.Scratch
}

// enter begins a pass, in a workspace that is free.
func (m *Model) enter(t task, weights []weights) *pass {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &pass{engine: m.Engine, layers: m.layers(t), reads: t.reads, space: &workspace{scratch: kernels.NewScratch()}}
	if n := len(m.spaces); n > 0 {
		p.space, m.spaces = m.spaces[n-1], m.spaces[:n-1]
	}
	for _, w := range weights {
		p.convs = append(p.convs, w.packed)
	}
	if last := len(p.convs) - 1; t.channels != nil {
		p.convs[last] = p.convs[last].few(t.channels)
	}
	return p
}

func (m *Model) leave(w *workspace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spaces = append(m.spaces, w)
}

// A pass is what chain is, done at once: forward and then backward.
type pass struct {
	engine *Engine
	layers []models.Layer
	reads  []int // by index, ascending
	convs  []*packed
	space  *workspace

	// shapes are of what goes into each layer and, at the end, of what comes out.
	shapes []kernels.Volume
	// marks are, by layer, one bit for each unit that ReLU let through, or what
	// pooling records about each window's largest unit.
	marks [][]byte
}

// lay lays the layers' shapes and marks out over the workspace, for pictures of h x w.
func (p *pass) lay(h, w int) error {
	at := kernels.Volume{H: h, W: w, C: 3}
	p.shapes = append(p.shapes[:0], at)
	sizes, bytes, most := make([]int, len(p.layers)), 0, kernels.Size(h, w, 3)
	for i, l := range p.layers {
		switch l.Kind {
		case models.ReLU:
			sizes[i] = kernels.Size(at.H, at.W, at.C) / 8
		case models.Pool:
			sizes[i] = kernels.WonSize(at.H, at.W, at.C)
			at.H, at.W = at.H/2, at.W/2
		}
		at.C = l.Channels
		if at.H*at.W == 0 {
			return errEmpty(l)
		}
		p.shapes = append(p.shapes, at)
		bytes, most = bytes+sizes[i], max(most, kernels.Size(at.H, at.W, at.C))
	}
	for i := range p.space.volumes {
		p.space.volumes[i] = grown(p.space.volumes[i], most)
	}
	p.space.bits = grown(p.space.bits, bytes)
	rest := p.space.bits
	p.marks = make([][]byte, len(p.layers))
	for i, size := range sizes {
		p.marks[i], rest = rest[:size], rest[size:]
	}
	return nil
}

// grown is old, or where that is smaller than n or much larger a new one.
func grown[T any](old []T, n int) []T {
	if len(old) < n || len(old) > 4*n {
		return make([]T, n)
	}
	return old
}

// volume is a layer's input, or the output of the last one, in either half of
// the workspace.
func (p *pass) volume(i, half int) kernels.Volume {
	s := p.shapes[i]
	return kernels.NewVolume(s.H, s.W, s.C, p.space.volumes[half])
}

// forward runs a picture x [1, h, w, 3] and returns the outputs of the layers that are
// read.
func (p *pass) forward(x *tensors.Tensor) (read []*tensors.Tensor, err error) {
	d := x.Shape().Dimensions
	if err := p.lay(d[1], d[2]); err != nil {
		return nil, err
	}
	var prints kernels.Prints
	half := 0
	v := p.volume(0, half)
	err = tensors.ConstFlatData(x, func(flat []float32) {
		v.Read(flat)
		prints = kernels.PrintPixels(v.H, v.W, v.C, flat)
	})
	next, fused := 0, false
	for i := 0; i < len(p.layers) && err == nil; i++ {
		switch p.layers[i].Kind {
		case models.Conv:
			half = 1 - half
			f := kernels.Finish{Bias: p.convs[next].bias}
			if fused = p.fuses(i); fused {
				f.ReLU, f.Bits = true, p.marks[i+1]
			}
			out := p.volume(i+1, half)
			p.convs[next].forward.Run(out, v, f, p.space.scratch)
			v, prints, next = out, prints.Conv(), next+1
		case models.ReLU:
			if !fused {
				kernels.Finish{ReLU: true, Bits: p.marks[i]}.Apply(v, v)
			}
			fused = false
		case models.Pool:
			half = 1 - half
			out := p.volume(i+1, half)
			kernels.Pool(out, v, p.marks[i], prints)
			v, prints = out, prints.Pool()
		}
		if slices.Contains(p.reads, i) {
			var act *tensors.Tensor
			act, err = p.tensor(v)
			read = append(read, act)
		}
	}
	return read, err
}

// fuses reports whether the ReLU behind convolution i can be a part of it.
func (p *pass) fuses(i int) bool {
	return i+1 < len(p.layers) && p.layers[i+1].Kind == models.ReLU && !slices.Contains(p.reads, i)
}

// backward carries gradients at the layers that are read back to the picture,
// [1, h, w, 3].
func (p *pass) backward(at []*tensors.Tensor) (*tensors.Tensor, error) {
	var g kernels.Volume
	half, next, masked := 0, len(p.convs), false
	for i := len(p.layers) - 1; i >= 0; i-- {
		if k := slices.Index(p.reads, i); k >= 0 {
			own := p.volume(i+1, 1-half)
			if err := tensors.ConstFlatData(at[k], own.Read); err != nil {
				return nil, err
			}
			if g.V == nil {
				g, half = own, 1-half
			} else {
				g.Add(own)
			}
		}
		if p.layers[i].Kind == models.ReLU {
			if !masked {
				kernels.Finish{Bits: p.marks[i]}.Apply(g, g)
			}
			masked = false
			continue
		}
		half = 1 - half
		out, bits := p.volume(i, half), []byte(nil)
		if masked = i > 0 && p.layers[i-1].Kind == models.ReLU && !slices.Contains(p.reads, i-1); masked {
			bits = p.marks[i-1]
		}
		if p.layers[i].Kind == models.Pool {
			kernels.Unpool(out, g, p.marks[i], bits)
		} else {
			next--
			p.convs[next].backward.Run(out, g, kernels.Finish{Bits: bits}, p.space.scratch)
		}
		g = out
	}
	return p.tensor(g)
}

// tensor is a copy of a volume, [1, h, w, c].
func (p *pass) tensor(v kernels.Volume) (*tensors.Tensor, error) {
	return p.engine.tensor(v.Write, 1, v.H, v.W, v.C)
}

// workspaceBytes is how large a workspace is, for each pixel of a large picture: what goes
// into a layer and what comes out, where that is most, and the marks.
func workspaceBytes(layers []models.Layer) float64 {
	most, marks := 4*float64(kernels.Stride(3)), 0.
	for _, l := range layers {
		units := float64(kernels.Stride(l.Channels)) / float64(l.Stride*l.Stride)
		most = max(most, 4*units)
		if l.Kind != models.Conv {
			marks += units / map[models.Kind]float64{models.ReLU: 8, models.Pool: 4}[l.Kind]
		}
	}
	return 2*most + marks
}

// scratchBytes is what convolutions work in.
func scratchBytes(layers []models.Layer) int64 {
	var most int64
	in := 3
	for _, l := range layers {
		most = max(most, kernels.ScratchBytes(in, l.Channels), kernels.ScratchBytes(l.Channels, in))
		in = l.Channels
	}
	return most
}
