package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

var errNotLocked = errors.New("is not locked: want Create, or Lock first")

// Append adds records to the manifest, each as a line of its own, and returns once
// they are on the disk. When it fails, as on a full disk, the manifest is as it was.
// Several at once cost little more than one.
func (f *Folder) Append(records ...Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines, err := recordLines(records)
	if f.manifest == nil {
		err = errNotLocked
	}
	if err == nil {
		_, err = f.manifest.Write(lines)
		if err == nil {
			err = f.manifest.Sync()
		}
		if err != nil {
			err = errors.Join(err, f.manifest.Truncate(f.size))
		}
	}
	if err != nil {
		return fmt.Errorf("sweep: folder %s: %s: %w", f.path, manifestFile, err)
	}
	f.size += int64(len(lines))
	for _, r := range records {
		f.records[r.ID] = r
	}
	return nil
}

// Record is what became of the job with an ID, and whether it has ended.
func (f *Folder) Record(id string) (Record, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.records[id]
	return r, ok
}

// Records are those of the Grid's jobs that have ended, in the order of Jobs. A
// job's place and names are those that it has now, not when it was done.
func (f *Folder) Records() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []Record
	for _, j := range f.Jobs {
		if r, ok := f.records[j.ID]; ok {
			r.Job = j
			list = append(list, r)
		}
	}
	return list
}

// Missing are the jobs that have no dream yet, in order: those that were never
// done, whose line in the manifest is damaged, whose file is gone or cut off, and
// those that were given up.
func (f *Folder) Missing() []grid.Job { return f.MissingOf(f.Jobs) }

// MissingOf is Missing among other jobs than the folder's, as of a Grid that has
// changed.
func (f *Folder) MissingOf(jobs []grid.Job) []grid.Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []grid.Job
	for _, j := range jobs {
		if r, ok := f.records[j.ID]; !ok || r.State != Done || !f.has(r.File) {
			list = append(list, j)
		}
	}
	return list
}

// How every PNG begins, and how it ends.
const (
	pngHead = "\x89PNG\r\n\x1a\n"
	pngTail = "\x00\x00\x00\x00IEND\xaeB`\x82"
)

// has reports whether a PNG file is there and begins and ends as one. To read all of
// each would take minutes in a large sweep.
func (f *Folder) has(file string) bool {
	path := filepath.Join(f.path, filepath.FromSlash(file))
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() < int64(len(pngHead)+len(pngTail)) {
		return false
	}
	in, err := os.Open(path)
	if err != nil {
		return false
	}
	defer in.Close()
	head, tail := make([]byte, len(pngHead)), make([]byte, len(pngTail))
	_, noHead := in.ReadAt(head, 0)
	_, noTail := in.ReadAt(tail, info.Size()-int64(len(tail)))
	return noHead == nil && noTail == nil && string(head) == pngHead && string(tail) == pngTail
}

// Finish writes what is made of a sweep's Records: manifest.csv and, if any dream is
// done, the contact sheets, whose paths it returns.
func (f *Folder) Finish() (sheets []string, err error) {
	if err := f.WriteCSV(); err != nil {
		return nil, err
	}
	if done, _ := f.Tally(); done > 0 {
		return f.WriteSheets(SheetOptions{})
	}
	return nil, nil
}

// Tally counts the Grid's jobs that are done and those that were given up.
func (f *Folder) Tally() (done, dead int) {
	for _, r := range f.Records() {
		if r.State == Done {
			done++
		} else {
			dead++
		}
	}
	return done, dead
}
