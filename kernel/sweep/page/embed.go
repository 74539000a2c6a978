package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/jpeg"
	"io/fs"
	"net/http"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// MaxEmbedded is how many bytes of pictures Embed puts into a page at most: more
// is neither mailed nor opened with pleasure.
const MaxEmbedded = 64 << 20

// embeddedQuality is that of the JPEGs which stand for larger files.
const embeddedQuality = 90

// Embed returns the page with its pictures inside, so that it is one file to mail.
// They are read from files. Thumbnails and JPEG files are taken as they are; other
// pictures become JPEGs of quality 90 unless they are transparent. More than
// MaxEmbedded bytes are an error.
func (p Page) Embed(files fs.FS) (Page, error) {
	inside, total := map[string]string{}, 0
	for _, item := range p.Items {
		for _, file := range []string{item.Picture, item.Thumbnail, item.Before} {
			if _, ok := inside[file]; ok || file == "" {
				continue
			}
			data, err := fs.ReadFile(files, file)
			if err == nil && file != item.Thumbnail {
				data, err = smaller(data)
			}
			if err != nil {
				return p, fmt.Errorf("page: embed %s: %w", file, err)
			}
			if total += len(data); total > MaxEmbedded {
				return p, fmt.Errorf("page: embed: want at most %d MB of pictures, found more in the first %d", MaxEmbedded>>20, len(inside)+1)
			}
			inside[file] = "data:" + http.DetectContentType(data) + ";base64," + base64.StdEncoding.EncodeToString(data)
		}
	}
	p.inside = inside
	return p, nil
}

// smaller is a picture's file as a JPEG, where that loses no opacity.
func smaller(data []byte) ([]byte, error) {
	m, err := picture.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if m.Alpha != nil || http.DetectContentType(data) == "image/jpeg" {
		return data, nil
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, m.NRGBA(), &jpeg.Options{Quality: embeddedQuality})
	return b.Bytes(), err
}
