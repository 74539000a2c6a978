package sweeps

import (
	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
)

func newRetryCommand() *cobra.Command {
	var s sweepRun
	cmd := &cobra.Command{
		Use:   "retry DIR",
		Short: "Try the jobs of a sweep again that were given up",
		Long:  `Try the jobs of a sweep again that were given up, and do those that are missing.`,
		Args:  terminal.Exactly(1, "a sweep's folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.queue.check(); err != nil {
				return err
			}
			f, err := folder.Open(args[0])
			if err != nil {
				return err
			}
			s.grid, s.out, s.queue.options.Retry = f.Grid, args[0], true
			return s.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	s.addFlags(f)
	terminal.CompleteChoices(cmd)
	return cmd
}
