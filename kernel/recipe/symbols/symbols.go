// Package symbols holds what interpreted code may use: for each package that it
// may import, a table from names to values, which yaegi's extract library wrote.
//
// The list of packages and names is in generate.go. There is no os/exec, no
// network, no unsafe, syscall, reflect or runtime in it. What takes a path is
// replaced before use, in package recipe, by what keeps to a few folders.
package symbols

import "reflect"

//go:generate go run generate.go

// Symbols are the tables, by import path and package name joined by a slash, as
// yaegi's Interpreter.Use wants them. A name that begins with an underscore is
// yaegi's wrapper of an interface.
var Symbols = map[string]map[string]reflect.Value{}
