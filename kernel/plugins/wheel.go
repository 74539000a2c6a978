package plugins

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// wheel is a package of the Python package index that holds a CPU plugin.
type wheel struct {
	Platform         string // "linux/amd64"
	Package, Version string // as pip knows it
	SHA256           string // of the wheel, lower-case hex
	Member           string // the plugin's path in the wheel
}

// cpuWheel is built from jaxlib's XLA, unchanged. Its PJRT API, 0.115, is the nearest to
// the 0.114 that go-xla was tested with, and it ran VGG19 in 0.8 times the time of
// xla-cpu-pjrt 0.0.1 (API 0.81), with the same losses.
var cpuWheel = wheel{
	Platform: "linux/amd64",
	Package:  "lammps-jax-pjrt-cpu",
	Version:  "0.11.2",
	SHA256:   "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
	Member:   "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
}

// fromIndex fetches the wheel for the platform and takes the plugin out of it.
func (s sources) fromIndex(ctx context.Context, work, plugin string, opt InstallOptions) error {
	w := s.wheel
	if w.Platform != s.platform {
		return fmt.Errorf("no plugin for %s, only for %s", s.platform, w.Platform)
	}
	opt.Report(fmt.Sprintf("asking pip for %s %s", w.Package, w.Version))
	archive, err := w.download(ctx, opt.Python, work)
	if err != nil {
		return err
	}
	if err := w.verify(archive); err != nil {
		return err
	}
	opt.Report(fmt.Sprintf("SHA-256 of %s is right, unpacking", filepath.Base(archive)))
	return unpack(archive, func(name string) bool { return name == w.Member }, plugin)
}

// download runs pip, which may read the user's configuration but must not build
// anything: a source package would run its code before its hash is checked. It
// runs in a folder of its own because python -m imports from the current one.
func (w wheel) download(ctx context.Context, python, work string) (string, error) {
	exe, err := exec.LookPath(python)
	if err == nil {
		exe, err = filepath.Abs(exe)
	}
	if err != nil {
		return "", err
	}
	dir := filepath.Join(work, "wheel")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, exe, "-m", "pip", "download", "--no-deps", "--only-binary=:all:",
		"--disable-pip-version-check", "--no-input", "--progress-bar=off", "--dest="+dir, w.Package+"=="+w.Version)
	cmd.Dir = dir
	cmd.WaitDelay = 2 * time.Second // a grandchild may hold the pipe
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("%s -m pip download: %w: %s", python, err, lastLine(stderr.String()))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%s -m pip download: expected 1 wheel, found %d", python, len(found))
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// lastLine returns the last line that holds text: pip ends with its error.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}

// verify compares the file's SHA-256 with the wheel's.
func (w wheel) verify(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if found := fmt.Sprintf("%x", sha256.Sum256(content)); found != w.SHA256 {
		return errors.New("wrong SHA-256: expected " + w.SHA256 + ", found " + found)
	}
	return nil
}
