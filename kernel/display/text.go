package display

import (
	"fmt"
	"reflect"
	"unicode/utf8"
)

const (
	maxText  = 8192 // bytes of text
	maxItems = 20   // of a slice; the rest is counted
)

// text is a value as Go would print it: strings in quotes, structs with the
// names of their fields, long slices cut short.
func text(value any) string {
	t := ""
	switch value.(type) {
	case string:
		t = fmt.Sprintf("%q", value)
	case error, fmt.Stringer, fmt.Formatter:
		t = fmt.Sprint(value)
	default:
		if list := reflect.ValueOf(value); list.Kind() == reflect.Slice && list.Len() > maxItems {
			first := fmt.Sprintf("%+v", list.Slice(0, maxItems))
			t = fmt.Sprintf("%s ... %d in all]", first[:len(first)-1], list.Len())
		} else {
			t = fmt.Sprintf("%+v", value)
		}
	}
	if len(t) <= maxText {
		return t
	}
	cut := maxText
	for !utf8.RuneStart(t[cut]) {
		cut--
	}
	return fmt.Sprintf("%s... (%d bytes in all)", t[:cut], len(t))
}
