package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

func TestRunIntoReadOnlyFolder(t *testing.T) {
	picture, folder := photo(t), t.TempDir()
	out := put(t, folder, "out.png", []byte("old"))
	faulttest.ReadOnly(t, folder)
	wantMistake(t, dreamQuickly(t, picture, "-o", out), terminal.ExitFailed, "cannot make a file in folder "+folder+": permission denied")
	if held := files(t, folder); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("the folder holds %q", held)
	}
}

func TestRunOntoFullDisk(t *testing.T) {
	picture, folder := putPicture(t, t.TempDir(), "photo.png", colors(300, 300)), t.TempDir()
	faulttest.SmallDisk(t, folder)
	out := put(t, folder, "out.png", []byte("old"))
	o := dreamQuickly(t, picture, "-o", out, "--octaves", "1", "--depth", "16")
	if o.exit != terminal.ExitFailed || o.stdout != "" || !strings.HasSuffix(o.stderr, "\ndream: write "+out+": no space left on device\n") {
		t.Errorf("exit %d, printed %q and %q", o.exit, o.stdout, o.stderr)
	}
	if held := files(t, folder); !maps.Equal(held, map[string]string{"out.png": "old"}) {
		t.Errorf("the folder holds %d files, out.png %.20q", len(held), held["out.png"])
	}
}
