package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/page"
)

// ladderPage is a ladder's page, and the folder with its pictures. A nil one is of a
// ladder without.
type ladderPage struct {
	path   string // of the page
	folder string // of the pictures, beside it, and called as it is
	page   page.Page
}

// newLadderPage is the page of a sheet on a picture, with nothing on it yet.
func newLadderPage(sheet string, picture *dreamlib.Image) (*ladderPage, error) {
	stem := strings.TrimSuffix(sheet, filepath.Ext(sheet))
	p := &ladderPage{path: stem + ".html", folder: stem}
	p.page = page.Page{Title: filepath.Base(stem), Numbers: folder.PageNumbers, Axes: []page.Axis{{Name: "objective"}}}
	if err := os.MkdirAll(filepath.Join(p.folder, "thumbs"), 0o777); err != nil {
		return nil, err
	}
	return p, page.Shrink(picture, filepath.Join(p.folder, "input.jpg"), folder.InputSide)
}

// add puts a dream on the page, and its picture into the folder.
func (p *ladderPage) add(j *job, in *inputs, result *dreamlib.Result, progress *climbing) error {
	if p == nil {
		return nil
	}
	r := folder.Record{
		Job: grid.Job{
			Picture: grid.Input{Source: j.picture, SHA256: in.pictureSHA256},
			Net:     grid.Input{Source: j.model, SHA256: in.netSHA256},
			Config:  result.Config, Options: j.options,
			Point: []string{result.Config.Objective.String()},
		},
		State: folder.Done, Objective: progress.octaves, Seconds: progress.took.Seconds(), Engine: in.engine.Name, Finished: time.Now(), Notes: result.Notes,
	}
	var err error
	if r.ID, err = r.Identify(); err != nil {
		return err
	}
	p.page.Note = filepath.Base(j.picture) + " on " + filepath.Base(j.model)
	axis := &p.page.Axes[0]
	if slices.Contains(axis.Values, r.Point[0]) {
		return nil // it is there: an objective was asked for twice, maybe by two names
	}
	axis.Values = append(axis.Values, r.Point[0])
	name := path.Base(r.Job.File())
	single := *j
	single.out, single.image = filepath.Join(p.folder, name), dreamlib.ImageOptions{Depth: 8}
	if err := single.write(single.out, result, single.provenance(in, result, nil)); err != nil {
		return err
	}
	small := strings.TrimSuffix(name, ".png") + ".jpg"
	if err := page.Shrink(result.Image, filepath.Join(p.folder, "thumbs", small), page.ThumbnailSide); err != nil {
		return err
	}
	item, folder := folder.Item(r), filepath.Base(p.folder)
	item.Point, item.Picture = r.Point, path.Join(folder, name)
	item.Thumbnail, item.Before = path.Join(folder, "thumbs", small), path.Join(folder, "input.jpg")
	item.Width, item.Height = result.Image.Width, result.Image.Height
	p.page.Items = append(p.page.Items, item)
	return nil
}

// write saves the page.
func (p *ladderPage) write() error {
	if p == nil {
		return nil
	}
	return dreamlib.WriteFileAtomic(p.path, p.page.Write)
}
