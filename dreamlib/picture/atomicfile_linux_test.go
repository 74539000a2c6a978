package picture

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
)

func TestWriteKeepsPermissionsAndLinks(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "out.txt"), filepath.Join(dir, "link.txt")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o664); err != nil { // past any umask
		t.Fatal(err)
	}
	if err := os.Symlink("out.txt", link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFileAtomic(link, writing("new")); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, map[string]string{"out.txt": "new", "link.txt": "new"})
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("got %v, %v, want the old file's permissions", info.Mode(), err)
	}
}

func TestWriteThroughLinksToNothing(t *testing.T) {
	dir := t.TempDir()
	for link, to := range map[string]string{"a": "b", "b": filepath.Join(dir, "c"), "left": "right", "right": "left"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFileAtomic(filepath.Join(dir, "a"), writing("new")); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"a", "b"} {
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("link %s is gone: %v, %v", link, info, err)
		}
	}
	if info, err := os.Lstat(filepath.Join(dir, "c")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("got %v, %v, want a file", info, err)
	}
	if err := WriteFileAtomic(filepath.Join(dir, "left"), writing("new")); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("got %v, want ELOOP", err)
	}
}

func TestWriteIntoReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.png")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	faulttest.ReadOnly(t, dir)
	err := Write(path, New(1, 1), Options{})
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want fs.ErrPermission", err)
	}
	wantLine(t, err, "picture: write "+path+": cannot make a file in folder "+dir+": permission denied")
	wantFolder(t, dir, map[string]string{"out.png": "old"})
}

func TestWriteToFullDisk(t *testing.T) {
	dir := t.TempDir()
	faulttest.SmallDisk(t, dir)
	path := filepath.Join(dir, "out.png")
	if err := WriteFileAtomic(path, writing("old")); err != nil {
		t.Fatal(err)
	}
	m := noisePicture(300, 300, 2).Image()
	err := Write(path, m, Options{})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
	wantLine(t, err, "picture: write "+path+": no space left on device")
	wantFolder(t, dir, map[string]string{"out.png": "old"})
	err = WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(make([]byte, 32<<10))
		return err
	})
	if err != nil {
		t.Errorf("the disk is still full: %v", err)
	}
}
