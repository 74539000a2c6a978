package models

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/big"

	"github.com/nlpodyssey/gopickle/types"
)

// What a legacy file begins with (torch/serialization.py).
const (
	legacyMagic    = "1950a86a20f9469cfc6c" // a long, in hex
	legacyProtocol = 1001
	legacyObject   = 3 // index of the object's pickle
)

// readLegacy lists the tensors of a torch file from before 1.6: five pickles
// in a row (the magic number, the protocol, the system's properties, the
// object, the list of storage keys), then the storages in the order of the
// list, each an int64 number of values and the values.
func readLegacy(file *io.SectionReader) (directory, error) {
	data := make([]byte, min(file.Size(), maxPickle))
	if _, err := file.ReadAt(data, 0); err != nil && err != io.EOF {
		return directory{}, readError(err)
	}
	used, found := 0, storages{}
	var values [5]any // of the pickles
	for i := range values {
		var load func(any) (any, error)
		if i == legacyObject {
			load = found.load
		}
		value, n, err := unpickle(data[used:], load)
		if err == nil {
			err = checkLegacy(i, value)
		}
		if err != nil {
			return directory{}, err
		}
		values[i] = value
		used += n
	}
	starts, err := legacyStarts(file, int64(used), values[legacyObject+1], found)
	if err != nil {
		return directory{}, err
	}
	return stateDirectory(values[legacyObject], func(s *storage) (extent, error) {
		start, ok := starts[s.key]
		if !ok {
			return nil, invalidf("storage %.100q is missing", s.key)
		}
		bytes := int64(s.count) * int64(itemSize[s.dtype])
		return func(skip int64) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(file, start+skip, bytes-skip)), nil
		}, nil
	})
}

// checkLegacy checks the value of pickle i where that belongs to the header.
func checkLegacy(i int, value any) error {
	switch i {
	case 0: // the magic number
		if n, ok := value.(*big.Int); !ok || n.Text(16) != legacyMagic {
			return FormatError("a pickle, but not torch's: the magic number is missing")
		}
	case 1: // the protocol
		if value != any(legacyProtocol) {
			return unsupportedf("torch protocol: want %d, found another", legacyProtocol)
		}
	case 2: // the system's properties
		properties, _ := dictEntries(value)
		for _, p := range properties {
			if p.Key == any("little_endian") && p.Value != any(true) {
				return UnsupportedError("byte order: want little, found big")
			}
		}
	}
	return nil
}

// legacyStarts walks over the storages, which begin at byte at, and says where
// the values of each one start.
func legacyStarts(file *io.SectionReader, at int64, keys any, found storages) (map[string]int64, error) {
	list, ok := keys.(*types.List)
	if !ok {
		return nil, invalidf("want a list of storage keys, found %s", typeName(keys))
	}
	starts := make(map[string]int64, list.Len())
	for _, item := range *list {
		key, _ := item.(string)
		s, ok := found[key]
		if _, twice := starts[key]; !ok || twice {
			return nil, invalidf("storage key %.100q: it is unknown, or there twice", key)
		}
		var prefix [8]byte
		if _, err := file.ReadAt(prefix[:], at); err != nil {
			return nil, within(fmt.Sprintf("storage %.100q", key), readError(err))
		}
		at += int64(len(prefix))
		if n := binary.LittleEndian.Uint64(prefix[:]); n != uint64(s.count) {
			return nil, invalidf("storage %.100q: want %d values, found %d", key, s.count, n)
		}
		item := int64(itemSize[s.dtype])
		if int64(s.count) > (file.Size()-at)/item {
			return nil, invalidf("storage %.100q: want %d values of %s, found %d bytes left: the file is truncated",
				key, s.count, s.dtype, file.Size()-at)
		}
		starts[key] = at
		at += int64(s.count) * item
	}
	return starts, nil
}
