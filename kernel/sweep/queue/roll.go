package queue

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
)

// Answer answers every RollCall with what state returns, until stop is called.
func (q *Queue) Answer(state func() []byte) (stop func(), err error) {
	heard, err := q.conn.nc.Subscribe(subject(q.Terms.Name, "roll"), func(m *nats.Msg) { _ = m.Respond(state()) })
	if err != nil {
		return nil, q.failed("listen to", err)
	}
	return func() { _ = heard.Unsubscribe() }, nil
}

// RollCall asks all workers for their states, and returns those that come within a time.
// Nothing of it is kept on the server.
func (q *Queue) RollCall(ctx context.Context, within time.Duration) (states [][]byte, err error) {
	inbox := q.conn.nc.NewInbox()
	answers, err := q.conn.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, q.failed("ask the workers of", err)
	}
	defer func() { _ = answers.Unsubscribe() }()
	if err := q.conn.nc.PublishRequest(subject(q.Terms.Name, "roll"), inbox, nil); err != nil {
		return nil, q.failed("ask the workers of", err)
	}
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	for {
		m, err := answers.NextMsgWithContext(ctx)
		if err != nil { // the time is over, or there are no workers
			return states, nil
		}
		states = append(states, m.Data)
	}
}
