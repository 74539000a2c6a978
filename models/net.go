// Package models holds VGG networks as data: an ordered table of layers with
// frozen weights, their names and aliases, and the preprocessing that belongs
// to them. It reads weight files (Load, LoadFile), draws random nets for tests
// (Random), and is free of graphs and dreaming.
//
//	net, err := models.LoadFile("vgg19-dcbb9e9d.pth")
//	if err != nil {
//		return err
//	}
//	i, err := net.Index("relu4_2") // also "features.22", "block4_conv2", "23"
//	if err != nil {
//		return err // an unknown name lists the valid ones
//	}
//	fmt.Println(net.Layers[i].Channels, net.Layers[i].ReceptiveField)
//
// It does not download anything (package models/hub does) and never executes a
// pickle.
package models

import (
	"fmt"
	"math"
)

// Kind is what a layer does.
type Kind int

const (
	Conv Kind = iota // 3x3 convolution, stride 1, zero padding 1, with bias
	ReLU             // max(x, 0)
	Pool             // 2x2 max pooling, stride 2, odd last row and column dropped
)

func (k Kind) String() string {
	if k < Conv || k > Pool {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"conv", "relu", "pool"}[k]
}

// Layer is one row of a network's table. Its index in Net.Layers is N in
// torchvision's "features.N"; a plain count L, as in features[:L], means the
// layer with index L-1.
type Layer struct {
	Kind     Kind
	Name     string // canonical name: conv4_2, relu4_2 or pool4
	Channels int    // channels of the layer's output

	// Stride is how many picture pixels lie between neighbouring units, and
	// ReceptiveField how many pixels, squared, one unit sees.
	Stride, ReceptiveField int

	// Kernel holds a convolution's weights as torch stores them,
	// [out, in, 3, 3] flattened, and Bias its [out] biases. Both are nil for
	// other kinds. They are frozen: nobody writes to them after loading.
	Kernel, Bias []float32
}

// Preprocessing maps RGB values in 0..1 to what the network was trained on:
// per channel (value*Scale - Mean[c]) / Std[c], in the order that BGR says.
type Preprocessing struct {
	BGR   bool       `json:"bgr,omitempty"` // channels go in as blue, green, red; Mean and Std are in that order too
	Scale float64    `json:"scale"`         // 1 for torchvision, 255 for Caffe
	Mean  [3]float64 `json:"mean"`
	Std   [3]float64 `json:"std"`
}

// ImageNet is torchvision's preprocessing: RGB in 0..1, less the mean and over
// the standard deviation of ImageNet (torchvision, references/classification).
var ImageNet = Preprocessing{
	Scale: 1,
	Mean:  [3]float64{0.485, 0.456, 0.406},
	Std:   [3]float64{0.229, 0.224, 0.225},
}

// Caffe is the preprocessing of the original VGG release: BGR in 0..255 less
// the mean of ILSVRC (Simonyan and Zisserman 2014, model zoo).
var Caffe = Preprocessing{
	BGR:   true,
	Scale: 255,
	Mean:  [3]float64{103.939, 116.779, 123.68},
	Std:   [3]float64{1, 1, 1},
}

// Net is a VGG feature extractor with frozen weights.
type Net struct {
	Name          string        // "vgg19", "random", or the file's base name
	Layers        []Layer       // in order, picture first
	Preprocessing Preprocessing // what the first layer expects
	SHA256        string        // hex, of the weight file; of the drawn weights for Random
	Labels        []string      // class names, nil when unknown
	Classifier    *Classifier   // nil when there is none that works on any size

	// Metadata are the texts of the weight file's header that the fields above
	// do not hold, as the provenance of a net that was trained. nil when there
	// are none.
	Metadata map[string]string
}

// Classifier tells a network's classes apart by the mean of one layer over all
// places, so it takes pictures of any size (global average pooling, Lin et al.
// 2013, arXiv:1312.4400). Class c has the score, or logit, of
// Bias[c] + sum over channels k of Weight[c*channels+k]*mean[k].
//
// The classifiers of the published VGG nets read one size of picture only and
// have six times the weights of the rest; they are not loaded.
type Classifier struct {
	Layer  string    // whose mean is read, by its canonical name
	Weight []float32 // [labels, channels of Layer]
	Bias   []float32 // [labels]
}

// block is the table of one VGG block: how many convolutions come before its
// pooling layer.
type block int

// depths maps the name of a VGG variant to its blocks (Simonyan and Zisserman
// 2014, table 1, columns A, B, D and E).
var depths = map[string][]block{
	"vgg11": {1, 1, 2, 2, 2},
	"vgg13": {2, 2, 2, 2, 2},
	"vgg16": {2, 2, 3, 3, 3},
	"vgg19": {2, 2, 4, 4, 4},
}

// table lays out the layers of a VGG variant whose convolutions have the given
// output channels, in order. It panics when their number does not fit.
func table(blocks []block, channels []int) []Layer {
	var layers []Layer
	field, stride, conv := 1, 1, 0
	for b, n := range blocks {
		for i := range int(n) {
			field += 2 * stride
			row := Layer{Channels: channels[conv], Stride: stride, ReceptiveField: field}
			row.Kind, row.Name = Conv, fmt.Sprintf("conv%d_%d", b+1, i+1)
			layers = append(layers, row)
			row.Kind, row.Name = ReLU, fmt.Sprintf("relu%d_%d", b+1, i+1)
			layers = append(layers, row)
			conv++
		}
		field += stride
		stride *= 2
		layers = append(layers, Layer{
			Kind: Pool, Name: fmt.Sprintf("pool%d", b+1),
			Channels: channels[conv-1], Stride: stride, ReceptiveField: field,
		})
	}
	if conv != len(channels) {
		panic(fmt.Errorf("models: %d convolutions, but channels for %d", conv, len(channels)))
	}
	return layers
}

// MinSize is the smallest side, in pixels, of a picture that reaches layer i
// with at least one unit: every pooling layer on the way halves it.
func (n *Net) MinSize(i int) int { return n.Layers[i].Stride }

// Variant is the depth in words, "vgg19" for 16 convolutions, or "" when the
// table is none of the published ones.
func (n *Net) Variant() string {
	depth := 0
	for range convs(n.Layers) {
		depth++
	}
	return map[int]string{8: "vgg11", 10: "vgg13", 13: "vgg16", 16: "vgg19"}[depth]
}

// finite reports the index of the first value that is NaN or infinite, or -1.
func finite(values []float32) int {
	for i, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return i
		}
	}
	return -1
}
