// Command dream is DeepDream for VGG networks from the command line.
//
//	dream run photo.jpg -o dream.png
//	dream layers
//	dream engines
//
// Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (with the
// picture so far saved, when there was one).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/seed2310110f/godream/dreamlib"
)

func main() {
	// go-xla logs what its errors say anyway.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second interrupt ends the program at once
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// usageError is a mistake in the command line rather than in the work.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks err as the user's to mend on the command line.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// run is the program, apart from the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (exit int) {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "dream:", oneLine(err))
	var wrong usageError
	switch {
	case errors.As(err, &wrong):
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	default:
		return exitFailed
	}
}

// oneLine is an error's text on one line, without the packages' names that
// mean nothing to someone who types commands.
func oneLine(err error) string {
	text := strings.TrimSpace(err.Error())
	text = strings.ReplaceAll(text, "\n", "; ")
	for _, pkg := range []string{"dreamlib", "models", "hub", "pjrt", "plugins"} {
		text = strings.ReplaceAll(text, pkg+": ", "")
	}
	return text
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "dream",
		Short:         "DeepDream for VGG networks",
		Version:       dreamlib.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(fmt.Errorf("unknown command %q: see dream --help", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(newRunCommand(), newRedoCommand(), newLayersCommand(), newModelsCommand(), newEnginesCommand())
	return root
}

// exactly wants n arguments, named in what.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("want %s, found %d arguments", what, len(args)))
		}
		return nil
	}
}
