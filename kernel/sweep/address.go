package sweep

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
)

// address is how other processes find the queue of a sweep's folder: the file
// queue/address.json there, which its owner alone may read.
type address struct {
	Queue string `json:"queue"`         // its name
	URL   string `json:"url,omitempty"` // of the server that runs in the coordinator, while it does; with its token
}

// readAddress reads a folder's address, or makes up a name for a queue that nobody
// else's is called by.
func readAddress(folder string) (a address, err error) {
	path := filepath.Join(folder, queueDir, "address.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		absolute, err := filepath.Abs(folder)
		return address{Queue: safeName(filepath.Base(absolute)) + "-" + strings.ToLower(rand.Text()[:8])}, err
	}
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err != nil {
		return a, fmt.Errorf("sweep: %s: %w", path, err)
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

func (a address) write(folder string) error {
	path := filepath.Join(folder, queueDir, "address.json")
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err == nil { // WriteFileAtomic keeps an old file's permissions
		_ = f.Chmod(0o600) // also those of one that was copied
		_ = f.Close()
	}
	return dreamlib.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}
