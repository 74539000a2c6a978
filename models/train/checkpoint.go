package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// checkpoint is a trainer as a file keeps it: gob, and behind that the SHA-256
// of all before.
type checkpoint struct {
	Run       run
	Step      int
	History   []point
	Variables []variable
}

// variable is a tensor with GoMLX's name for it.
type variable struct {
	Path  string
	DType string
	Dims  []int
	Bytes []byte
}

// save writes the trainer to a file. The file that was there stays as it was
// until the new one is whole, and then as path.before.
func (t *trainer) save(path string) error {
	c := checkpoint{Run: t.run, Step: t.step, History: t.history}
	values := maps.Clone(t.waiting)
	for v := range t.store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return fmt.Errorf("train: checkpoint: %s: %w", v.Path(), err)
		}
		values[v.Path()] = value
	}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		value := values[path]
		v := variable{Path: path, DType: value.DType().String(), Dims: value.Shape().Dimensions}
		if err := value.ConstBytes(func(b []byte) { v.Bytes = bytes.Clone(b) }); err != nil {
			return fmt.Errorf("train: checkpoint: %s: %w", path, err)
		}
		c.Variables = append(c.Variables, v)
	}
	before, err := os.ReadFile(path)
	if err == nil {
		err = writeFile(path+".before", before)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(c); err != nil {
		return fmt.Errorf("train: checkpoint: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	b.Write(sum[:])
	return writeFile(path, b.Bytes())
}

func writeFile(path string, data []byte) error {
	return picture.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// resume puts the trainer where a file was saved. The file must be of the same
// run. The error is fs.ErrNotExist where there is no file.
func (t *trainer) resume(path string) error {
	c, err := readCheckpoint(path)
	if err != nil {
		if before, other := readCheckpoint(path + ".before"); other == nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w; the one before it is whole: to go on from step %d, rename %s.before to %s", err, before.Step, path, path)
		}
		return err
	}
	if !t.same(c.Run) {
		return fmt.Errorf("train: checkpoint %s: is of another run: want %+v, found %+v; move it away to start anew", path, t.run, c.Run)
	}
	for _, v := range c.Variables {
		value, err := v.tensor()
		if err != nil {
			return fmt.Errorf("train: checkpoint %s: %s: %w", path, v.Path, err)
		}
		t.waiting[v.Path] = value
	}
	t.store.SetLoader(t.waiting)
	t.step, t.history = c.Step, c.History
	return nil
}

// readCheckpoint reads and verifies a file.
func readCheckpoint(path string) (c checkpoint, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("train: checkpoint: %w", err)
	}
	body := data[:max(0, len(data)-sha256.Size)]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], data[len(body):]) {
		return c, fmt.Errorf("train: checkpoint %s: is damaged: its SHA-256 is not that of its content", path)
	}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&c); err != nil {
		return c, fmt.Errorf("train: checkpoint %s: %w", path, err)
	}
	return c, nil
}

func (v variable) tensor() (*tensors.Tensor, error) {
	dtype, err := dtypes.DTypeString(v.DType)
	if err != nil {
		return nil, err
	}
	t := tensors.FromShape(shapes.Make(dtype, v.Dims...))
	var found int
	err = t.MutableBytes(func(b []byte) { found = len(b); copy(b, v.Bytes) })
	if err == nil && found != len(v.Bytes) {
		err = fmt.Errorf("want %d bytes, found %d", found, len(v.Bytes))
	}
	return t, err
}

// waiting are the variables of a checkpoint that GoMLX, which makes variables
// as it builds programs, has not loaded yet.
type waiting map[string]*tensors.Tensor

// LoadVariable is called by GoMLX when it makes a variable.
func (w waiting) LoadVariable(_ *model.Store, path string) (*tensors.Tensor, bool) {
	value, found := w[path]
	delete(w, path)
	return value, found
}

// DeleteVariable is called by GoMLX when it drops a variable.
func (w waiting) DeleteVariable(_ *model.Store, path string) error {
	delete(w, path)
	return nil
}
