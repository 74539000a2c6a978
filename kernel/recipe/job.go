package recipe

import (
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

// An ExitError says how a recipe failed: it ended itself with a code, panicked,
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
	cmd := exec.Command(self, ChildCommand)
	work := order{Name: filepath.Base(path), Source: string(source), Folders: []string{filepath.Dir(path), out}, Files: files, Memory: j.Memory}
	stdin, err := json.Marshal(work)
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	return j.start(ctx, cmd, stdin, out)
}

// start runs cmd in a group of its own and ends it at a limit.
func (j Job) start(ctx context.Context, cmd *exec.Cmd, stdin []byte, out string) (err error) {
	crash := &crashFilter{to: j.Stderr, name: j.Recipe.Name + ".go"}
	cmd.Dir, cmd.Stdout, cmd.Stderr = out, j.Stdout, crash
	if cmd.Stdin, err = unnamedFile(stdin); err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	defer cmd.Stdin.(*os.File).Close()
	ownGroup(cmd)

	// On Linux the child is killed when the thread that started it ends: keep the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	var limit <-chan time.Time
	if j.Timeout > 0 {
		timer := time.NewTimer(j.Timeout)
		defer timer.Stop()
		limit = timer.C
	}
	var over overMemory
	watching, stopWatching := context.WithCancel(context.Background())
	defer stopWatching()
	if j.Memory > 0 {
		over = watchMemory(watching, cmd.Process.Pid, j.Memory)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
		return crash.explain(err)
	case <-ctx.Done():
		err = ctx.Err()
	case <-limit:
		err = &ExitError{-1, crash.where(fmt.Sprintf("ended after %v, which is its time limit", j.Timeout))}
	case found := <-over:
		err = &ExitError{-1, crash.where(fmt.Sprintf(overLimit, gigabytes(found), gigabytes(j.Memory)))}
	}
	endGroup(cmd)
	<-ended
	crash.end()
	return err
}

// unnamedFile is a child's stdin as a file, so that no goroutine has to write to a pipe.
func unnamedFile(data []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "recipe-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	if _, err := f.Write(data); err != nil {
		f.Close()
		return nil, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}

const overLimit = "ended at %s of memory, with a limit of %s"

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/1e9) }
