package models

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// safetensorsOf is a file with the given header and so many bytes of values.
func safetensorsOf(header string, values int) []byte {
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(data, header...), make([]byte, values)...)
}

func written(t testing.TB, net *Net, dtype string, metadata map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := net.WriteSafetensors(&buf, dtype, metadata); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestSafetensorsRoundTrip(t *testing.T) {
	for variant := range depths {
		want := randomNet(t, variant, 32)
		want.Name, want.Preprocessing, want.Labels = "spirals", Caffe, []string{"spiral", "<dots> & \"lines\""}
		data := written(t, want, "F32", map[string]string{"licence": "none"})
		net, err := load1(data)
		if err != nil {
			t.Fatal(err)
		}
		if weightSum(net) != want.SHA256 || net.Name != want.Name || net.Preprocessing != Caffe ||
			!slices.Equal(net.Labels, want.Labels) || !slices.Equal(net.Names(), want.Names()) {
			t.Errorf("%s: got %q, %v, %q", variant, net.Name, net.Preprocessing, net.Labels)
		}
		if !bytes.Equal(data, written(t, want, "F32", map[string]string{"licence": "none"})) {
			t.Errorf("%s: written twice, the files differ", variant)
		}
	}
}

func TestSafetensorsHalves(t *testing.T) {
	exact := randomNet(t, "vgg11", 64)
	net, err := load1(written(t, exact, "F16", nil))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range net.parameters() {
		for j, v := range p.values {
			if want := fromHalf(toHalf(exact.parameters()[i].values[j])); v != want {
				t.Fatalf("%s value %d: got %v, want %v", p.name, j, v, want)
			}
		}
	}
}

// TestWriteSafetensorsLayout reads the header without the reader under test.
func TestWriteSafetensorsLayout(t *testing.T) {
	data := written(t, randomNet(t, "vgg11", 64), "F16", map[string]string{nameKey: "other"})
	length := binary.LittleEndian.Uint64(data)
	var header map[string]struct {
		Dtype   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets []int  `json:"data_offsets"`
		Name    string `json:"godream.name"`
		Labels  string `json:"godream.labels"`
	}
	if err := json.Unmarshal(data[8:8+length], &header); err != nil {
		t.Fatal(err)
	}
	if length%8 != 0 || len(header) != 17 {
		t.Errorf("%d bytes of header with %d keys, want a multiple of 8 and 17", length, len(header))
	}
	if e := header["features.3.weight"]; e.Dtype != "F16" || !slices.Equal(e.Shape, []int{2, 1, 3, 3}) || !slices.Equal(e.Offsets, []int{56, 92}) {
		t.Errorf("features.3.weight is %v, want F16 [2 1 3 3] at 56 to 92", e)
	}
	if m := header[metadataKey]; m.Name != "other" || m.Labels != "" {
		t.Errorf("metadata %v, want the name other and no labels", m)
	}
}

// fullDisk takes so many bytes and no more.
type fullDisk int

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > int(*d) {
		return 0, errFull
	}
	*d -= fullDisk(len(p))
	return len(p), nil
}

func TestWriteSafetensorsRefuses(t *testing.T) {
	large, infinite, short, odd := randomNet(t, "vgg11", 64), randomNet(t, "vgg11", 64), randomNet(t, "vgg11", 64), randomNet(t, "vgg11", 64)
	large.Layers[3].Bias[1] = 70000
	infinite.Layers[3].Kernel[0] = float32(math.Inf(1))
	short.Layers[3].Kernel = short.Layers[3].Kernel[1:]
	odd.Preprocessing.Std[0] = math.NaN()
	for _, c := range []struct {
		name, dtype string
		net         *Net
		want        string
	}{
		{"dtype", "F64", large, `models: write safetensors: dtype: want F32 or F16, found "F64"`},
		{"beyond F16", "F16", large, "models: write safetensors: tensor features.3.bias: F16 cannot hold 70000"},
		{"infinite", "F32", infinite, "tensor features.3.weight: F32 cannot hold +Inf"},
		{"short", "F32", short, "tensor features.3.weight: want the values of [2 1 3 3], found 17"},
		{"preprocessing", "F32", odd, "models: write safetensors: json: unsupported value: NaN"},
	} {
		if err := c.net.WriteSafetensors(io.Discard, c.dtype, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	for _, room := range []int{0, 4000} {
		disk := fullDisk(room)
		if err := randomNet(t, "vgg11", 64).WriteSafetensors(&disk, "F32", nil); !errors.Is(err, errFull) {
			t.Errorf("disk with room for %d bytes: got %v", room, err)
		}
	}
}

func TestSafetensorsRefuses(t *testing.T) {
	const f32 = `"dtype":"F32","shape":[2]`
	long := safetensorsOf(`{}`, 100)
	binary.LittleEndian.PutUint64(long, 1<<60)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"header of 2^60 bytes", long, "safetensors: header: want 1152921504606846976 bytes, found 102 left"},
		{"header beyond the bound", safetensorsOf("{"+strings.Repeat(" ", maxHeader), 0), "unsupported weight file: net.pth: safetensors: header: want at most"},
		{"no JSON", safetensorsOf(`{nonsense`, 0), "safetensors: header: "},
		{"unfinished", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]}`, 8), "safetensors: header: "},
		{"text behind the header", safetensorsOf(`{} {}`, 0), `want nothing after the object, found " {}"`},
		{"name twice", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]},"a":{`+f32+`,"data_offsets":[0,8]}}`, 8), `"a" is there twice`},
		{"metadata twice", safetensorsOf(`{"__metadata__":{},"__metadata__":{}}`, 0), `"__metadata__" is there twice`},
		{"metadata of numbers", safetensorsOf(`{"__metadata__":{"a":1}}`, 0), `"__metadata__": json: cannot unmarshal number`},
		{"deep nesting", safetensorsOf(`{"a":`+strings.Repeat("[", 100000)+strings.Repeat("]", 100000)+`}`, 0), "exceeded max depth"},
		{"unknown dtype", safetensorsOf(`{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}`, 1), `unsupported weight file: net.pth: tensor "a": dtype "F4" is unknown`},
		{"negative size", safetensorsOf(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8), "shape [-2] is not a size"},
		{"size that overflows", safetensorsOf(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0), "is not a size"},
		{"many dimensions", safetensorsOf(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 4), "want at most 8 dimensions, found 9"},
		{"other size", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,4]}}`, 4), `tensor "a": want 8 bytes for [2] of F32, found 4`},
		{"beyond the file", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]}}`, 7), "want bytes within 0 to 7, found 0 to 8"},
		{"before the data", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[-8,0]}}`, 8), "found -8 to 0"},
		{"backwards", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[8,0]}}`, 8), "found 8 to 0"},
		{"overlap", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]},"b":{`+f32+`,"data_offsets":[4,12]}}`, 12),
			`tensor "b": want it to begin at byte 8, found 4: there is a gap or an overlap`},
		{"same bytes twice", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]},"b":{`+f32+`,"data_offsets":[0,8]}}`, 8), "want it to begin at byte 8, found 0"},
		{"gap", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[4,12]}}`, 12), "want it to begin at byte 0, found 4"},
		{"bytes left over", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]}}`, 9), "want 8 bytes of values, found 9"},
		{"no offsets", safetensorsOf(`{"a":{`+f32+`}}`, 8), "want 8 bytes for [2] of F32, found 0"},
		{"no tensors", safetensorsOf(`{}`, 0), "want tensors named features.N.weight and features.N.bias, found 0"},
		{"not a VGG", safetensorsOf(`{"a":{`+f32+`,"data_offsets":[0,8]}}`, 8), `found 1: ["a"]`},
	} {
		_, err := load1(c.data)
		var format FormatError
		var unsupported UnsupportedError
		if !errors.As(err, &format) && !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzSafetensors(f *testing.F) {
	net := tiny(f)
	f.Add(written(f, net, "F32", nil))
	net.Name, net.Labels = "tiny", []string{"owl"}
	net.Classifier = &Classifier{Layer: "relu1_1", Bias: []float32{1}, Weight: []float32{2}}
	f.Add(written(f, net, "F16", map[string]string{"licence": "none"}))
	f.Add(safetensorsOf(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}}`, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		net, err := load1(data)
		checkLoaded(t, net, err)
		if err != nil {
			return
		}
		again, err := load1(written(t, net, "F32", nil))
		if err != nil || weightSum(again) != weightSum(net) {
			t.Fatalf("written and read again: %v", err)
		}
		if !maps.Equal(again.Metadata, net.Metadata) || !slices.Equal(again.Labels, net.Labels) || (again.Classifier == nil) != (net.Classifier == nil) {
			t.Fatalf("written and read again, the header differs: %+v, then %+v", net, again)
		}
	})
}
