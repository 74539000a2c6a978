package main

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/ml/train/optimizer/cosineschedule"

	"github.com/seed2310110f/godream/models"
)

// trainer is a run on its way.
type trainer struct {
	prepared
	step    int     // done so far
	history []point // the curve so far

	backend compute.Backend
	network network
	store   *model.Store // all variables: the net's, the optimiser's, the counters
	waiting waiting

	steppers map[stepper]*model.Exec // programs of a step
	judge    *model.Exec             // how many of a batch are right
}

// point is one place on the curve.
type point struct {
	Step     int     `json:"step"`
	Loss     float64 `json:"loss"`     // mean over the steps since the point before
	Learned  float64 `json:"learned"`  // share of right answers in these steps, disturbed pictures included
	Accuracy float64 `json:"accuracy"` // share of right answers on fresh pictures
}

// newTrainer sets a run up at its first step.
func newTrainer(backend compute.Backend, r run) (*trainer, error) {
	ready, err := r.prepare()
	if err != nil {
		return nil, err
	}
	start, err := models.Random(r.Seed, "vgg19", r.Divide)
	if err != nil {
		return nil, err
	}
	t := &trainer{
		prepared: ready, backend: backend, store: model.NewStore(), waiting: waiting{}, steppers: map[stepper]*model.Exec{},
		network: network{start, len(r.Classes)},
	}
	if t.judge, err = t.program(t.right); err != nil {
		return nil, err
	}
	return t, nil
}

// stepper is what a step's program depends on.
type stepper struct {
	disturb bool
	rate    float64 // 0 for the run's schedule
}

// stepper is the program of a stage's steps.
func (t *trainer) stepper(s stage) (*model.Exec, error) {
	kind := stepper{s.Radius > 0, s.Rate}
	if t.steppers[kind] == nil {
		p, err := t.program(func(scope *model.Scope, in []*Node) []*Node { return t.learn(scope, in, kind) })
		if err != nil {
			return nil, err
		}
		t.steppers[kind] = p
	}
	return t.steppers[kind], nil
}

func (t *trainer) program(build func(*model.Scope, []*Node) []*Node) (*model.Exec, error) {
	p, err := model.NewExec(t.backend, t.store, build)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return p.SetMaxCache(-1), nil
}

// learn is one step of AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101) at
// a rate that rises from 0 and falls along a cosine (the same authors 2016,
// arXiv:1608.03983), or at the stage's own. in is pictures, labels and, where
// pictures are disturbed, radii; it returns the loss and how many of the
// pictures the net got right.
func (t *trainer) learn(scope *model.Scope, in []*Node, kind stepper) []*Node {
	g := in[0].Graph()
	t.store.SetTraining(g, true)
	x := t.network.preprocess(in[0])
	if kind.disturb {
		x = t.network.disturb(scope, x, in[1], in[2])
	}
	logits := t.network.logits(scope, x, false)
	loss := t.network.loss(logits, in[1], t.Smoothing)
	if kind.rate > 0 {
		optimizer.LearningRateVar(scope, dtypes.Float32, kind.rate).SetNodeValue(Const(g, float32(kind.rate)))
	} else {
		cosineschedule.New(scope, g, dtypes.Float32).LearningRate(t.Rate).WarmUpSteps(t.Warmup).PeriodSteps(t.scheduled() - t.Warmup).Done()
	}
	optimizer.Adam().WeightDecay(t.Decay).Done().UpdateGraph(scope, g, loss)
	return []*Node{loss, count(logits, in[1])}
}

// right counts the pictures of a batch that the net, as it will be used, gets right.
func (t *trainer) right(scope *model.Scope, in []*Node) []*Node {
	t.store.SetTraining(in[0].Graph(), false)
	return []*Node{count(t.network.logits(scope, t.network.preprocess(in[0]), true), in[1])}
}

// count is how many labels the last head names.
func count(logits []*Node, labels *Node) *Node {
	named := ArgMax(logits[len(logits)-1], -1, dtypes.Int32)
	return ReduceAllSum(ConvertDType(Equal(named, labels), dtypes.Float32))
}

// train goes on to the end of the run. After every step it calls report, which
// may end the run with an error; so does the end of ctx, after the step under
// way. Either way the trainer is whole and can be saved.
func (t *trainer) train(ctx context.Context, report func(loss, right float64) error) error {
	for b := range t.feed(t.step) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		loss, right, err := t.take(b)
		if err != nil {
			return err
		}
		if err := report(loss, right/float64(t.Batch)); err != nil {
			return err
		}
	}
	return nil
}

// take takes one step.
func (t *trainer) take(b batch) (loss, right float64, err error) {
	s := t.stage(t.step)
	program, err := t.stepper(s)
	if err != nil {
		return 0, 0, err
	}
	inputs := []any{b.tensor(s.Size), b.labels}
	if s.Radius > 0 {
		inputs = append(inputs, b.radius)
	}
	out, err := program.Call(inputs...)
	if err != nil {
		return 0, 0, fmt.Errorf("train: step %d: %w", t.step, err)
	}
	t.step++
	loss, right = float64(tensors.ToScalar[float32](out[0])), float64(tensors.ToScalar[float32](out[1]))
	if loss != loss {
		return 0, 0, fmt.Errorf("train: step %d: the loss is not a number", t.step)
	}
	return loss, right, nil
}

// accuracy is the share of n fresh pictures that the net gets right.
func (t *trainer) accuracy(n, size int) (float64, error) {
	const each = 128
	right := 0.0
	for first := 0; first < n; first += each {
		b := t.fresh(first, each, size)
		out, err := t.judge.Call(b.tensor(size), b.labels)
		if err != nil {
			return 0, fmt.Errorf("train: judge: %w", err)
		}
		right += float64(tensors.ToScalar[float32](out[0]))
	}
	return right / float64((n+each-1)/each*each), nil
}

// tensor is the batch's pictures [n, size, size, 3].
func (b batch) tensor(size int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(b.pixels, len(b.labels), size, size, 3)
}
