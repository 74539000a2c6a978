package hub

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	defaultStall   = 30 * time.Second
	defaultBackoff = time.Second
	maxBackoff     = 30 * time.Second
	defaultTries   = 5

	// progress is how many new bytes make the count of failures start again.
	progress = 1 << 20

	// maxBytes bounds a file of unknown size. The largest VGG file is 0.6 GB.
	maxBytes = 2 << 30

	lockPoll = 100 * time.Millisecond
)

// Source is a file on a server, and what is known of it beforehand.
type Source struct {
	URL    string
	SHA256 string // lower-case hex, whole or its leading digits; empty: not checked
	Bytes  int64  // exact size, at most 2 GiB; 0: unknown
}

// FetchOptions is how to fetch. The zero value is ready to use.
type FetchOptions struct {
	// Progress is told, from the fetching goroutine, how many bytes are there and
	// how many there will be (0 while unknown). Default: nobody is told.
	Progress func(done, total int64)

	// Stall is how long a connection may stay silent. Default 30 s.
	Stall time.Duration

	// Backoff is the wait after a first failure. It doubles up to 30 s with each
	// one that follows. Default 1 s.
	Backoff time.Duration

	// Tries is how many failures in a row end the fetch. Default 5.
	Tries int
}

// PartialError is a fetch that stopped with part of the file kept, so that the
// next one goes on from there.
type PartialError struct {
	URL         string
	Done, Total int64 // bytes kept, and of how many; Total is 0 while unknown
	Err         error // why it stopped
}

func (e *PartialError) Error() string {
	if e.Total > 0 {
		return fmt.Sprintf("hub: fetch %s: %v: %s of %s are kept", e.URL, e.Err, size(e.Done), size(e.Total))
	}
	return fmt.Sprintf("hub: fetch %s: %v: %s are kept", e.URL, e.Err, size(e.Done))
}

func (e *PartialError) Unwrap() error { return e.Err }

// Fetch downloads a file to path, whose folder it makes. The file appears there
// in one step, after its size and SHA-256 were found right and it was synced.
// Until then the bytes are in path.part beside the server's validator for them
// in path.part.etag: a later Fetch asks for the rest, and starts again if the
// file on the server has changed or the server cannot send parts.
//
// A lost or silent connection, and an answer that may change (408, 429, 5xx),
// is tried opt.Tries times, counted afresh after each new MiB. What ends Fetch
// while bytes are kept is a *PartialError. Wrong bytes are an error that gives
// both hashes, and are thrown away. A second Fetch of the same path, in any
// process, waits for the first. A right file that is there already is kept.
func Fetch(ctx context.Context, src Source, path string, opt FetchOptions) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("hub: fetch %s: %w", src.URL, err)
	}
	lock := flock.New(path + ".lock")
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return fmt.Errorf("hub: lock %s: %w", path+".lock", err)
	}
	defer lock.Close()
	if verify(path, src) == nil {
		return nil
	}
	t := &transfer{src: src, part: path + ".part", opt: opt}
	t.opt.Stall = cmp.Or(opt.Stall, defaultStall)
	t.opt.Tries = cmp.Or(opt.Tries, defaultTries)
	t.opt.Backoff = cmp.Or(opt.Backoff, defaultBackoff)
	if err := t.run(ctx); err != nil {
		if have, _ := t.kept(); have > 0 {
			return &PartialError{URL: src.URL, Done: have, Total: t.total, Err: err}
		}
		return fmt.Errorf("hub: fetch %s: %w", src.URL, err)
	}
	if err := verify(t.part, src); err != nil {
		t.discard()
		return fmt.Errorf("hub: fetch %s: %w: the bytes are thrown away", src.URL, err)
	}
	if err := publish(t.part, path); err != nil {
		return fmt.Errorf("hub: fetch %s: %w", src.URL, err)
	}
	t.discard()
	return nil
}

// run tries until the part file holds everything that the server has.
func (t *transfer) run(ctx context.Context) error {
	for failures := 0; ; {
		before, _ := t.kept()
		err := t.try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if lasting(err) {
			return err
		}
		if after, _ := t.kept(); after-before >= progress {
			failures = 0
		}
		if failures++; failures >= t.opt.Tries {
			return fmt.Errorf("%w (tries: %d)", err, failures)
		}
		wait := time.NewTimer(min(t.opt.Backoff<<(failures-1), maxBackoff))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return context.Cause(ctx)
		}
	}
}

// verify reports how the file at path differs from what src promises.
func verify(path string, src Source) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if src.SHA256 == "" && src.Bytes == 0 {
		return nil
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	if src.Bytes > 0 && n != src.Bytes {
		return fmt.Errorf("wrong size: expected %d bytes, found %d", src.Bytes, n)
	}
	if found := hex.EncodeToString(sum.Sum(nil)); !strings.HasPrefix(found, src.SHA256) {
		return fmt.Errorf("wrong SHA-256: expected %s, found %s", src.SHA256, found)
	}
	return nil
}

// publish moves the synced file from into place as to and syncs the folder, so
// that after a crash to is the old file or the new one.
func publish(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(to)); err == nil {
		dir.Sync() // not every system can; the rename is done all the same
		dir.Close()
	}
	return nil
}
