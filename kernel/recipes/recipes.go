// Package recipes holds the recipes that come with the program: experiments in
// one Go file each, to be run, read and changed. Their build constraint keeps
// them out of the package; package recipe runs them.
package recipes

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

//go:embed *.go *.jpg
var files embed.FS

// Names lists the recipes in alphabetical order.
func Names() []string {
	list, err := fs.Glob(files, "*.go")
	if err != nil {
		panic(err) // the pattern is part of the program
	}
	var names []string
	for _, file := range list {
		if file != "recipes.go" {
			names = append(names, strings.TrimSuffix(file, ".go"))
		}
	}
	return names
}

// Source is a recipe's text.
func Source(name string) ([]byte, error) { return files.ReadFile(name + ".go") }

// hills is what the recipes dream on unless another is set.
const hills = "hills.jpg"

// Unpack writes the recipes and their picture into a folder that is there, each unless
// it is there already as it comes with the program.
func Unpack(folder string) error {
	names := []string{hills}
	for _, name := range Names() {
		names = append(names, name+".go")
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("recipes: %w", err)
		}
		path := filepath.Join(folder, name)
		if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, data) {
			continue
		}
		err = picture.WriteFileAtomic(path, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
		if err != nil {
			return fmt.Errorf("recipes: %w", err)
		}
	}
	return nil
}

// Copy writes a recipe to a new file, and its picture beside it unless there is
// one of that name.
func Copy(name, path string) error {
	source, err := Source(name)
	if err == nil {
		err = create(path, source)
	}
	if err != nil {
		return fmt.Errorf("recipes: %w", err)
	}
	data, err := files.ReadFile(hills)
	if err == nil {
		err = create(filepath.Join(filepath.Dir(path), hills), data)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("recipes: %w", err)
	}
	return nil
}

// create writes a file that must not be there yet.
func create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
