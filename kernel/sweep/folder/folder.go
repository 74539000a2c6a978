// Package folder keeps a sweep on disk: its grid and jobs, a manifest with a Record for
// each job that has ended, the dreams, and what is made of them: a CSV file, contact
// sheets, a page. One process at a time writes to a folder, and any number read it.
//
//	f, err := folder.Create("out", g, jobs) // locked, with what was done before
//	...
//	defer f.Close()
//	for _, job := range f.Missing() {
//		// dream, and write the PNG file job.File()
//		err := f.Append(record)
//		...
//	}
//	sheets, err := f.Finish()
//
// It does not dream: see package work.
package folder

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// What a sweep's folder holds.
const (
	gridFile     = "sweep.json"     // what was asked for
	jobsFile     = "jobs.jsonl"     // its Jobs, one a line
	manifestFile = "manifest.jsonl" // Records, one a line, in the order in which they came
	csvFile      = "manifest.csv"
	picturesDir  = "pictures"
	QueueDir     = "queue" // files of the queue, and the lock
)

// halfPrefix begins the names of files whose writing was cut off.
const halfPrefix = ".godream-"

// formatVersion is that of all of them.
const formatVersion = 1

// Folder is where a sweep's jobs and results are. Create makes it or goes on with
// it; Open reads it. It may be used from several goroutines.
type Folder struct {
	Grid       grid.Grid        // as it was asked for last
	Dimensions []grid.Dimension // of the Grid
	Jobs       []grid.Job       // of the Grid, in its order

	path     string // not exported: a recipe that has a Folder cannot point it elsewhere
	mu       sync.Mutex
	records  map[string]Record // by ID; the last line counts
	damaged  []Damage
	lock     *flock.Flock
	manifest *os.File // open for appending while the folder is locked
	size     int64    // of the manifest as far as it was read
	state    string   // see stateOf
}

// header is sweep.json.
type header struct {
	Format     int              `json:"format"`
	Version    string           `json:"version"` // the program's
	Jobs       int              `json:"jobs"`
	JobsSHA256 string           `json:"jobs_sha256"` // of jobs.jsonl
	Grid       grid.Grid        `json:"grid"`
	Dimensions []grid.Dimension `json:"dimensions"`
}

// Create makes path the folder of a sweep of the grid's jobs and locks it. A sweep's
// folder that is there already keeps its results: those of the same jobs count, and
// the others stay where they are. It is a *LockedError when another process holds
// the folder, and an error when path holds anything else than a sweep.
func Create(path string, g grid.Grid, jobs []grid.Job) (*Folder, error) {
	dims, err := grid.Dimensions(g)
	if err != nil {
		return nil, err
	}
	for i, j := range jobs {
		if len(j.Point) != len(dims) || j.ID == "" {
			return nil, fmt.Errorf("sweep: folder %s: job %d is none of the grid's: want those that Jobs makes", path, i+1)
		}
	}
	f := &Folder{path: path, Grid: g, Dimensions: dims, Jobs: jobs}
	if err := f.create(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("sweep: folder %s: %w", path, err)
	}
	return f, nil
}

func (f *Folder) create() error {
	if err := f.checkOurs(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(f.path, picturesDir), 0o777); err != nil {
		return err
	}
	if err := f.take(); err != nil {
		return err
	}
	stored, err := stored(f.Grid, f.path)
	if err != nil {
		return err
	}
	lines, err := jsonLines(f.Jobs)
	if err == nil {
		err = f.write(jobsFile, func(w io.Writer) error { _, err := w.Write(lines); return err })
	}
	if err != nil {
		return err
	}
	return f.write(gridFile, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(header{formatVersion, dreamlib.Version, len(f.Jobs), grid.SHA256(lines), stored, f.Dimensions})
	})
}

// write replaces one of the folder's files.
func (f *Folder) write(name string, write func(io.Writer) error) error {
	return picture.WriteFileAtomic(filepath.Join(f.path, name), func(w io.Writer) error {
		buffered := bufio.NewWriter(w)
		return errors.Join(write(buffered), buffered.Flush())
	})
}

// checkOurs refuses a folder that holds other things than a sweep.
func (f *Folder) checkOurs() error {
	entries, err := os.ReadDir(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == gridFile {
			return nil
		}
	}
	for _, e := range entries {
		ours := slices.Contains([]string{jobsFile, manifestFile, picturesDir, QueueDir}, e.Name()) ||
			strings.HasPrefix(e.Name(), halfPrefix)
		if !ours {
			return fmt.Errorf("holds %s and no sweep: want a new or empty folder, or a sweep's", e.Name())
		}
	}
	return nil
}

// stored is a grid for a file in a folder, from which its names count there.
func stored(g grid.Grid, folder string) (grid.Grid, error) {
	to, err := realPath(filepath.Join(g.Folder, "."))
	if err != nil {
		return g, err
	}
	from, err := realPath(folder)
	if err != nil {
		return g, err
	}
	if g.Folder, err = filepath.Rel(from, to); err != nil {
		g.Folder = to
	}
	return g, nil
}

// realPath is a path in full and without links, as far as there is such a file: from
// what lies behind a link, ".." leads elsewhere than from the link.
func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if real, there := filepath.EvalSymlinks(path); there == nil {
		path = real
	}
	return path, err
}

// Open reads a sweep's folder as it is, without locking it. Damaged are the lines of
// the manifest that were skipped.
func Open(path string) (*Folder, error) {
	f := &Folder{path: path}
	if err := f.open(); err != nil {
		return nil, fmt.Errorf("sweep: folder %s: %w", path, err)
	}
	return f, nil
}

func (f *Folder) open() error {
	data, err := os.ReadFile(filepath.Join(f.path, gridFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("is no sweep's: has no %s", gridFile)
	}
	if err != nil {
		return err
	}
	var h header
	if err := json.Unmarshal(data, &h); err != nil {
		return fmt.Errorf("%s: %w", gridFile, err)
	}
	if h.Format != formatVersion {
		return fmt.Errorf("%s: has format %d, made by version %q of the program: want format %d", gridFile, h.Format, h.Version, formatVersion)
	}
	f.Grid, f.Dimensions, f.state = h.Grid, h.Dimensions, stateOf(data)
	if !filepath.IsAbs(f.Grid.Folder) {
		real, err := filepath.EvalSymlinks(f.path) // as in stored
		if err != nil {
			return err
		}
		f.Grid.Folder = filepath.Join(real, f.Grid.Folder)
	}
	if err := f.readJobs(h); err != nil {
		return fmt.Errorf("%s: %w", jobsFile, err)
	}
	return f.readRecords()
}

// stateOf names a sweep by its grid's file, in which the jobs' own hash is.
func stateOf(gridFile []byte) string { return grid.Short(grid.SHA256(gridFile)) }

// readJobs reads the list of jobs that belongs to sweep.json.
func (f *Folder) readJobs(h header) error {
	data, err := os.ReadFile(filepath.Join(f.path, jobsFile))
	if err != nil {
		return err
	}
	if grid.SHA256(data) != h.JobsSHA256 {
		return fmt.Errorf("is not the list that belongs to %s: run the sweep again", gridFile)
	}
	in := json.NewDecoder(bytes.NewReader(data))
	for in.More() {
		var j grid.Job
		if err := in.Decode(&j); err != nil {
			return fmt.Errorf("job %d: %w", len(f.Jobs)+1, err)
		}
		f.Jobs = append(f.Jobs, j)
	}
	return nil
}

// readRecords reads the manifest, of which there may be none yet.
func (f *Folder) readRecords() error {
	f.records, f.damaged = map[string]Record{}, nil
	data, err := os.ReadFile(filepath.Join(f.path, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f.size = int64(len(wholeLines(data)))
	f.damaged = readManifest(data, func(r Record) { f.records[r.ID] = r })
	return err
}

// Path is where the folder is, as Create, Open or Dream was given it.
func (f *Folder) Path() string { return f.path }

// Damaged are the lines of the manifest that were skipped.
func (f *Folder) Damaged() []Damage {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.damaged
}
