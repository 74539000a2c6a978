package work

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// Status is how far a sweep is, as another process sees it.
type Status struct {
	Jobs    int             `json:"jobs"` // of the grid
	Done    int             `json:"done"`
	Given   []folder.Record `json:"given_up"`
	Damaged int             `json:"damaged_lines"` // of the manifest

	Server  string        `json:"server,omitempty"` // that hands out the jobs; empty where none does, as far as is known
	Hidden  bool          `json:"hidden,omitempty"` // another user's, who alone may read where the queue is
	Queue   string        `json:"queue,omitempty"`  // its name there
	Queued  int           `json:"queued"`           // jobs that are waiting or under way
	Handed  int           `json:"handed_in"`        // results that are not collected yet
	Workers []WorkerState `json:"workers"`
}

// Look returns the status of the sweep in a folder. Where at is zero, the server of the
// process that runs the sweep is asked, if there is one; an error of a server that is named
// is one of Look's.
func Look(ctx context.Context, path string, at queue.Access) (s *Status, err error) {
	defer func() { err = ofSweep(err) }()
	f, err := folder.Open(path)
	if err != nil {
		return nil, err
	}
	s = &Status{Jobs: len(f.Jobs), Damaged: len(f.Damaged())}
	for _, r := range f.Records() {
		if r.State == folder.Done {
			s.Done++
		} else {
			s.Given = append(s.Given, r)
		}
	}
	b, err := joinBroker(ctx, path, at)
	if errors.Is(err, errNotRun) || errors.Is(err, queue.ErrGone) {
		return s, nil
	}
	if errors.Is(err, fs.ErrPermission) && at.URL == "" {
		s.Hidden = true
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer b.close()
	left, err := b.queue.Left(ctx)
	if err != nil {
		return nil, err
	}
	s.Server, s.Queue, s.Queued, s.Handed = b.conn.URL(), b.address.Queue, left.Jobs, left.Results
	s.Workers = askWorkers(ctx, b.queue)
	return s, nil
}

var errNotRun = errors.New("no process runs the sweep: say where its queue is if that is elsewhere")

// joinBroker connects to the queue of a sweep that another process runs, or that is on
// the server at.
func joinBroker(ctx context.Context, path string, at queue.Access) (*broker, error) {
	a, err := folder.ReadAddress(path)
	if err != nil {
		return nil, err
	}
	named := at.URL != ""
	if !named {
		at.URL = a.URL
	}
	if at.URL == "" {
		return nil, fmt.Errorf("%s: %w", path, errNotRun)
	}
	b := &broker{address: a}
	b.conn, err = queue.Dial(ctx, at)
	if err != nil && !named {
		return nil, fmt.Errorf("%s: %w", path, errNotRun) // the process was killed
	}
	if err == nil {
		b.queue, err = queue.Open(ctx, b.conn, a.Queue, "")
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// Cancel takes all jobs of the sweep in a folder that are not done out of the queue,
// and stops their workers. The process that runs the sweep collects what was handed in
// and ends with a *CancelledError; where none does, Collect is left to do.
func Cancel(ctx context.Context, path string, at queue.Access) error {
	b, err := joinBroker(ctx, path, at)
	if err == nil {
		defer b.close()
		err = b.queue.Cancel(ctx)
	}
	return ofSweep(err)
}

// Collect brings into a folder what workers have handed in so far, and puts no jobs and
// dreams none. The folder must be locked. It returns how many of its jobs have not
// ended. A queue with nothing left in it is removed.
func Collect(ctx context.Context, f *folder.Folder, at queue.Access) (left int, err error) {
	err = ofSweep(collectInto(ctx, f, at))
	for _, j := range f.Jobs {
		if _, ended := f.Record(j.ID); !ended {
			left++
		}
	}
	return left, err
}

func collectInto(ctx context.Context, f *folder.Folder, at queue.Access) error {
	if err := f.Locked(); err != nil {
		return err
	}
	if at.URL == "" && !exists(filepath.Join(f.Path(), folder.QueueDir, storeDir)) {
		return nil // the last run came to its end
	}
	b, err := openBroker(ctx, f, at)
	if err != nil {
		return err
	}
	defer b.close()
	b.queue, err = queue.Open(ctx, b.conn, b.address.Queue, "")
	if errors.Is(err, queue.ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := newCollector(ctx, f, b.queue, f.Missing())
	if err != nil {
		return err
	}
	defer c.close()
	collecting, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		defer stop()
		ended <- c.collect(collecting)
	}()
	b.drain(collecting)
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		return b.withFault(err)
	}
	left, err := b.queue.Left(ctx)
	switch {
	case err != nil:
		return err
	case left.Jobs+left.Results > 0:
		return nil
	}
	return b.over(ctx)
}
