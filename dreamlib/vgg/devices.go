package vgg

import (
	"errors"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// Tiles of one step need nothing of each other, so an engine with several devices
// takes as many of them at once. What each device needs of the weights is copied
// to it on first use, and their results are taken in the order of the tiles, so
// that sums round as they do on one device.

// device is one of an engine's, counted from 0.
type device = compute.DeviceNum

// deal calls work for 0 to n-1, on each device one at a time, and take with every
// result, in order and from one goroutine. After an error no more work begins; what
// was done beside it is dropped.
func deal[T any](devices, n int, work func(on device, i int) (T, error), take func(i int, result T) error, drop func(T)) error {
	for first := 0; first < n; first += devices {
		count := min(devices, n-first)
		results, failed := make([]T, count), make([]error, count)
		parallel.All(count, func(k int) { results[k], failed[k] = work(device(k), first+k) })
		err := errors.Join(failed...)
		for k, result := range results {
			if err == nil {
				err = take(first+k, result)
			} else if failed[k] == nil {
				drop(result)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// on returns copies on a device of weights that are on the first.
func (m *Model) on(d device, of []weights) ([]weights, error) {
	if d == 0 {
		return of, nil
	}
	m.moving.Lock()
	defer m.moving.Unlock()
	for len(m.copies) < int(d) {
		m.copies = append(m.copies, nil)
	}
	copies := m.copies[d-1]
	for _, w := range of[min(len(copies), len(of)):] {
		there, err := w.on(m.Engine, d)
		if err != nil {
			return nil, err
		}
		copies = append(copies, there)
		m.copies[d-1] = copies
	}
	return copies[:len(of)], nil
}

// on copies weights to a device. One tensor for both directions stays one.
func (w weights) on(e *Engine, d device) (there weights, err error) {
	clone := func(t *tensors.Tensor) (copied *tensors.Tensor) {
		if err == nil {
			copied, err = t.OnDeviceClone(e.backend, d)
		}
		return copied
	}
	there.forward, there.bias = clone(w.forward), clone(w.bias)
	if there.backward = there.forward; w.backward != w.forward {
		there.backward = clone(w.backward)
	}
	if err != nil {
		release(there.forward, there.backward, there.bias)
		return weights{}, err
	}
	return there, nil
}
