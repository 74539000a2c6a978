package queue

import (
	"context"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
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

// Put adds jobs, in their order. One that the queue holds already stays as it is.
func (q *Queue) Put(ctx context.Context, items []Item) error {
	if err := q.openLanes(ctx, items); err != nil {
		return q.failed("open a lane of", err)
	}
	for some := range slices.Chunk(items, window) {
		if err := q.putSome(ctx, some); err != nil {
			return q.failed("put jobs into", err)
		}
	}
	return nil
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
func (q *Queue) putSome(ctx context.Context, items []Item) error {
	waiting := make([]jetstream.PubAckFuture, len(items))
	for i, item := range items {
		waiting[i], _ = q.conn.js.PublishAsync(q.jobSubject(item), item.Data) // where it fails, it is sent anew below
	}
	for i, item := range items {
		err := answer(ctx, waiting[i])
		if Passing(err) {
			err = q.publish(ctx, q.jobSubject(item), item.Data)
		}
		if err != nil {
			return fmt.Errorf("job %s: %w", item.ID, err)
		}
	}
	return nil
}

func (q *Queue) jobSubject(item Item) string {
	return subject(q.Terms.Name, "job."+lane(item.Group)+"."+item.ID)
}

// answer waits until the stream holds a message.
func answer(ctx context.Context, waiting jetstream.PubAckFuture) error {
	if waiting == nil {
		return nats.ErrTimeout
	}
	ctx, stop := context.WithTimeout(ctx, requestTimeout)
	defer stop()
	select {
	case <-waiting.Ok():
		return nil
	case err := <-waiting.Err():
		return unlessHeld(err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// publish sends a message until the stream holds one of its subject.
func (q *Queue) publish(ctx context.Context, subject string, data []byte) error {
	return q.persist(ctx, func(ctx context.Context) error {
		_, err := q.conn.js.Publish(ctx, subject, data)
		return unlessHeld(err)
	})
}
