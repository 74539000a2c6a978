package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/page"
)

// What a page keeps in a sweep's folder besides itself. The files' names hold what
// they are copies of, so they never go stale.
const (
	pageFile  = "index.html"
	thumbsDir = "thumbs" // of the dreams
	inputsDir = "inputs" // of what was dreamt on
)

// InputSide is how wide and high a page's copy of an input image is at most, in pixels.
const InputSide = 2048

// copies are the small copies of a sweep's images that its page shows.
type copies struct {
	folder *Folder

	mu     sync.Mutex
	inputs map[string]string // SHA-256 of an input image -> its path, empty where it was not found
}

func newCopies(f *Folder) *copies {
	return &copies{folder: f, inputs: map[string]string{}}
}

// thumbnail is the name of a dream's small copy.
func (c *copies) thumbnail(r Record) string { return path.Join(thumbsDir, grid.Short(r.SHA256)+".jpg") }

// input is the name of an input image's copy, or empty where the image itself is gone or
// has changed.
func (c *copies) input(in grid.Input) string {
	name := path.Join(inputsDir, grid.Short(in.SHA256)+".jpg")
	if len(in.SHA256) != 64 {
		return ""
	}
	if _, err := os.Stat(c.path(name)); err == nil || c.source(in) != "" {
		return name
	}
	return ""
}

func (c *copies) path(name string) string {
	return filepath.Join(c.folder.path, filepath.FromSlash(name))
}

// source is an input image's path, or empty: its name counts from the folder
// where the sweep was begun, which is this one, or the grid's, or above that.
func (c *copies) source(in grid.Input) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.inputs[in.SHA256]; ok {
		return found
	}
	candidates := []string{in.Source}
	if !filepath.IsAbs(in.Source) {
		dir, err := filepath.Abs(c.folder.Grid.Folder)
		for ; err == nil; dir = filepath.Dir(dir) {
			candidates = append(candidates, filepath.Join(dir, in.Source))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	c.inputs[in.SHA256] = ""
	for _, file := range candidates {
		if sum, err := fileSHA256(file); err == nil && sum == in.SHA256 {
			c.inputs[in.SHA256] = file
			break
		}
	}
	return c.inputs[in.SHA256]
}

var errUnreadable = errors.New("cannot be read")

var errNoFile = errors.New("want a file, found a link, a folder or a device")

// openInside opens a file below a folder that is no link and leads nowhere else, and
// describes it.
func openInside(folder, name string) (*os.File, fs.FileInfo, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close() // what is open stays so
	name = filepath.FromSlash(name)
	info, err := root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := root.Open(name)
	return f, info, err
}

// fileSHA256 is that of a file's bytes, in hex.
func fileSHA256(path string) (string, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", errors.Join(err, errNoFile) // a device may have no end
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// shrink makes a copy of what read reads, unless it is there.
func (c *copies) shrink(name string, side int, read func() (*picture.Image, error)) error {
	to := c.path(name)
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	m, err := read()
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return page.Shrink(m, to, side)
}

// ofDream makes the small copy of a record's dream.
func (c *copies) ofDream(r Record) error {
	return c.shrink(c.thumbnail(r), page.ThumbnailSide, func() (*picture.Image, error) {
		f, _, err := openInside(c.folder.path, r.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return picture.Decode(f)
	})
}

// ofInput makes the copy of an input image, where that is found.
func (c *copies) ofInput(in grid.Input) error {
	name := c.input(in)
	if from := c.source(in); name != "" && from != "" {
		return c.shrink(name, InputSide, func() (*picture.Image, error) { return picture.Read(from) })
	}
	return nil
}

// all makes the copies that are missing, and returns in words what cannot be shown.
func (c *copies) all(ctx context.Context) (notes []string, err error) {
	var mu sync.Mutex
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		notes = append(notes, fmt.Sprintf(format, args...))
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	seen := map[string]bool{}
	for _, r := range c.folder.Records() {
		if ctx.Err() != nil {
			break
		}
		if !seen[r.Picture.SHA256] {
			seen[r.Picture.SHA256] = true
			group.Go(func() error {
				if c.input(r.Picture) == "" {
					note("%s is gone or has changed: the page shows nothing of it", r.Picture.Source)
				}
				return c.ofInput(r.Picture)
			})
		}
		if r.State == Done {
			group.Go(func() error {
				err := c.ofDream(r)
				switch {
				case errors.Is(err, errUnreadable) && errors.Is(err, fs.ErrNotExist):
					note("%s is gone: running the sweep again makes it anew", r.File)
				case errors.Is(err, errUnreadable):
					note("%s %v", r.File, err)
				default:
					return err
				}
				return nil
			})
		}
	}
	err = errors.Join(group.Wait(), ctx.Err())
	slices.Sort(notes)
	if err != nil {
		return notes, fmt.Errorf("sweep: page: %w", err)
	}
	return notes, nil
}
