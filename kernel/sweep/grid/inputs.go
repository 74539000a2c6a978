package grid

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// inputs are a grid's image files and nets, each read once.
type inputs struct {
	pictures  map[string]*picture.File // by source; of them size and hash are kept
	nets      map[string]*models.Net   // outlines
	netSHA256 map[string]string        // see hash
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

// readInputs reads all image files and what the nets are like.
func readInputs(ctx context.Context, paths, nets []string) (*inputs, error) {
	in := &inputs{map[string]*picture.File{}, map[string]*models.Net{}, map[string]string{}}
	var failed []error
	for _, spec := range nets {
		outline, err := hub.Outline(spec)
		if err != nil {
			failed = append(failed, err)
		}
		in.nets[spec] = outline
	}
	read := make([]*picture.File, len(paths))
	errs := make([]error, len(paths))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var whole *picture.File
			if whole, errs[i] = picture.Open(path); errs[i] == nil {
				read[i] = &picture.File{Size: whole.Size, SHA256: whole.SHA256}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	for i, path := range paths {
		in.pictures[path] = read[i]
	}
	return in, few(append(failed, errs...))
}

// few joins the first errors and counts the rest.
func few(errs []error) error {
	const most = 3
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) > most {
		errs = append(errs[:most:most], fmt.Errorf("and %d more", len(errs)-most))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// hash reads the nets' weights, one net after another.
func (in *inputs) hash(ctx context.Context) error {
	for spec := range in.nets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		net, err := hub.Open(spec)
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		in.netSHA256[spec] = net.SHA256
	}
	return nil
}
