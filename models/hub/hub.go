// Package hub finds networks by name and fetches their weights into the user's
// cache, where they stay. A file is in the cache only once its SHA-256 has been
// checked, so what is there is whole.
//
//	path, err := hub.Pull(ctx, "vgg19", hub.PullOptions{
//		Progress: func(done, total int64) { fmt.Printf("\r%d of %d bytes", done, total) },
//	})
//	if err != nil {
//		return err // a broken connection: pull again, it goes on where it stopped
//	}
//	net, err := hub.Open("vgg19") // or "embedded", which needs no file, or a path
//
// Open never downloads. Weight files are read by package models.
package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Dir returns the folder of the cache, godream/models in os.UserCacheDir. It
// need not exist yet. It fails where the system names no cache folder.
func Dir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("hub: no cache folder: %w", err)
	}
	return filepath.Join(cache, "godream", "models"), nil
}

// Path returns where the cache keeps the named network's weights, and whether
// they are there. For a name that Entries does not list it returns "", false.
func Path(name string) (string, bool) {
	e, ok := lookup(name)
	if !ok {
		return "", false
	}
	return e.cached()
}

// PullOptions is how to pull. The zero value pulls into the user's cache.
type PullOptions struct {
	// Dir is the folder that receives the file. Default Dir().
	Dir string

	// Progress is told, from the pulling goroutine, how many bytes are there and
	// how many there will be (0 while unknown). Default: nobody is told.
	Progress func(done, total int64)

	// BaseURL replaces scheme and host of the published address, for a mirror.
	// Default: the publisher's; for the Hugging Face hub $HF_ENDPOINT if set.
	BaseURL string

	// Stall is how long a connection may stay silent. Default 30 s.
	Stall time.Duration

	backoff time.Duration // see FetchOptions.Backoff
}

// Pull makes sure that the named network's weights are in the cache and returns
// their path. A file that is there already is checked and kept. Otherwise it is
// downloaded as Fetch does: a pull that was cut, cancelled or killed goes on
// from the bytes it had. A name that Entries does not list is a SpecError:
// "embedded" and "random" have no file, and any other is unknown.
func Pull(ctx context.Context, name string, opt PullOptions) (string, error) {
	if name == embeddedNet || name == randomNet {
		return "", &SpecError{fmt.Errorf("hub: %s comes with the program: there is nothing to download", name)}
	}
	e, ok := lookup(name)
	if !ok {
		return "", unknown(name, published())
	}
	return pull(ctx, e, opt)
}

func pull(ctx context.Context, e Entry, opt PullOptions) (string, error) {
	dir := opt.Dir
	if dir == "" {
		var err error
		if dir, err = Dir(); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, e.cacheName())
	if e.fits(path) && verify(path, Source{SHA256: e.SHA256}) == nil {
		return path, nil
	}
	src, err := e.source(ctx, opt)
	if err != nil {
		return "", fmt.Errorf("hub: %s: %w", e.Name, err)
	}
	err = Fetch(ctx, src, path, FetchOptions{Progress: opt.Progress, Stall: opt.Stall, Backoff: opt.backoff})
	if partial := (*PartialError)(nil); errors.As(err, &partial) {
		return "", fmt.Errorf("%w: run \"dream models pull %s\" again to go on", err, e.Name)
	}
	if err != nil {
		return "", err
	}
	return path, nil
}
