package dreamlib

import (
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// A Param is a parameterisation: what is optimised, and the picture that it stands for.
// Its text form is its name.
type Param interface {
	// String is the text form.
	String() string

	// Fit finds the parameters whose picture is start, or near it. It may keep start's
	// memory.
	Fit(start *vgg.Input, s Space) (Fitted, error)
}

// A Space is the range of what the network sees, by channel.
type Space struct {
	Preprocessing models.Preprocessing
	Unit          [3]float32 // one unit of Config.Units
	Black, White  [3]float32 // infinite where Config.Clip is not set
}

// Fitted are parameters, and how they become a picture.
type Fitted struct {
	Values []float32 // the parameters, which steps change in place

	// Paint makes the picture of Values, and Pull the gradient with respect to Values of
	// one with respect to the picture: the adjoint of Paint's derivative. Pull may
	// return g's memory. Where both are nil, Values are the picture.
	Paint func(x *vgg.Input)
	Pull  func(g *vgg.Input) []float32

	// Unit is, where Values are the picture, what a step of size 1 changes of each
	// channel; the gradient is per Unit. nil for 1.
	Unit []float32

	// Clip brings Values back into their range after a step. nil for none.
	Clip func()
}

// Params reads the text form of each kind.
var Params = map[string]Param{"pixels": Pixels}

// Pixels optimises the picture itself.
var Pixels Param = pixels{}

type pixels struct{}

func (pixels) String() string { return "pixels" }

func (pixels) Fit(start *vgg.Input, s Space) (Fitted, error) {
	f := Fitted{Values: start.X, Unit: s.Unit[:]}
	if !math.IsInf(float64(s.White[0]), 1) {
		f.Clip = func() {
			parallel.Runs(len(start.X)/3, func(lo, hi int) {
				for i := 3 * lo; i < 3*hi; i += 3 {
					for c := range 3 {
						start.X[i+c] = min(max(start.X[i+c], s.Black[c]), s.White[c])
					}
				}
			})
		}
	}
	return f, nil
}
