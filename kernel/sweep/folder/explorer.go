package folder

import (
	"fmt"
	"image"
	_ "image/png" // sizes of the dreams
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/page"
)

// explorer makes the page of a sweep's folder.
type explorer struct {
	folder *Folder
	copies *copies
	labels []map[string]string
	jobs   map[string]grid.Job // by ID
}

func newExplorer(f *Folder) *explorer {
	e := &explorer{folder: f, copies: newCopies(f), labels: f.labels(), jobs: make(map[string]grid.Job, len(f.Jobs))}
	for _, j := range f.Jobs {
		e.jobs[j.ID] = j
	}
	return e
}

// page is the whole sweep, with the jobs that wait.
func (e *explorer) page() page.Page {
	f, p := e.folder, e.blank()
	for _, j := range f.Jobs {
		r, _ := f.Record(j.ID)
		r.Job = j // as it lies now
		p.Items = append(p.Items, e.item(r))
	}
	return p
}

// blank is the page without its items.
func (e *explorer) blank() page.Page {
	f := e.folder
	p := page.Page{Title: f.title(), Note: f.about(), Numbers: PageNumbers}
	for i, d := range f.Dimensions {
		a := page.Axis{Name: d.Name}
		for _, v := range d.Values {
			a.Values = append(a.Values, e.labels[i][v])
		}
		p.Axes = append(p.Axes, a)
	}
	return p
}

// title is the folder's name.
func (f *Folder) title() string {
	if whole, err := filepath.Abs(f.path); err == nil {
		return filepath.Base(whole)
	}
	return f.path
}

// about is what all jobs have in common, in words.
func (f *Folder) about() string {
	if len(f.Jobs) == 0 {
		return ""
	}
	has := func(name string) bool {
		return slices.ContainsFunc(f.Dimensions, func(d grid.Dimension) bool { return d.Name == name })
	}
	picture, net := filepath.Base(f.Jobs[0].Picture.Source), filepath.Base(f.Jobs[0].Net.Source)
	switch {
	case has(grid.PictureAxis) && has(grid.NetAxis):
		return ""
	case has(grid.PictureAxis):
		return "net " + net
	case has(grid.NetAxis):
		return picture
	}
	return picture + " on " + net
}

// item is one job on the page. A Record without a state is of a job that waits.
func (e *explorer) item(r Record) page.Item {
	item := Item(r)
	item.Before = e.copies.input(r.Picture)
	for i, value := range r.Point {
		item.Point = append(item.Point, e.labels[i][value])
	}
	if r.State != Done {
		return item
	}
	if item.Width, item.Height = imageSize(e.folder.path, r.File); item.Width == 0 {
		item.State, item.Picture, item.Numbers = page.Waiting, "", nil // its file is gone, and will be made anew
		return item
	}
	item.Thumbnail = e.copies.thumbnail(r)
	return item
}

// PageNumbers are the names of an Item's Numbers.
var PageNumbers = []string{"objective's value", "seconds"}

// Item is a record as pages show it: how its job ended, its settings, and how to
// make it again. Where it lies on the page, and how large it is, is left to add.
func Item(r Record) page.Item {
	item := page.Item{ID: r.ID, State: page.Waiting, Command: r.Command(r.Engine), Code: r.Code(r.Engine), Settings: r.list()}
	switch r.State {
	case Dead:
		item.State, item.Error = page.Failed, r.Error
	case Done:
		item.State, item.Picture, item.Numbers = page.Done, r.File, []float64{r.last(), r.Seconds}
	}
	return item
}

// last is the objective's last value, NaN where there is none.
func (r Record) last() float64 {
	if len(r.Objective) == 0 {
		return math.NaN()
	}
	return r.Objective[len(r.Objective)-1]
}

// imageSize is an image file's in pixels, or 0 by 0 where it cannot be read.
func imageSize(folder, name string) (width, height int) {
	f, _, err := openInside(folder, name)
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return 0, 0
	}
	return config.Width, config.Height
}

// list are the record's settings and what came of them, to show.
func (r Record) list() []page.Setting {
	var list []page.Setting
	put := func(name, value string, own bool) {
		if value != "" {
			list = append(list, page.Setting{Name: name, Value: value, Own: own})
		}
	}
	put("picture", r.Picture.Source, true)
	put("net", r.Net.Source, r.Net.Source != "embedded")
	for _, s := range r.Settings() {
		put(s.Name, s.Value, s.Own)
	}
	put("engine", r.Engine, false)
	if len(r.Objective) > 0 {
		put("objective by octave", shortNumbers(r.Objective), false)
	}
	if r.State != "" {
		put("dreamt by", r.Worker, false)
		put("finished", r.Finished.UTC().Format(time.DateTime+" MST"), false)
	}
	if r.Tries > 1 {
		put("tries", strconv.Itoa(r.Tries), true)
	}
	for _, note := range r.Notes {
		put("note", note, false)
	}
	put("job", r.ID, false)
	return list
}

// shortNumbers are numbers with the digits that count.
func shortNumbers(values []float64) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprintf("%.4g", v)
	}
	return strings.Join(texts, ", ")
}
