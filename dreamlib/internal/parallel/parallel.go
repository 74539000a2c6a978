// Package parallel spreads loops over the processors. What panics in one of its
// goroutines panics again, as a *Panic, in the goroutine that called it.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Runs splits 0..n-1 into one run of neighbours for each processor and calls
// work(first, end) for all of them at once.
func Runs(n int, work func(lo, hi int)) {
	parts := min(n, runtime.GOMAXPROCS(0))
	All(parts, func(p int) { work(n*p/parts, n*(p+1)/parts) })
}

// Workers is how many calls of Each's work run at a time.
func Workers() int { return runtime.GOMAXPROCS(0) }

// Each calls work for each i of 0..n-1, on whichever of the workers is free;
// they are numbered from 0.
func Each(n int, work func(worker, i int)) {
	var next atomic.Int64
	Runs(min(n, Workers()), func(lo, _ int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			work(lo, i)
		}
	})
}

// All calls work for each i of 0..n-1, in a goroutine each, and returns when all have.
func All(n int, work func(i int)) {
	var wg sync.WaitGroup
	var first atomic.Pointer[Panic]
	for i := range n {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					first.CompareAndSwap(nil, caught(v))
				}
			}()
			work(i)
		})
	}
	wg.Wait()
	if p := first.Load(); p != nil {
		panic(p)
	}
}

// A Panic is what a goroutine panicked with.
type Panic struct {
	Value any
	Stack []byte // of that goroutine
}

// caught makes a Panic of what was recovered in the goroutine that panicked; one from
// a goroutine further down stays as it is.
func caught(v any) *Panic {
	if p, ok := v.(*Panic); ok {
		return p
	}
	return &Panic{Value: v, Stack: debug.Stack()}
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v\n\n%s", p.Value, p.Stack) }

// Unwrap is the value where it is an error, else nil.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Fence is deferred by exported functions of a package. It makes an error of a panic that
// a worker had, whose stack it keeps. Other panics go on.
func Fence(pack string, err *error) {
	switch e := recover().(type) {
	case nil:
	case *Panic:
		*err = fmt.Errorf("%s: worker: %w", pack, e)
	default:
		panic(e)
	}
}
