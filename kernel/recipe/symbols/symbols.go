// Package symbols holds what interpreted code may use: for each package that it
// may import, a table from names to values, which yaegi's extract library wrote.
//
// The list of packages and names is in generate.go. There is no os/exec, no
// network, no unsafe, syscall, reflect or runtime in it. What takes a path is
// replaced before use, in package recipe, by what keeps to a few folders.
package symbols

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

//go:generate env GOTOOLCHAIN=go1.26.5 go run generate.go

// Go is the version whose standard library the tables and types have: the oldest that
// go.mod allows, so that they compile with every newer one.
const Go = "go1.26"

// Symbols are the tables, by import path and package name joined by a slash, as
// yaegi's Interpreter.Use wants them. A name that begins with an underscore is
// yaegi's wrapper of an interface.
var Symbols = map[string]map[string]reflect.Value{}

//go:embed types.bin
var bundle []byte

// Types are the types of the packages in Symbols, by import path, so that
// interpreted code can be checked where there is no Go to ask. They hold names
// that are not in the tables, too. Treat them as read-only.
var Types = sync.OnceValue(func() map[string]*types.Package {
	packages := map[string]*types.Package{}
	if _, err := gcexportdata.ReadBundle(bytes.NewReader(bundle), token.NewFileSet(), packages); err != nil {
		panic(fmt.Sprintf("symbols: types.bin: %v", err)) // part of the program: only a bad build has it wrong
	}
	return packages
})
