package dreamlib

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/seed2310110f/godream/models"
)

// Objective is what a dream climbs: a weighted sum over layers. Its text form
// is the same in flags, JSON and recipes: "relu4_2", "0.5*relu3_1 + relu5_2",
// "relu5_1 - 0.2*relu2_2". Layers go by any name that models.Net.Index knows.
type Objective struct {
	Terms []Term
}

// Term is one layer of an Objective.
type Term struct {
	Weight float64 // any finite number; negative weights are climbed down
	Layer  string
}

// Layer is the objective that reads one layer, with weight 1.
func Layer(name string) Objective { return Objective{Terms: []Term{{1, name}}} }

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

// termPattern reads one term: a sign, a weight before a star, a layer's name.
var termPattern = regexp.MustCompile(
	`^\s*([+-])?\s*(?:([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*\*\s*)?([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\s*`)

// ParseObjective reads the text form. It does not know the layers' names; the
// network they are meant for checks them.
func ParseObjective(text string) (Objective, error) {
	var o Objective
	for rest := text; rest != ""; {
		m := termPattern.FindStringSubmatch(rest)
		if m == nil || (m[1] == "" && len(o.Terms) > 0) {
			return Objective{}, fmt.Errorf("dreamlib: objective %q: cannot read %q: want [weight*]layer, joined by + or -", text, rest)
		}
		t := Term{Weight: 1, Layer: m[3]}
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
		case i > 0 && w < 0:
			b.WriteString(" - ")
			w = -w
		case i > 0:
			b.WriteString(" + ")
		case w < 0:
			b.WriteString("-")
			w = -w
		}
		if w != 1 {
			b.WriteString(strconv.FormatFloat(w, 'g', -1, 64) + "*")
		}
		b.WriteString(t.Layer)
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

// resolve replaces every layer's name by its canonical one and returns their
// indices in the net.
func (o Objective) resolve(net *models.Net) (Objective, []int, error) {
	o.Terms = slices.Clone(o.Terms)
	indices := make([]int, len(o.Terms))
	for t := range o.Terms {
		i, err := net.Index(o.Terms[t].Layer)
		if err != nil {
			return Objective{}, nil, fmt.Errorf("dreamlib: objective %q: %w", o, err)
		}
		o.Terms[t].Layer, indices[t] = net.Layers[i].Name, i
	}
	if len(indices) == 0 {
		return Objective{}, nil, errors.New("dreamlib: objective: is empty, want a layer such as relu4_2")
	}
	return o, indices, nil
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

// of measures activations [n, h, w, c] to a scalar.
func (m Measure) of(act *Node) *Node {
	if m == L2 {
		return Sqrt(MaxScalar(ReduceAllSum(Square(act)), tiny))
	}
	return ReduceAllMean(Square(act))
}

// objective builds the value of weights [terms] over the layers at indices,
// and its gradient at each of them. The chain carries these on to the picture.
func (c *chain) objective(m Measure, indices []int, weights *Node) (value *Node, at map[int]*Node) {
	read := map[int]*Node{} // cut off from the chain, so that autodiff ends here
	var leaves []*Node
	var order []int
	for t, i := range indices {
		if read[i] == nil {
			read[i] = Identity(StopGradient(c.acts[i]))
			leaves, order = append(leaves, read[i]), append(order, i)
		}
		weight := Reshape(Slice(weights, AxisElem(t)))
		term := Mul(weight, m.of(read[i]))
		if value == nil {
			value = term
		} else {
			value = Add(value, term)
		}
	}
	at = map[int]*Node{}
	for k, g := range Gradient(value, leaves...) {
		at[order[k]] = g
	}
	return value, at
}
