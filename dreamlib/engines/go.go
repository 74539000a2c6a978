// Package engines links in every engine that can be built here: GoMLX's pure-Go
// engine always, and XLA with cgo, on the platforms that go-xla has. Programs import it
// by the blank name, beside package dreamlib:
//
//	import _ "github.com/seed2310110f/godream/dreamlib/engines"
package engines

import (
	_ "github.com/gomlx/compute/gobackend" // engine go

	"github.com/seed2310110f/godream/dreamlib/internal/linked"
)

func init() { linked.Engines = true }
