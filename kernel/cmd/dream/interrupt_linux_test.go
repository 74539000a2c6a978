package main

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// written waits until a byte is written to a file in folder, and then calls do.
// Making the file does not count.
func written(t *testing.T, folder string) *os.File {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		t.Skip("cannot watch a folder: ", err)
	}
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_MODIFY); err != nil {
		t.Fatal(err)
	}
	watch := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { watch.Close() })
	if err := watch.SetReadDeadline(time.Now().Add(patient)); err != nil {
		t.Fatal(err)
	}
	return watch
}

// Killed while it writes the result, the program leaves the old file whole, and
// its own half file under a name that says whose it is.
func TestKillWhileWriting(t *testing.T) {
	picture := putPicture(t, t.TempDir(), "photo.png", colors(2000, 1500))
	t.Chdir(t.TempDir())
	put(t, ".", "out.png", []byte("old"))
	watch := written(t, ".")
	p := start(t, slices.Concat([]string{"run"}, quick, []string{"--iterations", "0", picture, "-o", "out.png"})...)
	if _, err := watch.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	p.signal(os.Kill)
	if _, status := p.end(); !status.Signaled() {
		t.Fatalf("it was faster: status %#x", status)
	}
	held := files(t, ".")
	if held["out.png"] != "old" {
		t.Errorf("the old file is %d bytes now", len(held["out.png"]))
	}
	delete(held, "out.png")
	for name := range held {
		if len(held) > 1 || !strings.HasPrefix(name, ".godream-") || !strings.HasSuffix(name, ".tmp") {
			t.Errorf("left %q", name)
		}
	}
}
