package main

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestRunIntoReadOnlyFolder(t *testing.T) {
	picture, folder := photo(t), t.TempDir()
	out := put(t, folder, "out.png", []byte("old"))
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(folder, 0o755)
	if os.Getuid() == 0 {
		// Root may write anywhere, so this thread becomes nobody to the file system
		// for a while. Nobody needs a way to the folder.
		if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
			t.Fatal(err)
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Skip("cannot act as nobody: ", err)
		}
		defer syscall.Setfsuid(0)
	}
	wantMistake(t, dreamQuickly(t, picture, "-o", out), exitFailed, "cannot make a file in folder "+folder+": permission denied")
	if held := files(t, folder); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("the folder holds %q", held)
	}
}

func TestRunOntoFullDisk(t *testing.T) {
	// A small disk that this thread alone sees. It is not unlocked and ends with
	// the test.
	picture, folder := putPicture(t, t.TempDir(), "photo.png", colors(300, 300)), t.TempDir()
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
	defer syscall.Unmount(folder, 0)
	out := put(t, folder, "out.png", []byte("old"))
	o := dreamQuickly(t, picture, "-o", out, "--octaves", "1", "--depth", "16")
	if o.exit != exitFailed || o.stdout != "" || !strings.HasSuffix(o.stderr, "\ndream: write "+out+": no space left on device\n") {
		t.Errorf("exit %d, printed %q and %q", o.exit, o.stdout, o.stderr)
	}
	if held := files(t, folder); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("the folder holds %d files, out.png %.20q", len(held), held["out.png"])
	}
}
