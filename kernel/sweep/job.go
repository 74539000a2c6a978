// Package sweep dreams many pictures, nets and settings, and keeps what came of
// each.
//
// A Grid says what is swept and expands to Jobs. Workers dream them, on this
// machine or on others, each job once. What comes back is a Record a job, in the
// manifest of the sweep's folder, beside the pictures.
package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/seed2310110f/godream/dreamlib"
)

// Input is a file or a net that a job reads: what it is called by, and what it
// was.
type Input struct {
	Source string `json:"source"` // path or name, as it was given
	SHA256 string `json:"sha256"` // of its bytes, in hex
}

// Job is one dream of a sweep.
type Job struct {
	ID      string                `json:"id"` // see Identify
	Picture Input                 `json:"picture"`
	Net     Input                 `json:"net"`
	Config  dreamlib.Config       `json:"config"`
	Options dreamlib.ModelOptions `json:"options"`

	// Point is where the job lies on the Grid's axes: a value's text for each of
	// them, in their order.
	Point []string `json:"point"`
}

// Identify returns the job's identity: the first 16 hex digits of the SHA-256 of
// what decides its pixels, which are its Config, the picture's bytes, the net's and
// its Options. Where the files lie and what the axes are called is no part of it.
func (j Job) Identify() (string, error) {
	what, err := json.Marshal([]any{j.Config, j.Picture.SHA256, j.Net.SHA256, j.Options})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(what)
	return hex.EncodeToString(sum[:8]), nil
}
