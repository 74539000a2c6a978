package models

import (
	"archive/zip"
	"io"
	"path"
)

// archive is a torch file of 1.6 and later: a zip of the pickle
// ROOT/data.pkl, the storages ROOT/data/KEY, and ROOT/byteorder.
type archive struct {
	root    string // with its slash
	size    int64  // of the file
	entries map[string]*zip.File
}

// readZip lists the tensors of a torch file of 1.6 and later.
func readZip(file *io.SectionReader) (directory, error) {
	a, err := openArchive(file)
	if err != nil {
		return directory{}, err
	}
	if _, ok := a.entries[a.root+"constants.pkl"]; ok {
		return directory{}, UnsupportedError("TorchScript: want a state_dict")
	}
	if _, ok := a.entries[a.root+"byteorder"]; ok { // older files have none and are little-endian
		order, err := a.read("byteorder", 16)
		if err != nil {
			return directory{}, err
		}
		if string(order) != "little" {
			return directory{}, unsupportedf("byte order: want little, found %q", order)
		}
	}
	data, err := a.read("data.pkl", maxPickle)
	if err != nil {
		return directory{}, err
	}
	value, _, err := unpickle(data, storages{}.load)
	if err != nil {
		return directory{}, err
	}
	return stateDirectory(value, a.locate)
}

func openArchive(file *io.SectionReader) (*archive, error) {
	z, err := zip.NewReader(file, file.Size())
	if err != nil {
		return nil, within("zip", readError(err))
	}
	a := &archive{size: file.Size(), entries: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if _, twice := a.entries[f.Name]; twice {
			return nil, invalidf("zip: entry %.100q is there twice", f.Name)
		}
		a.entries[f.Name] = f
		if root, base := path.Split(f.Name); base == "data.pkl" {
			if a.root != "" {
				return nil, FormatError("zip: data.pkl is there twice")
			}
			a.root = root
		}
	}
	if a.root == "" {
		return nil, FormatError("zip: no folder with a data.pkl, so it is not a torch file")
	}
	return a, nil
}

// read gives a whole small entry.
func (a *archive) read(name string, limit uint64) ([]byte, error) {
	f := a.entries[a.root+name]
	if f.UncompressedSize64 > limit {
		return nil, unsupportedf("%s: want at most %d bytes, found %d", name, limit, f.UncompressedSize64)
	}
	r, err := openEntry(f)
	if err != nil {
		return nil, within(name, readError(err))
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, within(name, readError(err))
	}
	return data, nil
}

// deflateRatio is the most that deflate can shrink data (zlib, Technical
// Details).
const deflateRatio = 1032

// locate finds a storage's entry, and checks the sizes that the zip gives for it
// against the size of the file.
func (a *archive) locate(s *storage) (extent, error) {
	f, ok := a.entries[a.root+"data/"+s.key]
	if !ok {
		return nil, invalidf("storage %.100q is missing", s.key)
	}
	most := f.CompressedSize64
	if f.Method != zip.Store {
		most = min(most, uint64(a.size)) * deflateRatio
	}
	item := uint64(itemSize[s.dtype])
	switch {
	case f.CompressedSize64 > uint64(a.size), f.UncompressedSize64 > most:
		return nil, invalidf("storage %.100q: want %d bytes, packed into %d, found a file of %d",
			s.key, f.UncompressedSize64, f.CompressedSize64, a.size)
	case f.UncompressedSize64/item < uint64(s.count):
		return nil, invalidf("storage %.100q: want %d values of %s, found %d bytes",
			s.key, s.count, s.dtype, f.UncompressedSize64)
	}
	return func(skip int64) (io.ReadCloser, error) {
		r, err := openEntry(f)
		if err != nil {
			return nil, err
		}
		if _, err := io.CopyN(io.Discard, r, skip); err != nil {
			r.Close()
			return nil, err
		}
		return r, nil
	}, nil
}

// openEntry opens an entry and checks its checksum at the end. torch can leave
// checksums out (set_crc32_options), and writes zero then.
func openEntry(f *zip.File) (io.ReadCloser, error) {
	if f.CRC32 != 0 || f.Method != zip.Store {
		return f.Open()
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.LimitReader(r, int64(f.UncompressedSize64))), nil
}
