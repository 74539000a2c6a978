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
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/seed2310110f/godream/dreamlib"
	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/nets"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/notebooks"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/sweeps"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/recipe"
)

func main() {
	// go-xla logs what its errors say anyway.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)

	if len(os.Args) > 1 && os.Args[1] == recipe.ChildCommand {
		recipe.Child()
	}

	// A reader who leaves early, as head does, must not end a dream.
	signal.Ignore(syscall.SIGPIPE)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second interrupt ends the program at once
		time.Sleep(patience)
		if terminal.NewBar(os.Stderr) != nil {
			fmt.Fprintln(os.Stderr) // below the bar
		}
		fmt.Fprintln(os.Stderr, "dream: interrupted: ending after this step; again to end now and lose it")
	}()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// patience is how long an interrupted program may go on before it prints that it is ending.
const patience = 500 * time.Millisecond

// execute is the program, apart from the process around it.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) (exit int) {
	root := newRoot(stdout, stderr)
	root.SetArgs(args)
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	err := root.ExecuteContext(ctx)
	if err == nil || errors.Is(err, syscall.EPIPE) { // who stopped reading has what they want
		return 0
	}
	fmt.Fprintln(stderr, "dream:", terminal.OneLine(err))
	switch {
	case !started, terminal.IsUsage(err): // a command that never started was misspelt
		return terminal.ExitUsage
	case errors.Is(err, context.Canceled):
		return terminal.ExitInterrupted
	default:
		return terminal.ExitFailed
	}
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := terminal.Group(&cobra.Command{
		Use:           "dream",
		Short:         "DeepDream for VGG networks",
		Version:       dreamlib.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}, run.NewCommand(), run.NewPlanCommand(), run.NewLadderCommand(), run.NewRedoCommand(), run.NewBenchCommand(),
		nets.NewLayersCommand(), nets.NewModelsCommand(), nets.NewEnginesCommand(),
		notebooks.NewRecipeCommand(), notebooks.NewKernelCommand(), sweeps.NewCommand(), sweeps.NewWorkerCommand())
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(terminal.FlagError)
	root.SetHelpCommand(newHelpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	terminal.Group(completion)
	return root
}

// newHelpCommand is cobra's help, but an unknown command is an error.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = terminal.OnlyCommands(about, rest)
			}
			if err != nil {
				return terminal.Usage(err)
			}
			about.InitDefaultHelpFlag()
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}
