package pjrt

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/pjrt/pjrttest"
)

func TestFoldersFromEnvironment(t *testing.T) {
	for list, want := range map[string][]string{
		"/a":     {"/a"},
		"/a::/b": {"/a", "/b"},
		"x:/a:":  {"x", "/a"},
		"":       {},
	} {
		t.Setenv(PathEnv, list)
		if got := Folders(); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", list, got, want)
		}
	}
}

func TestFoldersOnLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the folders are Linux's")
	}
	t.Setenv(PathEnv, "") // so that it is restored
	os.Unsetenv(PathEnv)
	t.Setenv("HOME", "/home/me")
	t.Setenv("LD_LIBRARY_PATH", "/opt/lib:relative::/opt/lib64")
	want := []string{
		"/home/me/.local/lib/go-xla", "/home/me/.local/lib/go-xla/nvidia", "/home/me/.local/lib/gomlx/pjrt",
		"/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt",
		"/opt/lib", "/opt/lib64",
	}
	got := Folders()
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got  %q\nwant %q first", got, want)
	}
	t.Setenv("HOME", "")
	if got := Folders(); len(got) == 0 || got[0] != "/usr/local/lib/go-xla" {
		t.Errorf("without a home: got %q", got)
	}
}

func TestLoaderFolders(t *testing.T) {
	dir := t.TempDir()
	main := pjrttest.Put(t, []byte("# a comment\n /usr/lib \n\ninclude "+dir+"/conf.d/*.conf\n/last\n"), dir, "ld.so.conf")
	pjrttest.Put(t, []byte("/one\n#/no\n"), dir, "conf.d", "1.conf")
	pjrttest.Put(t, []byte("/two\ninclude "+main+"\n"), dir, "conf.d", "2.conf") // includes its includer
	pjrttest.Put(t, []byte("/no\n"), dir, "conf.d", "3.txt")
	got := loaderFolders(main, 6)
	if want := []string{"/usr/lib", "/one", "/two", "/last"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := loaderFolders(filepath.Join(dir, "none"), 0); got != nil {
		t.Errorf("a missing file gives %q", got)
	}
}
