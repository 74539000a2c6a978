package work

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/folder"
)

// smallDisk mounts a disk of so many kB.
func smallDisk(t *testing.T, kB int) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, fmt.Sprintf("size=%dk", kB)); err != nil {
		t.Skip("needs the right to mount a small disk: ", err)
	}
	t.Cleanup(func() { // also while a process that another test has just begun holds its files
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func grow(t *testing.T, folder string, kB int) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", kB)); err != nil {
		t.Fatal(err)
	}
}

// fill takes all but some of a disk.
func fill(t *testing.T, folder string, but int) {
	t.Helper()
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "full"), make([]byte, int(disk.Bavail)*int(disk.Bsize)-but), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runFull runs a sweep whose disk is full when the second job is done, and returns how
// it ended.
func runFull(t *testing.T, f *folder.Folder, disk, url string) error {
	t.Helper()
	h := holdingGo(t)
	o := quickly(url)
	o.Workers, o.dream = 1, h.hold
	r := runs(t, f, o)
	<-h.begins
	h.goOn <- struct{}{}
	r.next()
	<-h.begins
	fill(t, disk, 0)
	h.goOn <- struct{}{}
	return r.end()
}

// The collector's disk is full: the sweep ends and says so, the queue keeps what could
// not be written, and with room again it goes on.
func TestDiskFullAtTheCollector(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	disk := smallDisk(t, 1024)
	f := folderAt(t, filepath.Join(disk, "sweep"), g)
	defer f.Close()
	if err := runFull(t, f, disk, url); !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), "sweep: ") {
		t.Fatal("the run ended with ", err)
	}
	if records, found := lines(t, f), pictures(t, f); len(records) != 1 || len(found) != 1 {
		t.Errorf("%d records and %d pictures, want one whole job", len(records), len(found))
	}
	grow(t, disk, 4096)
	mustRun(t, f, quickly(url))
	wantWhole(t, f, want)
	for _, r := range lines(t, f) {
		if r.Tries != 1 {
			t.Errorf("%v was done again", r.Point)
		}
	}
}

// The same with the queue on the same disk.
func TestDiskFullUnderTheQueue(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	disk := smallDisk(t, 4096)
	f := folderAt(t, filepath.Join(disk, "sweep"), g)
	defer f.Close()
	err := runFull(t, f, disk, "")
	if err == nil || !strings.Contains(err.Error(), "no space left on device") && !strings.Contains(err.Error(), "insufficient") {
		t.Fatal("the run ended with ", err)
	}
	t.Log(err)
	grow(t, disk, 16384)
	mustRun(t, f, quickly(""))
	wantWhole(t, f, want)
}
