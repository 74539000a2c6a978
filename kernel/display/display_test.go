package display

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
)

// recorder is a sink that keeps what it is given.
type recorder struct {
	bundles []Bundle
	ids     []string
	updates []bool
	cleared []bool
}

func (r *recorder) Show(b Bundle, id string, update bool) error {
	r.bundles, r.ids, r.updates = append(r.bundles, b), append(r.ids, id), append(r.updates, update)
	return nil
}
func (r *recorder) Clear(wait bool) error { r.cleared = append(r.cleared, wait); return nil }
func (r *recorder) Ask(prompt string, secret bool) (string, error) {
	return prompt + map[bool]string{true: "secret", false: "open"}[secret], nil
}

func TestOutput(t *testing.T) {
	var r recorder
	old := SetSink(&r)
	defer SetSink(old)
	o, err := Text("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = o.HTML("<b>two</b>"); err != nil {
		t.Fatal(err)
	}
	if _, err = Markdown("three"); err != nil {
		t.Fatal(err)
	}
	if len(r.ids) != 3 || r.ids[0] == "" || r.ids[0] != r.ids[1] || r.ids[2] == r.ids[0] || r.updates[0] || !r.updates[1] || r.updates[2] {
		t.Errorf("ids %v, updates %v", r.ids, r.updates)
	}
	if r.bundles[1]["text/html"] != "<b>two</b>" || r.bundles[2]["text/markdown"] != "three" {
		t.Errorf("found %v", r.bundles)
	}
	if err := Clear(true); err != nil || len(r.cleared) != 1 || !r.cleared[0] {
		t.Errorf("cleared %v, %v", r.cleared, err)
	}
	if s, err := AskSecret("p:"); s != "p:secret" || err != nil {
		t.Errorf("found %q, %v", s, err)
	}
	if _, err := Image("text"); err == nil || !strings.Contains(err.Error(), "found string") || len(r.bundles) != 3 {
		t.Errorf("found %v", err)
	}
}

// TestNowhere shows things outside of notebooks: nothing happens.
func TestNowhere(t *testing.T) {
	o, err := Image(picture.New(2, 2))
	if _, err2 := o.Text("x"); err != nil || err2 != nil || Clear(false) != nil {
		t.Errorf("%v, %v", err, err2)
	}
	if _, err := Ask("?"); !errors.Is(err, ErrNobody) {
		t.Errorf("found %v, want %v", err, ErrNobody)
	}
}

// other is shown as its value.
type other struct{ value any }

func (o other) Shown() any { return o.value }

func TestOf(t *testing.T) {
	red := picture.New(2, 1)
	copy(red.Pix, []float32{1, 0, 0, 0, 0, 1})
	var none *picture.Image
	for _, c := range []struct {
		value any
		size  image.Point // of the picture, zero for none
		text  string
	}{
		{red, image.Pt(2, 1), "picture of 2x1 pixels"},
		{&dreamlib.Result{Image: red}, image.Pt(2, 1), "picture of 2x1 pixels"},
		{image.NewGray(image.Rect(0, 0, 3, 4)), image.Pt(3, 4), "picture of 3x4 pixels"},
		{none, image.Point{}, "<nil>"},
		{&picture.Image{Width: 3}, image.Point{}, "&{Width:3 Height:0 Pix:[] Alpha:[]}"},
		{42, image.Point{}, "42"},
		{"a\nb", image.Point{}, `"a\nb"`},
		{errors.New("bad"), image.Point{}, "bad"},
		{[]byte{1, 255}, image.Point{}, "[1 255]"},
		{make([]int8, 1000), image.Point{}, "[0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ... 1000 in all]"},
		{map[string]int{"b": 1, "a": 2}, image.Point{}, "map[a:2 b:1]"},
		{struct{ E error }{errors.New("in it")}, image.Point{}, "{E:in it}"},
		{struct{ A any }{nil}, image.Point{}, "{A:<nil>}"},
		{[]struct{ A, B any }{{1, "<x>"}, {nil, 2}}, image.Point{}, "A      B\n1      <x>\n<nil>  2"},
		{[]struct{ hidden int }{{1}}, image.Point{}, "[{hidden:1}]"},
		{[]int{}, image.Point{}, "[]"},
		{nil, image.Point{}, "<nil>"},
		{other{red}, image.Pt(2, 1), "picture of 2x1 pixels"},
		{other{other{42}}, image.Point{}, "{value:42}"}, // once
	} {
		b := Of(c.value)
		if b["text/plain"] != c.text {
			t.Errorf("%#v: found %q, want %q", c.value, b["text/plain"], c.text)
		}
		file, ok := b["image/png"].([]byte)
		if ok != (c.size != image.Point{}) {
			t.Errorf("%#v: a picture: %v", c.value, ok)
		}
		if m, err := png.Decode(bytes.NewReader(file)); ok && (err != nil || m.Bounds().Size() != c.size) {
			t.Errorf("%#v: %v", c.value, err)
		}
	}
	if html := Of([]struct{ A string }{{"<x>"}})["text/html"].(string); !strings.Contains(html, "<td>&lt;x&gt;</td>") {
		t.Errorf("found %s", html)
	}
	long := Of(strings.Repeat("é", maxText))["text/plain"].(string)
	if len(long) > maxText+40 || !strings.HasSuffix(long, "(16386 bytes in all)") {
		t.Errorf("%d bytes, ends in %q", len(long), long[len(long)-30:])
	}
	net, err := models.Random(1, "vgg11", 16)
	if err != nil {
		t.Fatal(err)
	}
	layers := strings.Split(Of(net)["text/plain"].(string), "\n")
	for i, want := range map[int]string{
		0:  "Count Name Aliases Channels Stride ReceptiveField SmallestSide",
		2:  "2 relu1_1 features.1 block1_conv1 2 4 1 3 1",
		21: "21 pool5 features.20 block5_pool 21 32 32 150 32",
	} {
		if i >= len(layers) || strings.Join(strings.Fields(layers[i]), " ") != want {
			t.Errorf("line %d of %q, want %q", i, layers, want)
		}
	}
	sheet := Of([]*picture.Image{red, red, red})
	if _, ok := sheet["image/png"]; !ok {
		t.Errorf("several pictures: %v", sheet)
	}
	table := Of(make([]struct{ N int }, 100))["text/plain"].(string)
	if !strings.HasSuffix(table, "... and 40 more") {
		t.Errorf("found %q", table[len(table)-30:])
	}
}
