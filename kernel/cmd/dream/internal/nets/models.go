// Package nets is the commands that look at networks and engines.
package nets

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// NewModelsCommand makes "dream models".
func NewModelsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List, describe and download networks",
		Args:  terminal.OnlyCommands,
		RunE:  func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout()) },
	}
	cmd.AddCommand(newModelsInfoCommand(), newModelsPullCommand())
	return cmd
}

// listModels prints every network that --model takes by name.
func listModels(out io.Writer) error {
	embedded, err := models.Embedded()
	if err != nil {
		return err
	}
	w := terminal.Table(out)
	fmt.Fprintln(w, "NAME\tHERE\tSIZE\tLICENSE\tWHAT")
	size := 2 * int64(describe(embedded).Parameters) // it is stored in F16
	fmt.Fprintf(w, "embedded\tyes\t%s\tApache-2.0\tnarrow VGG19 trained by the project on pictures it draws\n", terminal.Bytes(size))
	fmt.Fprintln(w, "random\tyes\t-\t-\tnarrow VGG19 with random weights, for tests")
	for _, e := range hub.Entries() {
		here := "no"
		if _, ok := hub.Path(e.Name); ok {
			here = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Name, here, e.Size(), e.License, e.Description)
	}
	return w.Flush()
}

func newModelsPullCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pull NAME",
		Short: "Download a network's published weights into the user's cache",
		Long: `Download a network's published weights into the user's cache. A download that was
cut goes on where it was; what arrives is checked by its SHA-256 before it is used.`,
		Args: terminal.Exactly(1, "one name that \"dream models\" lists"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return terminal.Published(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			bar := terminal.NewBar(cmd.ErrOrStderr())
			path, err := hub.Pull(cmd.Context(), args[0], hub.PullOptions{Progress: func(done, total int64) {
				if bar != nil && total > 0 {
					bar.Update(fmt.Sprintf("%s, %d of %d MB", args[0], done/1e6, total/1e6), float64(done)/float64(total))
				}
			}})
			bar.Stop()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), path)
			return nil
		},
	}
}
