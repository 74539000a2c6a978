package folder

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// TestAppendOnAFullDisk wants the manifest as it was when there is no room for a
// record, and nothing lost when there is room again.
func TestAppendOnAFullDisk(t *testing.T) {
	g := gridtest.Parse(t, "axes: [{seed: [1, 2]}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10))
	jobs, path := gridtest.Jobs(t, g), t.TempDir()
	faulttest.SmallDisk(t, path)
	f, err := Create(path, g, jobs)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Append(done(t, f, jobs[0])); err != nil {
		t.Fatal(err)
	}
	second := done(t, f, jobs[1])
	before := readFile(t, filepath.Join(path, manifestFile))
	large := second
	large.Notes = []string{strings.Repeat("long ", 1<<15)}
	if err := f.Append(large); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a full disk", err)
	}
	if after := readFile(t, filepath.Join(path, manifestFile)); !bytes.Equal(before, after) {
		t.Errorf("the manifest has %d bytes, and had %d", len(after), len(before))
	}
	if missing := f.Missing(); len(missing) != 1 {
		t.Errorf("missing are %v", missing)
	}
	if err := f.Append(second); err != nil {
		t.Fatal(err)
	}
	if again := opened(t, path); len(again.Missing()) != 0 || len(again.Damaged()) != 0 {
		t.Errorf("missing are %v, damaged %v", again.Missing(), again.Damaged())
	}
}

func TestCreateWhereNothingCanBeWritten(t *testing.T) {
	g := gridtest.Parse(t, "axes: []", gridtest.WriteImage(t, t.TempDir(), "a.png", 10))
	jobs, path := gridtest.Jobs(t, g), t.TempDir()
	faulttest.ReadOnly(t, path)
	if _, err := Create(filepath.Join(path, "out"), g, jobs); !errors.Is(err, os.ErrPermission) || !strings.HasPrefix(err.Error(), "sweep: folder "+path) {
		t.Errorf("got %v", err)
	}
}
