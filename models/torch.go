package models

import (
	"fmt"
	"io"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// storage is a flat array in a torch file, as a persistent ID names it.
type storage struct {
	dtype string
	key   string
	count int // values
}

// view is a tensor as a pickle describes it: a window on a storage.
type view struct {
	storage        *storage
	offset         int // values from the storage's start
	shape, strides []int
}

// storages collects the storages that a pickle names, by key.
type storages map[string]*storage

// load resolves the persistent ID ("storage", class, key, device, count), to
// which legacy files add None or a view of another storage.
func (s storages) load(id any) (any, error) {
	t, ok := id.(*types.Tuple)
	if !ok || t.Len() < 5 || t.Len() > 6 || t.Get(0) != any("storage") {
		return nil, FormatError("pickle: a persistent ID is not that of a storage")
	}
	if t.Len() == 6 && t.Get(5) != nil {
		return nil, UnsupportedError("a storage that is a view of another storage")
	}
	class, isClass := t.Get(1).(storageClass)
	key, isKey := t.Get(2).(string)
	count, isCount := t.Get(4).(int)
	if !isClass || !isKey || !isCount || count < 0 {
		return nil, FormatError("pickle: a storage without class, key or number of values")
	}
	found := storage{dtype: string(class), key: key, count: count}
	if known, ok := s[key]; ok {
		if *known != found {
			return nil, invalidf("storage %q: it is %d values of %s, and %d of %s",
				key, known.count, known.dtype, found.count, found.dtype)
		}
		return known, nil
	}
	s[key] = &found
	return &found, nil
}

// rebuildTensor is torch._utils._rebuild_tensor(storage, offset, shape,
// strides) and its second version, which adds what only training needs.
func rebuildTensor(args []any) (any, error) {
	if len(args) < 4 {
		return nil, invalidf("pickle: tensor: want at least 4 arguments, found %d", len(args))
	}
	s, isStorage := args[0].(*storage)
	offset, isOffset := args[1].(int)
	shape, isShape := ints(args[2])
	strides, isStrides := ints(args[3])
	if !isStorage || !isOffset || !isShape || !isStrides {
		return nil, invalidf("pickle: tensor: want a storage, an offset, a shape and strides of at most %d integers", maxRank)
	}
	return &view{storage: s, offset: offset, shape: shape, strides: strides}, nil
}

// rebuildParameter is torch._utils._rebuild_parameter(data, requires_grad,
// hooks): a parameter is its data.
func rebuildParameter(args []any) (any, error) {
	if len(args) == 0 {
		return nil, FormatError("pickle: parameter: want a tensor, found no argument")
	}
	return args[0], nil
}

// ints takes a tuple of at most maxRank integers.
func ints(value any) ([]int, bool) {
	t, ok := value.(*types.Tuple)
	if !ok || t.Len() > maxRank {
		return nil, false
	}
	out := make([]int, t.Len())
	for i := range out {
		if out[i], ok = t.Get(i).(int); !ok {
			return nil, false
		}
	}
	return out, true
}

// extent is where the bytes of a storage lie: it opens them at skip bytes from
// their start.
type extent func(skip int64) (io.ReadCloser, error)

// locate finds a storage in a file and makes sure that all of it is there.
type locate func(s *storage) (extent, error)

// tensor checks the view against its storage.
func (v *view) tensor(find locate) (tensor, error) {
	n, ok := volume(v.shape)
	switch {
	case !ok || len(v.strides) != len(v.shape):
		return tensor{}, invalidf("shape %v with strides %v is not a tensor", v.shape, v.strides)
	case v.offset < 0 || v.offset > v.storage.count || n > v.storage.count-v.offset:
		return tensor{}, invalidf("want %d values from number %d on, found a storage of %d",
			n, v.offset, v.storage.count)
	case !dense(v.shape, v.strides):
		return tensor{}, unsupportedf("shape %v with strides %v leaves gaps or overlaps", v.shape, v.strides)
	}
	bytes, err := find(v.storage)
	if err != nil {
		return tensor{}, err
	}
	t := tensor{dtype: v.storage.dtype, shape: v.shape}
	if !isRowMajor(v.shape, v.strides) {
		t.strides = v.strides
	}
	skip := int64(v.offset) * int64(itemSize[t.dtype])
	t.open = func() (io.ReadCloser, error) { return bytes(skip) }
	return t, nil
}

// stateDirectory makes a directory of an unpickled state_dict.
func stateDirectory(value any, find locate) (directory, error) {
	state, err := stateDict(value)
	if err != nil {
		return directory{}, err
	}
	d := directory{tensors: make(map[string]tensor, len(state))}
	for _, entry := range state {
		name, ok := entry.Key.(string)
		if !ok {
			return directory{}, invalidf("want the name of a tensor, found a key of type %s", typeName(entry.Key))
		}
		name = plainName(name)
		v, ok := entry.Value.(*view)
		if !ok {
			return directory{}, invalidf("%.100q: want a tensor, found %s", name, typeName(entry.Value))
		}
		if _, twice := d.tensors[name]; twice {
			return directory{}, invalidf("tensor %.100q: it is there twice", name)
		}
		if d.tensors[name], err = v.tensor(find); err != nil {
			return directory{}, within(fmt.Sprintf("tensor %.100q", name), err)
		}
	}
	return d, nil
}

// plainName takes away what torch's DataParallel adds to a name when it wraps
// a whole model, or the features alone as torch's ImageNet example does.
func plainName(name string) string {
	name = strings.TrimPrefix(name, "module.")
	if rest, ok := strings.CutPrefix(name, "features.module."); ok {
		return "features." + rest
	}
	return name
}

// stateDict finds the dict of tensors: the value itself, or what a checkpoint
// keeps as "state_dict" or "model".
func stateDict(value any) ([]types.DictEntry, error) {
	entries, ok := dictEntries(value)
	if !ok {
		return nil, invalidf("want a dict of tensors, found %s", typeName(value))
	}
	for _, entry := range entries {
		if entry.Key == any("state_dict") || entry.Key == any("model") {
			if inner, ok := dictEntries(entry.Value); ok {
				return inner, nil
			}
		}
	}
	return entries, nil
}

func dictEntries(value any) ([]types.DictEntry, bool) {
	switch dict := value.(type) {
	case *types.Dict:
		return *dict, true
	case *types.OrderedDict:
		entries := make([]types.DictEntry, 0, dict.Len())
		for e := dict.List.Front(); e != nil; e = e.Next() {
			entry := e.Value.(*types.OrderedDictEntry)
			entries = append(entries, types.DictEntry{Key: entry.Key, Value: entry.Value})
		}
		return entries, true
	}
	return nil, false
}

// typeName is the type of an unpickled value for an error. The value itself is
// never printed: it may contain itself, and gopickle's String follows it.
func typeName(value any) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", value), "*types."))
}
