package models

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"
)

// fakeTensor is a tensor for a torch file that a test writes, with all that a
// pickle says of it.
type fakeTensor struct {
	name, class, key string
	count, offset    int
	shape, strides   []int
	data             []byte
}

// fakeTensors gives each parameter a storage of its own, as torch does.
func fakeTensors(parameters []parameter) []fakeTensor {
	var list []fakeTensor
	for i, p := range parameters {
		strides, step := make([]int, len(p.shape)), 1
		for d := len(p.shape) - 1; d >= 0; d-- {
			strides[d], step = step, step*p.shape[d]
		}
		list = append(list, fakeTensor{p.name, "FloatStorage", fmt.Sprint(i), len(p.values), 0, p.shape, strides,
			encoders["F32"](nil, p.values)})
	}
	return list
}

func randomTensors(t testing.TB) []parameter { return randomNet(t, "vgg11", 64).parameters() }

func integer(n int) string { return "J" + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func tuple(numbers []int) string {
	s := "("
	for _, n := range numbers {
		s += integer(n)
	}
	return s + "t"
}

// statePickle is a dict of tensors at protocol 2.
func statePickle(tensors []fakeTensor) []byte {
	s := "\x80\x02}q\x00("
	for _, f := range tensors {
		s += text(f.name) + "ctorch._utils\n_rebuild_tensor_v2\n(" +
			"(" + text("storage") + "ctorch\n" + f.class + "\n" + text(f.key) + text("cpu") + integer(f.count) + "tQ" +
			integer(f.offset) + tuple(f.shape) + tuple(f.strides) + "\x89)tR"
	}
	return []byte(s + "u.")
}

// entry is a file in a zip.
type entry struct {
	name   string
	data   []byte
	method uint16
}

func stateEntries(tensors []fakeTensor) []entry {
	entries := []entry{{"net/data.pkl", statePickle(tensors), zip.Store}, {"net/byteorder", []byte("little"), zip.Store}}
	for _, f := range tensors {
		entries = append(entries, entry{"net/data/" + f.key, f.data, zip.Store})
	}
	return entries
}

func zipOf(t testing.TB, entries []entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const (
	magicPickle    = "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
	protocolPickle = "\x80\x02M\xe9\x03."
)

func legacyOf(header string, tensors []fakeTensor) []byte {
	data := append([]byte(header), statePickle(tensors)...)
	keys := "\x80\x02]("
	for _, f := range tensors {
		keys += text(f.key)
	}
	data = append(data, keys+"e."...)
	for _, f := range tensors {
		data = append(binary.LittleEndian.AppendUint64(data, uint64(len(f.data)/4)), f.data...)
	}
	return data
}

func legacyHeaderOf(littleEndian string) string {
	return magicPickle + protocolPickle + "\x80\x02}q\x00" + text("little_endian") + littleEndian + "s."
}

func load1(data []byte) (*Net, error) {
	return Load(bytes.NewReader(data), int64(len(data)), "net.pth")
}

func TestLoadTorchWrittenHere(t *testing.T) {
	parameters := randomTensors(t)
	deflated := stateEntries(fakeTensors(parameters))
	for i := range deflated {
		deflated[i].method = zip.Deflate
	}
	shared := fakeTensors(parameters) // one storage for all
	var all []byte
	for i := range shared {
		shared[i].key, shared[i].offset = "0", len(all)/4
		all = append(all, shared[i].data...)
	}
	for i := range shared {
		shared[i].count = len(all) / 4
	}
	sharedEntries := append(stateEntries(shared)[:2], entry{"net/data/0", all, zip.Store})
	for name, data := range map[string][]byte{
		"stored":   zipOf(t, stateEntries(fakeTensors(parameters))),
		"deflated": zipOf(t, deflated),
		"shared":   zipOf(t, sharedEntries),
		"legacy":   legacyOf(legacyHeaderOf("\x88"), fakeTensors(parameters)),
	} {
		net, err := load1(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if want := randomNet(t, "vgg11", 64).SHA256; weightSum(net) != want {
			t.Errorf("%s: other weights", name)
		}
	}
}

// TestTorchNamesTheFault breaks the third tensor, features.3.weight of shape
// [2 1 3 3], in a zip and in a legacy file.
func TestTorchNamesTheFault(t *testing.T) {
	for _, c := range []struct {
		name   string
		breaks func(f *fakeTensor)
		want   string
	}{
		{"axes swapped", func(f *fakeTensor) { f.shape = []int{3, 3, 1, 2}; f.strides = []int{6, 2, 2, 1} },
			"tensor features.3.weight: shape: want [3 1 3 3], found [3 3 1 2]"},
		{"negative size", func(f *fakeTensor) { f.shape = []int{-2, 1, 3, 3} },
			`tensor "features.3.weight": shape [-2 1 3 3] with strides [9 9 3 1] is not a tensor`},
		{"huge size", func(f *fakeTensor) {
			f.shape = []int{math.MaxInt32, math.MaxInt32, math.MaxInt32, 3}
		}, "is not a tensor"},
		{"few strides", func(f *fakeTensor) { f.strides = []int{1} }, "with strides [1] is not a tensor"},
		{"expanded", func(f *fakeTensor) { f.strides = []int{0, 9, 3, 1} }, "leaves gaps or overlaps"},
		{"larger than the storage", func(f *fakeTensor) { f.shape = []int{4, 1, 3, 3} },
			"want 36 values from number 0 on, found a storage of 18"},
		{"offset beyond", func(f *fakeTensor) { f.offset = 1 }, "want 18 values from number 1 on, found a storage of 18"},
		{"offset before", func(f *fakeTensor) { f.offset = -1 }, "want 18 values from number -1 on"},
		{"storage larger than its data", func(f *fakeTensor) { f.count = 1000 }, "want 1000 values"},
		{"huge storage", func(f *fakeTensor) { f.count = math.MaxInt32 }, "want 2147483647 values"},
		{"negative storage", func(f *fakeTensor) { f.count = -1 }, "a storage without class, key or number of values"},
		{"doubles", func(f *fakeTensor) {
			f.class, f.count, f.shape = "DoubleStorage", 9, []int{1, 1, 3, 3}
			f.strides = []int{9, 9, 3, 1}
		}, "tensor features.3.weight: dtype: want F32, F16 or BF16, found F64"},
		{"a class of storage that torch has not", func(f *fakeTensor) { f.class = "EvilStorage" }, `class "torch.EvilStorage" is not allowed`},
		{"the same name twice", func(f *fakeTensor) { f.name = "module.features.0.weight" }, `tensor "features.0.weight": it is there twice`},
		{"the same key twice", func(f *fakeTensor) { f.key = "0" }, `storage "0": it is 27 values of F32, and 18 of F32`},
		{"too many dimensions", func(f *fakeTensor) { f.shape = make([]int, 9) }, "of at most 8 integers"},
		{"not a number", func(f *fakeTensor) { copy(f.data[8:], "\x00\x00\xc0\x7f") },
			"tensor features.3.weight: value 2: want a finite number, found NaN"},
	} {
		tensors := fakeTensors(randomTensors(t))
		tensors[2].data = bytes.Clone(tensors[2].data)
		c.breaks(&tensors[2])
		for kind, data := range map[string][]byte{
			"zip":    zipOf(t, stateEntries(tensors)),
			"legacy": legacyOf(legacyHeaderOf("\x88"), tensors),
		} {
			if kind == "legacy" && tensors[2].class == "DoubleStorage" || kind == "zip" && tensors[2].key == "0" {
				continue // another fault is found before
			}
			_, err := load1(data)
			var format FormatError
			var unsupported UnsupportedError
			if !errors.As(err, &format) && !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %s: got %v, want %q", c.name, kind, err, c.want)
			}
		}
	}
}

func TestZipRefuses(t *testing.T) {
	good := stateEntries(fakeTensors(randomTensors(t)))
	with := func(entries ...entry) []entry { return append(append([]entry{}, good...), entries...) }
	zeros := make([]byte, 8<<20)
	for _, c := range []struct {
		name    string
		entries []entry
		want    string
	}{
		{"another zip", []entry{{"word/document.xml", nil, zip.Store}}, "no folder with a data.pkl"},
		{"TorchScript", with(entry{"net/constants.pkl", nil, zip.Store}), "unsupported weight file: net.pth: TorchScript"},
		{"two pickles", with(entry{"other/data.pkl", nil, zip.Store}), "data.pkl is there twice"},
		{"entry twice", with(entry{"net/data/0", nil, zip.Store}), `entry "net/data/0" is there twice`},
		{"storage missing", good[:len(good)-1], `storage "15" is missing`},
		{"big-endian", append([]entry{{"net/byteorder", []byte("big"), zip.Store}}, good[0]), `byte order: want little, found "big"`},
		{"bomb for a pickle", []entry{{"net/data.pkl", zeros, zip.Deflate}}, "data.pkl: want at most 1048576 bytes, found 8388608"},
		{"bomb for a byte order", append([]entry{{"net/byteorder", zeros, zip.Deflate}}, good[0]), "byteorder: want at most 16 bytes"},
		{"os.system", []entry{{"net/data.pkl", []byte("\x80\x02cposix\nsystem\n" + text("touch pwned") + "\x85R."), zip.Store}},
			`pickle: class "posix.system" is not allowed`},
		{"unknown method", []entry{{"net/data.pkl", nil, 99}}, "zip: unsupported compression algorithm"},
	} {
		var data []byte
		if c.name == "unknown method" {
			data = rawZip(t, zip.FileHeader{Name: "net/data.pkl", Method: 99}, nil)
		} else {
			data = zipOf(t, c.entries)
		}
		if _, err := load1(data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// rawZip is a zip of a state_dict's entries and one more, whose header says
// what the test wants.
func rawZip(t testing.TB, header zip.FileHeader, packed []byte, others ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range others {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.CreateRaw(&header)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packed); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestZipRefusesLyingHeaders packs the last storage, the 8 values of
// features.18.bias, with headers that do not fit it.
func TestZipRefusesLyingHeaders(t *testing.T) {
	tensors := fakeTensors(randomTensors(t))
	good := stateEntries(tensors)
	last := good[len(good)-1]
	bomb := zipOf(t, []entry{{"x", make([]byte, 8<<20), zip.Deflate}})
	z, err := zip.NewReader(bytes.NewReader(bomb), int64(len(bomb)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	deflated, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		header zip.FileHeader
		packed []byte
		want   string
	}{
		{"right", zip.FileHeader{Method: zip.Store, CRC32: crc32.ChecksumIEEE(last.data), CompressedSize64: 32, UncompressedSize64: 32},
			last.data, ""},
		{"no checksum", zip.FileHeader{Method: zip.Store, CompressedSize64: 32, UncompressedSize64: 32}, last.data, ""},
		{"wrong checksum", zip.FileHeader{Method: zip.Store, CRC32: 1, CompressedSize64: 32, UncompressedSize64: 32}, last.data,
			"tensor features.18.bias: zip: checksum error"},
		{"stored, but larger when unpacked", zip.FileHeader{Method: zip.Store, CompressedSize64: 16, UncompressedSize64: 32}, last.data[:16],
			`storage "15": want 32 bytes, packed into 16`},
		{"larger than the file", zip.FileHeader{Method: zip.Store, CompressedSize64: 1 << 40, UncompressedSize64: 1 << 40}, last.data,
			"packed into 1099511627776"},
		{"deflated beyond what deflate can", zip.FileHeader{Method: zip.Deflate, CompressedSize64: 32, UncompressedSize64: 1 << 40}, last.data,
			"want 1099511627776 bytes, packed into 32"},
		{"bomb", zip.FileHeader{Method: zip.Deflate, CRC32: 1, CompressedSize64: uint64(len(deflated)), UncompressedSize64: 32}, deflated,
			"tensor features.18.bias: zip: not a valid zip file"},
		{"not deflate", zip.FileHeader{Method: zip.Deflate, CRC32: 1, CompressedSize64: 32, UncompressedSize64: 32}, last.data,
			"tensor features.18.bias: "},
	} {
		c.header.Name = last.name
		_, err := load1(rawZip(t, c.header, c.packed, good[:len(good)-1]...))
		var format FormatError
		if c.want == "" && err == nil {
			continue
		}
		if !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLegacyRefuses(t *testing.T) {
	tensors := fakeTensors(randomTensors(t))
	good := legacyOf(legacyHeaderOf("\x88"), tensors)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"os.system", []byte("\x80\x02cos\nsystem\n" + text("touch pwned") + "\x85R."), `pickle: class "os.system" is not allowed`},
		{"os.system behind the header", []byte(legacyHeaderOf("\x88") + "\x80\x02cnt\nsystem\n)R."), `class "nt.system" is not allowed`},
		{"other protocol", []byte(magicPickle + "\x80\x02M\xea\x03."), "torch protocol: want 1001"},
		{"protocol that contains itself", []byte(magicPickle + "\x80\x02]q\x00h\x00a."), "torch protocol: want 1001"},
		{"big-endian", legacyOf(legacyHeaderOf("\x89"), tensors), "byte order: want little, found big"},
		{"view of a storage", []byte(legacyHeaderOf("\x88") + "\x80\x02(" + text("storage") + "ctorch\nFloatStorage\n" +
			text("0") + text("cpu") + "K\x01" + "K\x01K\x02\x86" + "tQ."), "a storage that is a view"},
		{"no list of keys", []byte(legacyHeaderOf("\x88") + "\x80\x02}.\x80\x02}."), "want a list of storage keys"},
		{"unknown key", []byte(legacyHeaderOf("\x88") + "\x80\x02}.\x80\x02]" + text("9") + "a."), `storage key "9": it is unknown`},
		{"key that contains itself", []byte(legacyHeaderOf("\x88") + "\x80\x02}.\x80\x02]q\x00h\x00a."), "it is unknown"},
		{"other number of values", bytes.Replace(good, append([]byte("e.\x1b"), make([]byte, 7)...), append([]byte("e.\x08"), make([]byte, 7)...), 1),
			`storage "0": want 27 values, found 8`},
		{"truncated", good[:len(good)-1], `storage "15": want 8 values of F32, found 31 bytes left: the file is truncated`},
	} {
		if _, err := load1(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzTorch(f *testing.F) {
	tensors := fakeTensors(tiny(f).parameters())
	f.Add(zipOf(f, stateEntries(tensors)))
	f.Add(zipOf(f, stateEntries(tensors[:1])))
	f.Add(legacyOf(legacyHeaderOf("\x88"), tensors))
	f.Add(legacyOf(legacyHeaderOf("\x88"), tensors[:1]))
	f.Add([]byte(magicPickle + protocolPickle))
	f.Fuzz(func(t *testing.T, data []byte) {
		net, err := load1(data)
		checkLoaded(t, net, err)
	})
}

// tiny is a network of one channel throughout: what a fuzzer can work on fast has few
// bytes.
func tiny(t testing.TB) *Net {
	t.Helper()
	return randomNet(t, "vgg11", 512)
}

// checkLoaded makes sure that a fuzzed file gave a whole network or one of the
// two errors.
func checkLoaded(t *testing.T, net *Net, err error) {
	t.Helper()
	var format FormatError
	var unsupported UnsupportedError
	if err != nil {
		if !errors.As(err, &format) && !errors.As(err, &unsupported) {
			t.Fatalf("neither a FormatError nor an UnsupportedError: %v", err)
		}
		if len(err.Error()) > 1000 {
			t.Fatalf("an error of %d bytes: %.300v", len(err.Error()), err)
		}
		return
	}
	for _, p := range net.parameters() {
		if n, _ := volume(p.shape); n != len(p.values) || finite(p.values) >= 0 {
			t.Fatalf("%s: %d values for %v", p.name, len(p.values), p.shape)
		}
	}
}
