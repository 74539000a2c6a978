package vgg

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// Open opens a network on an engine: "embedded", the name of a net that hub.Pull has
// fetched, or a file of weights. engine is a name that OpenEngine takes. It returns as
// soon as the net's layers are known. The weights are read in the background from Compile
// on, or when a step or Ready needs them. Close closes the engine too. Nothing is
// downloaded.
func Open(ctx context.Context, name, engine string, options Options) (*Model, error) {
	var outline *models.Net
	var on *Engine
	var work errgroup.Group
	work.Go(func() (err error) {
		outline, err = hub.Outline(name)
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
	m.owned, m.name = true, name
	return m, nil
}

// begin begins to read the weights of a model from Open, in the background.
func (m *Model) begin() {
	if m.name == "" {
		return
	}
	m.begun.Do(func() {
		m.reading.Go(func() {
			net, err := hub.Open(m.name)
			if err == nil {
				if err = m.SetWeights(net); err == nil {
					m.Net.SHA256 = net.SHA256
				}
			}
			m.unread = err
		})
	})
}

// Ready reads the weights of a model from Open, if nobody has, and waits for them. Net.SHA256 is known from then on.
func (m *Model) Ready(ctx context.Context) error {
	if err := m.Check(); err != nil {
		return err
	}
	m.begin()
	read := make(chan struct{})
	go func() {
		m.reading.Wait()
		close(read)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-read:
		return m.unread
	}
}
