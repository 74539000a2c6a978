package plugins

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/pjrt"
)

// maxPlugin bounds what an archive may unfold to. Plugins are 200 to 300 MB.
const maxPlugin = 1 << 30

// unpack copies the first regular file that want accepts out of a .tar.gz or
// zip archive (a wheel is one) to path, and checks that it is a plugin.
func unpack(archive string, want func(name string) bool, path string) error {
	walk := unzip
	if strings.HasSuffix(archive, ".tar.gz") {
		walk = untar
	}
	err := walk(archive, want, func(r io.Reader) error { return write(r, path, maxPlugin) })
	if err == nil {
		err = pjrt.Check(path)
	}
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(archive), err)
	}
	return nil
}

var errNoMember = errors.New("the plugin is not in the archive")

func unzip(archive string, want func(string) bool, use func(io.Reader) error) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if !want(f.Name) || !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		return use(r)
	}
	return errNoMember
}

func untar(archive string, want func(string) bool, use func(io.Reader) error) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for files := tar.NewReader(z); ; {
		head, err := files.Next()
		if err == io.EOF {
			return errNoMember
		}
		if err != nil {
			return err
		}
		if want(head.Name) && head.Typeflag == tar.TypeReg {
			return use(files)
		}
	}
}

// write copies r to a new file at path and syncs it. More than limit bytes are
// an error.
func write(r io.Reader, path string, limit int64) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err != nil {
		return err
	}
	if n > limit {
		return fmt.Errorf("expected at most %d bytes, found more", limit)
	}
	return f.Sync()
}
