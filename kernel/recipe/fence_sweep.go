package recipe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/seed2310110f/godream/kernel/sweep"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

func (f *fence) sweepExports() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Count":      counted(f, sweep.Count),
		"Dimensions": counted(f, sweep.Dimensions),
		"Open":       fenced(f.within, "open", sweep.Open), // a Folder's methods write
		"ReadGrid":   fenced(f.read, "open", sweep.ReadGrid),
		"Dream": reflect.ValueOf(func(ctx context.Context, path string, grid sweep.Grid, o sweep.Options) (*sweep.Folder, error) {
			if err := f.within("open", path); err != nil {
				return nil, err
			}
			if o.NATS != (queue.Access{}) {
				return nil, fmt.Errorf("sweep: NATS %s: %w: recipes use no network: want the server inside the process", o.NATS.URL, fs.ErrPermission)
			}
			if o.Models != "" {
				if err := f.read("open", o.Models); err != nil {
					return nil, err
				}
			}
			grid, err := f.grid(grid)
			if err != nil {
				return nil, err
			}
			return sweep.Dream(ctx, path, grid, o)
		}),
	}
}

// within is write for a folder with what is in it: links there may not lead outside.
func (f *fence) within(op, path string) error {
	if err := f.write(op, path); err != nil {
		return err
	}
	real, err := follow(path)
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // the folder is to be made, or others work in it
			return nil
		case err == nil && entry.Type()&fs.ModeSymlink != 0:
			return f.write(op, at)
		}
		return err
	})
}

// grid is a grid that interpreted code can no longer change, or says why its files
// may not be read. What a pattern matches is told of those alone.
func (f *fence) grid(g sweep.Grid) (sweep.Grid, error) {
	g.Pictures, g.Nets = slices.Clone(g.Pictures), slices.Clone(g.Nets)
	for _, pattern := range g.Pictures {
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(g.Folder, pattern)
		}
		if err := f.read("open", pattern); err != nil {
			return g, err
		}
	}
	pictures, nets, err := grid.Sources(g)
	if err != nil {
		return g, err
	}
	for _, path := range pictures {
		if err := f.read("open", path); err != nil {
			return g, err
		}
	}
	for _, spec := range nets {
		if err := f.readNet("open", spec); err != nil {
			return g, err
		}
	}
	return g, nil
}

// counted is a function of a sweep's grid, behind the fence.
func counted[T any](f *fence, count func(sweep.Grid) (T, error)) reflect.Value {
	return reflect.ValueOf(func(grid sweep.Grid) (T, error) {
		grid, err := f.grid(grid)
		if err != nil {
			var none T
			return none, err
		}
		return count(grid)
	})
}
