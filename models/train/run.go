package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/seed2310110f/godream/models/train/pictures"
)

// run is everything that a training run depends on besides how the classes are
// drawn. The same run gives the same net but for rounding, which differs between
// engines.
type run struct {
	Classes   []string // names of picture classes, in the order of the labels
	Seed      uint64   // of the first kernels and of all pictures
	Divide    int      // VGG19's widths over this
	Batch     int      // pictures in a step
	Rate      float64  // the highest learning rate, after warming up
	Warmup    int      // steps in which the rate rises from 0, to fall from then on
	Decay     float64  // AdamW's weight decay
	Smoothing float64  // of the labels
	Stages    []stage  // one after the other
}

// stage is a part of a run.
type stage struct {
	Steps  int
	Size   int     // pixels of a picture's side
	Radius float64 // half of the pictures are disturbed by up to this; see network.disturb
	Rate   float64 // a learning rate for the whole stage; 0 to go by the run's, which ends at 0
}

// embedded is the run that made the embedded net.
var embedded = run{
	Classes:   classNames(),
	Seed:      1,
	Divide:    4,
	Batch:     32,
	Rate:      1.5e-3,
	Warmup:    400,
	Decay:     0.02,
	Smoothing: 0.05,
	Stages: []stage{
		{Steps: 3000, Size: 48},
		{Steps: 6000, Size: 48, Radius: 1},
		{Steps: 4800, Size: 64, Radius: 1},
		{Steps: 1200, Size: 64, Rate: 2e-4}, // pictures as they are once more, which the net is judged by
		{Steps: 400, Size: 64, Rate: 5e-5},
	},
}

// steps is how many there are in all.
func (r run) steps() int {
	n := 0
	for _, s := range r.Stages {
		n += s.Steps
	}
	return n
}

// scheduled is how many go by the run's own rate.
func (r run) scheduled() int {
	n := 0
	for _, s := range r.Stages {
		if s.Rate == 0 {
			n += s.Steps
		}
	}
	return n
}

// stage is the one that a step, 0 and up, belongs to.
func (r run) stage(step int) stage {
	for _, s := range r.Stages {
		if step < s.Steps {
			return s
		}
		step -= s.Steps
	}
	panic(fmt.Errorf("train: step: want fewer than %d", r.steps()))
}

// same reports whether another run is this one.
func (r run) same(other run) bool { return reflect.DeepEqual(r, other) }

// classNames are the names of all classes.
func classNames() []string {
	var names []string
	for _, c := range pictures.Classes() {
		names = append(names, c.Name)
	}
	return names
}

// prepared is a run with its classes found in pictures.Classes.
type prepared struct {
	run
	classes []int
}

func (r run) prepare() (prepared, error) {
	classes, err := indices(r.Classes)
	if err == nil && len(classes) < 2 {
		err = fmt.Errorf("train: want 2 classes or more, found %d", len(classes))
	}
	if err == nil && r.Warmup >= r.scheduled() {
		err = fmt.Errorf("train: warmup of %d steps: want fewer than the %d that go by the run's rate", r.Warmup, r.scheduled())
	}
	return prepared{r, classes}, err
}

// indices are the places of named classes in pictures.Classes.
func indices(names []string) ([]int, error) {
	all := classNames()
	list := make([]int, len(names))
	for i, name := range names {
		if list[i] = slices.Index(all, name); list[i] < 0 {
			return nil, fmt.Errorf("train: no class %q; there are %s", name, strings.Join(all, ", "))
		}
	}
	return list, nil
}
