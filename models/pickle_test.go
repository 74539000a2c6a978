package models

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nlpodyssey/gopickle/types"
)

// text is a pickled string.
func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func TestUnpickle(t *testing.T) {
	const protocol2 = "\x80\x02"
	data := protocol2 + "}q\x00(" + text("a") + "K\x05" + text("b") + "\x88" + text("c") + "K\x01K\x02\x86" + "u." + "rest"
	value, n, err := unpickle([]byte(data), nil)
	if err != nil || n != len(data)-len("rest") {
		t.Fatalf("got %d bytes, %v; want %d", n, err, len(data)-len("rest"))
	}
	entries, _ := dictEntries(value)
	if len(entries) != 3 || entries[0].Key != any("a") || entries[0].Value != any(5) || entries[1].Value != any(true) {
		t.Fatalf("got %v", entries)
	}
	if pair, ok := entries[2].Value.(*types.Tuple); !ok || pair.Len() != 2 || pair.Get(1) != any(2) {
		t.Errorf("c is %v, want (1, 2)", entries[2].Value)
	}
}

func TestUnpickleRefuses(t *testing.T) {
	framed := func(n uint64) string { return "\x80\x04\x95" + string(binary.LittleEndian.AppendUint64(nil, n)) + "N." }
	for _, c := range []struct{ name, data, want string }{
		{"os.system", "\x80\x02cos\nsystem\n" + text("touch pwned") + "\x85R.", `class "os.system" is not allowed`},
		{"posix.system", "\x80\x02cposix\nsystem\n" + text("touch pwned") + "\x85R.", `class "posix.system" is not allowed`},
		{"eval", "c__builtin__\neval\n" + text("1") + "\x85R.", `class "__builtin__.eval" is not allowed`},
		{"os.system at protocol 4", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R.", `class "os.system" is not allowed`},
		{"a whole model", "\x80\x02ctorchvision.models.vgg\nVGG\n)\x81.", "as torch.save(model.state_dict()) writes them"},
		{"INST", "(ios\nsystem\n.", "opcode 0x69 is not allowed"},
		{"OBJ", "(cos\nsystem\no.", "is not allowed"},
		{"extension", "\x80\x02\x82\x01.", "opcode 0x82 is not allowed"},
		{"protocol 0 string", "S'x'\n.", "opcode 0x53 is not allowed"},
		{"empty", "", "no STOP within 0 bytes"},
		{"no STOP", "\x80\x02N", "no STOP within 3 bytes"},
		{"nothing to stop with", ".", "the stack is empty"},
		{"long string", "X\xff\xff\xff\xff.", "it ends within an opcode's argument"},
		{"short length", "X\xff\xff", "it ends within an opcode's argument"},
		{"long frame", framed(1 << 60), "it ends within an opcode's argument"},
		{"largest frame", framed(1<<64 - 1), "it ends within an opcode's argument"},
		{"endless class name", "c" + strings.Repeat("x", 1000), "it ends within an opcode's argument"},
		{"nested marks", strings.Repeat("(", 100) + "N.", "nested deeper than 64"},
		{"no mark", "\x80\x02t.", "the meta stack is empty"},
		{"odd dict", "\x80\x02}(Nu.", "pickle: "},
		{"list as a key", "\x80\x02ccollections\nOrderedDict\n)R" + "ctorch._utils\n_rebuild_tensor\nNs.", "pickle: "},
		{"empty long", "\x80\x02\x8a\x00.", "pickle: "},
		{"call of a tuple", "\x80\x02))R.", "REDUCE requires a Callable"},
		{"call of a dict that contains itself", "\x80\x02ccollections\nOrderedDict\n)Rq\x00Nh\x00sh\x00)R.", "REDUCE requires a Callable"},
		{"call of a tuple of what contains itself", "\x80\x02]q\x00h\x00ah\x00\x85)R.", "REDUCE requires a Callable"},
		{"self as an argument", "\x80\x02ccollections\nOrderedDict\n]q\x00h\x00a\x85R.", "pickle: "},
		{"persistent ID", "\x80\x02NQ.", "pickle: "},
		{"tensor of nothing", "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", "want at least 4 arguments, found 0"},
		{"tensor of a string", "\x80\x02ctorch._utils\n_rebuild_tensor\n(" + text("a") + "K\x00))tR.", "want a storage"},
		{"parameter of nothing", "\x80\x02ctorch._utils\n_rebuild_parameter\n)R.", "want a tensor, found no argument"},
	} {
		_, _, err := unpickle([]byte(c.data), nil)
		var format FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want a FormatError with %q, got %v", c.name, c.want, err)
		}
	}
}

// TestUnpickleBearsCycles reads values that contain themselves, and prints the
// errors that follow from them.
func TestUnpickleBearsCycles(t *testing.T) {
	nowhere := func(*storage) (extent, error) { return nil, FormatError("no file") }
	for _, c := range []struct{ name, data, want string }{
		{"list", "\x80\x02]q\x00h\x00a.", "want a dict of tensors, found list"},
		{"dict", "\x80\x02}q\x00" + text("features.0.weight") + "h\x00s.", "want a tensor, found dict"},
		{"state_dict", "\x80\x02}q\x00" + text("state_dict") + "h\x00s.", "want a tensor, found dict"},
		{"key", "\x80\x02}q\x00h\x00Ns.", "found a key of type dict"},
		{"attribute", "\x80\x02ccollections\nOrderedDict\n)Rq\x00}" + text("a") + "h\x00sb" + text("a") + "h\x00s.",
			"want a tensor, found ordereddict"},
	} {
		value, _, err := unpickle([]byte(c.data), nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, err := stateDirectory(value, nowhere); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// TestUnpickleBearsDepth nests a million tuples, which gopickle builds without
// recursion, and so must everything that looks at them.
func TestUnpickleBearsDepth(t *testing.T) {
	value, _, err := unpickle([]byte("\x80\x02)"+strings.Repeat("\x85", maxPickle-4)+"."), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stateDict(value); err == nil || !strings.Contains(fmt.Sprint(err), "found tuple") {
		t.Errorf("got %v", err)
	}
}

func TestPickleErrorIsShort(t *testing.T) {
	// gopickle prints the value that it cannot call.
	data := "\x80\x02(" + strings.Repeat("K\x07", 10000) + "t)R."
	_, _, err := unpickle([]byte(data), nil)
	if err == nil || len(err.Error()) > 300 {
		t.Errorf("got %d bytes: %.300v", len(fmt.Sprint(err)), err)
	}
}

func FuzzPickle(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00(" + text("a") + "K\x05u."))
	f.Add([]byte("\x80\x02]q\x00h\x00ah\x00\x85R."))
	f.Add([]byte("\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01}" + text("_metadata") + "h\x00)Rsb."))
	f.Add([]byte("\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N."))
	f.Add(statePickle(fakeTensors(randomTensors(f)[:2])))
	f.Fuzz(func(t *testing.T, data []byte) {
		value, n, err := unpickle(data, storages{}.load)
		if err != nil {
			return
		}
		if n < 1 || n > len(data) || data[n-1] != '.' {
			t.Fatalf("length %d of %d", n, len(data))
		}
		_, _ = stateDirectory(value, func(*storage) (extent, error) { return nil, nil })
	})
}
