package display

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	maxText  = 8192 // bytes of text
	maxItems = 20   // of a slice or map within a text; the rest is counted
	maxDepth = 4    // of values within values
)

// text is a value as Go would print it: strings in quotes, structs with the
// names of their fields, long lists cut short.
func text(value any) string {
	if s, ok := value.(string); ok {
		return shortened(fmt.Sprintf("%q", s))
	}
	var out strings.Builder
	write(&out, reflect.ValueOf(value), 0)
	return shortened(out.String())
}

func shortened(t string) string {
	if len(t) <= maxText {
		return t
	}
	cut := maxText
	for !utf8.RuneStart(t[cut]) {
		cut--
	}
	return fmt.Sprintf("%s... (%d bytes in all)", t[:cut], len(t))
}

// write prints a value and what it holds, with long lists cut short, as fmt would not.
func write(out *strings.Builder, v reflect.Value, depth int) {
	if !v.IsValid() {
		out.WriteString("<nil>")
		return
	}
	if v.CanInterface() && saysItself(v) {
		fmt.Fprint(out, v.Interface())
		return
	}
	if depth > maxDepth || out.Len() > maxText {
		out.WriteString("...")
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			out.WriteString("&")
			write(out, v.Elem(), depth+1)
			return
		}
		fmt.Fprintf(out, "%v", v)
	case reflect.Interface:
		write(out, v.Elem(), depth)
	case reflect.Struct:
		out.WriteString("{")
		for i := range v.NumField() {
			fmt.Fprintf(out, "%s%s:", " "[:min(i, 1)], v.Type().Field(i).Name)
			write(out, v.Field(i), depth+1)
		}
		out.WriteString("}")
	case reflect.Slice, reflect.Array:
		out.WriteString("[")
		for i := range min(v.Len(), maxItems) {
			out.WriteString(" "[:min(i, 1)])
			write(out, v.Index(i), depth+1)
		}
		more(out, v.Len())
		out.WriteString("]")
	case reflect.Map:
		if v.Len() <= maxItems {
			fmt.Fprintf(out, "%+v", v)
			return
		}
		fmt.Fprintf(out, "%s of %d", v.Type(), v.Len())
	default:
		fmt.Fprintf(out, "%+v", v)
	}
}

// saysItself says whether a value has a method that prints it.
func saysItself(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return false
	}
	switch v.Interface().(type) {
	case error, fmt.Stringer, fmt.Formatter:
		return true
	}
	return false
}

func more(out *strings.Builder, n int) {
	if n > maxItems {
		fmt.Fprintf(out, " ... %d in all", n)
	}
}
