package jupyter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// Spec is a kernel specification, as Jupyter finds it in kernel.json.
type Spec struct {
	Argv          []string       `json:"argv"` // with {connection_file} where that goes
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Metadata      map[string]any `json:"metadata,omitempty"`
}

// Installed is a kernel specification in its place.
type Installed struct {
	Name   string
	Folder string
	Spec   Spec
}

// UserFolder is where Jupyter looks for a user's kernels, by its own rules:
// https://docs.jupyter.org/en/latest/use/jupyter-directories.html.
func UserFolder() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Join(dir, "kernels"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("jupyter: the user's kernels: %w", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter", "kernels"), nil
	case "windows":
		if dir := os.Getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter", "kernels"), nil
		}
		return filepath.Join(home, ".jupyter", "data", "kernels"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter", "kernels"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter", "kernels"), nil
}

// PrefixFolder is where kernels are below an environment's prefix, such as a
// venv's.
func PrefixFolder(prefix string) string { return filepath.Join(prefix, "share", "jupyter", "kernels") }

// validName is what Jupyter takes for a kernel's name.
var validName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// Install writes a specification into a folder of kernels, in place of one of
// that name.
func Install(folder, name string, spec Spec) (path string, err error) {
	if !validName.MatchString(name) || name == "." || name == ".." {
		return "", fmt.Errorf("jupyter: kernel name: want letters, digits, dots, dashes and underscores, found %q", name)
	}
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return "", fmt.Errorf("jupyter: kernel.json: %w", err)
	}
	dir := filepath.Join(folder, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("jupyter: install: %w", err)
	}
	err = picture.WriteFileAtomic(filepath.Join(dir, "kernel.json"), func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("jupyter: install: %w", err)
	}
	return dir, nil
}

// List finds the dream kernels in a folder of kernels: those that run this
// command, whatever they are called.
func List(folder string) ([]Installed, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("jupyter: list: %w", err)
	}
	var list []Installed
	for _, e := range entries {
		i := Installed{Name: e.Name(), Folder: filepath.Join(folder, e.Name())}
		text, err := os.ReadFile(filepath.Join(i.Folder, "kernel.json"))
		if err != nil || json.Unmarshal(text, &i.Spec) != nil {
			continue // not a kernel, or a broken one of somebody else's
		}
		if i.Spec.Metadata[mine] == true {
			list = append(list, i)
		}
	}
	return list, nil
}

// mine marks our kernels in their metadata.
const mine = "godream"

// NewSpec is the specification of a kernel that a command runs; the connection
// file is its last argument.
func NewSpec(displayName string, command []string) Spec {
	return Spec{Argv: append(append([]string{}, command...), "{connection_file}"), DisplayName: displayName, Language: "go",
		InterruptMode: "message", Metadata: map[string]any{mine: true}}
}

// Uninstall removes a dream kernel.
func Uninstall(folder, name string) error {
	list, err := List(folder)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Name == name {
			if err := os.RemoveAll(i.Folder); err != nil {
				return fmt.Errorf("jupyter: uninstall: %w", err)
			}
			return nil
		}
	}
	return fmt.Errorf("jupyter: uninstall: there is no dream kernel %q in %s", name, folder)
}
