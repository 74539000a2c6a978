package folder

import (
	"path/filepath"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// labels are the values of a sweep's dimensions for people, of each dimension by the
// value's text. Those that are missing are the texts themselves.
type labels []map[string]string

// labels are the names of files for pictures and nets, where these tell them apart.
func (f *Folder) labels() labels {
	l := make(labels, len(f.Dimensions))
	for i, d := range f.Dimensions {
		if d.Name == grid.PictureAxis || d.Name == grid.NetAxis {
			l[i] = shorter(d.Values)
		}
	}
	return l
}

// of is what a value on a dimension is called.
func (l labels) of(dimension int, value string) string {
	if short, ok := l[dimension][value]; ok {
		return short
	}
	return value
}

// shorter maps paths to their last parts, where these are as different as they are.
func shorter(paths []string) map[string]string {
	names := map[string]string{}
	seen := map[string]bool{}
	for _, p := range paths {
		base := filepath.Base(p)
		if seen[base] {
			return nil
		}
		seen[base], names[p] = true, base
	}
	return names
}
