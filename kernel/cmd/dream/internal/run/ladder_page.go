package run

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/page"
	"github.com/seed2310110f/godream/kernel/sweep/work"
)

// ladderPage is a ladder's page, and the folder with its pictures. A nil one is of a
// ladder without.
type ladderPage struct {
	path   string // of the page
	folder string // of the pictures, beside it, and called as it is
	page   page.Page
}

// newLadderPage is the page of a sheet on a picture, with nothing on it yet.
func newLadderPage(sheet string, img *picture.Image) (*ladderPage, error) {
	stem := strings.TrimSuffix(sheet, filepath.Ext(sheet))
	p := &ladderPage{path: stem + ".html", folder: stem}
	p.page = page.Page{Title: filepath.Base(stem), Numbers: folder.PageNumbers, Axes: []page.Axis{{Name: "objective"}}}
	if err := os.MkdirAll(filepath.Join(p.folder, "thumbs"), 0o777); err != nil {
		return nil, err
	}
	return p, page.Shrink(img, filepath.Join(p.folder, "input.jpg"), folder.InputSide)
}

// add puts a dream on the page, and its image into the folder.
func (p *ladderPage) add(result *dreamlib.Result, r folder.Record) error {
	if p == nil {
		return nil
	}
	p.page.Note = filepath.Base(r.Picture.Source) + " on " + filepath.Base(r.Net.Source)
	axis := &p.page.Axes[0]
	if slices.Contains(axis.Values, r.Point[0]) {
		return nil // an objective was asked for twice, maybe by two names
	}
	axis.Values = append(axis.Values, r.Point[0])
	name := path.Base(r.Job.File())
	options, err := work.ImageOptions(r, result)
	if err == nil {
		err = picture.Write(filepath.Join(p.folder, name), result.Image, options)
	}
	if err != nil {
		return err
	}
	small := strings.TrimSuffix(name, ".png") + ".jpg"
	if err := page.Shrink(result.Image, filepath.Join(p.folder, "thumbs", small), page.ThumbnailSide); err != nil {
		return err
	}
	item, below := folder.Item(r), filepath.Base(p.folder)
	item.Point, item.Picture = r.Point, path.Join(below, name)
	item.Thumbnail, item.Before = path.Join(below, "thumbs", small), path.Join(below, "input.jpg")
	item.Width, item.Height = result.Image.Width, result.Image.Height
	p.page.Items = append(p.page.Items, item)
	return nil
}

// write saves the page.
func (p *ladderPage) write() error {
	if p == nil {
		return nil
	}
	return picture.WriteFileAtomic(p.path, p.page.Write)
}
