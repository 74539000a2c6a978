package dreamlib

import (
	"errors"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
)

// Tiles of one step need nothing of each other, so an engine with several devices
// climbs as many of them at once. What each device needs of the weights is copied
// to it on first use, and their results are taken in the order of the tiles, so
// that sums round as they do on one device.

// device is one of an engine's, counted from 0.
type device = compute.DeviceNum

// spread calls work for 0 to n-1, on each device one at a time, and take with every
// result, in order and from one goroutine. After an error no more work begins; what
// was done beside it is dropped.
func spread[T any](devices, n int, work func(on device, i int) (T, error), take func(i int, result T) error, drop func(T)) error {
	for first := 0; first < n; first += devices {
		count := min(devices, n-first)
		results, failed := make([]T, count), make([]error, count)
		var all sync.WaitGroup
		for k := range count {
			all.Go(func() { results[k], failed[k] = work(device(k), first+k) })
		}
		all.Wait()
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
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.copies) < int(d) {
		m.copies = append(m.copies, nil)
	}
	copies := m.copies[d-1]
	for _, w := range of[min(len(copies), len(of)):] {
		var there weights
		for from, to := range map[*tensors.Tensor]**tensors.Tensor{w.forward: &there.forward, w.backward: &there.backward, w.bias: &there.bias} {
			t, err := from.OnDeviceClone(m.Engine.backend, d)
			if err != nil {
				release(there.forward, there.backward, there.bias)
				return nil, err
			}
			*to = t
		}
		copies = append(copies, there)
		m.copies[d-1] = copies
	}
	return copies[:len(of)], nil
}
