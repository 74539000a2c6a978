package dreamlib

import (
	"fmt"
	"math"

	"github.com/seed2310110f/godream/dreamlib/internal/parallel"
)

// An Optimizer makes steps of gradients. Its text form is its name:
//
//	mean-abs     along g / mean|g|, so that a step moves an average value by its size
//	             (google/deepdream, dream.ipynb, make_step)
//	std          along (g - mean) / standard deviation (gordicaleksa/pytorch-deepdream,
//	             gradient_ascent)
//	none         along g
//	accumulate   along the sum of an octave's gradients: the article's script never
//	             clears x.grad
//	adam         Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1), with its
//	             defaults 0.9, 0.999 and 1e-8
type Optimizer interface {
	// String is the text form.
	String() string

	// Start begins an octave, on n values. The Update that it returns keeps what has to
	// be remembered from step to step.
	Start(n int) Update
}

// An Update moves values along their gradient, by steps of these sizes: of value i it is
// sizes[i%len(sizes)]. It may change the gradient.
type Update func(values, gradient, sizes []float32)

// Optimizers reads the text form of each kind.
var Optimizers = map[string]Optimizer{
	"mean-abs": MeanAbs, "std": Std, "none": Plain, "accumulate": Accumulate, "adam": Adam,
}

// normalised steps along (g - offset) * factor.
type normalised struct {
	name     string
	standard func(g []float32) (offset, factor float32)
}

// The optimizers that divide a gradient by some measure of its size.
var (
	MeanAbs Optimizer = &normalised{"mean-abs", meanAbs}
	Std     Optimizer = &normalised{"std", standardised}
	Plain   Optimizer = &normalised{"none", func([]float32) (offset, factor float32) { return 0, 1 }}
)

func (n *normalised) String() string { return n.name }

func (n *normalised) Start(int) Update {
	return func(values, g, sizes []float32) {
		offset, factor := n.standard(g)
		ascend(values, sizes, func(i int) float32 { return (g[i] - offset) * factor })
	}
}

func meanAbs(g []float32) (offset, factor float32) {
	return 0, float32(1 / max(mean(g, math.Abs), tiny))
}

func standardised(g []float32) (offset, factor float32) {
	middle := mean(g, func(v float64) float64 { return v })
	spread := mean(g, func(v float64) float64 { return (v - middle) * (v - middle) })
	unbiased := spread * float64(len(g)) / float64(max(len(g)-1, 1)) // as torch.std
	return float32(middle), float32(1 / math.Sqrt(max(unbiased, tiny)))
}

// Accumulate steps along the sum of the gradients so far.
var Accumulate Optimizer = accumulate{}

type accumulate struct{}

func (accumulate) String() string { return "accumulate" }

func (accumulate) Start(n int) Update {
	sum := make([]float32, n)
	return func(values, g, sizes []float32) {
		ascend(values, sizes, func(i int) float32 {
			sum[i] += g[i]
			return sum[i]
		})
	}
}

// Adam steps along a running mean of gradients, divided by the root of a running mean of
// their squares.
var Adam Optimizer = adam{0.9, 0.999, 1e-8}

type adam struct {
	beta1, beta2 float64 // what is kept of the means at each step
	epsilon      float64 // is added to the root
}

func (adam) String() string { return "adam" }

func (a adam) Start(n int) Update {
	m, v := make([]float32, n), make([]float32, n)
	kept1, kept2 := 1.0, 1.0 // of the zeros that the means began with
	return func(values, g, sizes []float32) {
		kept1, kept2 = kept1*a.beta1, kept2*a.beta2
		ascend(values, sizes, func(i int) float32 {
			along := float64(g[i])
			first := a.beta1*float64(m[i]) + (1-a.beta1)*along
			second := a.beta2*float64(v[i]) + (1-a.beta2)*along*along
			m[i], v[i] = float32(first), float32(second)
			return float32(first / (1 - kept1) / (math.Sqrt(second/(1-kept2)) + a.epsilon))
		})
	}
}

// ascend adds size times direction to each value.
func ascend(values, sizes []float32, direction func(i int) float32) {
	parallel.Runs(len(values), func(lo, hi int) {
		k := lo % len(sizes)
		for i := lo; i < hi; i++ {
			values[i] += float32(sizes[k] * direction(i))
			if k++; k == len(sizes) {
				k = 0
			}
		}
	})
}

// meanBlock is how many numbers mean adds up at a time: in one order on any number of
// processors.
const meanBlock = 4096

// mean is that of a function of g.
func mean(g []float32, of func(v float64) float64) float64 {
	blocks := make([]float64, (len(g)+meanBlock-1)/meanBlock)
	parallel.Runs(len(blocks), func(lo, hi int) {
		for b := lo; b < hi; b++ {
			for _, v := range g[b*meanBlock : min((b+1)*meanBlock, len(g))] {
				blocks[b] += of(float64(v))
			}
		}
	})
	var sum float64
	for _, block := range blocks {
		sum += block
	}
	return sum / float64(len(g))
}

// choose is the kind of that name in a registry.
func choose[T any](noun, name string, kinds map[string]T) (kind T, err error) {
	kind, ok := kinds[name]
	if !ok {
		return kind, fmt.Errorf("dreamlib: %s %q: unknown, want one of %q", noun, name, sortedKeys(kinds))
	}
	return kind, nil
}
