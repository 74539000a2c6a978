package folder

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/seed2310110f/godream/kernel/sweep/grid"
)

// WriteCSV writes manifest.csv: Records as a table, with a header. Columns are
//
//   - id, state, file (of the dream, below the folder), picture, picture_sha256,
//     net, net_sha256;
//   - axis_NAME for each of the Dimensions;
//   - every field of dreamlib.Config and vgg.Options, under its name in
//     JSON: objective is its text;
//   - objective_1, objective_2, ...: the objective's value at the last step of each
//     octave, and objective_end, that of the last octave;
//   - seconds, engine, worker, tries, finished, error, notes.
func (f *Folder) WriteCSV() error {
	records := f.Records()
	octaves := 0
	for _, r := range records {
		octaves = max(octaves, len(r.Objective))
	}
	err := f.write(csvFile, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(csvNames(f.Dimensions, octaves)); err != nil {
			return err
		}
		for _, r := range records {
			if err := out.Write(csvRow(r, octaves)); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}

// csvNames is the header.
func csvNames(dims []grid.Dimension, octaves int) []string {
	names := []string{"id", "state", "file", "picture", "picture_sha256", "net", "net_sha256"}
	for _, d := range dims {
		names = append(names, "axis_"+strings.NewReplacer(", ", "_", "-", "_").Replace(d.Name))
	}
	for _, s := range (grid.Job{}).Settings() {
		names = append(names, s.Key())
	}
	for o := range octaves {
		names = append(names, fmt.Sprintf("objective_%d", o+1))
	}
	return append(names, "objective_end", "seconds", "engine", "worker", "tries", "finished", "error", "notes")
}

// csvRow is a record under the header.
func csvRow(r Record, octaves int) []string {
	row := []string{r.ID, string(r.State), r.File, filepath.ToSlash(r.Picture.Source), r.Picture.SHA256, r.Net.Source, r.Net.SHA256}
	row = append(row, r.Point...)
	for _, s := range r.Settings() {
		row = append(row, s.Value)
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	end := ""
	for o := range octaves {
		value := ""
		if o < len(r.Objective) {
			value = number(r.Objective[o])
			end = value
		}
		row = append(row, value)
	}
	return append(row, end, number(r.Seconds), r.Engine, r.Worker, strconv.Itoa(r.Tries),
		r.Finished.UTC().Format(time.RFC3339), r.Error, strings.Join(r.Notes, "; "))
}
