package main

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

func TestRunRefusesBadOutputs(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := putPicture(t, ".", "photo.png", colors(40, 30))
	if err := os.Mkdir("folder.png", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("photo.png", "link.png"); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("photo.png", "hard.png"); err != nil {
		t.Fatal(err)
	}
	put(t, ".", "file", nil)
	before := files(t, ".")
	for out, c := range map[string]struct {
		exit int
		want string
	}{
		"folder.png":       {terminal.ExitFailed, "write folder.png: want a file, found a folder"},
		"none/out.png":     {terminal.ExitFailed, "write none/out.png: cannot make a file in folder none: no such file or directory"},
		"file/out.png":     {terminal.ExitFailed, "write file/out.png: not a directory"},
		"photo.png":        {terminal.ExitUsage, "output photo.png is the picture itself: want another name"},
		"./photo.png":      {terminal.ExitUsage, "output ./photo.png is the picture itself"},
		"link.png":         {terminal.ExitUsage, "output link.png is the picture itself"},
		"hard.png":         {terminal.ExitUsage, "output hard.png is the picture itself"},
		"folder.png/a.gif": {terminal.ExitUsage, `found ".gif"`},
	} {
		wantMistake(t, dreamQuickly(t, picture, "-o", out), c.exit, c.want)
	}
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// That a JPEG cannot hold the picture is an error before the dream, not after.
func TestRunRefusesAJPEGOfATransparentPicture(t *testing.T) {
	t.Chdir(t.TempDir())
	m := colors(40, 30)
	m.Pix[3] = 254
	putPicture(t, ".", "glass.png", m)
	put(t, ".", "out.jpg", []byte("old"))
	before := files(t, ".")
	wantMistake(t, dreamQuickly(t, "glass.png", "-o", "out.jpg"), terminal.ExitFailed,
		"write out.jpg: jpeg: want an opaque picture, found transparent pixels: only .png holds them")
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// An output that is a link keeps being one, and what it points to is replaced.
func TestRunWritesThroughLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	picture, there := photo(t), t.TempDir()
	if err := os.Symlink(filepath.Join(there, "real.png"), "link.png"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // once where nothing is, once where the first is
		must(t, dreamQuickly(t, picture, "-o", "link.png"))
		readDream(t, filepath.Join(there, "real.png"))
	}
	if info, err := os.Lstat("link.png"); err != nil || info.Mode().IsRegular() {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
}
