package vgg

import (
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	_ "github.com/gomlx/compute/gobackend" // which differentiates values
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Where pictures are tiled the value is made of the totals on the host: by GoMLX's
// pure-Go engine, which compiles nothing, in float64. These are a few numbers.
var valueEngine = sync.OnceValues(func() (compute.Backend, error) { return compute.NewWithConfig("go") })

// A valueGraph is the Value of an objective's terms as a function of the totals.
type valueGraph struct {
	exec   *Exec
	linear bool  // its slopes do not depend on the totals
	shape  []int // of the totals, [n, sums]
	inputs []any // behind the totals
}

func newValueGraph(l *Layout) (*valueGraph, error) {
	engine, err := valueEngine()
	if err != nil {
		return nil, fmt.Errorf("vgg: value: %w", err)
	}
	v := &valueGraph{shape: []int{l.n, l.Objective.sums()}}
	weights := make([]float64, len(l.Objective))
	for i, t := range l.Objective {
		weights[i] = t.Weight
	}
	v.inputs = append(v.inputs, weights)
	for _, t := range l.Objective {
		v.inputs = append(v.inputs, l.positions(t))
		for _, input := range t.Inputs {
			v.inputs = append(v.inputs, widen(input))
		}
	}
	v.exec, err = NewExec(engine, func(in []*Node) []*Node { return v.build(l.Objective, in) })
	if err == nil {
		var list []shapes.Shape
		if list, err = shapesOf(v.inputs); err == nil {
			_, err = v.exec.Compile(append([]shapes.Shape{shapes.Make(dtypes.Float64, v.shape...)}, list...)...)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("vgg: value of %s: %w", l.Objective.Key(), err)
	}
	return v, nil
}

func widen(list []float32) []float64 {
	wide := make([]float64, len(list))
	for i, v := range list {
		wide[i] = float64(v)
	}
	return wide
}

func (v *valueGraph) build(o Objective, in []*Node) []*Node {
	totals, weights, rest := in[0], in[1], in[2:]
	var sums []*Node
	var positions, inputs [][]*Node
	at := 0
	for _, t := range o {
		sums = append(sums, SliceAxis(totals, 1, AxisRange(at, at+t.sums())))
		positions, inputs = append(positions, elements(rest[0])), append(inputs, rest[1:][:len(t.Inputs)])
		at, rest = at+t.sums(), rest[1+len(t.Inputs):]
	}
	value := o.value(sums, elements(weights), positions, inputs)
	slopes := Gradient(value, totals)[0]
	v.linear = !dependsOn(slopes, totals, map[*Node]bool{})
	return []*Node{value, slopes}
}

// dependsOn reports whether n is computed from another node.
func dependsOn(n, on *Node, visited map[*Node]bool) bool {
	if n == on {
		return true
	}
	if visited[n] {
		return false
	}
	visited[n] = true
	return slices.ContainsFunc(n.Inputs(), func(input *Node) bool { return dependsOn(input, on, visited) })
}

// at is the value at totals [n, sums], and its derivatives with respect to them.
func (v *valueGraph) at(totals []float64) (value float64, slopes []float64, err error) {
	args := append([]any{tensors.FromFlatDataAndDimensions(totals, v.shape...)}, v.inputs...)
	out, err := v.exec.Call(args...)
	if err != nil {
		return 0, nil, fmt.Errorf("vgg: value: %w", err)
	}
	defer release(out...)
	slopes, err = tensors.CopyFlatData[float64](out[1])
	return tensors.ToScalar[float64](out[0]), slopes, err
}
