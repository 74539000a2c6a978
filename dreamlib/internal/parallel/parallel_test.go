package parallel

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// panicOf is what f panics with, or nil.
func panicOf(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// TestPanicReachesTheCaller wants a goroutine's panic in the one that called, with the
// stack of where it came from, once the others are done.
func TestPanicReachesTheCaller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	failure := errors.New("broken")
	fail := func(i int) {
		if i == 2 {
			panic(failure)
		}
	}
	var done atomic.Int64
	for name, call := range map[string]func(){
		"All": func() { All(4, func(i int) { fail(i); done.Add(1) }) },
		"Runs": func() {
			Runs(4, func(lo, hi int) {
				fail(lo)
				done.Add(1)
			})
		},
		"Each": func() {
			Each(4, func(_, i int) {
				fail(i)
				done.Add(1)
			})
		},
		"Runs in All": func() {
			All(1, func(int) {
				Runs(4, func(lo, hi int) {
					fail(lo)
					done.Add(1)
				})
			})
		},
	} {
		done.Store(0)
		p, ok := panicOf(call).(*Panic)
		if !ok || p.Value != failure || !errors.Is(p, failure) {
			t.Errorf("%s: got %v, want a *Panic with %v", name, p, failure)
			continue
		}
		if stack := string(p.Stack); !strings.Contains(stack, "TestPanicReachesTheCaller") || !strings.Contains(p.Error(), stack) {
			t.Errorf("%s: the stack is not the worker's:\n%s", name, p.Stack)
		}
		if name != "Each" && done.Load() != 3 { // whose workers take up what is left
			t.Errorf("%s: %d others were done, want 3", name, done.Load())
		}
	}
	if v := panicOf(func() { Runs(8, func(lo, hi int) {}) }); v != nil {
		t.Errorf("got %v from work that does not panic", v)
	}
}

// TestEveryOneOnce wants each index once, in any of the ways.
func TestEveryOneOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 100} {
		var counts [3][]atomic.Int64
		for k := range counts {
			counts[k] = make([]atomic.Int64, n)
		}
		Runs(n, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				counts[0][i].Add(1)
			}
		})
		Each(n, func(worker, i int) {
			if worker < 0 || worker >= Workers() {
				t.Errorf("worker %d of %d", worker, Workers())
			}
			counts[1][i].Add(1)
		})
		All(n, func(i int) { counts[2][i].Add(1) })
		for k := range counts {
			for i := range counts[k] {
				if c := counts[k][i].Load(); c != 1 {
					t.Errorf("way %d, %d of %d: called %d times", k, i, n, c)
				}
			}
		}
	}
}
