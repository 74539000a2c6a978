package plugins

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/pjrt"
	"github.com/seed2310110f/godream/dreamlib/pjrt/pjrttest"
)

const member = "xla/plugin.so"

// zipped returns a zip archive of one file.
func zipped(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if e := z.Close(); err != nil || e != nil {
		t.Fatal(err, e)
	}
	return b.Bytes()
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// fakePython writes a program that takes pip's arguments, notes them in
// calls.txt beside itself and runs body with $dest set.
func fakePython(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" >> " + dir + "/calls.txt\n" +
		"for a in \"$@\"; do case $a in --dest=*) dest=${a#--dest=};; esac; done\n" + body + "\n"
	path := pjrttest.Put(t, []byte(script), dir, "python3")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func calls(t *testing.T, python string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(python), "calls.txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

var errNoHost = errors.New("connection refused")

// offline are sources whose release host is out of reach and whose index
// promises a wheel.
func offline(wheelContent []byte) sources {
	return sources{
		platform: "test/cpu",
		release:  func(string) string { return "http://127.0.0.1:1/plugin.tar.gz" },
		wheel:    wheel{Platform: "test/cpu", Package: "some-plugin", Version: "1.2", SHA256: hash(wheelContent), Member: member},
	}
}

// serving is a fake pip that delivers the wheel.
func serving(t *testing.T, wheelContent []byte) string {
	t.Helper()
	path := pjrttest.Put(t, wheelContent, t.TempDir(), "w.whl")
	return fakePython(t, "cp "+path+` "$dest/some_plugin-1.2-py3-none-any.whl"`)
}

// leftovers lists what is in a folder beside the lock and the plugin.
func leftovers(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != ".godream-install.lock" && e.Name() != cpuFile {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestInstallFromIndex(t *testing.T) {
	so := pjrttest.Plugin(t)
	whl := zipped(t, member, so)
	python := serving(t, whl)
	folder := filepath.Join(t.TempDir(), "new", "go-xla")
	pjrttest.Put(t, so[:10], folder, cpuFile)                      // a broken one is replaced
	pjrttest.Put(t, so, folder, workPrefix+"killed", "plugin.tmp") // and what a killed one left goes
	var lines []string
	opt := InstallOptions{Folder: folder, Python: python, Report: func(line string) { lines = append(lines, line) }}
	path, err := offline(whl).install(t.Context(), "cpu", opt)
	if err != nil || path != filepath.Join(folder, cpuFile) {
		t.Fatalf("got %q, %v", path, err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, so) {
		t.Errorf("installed %d bytes, %v, want %d", len(got), err, len(so))
	}
	if left := leftovers(t, folder); left != nil {
		t.Errorf("left behind: %q", left)
	}
	report := strings.Join(lines, "\n")
	for _, want := range []string{"go-xla's releases", "connection refused", "asking pip for some-plugin 1.2", "SHA-256", "installed " + path} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	args := calls(t, python)
	for _, want := range []string{"-m pip download ", " --no-deps ", " --only-binary=:all: ", " some-plugin==1.2"} {
		if !strings.Contains(args[0], want) {
			t.Errorf("python %s\nlacks %q", args[0], want)
		}
	}
	if again, err := offline(whl).install(t.Context(), "cpu", opt); err != nil || again != path {
		t.Errorf("again: got %q, %v", again, err)
	}
	if n := len(calls(t, python)); n != 1 {
		t.Errorf("pip ran %d times, want 1", n)
	}
}

// The default folder is the first that Find searches.
func TestInstallDefaultFolder(t *testing.T) {
	whl := zipped(t, member, pjrttest.Plugin(t))
	a, b := t.TempDir(), t.TempDir()
	t.Setenv(pjrt.PathEnv, a+":"+b)
	path, err := offline(whl).install(t.Context(), "cpu", InstallOptions{Python: serving(t, whl)})
	if err != nil || path != filepath.Join(a, cpuFile) {
		t.Fatalf("got %q, %v", path, err)
	}
	if found, err := pjrt.Find("cpu"); err != nil || found != path {
		t.Errorf("Find: got %q, %v", found, err)
	}
	t.Setenv(pjrt.PathEnv, "")
	if _, err := offline(whl).install(t.Context(), "cpu", InstallOptions{}); err == nil || !strings.Contains(err.Error(), "names no folder") {
		t.Errorf("no folder: got %v", err)
	}
}

func TestInstallFailures(t *testing.T) {
	so := pjrttest.Plugin(t)
	whl := zipped(t, member, so)
	cut := whl[:len(whl)-30]
	none := zipped(t, "xla/readme.txt", so)
	text := zipped(t, member, []byte("no plugin"))
	for _, c := range []struct {
		name    string
		sources sources
		python  string
		want    []string
	}{
		{"wrong hash", offline(whl), serving(t, append(bytes.Clone(whl), 0)),
			[]string{"wrong SHA-256: expected " + hash(whl), "found " + hash(append(bytes.Clone(whl), 0))}},
		{"cut zip", offline(cut), serving(t, cut), []string{"unpack some_plugin-1.2-py3-none-any.whl", "zip"}},
		{"no member", offline(none), serving(t, none), []string{"the plugin is not in the archive"}},
		{"no plugin", offline(text), serving(t, text), []string{"not an ELF shared object"}},
		{"pip fails", offline(whl), fakePython(t, "echo WARNING: retrying >&2; echo 'ERROR: No matching distribution found' >&2; exit 1"),
			[]string{"exit status 1: ERROR: No matching distribution found"}},
		{"no pip", offline(whl), fakePython(t, "echo 'python3: No module named pip' >&2; exit 1"), []string{"No module named pip"}},
		{"no wheel", offline(whl), fakePython(t, ""), []string{"expected 1 wheel, found 0"}},
		{"no python", offline(whl), filepath.Join(t.TempDir(), "python3"), []string{"python3", "no such file"}},
		{"no row", sources{platform: "plan9/mips", release: offline(whl).release, wheel: cpuWheel}, "",
			[]string{"no plugin for plan9/mips, only for linux/amd64"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			path, err := c.sources.install(t.Context(), "cpu", InstallOptions{Folder: folder, Python: c.python})
			if err == nil {
				t.Fatalf("installed %s", path)
			}
			for _, want := range append(c.want, "plugins: install cpu: ", "connection refused") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
			if left := leftovers(t, folder); left != nil {
				t.Errorf("left behind: %q", left)
			}
			if _, err := os.Stat(filepath.Join(folder, cpuFile)); err == nil {
				t.Error("something was installed")
			}
		})
	}
}

func TestInstallUnusableFolder(t *testing.T) {
	file := pjrttest.Put(t, nil, t.TempDir(), "file")
	_, err := offline(nil).install(t.Context(), "cpu", InstallOptions{Folder: filepath.Join(file, "go-xla")})
	if err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got %v", err)
	}
}

func TestWriteToFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	err := write(strings.NewReader("plugin"), "/dev/full", 100)
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
}

func TestWriteIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := write(strings.NewReader("12345"), path, 5); err != nil {
		t.Errorf("5 of 5 bytes: %v", err)
	}
	if err := write(strings.NewReader("123456"), path, 5); err == nil || !strings.Contains(err.Error(), "at most 5 bytes") {
		t.Errorf("6 of 5 bytes: %v", err)
	}
}

func TestInstallTwoAtOnce(t *testing.T) {
	whl := zipped(t, member, pjrttest.Plugin(t))
	python := serving(t, whl)
	folder := t.TempDir()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			path, err := offline(whl).install(t.Context(), "cpu", InstallOptions{Folder: folder, Python: python})
			if err != nil || path != filepath.Join(folder, cpuFile) {
				t.Errorf("got %q, %v", path, err)
			}
		})
	}
	both.Wait()
	if n := len(calls(t, python)); n != 1 {
		t.Errorf("pip ran %d times, want 1", n)
	}
}

func TestInstallCancelled(t *testing.T) {
	folder := t.TempDir()
	for _, at := range []string{"releases", "pip"} {
		ctx, cancel := context.WithCancel(t.Context())
		s := offline(nil)
		if at == "releases" {
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			defer server.Close()
			s.release = func(string) string { return server.URL }
		}
		_, err := s.install(ctx, "cpu", InstallOptions{
			Folder: folder,
			Python: fakePython(t, "exec sleep 60"),
			Report: func(line string) {
				if strings.Contains(line, at) {
					cancel()
				}
			},
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", at, err)
		}
		if left := leftovers(t, folder); left != nil {
			t.Errorf("%s: left behind: %q", at, left)
		}
	}
}

// tarball packs files as go-xla's releases do.
func tarball(t *testing.T, names []string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInstallFromRelease(t *testing.T) {
	so := pjrttest.Plugin(t)
	good := tarball(t, []string{"LICENSE", "./pjrt_c_api_cpu_v0.114.0_plugin.so"}, so)
	for _, c := range []struct {
		name   string
		answer []byte
		want   string // in the report, where the release is of no use
	}{
		{"good", good, ""},
		{"cut", good[:len(good)/2], "unexpected EOF"},
		{"other files", tarball(t, []string{"LICENSE"}, so), "not in the archive"},
		{"error page", nil, "404 Not Found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.answer == nil {
					http.NotFound(w, r)
					return
				}
				w.Write(c.answer)
			}))
			defer server.Close()
			whl := zipped(t, member, so)
			s := offline(whl)
			s.release = func(platform string) string {
				if platform != "test/cpu" {
					t.Errorf("asked for %s", platform)
				}
				return server.URL + "/v0/pjrt_cpu_linux_amd64.tar.gz"
			}
			python := serving(t, whl)
			folder := t.TempDir()
			var report strings.Builder
			path, err := s.install(t.Context(), "cpu", InstallOptions{
				Folder: folder, Python: python, Report: func(line string) { report.WriteString(line + "\n") },
			})
			if err != nil || path != filepath.Join(folder, cpuFile) {
				t.Fatalf("got %q, %v", path, err)
			}
			if asked := calls(t, python)[0] != ""; asked != (c.want != "") {
				t.Errorf("pip was asked: %v", asked)
			}
			if !strings.Contains(report.String(), c.want) {
				t.Errorf("the report lacks %q:\n%s", c.want, report.String())
			}
			if left := leftovers(t, folder); left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestInstallCUDA(t *testing.T) {
	so := pjrttest.Plugin(t)
	s := sources{cuda: func(folder string) error {
		pjrttest.Put(t, so, folder, "nvidia", "pjrt_c_api_cuda_plugin.so")
		return nil
	}}
	folder := filepath.Join(t.TempDir(), "go-xla")
	path, err := s.install(t.Context(), "cuda", InstallOptions{Folder: folder})
	if want := filepath.Join(folder, "nvidia", "pjrt_c_api_cuda_plugin.so"); err != nil || path != want {
		t.Errorf("got %q, %v, want %q", path, err, want)
	}
	s.cuda = func(string) error { return errNoHost }
	if again, err := s.install(t.Context(), "cuda", InstallOptions{Folder: folder}); err != nil || again != path {
		t.Errorf("again: got %q, %v", again, err)
	}
	if _, err = s.install(t.Context(), "cuda", InstallOptions{Folder: filepath.Join(t.TempDir(), "go-xla")}); !errors.Is(err, errNoHost) {
		t.Errorf("a failure: got %v", err)
	}
	if _, err = s.install(t.Context(), "cuda", InstallOptions{Folder: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "called go-xla") {
		t.Errorf("a folder with another name: got %v", err)
	}
	if _, err = s.install(t.Context(), "tpu", InstallOptions{}); err == nil || !strings.Contains(err.Error(), "one of cpu, cuda") {
		t.Errorf("another kind: got %v", err)
	}
}
