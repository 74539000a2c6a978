package folder

import (
	"encoding/csv"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// rows reads a CSV by its header.
func rows(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			if _, twice := row[name]; twice {
				t.Errorf("column %s is there twice", name)
			}
			row[name] = line[i]
		}
		list = append(list, row)
	}
	return list
}

func TestWriteCSV(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{layer: [relu1_1, '0.5*relu1_1 + relu2_1'], precision: [float32, bfloat16]}, {step: [1, 2]}]", picture))
	r := done(t, f, f.Jobs[2])
	r.Notes = []string{"one, \"quoted\"", "two\nlines"}
	r.Objective = []float64{0.125, 0.25, 1e-7}
	if err := f.Append(Record{Job: f.Jobs[3], State: Dead, Error: "boom", Tries: 3}, r, done(t, f, f.Jobs[0])); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteCSV(); err != nil {
		t.Fatal(err)
	}
	got := rows(t, filepath.Join(f.path, csvFile))
	if len(got) != 3 {
		t.Fatalf("%d rows, want those of 3 records", len(got))
	}
	for i, want := range []map[string]string{
		{
			"id": f.Jobs[0].ID, "state": "done", "file": f.Jobs[0].File(), "picture": picture, "picture_sha256": f.Jobs[0].Picture.SHA256,
			"net": gridtest.Narrow, "net_sha256": f.Jobs[0].Net.SHA256, "axis_layer_precision": "relu1_1, float32", "axis_step": "1",
			"preset": "default", "objective": "relu1_1", "measure": "mean-square", "pyramid": "detail", "octaves": "4", "octave_scale": "1.4",
			"iterations": "8", "step": "1", "units": "pixel", "rule": "mean-abs", "jitter": "32", "smooth": "0", "clip": "true", "width": "0",
			"seed": "0", "param": "pixels", "transform": "", "lowering": "", "precision": "float32", "objective_1": "0.25", "objective_2": "1", "objective_3": "", "objective_end": "1",
			"seconds": "1.5", "engine": "go", "worker": "host-1", "tries": "1", "finished": "2026-01-02T03:04:05Z", "error": "", "notes": "",
		},
		{"step": "1", "precision": "bfloat16", "objective_1": "0.125", "objective_2": "0.25", "objective_3": "1e-07", "objective_end": "1e-07", "notes": "one, \"quoted\"; two\nlines"},
		{"state": "dead", "step": "2", "objective": "0.5*relu1_1 + relu2_1", "error": "boom", "file": "", "objective_end": "", "tries": "3"},
	} {
		for name, value := range want {
			if got[i][name] != value {
				t.Errorf("row %d, %s: got %q, want %q", i+1, name, got[i][name], value)
			}
		}
		if i == 0 && len(want) != len(got[0]) {
			t.Errorf("%d columns, want %d: %v", len(got[0]), len(want), got[0])
		}
	}
}

// sheetSizes writes a folder's sheets and returns their names and sizes.
func sheetSizes(t *testing.T, f *Folder, o SheetOptions) map[string]image.Point {
	t.Helper()
	paths, err := f.WriteSheets(o)
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]image.Point{}
	for _, path := range paths {
		size, err := picture.ReadSize(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes[filepath.Base(path)] = image.Pt(size.Width, size.Height)
	}
	left := dirNames(t, f.path)
	for name := range left {
		if _, ok := sizes[name]; strings.HasPrefix(name, "sheet") && !ok {
			t.Errorf("%s is left", name)
		}
	}
	return sizes
}

// TestWriteSheets wants a sheet for each combination of what is neither rows nor
// columns, as large as its cells, and none left of an earlier call.
func TestWriteSheets(t *testing.T) {
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	f := created(t, t.TempDir(), gridtest.Parse(t, "{set: {iterations: 1}, axes: [{seed: [0, 1]}, {width: [160, 320]}, {step: [1, 2, 3]}]}", picture))
	if _, err := f.WriteSheets(SheetOptions{}); err == nil || err.Error() != "sweep: sheet: has no dreams yet" {
		t.Errorf("got %v", err)
	}
	finish(t, f)
	const margins = 6 + 12 + 37 // gaps, and "width" in bold, which is wider than "320"
	whole := image.Pt(margins+3*(256+6), 6+3*18+2*(128+6))
	if got := sheetSizes(t, f, SheetOptions{}); len(got) != 2 || !near(got["sheet-001.png"], whole) || !near(got["sheet-002.png"], whole) {
		t.Errorf("got %v, want two of about %v", got, whole)
	}
	if got := sheetSizes(t, f, SheetOptions{Rows: "step", Columns: "seed", Cell: 100}); len(got) != 2 || !near(got["sheet-001.png"], image.Pt(6+12+26+2*106, 6+3*18+3*56)) {
		t.Errorf("got %v", got)
	}
	if got := sheetSizes(t, f, SheetOptions{Rows: "step"}); len(got) != 2 {
		t.Errorf("got %v, want columns of width", got)
	}
	for want, o := range map[string]SheetOptions{
		`no axis is called "stpe": did you mean step? there are seed; width; step`: {Rows: "stpe"},
		`no axis is called "layer"`:              {Columns: "layer"},
		"axis step: cannot be both":              {Rows: "step", Columns: "step"},
		"cells of -1 pixels: want 1 to 2048":     {Cell: -1},
		"cells of 100000 pixels: want 1 to 2048": {Cell: 100000},
	} {
		if _, err := f.WriteSheets(o); err == nil || !strings.HasPrefix(err.Error(), "sweep: sheet: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f.Close()

	f = created(t, f.path, gridtest.Parse(t, "{set: {iterations: 1, width: 160, step: 1}, axes: [{seed: [0, 1]}]}", picture))
	finish(t, f)
	if got := sheetSizes(t, f, SheetOptions{}); len(got) != 1 || got["sheet.png"] != image.Pt(6+166, 6+2*(80+22)) && got["sheet.png"] != image.Pt(6+2*166, 6+80+22) {
		t.Errorf("got %v, want one", got)
	}
	f.Close()

	f = created(t, f.path, gridtest.Parse(t, "{set: {iterations: 1, width: 160, step: 1}}", picture))
	if got := sheetSizes(t, f, SheetOptions{}); got["sheet.png"] != image.Pt(6+166, 6+80+22) {
		t.Errorf("got %v, want the one dream", got)
	}
}

// near says whether two sizes differ by what a font's widths may.
func near(a, b image.Point) bool { return max(a.X-b.X, b.X-a.X) <= 12 && a.Y == b.Y }

// TestSheetsOfWhatIsThere wants gaps for dreams that are not there, and what a sheet
// is of inside it.
func TestSheetsOfWhatIsThere(t *testing.T) {
	folder := t.TempDir()
	f := created(t, t.TempDir(), gridtest.Parse(t, "{axes: [{step: [1, 2, 3, 4]}]}", gridtest.WriteImage(t, folder, "a.png", 10), gridtest.WriteImage(t, folder, "b.png", 20)))
	if err := f.Append(done(t, f, f.Jobs[0]), done(t, f, f.Jobs[5]), Record{Job: f.Jobs[6], State: Dead, Error: "boom"}); err != nil {
		t.Fatal(err)
	}
	pages, err := f.pages(SheetOptions{Cell: 64})
	if err != nil || len(pages) != 1 || pages[0].table.Rows.Name != "picture" || !slices.Equal(pages[0].table.Rows.Labels, []string{"a.png", "b.png"}) {
		t.Fatalf("got %+v, %v", pages, err)
	}
	var got []string
	for _, row := range pages[0].jobs {
		for _, i := range row {
			c, err := f.cell(f.Jobs[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			if c.Picture != nil {
				c.Label = "dream"
			}
			got = append(got, c.Label)
		}
	}
	if want := []string{"dream", "not done", "not done", "not done", "not done", "dream", "given up", "not done"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	paths, err := f.WriteSheets(SheetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := picture.ReadText(paths[0])
	if err != nil || !strings.Contains(text[sheetKey], `"axes":[{"step":[1,2,3,4]}]`) {
		t.Errorf("inside is %q, %v", text, err)
	}
	file := filepath.Join(f.path, f.Jobs[0].File())
	whole := readFile(t, file)
	if err := os.WriteFile(file, whole[:len(whole)-1], 0o666); err != nil {
		t.Fatal(err)
	}
	if c, err := f.cell(f.Jobs[0], 64); err != nil || c.Label != "not done" {
		t.Errorf("of a picture that was cut: %q, %v", c.Label, err)
	}
	whole[len(whole)/2] ^= 1
	if err := os.WriteFile(file, whole, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteSheets(SheetOptions{}); err == nil || !strings.Contains(err.Error(), f.Jobs[0].File()+": ") {
		t.Errorf("got %v", err)
	}
}

// TestPagesAreCut wants a table that is too large on several sheets, each job once.
func TestPagesAreCut(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "axes: [{seed: 0..29}, {step: 1..31/31}]", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	for _, j := range f.Jobs { // without their pictures
		f.records[j.ID] = Record{Job: j, State: Done}
	}
	pages, err := f.pages(SheetOptions{Cell: 590})
	if err != nil || len(pages) != 3*4 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	seen := make([]int, len(f.Jobs))
	for _, p := range pages {
		for r, row := range p.jobs {
			for c, i := range row {
				seen[i]++
				if at := []string{p.table.Rows.Labels[r], p.table.Columns.Labels[c]}; !slices.Equal(at, f.Jobs[i].Point) {
					t.Errorf("job at %q is labelled %q", f.Jobs[i].Point, at)
				}
			}
		}
	}
	if slices.ContainsFunc(seen, func(n int) bool { return n != 1 }) {
		t.Errorf("jobs are there so often: %v", seen)
	}
}

// TestSheets wants the pictures that WriteSheets writes.
func TestSheets(t *testing.T) {
	f := created(t, t.TempDir(), gridtest.Parse(t, "{set: {iterations: 1, width: 16}, axes: [{seed: 0..5}, {layer: [relu1_1, relu1_2]}, {step: [1, 2]}]}", gridtest.WriteImage(t, t.TempDir(), "a.png", 10)))
	if err, ok := f.Shown().(error); !ok || err.Error() != "sweep: sheet: has no dreams yet" {
		t.Errorf("shown is %v", f.Shown())
	}
	finish(t, f)
	paths, err := f.WriteSheets(SheetOptions{Cell: 8})
	if err != nil || len(paths) != 6 {
		t.Fatal(paths, err)
	}
	sheets, err := f.Sheets(SheetOptions{Cell: 8})
	if err != nil || len(sheets) != 6 {
		t.Fatal(len(sheets), err)
	}
	for i, path := range paths {
		written, err := picture.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if db, err := picture.PSNR(written, picture.FromImage(sheets[i])); err != nil || db < 100 {
			t.Errorf("sheet %d: PSNR %v, %v", i+1, db, err)
		}
	}
	if _, err := f.Sheets(SheetOptions{Rows: "stpe"}); err == nil || !strings.HasPrefix(err.Error(), `sweep: sheet: no axis is called "stpe"`) {
		t.Errorf("got %v", err)
	}
	if shown, ok := f.Shown().([]image.Image); !ok || len(shown) != 4 {
		t.Errorf("shown is %T", f.Shown())
	}
	if none := (*Folder)(nil).Shown(); none != nil {
		t.Errorf("no folder is shown as %v", none)
	}
}
