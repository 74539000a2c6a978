package folder

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const addressFile = "address.json"

// Address is how other processes find the queue of a sweep's folder: the file
// queue/address.json there, which its owner alone may read.
type Address struct {
	Queue string `json:"queue"`         // its name
	URL   string `json:"url,omitempty"` // of the server inside the process that runs the sweep, while it does; with its token
}

// ReadAddress reads a folder's address. Where there is none, it has a new random name
// for the queue.
func ReadAddress(folder string) (a Address, err error) {
	path := filepath.Join(folder, QueueDir, addressFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		absolute, err := filepath.Abs(folder)
		return Address{Queue: safeName(filepath.Base(absolute)) + "-" + strings.ToLower(rand.Text()[:8])}, err
	}
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err != nil {
		return a, fmt.Errorf("sweep: %s: %w: without that file the queue gets a new name, and what waits in the old one is done again", path, err)
	}
	return a, nil
}

// safeName is a name of the characters that a queue's may have.
func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return '-'
	}, name)
}

// Write replaces a folder's address. A kill leaves the old one or the new one, which
// other users cannot read at any time.
func (a Address) Write(folder string) error {
	folder = filepath.Join(folder, QueueDir)
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	half := filepath.Join(folder, halfPrefix+addressFile)
	if err := os.WriteFile(half, append(text, '\n'), 0o600); err != nil { // for its owner alone
		return err
	}
	return os.Rename(half, filepath.Join(folder, addressFile))
}
