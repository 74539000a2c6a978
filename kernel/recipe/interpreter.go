// Package recipe runs Go files, and cells of Go code, by interpretation.
package recipe

import (
	"embed"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"reflect"

	"github.com/traefik/yaegi/interp"

	"github.com/seed2310110f/godream/kernel/recipe/symbols"
)

// Host is what surrounds interpreted code. The zero value lets it read nothing
// and write to the process's own stdout.
type Host struct {
	Stdin          io.Reader // default os.Stdin
	Stdout, Stderr io.Writer // default os.Stdout and os.Stderr
	Args           []string  // os.Args of the code. Default none

	// Folders are all that the code may read and write files in, with what is
	// below them. Default none
	Folders []string

	// Files are single files that it may read besides. Default none
	Files []string

	// Exit is what os.Exit and log.Fatal call; it must not return. Default
	// os.Exit, which ends the whole process.
	Exit func(code int)
}

// NewInterpreter returns an interpreter that knows the allowed packages and
// nothing else: it finds no source on disk, and files only where host lets it.
//
// The code runs in this process: an endless loop, a panic in a goroutine or an
// overflowing stack takes the process along. So give it a process of its own.
func NewInterpreter(host Host) (*interp.Interpreter, error) {
	fence, err := newFence(host.Folders, host.Files)
	if err != nil {
		return nil, err
	}
	if host.Exit == nil {
		host.Exit = os.Exit
	}
	if host.Stderr == nil {
		host.Stderr = os.Stderr
	}
	if host.Args == nil {
		host.Args = []string{"recipe"}
	}
	i := interp.New(interp.Options{
		Stdin: host.Stdin, Stdout: host.Stdout, Stderr: host.Stderr, Args: host.Args,
		SourcecodeFilesystem: embed.FS{}, // empty: an import that is not allowed finds nothing to interpret instead
	})
	for _, exports := range []interp.Exports{
		{".": {"MapTypes": reflect.ValueOf(wrapped)}},
		symbols.Symbols,
		fence.exports(),
		host.exports(),
	} {
		if err := i.Use(exports); err != nil {
			return nil, fmt.Errorf("recipe: interpreter: %w", err)
		}
	}
	return i, nil
}

// wrapped lists the functions that look for methods on what they are given as
// any, and the interfaces to show them on interpreted values.
var wrapped = func() map[reflect.Value][]reflect.Type {
	types := map[reflect.Value][]reflect.Type{
		reflect.ValueOf(json.Marshal):   {reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()},
		reflect.ValueOf(json.Unmarshal): {reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()},
	}
	for _, f := range []any{
		fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Print, fmt.Printf, fmt.Println, fmt.Sprint, fmt.Sprintf, fmt.Sprintln,
		log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println,
	} {
		types[reflect.ValueOf(f)] = []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}
	}
	return types
}()

// enginesPath is the package that links in the engines. Interpreted code may
// import it, by the blank name, for the sake of its compiled self: the program
// that interprets it has chosen its engines already.
const enginesPath = "github.com/seed2310110f/godream/dreamlib/engines"

// exports are the functions that end the process, and the package of engines.
func (host Host) exports() interp.Exports {
	fatal := func(text string) {
		fmt.Fprint(host.Stderr, text)
		host.Exit(1)
	}
	return interp.Exports{
		enginesPath + "/engines": {},
		"os/os":                  {"Exit": reflect.ValueOf(host.Exit)},
		"log/log": {
			"Fatal":   reflect.ValueOf(func(v ...any) { fatal(fmt.Sprintln(fmt.Sprint(v...))) }),
			"Fatalf":  reflect.ValueOf(func(format string, v ...any) { fatal(fmt.Sprintln(fmt.Sprintf(format, v...))) }),
			"Fatalln": reflect.ValueOf(func(v ...any) { fatal(fmt.Sprintln(v...)) }),
		},
	}
}
