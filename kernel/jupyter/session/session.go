// Package session runs cells of Go one after another: what a cell declares is
// there for the next ones, so a network and its compiled programs stay warm.
//
//	s, err := session.New(session.Host{Show: show})
//	err = s.Run(1, code)
//
// A cell may mix imports, declarations and statements, and declare again what
// cells before it did. go/types checks it against the names that the interpreter
// has; then it becomes a file whose init function holds the statements, whose
// outermost variables are the package's, and in which every name that a cell
// declared carries a number, since yaegi cannot declare a name twice. What depends on a
// changed name is compiled again. Each statement that can fail records its line first, and
// every loop checks for an interrupt: the interpreter's own cancellation would leave it
// unusable.
//
// It knows neither Jupyter's messages nor processes: a cell that overflows the
// stack or panics in a goroutine takes the process along.
package session

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/seed2310110f/godream/kernel/recipe"
)

// Host is what surrounds a session's cells.
type Host struct {
	// Show gets the values of a cell's last expression.
	Show func(values []any)

	Stdin          io.Reader // default none: reading is at its end at once
	Stdout, Stderr io.Writer // default os.Stdout and os.Stderr
	Folders        []string  // where cells may read and write files
	Exit           func(code int)
}

// Session is the state that cells share. One cell runs at a time; Interrupt,
// Complete, Inspect and Names may be called meanwhile.
type Session struct {
	host   Host
	interp *interp.Interpreter
	fset   *token.FileSet

	mu       sync.Mutex // guards what follows, which a cell changes before it runs
	packages packages
	names    *names
	counts   map[string]int // how many things have had a name
	cells    map[int]string

	ctx    *stoppable
	halt   chan struct{} // holds a value from an interrupt until the next cell
	at     atomic.Int64  // cell*lineStep + line of the statement that runs; 0 before the first
	runner atomic.Int64  // the goroutine that runs the cell
	trace  traces
}

// New makes a session without any cell.
func New(host Host) (*Session, error) {
	s := &Session{host: host, fset: token.NewFileSet(), names: newNames(), counts: map[string]int{}, cells: map[int]string{},
		ctx: &stoppable{}, halt: make(chan struct{}, 1)}
	s.ctx.renew()
	s.trace.next = host.Stderr
	if s.trace.next == nil {
		s.trace.next = os.Stderr
	}
	if host.Stdin == nil {
		s.host.Stdin = strings.NewReader("")
	}
	var err error
	s.interp, err = recipe.NewInterpreter(recipe.Host{Stdin: s.host.Stdin, Stdout: host.Stdout, Stderr: &s.trace, Args: []string{"dream"},
		Folders: host.Folders, Exit: host.Exit})
	if err != nil {
		return nil, err
	}
	s.fset = s.interp.FileSet()
	if err := s.interp.Use(s.exports()); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	s.packages = newPackages()
	return s, s.Run(0, "var ctx = context.Background()")
}

// alias makes a name for the interpreter that it has not seen.
func (s *Session) alias(name string) string {
	s.counts[name]++
	return alias(name, s.counts[name])
}

// Run runs a cell, number being what Jupyter calls it. Its error is an *Error.
func (s *Session) Run(number int, code string) error {
	defer s.Renew()
	k, text, err := s.prepare(number, code)
	if err != nil {
		return err
	}
	for _, lost := range k.lost {
		fmt.Fprintln(s.trace.next, lost)
	}
	return s.execute(k.cell.name, text)
}

// prepare checks a cell and makes its program.
func (s *Session) prepare(number int, code string) (*checked, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code = withoutPackage(code)
	s.cells[number] = code
	name := fmt.Sprintf("cell %d", number)
	if s.counts[name]++; s.counts[name] > 1 { // a cell that Jupyter does not count
		name = alias(name, s.counts[name])
	}
	c, err := parseCell(s.fset, number, name, code)
	if err != nil {
		return nil, "", err
	}
	k, err := s.check(c)
	if err != nil {
		return nil, "", err
	}
	text, err := k.program()
	if err != nil {
		return nil, "", err
	}
	s.names = k.names
	return k, text, nil
}

var packageClause = regexp.MustCompile(`^(\s*)package main(\s|;|$)`)

// withoutPackage blanks out a package clause: whole programs are cells too.
func withoutPackage(code string) string {
	return packageClause.ReplaceAllString(code, "${1}            $2")
}

// execute compiles a program and runs it in this goroutine.
func (s *Session) execute(name, text string) (err error) {
	defer func() {
		if r := recover(); r != nil { // yaegi panics at some Go that it does not know
			err = s.unknown(fmt.Sprint(r))
		}
	}()
	file, err := parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return s.unknown(err.Error())
	}
	logged := log.Writer()
	log.SetOutput(io.Discard) // where yaegi repeats what it panics with
	program, err := s.interp.CompileAST(file)
	log.SetOutput(logged)
	if err != nil {
		return s.unknown(err.Error())
	}
	return s.started(program)
}

// unknown is the error for Go that the compiler knows and the interpreter does
// not.
func (s *Session) unknown(text string) error {
	return &Error{Name: "InterpreterError", Text: "the interpreter does not know this Go: " + plain(text)}
}

func (s *Session) started(program *interp.Program) error {
	s.runner.Store(goroutine())
	s.trace.reset()
	s.at.Store(0)
	_, err := s.interp.Execute(program)
	switch p := err.(type) {
	case nil:
		if s.ctx.Err() != nil {
			return s.place(&Error{Name: "Interrupted", Text: "interrupted: variables keep what they hold"})
		}
		return nil
	case interp.Panic:
		return s.panicked(p)
	}
	return s.unknown(err.Error())
}

// panicked is the error for a panic.
func (s *Session) panicked(p interp.Panic) error {
	e := &Error{Name: "Panic"}
	switch v := p.Value.(type) {
	case halted:
		e.Name, e.Text = "Interrupted", "interrupted: variables keep what they hold"
	case failed:
		e.Name, e.Text = "Error", v.err.Error()
	case error:
		e.Text = "panic: " + v.Error()
	default:
		e.Text = fmt.Sprintf("panic: %v", v)
	}
	e.Text = plain(e.Text)
	return s.place(e)
}

// place adds where the cell stands.
func (s *Session) place(e *Error) error {
	if e.Cell, e.Line = s.stands(); e.Cell == 0 {
		return e
	}
	e.show(s.cells[e.Cell])
	e.Trace = append(e.Trace, s.trace.calls()...)
	return e
}

// stands returns the cell and line of the statement that runs.
func (s *Session) stands() (cell, line int) {
	at := int(s.at.Load())
	return at / lineStep, at % lineStep
}

// Interrupt ends the cell that runs: its ctx is done, its loops stop, time.Sleep
// returns. A function of the host that is running goes on.
func (s *Session) Interrupt() {
	select {
	case s.halt <- struct{}{}:
	default: // it is interrupted already
	}
	s.ctx.stop()
}

// Renew forgets an interrupt: Run does so at its end, and who takes an interrupt
// for a cell that has just ended calls it before the next.
func (s *Session) Renew() {
	select {
	case <-s.halt:
	default:
	}
	s.ctx.renew()
}

// Interrupted is closed when the running cell is interrupted.
func (s *Session) Interrupted() <-chan struct{} { return s.ctx.Done() }

// Names lists what cells have declared.
func (s *Session) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.names.objects)) {
		if name == "ctx" && s.names.variables[name] != nil && s.names.variables[name].cell == 0 {
			continue
		}
		list = append(list, name)
	}
	return list
}

// halted and failed are what a cell panics with when it is to end: because it
// was interrupted, and because its last expression was an error.
type halted struct{}
type failed struct{ err error }

// exports are the host's functions, and those of the standard library that an
// interrupt has to reach.
func (s *Session) exports() interp.Exports {
	show := reflect.ValueOf(s.show)
	return interp.Exports{
		".": {"MapTypes": reflect.ValueOf(map[reflect.Value][]reflect.Type{show: {reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}})},
		hostPath + "/host": {
			"At":      reflect.ValueOf(s.at.Store),
			"Halt":    reflect.ValueOf(s.halt),
			"Leave":   reflect.ValueOf(s.leave),
			"Show":    show,
			"Unseen":  reflect.ValueOf(s.unseen),
			"Context": reflect.ValueOf(func() context.Context { return s.ctx }),
		},
		"context/context": {
			"Background": reflect.ValueOf(func() context.Context { return s.ctx }),
			"TODO":       reflect.ValueOf(func() context.Context { return s.ctx }),
		},
		"time/time": {"Sleep": reflect.ValueOf(s.sleep)},
		"os/os":     {"Stdin": reflect.ValueOf(&s.host.Stdin).Elem()},
	}
}

func (s *Session) show(err error, values ...any) {
	if err != nil {
		panic(failed{err})
	}
	if len(values) > 0 && s.host.Show != nil {
		s.host.Show(values)
	}
}

func (s *Session) unseen(name string, err error) {
	if err != nil {
		cell, line := s.stands()
		fmt.Fprintf(s.trace.next, "cell %d, line %d: %s is set, and the cell does not look at it: %v\n", cell, line, name, err)
	}
}

// leave ends the goroutine that calls it: the cell's own by a panic, from which Run
// recovers, any other by runtime.Goexit, since a panic there would end the process.
func (s *Session) leave() {
	if goroutine() == s.runner.Load() {
		panic(halted{})
	}
	runtime.Goexit()
}

func (s *Session) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
		s.leave()
	}
}

// goroutine is the number of the goroutine that calls it, as its stack has it.
func goroutine() (id int64) {
	var buf [64]byte
	n := runtime.Stack(buf[:], false)
	_, _ = fmt.Sscanf(string(buf[:n]), "goroutine %d ", &id) // 0 is no goroutine's
	return id
}
