package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Worker takes jobs out of a queue, one at a time. It stays in a lane as long as that
// has jobs, so that jobs which follow one another are of few groups.
type Worker struct {
	q         *Queue
	lane      string          // consumer's name, where the last job came from
	stopped   context.Context // done after Cancel
	listening *nats.Subscription
}

// Worker returns one that has taken nothing yet. It serves one goroutine. Close it
// after use.
func (q *Queue) Worker() (h *Worker, err error) {
	h = &Worker{q: q}
	var stop context.CancelFunc
	h.stopped, stop = context.WithCancel(context.Background())
	h.listening, err = q.conn.nc.Subscribe(subject(q.Terms.Name, "stop"), func(*nats.Msg) { stop() })
	if err != nil {
		return nil, q.failed("listen to", err)
	}
	return h, nil
}

// Close ends the worker.
func (h *Worker) Close() { _ = h.listening.Unsubscribe() }

// Until is ctx, but done also when the queue is cancelled: what a job in hand should
// run under.
func (h *Worker) Until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	context.AfterFunc(h.stopped, stop)
	return ctx, stop
}

// Next takes a job, or returns nil where there is none just now. A queue that is no
// longer there, or was cancelled, is ErrGone.
func (h *Worker) Next(ctx context.Context) (*Task, error) {
	if h.stopped.Err() != nil {
		return nil, fmt.Errorf("%w: %s was cancelled", ErrGone, h.q.Terms.Name)
	}
	if h.lane != "" {
		if t, err := h.take(ctx, h.lane); t != nil || err != nil {
			return t, h.passing(err)
		}
	}
	list, err := h.lanes(ctx)
	for _, lane := range list {
		if t, err := h.take(ctx, lane); t != nil || err != nil {
			h.lane = lane
			return t, h.passing(err)
		}
	}
	return nil, h.passing(err)
}

// passing takes trouble that goes away for a queue that has nothing just now.
func (h *Worker) passing(err error) error {
	if err == nil || Passing(err) {
		return nil
	}
	return h.q.failed("take a job from", err)
}

// lanes are those that may have a job to hand out, those first that have most for
// every worker in them.
func (h *Worker) lanes(ctx context.Context) ([]string, error) {
	ctx, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	share := map[string]float64{}
	list := h.q.jobs.ListConsumers(ctx)
	for c := range list.Info() {
		if c.NumPending+uint64(c.NumAckPending) > 0 {
			share[c.Name] = float64(c.NumPending) / float64(1+c.NumAckPending)
		}
	}
	var names []string
	for name := range share {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(-cmp.Compare(share[a], share[b]), strings.Compare(a, b))
	})
	return names, list.Err()
}

// take takes a job out of a lane, or returns nil. It asks the server itself: the
// library's FetchNoWait does not listen any more after a second, and what a busy server
// hands out later is then lost until its time is over, with a try.
func (h *Worker) take(ctx context.Context, lane string) (*Task, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	nc := h.q.conn.nc
	answers, err := nc.SubscribeSync(nc.NewInbox())
	if err != nil {
		return nil, err
	}
	defer func() { _ = answers.Unsubscribe() }()
	ask := jetstream.DefaultAPIPrefix + "CONSUMER.MSG.NEXT." + jobsStream(h.q.Terms.Name) + "." + lane
	if err := nc.PublishRequest(ask, answers.Subject, []byte(`{"batch": 1, "no_wait": true}`)); err != nil {
		return nil, err
	}
	// What was asked for is taken even when ctx ends meanwhile, to be given back: else it
	// idles until its time is over, and that counts as a try.
	asked, stop := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastAnswer, stop) })()
	m, err := answers.NextMsgWithContext(asked)
	if err != nil || m.Header.Get("Status") != "" { // there is none
		return nil, err
	}
	return h.q.task(asked, m)
}

// lastAnswer is how long a hand whose context has ended waits for what it has asked for.
const lastAnswer = 2 * time.Second

// Task is a job that a Worker has taken. It sends heartbeats to the server until one of
// Done, Again, Return and Drop is called.
type Task struct {
	ID    string
	Data  []byte
	Tries int  // this one is its how manieth, from 1; those given back by Return do not count
	Last  bool // there will be no other try

	before past
	q      *Queue
	msg    *nats.Msg
	stop   func() // ends the heartbeats
}

// past is what the queue keeps about a job that was handed out before.
type past struct {
	Returned int      `json:"returned"` // times that a worker gave it back untried
	Errors   []string `json:"errors"`
}

func (q *Queue) task(ctx context.Context, m *nats.Msg) (*Task, error) {
	about, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	id := lastToken(m.Subject)
	t := &Task{ID: id, Data: m.Data, q: q, msg: m}
	t.beat()
	if about.NumDelivered > 1 {
		if t.before, err = q.past(ctx, id); err != nil {
			t.stop()
			return nil, err // it is handed out again when its time is over
		}
	}
	t.Tries = max(int(about.NumDelivered)-t.before.Returned, len(t.before.Errors)+1)
	t.Last = t.Tries >= q.Terms.Tries
	return t, nil
}

// Errors are those of earlier tries, as far as they came to one.
func (t *Task) Errors() []string { return t.before.Errors }

// beat begins to send heartbeats, in a goroutine.
func (t *Task) beat() {
	ctx, stop := context.WithCancel(context.Background())
	var beating sync.WaitGroup
	beating.Go(func() {
		for pause(ctx, t.q.Terms.AckWait/3) == nil {
			_ = t.msg.InProgress() // the next one does the same
		}
	})
	t.stop = func() {
		stop()
		beating.Wait()
	}
}

// Done hands in the job's result and takes the job out of the queue. It goes on trying
// while the server is away, until ctx is done.
func (t *Task) Done(ctx context.Context, result []byte) error {
	defer t.stop()
	if err := t.q.publish(ctx, subject(t.q.Terms.Name, "result."+t.ID), result); err != nil {
		return t.q.failed("hand in a result to", err)
	}
	// Where this fails, the job is done once more, and that result is ignored.
	acking, stop := context.WithTimeout(ctx, t.q.Terms.AckWait)
	defer stop()
	_ = t.q.persist(acking, func(ctx context.Context) error { return t.msg.AckSync(nats.Context(ctx)) })
	return nil
}

// Again reports that a try failed, and why. The job is handed out again after a while,
// though not after the Last try: then it is Done.
func (t *Task) Again(ctx context.Context, why error) error {
	defer t.stop()
	t.before.Errors = append(t.before.Errors, why.Error())
	err := t.keep(ctx)
	if err == nil {
		wait := t.q.Terms.Backoff << min(t.Tries-1, 6)
		err = t.msg.NakWithDelay(wait)
	}
	return err
}

// Return gives the job back untried, for another worker to take at once.
func (t *Task) Return(ctx context.Context) error {
	defer t.stop()
	t.before.Returned++
	err := t.keep(ctx)
	if err == nil {
		err = t.msg.Nak()
	}
	if err == nil {
		err = attempt(ctx, t.q.conn.nc.FlushWithContext)
	}
	return err
}

// Drop forgets the job without a word: the queue does not hold it any more, or hands it
// out again when its time is over.
func (t *Task) Drop() { t.stop() }

// keep stores the tries and errors so far for the job's next worker.
func (t *Task) keep(ctx context.Context) error {
	text, err := json.Marshal(t.before)
	if err != nil {
		return err
	}
	err = t.q.persist(ctx, func(ctx context.Context) error {
		_, err := t.q.before.Put(ctx, t.ID, text)
		return err
	})
	if err != nil {
		return t.q.failed("give a job back to", err)
	}
	return nil
}

// past reads what keep wrote.
func (q *Queue) past(ctx context.Context, id string) (p past, err error) {
	entry, err := q.before.Get(ctx, id)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return p, nil // its worker went away without a word
	case err != nil:
		return p, err
	}
	if err := json.Unmarshal(entry.Value(), &p); err != nil {
		return p, fmt.Errorf("job %s: what was before is damaged: %w", id, err)
	}
	return p, nil
}
