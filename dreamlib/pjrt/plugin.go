// Package pjrt finds XLA's PJRT plugins, the shared libraries that GoMLX's XLA
// engine loads. It loads none itself and needs no cgo.
//
//	path, err := pjrt.Find("cpu")
//	if err != nil {
//		return err // says which folders were searched
//	}
//	backend, err := xla.New(path) // of github.com/gomlx/go-xla/compute/xla
//
// Folders lists the places where go-xla looks, so a plugin that either finds the
// other finds too. Nothing here is fetched.
package pjrt

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// entryPoint is the function that every plugin exports (XLA's pjrt_c_api.h).
const entryPoint = "GetPjrtApi"

// names are the file names that go-xla takes for plugins, and that of JAX's CUDA
// plugin in the Python package jax_plugins.xla_cuda13, which go-xla takes by its
// path. The first group is the plugin's name: "cpu", or "cpu_v0.83.1" with a
// version.
var names = []*regexp.Regexp{
	regexp.MustCompile(`^pjrt_c_api_(.+)_plugin\.(?:so|dylib|dll)$`),
	regexp.MustCompile(`^pjrt[-_]plugin[-_](.+)\.(?:so|dylib|dll)$`),
	regexp.MustCompile(`^xla_(cuda)_plugin\.so$`),
}

// NotFoundError is Find's answer where no folder holds a plugin.
type NotFoundError struct {
	Kind    string
	Folders []string // searched, in order
	Broken  []error  // files with a plugin's name that are none, each with its path
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("pjrt: no %s plugin: searched %s", e.Kind, cmp.Or(strings.Join(e.Folders, ", "), "no folder"))
	for _, broken := range e.Broken {
		text += fmt.Sprintf(" (%v)", broken)
	}
	return text + fmt.Sprintf(": run \"dream engines install %s\" to fetch it", e.Kind)
}

// Find returns the absolute path of the plugin of a kind, "cpu" or "cuda", as go-xla
// would choose it from Folders: a name without a version before one with, then
// the highest version, then the earliest folder. The file is looked into, not
// loaded: on ELF systems it must be a whole shared object for this processor that
// exports GetPjrtApi. Where there is none the error is a *NotFoundError.
func Find(kind string) (path string, err error) {
	return FindIn(kind, Folders())
}

// FindIn is Find in the given folders.
func FindIn(kind string, folders []string) (string, error) {
	if kind != "cpu" && kind != "cuda" {
		return "", fmt.Errorf("pjrt: unknown plugin %q: expected one of cpu, cuda", kind)
	}
	type candidate struct {
		path    string
		version string // "v0.83.1", or empty
	}
	var found []candidate
	for _, folder := range folders {
		if whole, err := filepath.Abs(folder); err == nil {
			folder = whole
		}
		entries, _ := os.ReadDir(folder) // most of the folders do not exist
		for _, entry := range entries {
			name := PluginName(entry.Name())
			version, versioned := strings.CutPrefix(name, kind+"_")
			if name == kind {
				version = ""
			}
			if name == kind || versioned && semver.IsValid(version) {
				found = append(found, candidate{filepath.Join(folder, entry.Name()), version})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if a.version == "" || b.version == "" {
			return cmp.Compare(len(a.version), len(b.version))
		}
		return semver.Compare(b.version, a.version)
	})
	missing := &NotFoundError{Kind: kind, Folders: folders}
	for _, c := range found {
		if err := Check(c.path); err != nil {
			missing.Broken = append(missing.Broken, err)
			continue
		}
		return c.path, nil
	}
	return "", missing
}

// PluginName returns the name in a plugin's file name, "" for other files.
func PluginName(file string) string {
	for _, re := range names {
		if m := re.FindStringSubmatch(file); m != nil {
			return m[1]
		}
	}
	return ""
}

// Check reports why the file at path cannot be a plugin on this machine, or nil.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", path)
	}
	if info.Size() == 0 {
		return fmt.Errorf("%s is empty", path)
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return nil // whoever loads it finds out
	}
	if err := checkELF(path, info.Size()); err != nil {
		return fmt.Errorf("%s is no plugin: %w", path, err)
	}
	return nil
}

// machines are the processors that plugins are published for on ELF systems.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

func checkELF(path string, size int64) error {
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("not an ELF shared object, or cut short: %w", err)
	}
	defer f.Close()
	if f.Type != elf.ET_DYN {
		return fmt.Errorf("expected an ELF shared object, found %v", f.Type)
	}
	if want, ok := machines[runtime.GOARCH]; ok && f.Machine != want {
		return fmt.Errorf("expected code for %v, found %v", want, f.Machine)
	}
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; end > uint64(size) {
			return fmt.Errorf("cut short: expected %d bytes or more, found %d", end, size)
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("no symbols: %w", err)
	}
	for _, s := range symbols {
		if s.Name == entryPoint && s.Section != elf.SHN_UNDEF {
			return nil
		}
	}
	return errors.New("it does not export " + entryPoint)
}
