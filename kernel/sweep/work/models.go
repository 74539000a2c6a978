package work

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models/hub"
)

// modelPool is an engine, and the models on it that were used last, for several
// goroutines.
type modelPool struct {
	engine *vgg.Engine
	memory int64  // that each dream may take, 0 for no limit
	models string // folder to look for weight files in; empty for none
	most   int    // programs that a model may have compiled before it is opened anew, 0 for mostPrograms

	mu   sync.Mutex
	open []*pooledModel // the one that was used last comes last
}

// idleModels is how many models without a user are kept open.
const idleModels = 2

// mostPrograms bounds what a sweep over many sizes of images holds: a model keeps all
// that it has compiled.
const mostPrograms = 500

// A pooledModel is a model on the engine.
type pooledModel struct {
	net     string // SHA-256
	options vgg.Options
	users   int
	opening sync.Once
	model   *vgg.Model
	err     error // of opening it
}

// openModel opens the model of a job's net, after it has compared the net's hash.
func (p *modelPool) openModel(in grid.Input, options vgg.Options) (*vgg.Model, error) {
	net, err := hub.Open(in.Source)
	if err != nil && p.models != "" {
		if path := filepath.Join(p.models, filepath.Base(in.Source)); exists(path) {
			net, err = hub.Open(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("net %s is not on this machine: %w", in.Source, err)
	}
	if net.SHA256 != in.SHA256 {
		return nil, fmt.Errorf("net %s is another one on this machine: want SHA-256 %s, found %s", in.Source, in.SHA256, net.SHA256)
	}
	options.Memory = p.memory
	model, err := vgg.NewModel(p.engine, net, options)
	return model, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// get is the model of a net, for one user until put.
func (p *modelPool) get(in grid.Input, options vgg.Options) (*pooledModel, error) {
	p.mu.Lock()
	m := &pooledModel{net: in.SHA256, options: options}
	at := slices.IndexFunc(p.open, func(o *pooledModel) bool { return o.net == m.net && o.options == m.options })
	if at >= 0 {
		m = p.open[at]
		p.open = slices.Delete(p.open, at, at+1)
	}
	p.open = append(p.open, m)
	m.users++
	p.mu.Unlock()

	m.opening.Do(func() { m.model, m.err = p.openModel(in, options) })
	if m.err != nil {
		p.put(m)
	}
	return m, m.err
}

// put ends one use of a model, and closes those that were not used for longest.
func (p *modelPool) put(m *pooledModel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.users--
	idle := 0
	for i, m := range slices.Backward(p.open) {
		if m.users > 0 {
			continue
		}
		if idle++; idle > idleModels || m.err != nil || m.model.Compiled().Programs > cmp.Or(p.most, mostPrograms) {
			p.open = slices.Delete(p.open, i, i+1)
			m.close()
		}
	}
}

func (m *pooledModel) close() {
	if m.model != nil {
		m.model.Close()
	}
}

// close frees the models, which are no longer in use, and the engine.
func (p *modelPool) close() {
	for _, m := range p.open {
		m.close()
	}
	p.engine.Close()
}
