package dreamlib

import (
	"fmt"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// fence is deferred by exported functions. It makes an error of a panic that a worker
// had, whose stack it keeps. Other panics go on.
func fence(err *error) {
	switch e := recover().(type) {
	case nil:
	case *parallel.Panic:
		*err = fmt.Errorf("dreamlib: worker: %w", e)
	default:
		panic(e)
	}
}
