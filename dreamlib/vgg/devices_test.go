package vgg

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
)

// TestTilesOnSeveralDevices wants the very gradient of one device from any number.
// XLA's CPU plugin has several devices, whose memory is the same but whose
// tensors are not.
func TestTilesOnSeveralDevices(t *testing.T) {
	net, x := dreamtest.RandomNet(t, 32), noise(4, 1, 110, 130)
	eachEngine(t, func(t *testing.T, e *Engine) {
		if n := int(e.backend.NumDevices()); n < 2 {
			t.Skipf("it has %d device", n)
		}
		var want []float32
		for _, e.devices = range []int{1, 2, int(e.backend.NumDevices())} {
			m := newModel(t, e, net, Options{Lowering: LoweringDirect, Tile: 48})
			_, g := gradientAt(t, m, objective(t, net, l2, "relu2_2"), x)
			if want == nil {
				want = g
			}
			if !slices.Equal(g, want) {
				t.Errorf("%d devices: another gradient than on one", e.devices)
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
