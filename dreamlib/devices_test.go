package dreamlib

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestTilesOnSeveralDevices wants the very pixels of one device from any number.
// XLA's CPU plugin has several devices, whose memory is the same but whose
// tensors are not.
func TestTilesOnSeveralDevices(t *testing.T) {
	cfg, err := Preset("google")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Objective, cfg.Measure, cfg.Octaves, cfg.Iterations, cfg.Tile = Layer("relu2_2"), L2, 2, 2, 48
	eachEngine(t, func(t *testing.T, e *Engine) {
		if n := int(e.backend.NumDevices()); n < 2 {
			t.Skipf("it has %d device", n)
		}
		var want []float32
		for _, e.devices = range []int{1, 2, int(e.backend.NumDevices())} {
			m := newModel(t, e, randomNet(t, 32), LoweringDirect)
			result, err := Dream(context.Background(), m, scene(130, 110), cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = result.Image.Pix
			}
			if !slices.Equal(result.Image.Pix, want) {
				t.Errorf("%d devices: other pixels than on one", e.devices)
			}
			if len(m.copies) != e.devices-1 {
				t.Errorf("%d devices: weights are on %d others", e.devices, len(m.copies))
			}
		}
	})
}

func TestDeal(t *testing.T) {
	var mu sync.Mutex
	var taken, dropped []int
	began := map[int]device{}
	run := func(devices, n, bad int) error {
		taken, dropped = nil, nil
		clear(began)
		return deal(devices, n, func(on device, i int) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			began[i] = on
			if i == bad {
				return 0, errors.New("bad")
			}
			return 10 * i, nil
		}, func(i, result int) error {
			if result != 10*i {
				t.Errorf("took %d for %d", result, i)
			}
			taken = append(taken, i)
			return nil
		}, func(result int) { dropped = append(dropped, result/10) })
	}
	if err := run(3, 7, -1); err != nil || !slices.Equal(taken, []int{0, 1, 2, 3, 4, 5, 6}) || dropped != nil {
		t.Errorf("took %v, dropped %v, %v", taken, dropped, err)
	}
	for i, on := range began {
		if int(on) != i%3 {
			t.Errorf("%d ran on device %d", i, on)
		}
	}
	if err := run(3, 7, 4); err == nil || !strings.Contains(err.Error(), "bad") ||
		!slices.Equal(taken, []int{0, 1, 2}) || !slices.Equal(dropped, []int{3, 5}) || len(began) != 6 {
		t.Errorf("took %v, dropped %v, began %v, %v", taken, dropped, began, err)
	}
	if err := run(1, 0, -1); err != nil || len(began) != 0 {
		t.Errorf("nothing to do: began %v, %v", began, err)
	}
}
