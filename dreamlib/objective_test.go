package dreamlib

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/internal/dreamtest"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
)

func TestParseObjective(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"relu4_2", "relu4_2"},
		{" relu4_2 ", "relu4_2"},
		{"30", "30"},
		{"features.22", "features.22"},
		{"-relu1_1", "-relu1_1"},
		{"0.5*relu3_1 + relu5_2 - 1e-3*pool1", "0.5*relu3_1 + relu5_2 - 0.001*pool1"},
		{"2*30-.5 * block4_conv2", "2*30 - 0.5*block4_conv2"},
		{"1*relu1_1", "relu1_1"},
		{"A - 0*B", "A - 0*B"},
		{"-0*A + 0*B", "-0*A + 0*B"},
		{"+relu1_1+relu1_1", "relu1_1 + relu1_1"},
		{"logit:spiral", "logit:spiral"},
		{" - 2 * logit:3 ", "-2*logit:3"},
		{"0.5*logit:eye + relu3_1 - 0.1*logit:3", "0.5*logit:eye + relu3_1 - 0.1*logit:3"},
		{"relu4_2:13", "relu4_2:13"},
		{"0.5*features.22:0@5x7 - relu4_2:13@0x0", "0.5*features.22:0@5x7 - relu4_2:13@0x0"},
	} {
		o, err := ParseObjective(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := o.String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
	for _, bad := range []string{"", " ", "relu4_2 relu4_3", "*relu1_1", "0.5*", "+", "relu1_1 +", "1e999*relu1_1", "NaN*relu1_1", "relu1_1..2", "a/b",
		"logit:", "logit: x", "logit :x", "logit:*", "logit:a:b", "logit:logit:a", "2*logit:", "class:x", "Logit:x", "logit:x y", "logit",
		"relu4_2:", "relu4_2:-1", "relu4_2:013", "relu4_2:13@", "relu4_2:13@5", "relu4_2:13@5x", "relu4_2:13@5x7x9", "relu4_2:13@5x-7", "relu4_2:1e3", "relu4_2: 13"} {
		if o, err := ParseObjective(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, o)
		}
	}
}

func FuzzParseObjective(f *testing.F) {
	for _, seed := range []string{"relu4_2", "0.5*relu3_1 + relu5_2 - 1e-3*tv", "-2*30", "features.22", "+.5*a - 1e-300*b",
		"logit:spiral", "0.5*logit:eye + relu3_1 - 0.1*logit:3", "2*logit:a_b.c - logit:0", "relu4_2:13@5x7", "-relu4_2:0 + 3*a:13@0x0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObjective(text)
		if err != nil {
			return
		}
		again, err := ParseObjective(o.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, o, err)
		}
		if again.String() != o.String() {
			t.Fatalf("%q became %q and then %q", text, o, again)
		}
	})
}

func TestObjectiveConstructors(t *testing.T) {
	o := Sum(Scale(0.5, Layer("relu3_1")), Layer("relu5_2"), Scale(-2, Sum(Layer("a"), Scale(3, Layer("b")))))
	if got, want := o.String(), "0.5*relu3_1 + relu5_2 - 2*a - 6*b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o = Sum(Scale(0.5, Logit("eye")), Layer("relu3_1"), Scale(-0.1, Logit("3")))
	if got, want := o.String(), "0.5*logit:eye + relu3_1 - 0.1*logit:3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	once := Sum(Layer("relu1_1"), Channel("relu2_1", 3), Unit("relu2_1", 3, 5, 7))
	if got, want := Scale(2, once).String(), "2*relu1_1 + 2*relu2_1:3 + 2*relu2_1:3@5x7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := once.String(), "relu1_1 + relu2_1:3 + relu2_1:3@5x7"; got != want {
		t.Errorf("Scale changed its argument to %q", got)
	}
	if o := Sum(Scale(1, Layer("relu1_1"))); o != Layer("relu1_1") {
		t.Errorf("a sum of one layer is %#v", o)
	}
}

// TestCanonical wants layers and classes by any of their names, and
// back by one that leads to them.
func TestCanonical(t *testing.T) {
	net := dreamtest.Classified(t, "relu5_4")
	for _, c := range []struct {
		objective Objective
		want      string
	}{
		{Logit("spiral"), "logit:spiral"},
		{Logit(" SPIRAL "), "logit:spiral"},
		{Logit("1"), "logit:spiral"},
		{Logit("7"), "logit:7"},          // a label
		{Logit("2"), "logit:7"},          // its number
		{Logit("cat's head"), "logit:3"}, // no text reads such a label
		{Logit("fur - long"), "logit:5"}, // it would be a class less a layer
		{Logit("0"), "logit:eye"},
		{Logit("4"), "logit:4"}, // the second of this label
		{Unit("block4_conv2", 13, 5, 7), "relu4_2:13@5x7"},
		{Channel("2", 1), "relu1_1:1"},
		{Sum(Layer("2"), Scale(-0.5, Logit("1")), Layer("block4_conv2")), "relu1_1 - 0.5*logit:spiral + relu4_2"},
	} {
		before := c.objective.String()
		canonical, err := Canonical(c.objective, net)
		if err != nil || canonical.String() != c.want || c.objective.String() != before {
			t.Errorf("%s became %s, %v, want %s", before, canonical, err, c.want)
			continue
		}
		read := parsed(t, canonical.String())
		if again, err := Canonical(read, net); err != nil || !reflect.DeepEqual(again, read) {
			t.Errorf("%s is read back as %s, %v", canonical, again, err)
		}
		if got, want := bound(t, read, net), bound(t, c.objective, net); !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads %v, and read back %v", before, want, got)
		}
	}
}

// bound is what an objective reads of a net, by terms.
func bound(t *testing.T, o Objective, net *models.Net) (list []vgg.Term) {
	t.Helper()
	terms, err := o.On(Scope{net, MeanSquare})
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range terms {
		term.Sum, term.Value = nil, nil // functions equal nothing
		list = append(list, term)
	}
	return list
}

func TestCanonicalRefuses(t *testing.T) {
	net, plain := dreamtest.Classified(t, "relu5_4"), dreamtest.RandomNet(t, 32)
	var layer *models.UnknownLayerError
	var label *models.UnknownLabelError
	for _, c := range []struct {
		objective Objective
		net       *models.Net
		as        any // the kind of error
		want      string
	}{
		{Sum(Layer("30"), Layer("relu4_9")), net, &layer, `objective "30 + relu4_9": models: unknown layer "relu4_9": did you mean relu4_4?`},
		{Layer(""), plain, &layer, `unknown layer ""`},
		{Logit("sprial"), net, &label, `objective "logit:sprial": models: unknown class "sprial": did you mean "spiral"? valid classes: 0 to 5 or eye, spiral, 7,`},
		{Logit("6"), net, &label, `unknown class "6"`},
		{Logit("-1"), net, &label, `unknown class "-1"`},
		{Sum(Layer("relu1_1"), Scale(0, Logit("nose"))), net, &label, `unknown class "nose"`},
		{Channel("relu4_9", 1), net, &layer, `did you mean relu4_4?`},
		{Channel("relu4_2", 16), net, nil, "channel 16: want 0 to 15 in relu4_2"},
		{Unit("relu4_2", -1, 0, 0), net, nil, "channel -1: want 0 to 15 in relu4_2"},
		{Sum(), net, nil, "is empty, want a layer such as relu4_2"},
		{nil, net, nil, "is empty, want a layer such as relu4_2"},
		{Layer("relu1_1"), nil, nil, "models: net: has no layers"},
	} {
		_, err := Canonical(c.objective, c.net)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.as != nil && !errors.As(err, c.as) {
			t.Errorf("%s: got %v, want %q", c.objective, err, c.want)
		}
	}
	if _, err := Canonical(Logit("eye"), plain); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("a net without a classifier: got %v", err)
	}
}

func TestClasses(t *testing.T) {
	list, err := Classes(dreamtest.Classified(t, "relu5_4"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(list), "[logit:eye logit:spiral logit:7 logit:3 logit:4 logit:5]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := Classes(dreamtest.RandomNet(t, 32)); !errors.Is(err, models.ErrNoClassifier) {
		t.Errorf("a net without a classifier: got %v", err)
	}
}
