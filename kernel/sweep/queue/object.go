package queue

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// slowest is how many bytes a second a connection should bring over.
const slowest = 100_000

// transfer is how long an object of so many bytes may take.
func transfer(size uint64) time.Duration {
	return requestTimeout + time.Duration(size)*time.Second/slowest
}

// PutObject keeps bytes under a name that stands for just these bytes: what is there
// under that name already stays.
func (q *Queue) PutObject(ctx context.Context, name string, data []byte) error {
	err := q.persistFor(ctx, transfer(uint64(len(data))), func(ctx context.Context) error {
		found, err := q.objects.GetInfo(ctx, name)
		if err == nil && found.Size == uint64(len(data)) {
			return nil
		}
		if err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
			return err
		}
		_, err = q.objects.PutBytes(ctx, name, data)
		return err
	})
	if err != nil {
		return q.failed("put a picture into", err)
	}
	return nil
}

// ErrNoObject reports that there is no object of a name.
var ErrNoObject = jetstream.ErrObjectNotFound

// Object is what PutObject kept, checked against its SHA-256.
func (q *Queue) Object(ctx context.Context, name string) (data []byte, err error) {
	var info *jetstream.ObjectInfo
	err = q.persist(ctx, func(ctx context.Context) (err error) {
		info, err = q.objects.GetInfo(ctx, name)
		return err
	})
	if err == nil {
		err = q.persistFor(ctx, transfer(info.Size), func(ctx context.Context) (err error) {
			data, err = q.objects.GetBytes(ctx, name)
			return err
		})
	}
	if err != nil {
		return nil, q.failed("get picture "+name+" from", err)
	}
	return data, nil
}

// DeleteObject removes what is under a name, if anything is.
func (q *Queue) DeleteObject(ctx context.Context, name string) error {
	err := q.persist(ctx, func(ctx context.Context) error { return q.objects.Delete(ctx, name) })
	if err != nil && !errors.Is(err, ErrNoObject) {
		return q.failed("delete picture "+name+" from", err)
	}
	return nil
}
