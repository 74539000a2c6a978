// Package terminal is what the commands share: flags and their values, mistakes in the
// command line, exit statuses, progress bars and tables.
package terminal

import (
	"encoding/json"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// Exit statuses of a command that does not end well.
const (
	ExitFailed      = 1
	ExitUsage       = 2
	ExitInterrupted = 130
)

// Group makes cmd a command that only has commands below it.
func Group(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.Args = OnlyCommands
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(below...)
	return cmd
}

// Table aligns columns that tabs separate. Flush it at the end.
func Table(out io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) }

// Printer is a result that commands print as text, or with --json as JSON.
type Printer interface {
	Print(out io.Writer) error
}

// Print writes p to out.
func Print(out io.Writer, p Printer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(p)
	}
	return p.Print(out)
}
