package models

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

const (
	// maxPickle bounds a pickle's bytes. That of VGG19 has 5,000. gopickle
	// needs up to some 250 bytes of memory for one byte of a hostile pickle.
	maxPickle = 1 << 20
	// maxMarks bounds how deep tuples, lists and dicts are nested.
	maxMarks = 64
)

// unpickle reads the pickle at the start of data and returns its value and its
// length in bytes. The values are those of gopickle: nil, bool, int, float64,
// string, *big.Int, *types.Tuple, *types.List, *types.Dict, *types.OrderedDict,
// and what the allowed classes and load, which resolves persistent IDs, make.
// Nothing is executed.
func unpickle(data []byte, load func(id any) (any, error)) (value any, n int, err error) {
	if n, err = scan(data); err != nil {
		return nil, 0, err
	}
	// gopickle indexes and hashes what it is given without a check. It does
	// not recurse, so no pickle overflows the goroutine's stack.
	defer func() {
		if caught := recover(); caught != nil {
			value, err = nil, invalidf("pickle: %v", caught)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(data[:n]))
	u.PersistentLoad = load
	u.FindClass = func(module, name string) (any, error) { return findClass(module + "." + name) }
	if value, err = u.Load(); err != nil {
		return nil, 0, pickleError(err)
	}
	return value, n, nil
}

// pickleError keeps our own errors and makes a FormatError of gopickle's,
// shortened because it may print a whole list.
func pickleError(err error) error {
	switch err.(type) {
	case FormatError, UnsupportedError:
		return err
	}
	text := err.Error()
	if len(text) > 200 {
		text = text[:200] + "..."
	}
	return invalidf("pickle: %s", strings.ToValidUTF8(text, "?"))
}

// How an opcode's argument is laid out, where it is not a number of bytes.
const (
	twoLines  = -1 - iota // a module and a name, each ended by a newline
	byteText              // a byte of length, then so many bytes
	wordText              // four bytes of length, then so many bytes
	frameSize             // eight bytes: the length of a frame that follows
)

// opcodes lists what Python's pickler writes for dicts of tensors at protocols
// 2 to 5, with the layout of the argument (CPython, Lib/pickletools.py). Every
// other opcode is refused.
var opcodes = map[byte]int{
	0x80: 1, 0x95: frameSize, // PROTO FRAME
	'(': 0, '.': 0, // MARK STOP
	'c': twoLines, 0x93: 0, // GLOBAL STACK_GLOBAL
	'Q': 0, 'R': 0, 'b': 0, 0x81: 0, // BINPERSID REDUCE BUILD NEWOBJ
	'q': 1, 'r': 4, 0x94: 0, 'h': 1, 'j': 4, // BINPUT LONG_BINPUT MEMOIZE BINGET LONG_BINGET
	'N': 0, 0x88: 0, 0x89: 0, // NONE NEWTRUE NEWFALSE
	'J': 4, 'K': 1, 'M': 2, 0x8a: byteText, 'G': 8, // BININT BININT1 BININT2 LONG1 BINFLOAT
	'U': byteText, 'T': wordText, 0x8c: byteText, 'X': wordText, // SHORT_BINSTRING BINSTRING SHORT_BINUNICODE BINUNICODE
	')': 0, 't': 0, 0x85: 0, 0x86: 0, 0x87: 0, // EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
	']': 0, 'a': 0, 'e': 0, '}': 0, 's': 0, 'u': 0, // EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS
}

// scan walks over the pickle at the start of data without building anything
// and returns its length. It refuses opcodes and classes that are not on the
// list, and arguments longer than the data: gopickle allocates what an
// argument's length says before it reads.
func scan(data []byte) (int, error) {
	marks := 0
	for at := 0; at < len(data); {
		op := data[at]
		layout, ok := opcodes[op]
		if !ok {
			return 0, invalidf("pickle: byte %d: opcode %#02x is not allowed", at, op)
		}
		n, err := argument(layout, data[at+1:])
		if err != nil {
			return 0, err
		}
		at += 1 + n
		switch op {
		case '(':
			marks++
		case 't', 'e', 'u':
			marks--
		case '.':
			return at, nil
		}
		if marks > maxMarks {
			return 0, invalidf("pickle: byte %d: nested deeper than %d", at, maxMarks)
		}
	}
	return 0, invalidf("pickle: no STOP within %d bytes", len(data))
}

// argument is the length of an opcode's argument, which stands at the start of
// rest and lies wholly in it.
func argument(layout int, rest []byte) (int, error) {
	n := uint64(math.MaxUint64) // stays where the length itself is cut off
	switch {
	case layout >= 0:
		n = uint64(layout)
	case layout == twoLines:
		module, after, _ := bytes.Cut(rest, []byte("\n"))
		if name, _, ok := bytes.Cut(after, []byte("\n")); ok {
			if _, err := findClass(string(module) + "." + string(name)); err != nil {
				return 0, err
			}
			n = uint64(len(module) + len(name) + 2)
		}
	case layout == byteText && len(rest) >= 1:
		n = 1 + uint64(rest[0])
	case layout == wordText && len(rest) >= 4:
		n = 4 + uint64(binary.LittleEndian.Uint32(rest))
	case layout == frameSize && len(rest) >= 8:
		if binary.LittleEndian.Uint64(rest) <= uint64(len(rest)-8) {
			n = 8 // the opcodes in the frame are scanned like all others
		}
	}
	if n > uint64(len(rest)) {
		return 0, FormatError("pickle: it ends within an opcode's argument")
	}
	return int(n), nil
}

// storageClass is torch's class of a flat array; the value is its dtype.
type storageClass string

// storageClasses are the storages that torch.save names.
var storageClasses = map[string]storageClass{
	"torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16", "torch.DoubleStorage": "F64",
	"torch.LongStorage": "I64", "torch.IntStorage": "I32", "torch.ShortStorage": "I16", "torch.CharStorage": "I8",
	"torch.ByteStorage": "U8", "torch.BoolStorage": "BOOL",
}

// function is a function that a pickle may call.
type function func(args []any) (any, error)

// Call makes function a gopickle types.Callable.
func (f function) Call(args ...any) (any, error) { return f(args) }

// findClass resolves the classes and functions that a state_dict may name, and
// refuses all others. scan asks it about every GLOBAL; at STACK_GLOBAL, of
// protocol 4, gopickle knows OrderedDict and five classes of the standard
// library by itself before it asks. They make lists and dicts of their
// arguments, which no state_dict may hold, and nothing else.
func findClass(name string) (any, error) {
	switch name {
	case "collections.OrderedDict":
		return &types.OrderedDictClass{}, nil
	case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
		return function(rebuildTensor), nil
	case "torch._utils._rebuild_parameter":
		return function(rebuildParameter), nil
	}
	if class, ok := storageClasses[name]; ok {
		return class, nil
	}
	return nil, invalidf("pickle: class %.100q is not allowed: "+
		"want tensors alone, as torch.save(model.state_dict()) writes them", name)
}
