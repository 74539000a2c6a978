package queue

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// isGone reports whether an error means that a stream, bucket or consumer is not there.
func isGone(err error) bool {
	return errors.Is(err, ErrGone) || errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrConsumerNotFound) ||
		errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrConsumerDeleted) || errors.Is(err, jetstream.ErrConsumerDoesNotExist)
}

// unlessHeld is an error, or nil where a stream refused a message because it holds one of
// the same subject.
func unlessHeld(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && strings.Contains(api.Description, "maximum messages per subject exceeded") {
		return nil
	}
	return err
}

// Passing reports whether an error is one that goes away: a lost connection, or a
// cluster that is electing a leader.
func Passing(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		off := errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount)
		return api.Code == 503 && !off && !isFull(err)
	}
	for _, passing := range []error{
		nats.ErrTimeout, nats.ErrNoResponders, nats.ErrConnectionReconnecting, nats.ErrDisconnected, nats.ErrStaleConnection,
		nats.ErrReconnectBufExceeded, jetstream.ErrNoStreamResponse, jetstream.ErrNoHeartbeat, jetstream.ErrConsumerLeadershipChanged,
		jetstream.ErrTooManyStalledMsgs, context.DeadlineExceeded,
		os.ErrDeadlineExceeded, // of an object that is read
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// isFull reports whether a server has no room for more.
func isFull(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (strings.Contains(api.Description, "insufficient") || strings.Contains(api.Description, "no space left"))
}

// retryWait is the pause before something is tried again that failed for the moment.
const retryWait = 100 * time.Millisecond

// persist calls do until it succeeds, fails for good, or ctx is done. It gives every
// call the time of one request.
func (q *Queue) persist(ctx context.Context, do func(context.Context) error) error {
	return q.persistFor(ctx, requestTimeout, do)
}

// persistFor is persist with another time for every call. A server without the stream
// answers as one whose leader is gone, with silence; so the queue is looked for before
// the next try.
func (q *Queue) persistFor(ctx context.Context, each time.Duration, do func(context.Context) error) error {
	for {
		err := within(ctx, each, do)
		if err == nil || !Passing(err) {
			return err
		}
		found := attempt(ctx, func(ctx context.Context) error { _, err := q.jobs.Info(ctx); return err })
		switch {
		case isGone(found):
			return ErrGone
		case found != nil && !Passing(found):
			return errors.Join(err, found)
		}
		if pause(ctx, retryWait) != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// attempt calls do with the time of one request.
func attempt(ctx context.Context, do func(context.Context) error) error {
	return within(ctx, requestTimeout, do)
}

func within(ctx context.Context, each time.Duration, do func(context.Context) error) error {
	ctx, stop := context.WithTimeout(ctx, each)
	defer stop()
	return do(ctx)
}

// pause waits, or returns why it did not.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
