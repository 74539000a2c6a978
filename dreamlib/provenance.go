package dreamlib

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// Version is the project's; it is written into every output.
const Version = "0.1.0"

// provenanceKey is the keyword of the metadata that holds a Provenance.
const provenanceKey = "godream"

// Provenance is the record inside an output from which it can be repeated. It
// holds nothing that differs from one run to the next, so the same dream makes
// the same file.
type Provenance struct {
	Version   string    `json:"version"`
	Engine    string    `json:"engine"`
	Lowering  Lowering  `json:"lowering,omitempty"`
	Precision Precision `json:"precision,omitempty"`
	Net       struct {
		Source string `json:"source"` // what it was opened by: a name or a path
		SHA256 string `json:"sha256"`
	} `json:"net"`
	Picture struct {
		Source string `json:"source"` // path, as it was given
		SHA256 string `json:"sha256"` // of the file
	} `json:"picture"`
	Config  Config `json:"config"`
	Depth   int    `json:"depth,omitempty"`   // of a PNG, as in picture.Options
	Quality int    `json:"quality,omitempty"` // of a JPEG, as in picture.Options
	Steps   int    `json:"steps"`             // how many were taken
	Ended   string `json:"ended,omitempty"`   // why it ended before its last step
}

// Text is the record as picture metadata, for picture.Options.
func (p Provenance) Text() (map[string]string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("dreamlib: provenance: %w", err)
	}
	return map[string]string{provenanceKey: string(text)}, nil
}

// ReadProvenance reads the record inside a picture that picture.Write wrote with
// it.
func ReadProvenance(path string) (Provenance, error) {
	text, err := picture.ReadText(path)
	if err != nil {
		return Provenance{}, err
	}
	record, ok := text[provenanceKey]
	if !ok {
		return Provenance{}, fmt.Errorf("dreamlib: picture %s: has no record of a dream inside", path)
	}
	var p Provenance
	decoder := json.NewDecoder(strings.NewReader(record))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return Provenance{}, fmt.Errorf("dreamlib: picture %s: record of the dream: %w", path, err)
	}
	return p, nil
}
