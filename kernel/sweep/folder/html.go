package folder

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

// PageOptions are those of WritePage.
type PageOptions struct {
	Embed bool // put the images inside, for a small sweep: see page.Page.Embed. Default beside it
}

// WritePage writes the page that explores a sweep, index.html in its folder, and
// the small copies of images that it shows, which go into thumbs and inputs beside
// it. Copies that are there already are taken as they are. It returns the page's path
// and, in words, what cannot be shown.
func WritePage(ctx context.Context, f *Folder, options PageOptions) (path string, notes []string, err error) {
	e := newExplorer(f)
	if notes, err = e.copies.all(ctx); err != nil {
		return "", notes, err
	}
	p := e.page()
	if options.Embed {
		if p, err = p.Embed(os.DirFS(f.path)); err != nil {
			return "", notes, fmt.Errorf("sweep: %w", err)
		}
	}
	path = filepath.Join(f.path, pageFile)
	return path, notes, picture.WriteFileAtomic(path, p.Write)
}
