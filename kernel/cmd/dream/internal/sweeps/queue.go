package sweeps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

// queueFlags are those of a run.
type queueFlags struct {
	options work.Options
	gpus    string
}

func (q *queueFlags) add(f *pflag.FlagSet) {
	parallelFlag(f, &q.options.Workers)
	f.BoolVar(&q.options.Remote, "remote", false, "leave all dreams to \"dream worker\" elsewhere")
	gpusFlag(f, &q.gpus)
	accessFlags(f, &q.options.NATS, " (default a server inside this process)")
	q.options.Replicas, q.options.Tries = 1, 3
	terminal.Number(f, &q.options.Replicas, "replicas", "servers of a cluster that keep each message", 1, math.MaxInt, "1 or more")
	terminal.Number(f, &q.options.Tries, "tries", "tries of a job before it is given up", 1, math.MaxInt, "1 or more")
	f.DurationVar(&q.options.AckWait, "ack-wait", 30*time.Second, "silence of a worker after which its job is handed out again")
	modelsFlag(f, &q.options.Models)
}

// parallelFlag adds --workers.
func parallelFlag(f *pflag.FlagSet, n *int) {
	terminal.Number(f, n, "workers", "dreams at once, which share the networks; 0 for 2 on the pure-Go engine, else 1", 0, math.MaxInt, "1 or more, or 0 for the engine's usual number")
}

// modelsFlag adds --models-dir.
func modelsFlag(f *pflag.FlagSet, folder *string) {
	f.StringVar(folder, "models-dir", "", "`folder` to look for weight files in that are not where the sweep says")
}

// check finds mistakes before any work.
func (q *queueFlags) check() error {
	o := &q.options
	switch {
	case o.Remote && o.NATS.URL == "":
		return terminal.Usage(errors.New("--remote: the server inside this process is for this machine: want --nats as well"))
	case o.Replicas > 1 && o.NATS.URL == "":
		return terminal.Usage(fmt.Errorf("--replicas %d: the server inside this process is one: want --nats with a cluster", o.Replicas))
	case o.AckWait < 100*time.Millisecond:
		return terminal.Usage(fmt.Errorf("--ack-wait %v: want 100ms or more", o.AckWait))
	}
	return checkAccess(o.NATS)
}

// do runs a folder's missing jobs and writes what is made of them.
func (q *queueFlags) do(ctx context.Context, f *folder.Folder, s *sweepRun, stdout, stderr io.Writer) error {
	gpus, err := chosenGPUs(q.gpus, s.engine)
	if err != nil {
		return err
	}
	started, asJSON := time.Now(), s.json
	for _, d := range f.Damaged() {
		fmt.Fprintf(stderr, "note: %s: skipped, and its job is done again\n", terminal.OneLine(d))
	}
	r := newSweepReporter(asJSON, stdout, stderr)
	q.options.OnProgress = r.progress(f.Path())
	q.options.Engine, q.options.Memory = s.engine, int64(s.memory)
	if len(gpus) > 0 {
		q.options.Work = q.onGPUs(gpus, s.memory, stderr)
	}
	if q.options.Remote && !asJSON {
		fmt.Fprintln(stderr, "waiting for workers: \"dream worker\" with the same --nats, on any machine")
	}
	err = work.Run(ctx, f, q.options)
	r.stop()
	sheets, failed := f.Finish()
	if err != nil {
		return ofSweep(err, f)
	}
	if failed != nil {
		return failed
	}
	done, dead := f.Tally()
	if asJSON {
		r.last.Jobs, r.last.Done, r.last.Dead, r.last.Share, r.last.Record = len(f.Jobs), done, dead, 1, nil
		r.event(Event{Event: "done", Out: f.Path(), Progress: r.last, Sheets: sheets})
	} else {
		fmt.Fprintf(stdout, "%s: %s in %s%s\n", f.Path(), terminal.Count(done, "dream"), terminal.Duration(time.Since(started).Seconds()), sheetText(sheets))
	}
	if dead > 0 {
		return fmt.Errorf("%d of %s given up: \"dream sweep status %s\" says why, \"dream sweep retry %s\" tries again", dead, terminal.Count(len(f.Jobs), "job"), f.Path(), f.Path())
	}
	return r.failed
}

// onGPUs is work.Options.Work: a "dream worker" for each GPU, to whom the server's URL
// comes through the environment, where other users do not read it.
func (q *queueFlags) onGPUs(gpus []string, memory terminal.Memory, stderr io.Writer) func(ctx context.Context, url, queue string) error {
	at := q.options.NATS
	return func(ctx context.Context, url, queue string) error {
		args := []string{"worker", "--sweep", queue, "--idle", "10m", // or they outlive a process that is killed
			"--engine", "xla:cuda", "--workers", fmt.Sprint(q.options.Workers),
			"--memory", fmt.Sprint(int64(memory)), "--models-dir", q.options.Models,
			"--creds", at.Creds, "--nkey", at.NKey, "--tls-ca", at.CA, "--tls-cert", at.Cert, "--tls-key", at.Key}
		return eachGPU(ctx, gpus, args, []string{natsURL + "=" + url}, io.Discard, stderr)
	}
}

// ofSweep says what an interrupted or failed sweep leaves, and how to go on.
func ofSweep(err error, f *folder.Folder) error {
	done, _ := f.Tally()
	goOn := fmt.Sprintf("\"dream sweep run %s\" goes on", f.Path())
	if errors.Is(err, context.Canceled) {
		return terminal.Interrupted(fmt.Sprintf("interrupted after %d of %s: %s", done, terminal.Count(len(f.Jobs), "dream"), goOn))
	}
	return fmt.Errorf("%w: %d of %s are done and kept, and %s", err, done, terminal.Count(len(f.Jobs), "dream"), goOn)
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
