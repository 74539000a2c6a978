package models

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Index finds a layer by any of its names, ignoring case and outer spaces:
//
//   - the canonical name: conv4_2, relu4_2, pool4;
//   - torchvision's features.N, where N is the index itself;
//   - a plain count L, 1 for the first layer: the last layer of the article's
//     features[:L], which is index L-1;
//   - Keras's block4_conv2 and block4_pool. Keras fuses the activation into
//     the convolution, so block4_conv2 means relu4_2, not conv4_2.
//
// Any other name is an *UnknownLayerError.
func (n *Net) Index(name string) (int, error) {
	want := strings.ToLower(strings.TrimSpace(name))
	for i, l := range n.Layers {
		if want == l.Name || slices.Contains(n.Aliases(i), want) {
			return i, nil
		}
	}
	return 0, &UnknownLayerError{Name: name, Nearest: n.nearest(want), Valid: n.Names()}
}

// Names lists the canonical names of all layers, in order.
func (n *Net) Names() []string {
	names := make([]string, len(n.Layers))
	for i, l := range n.Layers {
		names[i] = l.Name
	}
	return names
}

// Aliases lists the other names of layer i, in this order: features.N, Keras's
// name where it has one (a bare convolution has none), the count. It panics
// when i is not an index of Layers.
func (n *Net) Aliases(i int) []string {
	l := n.Layers[i]
	names := []string{"features." + strconv.Itoa(i)}
	switch l.Kind {
	case ReLU:
		block, unit, _ := strings.Cut(strings.TrimPrefix(l.Name, "relu"), "_")
		names = append(names, "block"+block+"_conv"+unit)
	case Pool:
		names = append(names, "block"+strings.TrimPrefix(l.Name, "pool")+"_pool")
	}
	return append(names, strconv.Itoa(i+1))
}

// nearest is the valid name that a user most likely meant by an unknown one. A
// number out of range becomes the nearest number in range; other names are
// compared by edit distance, then by how far they agree from the start, and
// the deeper layer wins what is still a tie: relu4_5 gives relu4_4.
func (n *Net) nearest(unknown string) string {
	if len(n.Layers) == 0 {
		return ""
	}
	if count, err := strconv.Atoi(unknown); err == nil {
		return strconv.Itoa(max(1, min(count, len(n.Layers))))
	}
	if digits, ok := strings.CutPrefix(unknown, "features."); ok {
		if index, err := strconv.Atoi(digits); err == nil {
			return "features." + strconv.Itoa(max(0, min(index, len(n.Layers)-1)))
		}
	}
	var best string
	var bestDistance, bestAgreement int
	for i, l := range n.Layers {
		aliases := n.Aliases(i)
		for _, name := range append(aliases[:len(aliases)-1], l.Name) { // without the count
			distance, agreement := levenshtein.ComputeDistance(unknown, name), agreement(unknown, name)
			if best == "" || distance < bestDistance || distance == bestDistance && agreement >= bestAgreement {
				best, bestDistance, bestAgreement = name, distance, agreement
			}
		}
	}
	return best
}

// agreement is the number of bytes that two names share at their start.
func agreement(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// UnknownLayerError says that a network has no layer of that name.
type UnknownLayerError struct {
	Name    string   // as it was asked for
	Nearest string   // the valid name closest to it
	Valid   []string // every canonical name, in order
}

func (e *UnknownLayerError) Error() string {
	n := len(e.Valid)
	return fmt.Sprintf("models: unknown layer %q: did you mean %s? valid: %s; "+
		"also features.0..%d, counts 1..%d, and block1_conv1 as Keras writes it",
		e.Name, e.Nearest, strings.Join(runs(e.Valid), " "), n-1, n)
}

// runs shortens a list of names that end in counters: conv1_1, conv1_2 become
// conv1_1..2. A run stands where its first name stood.
func runs(names []string) []string {
	var stems []string
	first, last := map[string]string{}, map[string]string{}
	for _, name := range names {
		stem := strings.TrimRight(name, "0123456789")
		counter := strings.TrimPrefix(name, stem)
		if _, seen := first[stem]; !seen {
			stems = append(stems, stem)
			first[stem] = counter
		}
		last[stem] = counter
	}
	for i, stem := range stems {
		stems[i] = stem + first[stem]
		if last[stem] != first[stem] {
			stems[i] += ".." + last[stem]
		}
	}
	return stems
}

// ErrNoClassifier says that a net was asked for classes, and has layers only.
var ErrNoClassifier = errors.New("models: the net has no classifier that takes pictures of any size (the embedded net has one)")

// UnknownLabelError says that a net's classifier has no class of a name.
type UnknownLabelError struct {
	Name    string   // what was asked for
	Nearest string   // the label that was probably meant
	Valid   []string // all labels
}

func (e *UnknownLabelError) Error() string {
	const most = 100
	list, more := e.Valid, ""
	if len(list) > most {
		list, more = list[:most], ", ..."
	}
	return fmt.Sprintf("models: unknown class %q: did you mean %q? valid classes: 0 to %d or %s%s",
		e.Name, e.Nearest, len(e.Valid)-1, strings.Join(list, ", "), more)
}

// Class finds a class of the net's classifier by its label, ignoring case and
// outer spaces, or by its number, counted from 0. The error is an
// *UnknownLabelError, or ErrNoClassifier.
func (n *Net) Class(name string) (int, error) {
	if n.Classifier == nil || len(n.Labels) == 0 {
		return 0, ErrNoClassifier
	}
	want := strings.ToLower(strings.TrimSpace(name))
	edits := func(label string) int { return levenshtein.ComputeDistance(want, strings.ToLower(label)) }
	nearest := slices.MinFunc(n.Labels, func(a, b string) int { return edits(a) - edits(b) })
	if edits(nearest) == 0 {
		return slices.Index(n.Labels, nearest), nil
	}
	if i, err := strconv.Atoi(want); err == nil && i >= 0 && i < len(n.Labels) {
		return i, nil
	}
	return 0, &UnknownLabelError{Name: name, Nearest: nearest, Valid: slices.Clone(n.Labels)}
}
