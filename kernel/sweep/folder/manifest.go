package folder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
)

// Damage is a line of a manifest that cannot be read. Its job counts as not done.
type Damage struct {
	Line int // from 1
	Err  error
}

func (d Damage) Error() string { return fmt.Sprintf("sweep: manifest line %d: %v", d.Line, d.Err) }

func (d Damage) Unwrap() error { return d.Err }

// readManifest calls visit with each whole record of a manifest and returns the
// lines that are none.
func readManifest(data []byte, visit func(Record)) (damaged []Damage) {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if record, err := parseRecord(line); err != nil {
			damaged = append(damaged, Damage{number, err})
		} else {
			visit(record)
		}
	}
	return damaged
}

// wholeLines are a file's lines but for a last one that has no end yet.
func wholeLines(data []byte) []byte { return data[:bytes.LastIndexByte(data, '\n')+1] }

// parseRecord reads a line of a manifest.
func parseRecord(line []byte) (r Record, err error) {
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("is no record: %w", err)
	}
	return r, r.check()
}

// check refuses a record that does not fit its own identity, or whose file cannot
// be in the folder.
func (r Record) check() error {
	id, err := r.Identify()
	switch {
	case err != nil:
		return err
	case id != r.ID:
		return fmt.Errorf("has the id %q, and settings that make it %s", r.ID, id)
	case r.State == Dead:
		return nil
	case r.State != Done:
		return fmt.Errorf("has the state %q, want %s or %s", r.State, Done, Dead)
	case !filepath.IsLocal(filepath.FromSlash(r.File)):
		return fmt.Errorf("has the picture %q, want a file below the sweep's folder", r.File)
	}
	if sum, err := hex.DecodeString(r.SHA256); err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("has the SHA-256 %q, want 64 hex digits", r.SHA256)
	}
	return nil
}

// recordLines are records as lines of a manifest.
func recordLines(records []Record) ([]byte, error) {
	for _, r := range records {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("a record %w", err)
		}
	}
	return jsonLines(records)
}

// jsonLines are values as JSON, one a line.
func jsonLines[T any](list []T) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b) // which ends each with a newline
	out.SetEscapeHTML(false)
	for _, v := range list {
		if err := out.Encode(v); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
