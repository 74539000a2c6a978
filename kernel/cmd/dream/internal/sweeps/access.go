package sweeps

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// accessFlags add those that say where a NATS server is and how one gets in.
func accessFlags(f *pflag.FlagSet, a *queue.Access, usual string) {
	f.StringVar(&a.URL, "nats", "", "`URL` of the NATS server or cluster that hands out the jobs, as nats://host:4222\nor tls://user:password@host:4222,tls://other:4222"+usual)
	f.StringVar(&a.Creds, "creds", "", "credentials `file` of a NATS user, with JWT and seed")
	f.StringVar(&a.NKey, "nkey", "", "`file` with a NATS user's seed")
	f.StringVar(&a.CA, "tls-ca", "", "PEM `file` of authorities to trust (default the system's)")
	f.StringVar(&a.Cert, "tls-cert", "", "PEM `file` that shows the server who this is")
	f.StringVar(&a.Key, "tls-key", "", "PEM `file` with the key of --tls-cert")
}

// checkAccess finds flags that contradict one another.
func checkAccess(a queue.Access) error {
	switch {
	case a.URL == "" && a != queue.Access{}:
		return terminal.Usage(errors.New("--creds, --nkey and --tls-* are for a server elsewhere: want --nats as well"))
	case a.Creds != "" && a.NKey != "":
		return terminal.Usage(errors.New("--creds and --nkey: want one of them, found both"))
	case (a.Cert == "") != (a.Key == ""):
		return terminal.Usage(errors.New("--tls-cert and --tls-key: want both, found one"))
	}
	return nil
}

// whereQueue is what --nats is for to those who look at a sweep.
const whereQueue = "\n(default that of the process that runs the sweep)"

// folderCommand is one that does something with a sweep's folder and its queue.
func folderCommand(use, short, long string, do func(cmd *cobra.Command, folder string, at queue.Access) error) *cobra.Command {
	var at queue.Access
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long,
		Args: terminal.Exactly(1, "a sweep's folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkAccess(at); err != nil {
				return err
			}
			return do(cmd, args[0], at)
		},
	}
	cmd.Flags().SortFlags = false
	accessFlags(cmd.Flags(), &at, whereQueue)
	return cmd
}
