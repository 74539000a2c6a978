package work

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/models"
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
	ready   chan struct{} // closed when model or err is set
	model   *vgg.Model
	err     error
}

// openNet opens a job's net and compares its hash.
func (p *modelPool) openNet(in grid.Input) (*models.Net, error) {
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
	return net, nil
}

// check opens a model, or reports why it cannot be opened here.
func (p *modelPool) check(m modelSpec) error {
	w, err := p.get(grid.Job{Net: m.Net, Options: m.Options})
	if err == nil {
		p.put(w)
	}
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// get is the model of a job's net, for one user until put.
func (p *modelPool) get(job grid.Job) (*pooledModel, error) {
	p.mu.Lock()
	for i, w := range p.open {
		if w.net == job.Net.SHA256 && w.options == job.Options {
			p.open = append(append(p.open[:i:i], p.open[i+1:]...), w)
			w.users++
			p.mu.Unlock()
			<-w.ready
			if w.err != nil {
				p.put(w)
			}
			return w, w.err
		}
	}
	w := &pooledModel{net: job.Net.SHA256, options: job.Options, users: 1, ready: make(chan struct{})}
	p.open = append(p.open, w)
	p.mu.Unlock()

	net, err := p.openNet(job.Net)
	if err == nil {
		options := job.Options
		options.Memory = p.memory
		w.model, err = vgg.NewModel(p.engine, net, options)
	}
	w.err = err
	close(w.ready)
	if err != nil {
		p.put(w)
	}
	return w, err
}

// put ends one use of a model, and closes those that were not used for longest.
func (p *modelPool) put(w *pooledModel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.users--
	idle := 0
	for i := len(p.open) - 1; i >= 0; i-- {
		w := p.open[i]
		if w.users > 0 {
			continue
		}
		if idle++; idle > idleModels || w.err != nil || w.model.Compiled().Programs > cmp.Or(p.most, mostPrograms) {
			p.open = append(p.open[:i:i], p.open[i+1:]...)
			w.close()
		}
	}
}

func (w *pooledModel) close() {
	if w.model != nil {
		w.model.Close()
	}
}

// close frees the models, which are no longer in use, and the engine.
func (p *modelPool) close() {
	for _, w := range p.open {
		w.close()
	}
	if p.engine != nil {
		p.engine.Close()
	}
}
