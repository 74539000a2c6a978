package main

import "github.com/spf13/cobra"

func newSweepCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Dream many pictures with many settings, on one machine or many",
		Args:  onlyCommands,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSweepRunCommand())
	return cmd
}
