package picture

import (
	"fmt"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// fence is deferred by exported functions that return an error. It turns a panic of a
// worker goroutine into that error, with the worker's stack. Other panics go on.
func fence(err *error) {
	switch e := recover().(type) {
	case nil:
	case *parallel.Panic:
		*err = fmt.Errorf("picture: worker: %w", e)
	default:
		panic(e)
	}
}
