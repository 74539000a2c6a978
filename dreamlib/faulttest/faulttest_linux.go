package faulttest

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// ReadOnly forbids the calling test to write to a folder of its own.
func ReadOnly(t *testing.T, folder string) {
	t.Helper()
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o755) })
	if os.Getuid() != 0 {
		return
	}
	// Root may write anywhere, so this thread becomes nobody to the file system
	// for a while. Nobody needs a way to the folder.
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	if err := syscall.Setfsuid(65534); err != nil {
		t.Skip("cannot act as nobody: ", err)
	}
	t.Cleanup(func() { syscall.Setfsuid(0) })
}

// SmallDisk puts an empty disk of 64 KiB on a folder. The calling test's thread
// alone sees it; it is not unlocked and ends with the test.
func SmallDisk(t *testing.T, folder string) {
	t.Helper()
	runtime.LockOSThread()
	err := syscall.Unshare(syscall.CLONE_NEWNS)
	if err == nil {
		err = syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	}
	if err == nil {
		err = syscall.Mount("none", folder, "tmpfs", 0, "size=64k")
	}
	if err != nil {
		t.Skip("needs a disk of its own: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, 0) })
}
