package grid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// inputs are what is to be known of a grid's image files and nets, by source.
type inputs struct {
	sizes  map[string]picture.Size // of the image files
	nets   map[string]*models.Net  // outlines
	sha256 map[string]string       // of both
}

// path is where a relative name of the grid's leads.
func (g Grid) path(name string) string {
	if g.Folder == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(g.Folder, name)
}

// Sources are what a grid reads: its image files, with patterns looked up, and its nets
// as hub.Open takes them.
func Sources(g Grid) (pictures, nets []string, err error) {
	if pictures, err = g.pictures(); err != nil {
		return nil, nil, &Error{fmt.Errorf("sweep: %w", err)}
	}
	return pictures, g.nets(), nil
}

// pictures are the image files that the grid's patterns match, in its order and each
// once.
func (g Grid) pictures() ([]string, error) {
	if len(g.Pictures) == 0 {
		return nil, errors.New("the grid has no pictures, want at least one")
	}
	var list []string
	seen := map[string]bool{}
	for _, pattern := range g.Pictures {
		if strings.TrimSpace(pattern) == "" {
			return nil, errors.New("picture: want a name, found an empty one")
		}
		path := g.path(pattern)
		found := []string{path}
		if _, err := os.Lstat(path); err != nil && strings.ContainsAny(pattern, `*?[`) {
			if found, err = filepath.Glob(g.escaped(pattern)); err != nil {
				return nil, fmt.Errorf("pictures %s: %w", pattern, err)
			}
			if len(found) == 0 {
				return nil, fmt.Errorf("pictures %s: %w", pattern, fs.ErrNotExist)
			}
		}
		for _, path := range found {
			if path = filepath.Clean(path); !utf8.ValidString(path) {
				return nil, fmt.Errorf("picture %q: want a name in UTF-8, in which the sweep's files can tell it", path)
			}
			if !seen[path] {
				seen[path], list = true, append(list, path)
			}
		}
	}
	return list, nil
}

// escaped is path for a pattern, with nothing in the grid's folder a pattern.
func (g Grid) escaped(pattern string) string {
	if g.Folder == "" || filepath.IsAbs(pattern) || runtime.GOOS == "windows" { // where nothing escapes
		return g.path(pattern)
	}
	folder := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(g.Folder)
	return filepath.Join(folder, pattern)
}

// nets are the grid's, each once.
func (g Grid) nets() []string {
	if len(g.Nets) == 0 {
		return []string{"embedded"}
	}
	var list []string
	for _, spec := range g.Nets {
		if spec = g.net(spec); !slices.Contains(list, spec) {
			list = append(list, spec)
		}
	}
	return list
}

// net is what hub.Open takes for a name or a relative path of the grid's.
func (g Grid) net(spec string) string {
	path := g.path(spec)
	if path == spec || spec == "embedded" || spec == "random" || strings.HasPrefix(spec, "random:") || strings.HasPrefix(spec, "timm/") {
		return spec
	}
	if _, err := os.Stat(path); err == nil || strings.ContainsAny(spec, `/\`) || filepath.Ext(spec) != "" {
		return path
	}
	return spec
}

// readInputs reads all nets, one after another, and all image files.
func readInputs(ctx context.Context, paths, nets []string) (*inputs, error) {
	in := &inputs{map[string]picture.Size{}, map[string]*models.Net{}, map[string]string{}}
	for _, spec := range nets {
		outline, err := hub.Outline(spec)
		if err == nil {
			var net *models.Net
			if net, err = hub.Open(spec); err == nil {
				in.nets[spec], in.sha256[spec] = outline, net.SHA256
			}
		}
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("sweep: %w", err)
		}
	}
	var mu sync.Mutex
	failed := make([]error, len(paths)) // in the grid's order, whichever is read first
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			file, err := picture.Open(path)
			if failed[i] = err; err != nil {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			in.sizes[path], in.sha256[path] = file.Size, file.SHA256
			return nil
		})
	}
	err := group.Wait()
	if err = errors.Join(append(failed, err)...); err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	return in, nil
}
