package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// settings are what an axis can change besides the image file and the net.
type settings struct {
	dreamlib.Config
	vgg.Options
}

// field is one of the settings.
type field struct {
	name  string // as in flags: octave-scale
	key   string // as in JSON: octave_scale
	index []int  // in settings
	kind  reflect.Type
}

// fields are all of them, in the order of Config.
var fields = func() (list []field) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || key == "-" { // it decides no pixels
			continue
		}
		list = append(list, field{strings.ReplaceAll(key, "_", "-"), key, f.Index, f.Type})
	}
	return list
}()

// The names of the axes that are no settings: the image files and the nets.
const (
	PictureAxis = "picture"
	NetAxis     = "net"
)

const (
	layerField = "layer"  // another name for objective, as flags have it
	presetKey  = "preset" // the setting that sets all others
)

// named finds a field by its name in flags or in JSON, which are octave-scale and
// octave_scale; layer is the objective.
func named(name string) (field, error) {
	want := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-")
	valid := []string{layerField}
	for _, f := range fields {
		if want == f.name || want == layerField && f.kind == reflect.TypeFor[dreamlib.Objective]() {
			f.name = want
			return f, nil
		}
		valid = append(valid, f.name)
	}
	switch want {
	case PictureAxis, "pictures", NetAxis, "nets", "model":
		return field{}, fmt.Errorf("%q: is no setting: pictures and nets have lists of their own", name)
	}
	return field{}, fmt.Errorf("unknown field %q: did you mean %s? want one of %s", name, Nearest(want, valid), strings.Join(valid, ", "))
}

// Nearest is the name that takes the fewest edits to reach.
func Nearest(word string, names []string) string {
	best, least := "", -1
	for _, name := range names {
		if d := levenshtein.ComputeDistance(word, name); least < 0 || d < least {
			best, least = name, d
		}
	}
	return best
}

// parse reads a value of the field.
func (f field) parse(text string) (reflect.Value, error) {
	v := reflect.New(f.kind).Elem()
	text = strings.TrimSpace(text)
	if f.kind.Kind() == reflect.Interface { // one of the nouns, whose text JSON holds
		if text == "" && f.key == "objective" {
			return v, fmt.Errorf("%s: is empty, want a layer such as relu4_2", f.name)
		}
		var s settings
		data, err := json.Marshal(map[string]string{f.key: text})
		if err == nil {
			err = s.Config.UnmarshalJSON(data)
		}
		return f.of(&s), err
	}
	var err error
	want := "a word"
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		want = "true or false"
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case reflect.Int:
		want = "a whole number"
		var n int64
		n, err = strconv.ParseInt(text, 10, strconv.IntSize)
		v.SetInt(n)
	case reflect.Uint64:
		want = "a whole number, 0 or more"
		var n uint64
		n, err = strconv.ParseUint(text, 10, 64)
		v.SetUint(n)
	case reflect.Float64:
		want = "a number"
		var x float64
		x, err = strconv.ParseFloat(text, 64)
		v.SetFloat(x)
	default:
		panic(fmt.Sprintf("grid: %s: cannot read a %v", f.name, f.kind)) // a test has tried all
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		err = fmt.Errorf("%s %q: is too large", f.name, text)
	case err != nil:
		err = fmt.Errorf("%s %q: want %s", f.name, text, want)
	}
	return v, err
}

// text is the canonical form of a value, which parse reads.
func (f field) text(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case nil: // a noun that there is none of
		return ""
	case fmt.Stringer:
		return x.String()
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	default:
		return fmt.Sprint(x)
	}
}

// canonical is the canonical form of a text.
func (f field) canonical(text string) (string, error) {
	v, err := f.parse(text)
	if err != nil {
		return "", err
	}
	return f.text(v), nil
}

// of is the field's value in s.
func (f field) of(s *settings) reflect.Value { return reflect.ValueOf(s).Elem().FieldByIndex(f.index) }

// numeric reports whether ranges of the field's values make sense, and whole whether
// these are whole numbers.
func (f field) numeric() bool { return f.whole() || f.kind.Kind() == reflect.Float64 }
func (f field) whole() bool {
	return f.kind.Kind() == reflect.Int || f.kind.Kind() == reflect.Uint64
}
