package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// Options are those of Run. The zero value is ready to use.
type Options struct {
	Workers int    // dreams at once in this process, which share the models. Default as in WorkerOptions.Parallel
	Remote  bool   // leave all dreams to workers elsewhere. Default no
	Engine  string // of the dreams in this process, see vgg.OpenEngine. Default auto
	Memory  int64  // bytes that all of these together may take, as in vgg.Model. Default no limit
	Models  string // folder to look for weight files in that are not where the jobs say. Default none

	// Work dreams instead of this process: it is called with the server's URL, secrets
	// included, and the queue's name, and works until ctx is done. That it returns
	// earlier with jobs left ends Run with an error. Default none.
	Work func(ctx context.Context, url, queue string) error `json:"-"`

	// NATS is the server that hands out the jobs. Default one in this process, for
	// this machine alone, that keeps its files in the sweep's folder.
	NATS queue.Access

	Retry    bool          // also do jobs that were given up before. Default no
	Tries    int           // of a job before it is given up. Default 3
	AckWait  time.Duration // without a word from its worker, after which a job is handed out again. Default 30 s
	Backoff  time.Duration // before a job that failed is handed out again; doubles with each try. Default 1 s
	Replicas int           // servers of a cluster that keep each message. Default 1

	// OnProgress is called with every record that comes in, and every second, one call at
	// a time. The next results wait until it returns. Default none.
	OnProgress func(Progress) `json:"-"`

	dream dreamFunc // instead of an engine, for tests
}

// CancelledError reports that the sweep's queue was cancelled. What was done until
// then is in the folder.
type CancelledError struct{ Left int }

func (e *CancelledError) Error() string {
	return fmt.Sprintf("sweep: cancelled with %d jobs left", e.Left)
}

// Run does the jobs of a folder that have no dream yet, and returns when each has
// one or was given up. The folder must be locked, as Create leaves it. What ends
// Run earlier, ctx among it, loses nothing that was done: Run again does the rest.
//
// Jobs go through a queue (package queue), from which workers take them: those in this
// process, and others who Work for the same server. What they hand in is written into
// the folder, the dream first, then the manifest. Each job gets one line there, however
// often it was done.
func Run(ctx context.Context, f *folder.Folder, o Options) (err error) {
	defer func() { err = ofSweep(err) }()
	if err := f.Locked(); err != nil {
		return err
	}
	missing := f.Missing()
	if !o.Retry {
		missing = slices.DeleteFunc(missing, func(j grid.Job) bool {
			r, ended := f.Record(j.ID)
			return ended && r.State == folder.Dead
		})
	}
	if len(missing) == 0 {
		return nil
	}
	b, err := openBroker(ctx, f, o.NATS)
	if err != nil {
		return err
	}
	defer b.close()
	err = b.create(ctx, missing, o)
	if err == nil {
		err = b.run(ctx, f, missing, o)
	}
	var cancelled *CancelledError
	if err != nil && !errors.As(err, &cancelled) {
		return b.withFault(err)
	}
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), endWait)
	defer stop()
	if cancelled != nil {
		if left, _ := b.queue.Left(ending); left.Results > 0 {
			return err // they are left for the next run, or Collect
		}
	}
	return errors.Join(err, b.over(ending))
}

// endWait is how long a run tries to remove its queue: longer than a cluster takes to elect
// a leader.
const endWait = 30 * time.Second

// broker is a sweep's server, connection and queue.
type broker struct {
	address folder.Address
	server  *queue.Server // nil where the queue is elsewhere
	access  queue.Access
	conn    *queue.Conn
	queue   *queue.Queue // from run on
	folder  string       // the queue's, in the sweep's
}

// openBroker starts a server in this process, or connects to one elsewhere.
func openBroker(ctx context.Context, f *folder.Folder, at queue.Access) (b *broker, err error) {
	b = &broker{folder: filepath.Join(f.Path(), folder.QueueDir), access: at}
	if b.address, err = folder.ReadAddress(f.Path()); err != nil {
		return nil, err
	}
	b.address.URL = "" // a killed run leaves the address of its server
	if at.URL == "" {
		if b.server, err = queue.Start(b.folder); err != nil {
			return nil, fmt.Errorf("%w: what is in %s can be deleted: at most what is not in the manifest yet is done again", err, b.store())
		}
		b.access, b.address.URL = b.server.Access(), b.server.URL()
	}
	err = b.address.Write(f.Path())
	if err == nil {
		b.conn, err = queue.Dial(ctx, b.access)
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// storeDir is where the server in this process keeps its streams, in the queue's
// folder.
const storeDir = "jetstream"

func (b *broker) store() string { return filepath.Join(b.folder, storeDir) }

func (b *broker) close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Close()
		b.address.URL = ""
		_ = b.address.Write(filepath.Dir(b.folder)) // a stale one does no harm
	}
}

// over removes a queue whose work is done.
func (b *broker) over(ctx context.Context) error {
	if err := b.queue.Delete(ctx); err != nil {
		return err
	}
	if b.server == nil {
		return nil
	}
	b.conn.Close()
	b.server.Close()
	return os.RemoveAll(b.store())
}

// withFault adds to an error that the server in this process is down, if it is.
func (b *broker) withFault(err error) error {
	if err == nil || b.server == nil || errors.Is(err, queue.ErrDown) {
		return err
	}
	if fault := b.server.Down(); fault != nil {
		return fmt.Errorf("%w (%w)", err, fault)
	}
	return err
}

// create makes the queue, or finds it as an earlier run left it.
func (b *broker) create(ctx context.Context, missing []grid.Job, o Options) (err error) {
	info, err := json.Marshal(requirementsOf(missing))
	if err != nil {
		return err
	}
	b.queue, err = queue.Create(ctx, b.conn, queue.Terms{
		Name: b.address.Queue, Version: dreamlib.Version, Info: info,
		Tries: o.Tries, AckWait: o.AckWait, Backoff: o.Backoff, Replicas: o.Replicas,
	})
	if err == nil && b.server != nil {
		err = b.queue.Reclaim(ctx)
	}
	if err == nil {
		wanted := map[string]bool{}
		for _, j := range missing {
			wanted[j.ID] = true
		}
		err = b.queue.Prune(ctx, func(id string) bool { return wanted[id] })
	}
	return err
}

// run puts the jobs into the queue and collects what comes of them until none is left.
func (b *broker) run(ctx context.Context, f *folder.Folder, missing []grid.Job, o Options) error {
	c, err := newCollector(ctx, f, b.queue, missing)
	if err != nil {
		return err
	}
	defer c.close()

	// What is done is collected even when ctx ends: work ends first, then collecting.
	collecting, stopCollecting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCollecting()
	working, stopWorking := context.WithCancelCause(ctx)
	defer stopWorking(nil)
	work, working := errgroup.WithContext(working)
	w := &watcher{collector: c, queue: b.queue, server: b.server, tell: o.OnProgress, begun: time.Now(), first: c.progress().Share}
	c.came = w.report
	var collect sync.WaitGroup
	collect.Go(func() {
		defer stopCollecting()
		stopWorking(c.collect(collecting))
	})
	work.Go(func() error { return b.put(working, c, missing) })
	work.Go(func() error { return w.watch(working) })
	if dream := b.worker(missing[0].Options.Precision, o); dream != nil {
		work.Go(func() error { return dream(working) })
	}
	_ = work.Wait() // its error is why working ended
	why := context.Cause(working)
	var cancelled *CancelledError
	ours := b.server != nil && !errors.Is(why, queue.ErrDown)
	if ours || why == errNoWorkers || errors.As(why, &cancelled) { // no more results will come
		draining, stop := context.WithTimeout(collecting, grace)
		b.drain(draining)
		stop()
	}
	stopCollecting()
	collect.Wait()
	if c.left() == 0 {
		return nil
	}
	return why
}

// put waits for what an earlier run left in the queue to be collected, and puts the jobs
// that are not done after that.
func (b *broker) put(ctx context.Context, c *collector, missing []grid.Job) error {
	b.drain(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	return put(ctx, b.queue, slices.DeleteFunc(slices.Clone(missing), func(j grid.Job) bool {
		_, ended := c.state(j.ID)
		return ended
	}))
}

// errNoWorkers ends a run whose Options.Work has returned with jobs left.
var errNoWorkers = errors.New("sweep: all workers have ended")

// drain waits until all that was handed in is collected.
func (b *broker) drain(ctx context.Context) {
	for {
		left, err := b.queue.Left(ctx)
		if err != nil || left.Results == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// worker is what dreams for a run, until ctx is done: Options.Work, this process, or nil
// where others are left to.
func (b *broker) worker(precision vgg.Precision, o Options) func(ctx context.Context) error {
	switch {
	case o.Work != nil:
		return func(ctx context.Context) error {
			err := o.Work(ctx, b.access.URL, b.address.Queue)
			if err == nil && ctx.Err() == nil {
				err = errNoWorkers
			}
			return err
		}
	case o.Remote:
		return nil
	}
	return func(ctx context.Context) error {
		return Work(ctx, b.access, WorkerOptions{
			Sweep: b.address.Queue, Engine: o.Engine, Precision: precision, Parallel: o.Workers, Memory: o.Memory, Models: o.Models,
			Poll: 250 * time.Millisecond, dream: o.dream,
		})
	}
}

// ofSweep begins an error's text with "sweep: ".
func ofSweep(err error) error {
	if err == nil || strings.HasPrefix(err.Error(), "sweep: ") {
		return err
	}
	return fmt.Errorf("sweep: %w", err)
}
