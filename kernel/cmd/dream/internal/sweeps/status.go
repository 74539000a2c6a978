package sweeps

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

func newStatusCommand() *cobra.Command {
	var asJSON bool
	cmd := folderCommand("status DIR", "Say where a sweep stands", `Say where a sweep stands: what is done, what was given up and why, and, while it runs, what
is queued and what each worker is at.`, func(cmd *cobra.Command, folder string, at queue.Access) error {
		s, err := work.Look(cmd.Context(), folder, at)
		if err != nil {
			return err
		}
		return terminal.Print(cmd.OutOrStdout(), (*status)(s), asJSON)
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// status is where a sweep stands.
type status work.Status

// Print writes a table of two columns.
func (s *status) Print(out io.Writer) error {
	w := terminal.Table(out)
	fmt.Fprintf(w, "done\t%d of %d\n", s.Done, s.Jobs)
	if len(s.Given) > 0 {
		fmt.Fprintf(w, "given up\t%d\n", len(s.Given))
	}
	if s.Damaged > 0 {
		fmt.Fprintf(w, "damaged\t%s of the manifest; their jobs are done again\n", terminal.Count(s.Damaged, "line"))
	}
	switch {
	case s.Hidden:
		fmt.Fprintln(w, "queue\tanother user's, who alone can see it")
	case s.Server == "":
		fmt.Fprintln(w, "queue\tnone: the sweep is not being run, or has its queue elsewhere: say --nats")
	default:
		fmt.Fprintf(w, "queue\t%s on %s: %d to do, %d handed in\n", s.Queue, s.Server, s.Queued, s.Handed)
	}
	for _, worker := range s.Workers {
		at := "waits for a job"
		if worker.Job != "" {
			at = fmt.Sprintf("%s, %.0f %% in %.0f s", worker.Job, 100*worker.Share, time.Since(worker.Since).Seconds())
		}
		fmt.Fprintf(w, "worker\t%s on %s: %d done, %s\n", worker.Worker, worker.Engine, worker.Done, at)
	}
	const most = 10
	for i, r := range s.Given {
		if i == most {
			fmt.Fprintf(w, "\tand %d more: see manifest.csv\n", len(s.Given)-most)
			break
		}
		fmt.Fprintf(w, "%s\t%s\n", r.ID, recordText(r))
	}
	return w.Flush()
}
