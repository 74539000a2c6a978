package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
	"github.com/seed2310110f/godream/models"
)

// collector moves results from the queue into the folder, in three stages, each in its
// own goroutines. look reads a result and drops it where its job has ended before. save
// fetches the dream and writes its file. write appends the records that are ready to the
// manifest, and then removes the results from the queue.
type collector struct {
	folder  *folder.Folder
	queue   *queue.Queue
	putter  *putter
	results *queue.Results
	records chan Progress // with each record that came in, for the watcher
	old     chan struct{} // closed when what was in the queue at first is collected

	mu      sync.Mutex
	jobs    map[string]grid.Job     // that are wanted
	taken   map[string]folder.State // of those that came in, or are coming in
	ended   map[string]folder.State // of those that are in the manifest
	waiting int                     // for so many jobs
	dead    int                     // jobs that were given up, in earlier runs too
	before  int                     // results that were in the queue at first and are not collected yet
	err     error                   // why collecting ended
}

// collected is a result between the stages.
type collected struct {
	result *queue.Result
	record folder.Record
}

// savers is how many dreams are fetched at once.
const savers = 4

func newCollector(ctx context.Context, f *folder.Folder, q *queue.Queue, wanted []grid.Job) (*collector, error) {
	left, err := q.Left(ctx)
	if err != nil {
		return nil, err
	}
	results, err := q.Results(ctx)
	if err != nil {
		return nil, err
	}
	c := &collector{
		folder: f, queue: q, putter: &putter{queue: q, sizes: map[string]picture.Size{}, nets: map[string]*models.Net{}}, results: results, records: make(chan Progress, 1024), old: make(chan struct{}),
		jobs: make(map[string]grid.Job, len(wanted)), taken: map[string]folder.State{}, ended: map[string]folder.State{}, waiting: len(wanted), before: left.Results,
	}
	for _, j := range wanted {
		c.jobs[j.ID] = j
	}
	for _, r := range f.Records() {
		if _, again := c.jobs[r.ID]; r.State == folder.Dead && !again {
			c.dead++
		}
	}
	if c.before == 0 {
		close(c.old)
	}
	return c, nil
}

func (c *collector) close() { c.results.Close() }

// left is how many jobs have not ended.
func (c *collector) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// state is how a job ended, if a result of it has come in.
func (c *collector) state(id string) (folder.State, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, came := c.taken[id]
	return s, came
}

func (c *collector) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// collect works until all jobs have ended.
func (c *collector) collect(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	come, saved := make(chan collected), make(chan collected, 256)
	var all, saving sync.WaitGroup
	stage := func(group *sync.WaitGroup, work func() error) {
		group.Go(func() {
			if err := work(); err != nil {
				stop(err) // the first one counts
			}
		})
	}
	stage(&all, func() error { defer close(come); return c.look(ctx, come) })
	for range savers {
		stage(&saving, func() error { return c.save(ctx, come, saved) })
	}
	stage(&all, func() error { defer close(saved); saving.Wait(); return nil })
	stage(&all, func() error { return c.write(ctx, func() { stop(nil) }, saved) })
	all.Wait()
	if c.left() == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = ofSweep(context.Cause(ctx))
	return c.err
}

// look takes results out of the queue and passes on those that are new.
func (c *collector) look(ctx context.Context, come chan<- collected) error {
	for {
		result, err := c.results.Next(ctx)
		if err != nil {
			return err
		}
		var r folder.Record
		switch damaged := json.Unmarshal(result.Data, &r); {
		case damaged != nil || r.State != folder.Done && r.State != folder.Dead:
			err = c.again(ctx, result)
		case !c.take(result.ID, r.State):
			err = c.done(result) // its dream is deleted with the queue
		default:
			select {
			case come <- collected{result, r}:
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		if err != nil {
			return err
		}
	}
}

// take reports whether a result is new: the job's first, or a dream for one that was
// given up before.
func (c *collector) take(id string, state folder.State) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	had, ended := c.taken[id]
	if _, ours := c.jobs[id]; !ours || ended && (had == folder.Done || state == folder.Dead) {
		return false
	}
	c.taken[id] = state
	return true
}

// save fetches dreams and writes them into the folder.
func (c *collector) save(ctx context.Context, come <-chan collected, saved chan<- collected) error {
	for got := range come {
		got.record.Job = c.jobs[got.result.ID]
		if got.record.State == folder.Done {
			file, err := c.queue.Object(ctx, dreamt(got.result.ID, got.record.SHA256))
			if errors.Is(err, queue.ErrNoObject) {
				if err := c.again(ctx, got.result); err != nil {
					return err
				}
				continue
			}
			got.record.File = got.record.Job.File()
			if err == nil {
				err = c.keep(got.record, file)
			}
			if err != nil {
				return err
			}
		}
		select {
		case saved <- got:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// again puts a job back whose result is damaged, or whose dream the queue has lost.
func (c *collector) again(ctx context.Context, result *queue.Result) error {
	job, ours := c.jobs[result.ID]
	if !ours {
		return c.done(result)
	}
	item, err := c.putter.item(job)
	if err == nil {
		err = result.Remove(ctx) // or the next one may find no room
	}
	if err == nil {
		_, err = c.queue.Put(ctx, []queue.Item{item}) // where this fails, the next run puts it
	}
	if err != nil {
		return err
	}
	c.mu.Lock()
	delete(c.taken, job.ID)
	c.mu.Unlock()
	c.seen()
	return nil
}

// keep writes a dream into the folder.
func (c *collector) keep(r folder.Record, file []byte) error {
	if found := grid.SHA256(file); found != r.SHA256 {
		return fmt.Errorf("dream of job %s: want SHA-256 %s, found %s", r.ID, r.SHA256, found)
	}
	path := filepath.Join(c.folder.Path(), filepath.FromSlash(r.File))
	return picture.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	})
}

// write appends to the manifest what was saved, as much as there is at once, and
// calls over when all jobs have ended.
func (c *collector) write(ctx context.Context, over func(), saved <-chan collected) error {
	var cleaning errgroup.Group
	cleaning.SetLimit(savers)
	defer func() { _ = cleaning.Wait() }()
	for first := range saved {
		some := []collected{first}
		for len(saved) > 0 {
			some = append(some, <-saved)
		}
		var records []folder.Record
		for _, s := range some {
			if latest, _ := c.state(s.result.ID); s.record.State == folder.Done || latest == folder.Dead { // not after a dream of the job
				records = append(records, s.record)
			}
		}
		if err := c.folder.Append(records...); err != nil {
			return err
		}
		for _, s := range some {
			if err := c.done(s.result); err != nil {
				return err
			}
			if s.record.State == folder.Done {
				cleaning.Go(func() error { return c.queue.DeleteObject(ctx, dreamt(s.result.ID, s.record.SHA256)) }) // else it goes with the queue
			}
		}
		if c.count(records) == 0 {
			over()
		}
	}
	return nil
}

// count takes records off the jobs that are waited for, of which it returns the rest,
// and passes on how far the sweep is with each.
func (c *collector) count(records []folder.Record) (left int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range records {
		had, ended := c.ended[r.ID]
		c.ended[r.ID] = r.State
		if !ended {
			c.waiting--
		}
		if r.State == folder.Dead {
			c.dead++
		} else if had == folder.Dead {
			c.dead--
		}
		p := c.stands()
		p.Record = &r
		select {
		case c.records <- p:
		default: // the watcher is slow, and the counts of the next are right all the same
		}
	}
	return c.waiting
}

// progress is how many jobs have ended.
func (c *collector) progress() Progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stands()
}

func (c *collector) stands() Progress {
	n := len(c.folder.Jobs)
	return Progress{Jobs: n, Dead: c.dead, Done: n - c.waiting - c.dead, Share: 1 - float64(c.waiting)/float64(n)}
}

// done removes a result from the queue.
func (c *collector) done(result *queue.Result) error {
	err := result.Ack()
	c.seen()
	return err
}

// seen counts a result that was removed.
func (c *collector) seen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.before--; c.before == 0 {
		close(c.old)
	}
}
