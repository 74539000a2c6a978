package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Axis is one setting of a Grid and the values that it goes through. An axis of
// one value is a setting that is fixed.
//
// In a file it is an object of the setting's name and its values, of several names
// where they are zipped, and of the condition:
//
//	{"step": "0.05..0.2/4"}
//	{"octaves": [3, 4], "octave-scale": [1.6, 1.4]}
//	{"octave-scale": [1.3, 1.5], "where": {"preset": "google"}}
type Axis struct {
	// Name is a field of dreamlib.Config or dreamlib.ModelOptions as flags or JSON
	// spell it: "step", "octave-scale" or "octave_scale". "layer" is "objective".
	Name string

	// Values are the values' texts, as flags take them. A text may be a range of
	// numbers, or several values with commas between:
	//
	//	0..9            whole numbers one by one
	//	0.05..0.2/4     4 numbers at equal distances, both ends among them
	//	0.1..10/5log    5 numbers at equal ratios
	//
	// Numbers between a range's ends are rounded to 12 digits, or to whole numbers
	// where the setting is one.
	Values []string

	// Zipped are axes that move together with this one: their first values go with
	// its first, and so on, so all have as many. They have no Zipped or Where of
	// their own.
	Zipped []Axis

	// Where are the values of other axes, by their names, with which this axis applies;
	// all of them have to fit. Elsewhere its setting stays what it would be without
	// the axis. "picture" and "net" are names too.
	Where map[string][]string
}

// Over is an axis over values of any type that fmt prints as flags take them:
// numbers, booleans, texts, objectives.
func Over(name string, values ...any) Axis {
	a := Axis{Name: name}
	for _, v := range values {
		a.Values = append(a.Values, fmt.Sprint(v))
	}
	return a
}

// Zip is the axis on which several move together.
func Zip(first Axis, others ...Axis) Axis {
	first.Zipped = append(slices.Clone(first.Zipped), others...)
	return first
}

// whereKey is the name of an axis's condition in a file.
const whereKey = "where"

// MarshalJSON writes the axis as files have it.
func (a Axis) MarshalJSON() ([]byte, error) {
	object := map[string]any{}
	for _, z := range append([]Axis{a}, a.Zipped...) {
		object[z.Name] = list(z.Values)
	}
	if len(a.Where) > 0 {
		where := map[string]list{}
		for name, values := range a.Where {
			where[name] = values
		}
		object[whereKey] = where
	}
	return json.Marshal(object)
}

// UnmarshalJSON reads an axis from a file.
func (a *Axis) UnmarshalJSON(data []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil || object == nil {
		return fmt.Errorf("axis %s: want an object such as {\"step\": [1, 2]}", data)
	}
	*a = Axis{}
	if where, ok := object[whereKey]; ok {
		var conditions map[string]list
		if err := json.Unmarshal(where, &conditions); err != nil {
			return fmt.Errorf("axis %s: where: want an object such as {\"preset\": \"google\"}: %w", data, err)
		}
		a.Where = map[string][]string{}
		for name, values := range conditions {
			a.Where[name] = values
		}
		delete(object, whereKey)
	}
	var zipped []Axis
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var values list
		if err := json.Unmarshal(object[name], &values); err != nil {
			return fmt.Errorf("axis %s: %w", name, err)
		}
		zipped = append(zipped, Axis{Name: name, Values: values})
	}
	if len(zipped) == 0 {
		return fmt.Errorf("axis %s: names no setting, want one such as {\"step\": [1, 2]}", data)
	}
	first := zipped[0]
	a.Name, a.Values, a.Zipped = first.Name, first.Values, zipped[1:]
	return nil
}

// A list is values in a file: one, or an array of them, each a text, a number or a
// boolean.
type list []string

func (l list) MarshalJSON() ([]byte, error) {
	items := make([]any, len(l))
	for i, text := range l {
		items[i] = text
		if text == "true" || text == "false" || number.MatchString(text) {
			items[i] = json.RawMessage(text)
		}
	}
	if len(items) == 1 {
		return json.Marshal(items[0])
	}
	return json.Marshal(items)
}

// number are the texts that JSON has as numbers, and no others read as the same.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func (l *list) UnmarshalJSON(data []byte) error {
	*l = nil
	items := []json.RawMessage{data}
	if bytes.HasPrefix(data, []byte("[")) {
		if err := json.Unmarshal(data, &items); err != nil {
			return err
		}
		*l = list{}
	}
	for _, item := range items {
		text := string(item)
		switch {
		case strings.HasPrefix(text, `"`):
			if err := json.Unmarshal(item, &text); err != nil {
				return err
			}
		case text == "null", strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
			return fmt.Errorf("value %s: want a text, a number, true or false", text)
		}
		*l = append(*l, text)
	}
	return nil
}
