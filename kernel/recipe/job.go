package recipe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// ChildCommand is the argument by which a program that calls Run is told to call
// Child instead of what it does otherwise.
const ChildCommand = "recipe-child"

// A Job is one run of a recipe.
type Job struct {
	Recipe   *Recipe
	Set      []string      // settings, "name=value"
	Out      string        // the folder that it runs and writes in, made if need be. Default the current one
	Timeout  time.Duration // after which it is ended. Default 0: never
	Memory   int64         // bytes that it may take, on the host. Default 0: no limit
	Compiled bool          // run it by the Go toolchain, within Timeout and Memory but without the fence

	Stdout, Stderr io.Writer // default nowhere
}

// A job on its way to the child, as JSON on its stdin.
type order struct {
	Name    string   // of the file, for errors
	Source  string   // with parameters set
	Folders []string // that it may use
	Files   []string // that it may read
	Memory  int64    // as in Job
}

// An ExitError is how a recipe failed: it ended itself with a code, panicked,
// or went past a limit.
type ExitError struct {
	Code   int    // what it exited with, -1 where it was ended
	Reason string // one line
}

func (e *ExitError) Error() string { return e.Reason }

// Run runs a recipe in a process of its own and waits for its end. A program
// that calls it must call Child when its first argument is ChildCommand.
//
// The process is gone when Run returns, whatever the recipe did, and goes when
// this process does. Errors are an ExitError, a ParamError, what ctx says, or
// why the process could not be started. A recipe has an empty stdin.
func (j Job) Run(ctx context.Context) error {
	source, files, err := j.Recipe.Set(j.Set)
	if err != nil {
		return err
	}
	out, err := filepath.Abs(j.Out)
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	path, err := filepath.Abs(j.Recipe.path)
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	if j.Compiled {
		return j.compiled(ctx, source, path, out)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	work := order{Name: filepath.Base(path), Source: string(source), Folders: []string{filepath.Dir(path), out}, Files: files, Memory: j.Memory}
	stdin, err := json.Marshal(work)
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	return j.start(ctx, stdin, out, self, ChildCommand)
}

// start runs a command in a process group of its own and ends it at a limit.
func (j Job) start(ctx context.Context, stdin []byte, out, command string, args ...string) error {
	crash := &crashFilter{to: j.Stderr, name: j.Recipe.Name + ".go"}
	timed := ctx
	if j.Timeout > 0 {
		var stop context.CancelFunc
		timed, stop = context.WithTimeout(ctx, j.Timeout)
		defer stop()
	}
	cmd := exec.CommandContext(timed, command, args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = out, bytes.NewReader(stdin), j.Stdout, crash
	cmd.Cancel = func() error { return endGroup(cmd) }
	ownGroup(cmd)

	// On Linux the child is killed when the thread that started it ends: keep the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	limited := LimitMemory(cmd.Process.Pid, j.Memory)
	if limited != nil {
		_ = endGroup(cmd)
	}
	err := cmd.Wait()
	crash.end()
	switch {
	case limited != nil:
		return fmt.Errorf("recipe: memory limit: %w", limited)
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil && timed.Err() != nil:
		return &ExitError{-1, crash.where(fmt.Sprintf("ended after %v, which is its time limit", j.Timeout))}
	}
	return crash.explain(err)
}
