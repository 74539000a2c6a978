package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
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
		return usage(errors.New("--creds, --nkey and --tls-* are for a server elsewhere: want --nats as well"))
	case a.Creds != "" && a.NKey != "":
		return usage(errors.New("--creds and --nkey: want one of them, found both"))
	case (a.Cert == "") != (a.Key == ""):
		return usage(errors.New("--tls-cert and --tls-key: want both, found one"))
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
		Args: exactly(1, "a sweep's folder"),
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

func newSweepStatusCommand() *cobra.Command {
	var asJSON bool
	cmd := folderCommand("status DIR", "Say where a sweep stands", `Say where a sweep stands: what is done, what was given up and why, and, while it runs, what
is queued and what each worker is at.`, func(cmd *cobra.Command, folder string, at queue.Access) error {
		s, err := work.Look(cmd.Context(), folder, at)
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(s)
		}
		return printStatus(cmd.OutOrStdout(), s)
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printStatus(out io.Writer, s *work.Status) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "done\t%d of %d\n", s.Done, s.Jobs)
	if len(s.Given) > 0 {
		fmt.Fprintf(w, "given up\t%d\n", len(s.Given))
	}
	if s.Damaged > 0 {
		fmt.Fprintf(w, "damaged\t%s of the manifest; their jobs are done again\n", counted(s.Damaged, "line"))
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

func newSweepCancelCommand() *cobra.Command {
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

func newSweepCollectCommand() *cobra.Command {
	return folderCommand("collect DIR --nats URL", "Bring what workers have done into a sweep's folder", `Bring what workers have handed in so far into a sweep's folder, without putting or dreaming
anything, and write manifest.csv and the contact sheets: for a sweep whose queue is on a
cluster and that no process runs just now.`, func(cmd *cobra.Command, folder string, at queue.Access) error {
		f, err := lockedFolder(folder)
		if err != nil {
			return err
		}
		defer f.Close()
		left, err := work.Collect(cmd.Context(), f, at)
		if err != nil {
			return err
		}
		sheets, err := f.Finish()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d done, %d left%s\n", folder, len(f.Records()), len(f.Jobs), left, sheetText(sheets))
		return err
	})
}

// lockedFolder opens a sweep's folder to write to it.
func lockedFolder(path string) (*folder.Folder, error) {
	f, err := folder.Open(path)
	if err == nil {
		err = f.Lock()
	}
	return f, err
}

// sheetText names a sweep's contact sheets.
func sheetText(sheets []string) string {
	switch len(sheets) {
	case 0:
		return ""
	case 1:
		return "; " + sheets[0]
	}
	return fmt.Sprintf("; %s and %d more", sheets[0], len(sheets)-1)
}

func newSweepRetryCommand() *cobra.Command {
	s := sweepRun{engine: "auto", memory: usualMemory()}
	cmd := &cobra.Command{
		Use:   "retry DIR",
		Short: "Try the jobs of a sweep again that were given up",
		Long:  `Try the jobs of a sweep again that were given up, and do those that are missing.`,
		Args:  exactly(1, "a sweep's folder"),
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
	f.BoolVar(&s.json, "json", false, "print JSON")
	engineFlag(f, &s.engine, "engine, auto for the first that is here")
	memoryFlag(f, &s.memory)
	s.queue.add(f)
	completeChoices(cmd)
	return cmd
}
