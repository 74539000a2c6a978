package session

import (
	"reflect"

	"github.com/seed2310110f/godream/kernel/display"
)

// displayPath is what cells import to show things; they need not, since its name
// is known from the beginning.
const displayPath = "github.com/seed2310110f/godream/kernel/display"

var displaySymbols = map[string]reflect.Value{
	"Ask":       reflect.ValueOf(display.Ask),
	"AskSecret": reflect.ValueOf(display.AskSecret),
	"Bundle":    reflect.ValueOf((*display.Bundle)(nil)),
	"Clear":     reflect.ValueOf(display.Clear),
	"ErrNobody": reflect.ValueOf(&display.ErrNobody).Elem(),
	"HTML":      reflect.ValueOf(display.HTML),
	"Image":     reflect.ValueOf(display.Image),
	"Markdown":  reflect.ValueOf(display.Markdown),
	"Output":    reflect.ValueOf((*display.Output)(nil)),
	"Show":      reflect.ValueOf(display.Show),
	"Text":      reflect.ValueOf(display.Text),
}
