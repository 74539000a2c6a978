package dreamlib

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

// An Objective is the number that a dream raises. Its text form is the same in flags,
// JSON and recipes:
//
//	relu4_2                     a layer, by any name that models.Net.Index knows
//	relu4_2:13                  the mean of a channel
//	relu4_2:13@5x7              a channel at one position, column 5 and row 7
//	logit:spiral                a class, by the net's label or its number
//	0.5*relu3_1 + relu5_2       a weighted sum of these; negative weights lower what they weigh
//
// A kind of one's own implements the two methods, and where its text is to be read has a
// line in Objectives.
type Objective interface {
	// String is the text form, without spaces and commas in it.
	String() string

	// On makes the objective for a network.
	On(s Scope) (vgg.Objective, error)
}

// A Scope is what an Objective is made for.
type Scope struct {
	Net     *models.Net
	Measure Measure // of layers
}

// Measure is how the activations of a whole layer become the number that is raised.
type Measure string

const (
	// MeanSquare is the mean of the squared activations, as in
	// gordicaleksa/pytorch-deepdream. Its gradient points where Google's
	// does, half the sum of squares.
	MeanSquare Measure = "mean-square"

	// L2 is the square root of the summed squares, as in the article.
	L2 Measure = "l2"
)

// tiny keeps the gradient of the L2 norm finite where every activation is zero: it
// is zero there, as PyTorch's is.
const tiny = 1e-30

// layer is all of a layer.
type layer struct{ name string }

// Layer is the objective that measures a whole layer: see Measure.
func Layer(name string) Objective { return layer{name} }

func (l layer) String() string { return l.name }

func (l layer) On(s Scope) (vgg.Objective, error) {
	i, err := s.Net.Index(l.name)
	if err != nil {
		return nil, err
	}
	channels := float64(s.Net.Layers[i].Channels)
	return vgg.Objective{{
		Weight: 1, Kind: string(s.Measure), Reads: []vgg.Read{{Layer: i}},
		Sum: func(a vgg.Activations) *Node {
			return a.Total(0, ReduceAndKeep(Square(a.Of(0)), ReduceSum, 3))
		},
		Value: func(t vgg.Totals) *Node {
			if s.Measure == L2 {
				return ReduceAllSum(Sqrt(MaxScalar(t.Sum, tiny)))
			}
			return ReduceAllSum(Div(t.Sum, MulScalar(t.Positions(0), channels)))
		},
	}}, nil
}

func (l layer) canonical(net *models.Net) (Objective, error) {
	i, err := net.Index(l.name)
	if err != nil {
		return nil, err
	}
	return layer{net.Layers[i].Name}, nil
}

// channel is a channel of a layer, at one position or everywhere.
type channel struct {
	layer  string
	number int
	at     *image.Point
}

// Channel is the objective that reads the mean of a channel of a layer, counted from 0
// (Olah, Mordvintsev and Schubert 2017, "Feature Visualization").
func Channel(layer string, number int) Objective { return channel{layer, number, nil} }

// Unit is the objective that reads a channel of a layer at one position, counted from 0.
// A step on it computes that part of the picture alone which the unit sees; the rest stays
// as it is, so mean-abs and std, which divide by a measure of the whole gradient, want
// smaller steps. Jitter moves the picture below the unit.
func Unit(layer string, number, column, row int) Objective {
	return channel{layer, number, &image.Point{X: column, Y: row}}
}

func (c channel) String() string {
	if c.at == nil {
		return fmt.Sprintf("%s:%d", c.layer, c.number)
	}
	return fmt.Sprintf("%s:%d@%dx%d", c.layer, c.number, c.at.X, c.at.Y)
}

func (c channel) On(s Scope) (vgg.Objective, error) {
	i, err := s.Net.Index(c.layer)
	if err != nil {
		return nil, err
	}
	if l := s.Net.Layers[i]; c.number < 0 || c.number >= l.Channels {
		return nil, fmt.Errorf("channel %d: want 0 to %d in %s", c.number, l.Channels-1, l.Name)
	}
	return vgg.Objective{{
		Weight: 1, Kind: "mean", Reads: []vgg.Read{{Layer: i, Channels: []int{c.number}, At: c.at}},
		Sum: func(a vgg.Activations) *Node { return a.Total(0, a.Of(0)) },
	}}, nil
}

func (c channel) canonical(net *models.Net) (Objective, error) {
	i, err := net.Index(c.layer)
	if err != nil {
		return nil, err
	}
	return channel{net.Layers[i].Name, c.number, c.at}, nil
}

// parseChannel reads what follows a layer's name and a colon.
func parseChannel(layer, text string) (Objective, error) {
	number, place, placed := strings.Cut(text, "@")
	c := channel{layer: layer}
	var err error
	if c.number, err = natural(number); err == nil && placed {
		column, row, _ := strings.Cut(place, "x")
		c.at = &image.Point{}
		if c.at.X, err = natural(column); err == nil {
			c.at.Y, err = natural(row)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%s: want a channel, as in %s:13, and where it is read at one position alone that, by column and row, as in %s:13@5x7", layer, text, layer, layer)
	}
	return c, nil
}

// natural reads a whole number as strconv.Itoa writes it.
func natural(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || strconv.Itoa(n) != text {
		return 0, errors.New("no natural number")
	}
	return n, nil
}

// logit is a class of the net's classifier.
type logit struct{ class string }

// Logit is the objective that reads a class's score before any softmax (Simonyan et al.
// 2013, arXiv:1312.6034). class is one of the net's Labels, or its number from 0.
func Logit(class string) Objective { return logit{class} }

func (l logit) String() string { return "logit:" + l.class }

func (l logit) On(s Scope) (vgg.Objective, error) {
	class, err := s.Net.Class(l.class)
	if err != nil {
		return nil, err
	}
	c := s.Net.Classifier
	i, err := s.Net.Index(c.Layer)
	if err != nil {
		return nil, err
	}
	channels := s.Net.Layers[i].Channels
	return vgg.Objective{{
		Weight: 1, Kind: "logit", Reads: []vgg.Read{{Layer: i}},
		Inputs: [][]float32{c.Weight[class*channels:][:channels], {c.Bias[class]}},
		Sum: func(a vgg.Activations) *Node {
			return a.Total(0, ReduceAndKeep(Mul(a.Of(0), Reshape(a.Input(0), 1, 1, 1, channels)), ReduceSum, 3))
		},
		Value: func(t vgg.Totals) *Node { return ReduceAllSum(Add(t.Mean(), Reshape(t.Input(1), 1, 1))) },
	}}, nil
}

func (l logit) canonical(net *models.Net) (Objective, error) {
	class, err := net.Class(l.class)
	if err != nil {
		return nil, err
	}
	return logit{className(net, class)}, nil
}

var classPattern = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$`)

func parseLogit(class string) (Objective, error) {
	if !classPattern.MatchString(class) {
		return nil, fmt.Errorf("logit:%s: want a class's label or number, as in logit:3", class)
	}
	return logit{class}, nil
}

// className is what an objective calls a class: its label, or its number where
// the label's text would not lead back to it. Labels may hold spaces, and two of
// ImageNet's are "crane".
func className(net *models.Net, class int) string {
	label := net.Labels[class]
	if found, err := net.Class(label); err == nil && found == class && classPattern.MatchString(label) {
		return label
	}
	return strconv.Itoa(class)
}

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

// sum is a weighted sum, none of whose terms is a sum itself.
type sum []weighted

type weighted struct {
	weight float64
	of     Objective
}

// terms are an objective's, one where it is no sum.
func terms(o Objective) sum {
	if s, ok := o.(sum); ok {
		return s
	}
	if o == nil {
		return nil
	}
	return sum{{1, o}}
}

// Sum adds objectives up.
func Sum(objectives ...Objective) Objective {
	var s sum
	for _, o := range objectives {
		s = append(s, terms(o)...)
	}
	return s.simple()
}

// Scale multiplies an objective by a weight: any finite number.
func Scale(weight float64, o Objective) Objective {
	s := slices.Clone(terms(o))
	for i := range s {
		s[i].weight *= weight
	}
	return s.simple()
}

// simple is the objective itself where a sum is of one with weight 1.
func (s sum) simple() Objective {
	if len(s) == 1 && s[0].weight == 1 {
		return s[0].of
	}
	return s
}

func (s sum) String() string {
	var b strings.Builder
	for i, t := range s {
		w := t.weight
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
		b.WriteString(t.of.String())
	}
	return b.String()
}

func (s sum) On(scope Scope) (vgg.Objective, error) {
	var all vgg.Objective
	for _, t := range s {
		o, err := t.of.On(scope)
		if err != nil {
			return nil, err
		}
		all = append(all, o.Scale(t.weight)...)
	}
	return all, nil
}

// Objectives reads the text form of each kind of objective but layers and sums: what
// stands before a colon, and a function that reads what stands behind it, or "".
var Objectives = map[string]func(text string) (Objective, error){"logit": parseLogit}

// termPattern reads one term: a sign, a weight before a star, a name, and what stands
// behind a colon.
var termPattern = regexp.MustCompile(
	`^\s*([+-])?\s*(?:([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*\*\s*)?([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(:[A-Za-z0-9_.:@]+)?\s*`)

// ParseObjective reads the text form. It does not know the layers' names; the
// network they are meant for checks them.
func ParseObjective(text string) (Objective, error) {
	var s sum
	for rest := text; rest != ""; {
		m := termPattern.FindStringSubmatch(rest)
		if m == nil || (m[1] == "" && len(s) > 0) {
			return nil, fmt.Errorf("dreamlib: objective %q: cannot read %q: want [weight*]layer, [weight*]layer:channel or [weight*]logit:class, joined by + or -", text, rest)
		}
		t := weighted{weight: 1}
		if m[2] != "" {
			w, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, fmt.Errorf("dreamlib: objective %q: weight %q: %w", text, m[2], errors.Unwrap(err))
			}
			t.weight = w
		}
		if m[1] == "-" {
			t.weight = -t.weight
		}
		var err error
		if t.of, err = parseTerm(m[3], m[4]); err != nil {
			return nil, fmt.Errorf("dreamlib: objective %q: %w", text, err)
		}
		s = append(s, terms(Scale(t.weight, t.of))...)
		rest = rest[len(m[0]):]
	}
	if len(s) == 0 {
		return nil, errors.New(`dreamlib: objective: is empty, want a layer such as "relu4_2"`)
	}
	return s.simple(), nil
}

// parseTerm reads a name and, from its colon on, what follows.
func parseTerm(name, text string) (Objective, error) {
	if parse := Objectives[name]; parse != nil {
		return parse(strings.TrimPrefix(text, ":"))
	}
	if text == "" {
		return layer{name}, nil
	}
	return parseChannel(name, text[1:])
}

// Canonical is an objective under the names that a net gives its layers and classes:
// features.22 becomes relu4_2, logit:0 becomes logit:spiral. Its errors say that the net
// has no such layer, channel or class: a *models.UnknownLayerError, a
// *models.UnknownLabelError or models.ErrNoClassifier among them.
func Canonical(o Objective, net *models.Net) (Objective, error) {
	if _, err := bind(o, Scope{net, MeanSquare}); err != nil {
		return nil, err
	}
	s := slices.Clone(terms(o))
	for i := range s {
		if named, ok := s[i].of.(interface {
			canonical(*models.Net) (Objective, error)
		}); ok {
			var err error
			if s[i].of, err = named.canonical(net); err != nil {
				return nil, fmt.Errorf("dreamlib: objective %q: %w", o, err)
			}
		}
	}
	return s.simple(), nil
}

// bind makes an objective for a network.
func bind(o Objective, s Scope) (vgg.Objective, error) {
	if err := s.Net.Check(); err != nil {
		return nil, err
	}
	if len(terms(o)) == 0 {
		return nil, errors.New("dreamlib: objective: is empty, want a layer such as relu4_2")
	}
	bound, err := o.On(s)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: objective %q: %w", o, err)
	}
	return bound, nil
}

// Evaluate is an objective's value at pictures as the network sees them, and its gradient
// with respect to them: see vgg.Model.Gradient.
func Evaluate(ctx context.Context, m *vgg.Model, o Objective, measure Measure, x *vgg.Input) (value float64, gradient *vgg.Input, err error) {
	if err := errors.Join(m.Check(), oneOf("measure", measure, MeanSquare, L2)); err != nil {
		return 0, nil, err
	}
	bound, err := bind(o, Scope{m.Net, measure})
	if err != nil {
		return 0, nil, err
	}
	return m.Gradient(ctx, bound, x, nil)
}
