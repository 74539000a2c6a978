package models

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// FormatError says that a file is not a weight file, or is a corrupt one, or
// holds something else than a VGG network.
type FormatError string

func (e FormatError) Error() string { return "models: invalid weight file: " + string(e) }

// UnsupportedError says that a file is valid, but uses a feature that is not
// implemented.
type UnsupportedError string

func (e UnsupportedError) Error() string { return "models: unsupported weight file: " + string(e) }

func invalidf(format string, values ...any) error { return FormatError(fmt.Sprintf(format, values...)) }

func unsupportedf(format string, values ...any) error {
	return UnsupportedError(fmt.Sprintf(format, values...))
}

// LoadFile reads the weight file at path, as Load does. Its errors name path.
func LoadFile(path string) (*Net, error) { return readFile(path, Load) }

// OutlineFile reads what Outline does of the weight file at path. Its errors name
// path.
func OutlineFile(path string) (*Net, error) { return readFile(path, Outline) }

func readFile(path string, read func(io.ReaderAt, int64, string) (*Net, error)) (*Net, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("models: %s: want a file, found a %s", path, kindOf(info.Mode()))
	}
	return read(f, info.Size(), path)
}

func kindOf(mode os.FileMode) string {
	if mode.IsDir() {
		return "directory"
	}
	return "device, pipe or socket"
}

// Load reads a VGG feature extractor from the size bytes of r. The format is
// told by the content, never by the name:
//
//   - torch.save of a state_dict, zip (torch 1.6 and later) or legacy, bare or
//     under the key "state_dict" or "model"; the pickle is read with an
//     allow-list and nothing in it runs;
//   - safetensors, with torchvision's or timm's names.
//
// Values are F32, F16 or BF16 and become float32. The depth and the widths come
// from the tensors. A classifier is read only where a safetensors file says which
// layer it goes by; the published ones are known, and left alone. A
// missing, unexpected, misshapen or non-finite tensor is an error that names
// it. The result has ImageNet preprocessing unless a safetensors file says
// otherwise, see WriteSafetensors.
//
// name is what errors call the file, and Net.Name is its base without the
// extension, unless the file carries a name. The error is a FormatError, an
// UnsupportedError, or one that wraps what r gave. Load reads r from two
// goroutines, because Net.SHA256 covers every byte, and has stopped when it
// returns.
func Load(r io.ReaderAt, size int64, name string) (*Net, error) {
	net, err := load(r, size)
	return named(net, name, err)
}

// Outline is Load without the values of the convolutions: Kernel and Bias are
// nil, SHA256 is empty, and little of r is read. So work that depends on a
// network's layers alone can begin before 575 MB of weights are there.
func Outline(r io.ReaderAt, size int64, name string) (*Net, error) {
	net, err := sketch(r, size)
	return named(net, name, err)
}

func sketch(r io.ReaderAt, size int64) (*Net, error) {
	d, err := list(r, size)
	if err != nil {
		return nil, err
	}
	return outline(d)
}

// named finishes a net that was read from a file of some name, or its error.
func named(net *Net, name string, err error) (*Net, error) {
	switch err = within(name, err); err.(type) {
	case nil:
	case FormatError, UnsupportedError:
		return nil, err
	default:
		return nil, fmt.Errorf("models: %w", err)
	}
	if net.Name == "" {
		base := filepath.Base(name)
		net.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return net, nil
}

// list lists the tensors in the size bytes of r.
func list(r io.ReaderAt, size int64) (directory, error) {
	if size < 0 {
		return directory{}, invalidf("size: want a number of bytes, found %d", size)
	}
	file := io.NewSectionReader(r, 0, size) // any offset beyond it is io.EOF
	read, err := sniff(file)
	if err != nil {
		return directory{}, err
	}
	return read(file)
}

// load decodes the network while a second goroutine hashes the file: hashing
// 575 MB takes longer than decoding the 80 MB that are needed.
func load(r io.ReaderAt, size int64) (*Net, error) {
	d, err := list(r, size)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var sum string
	var sumErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		sum, sumErr = digest(ctx, io.NewSectionReader(r, 0, size))
	}()
	net, err := build(d)
	if err != nil {
		stop()
	}
	<-done
	if err != nil {
		return nil, err
	}
	if sumErr != nil {
		return nil, readError(sumErr)
	}
	net.SHA256 = sum
	return net, nil
}

// digest is the SHA-256 of all that r holds, in hex.
func digest(ctx context.Context, r io.Reader) (string, error) {
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for ctx.Err() == nil {
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", ctx.Err()
}

// reader lists the tensors of one format.
type reader func(file *io.SectionReader) (directory, error)

// sniff chooses the reader by the first bytes of the file.
func sniff(file *io.SectionReader) (reader, error) {
	head := make([]byte, min(file.Size(), 16))
	if _, err := file.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, readError(err)
	}
	switch {
	case len(head) == 0:
		return nil, FormatError("the file is empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return readZip, nil
	case len(head) > 8 && head[8] == '{': // after 8 bytes of length
		return readSafetensors, nil
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5: // a pickle's protocol
		return readLegacy, nil
	case isHDF5(file):
		return nil, UnsupportedError("HDF5 (Keras): want a torch .pth or a .safetensors file")
	}
	return nil, invalidf("want a torch .pth or a .safetensors file, found one that begins %q", head)
}

// isHDF5 looks for the signature at 0, 512, 1024, 2048 and so on: a user block
// may stand before it (HDF5 File Format Specification 3.0, section II.A).
func isHDF5(file *io.SectionReader) bool {
	const signature = "\x89HDF\r\n\x1a\n"
	var found [len(signature)]byte
	for at := int64(0); at < min(file.Size(), 1<<40); at = max(512, 2*at) {
		if _, err := file.ReadAt(found[:], at); err == nil && string(found[:]) == signature {
			return true
		}
	}
	return false
}

// within says where an error happened and keeps its type.
func within(place string, err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case FormatError:
		return FormatError(place + ": " + string(e))
	case UnsupportedError:
		return UnsupportedError(place + ": " + string(e))
	}
	return fmt.Errorf("%s: %w", place, err)
}

// readError tells an error of the file's content from one of its medium, which
// stays as it is.
func readError(err error) error {
	var deflate flate.CorruptInputError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return FormatError("the file is truncated")
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.As(err, &deflate):
		return FormatError(err.Error())
	case errors.Is(err, zip.ErrAlgorithm):
		return UnsupportedError(err.Error())
	}
	return err
}
