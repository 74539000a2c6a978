package queue

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"golang.org/x/sync/errgroup"
)

// Item is a job on its way into a queue.
type Item struct {
	ID    string // letters, digits, - and _; as a subject's token
	Group string // jobs of a group are best done by one worker
	Data  []byte // at most 1 MB, unless the server allows more
}

// window is how many messages are under way to the server at once.
const window = 256

// Put adds jobs, in their order, and returns how many the queue did not hold yet.
func (q *Queue) Put(ctx context.Context, items []Item) (added int, err error) {
	if err := q.openLanes(ctx, items); err != nil {
		return 0, q.failed("open a lane of", err)
	}
	visit := nuid.Next() // so that a message whose ack was lost is not taken twice
	for len(items) > 0 && err == nil {
		some := items[:min(window, len(items))]
		items = items[len(some):]
		var n int
		n, err = q.putSome(ctx, some, visit)
		added += n
	}
	if err != nil {
		return added, q.failed("put jobs into", err)
	}
	return added, nil
}

// openLanes makes the consumers of all lanes that the jobs need.
func (q *Queue) openLanes(ctx context.Context, items []Item) error {
	needed := map[string]bool{}
	for _, item := range items {
		needed[lane(item.Group)] = true
	}
	var all errgroup.Group
	all.SetLimit(8)
	for lane := range needed {
		all.Go(func() error {
			return q.persist(ctx, func(ctx context.Context) error {
				_, err := q.jobs.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
					Durable: "lane-" + lane, FilterSubject: subject(q.Terms.Name, "job."+lane+".*"),
					AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.Terms.AckWait, MaxAckPending: -1, MaxDeliver: -1,
				})
				return err
			})
		})
	}
	return all.Wait()
}

// putSome sends jobs without waiting for each, then waits for all.
func (q *Queue) putSome(ctx context.Context, items []Item, visit string) (added int, err error) {
	waiting := make([]jetstream.PubAckFuture, len(items))
	for i, item := range items {
		waiting[i], _ = q.conn.js.PublishMsgAsync(q.message(item, visit)) // where it fails, it is sent anew below
	}
	for i, item := range items {
		fresh, err := answer(ctx, waiting[i])
		if Passing(err) {
			fresh, err = q.publish(ctx, q.message(item, visit))
		}
		if err != nil {
			return added, fmt.Errorf("job %s: %w", item.ID, err)
		}
		if fresh {
			added++
		}
	}
	return added, nil
}

func (q *Queue) message(item Item, visit string) *nats.Msg {
	m := nats.NewMsg(subject(q.Terms.Name, "job."+lane(item.Group)+"."+item.ID))
	m.Data = item.Data
	m.Header.Set(jetstream.MsgIDHeader, item.ID+"/"+visit)
	return m
}

// answer waits for what became of a message: whether the stream did not hold it.
func answer(ctx context.Context, waiting jetstream.PubAckFuture) (fresh bool, err error) {
	if waiting == nil {
		return false, nats.ErrTimeout
	}
	ctx, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	select {
	case ack := <-waiting.Ok():
		return !ack.Duplicate, nil
	case err := <-waiting.Err():
		if isHeld(err) {
			return false, nil
		}
		return false, err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// publish sends a message until the stream has it, and reports whether it had not before.
func (q *Queue) publish(ctx context.Context, m *nats.Msg) (fresh bool, err error) {
	err = q.persist(ctx, func(ctx context.Context) error {
		ack, err := q.conn.js.PublishMsg(ctx, m)
		if isHeld(err) {
			return nil
		}
		if err == nil {
			fresh = !ack.Duplicate
		}
		return err
	})
	return fresh, err
}
