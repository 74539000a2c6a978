package recipe

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/traefik/yaegi/interp"
)

// exitPanic is the exit code of a child that says why it ends. A recipe is unlikely to
// use it itself.
const exitPanic = 201

// childReason begins the line of stderr in which a child tells why it ends.
const childReason = "recipe-child: "

const stack = 64 << 20 // bytes of a goroutine's stack; Go's own limit is 1 GB

// Child is the whole of a recipe's process: it interprets the recipe that Run
// sends over stdin, and ends the process.
func Child() {
	var work order
	if err := json.NewDecoder(os.Stdin).Decode(&work); err != nil {
		fmt.Fprintln(os.Stderr, childReason+"want an order on stdin:", err)
		os.Exit(exitPanic)
	}
	debug.SetMaxStack(stack)
	debug.SetTraceback("single")
	if work.Memory > 0 {
		debug.SetMemoryLimit(work.Memory)
	}
	go watchParent()
	if err := interpret(work); err != nil {
		fmt.Fprintln(os.Stderr, childReason+oneLine(err))
		os.Exit(exitPanic)
	}
	os.Exit(0)
}

// interpret runs the recipe's main.
func interpret(work order) (err error) {
	defer func() {
		if r := recover(); r != nil { // yaegi itself
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	i, err := NewInterpreter(Host{Stdin: strings.NewReader(""), Args: []string{work.Name}, Folders: work.Folders, Files: work.Files})
	if err != nil {
		return err
	}
	program, err := i.Compile(work.Source)
	if err != nil {
		return fmt.Errorf("the interpreter does not take it, though it is Go (--compiled does): %w", err)
	}
	_, err = i.Execute(program)
	var p interp.Panic
	if errors.As(err, &p) {
		return fmt.Errorf("panic: %v", p.Value)
	}
	return err
}

// watchParent ends the process when its parent is gone.
func watchParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(50 * time.Millisecond)
	}
	os.Exit(exitPanic)
}
