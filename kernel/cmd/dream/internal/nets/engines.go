package nets

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/dreamlib/pjrt"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/plugins"
)

// NewEnginesCommand makes "dream engines".
func NewEnginesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "engines",
		Short: "List the engines: which are here, and why others are not",
		Args:  terminal.OnlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := vgg.Engines()
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(list)
			}
			w := terminal.Table(cmd.OutOrStdout())
			fmt.Fprintln(w, "ENGINE\tHERE\tDETAIL")
			for _, e := range list {
				here := map[bool]string{true: "yes", false: "no"}[e.Found]
				fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, here, terminal.OneLine(fmt.Errorf("%s", e.Detail)))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(newEnginesInstallCommand())
	return cmd
}

func newEnginesInstallCommand() *cobra.Command {
	var quiet bool
	cmd := &cobra.Command{
		Use:   "install [cpu|cuda]",
		Short: "Fetch XLA's plugin for an engine",
		Long: `Fetch XLA's plugin for xla:cpu (the default) or xla:cuda into the user's go-xla folder:
with go-xla's own installer, or where its release host cannot be reached, from the
Python package index through your own "python3 -m pip download". One that is there
already is left alone.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && args[0] != "cpu" && args[0] != "cuda" {
				return fmt.Errorf("want cpu or cuda, found %q", strings.Join(args, " "))
			}
			return nil
		},
		ValidArgs: []string{"cpu", "cuda"},
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := "cpu"
			if len(args) > 0 {
				kind = args[0]
			}
			var options plugins.InstallOptions
			if !quiet {
				options.Report = func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
			}
			_, missing := pjrt.Find(kind)
			path, err := plugins.Install(cmd.Context(), kind, options)
			switch {
			case err != nil:
				return err
			case !quiet:
				fmt.Fprintln(cmd.OutOrStdout(), path)
			case missing != nil:
				fmt.Fprintf(cmd.OutOrStdout(), "fetched XLA's plugin for xla:%s: %s\n", kind, path)
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print one line when something was fetched, nothing otherwise")
	return cmd
}
