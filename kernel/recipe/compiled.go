package recipe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// compiled runs the recipe by the Go toolchain. The module that it is built in
// is the one around its file, or else around the current folder.
func (j Job) compiled(ctx context.Context, source []byte, path, out string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("recipe: compile: the go command is not on PATH")
	}
	temp, err := os.MkdirTemp("", "recipe-*")
	if err != nil {
		return fmt.Errorf("recipe: compile: %w", err)
	}
	defer os.RemoveAll(temp)
	binary := filepath.Join(temp, "recipe.exe")
	if err := j.build(ctx, source, path, binary, temp); err != nil {
		return err
	}
	return j.start(ctx, nil, out, binary)
}

// build compiles source, at the place of the file at path, into binary.
func (j Job) build(ctx context.Context, source []byte, path, binary, temp string) error {
	edited := filepath.Join(temp, "edited.go")
	overlay := filepath.Join(temp, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: edited}})
	if err != nil {
		return fmt.Errorf("recipe: compile: %w", err)
	}
	for file, content := range map[string][]byte{edited: source, overlay: replace} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return fmt.Errorf("recipe: compile: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, path)
	if inModule(filepath.Dir(path)) {
		cmd.Dir = filepath.Dir(path)
	} else if !inModule("") {
		return errors.New("recipe: compile: want a recipe, or a current folder, in a checkout of godream or another module that requires it")
	}
	if text, err := cmd.CombinedOutput(); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return fmt.Errorf("recipe: compile: %s", strings.TrimSpace(string(text)))
	}
	return nil
}

// inModule reports whether a folder, "" for the current one, lies in a Go module.
func inModule(folder string) bool {
	cmd := exec.Command("go", "env", "GOMOD")
	cmd.Dir = folder
	found, err := cmd.Output()
	file := strings.TrimSpace(string(found))
	return err == nil && file != "" && file != os.DevNull
}
