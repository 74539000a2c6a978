package dreamlib

import (
	"context"

	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Options say how a network is computed. They decide no pixels beyond rounding. The zero
// value is ready to use.
type Options struct {
	// Engine is one of vgg.EngineNames, or "auto" for the first of them that opens.
	// Default auto.
	Engine string

	// Later puts off reading the weights until they are needed. Default false: they are
	// read in the background.
	Later bool

	vgg.Options
}

// Open opens a network: "embedded", the name of a net in the cache (models/hub), or a file
// of weights. The first step waits for the weights.
// Close the model after use, and with it its engine.
func Open(ctx context.Context, net string, o Options) (*vgg.Model, error) {
	return vgg.Open(ctx, net, o.Engine, o.Later, o.Options)
}
