package picture

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// wantFolder checks that a folder holds just these files with these contents.
func wantFolder(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("want %d files, found %v", len(want), entries)
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, text)
		}
	}
}

func TestWriteFileAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.txt")
	for _, text := range []string{"first", "second"} {
		if err := WriteFileAtomic(path, writing(text)); err != nil {
			t.Fatal(err)
		}
		wantFolder(t, dir, map[string]string{"out.txt": text})
	}
	failed := errors.New("the writer gave up")
	err := WriteFileAtomic(path, func(w io.Writer) error {
		if err := writing("half of the thi")(w); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v, want the writer's error", err)
	}
	wantLine(t, err, "picture: write "+path+": the writer gave up")
	wantFolder(t, dir, map[string]string{"out.txt": "second"})

	mustPanic(t, func() { _ = WriteFileAtomic(path, func(io.Writer) error { panic("in the middle") }) })
	wantFolder(t, dir, map[string]string{"out.txt": "second"})
}

func TestWriteFileAtomicNeedsAPlace(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir: "want a file, found a folder",
		filepath.Join(dir, "no", "such", "folder.png"): "cannot make a file in folder " + filepath.Join(dir, "no", "such") + ": no such file or directory",
		os.DevNull: "want a file, found a folder or device",
	} {
		err := WriteFileAtomic(path, func(io.Writer) error { t.Error("written all the same"); return nil })
		wantLine(t, err, "picture: write "+path+": ")
		wantLine(t, err, want)
	}
	wantFolder(t, dir, nil)
}
