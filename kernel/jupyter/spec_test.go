package jupyter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstall(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "kernels")
	if list, err := List(folder); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, name := range []string{"dream", "other.1", "dream"} { // the last in place of the first
		if _, err := Install(folder, name, NewSpec("Dream (Go)", []string{"/bin/dream", "kernel", "run"})); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, "python3"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "python3", "kernel.json"), []byte(`{"argv":["python"]}`), 0o666); err != nil {
		t.Fatal(err)
	}
	list, err := List(folder)
	if err != nil || len(list) != 2 || list[0].Name != "dream" || strings.Join(list[0].Spec.Argv, " ") != "/bin/dream kernel run {connection_file}" ||
		list[0].Spec.InterruptMode != "message" || list[0].Spec.Language != "go" {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := Uninstall(folder, "python3"); err == nil || !strings.Contains(err.Error(), `there is no dream kernel "python3"`) {
		t.Errorf("found %v", err)
	}
	if err := Uninstall(folder, "dream"); err != nil {
		t.Error(err)
	}
	if list, err := List(folder); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	for _, name := range []string{"", "..", "a/b", "sp ace"} {
		if _, err := Install(folder, name, Spec{}); err == nil {
			t.Errorf("took %q for a name", name)
		}
	}
}

func TestUserFolder(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", "/data")
	if dir, err := UserFolder(); err != nil || dir != filepath.Join("/data", "kernels") {
		t.Errorf("%s, %v", dir, err)
	}
}

func TestMatching(t *testing.T) {
	list := []entry{{1, "a := 1", ""}, {2, "b := 2\nb", ""}, {3, "a := 1", ""}}
	for pattern, want := range map[string]int{"*": 3, "a*": 2, "?*2*b": 1, "a": 0, "[a]*": 0, "": 0} {
		if got := matching(list, pattern, false); len(got) != want {
			t.Errorf("%q: found %v, want %d", pattern, got, want)
		}
	}
	if got := matching(list, "a*", true); len(got) != 1 || got[0].line != 3 {
		t.Errorf("found %v", got)
	}
}
