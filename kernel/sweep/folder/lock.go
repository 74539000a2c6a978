package folder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// LockedError reports that another process, or another Folder in this one, holds the
// sweep's lock.
type LockedError struct {
	Holder string // process, host and since when; empty where that is not known
}

func (e *LockedError) Error() string {
	holder := e.Holder
	if holder == "" {
		holder = "another process"
	}
	return "is being run by " + holder
}

// holderFile names the lock's holder, in the queue's folder.
const holderFile = "holder"

// newLock keeps a second run out of a sweep's folder for as long as the process lives.
func newLock(folder string) (*flock.Flock, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	l, holder := flock.New(filepath.Join(folder, "lock")), filepath.Join(folder, holderFile)
	ours, err := l.TryLock()
	if err != nil {
		return nil, err
	}
	if !ours {
		who, _ := os.ReadFile(holder) // a lock without a holder's name holds as well
		return nil, &LockedError{strings.TrimSpace(string(who))}
	}
	host, _ := os.Hostname()
	who := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, time.Now().UTC().Format("2006-01-02 15:04:05 MST"))
	if err := os.WriteFile(holder, []byte(who), 0o666); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Lock takes a folder that was opened, to append to it, and reads anew what has come
// to its manifest. It is a *LockedError when another process holds it. Close gives
// it back.
func (f *Folder) Lock() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.take(); err != nil {
		return fmt.Errorf("sweep: folder %s: %w", f.path, err)
	}
	return nil
}

// Locked is nil where the folder can be written to.
func (f *Folder) Locked() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.manifest == nil {
		return fmt.Errorf("sweep: folder %s: %w", f.path, errNotLocked)
	}
	return nil
}

// take locks the folder, reads the manifest and opens it for appending.
func (f *Folder) take() error {
	if f.lock != nil {
		return nil
	}
	if f.path == "" {
		return errors.New("has no path: want one that Open, Create or Dream made")
	}
	l, err := newLock(filepath.Join(f.path, QueueDir))
	if err != nil {
		return err
	}
	f.lock = l
	if err := f.sweepOut(); err != nil {
		return err
	}
	if err := f.readRecords(); err != nil {
		return fmt.Errorf("%s: %w", manifestFile, err)
	}
	return f.openManifest()
}

// sweepOut removes the pictures and addresses that killed processes have left half
// written: nobody else writes these.
func (f *Folder) sweepOut() (err error) {
	for _, name := range []string{picturesDir, QueueDir} {
		folder := filepath.Join(f.path, name)
		entries, _ := os.ReadDir(folder) // there may be none yet
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), halfPrefix) {
				err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
			}
		}
	}
	return err
}

// openManifest opens the manifest for appending and ends a line that was cut.
func (f *Folder) openManifest() (err error) {
	path := filepath.Join(f.path, manifestFile)
	if f.manifest, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
		return err
	}
	if f.size, err = f.manifest.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if f.size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := f.manifest.ReadAt(last, f.size-1); err != nil || last[0] == '\n' {
		return err
	}
	n, err := f.manifest.WriteString("\n")
	f.size += int64(n)
	return err
}

// Close gives the folder up to others. It does nothing to a folder that was only
// opened.
func (f *Folder) Close() (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.manifest != nil {
		err = f.manifest.Close()
		f.manifest = nil
	}
	if f.lock != nil {
		err = errors.Join(err, os.Remove(filepath.Join(f.path, QueueDir, holderFile)), f.lock.Close())
		f.lock = nil
	}
	return err
}
