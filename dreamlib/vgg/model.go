package vgg

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/models"
)

// Model is a network on an engine. Its weights move there as programs first
// need them, once for each direction, and its compiled programs are kept. It
// may be used from several goroutines.
type Model struct {
	Net    *models.Net // the layers, without their weights
	Engine *Engine

	options Options // with nothing left to default but LoweringAuto

	owned   bool       // Close closes the engine too
	reading *reading   // of the weights, of a model from Open
	taking  sync.Mutex // held while they are taken over

	moving  sync.Mutex     // held while weights move to the engine
	source  []models.Layer // the convolutions, in order, with weights until they are on the engine
	weights []weights      // of the first of them
	copies  [][]weights    // the same on each of the engine's other devices: see Model.on

	mu         sync.Mutex
	spaces     []*workspace // of the pure-Go engine, that are not in use
	programs   map[compilationKey]*compilation
	closed     bool
	background sync.WaitGroup // of compilations
	compiled   atomic.Int64   // programs begun so far
	compiling  atomic.Int64   // nanoseconds of the compiler's
	waited     atomic.Int64   // nanoseconds that calls waited for it
}

// weights are one convolution's on the engine. In Winograd's form forward and
// backward are one tensor.
type weights struct {
	forward, backward, bias *tensors.Tensor
	packed                  *packed // instead of these, on the pure-Go engine
}

// Options say how a network's convolutions are computed, and in how much memory. They
// decide no pixels beyond rounding. The zero value is ready to use.
type Options struct {
	Lowering  Lowering  `json:"lowering,omitempty"`  // convolutions' form. Default LoweringAuto, the faster; in less than float32 always direct
	Precision Precision `json:"precision,omitempty"` // convolutions' number format. Default PrecisionFloat32

	// Memory is how many bytes a dream may take in all, by prediction; larger pictures
	// are taken in tiles. On a GPU it is measured against what the pictures take on the
	// host and the steps on the device, together. Default 0, which sets no limit.
	Memory int64 `json:"-"`

	// Tile is the side, in pixels, of the tiles that larger pictures are taken in, at
	// most. Default 0: the whole picture at once, or the largest tiles that Memory allows.
	Tile int `json:"-"`
}

// Options are those that the model was made with, defaults filled in.
func (m *Model) Options() Options { return m.options }

// NewModel prepares net for the engine. net itself is not changed; drop it to have
// its memory back. It may be an outline, see models.Outline: then SetWeights comes
// before the first step. It is an error when the engine cannot compute as the
// options ask.
func NewModel(e *Engine, net *models.Net, options Options) (*Model, error) {
	if err := errors.Join(e.check(), net.Check()); err != nil {
		return nil, err
	}
	options, err := options.resolve(e)
	if err != nil {
		return nil, err
	}
	own := *net
	own.Layers = slices.Clone(net.Layers)
	for i := range own.Layers {
		own.Layers[i].Kernel, own.Layers[i].Bias = nil, nil
	}
	return &Model{Net: &own, Engine: e, options: options, source: convolutions(net), programs: map[compilationKey]*compilation{}}, nil
}

// convolutions lists a network's.
func convolutions(net *models.Net) (list []models.Layer) {
	for _, l := range net.Layers {
		if l.Kind == models.Conv {
			list = append(list, l)
		}
	}
	return list
}

// SetWeights gives a Model that was made of an outline its weights: those of
// the network that was outlined. It is an error if net has other layers,
// preprocessing or classes.
func (m *Model) SetWeights(net *models.Net) error {
	if err := errors.Join(m.Check(), net.Check()); err != nil {
		return err
	}
	bare := *net
	bare.Layers = slices.Clone(net.Layers)
	for i := range bare.Layers {
		bare.Layers[i].Kernel, bare.Layers[i].Bias = nil, nil
	}
	bare.Name, bare.SHA256 = m.Net.Name, m.Net.SHA256
	if !reflect.DeepEqual(&bare, m.Net) {
		return fmt.Errorf("vgg: net %q: has changed since it was outlined", net.Name)
	}
	m.moving.Lock()
	defer m.moving.Unlock()
	if m.weights == nil {
		m.source = convolutions(net)
	}
	return nil
}

// Check reports whether the model can be used: it is from NewModel, its net is sound and
// its engine open.
func (m *Model) Check() error {
	if m == nil || m.options.Precision == "" {
		return errors.New("vgg: model: there is none, want one from NewModel")
	}
	return errors.Join(m.Engine.check(), m.Net.Check())
}

// Close frees the model's weights and programs, once the compiler has ended what
// it is at. The engine stays open, but for a model from Open. It does nothing to a nil Model.
func (m *Model) Close() {
	if m == nil {
		return
	}
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.background.Wait()
	if m.reading != nil {
		m.reading.done.Wait()
	}
	if m.owned {
		defer m.Engine.Close()
	}
	for _, list := range append(m.copies, m.weights) {
		for _, w := range list {
			release(w.forward, w.backward, w.bias)
		}
	}
	for _, c := range m.programs {
		c.exec.Finalize()
	}
	m.weights, m.copies, m.spaces, m.programs = nil, nil, nil, nil
}

// errClosed is the error of a closed model.
var errClosed = errors.New("vgg: the model is closed")

// ended reports whether the model is closed.
func (m *Model) ended() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
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
	if err := m.wait(); err != nil {
		return nil, err
	}
	m.moving.Lock()
	defer m.moving.Unlock()
	if m.ended() {
		return nil, errClosed
	}
	if len(m.weights) >= n {
		return m.weights[:n], nil
	}
	for i := len(m.weights); i < n; i++ {
		in := 3
		if i > 0 {
			in = m.source[i-1].Channels
		}
		w, err := m.lower(m.source[i], in)
		if err != nil {
			return nil, err
		}
		m.weights = append(m.weights, w)
		m.source[i].Kernel, m.source[i].Bias = nil, nil
	}
	// What was read is now garbage, as large as a step's activations, and Go
	// would keep it for a while: the engine's memory is no part of its heap.
	debug.FreeOSMemory()
	return m.weights, nil
}

// lower puts one convolution of in channels on the engine.
func (m *Model) lower(l models.Layer, in int) (w weights, err error) {
	if l.Kernel == nil {
		return weights{}, fmt.Errorf("vgg: weights of %s: the model has an outline alone, want SetWeights first", l.Name)
	}
	form := m.form(in, l.Channels)
	forward := kernel{out: l.Channels, in: in, w: l.Kernel}
	backward := kernel{out: in, in: l.Channels, w: l.Kernel, turned: true}
	if !m.Engine.compiles {
		return weights{packed: pack(forward, backward, form, l.Bias)}, nil
	}
	put := func(k kernel) *tensors.Tensor {
		t, failed := m.weight(func(flat []float32) { k.lower(form, flat) }, k.dims(form)...)
		if err == nil {
			err = failed
		}
		return t
	}
	w.forward = put(forward)
	if w.backward = w.forward; form != LoweringWinograd {
		w.backward = put(backward)
	}
	bias, failed := m.weight(func(flat []float32) { copy(flat, l.Bias) }, l.Channels)
	if err == nil {
		err = failed
	}
	w.bias = bias
	if err != nil {
		return weights{}, fmt.Errorf("vgg: weights of %s: %w", l.Name, err)
	}
	return w, nil
}
