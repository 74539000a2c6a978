package dreamlib

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// Objective is what a dream climbs: a weighted sum over layers and classes. Its
// text form is the same in flags, JSON and recipes: "relu4_2",
// "0.5*relu3_1 + relu5_2", "relu5_1 - 0.2*relu2_2", "logit:spiral". Layers go by
// any name that models.Net.Index knows, classes by the net's labels or numbers.
type Objective struct {
	Terms []Term
}

// Term is one layer or one class of an Objective.
type Term struct {
	Weight float64 // any finite number; negative weights are climbed down
	Layer  string  // a layer's name, or empty
	Logit  string  // a class's label or its number, counted from 0, or empty
}

// Layer is the objective that reads one layer, with weight 1.
func Layer(name string) Objective { return Objective{Terms: []Term{{Weight: 1, Layer: name}}} }

// Logit is the objective that reads how sure the net's classifier is of one
// class, before any softmax, with weight 1 (Simonyan et al. 2013,
// arXiv:1312.6034). class is one of the net's Labels, or its number.
func Logit(class string) Objective { return Objective{Terms: []Term{{Weight: 1, Logit: class}}} }

// Classes are the objectives that read one class each, for all classes of a net
// in the order of its Labels. The error is models.ErrNoClassifier.
func Classes(net *models.Net) ([]Objective, error) {
	if err := net.Check(); err != nil {
		return nil, err
	}
	if net.Classifier == nil || len(net.Labels) == 0 {
		return nil, fmt.Errorf("dreamlib: classes: %w", models.ErrNoClassifier)
	}
	list := make([]Objective, len(net.Labels))
	for class := range list {
		list[class] = Logit(className(net, class))
	}
	return list, nil
}

// Sum adds objectives up.
func Sum(objectives ...Objective) Objective {
	var sum Objective
	for _, o := range objectives {
		sum.Terms = append(sum.Terms, o.Terms...)
	}
	return sum
}

// Scale multiplies every weight of an objective.
func Scale(weight float64, o Objective) Objective {
	scaled := Objective{Terms: slices.Clone(o.Terms)}
	for i := range scaled.Terms {
		scaled.Terms[i].Weight *= weight
	}
	return scaled
}

// termPattern reads one term: a sign, a weight before a star, a layer's name or
// "logit:" and a class.
var termPattern = regexp.MustCompile(
	`^\s*([+-])?\s*(?:([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*\*\s*)?(logit:)?([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\s*`)

// ParseObjective reads the text form. It does not know the layers' names; the
// network they are meant for checks them.
func ParseObjective(text string) (Objective, error) {
	var o Objective
	for rest := text; rest != ""; {
		m := termPattern.FindStringSubmatch(rest)
		if m == nil || (m[1] == "" && len(o.Terms) > 0) {
			return Objective{}, fmt.Errorf("dreamlib: objective %q: cannot read %q: want [weight*]layer or [weight*]logit:class, joined by + or -", text, rest)
		}
		t := Term{Weight: 1, Layer: m[4]}
		if m[3] != "" {
			t.Layer, t.Logit = "", m[4]
		}
		if m[2] != "" {
			w, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return Objective{}, fmt.Errorf("dreamlib: objective %q: weight %q: %w", text, m[2], errors.Unwrap(err))
			}
			t.Weight = w
		}
		if m[1] == "-" {
			t.Weight = -t.Weight
		}
		o.Terms = append(o.Terms, t)
		rest = rest[len(m[0]):]
	}
	if len(o.Terms) == 0 {
		return Objective{}, errors.New(`dreamlib: objective: is empty, want a layer such as "relu4_2"`)
	}
	return o, nil
}

// String is the canonical text; ParseObjective reads it back.
func (o Objective) String() string {
	var b strings.Builder
	for i, t := range o.Terms {
		w := t.Weight
		switch {
		case i > 0 && math.Signbit(w):
			b.WriteString(" - ")
			w = -w
		case i > 0:
			b.WriteString(" + ")
		case math.Signbit(w): // of -0 too
			b.WriteString("-")
			w = -w
		}
		if w != 1 {
			b.WriteString(strconv.FormatFloat(w, 'g', -1, 64) + "*")
		}
		if t.Logit != "" {
			b.WriteString("logit:" + t.Logit)
		} else {
			b.WriteString(t.Layer)
		}
	}
	return b.String()
}

// MarshalText writes the text form, so JSON holds it as a string.
func (o Objective) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the text form.
func (o *Objective) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*o = Objective{}
		return nil
	}
	*o, err = ParseObjective(string(text))
	return err
}

// aim is an objective made for one net. Its numbers are a program's inputs,
// and the rest is what the program depends on.
type aim struct {
	layers  []int     // what the layer terms read, in their order
	weights []float32 // of the layer terms

	// classifier is the layer that the classes are read from, -1 when none is,
	// and row what its mean over all places is multiplied by: the classifier's
	// rows for these classes, times the terms' weights, added up. Behind them is
	// the sum of the biases: [channels+1].
	classifier int
	row        []float32
}

// resolve replaces the names of layers and classes by their canonical ones and
// makes the objective's aim.
func (o Objective) resolve(net *models.Net) (Objective, aim, error) {
	if err := net.Check(); err != nil {
		return Objective{}, aim{}, err
	}
	if len(o.Terms) == 0 {
		return Objective{}, aim{}, errors.New("dreamlib: objective: is empty, want a layer such as relu4_2")
	}
	known, goal := slices.Clone(o.Terms), aim{classifier: -1}
	for i := range known {
		if err := goal.add(net, &known[i]); err != nil {
			return Objective{}, aim{}, fmt.Errorf("dreamlib: objective %q: %w", o, err)
		}
	}
	return Objective{known}, goal, nil
}

// Check finds layers and classes that a net does not have: the error is a
// *models.UnknownLayerError, a *models.UnknownLabelError or
// models.ErrNoClassifier.
func (o Objective) Check(net *models.Net) error {
	_, err := o.Canonical(net)
	return err
}

// Canonical is the objective under the names that a net gives its layers and
// classes: features.22 becomes relu4_2, logit:0 becomes logit:spiral. The errors
// are those of Check.
func (o Objective) Canonical(net *models.Net) (Objective, error) {
	known, _, err := o.resolve(net)
	return known, err
}

// add takes in one term and gives it its canonical name.
func (goal *aim) add(net *models.Net, t *Term) error {
	switch {
	case t.Logit == "":
		return goal.addLayer(net, t)
	case t.Layer == "":
		return goal.addLogit(net, t)
	}
	return fmt.Errorf("want a layer or a class in one term, found %q and %q", t.Layer, t.Logit)
}

func (goal *aim) addLayer(net *models.Net, t *Term) error {
	i, err := net.Index(t.Layer)
	if err != nil {
		return err
	}
	t.Layer = net.Layers[i].Name
	goal.layers = append(goal.layers, i)
	goal.weights = append(goal.weights, float32(t.Weight))
	return nil
}

func (goal *aim) addLogit(net *models.Net, t *Term) error {
	class, err := net.Class(t.Logit)
	if err != nil {
		return err
	}
	c := net.Classifier
	i, err := net.Index(c.Layer)
	if err != nil {
		return err
	}
	channels := net.Layers[i].Channels
	if goal.row == nil {
		goal.classifier, goal.row = i, make([]float32, channels+1)
	}
	for k, w := range c.Weight[class*channels : (class+1)*channels] {
		goal.row[k] += float32(t.Weight) * w
	}
	goal.row[channels] += float32(t.Weight) * c.Bias[class]
	t.Logit = className(net, class)
	return nil
}

// className is what an objective calls a class: its label, or its number where
// the label's text would not lead back to it. Labels may hold spaces, and two of
// ImageNet's are "crane".
func className(net *models.Net, class int) string {
	label := net.Labels[class]
	read, err := ParseObjective(Logit(label).String())
	if err != nil || !slices.Equal(read.Terms, Logit(label).Terms) {
		return strconv.Itoa(class)
	}
	if found, err := net.Class(label); err != nil || found != class {
		return strconv.Itoa(class)
	}
	return label
}

// deepest is the last layer that is read.
func (goal aim) deepest() int {
	deepest := goal.classifier
	for _, i := range goal.layers {
		deepest = max(deepest, i)
	}
	return deepest
}

// reads are the layers that are read, ascending.
func (goal aim) reads() []int {
	list := goal.layers
	if goal.classifier >= 0 {
		list = append(slices.Clone(list), goal.classifier)
	}
	return ascending(list)
}

// key tells apart what needs programs of its own.
func (goal aim) key() string { return fmt.Sprint(goal.layers, goal.classifier) }

// inputs are a program's: the weights [terms+1], the last unused so that there
// always is one, and the row [channels+1] where classes are read.
func (goal aim) inputs() []any {
	inputs := []any{slices.Concat(goal.weights, []float32{0})}
	if goal.classifier >= 0 {
		inputs = append(inputs, goal.row)
	}
	return inputs
}

// Measure is how a layer's activations become the number that is climbed.
type Measure string

const (
	// MeanSquare is the mean of the squared activations, as in
	// gordicaleksa/pytorch-deepdream. Its gradient points where Google's
	// does, half the sum of squares.
	MeanSquare Measure = "mean-square"

	// L2 is the square root of the summed squares, as in the article.
	L2 Measure = "l2"
)

// tiny keeps the L2 norm's gradient finite where every activation is zero: it
// is zero there, as PyTorch's is.
const tiny = 1e-30

func (m Measure) check() error { return oneOf("measure", m, MeanSquare, L2) }

// of measures activations [n, h, w, c] to a scalar.
func (m Measure) of(act *Node) *Node {
	if m == L2 {
		return Sqrt(MaxScalar(total(Square(act)), tiny))
	}
	return DivScalar(total(Square(act)), float64(act.Shape().Size()))
}

// total is the sum of all of x [n, h, w, c] as a scalar: of a position's channels in
// float32, of the positions in float64. The pure-Go engine adds up one value after the
// other, and in float32 the sum would soon be too large for most of them to count.
func total(x *Node) *Node {
	positions := ConvertDType(ReduceSum(x, -1), dtypes.Float64) // [n, h, w]
	return ConvertDType(ReduceAllSum(positions), x.DType())
}

// leaves are the layers that an objective reads, cut off from the chain, so that
// autodiff ends at them.
type leaves struct {
	chain *chain
	read  map[int]*Node // by the layer's index
	order []int
}

func (c *chain) leaves() *leaves { return &leaves{chain: c, read: map[int]*Node{}} }

// leaf is what layer i says, in float32: [n, h, w, c].
func (l *leaves) leaf(i int) *Node {
	if l.read[i] == nil {
		l.read[i], l.order = Identity(StopGradient(l.chain.said(i))), append(l.order, i)
	}
	return l.read[i]
}

// gradients differentiates value down to each layer that was read.
func (l *leaves) gradients(value *Node) map[int]*Node {
	var list []*Node
	for _, i := range l.order {
		list = append(list, l.read[i])
	}
	at := map[int]*Node{}
	for k, g := range Gradient(value, list...) {
		at[l.order[k]] = g
	}
	return at
}

// objective builds the value of an aim, whose inputs are numbers, and its
// gradient at each layer that is read. The chain carries these on to the picture.
func (c *chain) objective(m Measure, goal aim, numbers []*Node) (value *Node, at map[int]*Node) {
	read := c.leaves()
	add := func(term *Node) {
		if value == nil {
			value = term
		} else {
			value = Add(value, term)
		}
	}
	for t, i := range goal.layers {
		add(Mul(Reshape(Slice(numbers[0], AxisElem(t))), m.of(read.leaf(i))))
	}
	if goal.classifier >= 0 {
		act, row := read.leaf(goal.classifier), numbers[1]
		positions := act.Shape().Size() / act.Shape().Dim(-1)
		add(Add(DivScalar(classScores(act, row), positions), Reshape(Slice(row, AxisElem(-1)))))
	}
	return value, read.gradients(value)
}

// classScores multiplies what the classifier reads at each position, [n, h, w, c], by a
// row [c+1] of it, whose last number, the bias, is left out, and adds all up.
func classScores(act, row *Node) *Node {
	channels := act.Shape().Dim(-1)
	return total(Mul(act, Reshape(Slice(row, AxisRange(0, channels)), 1, 1, 1, channels)))
}
