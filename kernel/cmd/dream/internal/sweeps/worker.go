package sweeps

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

// natsURL is the environment's variable that stands for a worker's --nats.
const natsURL = "NATS_URL"

// workerCommand is what "dream worker" was asked for.
type workerCommand struct {
	at      queue.Access
	options work.WorkerOptions
	memory  terminal.Memory
	gpus    string
	json    bool
}

// NewWorkerCommand makes "dream worker".
func NewWorkerCommand() *cobra.Command {
	var w workerCommand
	cmd := &cobra.Command{
		Use:   "worker --nats URL",
		Short: "Dream the jobs of sweeps that run elsewhere",
		Long: `Dream the jobs of sweeps whose queue is on a NATS server: "dream sweep run --nats URL" puts
them there, and collects what comes of them. Any number of workers may work for the same
server, on any machine and engine. A worker goes on until it is interrupted, or as --once
and --idle say. A job that is under way then goes back to the queue.

Pictures come through the queue. The sweep's networks must be here, under the same names
or in --models-dir, and the program's version must be the sweep's: a worker says so before
it takes a job. With several GPUs, --gpus starts one worker for each.`,
		Example: `  dream worker --nats nats://server:4222
  dream worker --nats tls://server:4222 --creds worker.creds --once
  dream worker --nats nats://server:4222 --gpus all --idle 10m`,
		Args: terminal.Exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w.at.URL = cmp.Or(w.at.URL, os.Getenv(natsURL))
			if err := w.check(); err != nil {
				return err
			}
			return w.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	accessFlags(f, &w.at, "\n(default what "+natsURL+" in the environment says)")
	f.StringVar(&w.options.Sweep, "sweep", "", "`name` of the queue to work for alone, as \"dream sweep status\" prints it (default any)")
	terminal.EngineFlag(f, &w.options.Engine)
	parallelFlag(f, &w.options.Parallel)
	gpusFlag(f, &w.gpus)
	terminal.MemoryFlag(f, &w.memory, terminal.PlannedMemory)
	modelsFlag(f, &w.options.Models)
	f.BoolVar(&w.options.Once, "once", false, "end when no sweep has a job left")
	f.DurationVar(&w.options.Idle, "idle", 0, "end after so long without a job; 0 never")
	f.BoolVar(&w.json, "json", false, "print JSON lines")
	terminal.CompleteChoices(cmd)
	return cmd
}

func (w *workerCommand) check() error {
	switch {
	case w.at.URL == "":
		return terminal.Usage(fmt.Errorf("want --nats, or %s in the environment, with the server's URL", natsURL))
	case w.options.Idle < 0:
		return terminal.Usage(fmt.Errorf("--idle %v: want 0 or more", w.options.Idle))
	}
	return checkAccess(w.at)
}

func (w *workerCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	gpus, err := chosenGPUs(w.gpus, w.options.Engine)
	if err != nil {
		return err
	}
	if len(gpus) > 0 {
		return workOnGPUs(ctx, gpus, stdout, stderr)
	}
	w.options.Memory = int64(w.memory)
	report := &workerReporter{stdout: stdout, stderr: stderr, json: w.json, last: map[string]work.WorkerState{}}
	w.options.OnState = report.state
	if err := work.Work(ctx, w.at, w.options); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return terminal.Interrupted("interrupted after " + terminal.Count(report.done(), "dream") + ": a job that was under way is back in the queue")
	}
	return nil
}

// workerReporter prints what a worker is at: a line a dream, or JSON lines.
type workerReporter struct {
	stdout, stderr io.Writer
	json           bool

	mu   sync.Mutex
	last map[string]work.WorkerState // by worker
}

// state is work.Work's OnState.
func (r *workerReporter) state(s work.WorkerState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.last[s.Worker]
	r.last[s.Worker] = s
	if r.json {
		_ = json.NewEncoder(r.stdout).Encode(s) // whoever reads may leave early, and the work matters more
		return
	}
	switch {
	case s.Done > before.Done:
		fmt.Fprintf(r.stderr, "%s: %s in %.1f s\n", s.Worker, s.Job, time.Since(s.Since).Seconds())
	case s.Failed != "" && before.Failed == "":
		fmt.Fprintf(r.stderr, "%s: %s failed: %s\n", s.Worker, s.Job, terminal.OneLine(errors.New(s.Failed)))
	}
}

func (r *workerReporter) done() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.last {
		n += s.Done
	}
	return n
}
