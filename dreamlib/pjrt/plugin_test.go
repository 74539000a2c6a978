package pjrt

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/pjrt/pjrttest"
)

func TestPluginName(t *testing.T) {
	for file, want := range map[string]string{
		"pjrt_c_api_cpu_plugin.so":           "cpu",
		"pjrt_c_api_cpu_v0.83.1_plugin.so":   "cpu_v0.83.1",
		"pjrt_c_api_cuda_plugin.so":          "cuda",
		"pjrt-plugin-cpu.so":                 "cpu",
		"xla_cuda_plugin.so":                 "cuda",
		"xla_cpu_plugin.so":                  "",
		"pjrt_plugin_cpu.dylib":              "cpu",
		"pjrt_c_api_cpu_plugin.dll":          "cpu",
		"pjrt_c_api_cpu_plugin.so.lock":      "",
		"libpjrt_c_api_cpu_plugin.so":        "",
		"pjrt_c_api_cpu.so":                  "",
		"pjrt_c_api__plugin.so":              "",
		"pjrt_c_api_cpu_v0.114.0_plugin.txt": "",
	} {
		if got := PluginName(file); got != want {
			t.Errorf("PluginName(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestFindChoosesAsGoXLA(t *testing.T) {
	so := pjrttest.Plugin(t)
	for _, c := range []struct {
		name  string
		files []string // in folders a and b, searched in this order
		want  string
	}{
		{"plain", []string{"b/pjrt_c_api_cpu_plugin.so"}, "b/pjrt_c_api_cpu_plugin.so"},
		{"other spelling", []string{"b/pjrt-plugin-cpu.so"}, "b/pjrt-plugin-cpu.so"},
		{"first folder", []string{"a/pjrt_plugin_cpu.so", "b/pjrt_c_api_cpu_plugin.so"}, "a/pjrt_plugin_cpu.so"},
		{"plain before versioned", []string{"a/pjrt_c_api_cpu_v0.83.1_plugin.so", "b/pjrt_c_api_cpu_plugin.so"}, "b/pjrt_c_api_cpu_plugin.so"},
		{"highest version", []string{"a/pjrt_c_api_cpu_v0.83.1_plugin.so", "b/pjrt_c_api_cpu_v0.114.0_plugin.so"}, "b/pjrt_c_api_cpu_v0.114.0_plugin.so"},
		{"not cuda", []string{"a/pjrt_c_api_cuda_plugin.so", "b/pjrt_c_api_cpu_plugin.so"}, "b/pjrt_c_api_cpu_plugin.so"},
		{"not cpux", []string{"a/pjrt_c_api_cpux_plugin.so", "b/pjrt_c_api_cpu_plugin.so"}, "b/pjrt_c_api_cpu_plugin.so"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			for _, f := range c.files {
				pjrttest.Put(t, so, root, f)
			}
			got, err := FindIn("cpu", []string{filepath.Join(root, "a"), filepath.Join(root, "none"), filepath.Join(root, "b")})
			if want := filepath.Join(root, c.want); err != nil || got != want {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
}

// TestFindInJAX wants a CUDA plugin where pip put JAX's.
func TestFindInJAX(t *testing.T) {
	folder := t.TempDir()
	want := pjrttest.Put(t, pjrttest.Plugin(t), folder, "xla_cuda_plugin.so")
	t.Setenv(PathEnv, folder)
	if got, err := Find("cuda"); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got, err := Find("cpu"); err == nil {
		t.Errorf("found %s for a cpu plugin", got)
	}
}

func TestFindNamesWhatIsBroken(t *testing.T) {
	so := pjrttest.Plugin(t)
	long := bytes.Clone(so)
	long[64+32]++ // the size of its segment
	other := elf.EM_S390
	machine := machines[runtime.GOARCH]
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "is empty"},
		{"text", []byte("<html>404 Not Found</html>"), "not an ELF shared object"},
		{"cut short", so[:len(so)-1], "cut short"},
		{"half", so[:len(so)/2], "cut short"},
		{"segment cut short", long, fmt.Sprintf("cut short: expected %d bytes or more, found %d", len(so)+1, len(so))},
		{"program", pjrttest.SharedObject(t, elf.ET_EXEC, machine, entryPoint), "found ET_EXEC"},
		{"other processor", pjrttest.SharedObject(t, elf.ET_DYN, other, entryPoint), "found EM_S390"},
		{"other library", pjrttest.SharedObject(t, elf.ET_DYN, machine, "GetPjrtApi2"), "does not export GetPjrtApi"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			path := pjrttest.Put(t, c.content, folder, "pjrt_c_api_cpu_plugin.so")
			got, err := FindIn("cpu", []string{folder})
			if err == nil {
				t.Fatalf("found %s", got)
			}
			for _, want := range []string{path, c.want} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			good := pjrttest.Put(t, so, folder, "pjrt_c_api_cpu_v0.1_plugin.so")
			if got, err := FindIn("cpu", []string{folder}); err != nil || got != good {
				t.Errorf("beside a good one: got %q, %v", got, err)
			}
		})
	}
	folder := t.TempDir()
	pjrttest.Put(t, so, folder, "pjrt_c_api_cpu_plugin.so", "inside") // so the name is a folder's
	if got, err := FindIn("cpu", []string{folder}); err == nil {
		t.Errorf("found the folder %s", got)
	}
}

func TestFindSaysWhereItLooked(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	t.Setenv(PathEnv, a+":"+b)
	_, err := Find("cpu")
	if missing := (*NotFoundError)(nil); !errors.As(err, &missing) || missing.Kind != "cpu" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{a, b, "dream engines install cpu"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	t.Setenv(PathEnv, "")
	if _, err := Find("cuda"); err == nil || !strings.Contains(err.Error(), "searched no folder") {
		t.Errorf("got %v", err)
	}
	if _, err := Find("tpu"); err == nil || !strings.Contains(err.Error(), `unknown plugin "tpu": expected one of cpu, cuda`) {
		t.Errorf("got %v", err)
	}
}

// A relative folder must not make a relative path: go-xla would take it for a name.
func TestFindReturnsAbsolutePath(t *testing.T) {
	t.Chdir(t.TempDir())
	pjrttest.Put(t, pjrttest.Plugin(t), "lib", "pjrt_c_api_cpu_plugin.so")
	t.Setenv(PathEnv, "lib")
	got, err := Find("cpu")
	if err != nil || !filepath.IsAbs(got) {
		t.Errorf("got %q, %v", got, err)
	}
}
