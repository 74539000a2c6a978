package models

import (
	"io"
	"math"
	"slices"
)

// directory is what every weight format is read into: the tensors by name,
// with their data still in the file, and the text that the file carries.
type directory struct {
	tensors  map[string]tensor
	metadata map[string]string
}

// maxRank bounds the dimensions of a tensor, and so the text of an error that
// prints them.
const maxRank = 8

// tensor is one entry of a directory. The reader of the format has made sure
// that the shape is a volume and that its values lie within the file, so their
// number is safe to allocate.
type tensor struct {
	dtype string // as safetensors spells it: F32, F16, BF16, F64, I64 ...
	shape []int  // outermost dimension first; empty for a scalar

	// strides are the steps between neighbours along each dimension, in
	// values. nil means row-major; otherwise see dense.
	strides []int

	// open gives the raw little-endian values. It may give more after them,
	// and checks a checksum, where there is one, at the very end.
	open func() (io.ReadCloser, error)
}

// values reads the tensor, whose dtype has a decoder, as float32 in row-major
// order.
func (t tensor) values() ([]float32, error) {
	r, err := t.open()
	if err != nil {
		return nil, readError(err)
	}
	defer r.Close()
	const chunk = 1 << 18 // values, so at most 1 MiB is read at a time
	n, _ := volume(t.shape)
	out, size := make([]float32, n), itemSize[t.dtype]
	buf := make([]byte, min(n, chunk)*size)
	for rest := out; len(rest) > 0; {
		part := rest[:min(len(rest), chunk)]
		rest = rest[len(part):]
		if _, err := io.ReadFull(r, buf[:len(part)*size]); err != nil {
			return nil, readError(err)
		}
		decoders[t.dtype](part, buf)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // to the checksum
		return nil, readError(err)
	}
	if t.strides != nil {
		out = rowMajor(out, t.shape, t.strides)
	}
	return out, nil
}

// volume is the number of values in a shape, and whether it is one: no
// dimension is negative and the product fits a slice of any dtype.
func volume(shape []int) (int, bool) {
	const most = math.MaxInt / 16
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > most/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// dense reports whether the strides number the values of the shape 0 to n-1
// without gap or overlap, that is, whether the tensor is a row-major one with
// its dimensions permuted, such as torch's channels_last.
func dense(shape, strides []int) bool {
	order := make([]int, 0, len(shape))
	for d, size := range shape {
		if size != 1 { // the stride of a dimension of one value is never used
			order = append(order, d)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return strides[a] - strides[b] })
	step := 1
	for _, d := range order {
		if strides[d] != step {
			return false
		}
		step *= shape[d]
	}
	return true
}

// isRowMajor reports whether a dense tensor lies in row-major order.
func isRowMajor(shape, strides []int) bool {
	step := 1
	for d := len(shape) - 1; d >= 0; d-- {
		if shape[d] != 1 && strides[d] != step {
			return false
		}
		step *= shape[d]
	}
	return true
}

// rowMajor puts values that lie with the given dense strides into row-major
// order.
func rowMajor(values []float32, shape, strides []int) []float32 {
	out := make([]float32, len(values))
	at := make([]int, len(shape)) // the index of out[i]
	from := 0                     // the same place among values
	for i := range out {
		out[i] = values[from]
		for d := len(shape) - 1; d >= 0; d-- {
			at[d]++
			from += strides[d]
			if at[d] < shape[d] {
				break
			}
			from -= at[d] * strides[d]
			at[d] = 0
		}
	}
	return out
}
