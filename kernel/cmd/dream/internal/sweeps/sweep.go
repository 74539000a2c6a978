// Package sweeps is the commands that run, watch and show sweeps, and their workers.
package sweeps

import (
	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

// NewCommand makes "dream sweep".
func NewCommand() *cobra.Command {
	return terminal.Group(&cobra.Command{
		Use:   "sweep",
		Short: "Dream many pictures with many settings, on one machine or many",
	}, newRunCommand(), newStatusCommand(), newCancelCommand(), newRetryCommand(), newCollectCommand(), newSheetCommand(), newServeCommand())
}
