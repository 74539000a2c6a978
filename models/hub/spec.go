package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed2310110f/godream/models"
)

// weightFiles are the endings that make a spec a path even if nothing is there.
var weightFiles = []string{".pth", ".pt", ".safetensors", ".h5"}

// The networks that need no file.
const (
	embeddedNet = "embedded"
	randomNet   = "random"
)

// SpecError says that a spec, or a name for Pull, names no network: it is
// unknown, or one of random's settings is no good. Its text is that of Err.
type SpecError struct{ Err error }

func (e *SpecError) Error() string { return e.Err.Error() }

func (e *SpecError) Unwrap() error { return e.Err }

// Open returns the network that spec names. It never downloads. A spec is
//
//	embedded                              the net that is part of the program: models.Embedded
//	random                                random weights: seed=1,variant=vgg19,divide=4
//	random:seed=7,variant=vgg16,divide=8  the same with other settings, each optional
//	vgg19, timm/vgg19.tv_in1k, ...        a name of Entries, which must be in the cache
//	./net.pth                             a weight file
//
// in this order of precedence, so a file called vgg19 is ./vgg19. What exists,
// holds a path separator or ends like a weight file is taken for a path. For
// random see models.Random. A name that is not in the cache is an error that
// is how to fetch it, and an unknown one is a SpecError that lists the names.
//
// The net is not to be changed: that of "embedded" is the same for every caller.
func Open(spec string) (*models.Net, error) {
	return find(spec, models.LoadFile, func(r drawing) (*models.Net, error) {
		return models.Random(r.seed, r.variant, r.divide)
	})
}

// Outline is Open without the weights, which takes milliseconds: see
// models.Outline. The net of "embedded" is there with its weights.
func Outline(spec string) (*models.Net, error) {
	return find(spec, models.OutlineFile, func(r drawing) (*models.Net, error) {
		return models.RandomOutline(r.variant, r.divide)
	})
}

// find reads or draws the network that spec names.
func find(spec string, read func(path string) (*models.Net, error), draw func(drawing) (*models.Net, error)) (*models.Net, error) {
	if spec == embeddedNet {
		return models.Embedded()
	}
	if kind, settings, set := strings.Cut(spec, ":"); kind == randomNet {
		r, err := parseRandom(settings, set)
		if err != nil {
			return nil, &SpecError{err}
		}
		net, err := draw(r)
		if err != nil {
			return nil, &SpecError{err}
		}
		return net, nil
	}
	if e, ok := lookup(spec); ok {
		return e.open(read)
	}
	if isPath(spec) {
		return read(spec)
	}
	return nil, unknown(spec, append([]string{embeddedNet, randomNet}, published()...))
}

// open reads the entry from the cache.
func (e Entry) open(read func(path string) (*models.Net, error)) (*models.Net, error) {
	path, ok := e.cached()
	if !ok {
		return nil, fmt.Errorf("hub: %s is not in the cache: run \"dream models pull %s\" (%s)", e.Name, e.Name, e.Size())
	}
	net, err := read(path)
	if err != nil {
		return nil, err
	}
	net.Name = e.Name
	return net, nil
}

// isPath tells paths from mistyped names. A mistyped timm/... holds a separator
// too, so that prefix alone does not count.
func isPath(spec string) bool {
	if _, err := os.Stat(spec); err == nil {
		return true
	}
	if slices.Contains(weightFiles, strings.ToLower(filepath.Ext(spec))) {
		return true
	}
	return strings.ContainsAny(spec, `/`+string(filepath.Separator)) && !strings.HasPrefix(spec, "timm/")
}

// drawing holds the settings of a "random" spec.
type drawing struct {
	seed    uint64
	variant string
	divide  int
}

// parseRandom reads "key=value,key=value". models.Random checks
// variant and divide.
func parseRandom(settings string, set bool) (drawing, error) {
	r := drawing{seed: 1, variant: "vgg19", divide: 4}
	if !set {
		return r, nil
	}
	for setting := range strings.SplitSeq(settings, ",") {
		key, value, _ := strings.Cut(setting, "=")
		var err error
		switch key {
		case "seed":
			r.seed, err = strconv.ParseUint(value, 10, 64)
		case "variant":
			r.variant = value
		case "divide":
			r.divide, err = strconv.Atoi(value)
		default:
			return r, fmt.Errorf("hub: random: expected seed=N, variant=NAME or divide=N, found %q", setting)
		}
		if err != nil {
			return r, fmt.Errorf("hub: random: %s: expected a whole number, found %q", key, value)
		}
	}
	return r, nil
}
