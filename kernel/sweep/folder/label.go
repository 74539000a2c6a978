package folder

import (
	"path/filepath"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// labels are what sheets and pages call the values of each dimension: for image files and
// nets the files' names, where these differ, else the values themselves.
func (f *Folder) labels() []map[string]string {
	list := make([]map[string]string, len(f.Dimensions))
	for i, d := range f.Dimensions {
		paths := d.Name == grid.PictureAxis || d.Name == grid.NetAxis
		list[i] = map[string]string{}
		seen := map[string]bool{}
		for _, v := range d.Values {
			list[i][v] = filepath.Base(v)
			paths = paths && !seen[filepath.Base(v)]
			seen[filepath.Base(v)] = true
		}
		for _, v := range d.Values {
			if !paths {
				list[i][v] = v
			}
		}
	}
	return list
}
