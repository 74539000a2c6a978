package models

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// maxHeader bounds a safetensors header. That of VGG19 has 3,000 bytes.
const maxHeader = 4 << 20

// safetensor is one tensor in the header of a safetensors file. Its values are
// the bytes Offsets[0] to Offsets[1], counted from the end of the header.
type safetensor struct {
	Dtype   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// readSafetensors lists the tensors of a safetensors file: the length of the
// header in 8 bytes, the header in JSON, the values
// (https://huggingface.co/docs/safetensors).
func readSafetensors(file *io.SectionReader) (directory, error) {
	var prefix [8]byte
	if _, err := file.ReadAt(prefix[:], 0); err != nil {
		return directory{}, readError(err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if left := file.Size() - int64(len(prefix)); length > uint64(left) {
		return directory{}, invalidf("safetensors: header: want %d bytes, found %d left", length, left)
	}
	if length > maxHeader {
		return directory{}, unsupportedf("safetensors: header: want at most %d bytes, found %d", maxHeader, length)
	}
	header := make([]byte, length)
	if _, err := file.ReadAt(header, int64(len(prefix))); err != nil && err != io.EOF {
		return directory{}, readError(err)
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return directory{}, within("safetensors: header", err)
	}
	start := int64(len(prefix)) + int64(length)
	data := io.NewSectionReader(file, start, file.Size()-start)
	if err := checkOffsets(entries, data.Size()); err != nil {
		return directory{}, err
	}
	d := directory{tensors: make(map[string]tensor, len(entries)), metadata: metadata}
	for name, e := range entries {
		d.tensors[name] = tensor{dtype: e.Dtype, shape: e.Shape, open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(data, e.Offsets[0], e.Offsets[1]-e.Offsets[0])), nil
		}}
	}
	return d, nil
}

// parseHeader reads the header's JSON object key by key, because a key that is
// there twice is an error that json.Unmarshal does not see.
func parseHeader(header []byte) (entries map[string]safetensor, metadata map[string]string, err error) {
	dec := json.NewDecoder(bytes.NewReader(header))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, FormatError("want a JSON object")
	}
	entries, metadata = map[string]safetensor{}, nil
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, nil, FormatError(err.Error())
		}
		name := token.(string) // the decoder lets nothing else be a key
		if _, twice := entries[name]; twice || name == metadataKey && metadata != nil {
			return nil, nil, invalidf("%.100q is there twice", name)
		}
		if name == metadataKey {
			metadata = map[string]string{}
			err = dec.Decode(&metadata)
		} else {
			var e safetensor
			err = dec.Decode(&e)
			entries[name] = e
		}
		if err != nil {
			return nil, nil, invalidf("%.100q: %v", name, err)
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, nil, FormatError(err.Error())
	}
	if rest := header[dec.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return nil, nil, invalidf("want nothing after the object, found %.20q", rest)
	}
	return entries, metadata, nil
}

// checkOffsets makes sure that every tensor has as many bytes as its shape and
// dtype say, and that the tensors fill the data without gap or overlap, as
// the format asks.
func checkOffsets(entries map[string]safetensor, size int64) error {
	names := make([]string, 0, len(entries))
	for name, e := range entries {
		n, ok := volume(e.Shape)
		item, known := itemSize[e.Dtype]
		begin, end := e.Offsets[0], e.Offsets[1]
		switch {
		case !known:
			return unsupportedf("tensor %.100q: dtype %.20q is unknown", name, e.Dtype)
		case len(e.Shape) > maxRank:
			return invalidf("tensor %.100q: want at most %d dimensions, found %d", name, maxRank, len(e.Shape))
		case !ok:
			return invalidf("tensor %.100q: shape %v is not a size", name, e.Shape)
		case begin < 0 || begin > end || end > size:
			return invalidf("tensor %.100q: want bytes within 0 to %d, found %d to %d", name, size, begin, end)
		case end-begin != int64(n)*int64(item):
			return invalidf("tensor %.100q: want %d bytes for %v of %s, found %d",
				name, n*item, e.Shape, e.Dtype, end-begin)
		}
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := entries[a].Offsets, entries[b].Offsets
		return slices.Compare(x[:], y[:])
	})
	at := int64(0)
	for _, name := range names {
		if begin := entries[name].Offsets[0]; begin != at {
			return invalidf("tensor %.100q: want it to begin at byte %d, found %d: there is a gap or an overlap",
				name, at, begin)
		}
		at = entries[name].Offsets[1]
	}
	if at != size {
		return invalidf("safetensors: want %d bytes of values, found %d", at, size)
	}
	return nil
}

// Keys of a safetensors file's metadata. All but the first are this project's.
const (
	metadataKey      = "__metadata__" // the header's object of strings
	preprocessingKey = "godream.preprocessing"
	labelsKey        = "godream.labels"
	nameKey          = "godream.name"
	classifierKey    = "godream.classifier" // the layer that the classifier reads
)

// WriteSafetensors writes the network to w in the safetensors format: dtype F32
// or F16, torchvision's names, the tensors in the order of the layers. The same
// network gives the same bytes. An F16 value is rounded to the nearest, and one
// that F16 cannot hold is an error.
//
// The header's metadata keep what the tensors cannot say, for Load to read
// back: n.Metadata, "godream.name", "godream.preprocessing" (JSON of Preprocessing) and,
// where there are labels, "godream.labels" (a JSON array of strings). Where
// there is a classifier, "godream.classifier" is its layer's name and timm's
// "head.fc.weight" and "head.fc.bias" are its tensors. The
// entries of metadata, which may be nil, are added and win over these.
func (n *Net) WriteSafetensors(w io.Writer, dtype string, metadata map[string]string) error {
	encode, ok := encoders[dtype]
	if !ok {
		return fmt.Errorf("models: write safetensors: dtype: want F32 or F16, found %q", dtype)
	}
	header, err := n.header(dtype, metadata)
	if err != nil {
		return fmt.Errorf("models: write safetensors: %w", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("models: write safetensors: %w", err)
	}
	var buf []byte
	for _, p := range n.parameters() {
		for part := range slices.Chunk(p.values, 1<<16) {
			if i := outOfRange(dtype, part); i >= 0 {
				return fmt.Errorf("models: write safetensors: tensor %s: %s cannot hold %v", p.name, dtype, part[i])
			}
			buf = encode(buf[:0], part)
			if _, err := w.Write(buf); err != nil {
				return fmt.Errorf("models: write safetensors: %w", err)
			}
		}
	}
	return nil
}

// outOfRange is the index of the first value that is not finite in the dtype,
// or -1.
func outOfRange(dtype string, values []float32) int {
	if dtype == "F16" {
		return slices.IndexFunc(values, func(v float32) bool { return toHalf(v)&0x7c00 == 0x7c00 })
	}
	return finite(values)
}

// header is the length and the JSON header of the file that WriteSafetensors
// writes, padded with spaces to a multiple of 8 bytes.
func (n *Net) header(dtype string, metadata map[string]string) ([]byte, error) {
	own, err := n.metadata(metadata)
	if err != nil {
		return nil, err
	}
	entries := map[string]any{metadataKey: own}
	at := int64(0)
	for _, p := range n.parameters() {
		if count, ok := volume(p.shape); !ok || count != len(p.values) {
			return nil, fmt.Errorf("tensor %s: want the values of %v, found %d", p.name, p.shape, len(p.values))
		}
		end := at + int64(len(p.values)*itemSize[dtype])
		entries[p.name] = safetensor{Dtype: dtype, Shape: p.shape, Offsets: [2]int64{at, end}}
		at = end
	}
	text, err := json.Marshal(entries) // sorts the keys
	if err != nil {
		return nil, err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), nil
}

func (n *Net) metadata(more map[string]string) (map[string]string, error) {
	preprocessing, err := json.Marshal(n.Preprocessing)
	if err != nil {
		return nil, err
	}
	own := map[string]string{nameKey: n.Name, preprocessingKey: string(preprocessing)}
	if n.Labels != nil {
		labels, err := json.Marshal(n.Labels)
		if err != nil {
			return nil, err
		}
		own[labelsKey] = string(labels)
	}
	if n.Classifier != nil {
		own[classifierKey] = n.Classifier.Layer
	}
	maps.Copy(own, n.Metadata)
	maps.Copy(own, more)
	return own, nil
}
