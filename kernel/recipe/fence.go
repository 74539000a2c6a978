package recipe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/traefik/yaegi/interp"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/models"
	"github.com/seed2310110f/godream/models/hub"
)

// A fence keeps interpreted code's files to a few places. Every function of the
// symbol tables that takes a path is replaced by one that asks the fence first.
// It follows links, and interpreted code can neither make nor move any. It is no wall
// against other processes that move files about meanwhile.
type fence struct {
	folders []string // absolute, links followed: all below may be read and written
	files   []string // likewise: may be read
}

func newFence(folders, files []string) (*fence, error) {
	f := &fence{}
	for i, path := range slices.Concat(folders, files) {
		real, err := follow(path)
		if err != nil {
			return nil, fmt.Errorf("recipe: %w", err)
		}
		if i < len(folders) {
			f.folders = append(f.folders, real)
		} else {
			f.files = append(f.files, real)
		}
	}
	return f, nil
}

// follow is the absolute path behind every link of path, whose last parts need
// not exist.
func follow(path string) (string, error) {
	if err := climbs(path); err != nil {
		return "", err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return real, err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", &fs.PathError{Op: "follow", Path: path, Err: fmt.Errorf("%w: a link that leads to no file", fs.ErrPermission)}
	}
	parent, err := follow(filepath.Dir(path))
	return filepath.Join(parent, filepath.Base(path)), err
}

// climbs refuses a path with a ".." behind a link. To the system that is above where
// the link leads, and to whoever cleans the path above where the link lies.
func climbs(path string) error {
	whole := path
	if !filepath.IsAbs(path) {
		here, err := os.Getwd()
		if err != nil {
			return err
		}
		whole = here + string(filepath.Separator) + path
	}
	last := strings.LastIndex(filepath.ToSlash(whole)+"/", "/../")
	if last < 0 {
		return nil
	}
	up := whole[:last+len("/..")]
	system, err := filepath.EvalSymlinks(up)
	if err != nil {
		return err
	}
	if cleaned, err := filepath.EvalSymlinks(filepath.Clean(up)); err != nil || cleaned != system {
		return &fs.PathError{Op: "follow", Path: path, Err: fmt.Errorf("%w: .. behind a link", fs.ErrPermission)}
	}
	return nil
}

// errOutside is what interpreted code gets for a path beyond the fence.
var errOutside = fmt.Errorf("%w: recipes keep to their own folder, the output folder and the files named with --set", fs.ErrPermission)

// write says why the file at path may not be written, or nil.
func (f *fence) write(op, path string) error {
	real, err := follow(path)
	if err != nil {
		return err
	}
	for _, folder := range f.folders {
		if real == folder || strings.HasPrefix(real, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator)) {
			return nil
		}
	}
	return &fs.PathError{Op: op, Path: path, Err: errOutside}
}

// read says why the file at path may not be read, or nil.
func (f *fence) read(op, path string) error {
	err := f.write(op, path)
	if err == nil {
		return nil
	}
	if real, err := follow(path); err == nil && slices.Contains(f.files, real) {
		return nil
	}
	return err
}

// exports are the fenced functions, under the names of those they replace.
func (f *fence) exports() interp.Exports {
	return interp.Exports{
		"os/os":                  f.osExports(),
		"path/filepath/filepath": f.filepathExports(),
		"github.com/seed2310110f/godream/dreamlib/dreamlib": {
			"ReadProvenance": fenced(f.read, "open", dreamlib.ReadProvenance),
			"Open": reflect.ValueOf(func(ctx context.Context, net string, o dreamlib.Options) (*vgg.Model, error) {
				if err := f.readNet("open", net); err != nil {
					return nil, err
				}
				return dreamlib.Open(ctx, net, o)
			}),
		},
		"github.com/seed2310110f/godream/dreamlib/vgg/vgg": {
			"Open": reflect.ValueOf(func(ctx context.Context, net, engine string, later bool, o vgg.Options) (*vgg.Model, error) {
				if err := f.readNet("open", net); err != nil {
					return nil, err
				}
				return vgg.Open(ctx, net, engine, later, o)
			}),
		},
		"github.com/seed2310110f/godream/dreamlib/picture/picture": {
			"Read":            fenced(f.read, "open", picture.Read),
			"ReadSize":        fenced(f.read, "open", picture.ReadSize),
			"Open":            fenced(f.read, "open", picture.Open),
			"ReadText":        fenced(f.read, "open", picture.ReadText),
			"CheckOutput":     fenced(f.write, "open", picture.CheckOutput),
			"Write":           fenced(f.write, "open", picture.Write),
			"WriteFileAtomic": fenced(f.write, "open", picture.WriteFileAtomic),
		},
		"github.com/seed2310110f/godream/kernel/sweep/sweep": f.sweepExports(),
		"github.com/seed2310110f/godream/models/models": {
			"LoadFile":    fenced(f.read, "load", models.LoadFile),
			"OutlineFile": fenced(f.read, "load", models.OutlineFile),
		},
		"github.com/seed2310110f/godream/models/hub/hub": {
			"Open": fenced(f.readNet, "open", hub.Open),
		},
	}
}

func (f *fence) osExports() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Create":    fenced(f.write, "open", os.Create),
		"Open":      fenced(f.read, "open", os.Open),
		"ReadDir":   fenced(f.read, "open", os.ReadDir),
		"ReadFile":  fenced(f.read, "open", os.ReadFile),
		"Stat":      fenced(f.read, "stat", os.Stat),
		"Mkdir":     fenced(f.write, "mkdir", os.Mkdir),
		"MkdirAll":  fenced(f.write, "mkdir", os.MkdirAll),
		"Remove":    fenced(f.write, "remove", os.Remove),
		"WriteFile": fenced(f.write, "open", os.WriteFile),
		"OpenFile": reflect.ValueOf(func(path string, flag int, perm fs.FileMode) (*os.File, error) {
			check := f.write
			if flag == os.O_RDONLY {
				check = f.read
			}
			if err := check("open", path); err != nil {
				return nil, err
			}
			return os.OpenFile(path, flag, perm)
		}),
		"Rename": reflect.ValueOf(func(from, to string) error {
			if err := errors.Join(f.write("rename", from), f.write("rename", to), linkless(from)); err != nil {
				return err
			}
			return os.Rename(from, to)
		}),
	}
}

// linkless refuses a file or folder that is a link or holds one: moved, it may lead
// elsewhere.
func linkless(path string) error {
	return filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type()&fs.ModeSymlink != 0 {
			return &fs.PathError{Op: "rename", Path: at, Err: fmt.Errorf("%w: is a link", fs.ErrPermission)}
		}
		return err
	})
}

func (f *fence) filepathExports() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Glob": reflect.ValueOf(func(pattern string) ([]string, error) {
			found, err := filepath.Glob(pattern)
			return slices.DeleteFunc(found, func(path string) bool { return f.read("glob", path) != nil }), err
		}),
		"WalkDir": reflect.ValueOf(func(root string, visit fs.WalkDirFunc) error {
			if err := f.read("walk", root); err != nil {
				return visit(root, nil, err)
			}
			return filepath.WalkDir(root, visit)
		}),
	}
}

// readNet is read for what hub.Open takes, a name or a path.
func (f *fence) readNet(op, spec string) error {
	if _, err := os.Lstat(spec); err != nil {
		return nil
	}
	return f.read(op, spec)
}

// fenced is a function that takes a path first and returns an error last, behind a
// check of the path.
func fenced(check func(op, path string) error, op string, function any) reflect.Value {
	f := reflect.ValueOf(function)
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		err := check(op, args[0].String())
		if err == nil {
			return f.Call(args)
		}
		results := make([]reflect.Value, f.Type().NumOut())
		for i := range results {
			results[i] = reflect.Zero(f.Type().Out(i))
		}
		results[len(results)-1] = reflect.ValueOf(&err).Elem()
		return results
	})
}
