package vgg

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/gotype"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/seed2310110f/godream/dreamlib/internal/kernels"
	"github.com/seed2310110f/godream/dreamlib/internal/linked"
	"github.com/seed2310110f/godream/dreamlib/pjrt"
)

// EngineNames lists the engines in the order in which "auto" tries them: a GPU,
// then the faster of the other two. With vector instructions the pure-Go engine
// takes three quarters of XLA's time for a step and compiles nothing; without,
// XLA is fifteen times faster (docs/performance.md).
var EngineNames = engineOrder()

func engineOrder() []string {
	if kernels.Vectors() {
		return []string{"xla:cuda", "go", "xla:cpu"}
	}
	return []string{"xla:cuda", "xla:cpu", "go"}
}

// Engine runs compiled programs: XLA through a PJRT plugin, or GoMLX's pure-Go
// engine. A program has those that it links in:
//
//	import _ "github.com/seed2310110f/godream/dreamlib/engines"
type Engine struct {
	Name   string // one of EngineNames
	Detail string // the plugin, or how the pure-Go engine was built

	backend  compute.Backend
	compiles bool // whole programs, as XLA does; the pure-Go engine runs kernels
	devices  int  // that tiles are dealt to
}

// EngineStatus reports whether an engine can be opened here.
type EngineStatus struct {
	Name   string `json:"name"`
	Found  bool   `json:"found"`
	Detail string `json:"detail"` // what would be opened, or why it cannot be
}

// Engines reports on every engine without opening any.
func Engines() []EngineStatus {
	list := make([]EngineStatus, len(EngineNames))
	for i, name := range EngineNames {
		list[i].Name = name
		_, detail, err := locate(name)
		list[i].Found, list[i].Detail = err == nil, detail
		if err != nil {
			list[i].Detail = err.Error()
		}
	}
	return list
}

// OpenEngine opens an engine by name. "auto" and "" take the first of
// EngineNames that opens. It never downloads anything. Close the engine when
// its models are done with.
func OpenEngine(name string) (*Engine, error) {
	return openAmong(EngineNames, name)
}

// OpenEngine is OpenEngine for a model with these options: "auto" takes the first
// of the engines that compute in their Precision.
func (o Options) OpenEngine(name string) (*Engine, error) {
	return openAmong(o.Precision.engines(), name)
}

// openAmong opens an engine by name, or with "auto" the first in a list that opens.
func openAmong(names []string, name string) (*Engine, error) {
	if name != "" && name != "auto" {
		if !slices.Contains(EngineNames, name) {
			return nil, fmt.Errorf("vgg: engine %q: unknown, want auto, %s", name, strings.Join(EngineNames, ", "))
		}
		return open(name)
	}
	var reasons []error
	for _, name := range names {
		e, err := open(name)
		if err == nil {
			return e, nil
		}
		reasons = append(reasons, err)
	}
	return nil, errors.Join(reasons...)
}

// Close frees the engine and everything on it. It does nothing to a nil Engine.
func (e *Engine) Close() {
	if e != nil && e.backend != nil {
		e.backend.Finalize()
	}
}

// check reports whether the engine can be used.
func (e *Engine) check() error {
	switch {
	case e == nil || e.backend == nil:
		return errors.New("vgg: engine: there is none, want one from OpenEngine")
	case e.backend.IsFinalized():
		return fmt.Errorf("vgg: engine %s: is closed", e.Name)
	}
	return nil
}

// open opens exactly the engine that is named.
func open(name string) (*Engine, error) {
	config, detail, err := locate(name)
	if err != nil {
		return nil, fmt.Errorf("vgg: engine %s: %w", name, err)
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("vgg: engine %s: %s: %w", name, detail, err)
	}
	devices := 1 // XLA's CPU plugin shows several, but they share the processors
	if name == "xla:cuda" {
		devices = backend.NumDevices()
	}
	return &Engine{Name: name, Detail: detail, backend: backend, compiles: name != "go", devices: devices}, nil
}

// enginesPath is the package that links engines in.
const enginesPath = "github.com/seed2310110f/godream/dreamlib/engines"

// locate finds what an engine needs: GoMLX's configuration for it and a word on
// what that is. XLA's plugin is named by its full path, so that what is opened is
// what Engines reported.
func locate(name string) (config, detail string, err error) {
	family, kind, _ := strings.Cut(name, ":")
	if !linked.Engines || !slices.Contains(compute.List(), family) {
		needs := map[string]string{"xla": ", and cgo on a platform that go-xla has"}[family]
		return "", "", fmt.Errorf("not built into this program: want import _ %q%s", enginesPath, needs)
	}
	if family == "go" {
		return "go", goDetail(), nil
	}
	plugin, err := pjrt.Find(kind)
	if err != nil {
		return "", "", err
	}
	if kind == "cuda" {
		// float32 means float32, where go-xla would round matrix products to TF32.
		// It asks for convolutions at XLA's default precision in any case, which is
		// TF32 too: see Model.native. And it guesses from the path whether the memory
		// is the host's.
		return "xla:" + plugin + ",tf32=false,shared_buffers=false", plugin, nil
	}
	return "xla:" + plugin, plugin, nil
}

// goDetail tells the pure-Go engine's threads, and the instructions of its kernels.
func goDetail() string {
	return fmt.Sprintf("pure Go, %d threads, %s", runtime.GOMAXPROCS(0), kernels.Instructions())
}

// tensor makes a float32 tensor of the given dimensions on the engine, filled
// in place where the engine shares its memory.
func (e *Engine) tensor(fill func(flat []float32), dims ...int) (*tensors.Tensor, error) {
	return tensorOf(e, 0, fill, dims...)
}

// tensorOf is Engine.tensor of another type of number or on another device.
func tensorOf[T gotype.Supported](e *Engine, d device, fill func(flat []T), dims ...int) (*tensors.Tensor, error) {
	t, err := tensors.FromShapeForBackend(e.backend, d, shapes.Make(dtypes.FromGenericsType[T](), dims...))
	if err != nil {
		return nil, fmt.Errorf("vgg: engine %s: tensor %v: %w", e.Name, dims, err)
	}
	if err := tensors.MutableFlatData(t, fill); err != nil {
		return nil, fmt.Errorf("vgg: engine %s: tensor %v: %w", e.Name, dims, err)
	}
	if e.backend.HasSharedBuffers() {
		return t, nil
	}
	if err := t.ToDevice(e.backend, d); err != nil {
		return nil, fmt.Errorf("vgg: engine %s: tensor %v: %w", e.Name, dims, err)
	}
	return t, nil
}
