package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// collector moves results from the queue into the folder, a batch at a time: it fetches
// the dreams and writes their files, appends the records to the manifest, and only then
// removes the results from the queue. When it is ended in between, they come again.
type collector struct {
	folder  *folder.Folder
	queue   *queue.Queue
	results *queue.Results
	jobs    map[string]grid.Job  // that are wanted
	came    func(*folder.Record) // called with each record in the manifest

	mu    sync.Mutex
	ended map[string]folder.State // of the wanted jobs, those that are in the manifest
	dead  int                     // jobs that were given up, in earlier runs too
}

// collected is a result in a batch.
type collected struct {
	result *queue.Result
	record folder.Record
	fresh  bool // it is to be recorded
	lost   bool // it is damaged, or its dream is gone: the job is to be done again
}

const (
	batch  = 64                   // results in a batch at most
	linger = 5 * time.Millisecond // how long a batch waits for one more
	savers = 4                    // dreams that are fetched at once
)

func newCollector(ctx context.Context, f *folder.Folder, q *queue.Queue, wanted []grid.Job) (*collector, error) {
	results, err := q.Results(ctx)
	if err != nil {
		return nil, err
	}
	c := &collector{
		folder: f, queue: q, results: results, came: func(*folder.Record) {},
		jobs: make(map[string]grid.Job, len(wanted)), ended: map[string]folder.State{},
	}
	for _, j := range wanted {
		c.jobs[j.ID] = j
	}
	for _, r := range f.Records() {
		if _, again := c.jobs[r.ID]; r.State == folder.Dead && !again {
			c.dead++
		}
	}
	return c, nil
}

func (c *collector) close() { c.results.Close() }

// state is how a job ended, if its record is in the manifest.
func (c *collector) state(id string) (folder.State, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ended := c.ended[id]
	return s, ended
}

// progress is how many jobs have ended.
func (c *collector) progress() Progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, left := len(c.folder.Jobs), len(c.jobs)-len(c.ended)
	return Progress{Jobs: n, Dead: c.dead, Done: n - left - c.dead, Share: 1 - float64(left)/float64(n)}
}

// left is how many jobs have not ended.
func (c *collector) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.jobs) - len(c.ended)
}

// collect works until all jobs have ended.
func (c *collector) collect(ctx context.Context) error {
	for c.left() > 0 {
		results, err := c.next(ctx)
		if err == nil {
			err = c.keep(ctx, results)
		}
		if err != nil {
			return ofSweep(err)
		}
	}
	return nil
}

// next waits for a result, and returns it with those that come soon after.
func (c *collector) next(ctx context.Context) (list []*queue.Result, err error) {
	r, err := c.results.Next(ctx)
	for err == nil {
		if list = append(list, r); len(list) == batch {
			break
		}
		soon, stop := context.WithTimeout(ctx, linger)
		r, err = c.results.Next(soon)
		stop()
	}
	if len(list) > 0 {
		return list, nil // an error comes again with the next batch
	}
	return nil, err
}

// keep brings a batch of results into the folder.
func (c *collector) keep(ctx context.Context, results []*queue.Result) error {
	batch, err := c.save(ctx, results)
	if err != nil {
		return err
	}
	var records []folder.Record
	for _, got := range batch {
		if got.fresh && !got.lost {
			records = append(records, got.record)
		}
	}
	if err := c.folder.Append(records...); err != nil {
		return err
	}
	c.count(records) // before the queue is empty: what has not ended then is put again
	for _, got := range batch {
		if got.lost {
			err = c.again(ctx, got.result)
		} else {
			err = got.result.Ack()
		}
		if err != nil {
			return err
		}
	}
	var cleaning errgroup.Group
	cleaning.SetLimit(savers)
	for _, r := range records {
		if r.State == folder.Done {
			cleaning.Go(func() error { return c.queue.DeleteObject(ctx, dreamt(r.ID, r.SHA256)) })
		}
	}
	_ = cleaning.Wait() // what is left there goes with the queue
	return nil
}

// save reads the results, of which those count that are new, and writes their dreams
// into the folder.
func (c *collector) save(ctx context.Context, results []*queue.Result) ([]collected, error) {
	batch, came := make([]collected, len(results)), map[string]folder.State{}
	var saving errgroup.Group
	saving.SetLimit(savers)
	for i, result := range results {
		got := &batch[i]
		got.result = result
		r := &got.record
		switch damaged := json.Unmarshal(result.Data, r); {
		case damaged != nil || r.State != folder.Done && r.State != folder.Dead:
			got.lost = true
		case c.isNew(came, result.ID, r.State):
			got.fresh, came[result.ID] = true, r.State
			r.Job = c.jobs[result.ID]
			if r.State == folder.Done {
				r.File = r.Job.File()
				saving.Go(func() (err error) {
					got.lost, err = c.saveDream(ctx, *r)
					return err
				})
			}
		}
	}
	return batch, saving.Wait()
}

// isNew reports whether a result is to be recorded: the job's first, or a dream for one
// that was given up before. came are the results before it in its batch.
func (c *collector) isNew(came map[string]folder.State, id string, state folder.State) bool {
	had, ended := came[id]
	if !ended {
		had, ended = c.state(id)
	}
	_, ours := c.jobs[id]
	return ours && (!ended || had == folder.Dead && state == folder.Done)
}

// saveDream fetches a dream and writes its file, unless the queue has lost it.
func (c *collector) saveDream(ctx context.Context, r folder.Record) (lost bool, err error) {
	file, err := c.queue.Object(ctx, dreamt(r.ID, r.SHA256))
	if errors.Is(err, queue.ErrNoObject) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if found := grid.SHA256(file); found != r.SHA256 {
		return false, fmt.Errorf("dream of job %s: want SHA-256 %s, found %s", r.ID, r.SHA256, found)
	}
	path := filepath.Join(c.folder.Path(), filepath.FromSlash(r.File))
	return false, picture.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	})
}

// again puts a job back whose result is lost, also when ctx ends meanwhile.
func (c *collector) again(ctx context.Context, result *queue.Result) error {
	job, ours := c.jobs[result.ID]
	if state, _ := c.state(result.ID); !ours || state == folder.Done {
		return result.Ack()
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer stop()
	items, err := itemsOf([]grid.Job{job})
	if err == nil {
		err = result.Remove(ctx) // first, or the next result may find no room
	}
	if err == nil {
		err = c.queue.Put(ctx, items)
	}
	return err // the next run puts what could not be put
}

// count notes how jobs have ended, and passes their records on.
func (c *collector) count(records []folder.Record) {
	for _, r := range records {
		c.mu.Lock()
		if c.ended[r.ID] == folder.Dead {
			c.dead--
		}
		if c.ended[r.ID] = r.State; r.State == folder.Dead {
			c.dead++
		}
		c.mu.Unlock()
		c.came(&r)
	}
}
