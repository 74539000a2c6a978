package recipe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/traefik/yaegi/interp"
)

// Exit codes of a child that a recipe is unlikely to use itself.
const (
	exitPanic  = 201
	exitMemory = 202
)

// childSays begins the line of stderr in which a child says why it ends.
const childSays = "recipe-child: "

const stack = 64 << 20 // bytes of a goroutine's stack; Go's own limit is 1 GB

// Child is the whole of a recipe's process: it interprets the recipe that Run
// sends over stdin, and ends the process.
func Child() {
	var work order
	if err := json.NewDecoder(os.Stdin).Decode(&work); err != nil {
		fmt.Fprintln(os.Stderr, childSays+"want an order on stdin:", err)
		os.Exit(exitPanic)
	}
	debug.SetMaxStack(stack)
	debug.SetTraceback("single")
	if work.Memory > 0 {
		debug.SetMemoryLimit(work.Memory)
	}
	go watchSelf(work.Memory)
	if err := interpret(work); err != nil {
		fmt.Fprintln(os.Stderr, childSays+oneLine(err))
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
	i, err := NewInterpreter(Host{Stdin: eof{}, Args: []string{work.Name}, Folders: work.Folders, Files: work.Files})
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

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// watchSelf ends the process when Go's heap passes the limit, before its pages
// are touched, which is when the parent would see them; and when the parent is
// gone.
func watchSelf(limit int64) {
	parent := os.Getppid()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for range time.Tick(20 * time.Millisecond) {
		if os.Getppid() != parent {
			os.Exit(exitMemory)
		}
		metrics.Read(sample)
		if used := int64(sample[0].Value.Uint64()); limit > 0 && used > limit {
			fmt.Fprintf(os.Stderr, childSays+overLimit+"\n", gigabytes(used), gigabytes(limit))
			os.Exit(exitMemory)
		}
	}
}
