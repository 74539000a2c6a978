package dreamlib

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// Model is a network on an engine. Its weights move there as programs first
// need them, once for each direction, and its compiled programs are kept. It
// may be used from several goroutines.
type Model struct {
	Net    *models.Net // the layers; kernels that have moved to the engine are nil here
	Engine *Engine

	// Memory is how many bytes a dream may take in all, by prediction; larger
	// octaves are climbed in tiles. 0 sets no limit. On a GPU it is measured
	// against what the pictures take on the host and the steps on the device,
	// together. Set it before the first dream.
	Memory int64

	options  ModelOptions // with nothing left to default but LoweringAuto
	mu       sync.Mutex
	weights  []weights   // one for each convolution, in order
	copies   [][]weights // the same on each of the engine's other devices: see Model.on
	programs map[programKey]*Exec
	compiled atomic.Int64 // programs built so far
	waited   atomic.Int64 // for the compiler, in nanoseconds
}

// weights are one convolution's on the engine.
type weights struct {
	forward, backward, bias *tensors.Tensor
}

// ModelOptions say how a network's convolutions are computed. The zero value is
// ready to use.
type ModelOptions struct {
	Lowering  Lowering  // their form. Default LoweringAuto, the faster; in less than float32 always direct
	Precision Precision // their number format. Default PrecisionFloat32
}

// NewModel prepares net for the engine. net itself is not changed; drop it to
// have its memory back. It is an error when the engine cannot compute as the
// options ask.
func NewModel(e *Engine, net *models.Net, options ModelOptions) (*Model, error) {
	options, err := options.resolve(e)
	if err != nil {
		return nil, err
	}
	if len(net.Layers) == 0 || net.Layers[0].Kind != models.Conv {
		return nil, fmt.Errorf("dreamlib: net %q: has no layers, want a VGG network", net.Name)
	}
	own := *net
	own.Layers = slices.Clone(net.Layers)
	return &Model{Net: &own, Engine: e, options: options, programs: map[programKey]*Exec{}}, nil
}

// Close frees the model's weights and programs. The engine stays open.
func (m *Model) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, list := range append(m.copies, m.weights) {
		for _, w := range list {
			release(w.forward, w.backward, w.bias)
		}
	}
	for _, p := range m.programs {
		p.Finalize()
	}
	m.weights, m.copies, m.programs = nil, nil, map[programKey]*Exec{}
}

// Compiled says how many programs the engine has compiled for the model, and
// how long calls waited for that. Weights on their way to the engine are no
// part of it.
func (m *Model) Compiled() (programs int, waited time.Duration) {
	return int(m.compiled.Load()), time.Duration(m.waited.Load())
}

// release frees tensors at once, on the host and on the engine; the garbage
// collector does not see how large they are.
func release(list ...*tensors.Tensor) {
	for _, t := range list {
		if t != nil {
			_ = t.FinalizeAll() // nothing can be done about a buffer that is gone already
		}
	}
}

// upload makes sure that the weights of the first n convolutions are on the
// engine and returns them.
func (m *Model) upload(n int) ([]weights, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	conv, in := 0, 3
	for i := range m.Net.Layers {
		l := &m.Net.Layers[i]
		if l.Kind != models.Conv {
			continue
		}
		if conv == n {
			break
		}
		if conv == len(m.weights) {
			w, err := m.lower(l, in)
			if err != nil {
				return nil, err
			}
			m.weights = append(m.weights, w)
			l.Kernel = nil
		}
		conv, in = conv+1, l.Channels
	}
	return m.weights[:n], nil
}

// lower puts one convolution of in channels on the engine.
func (m *Model) lower(l *models.Layer, in int) (w weights, err error) {
	k := kernel{out: l.Channels, in: in, w: l.Kernel}
	form := m.form(in, l.Channels)
	put := func(k kernel) *tensors.Tensor {
		t, failed := m.weight(func(flat []float32) { k.lower(form, flat) }, k.dims(form)...)
		if err == nil {
			err = failed
		}
		return t
	}
	w.forward = put(k)
	w.backward = put(k.transposed())
	bias, failed := m.weight(func(flat []float32) { copy(flat, l.Bias) }, l.Channels)
	if err == nil {
		err = failed
	}
	w.bias = bias
	if err != nil {
		return weights{}, fmt.Errorf("dreamlib: weights of %s: %w", l.Name, err)
	}
	return w, nil
}
