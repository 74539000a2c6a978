package queue

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Results are what workers handed in, for one collector.
type Results struct {
	q        *Queue
	messages jetstream.MessagesContext
}

// collector is the consumer of results.
const collector = "collector"

// collectorWait is how long results may be on their way to the disk. A collector that is
// gone is not waited for: the next one's consumer is a new one.
const collectorWait = time.Hour

// ahead is how many results are brought over before they are asked for.
const ahead = 256

// Results begins to collect. Those that an earlier collector took and did not Ack come
// first. There is one collector at a time: a second one takes over from the first.
func (q *Queue) Results(ctx context.Context) (*Results, error) {
	var messages jetstream.MessagesContext
	err := q.persist(ctx, func(ctx context.Context) error {
		if err := q.results.DeleteConsumer(ctx, collector); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return err
		}
		c, err := q.results.CreateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: collector, AckPolicy: jetstream.AckExplicitPolicy, AckWait: collectorWait, MaxAckPending: -1, MaxDeliver: -1,
		})
		if err == nil {
			messages, err = c.Messages(jetstream.PullMaxMessages(ahead))
		}
		return err
	})
	if err != nil {
		return nil, q.failed("collect from", err)
	}
	return &Results{q, messages}, nil
}

// Result is what came of a job.
type Result struct {
	ID   string
	Data []byte
	q    *Queue
	msg  jetstream.Msg
}

// Next waits for a result. One may come more than once, and so may a job's second one.
func (r *Results) Next(ctx context.Context) (*Result, error) {
	for {
		m, err := r.messages.Next(jetstream.NextContext(ctx))
		switch {
		case err == nil:
			return &Result{lastToken(m.Subject()), m.Data(), r.q, m}, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !Passing(err):
			return nil, r.q.failed("collect from", err)
		}
	}
}

// Close ends the collecting.
func (r *Results) Close() { r.messages.Stop() }

// Ack removes the result, which is kept elsewhere, from the queue.
func (r *Result) Ack() error { return r.msg.Ack() }

// Remove is Ack for a job that is to be done again: it returns when the queue, which
// holds one result of a job, has room for the next.
func (r *Result) Remove(ctx context.Context) error {
	if err := r.q.persist(ctx, r.msg.DoubleAck); err != nil {
		return r.q.failed("remove a result from", err)
	}
	return nil
}
