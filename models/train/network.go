package main

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"

	"github.com/seed2310110f/godream/models"
)

// heads are the layers that a classifier reads, with the weight of its loss.
// The last is the net's own. The others only help: they make the middle of the
// net tell whole things apart, as GoogLeNet's auxiliary classifiers do (Szegedy
// et al. 2014, arXiv:1409.4842, section 5, from where their weight of 0.3), and
// are dropped after training.
var heads = []struct {
	layer  string
	weight float64
}{{"relu3_4", 0.3}, {"relu4_4", 0.3}, {"relu5_4", 1}}

// What batch normalisation adds to the variance (torch's default), and the share
// that its running averages keep at each step.
const (
	epsilon  = 1e-5
	momentum = 0.98
)

// network builds VGG19 with batch normalisation before every ReLU (Ioffe and
// Szegedy 2015, arXiv:1502.03167) and a classifier on the mean over all places
// of its last layer (Lin et al. 2013, arXiv:1312.4400).
type network struct {
	start   *models.Net // the table of layers, and the kernels before training
	classes int
}

// logits takes preprocessed pictures [n, size, size, 3] to one [n, classes] for
// each of heads. Batch normalisation goes by the batch and updates its running
// averages or, frozen, goes by these averages and leaves them.
func (n network) logits(scope *model.Scope, x *Node, frozen bool) []*Node {
	var logits []*Node
	in := 3
	for _, l := range n.start.Layers {
		switch l.Kind {
		case models.Conv:
			x = n.convolve(scope.At("%s", l.Name), x, l, in, frozen)
			in = l.Channels
		case models.ReLU:
			x = MaxScalar(x, 0)
		case models.Pool:
			x = MaxPool(x).Window(2).Done()
		}
		for i := range heads {
			if heads[i].layer == l.Name {
				logits = append(logits, n.classify(scope.At("head_%s", l.Name), x))
			}
		}
		if len(logits) == len(heads) {
			break
		}
	}
	return logits
}

// convolve is a 3x3 convolution and its batch normalisation. The bias is the
// normalisation's. Frozen, the two are folded into one convolution, as they are
// in the net that is exported.
func (n network) convolve(scope *model.Scope, x *Node, l models.Layer, in int, frozen bool) *Node {
	g := x.Graph()
	kernel := scope.VariableWithValue("kernel", columns(l.Kernel, l.Channels, in)).NodeValue(g)
	vector := func(name string, start model.VariableInitializer) *model.Variable {
		return scope.WithInitializer(start).VariableWithShape(name, shapes.Make(dtypes.Float32, l.Channels))
	}
	scale, offset := vector("scale", initializer.One).NodeValue(g), vector("offset", initializer.Zero).NodeValue(g)
	mean := vector("mean", initializer.Zero).SetTrainable(false)
	variance := vector("variance", initializer.One).SetTrainable(false)
	if frozen {
		factor := Div(scale, Sqrt(AddScalar(variance.NodeValue(g), epsilon)))
		bias := Sub(offset, Mul(mean.NodeValue(g), factor))
		x = Convolve(x, Mul(kernel, ExpandLeftToRank(factor, 4))).PadSame().Done()
		return Add(x, ExpandLeftToRank(bias, 4))
	}
	x = Convolve(x, kernel).PadSame().Done()
	x, batchMean, batchVariance := InternalBatchNormForTraining(x, scale, offset, epsilon, -1)
	follow(mean, batchMean)
	follow(variance, batchVariance)
	return x
}

// follow moves a running average towards what a batch has.
func follow(average *model.Variable, batch *Node) {
	before := average.NodeValue(batch.Graph())
	average.SetNodeValue(Add(MulScalar(before, momentum), MulScalar(StopGradient(batch), 1-momentum)))
}

// classify is the mean over all places and a linear layer.
func (n network) classify(scope *model.Scope, x *Node) *Node {
	g := x.Graph()
	channels := x.Shape().Dimensions[3]
	weight := scope.WithInitializer(initializer.Zero).VariableWithShape("weight", shapes.Make(dtypes.Float32, channels, n.classes))
	bias := scope.WithInitializer(initializer.Zero).VariableWithShape("bias", shapes.Make(dtypes.Float32, n.classes))
	return Add(MatMul(ReduceMean(x, 1, 2), weight.NodeValue(g)), ExpandDims(bias.NodeValue(g), 0))
}

// loss is the cross-entropy of all heads with smoothed labels: the right class
// has probability 1-smoothing, and the rest is shared by all (Szegedy et al.
// 2015, arXiv:1512.00567, section 7).
func (n network) loss(logits []*Node, labels *Node, smoothing float64) *Node {
	wanted := OneHot(labels, n.classes, dtypes.Float32)
	wanted = AddScalar(MulScalar(wanted, 1-smoothing), smoothing/float64(n.classes))
	var sum *Node
	for i := range logits {
		term := MulScalar(ReduceAllMean(ReduceSum(Mul(wanted, Neg(LogSoftmax(logits[i]))), -1)), heads[i].weight)
		if sum == nil {
			sum = term
		} else {
			sum = Add(sum, term)
		}
	}
	return sum
}

// preprocess takes pictures [n, size, size, 3] of uint8 to what the net reads.
func (n network) preprocess(pictures *Node) *Node {
	g, p := pictures.Graph(), n.start.Preprocessing
	x := DivScalar(ConvertDType(pictures, dtypes.Float32), 255)
	return Div(Sub(x, perChannel(g, p.Mean)), perChannel(g, p.Std))
}

// perChannel is a constant [1, 1, 1, 3].
func perChannel(g *Graph, v [3]float64) *Node {
	return Const(g, [][][][]float32{{{{float32(v[0]), float32(v[1]), float32(v[2])}}}})
}

// disturb moves the first pictures of x, one for each of radius [m], by that
// Euclidean length in 0..1 pixel values, in the direction that raises the loss
// most.
//
// Nets trained on such pictures have gradients that draw what a person would
// (Engstrom et al. 2019, arXiv:1906.00945; Santurkar et al. 2019,
// arXiv:1906.09453), and one step is enough where radii are small (Wong et al.
// 2020, arXiv:2001.03994).
func (n network) disturb(scope *model.Scope, x, labels, radius *Node) *Node {
	m := radius.Shape().Dimensions[0]
	x, rest := Slice(x, AxisRange(0, m)), Slice(x, AxisRangeToEnd(m))
	loss := n.loss(n.logits(scope, x, true), Slice(labels, AxisRange(0, m)), 0)
	// The gradient of the pixels, and below, a step of theirs as one of x.
	std := perChannel(x.Graph(), n.start.Preprocessing.Std)
	g := Div(Gradient(loss, x)[0], std)
	length := Sqrt(AddScalar(ReduceAndKeep(Square(g), ReduceSum, 1, 2, 3), 1e-24))
	step := Mul(Div(g, length), Reshape(radius, -1, 1, 1, 1))
	return StopGradient(Concatenate([]*Node{Add(x, Div(step, std)), rest}, 0))
}

// columns turns torch's [out, in, 3, 3] into GoMLX's [3, 3, in, out].
func columns(kernel []float32, out, in int) *tensors.Tensor {
	turned := make([]float32, len(kernel))
	for at, weight := range kernel {
		o, i, place := at/(9*in), at/9%in, at%9
		turned[(place*in+i)*out+o] = weight
	}
	return tensors.FromFlatDataAndDimensions(turned, 3, 3, in, out)
}
