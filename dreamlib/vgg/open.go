package vgg

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// Open opens a network on an engine: "embedded", the name of a net that hub.Pull has
// fetched, or a file of weights. engine is a name that OpenEngine takes. It returns as
// soon as the net's layers are known, and the engine is there. The weights are read in
// the background, or with later only when they are needed; a step waits for them, as
// Ready does. Close closes the engine too. Nothing is downloaded.
func Open(ctx context.Context, name, engine string, later bool, options Options) (*Model, error) {
	var outline *models.Net
	var on *Engine
	weights := &reading{name: name}
	var work errgroup.Group
	work.Go(func() (err error) {
		if outline, err = hub.Outline(name); err == nil && !later {
			weights.begin()
		}
		return err
	})
	work.Go(func() (err error) {
		on, err = options.OpenEngine(engine)
		return err
	})
	err := errors.Join(work.Wait(), ctx.Err())
	var m *Model
	if err == nil {
		m, err = NewModel(on, outline, options)
	}
	if err != nil {
		on.Close()
		return nil, err
	}
	m.owned, m.reading = true, weights
	return m, nil
}

// A reading of a net's weights goes on in the background.
type reading struct {
	name string
	once sync.Once
	done sync.WaitGroup
	net  *models.Net // until a model has taken it
	err  error
}

func (r *reading) begin() {
	if r == nil {
		return
	}
	r.once.Do(func() { r.done.Go(func() { r.net, r.err = hub.Open(r.name) }) })
}

// wait waits for the weights of a model from Open, and takes them over.
func (m *Model) wait() error {
	r := m.reading
	if r == nil {
		return nil
	}
	r.begin()
	r.done.Wait()
	m.taking.Lock()
	defer m.taking.Unlock()
	if r.err == nil && r.net != nil {
		if r.err = m.SetWeights(r.net); r.err == nil {
			m.Net.SHA256 = r.net.SHA256
		}
		r.net = nil // so that its memory is free once the weights are on the engine
	}
	return r.err
}

// Ready reads the weights of a model from Open, if nobody has, and waits for them. Net.SHA256 is known from then on.
func (m *Model) Ready(ctx context.Context) error {
	if err := m.Check(); err != nil {
		return err
	}
	read := make(chan error, 1)
	go func() { read <- m.wait() }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-read:
		return err
	}
}
