package folder

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestHalvesAreRemoved wants what a killed process was writing gone, and nothing else.
func TestHalvesAreRemoved(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{seed: [1, 2]}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	finish(t, f)
	f.Close()
	picture, address := filepath.Join(f.path, picturesDir, ".godream-1.tmp"), filepath.Join(f.path, QueueDir, ".godream-2")
	page := filepath.Join(f.path, ".godream-3.tmp")
	for _, half := range []string{picture, address, page} {
		if err := os.WriteFile(half, []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	again := opened(t, f.path)
	if !exists(picture) || !exists(address) {
		t.Error("a reader removed what another process may be writing")
	}
	if err := again.Lock(); err != nil || len(again.Missing()) != 0 {
		t.Fatalf("%v, missing are %v", err, again.Missing())
	}
	defer again.Close()
	if exists(picture) || exists(address) || !exists(page) {
		t.Errorf("there are picture: %v, address: %v, page: %v", exists(picture), exists(address), exists(page))
	}
}

// TestAddressIsItsOwners wants a token read by nobody else, also in a folder that
// was copied, and no address half written.
func TestAddressIsItsOwners(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, QueueDir, addressFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadAddress(folder); err == nil || !strings.Contains(err.Error(), path+": unexpected end of JSON input: without that file") {
		t.Errorf("got %v", err)
	}
	before, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	want := Address{Queue: "q", URL: "nats://token@host"}
	if err := want.Write(folder); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadAddress(folder); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if text, err := io.ReadAll(before); err != nil || string(text) != "{" {
		t.Errorf("the old file became %q, %v: a kill would have left it so", text, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left are %v, %v", entries, err)
	}
}
