package picture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFileAtomic replaces the file at path with what write writes, or leaves
// it as it was: a crash or a full disk never leaves half a file. The bytes go to
// a temporary file in the same folder, which is synced and renamed; on any error
// it is removed. A file that is replaced keeps its permission bits, and a link
// keeps pointing to it. Errors are one line that names path.
func WriteFileAtomic(path string, write func(io.Writer) error) error {
	if err := replaceFile(path, write); err != nil {
		return fmt.Errorf("picture: write %s: %w", path, err)
	}
	return nil
}

func replaceFile(path string, write func(io.Writer) error) error {
	path, old, err := target(path)
	if err != nil {
		return err
	}
	f, err := tempFile(filepath.Dir(path))
	if err != nil {
		return err
	}
	temp := f.Name()
	defer os.Remove(temp) // gone already after the rename
	defer f.Close()       // closed already below, unless something failed
	if old != nil {
		_ = f.Chmod(old.Mode().Perm()) // not every file system has permission bits
	}
	if err := write(f); err != nil {
		return withoutPath(err, temp)
	}
	if err := f.Sync(); err != nil {
		return withoutPath(err, temp)
	}
	if err := f.Close(); err != nil {
		return withoutPath(err, temp)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("cannot rename the finished file: %w", errors.Unwrap(err))
	}
	return nil
}

// target follows links to the file that is meant and describes it: nil where
// there is none yet. It must not be a folder or device.
func target(path string) (string, fs.FileInfo, error) {
	path = followLinks(path)
	old, err := os.Stat(path)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return path, nil, fmt.Errorf("want a file, found a folder or device (%v)", old.Mode())
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, nil
	case err != nil:
		return path, nil, withoutPath(err, path)
	}
	return path, old, nil
}

// followLinks is where a path leads, also to a file that is not there yet. Links
// in a circle are left for os.Stat to complain about.
func followLinks(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	for range 40 { // as many as Linux follows
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return path
}

// tempFile makes a file with a name of its own in folder.
func tempFile(folder string) (*os.File, error) {
	temp := filepath.Join(folder, fmt.Sprintf(".godream-%016x.tmp", rand.Uint64()))
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666) // less the umask
	if err != nil {
		return nil, fmt.Errorf("cannot make a file in folder %s: %w", folder, withoutPath(err, temp))
	}
	return f, nil
}

// checkReplace reports what would keep WriteFileAtomic from beginning.
func checkReplace(path string) error {
	to, _, err := target(path)
	if err == nil {
		var f *os.File
		if f, err = tempFile(filepath.Dir(to)); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("picture: write %s: %w", path, err)
	}
	return nil
}
