package sweeps

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
)

func newServeCommand() *cobra.Command {
	var options folder.ServeOptions
	cmd := &cobra.Command{
		Use:   "serve DIR",
		Short: "Show a sweep's page while it runs",
		Long: `Show the page of "dream sweep sheet --html" over HTTP, with the dreams as they come,
until Ctrl-C. It can be begun while the sweep runs, and after.

Unless --addr says otherwise, this machine alone can reach it. Where others can, the
address that is printed holds a token, which a browser keeps after its first visit.`,
		Example: `  dream sweep serve steps
  dream sweep serve steps --addr :8731
  dream sweep serve steps --addr :8731 --host dreams.example.org`,
		Args: terminal.Exactly(1, "a sweep's folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return folder.Serve(cmd.Context(), args[0], options, func(url string) {
				fmt.Fprintf(cmd.OutOrStdout(), "%s shows %s; Ctrl-C ends it\n", url, args[0])
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&options.Addr, "addr", folder.UsualAddr, "host:port to listen on; without a host, all of the machine's; port 0 for any that is free")
	f.StringVar(&options.Token, "token", "", "what browsers have to know where other machines can reach it (default a random one)")
	f.StringSliceVar(&options.Hosts, "host", nil, "other names by which browsers ask for it, with commas between")
	return cmd
}
