package work

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// WorkerOptions are those of Work. The zero value is ready to use.
type WorkerOptions struct {
	Sweep     string        // work for this one alone, by its queue's name. Default any on the server
	Engine    string        // see vgg.OpenEngine. Default auto, the first that computes in Precision
	Parallel  int           // dreams at once, which share the models. Default 2 on the pure-Go engine where there are two processors, which one seldom keeps busy, else 1
	Memory    int64         // bytes that all of these dreams together may take, as in vgg.Model. Default no limit
	Precision vgg.Precision // number format that auto looks for. Default float32
	Models    string        // folder to look for weight files in that are not where the jobs say. Default none
	Once      bool          // end when no sweep has a job left. Default go on
	Idle      time.Duration // end after so long without a job. Default never
	Poll      time.Duration // between looks for a job, at most. Default 2 s

	// OnState is called whenever the worker takes or ends a job, from several
	// goroutines. Default none.
	OnState func(WorkerState) `json:"-"`

	dream dreamFunc // instead of an engine, for tests
}

// WorkerState is what a worker is doing.
type WorkerState struct {
	Worker string    `json:"worker"` // host, process and number in it
	Engine string    `json:"engine"`
	Job    string    `json:"job,omitempty"` // the job's ID, or nothing
	Share  float64   `json:"share"`         // of the job that is done, 0..1
	Since  time.Time `json:"since"`         // when the job was begun
	Done   int       `json:"done"`          // jobs that it handed in
	Failed string    `json:"failed,omitempty"`
}

// requirements are what a worker checks before it takes a job of a sweep.
type requirements struct {
	Models []modelSpec `json:"models"`
}

// modelSpec is a net, and how it is to be computed.
type modelSpec struct {
	Net     grid.Input  `json:"net"`
	Options vgg.Options `json:"options"`
}

func requirementsOf(jobs []grid.Job) (r requirements) {
	known := map[modelSpec]bool{}
	for _, j := range jobs {
		m := modelSpec{j.Net, j.Options}
		if !known[m] {
			known[m] = true
			r.Models = append(r.Models, m)
		}
	}
	return r
}

// Work dreams the jobs of sweeps on a server until ctx is done, or as options say. A
// job that is under way when ctx is done goes back to its queue untried.
//
// It is an error, before any job is taken, when the server cannot be reached, when the
// sweep comes from another version of the program (*queue.SkewError), and when one of
// its nets is not on this machine or is another one here.
func Work(ctx context.Context, at queue.Access, options WorkerOptions) error {
	conn, err := queue.Dial(ctx, at)
	if err != nil {
		return fmt.Errorf("sweep: worker: %w", err)
	}
	defer conn.Close()
	w, err := newWorker(conn, options)
	if err != nil {
		return err
	}
	if w.models != nil {
		defer w.models.close()
	}
	slots, ctx := errgroup.WithContext(ctx)
	for i := range w.options.Parallel {
		slots.Go(func() error {
			s := newSlot(w, i)
			defer s.close()
			return s.work(ctx)
		})
	}
	return slots.Wait()
}

// worker is several slots with one pool of models.
type worker struct {
	conn    *queue.Conn
	options WorkerOptions
	dream   dreamFunc
	engine  string
	models  *modelPool // nil in tests with another dream

	mu      sync.Mutex
	checked map[modelSpec]error
}

func newWorker(conn *queue.Conn, o WorkerOptions) (*worker, error) {
	if o.Poll == 0 {
		o.Poll = 2 * time.Second
	}
	w := &worker{conn: conn, options: o, dream: o.dream, engine: "test", checked: map[modelSpec]error{}}
	if o.dream == nil {
		engine, err := vgg.Options{Precision: cmp.Or(o.Precision, vgg.PrecisionFloat32)}.OpenEngine(o.Engine)
		if err != nil {
			return nil, fmt.Errorf("sweep: worker: %w", err)
		}
		w.options.Parallel = cmp.Or(o.Parallel, parallel(engine.Name))
		w.models = &modelPool{engine: engine, memory: o.Memory / int64(w.options.Parallel), models: o.Models}
		w.dream, w.engine = w.models.dream, engine.Name
	}
	w.options.Parallel = max(w.options.Parallel, 1)
	return w, nil
}

// parallel is how many dreams at once an engine is usually given.
func parallel(engine string) int {
	if engine == "go" {
		return min(2, runtime.GOMAXPROCS(0))
	}
	return 1
}

// check reports why this worker cannot run a sweep's jobs.
func (w *worker) check(info []byte) error {
	var r requirements
	if err := json.Unmarshal(info, &r); err != nil {
		return fmt.Errorf("the sweep's requirements are damaged: %w", err)
	}
	if w.models == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range r.Models {
		err, known := w.checked[m]
		if !known {
			var model *pooledModel
			if model, err = w.models.get(m.Net, m.Options); err == nil {
				w.models.put(model)
			}
			w.checked[m] = err
		}
		if err != nil {
			return err
		}
	}
	return nil
}
