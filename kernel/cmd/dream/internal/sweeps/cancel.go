package sweeps

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

func newCancelCommand() *cobra.Command {
	return folderCommand("cancel DIR", "End a sweep that runs, and keep what is done", `End a sweep that runs: jobs that are not done are taken out of the queue, and workers stop
at theirs. What is done is collected by the process that runs the sweep, or by "dream sweep
collect". "dream sweep run DIR" does the rest another time.`, func(cmd *cobra.Command, folder string, at queue.Access) error {
		if err := work.Cancel(cmd.Context(), folder, at); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), folder+": cancelled")
		return err
	})
}
