package grid

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// Input is an image file or a net that a job reads: its name and its content.
type Input struct {
	Source string `json:"source"` // path or name, as it was given
	SHA256 string `json:"sha256"` // of its bytes, in hex
}

// Job is one dream of a sweep.
type Job struct {
	ID      string          `json:"id"` // see Identify
	Picture Input           `json:"picture"`
	Net     Input           `json:"net"`
	Config  dreamlib.Config `json:"config"` // layers by the net's own names for them
	Options vgg.Options     `json:"options"`

	// Point is where the job lies along the Grid's Dimensions: the text of its value
	// on each of them, in their order.
	Point []string `json:"point"`
}

// Identify returns the job's identity: the first 16 hex digits of the SHA-256 of
// what decides its pixels, which are its Config, the image file's bytes, the net's and
// its Options. The paths of the files, the preset and the names of the axes are no part of it. Neither is the engine: engines differ by
// rounding.
func (j Job) Identify() (string, error) {
	cfg, options := j.Config, j.Options
	cfg.Preset = "" // which decides nothing
	options.Precision = cmp.Or(options.Precision, vgg.PrecisionFloat32)
	what, err := json.Marshal([]any{cfg, j.Picture.SHA256, j.Net.SHA256, options})
	if err != nil {
		return "", err
	}
	return Short(SHA256(what)), nil
}

// SHA256 is that of bytes, in hex.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Short is the part of a hash that names hold.
func Short(sha256 string) string { return sha256[:min(16, len(sha256))] }

// File is where the job's dream lies below the sweep's folder, with slashes:
// pictures/photo-relu3_1-0.5-ID.png, after the image file and the job's Point. It
// holds ASCII letters, digits and "-_.+=" alone, and at most 200 of them.
func (j Job) File() string {
	parts := []string{stem(j.Picture.Source)}
	for _, value := range j.Point {
		switch value {
		case j.Picture.Source: // named already
		case j.Net.Source:
			parts = append(parts, stem(value))
		default:
			parts = append(parts, value)
		}
	}
	for i, part := range parts {
		parts[i] = safe(part)
	}
	const most = 160
	name := strings.Join(append(parts, ""), "-")
	if len(name) > most {
		name = name[:most-1] + "-"
	}
	return "pictures/" + strings.TrimLeft(name, ".-") + j.ID + ".png"
}

// At is where the job lies, in words: "layer relu3_1, step 0.5", or nothing where a grid
// has no dimensions.
func (j Job) At(dims []Dimension) string {
	at := make([]string, len(dims))
	for d, dim := range dims {
		at[d] = dim.Name + " " + j.Point[d]
	}
	return strings.Join(at, ", ")
}

// stem is a file's name without its folder and extension.
func stem(path string) string {
	base := filepath.Base(path)
	if s := strings.TrimSuffix(base, filepath.Ext(base)); s != "" {
		return s
	}
	return base
}

// safe is a text without what file systems, shells' globs or URLs make something
// of: runs of other characters become one "_", spaces go.
func safe(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-_.+=", r):
			b.WriteRune(r)
		case r == ' ':
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return b.String()
}
