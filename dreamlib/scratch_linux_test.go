package dreamlib

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
	"golang.org/x/sys/unix"
)

// onDisk is a picture of scene, as a file of the given name, read to memory and to
// disk.
func onDisk(t *testing.T, name string, m *Image) (memory, disk *Image) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	err := WriteFileAtomic(path, func(w io.Writer) error {
		if filepath.Ext(name) == ".tif" {
			return tiff.Encode(w, m.NRGBA64(), nil)
		}
		return png.Encode(w, m.NRGBA64())
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadPicture(path)
	if err != nil {
		t.Fatal(err)
	}
	disk, err = p.Scratch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(disk.Close)
	return p.Image(), disk
}

// wantClosed wants no picture left in a scratch but those that are listed, and no
// file in its folder.
func wantClosed(t *testing.T, s *scratch, left ...*Image) {
	t.Helper()
	arrays := 0
	for _, m := range left {
		arrays++
		if m.Alpha != nil {
			arrays++
		}
	}
	if len(s.maps) != arrays {
		t.Errorf("%d arrays lie in the scratch, want %d", len(s.maps), arrays)
	}
	if files, err := os.ReadDir(s.folder); err != nil || len(files) > 0 {
		t.Errorf("files in the folder: %v, %v", files, err)
	}
}

// TestDreamOnDisk wants pictures on disk to give the pixels, and the files, of
// those in memory, bit for bit, and to leave nothing behind.
func TestDreamOnDisk(t *testing.T) {
	net := randomNet(t, 32)
	see := scene(131, 113)
	see.Alpha = make([]float32, 131*113)
	for i := range see.Alpha {
		see.Alpha[i] = float32(i%7) / 6
	}
	small := scene(9, 140) // narrower than the network's least
	for _, c := range []struct {
		name, preset, file string
		picture            *Image
		change             func(*Config)
	}{
		{"google", "google", "in.png", see, func(c *Config) { c.Octaves, c.Tile = 3, 60 }},
		{"whole octaves", "google", "in.tif", see, func(c *Config) { c.Octaves = 2 }},
		{"pytorch", "pytorch", "in.png", scene(131, 113), func(c *Config) { c.Width, c.Octaves, c.OctaveScale, c.Tile = 150, 2, 1.4, 60 }},
		{"accumulate", "google", "in.png", small, func(c *Config) {
			c.Rule, c.Step, c.Octaves, c.Tile = RuleAccumulate, 1e4, 2, 60
		}},
		{"no steps", "google", "in.png", see, func(c *Config) { c.Iterations, c.Octaves = 0, 2 }},
		{"classic", "classic", "in.png", scene(131, 113), func(c *Config) { c.Octaves, c.Iterations = 1, 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			memory, disk := onDisk(t, c.file, c.picture)
			m := newModel(t, openGo(t), net, LoweringAuto)
			cfg := short(t, c.preset)
			cfg.Objective = Layer("relu3_1")
			c.change(&cfg)
			var results [2]*Result
			var files [2][3]bytes.Buffer
			for i, picture := range []*Image{memory, disk} {
				result, err := Dream(context.Background(), m, picture, cfg, nil)
				if err != nil {
					t.Fatal(err)
				}
				results[i] = result
				for k, depth := range []int{8, 16} {
					if err := encodePNG(&files[i][k], result.Image, ImageOptions{Depth: depth}); err != nil {
						t.Fatal(err)
					}
				}
				if c.picture.Alpha != nil {
					continue // JPEG has none
				}
				if err := encodeJPEG(&files[i][2], result.Image, ImageOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			want, got := results[0].Image, results[1].Image
			if !want.Equal(got) || cfg.Iterations > 0 && want.Equal(memory) {
				t.Errorf("pixels differ, or nothing was dreamt")
			}
			for k := range files[0] {
				if !bytes.Equal(files[0][k].Bytes(), files[1][k].Bytes()) {
					t.Errorf("file %d differs", k)
				}
			}
			if c.preset != "classic" && got.scratch == nil {
				t.Error("the result lies in memory")
			}
			s := disk.scratch
			if got.scratch != nil && got != disk {
				got.Close()
			}
			wantClosed(t, s, disk)
			if !disk.Equal(memory) {
				t.Error("the picture dreamt on has changed")
			}
		})
	}
}

// TestDiskBoundsBands wants work to go by bands that cover every row once.
func TestDiskBoundsBands(t *testing.T) {
	s := newScratch(t.TempDir())
	counts := make([]int, 1001)
	s.rows(len(counts), bandBytes/10, func(lo, hi int) {
		if hi-lo > 10 {
			t.Errorf("a band holds rows %d to %d", lo, hi)
		}
		for i := lo; i < hi; i++ {
			counts[i]++
		}
	})
	for i, n := range counts {
		if n != 1 {
			t.Fatalf("row %d was visited %d times", i, n)
		}
	}
}

// TestDiskGivesPagesBack wants a picture's pages out of the process after work on
// it, and what was written kept.
func TestDiskGivesPagesBack(t *testing.T) {
	s := newScratch(t.TempDir())
	values := room[float32](s, 64<<20/4)
	defer vacate(s, values)
	s.rows(64, 1<<20, func(lo, hi int) {
		for i := lo << 18; i < hi<<18; i++ {
			values[i] = float32(i)
		}
	})
	if n := mapped(t); n > 8<<20 {
		t.Errorf("%d bytes of files in the scratch are in the process", n)
	}
	for i, v := range values {
		if v != float32(i) {
			t.Fatalf("value %d is %v", i, v)
		}
	}
	if n := mapped(t); n < 32<<20 {
		t.Errorf("%d bytes are in the process after all were read: nothing was measured", n)
	}
}

// mapped is how much of nameless files in scratch folders is in the process.
func mapped(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	var total int64
	ours := false
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "-") && strings.Contains(line, " rw-s ") {
			ours = strings.Contains(line, ".godream-")
		} else if strings.Contains(line, "p 0000") {
			ours = false
		}
		var kib int64
		if n, _ := fmt.Sscanf(line, "Rss: %d kB", &kib); n == 1 && ours {
			total += kib << 10
		}
	}
	return total
}

// TestDiskTooSmall wants a disk that cannot hold a dream found before any work,
// and one that fills up meanwhile to be an error. /proc is a file system without
// room.
func TestDiskTooSmall(t *testing.T) {
	m := planner(t, 32)
	cfg := short(t, "google")
	cfg.Objective = Layer("relu2_1")
	m.Memory, m.Scratch = 100<<20, "/proc"
	_, err := m.Plan(Size{2000, 2000}, cfg)
	if err == nil || !strings.Contains(err.Error(), "scratch folder /proc: has 0.00 GB free, and the pictures of a dream of 2000x2000 take 0.") {
		t.Errorf("got %v", err)
	}
	m.Scratch = filepath.Join(t.TempDir(), "none")
	if _, err = m.Plan(Size{2000, 2000}, cfg); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	p := &Picture{Size: Size{4, 4}, src: image.NewNRGBA(image.Rect(0, 0, 4, 4)), turn: 1}
	if _, err := p.Scratch("/proc"); err == nil || !strings.Contains(err.Error(), "scratch folder /proc: no room for 0.00 GB: ") {
		t.Errorf("got %v", err)
	}
	disk, err := p.Scratch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	var failed error
	func() {
		defer fence(&failed)
		disk.scratch.folder = "/proc"
		disk.Clone()
	}()
	if !errors.As(failed, new(scratchError)) || !errors.Is(failed, unix.ENOENT) && !errors.Is(failed, os.ErrNotExist) && !errors.Is(failed, os.ErrPermission) {
		t.Errorf("got %v, want a scratchError", failed)
	}
	if _, err := Dream(context.Background(), m, disk, cfg, nil); err == nil {
		t.Error("a dream found room in /proc")
	}
}

// TestPlanPutsPicturesOnDisk wants the disk used where memory does not do, its
// need predicted, and a refusal without it to say that it would help.
func TestPlanPutsPicturesOnDisk(t *testing.T) {
	m := planner(t, 32)
	cfg := short(t, "google")
	cfg.Objective, cfg.Smooth, cfg.Octaves = Layer("relu2_1"), 1, 2
	size := Size{1500, 1200}
	m.Memory = 100 << 20
	if _, err := m.Plan(size, cfg); err == nil || !strings.Contains(err.Error(), ", or pictures on disk") {
		t.Errorf("got %v, want a hint at the disk", err)
	}
	m.Scratch = t.TempDir()
	p, err := m.Plan(size, cfg)
	if err != nil || p.Disk < 12*4*1500*1200 || p.Memory > m.Memory {
		t.Fatalf("got %+v, %v, want at least four pictures on disk", p, err)
	}
	m.Memory = 0
	if p, err := m.Plan(size, cfg); err != nil || p.Disk != 0 {
		t.Errorf("got %+v, %v, want all in memory without a limit", p, err)
	}
	m.Memory = 100 << 20
	classic, err := Preset("classic")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := m.Plan(Size{4000, 3000}, classic); err == nil {
		t.Errorf("classic: got %+v, want a refusal: its levels lie in memory", p)
	}
}

// TestDiskIsEnough holds what dreams really take on disk against the prediction.
func TestDiskIsEnough(t *testing.T) {
	net := randomNet(t, 32)
	m := newModel(t, openGo(t), net, LoweringAuto)
	for _, change := range []func(*Config){
		func(*Config) {},
		func(c *Config) { c.Smooth, c.Rule = 1, RuleAccumulate },
		func(c *Config) { c.Width, c.OctaveScale, c.Octaves = 300, 1.1, 3 },
		func(c *Config) { c.Pyramid = PyramidCarry },
	} {
		cfg := short(t, "google")
		cfg.Objective, cfg.Octaves, cfg.Tile, cfg.Iterations = Layer("relu2_1"), 2, 60, 1
		change(&cfg)
		_, disk := onDisk(t, "in.png", scene(150, 120))
		_, l, err := m.layout(Size{150, 120}, cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		result, err := Dream(context.Background(), m, disk, cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		result.Image.Close()
		if most := disk.scratch.most; most > l.disk || float64(most) < 0.6*float64(l.disk) {
			t.Errorf("%+v took %d bytes on disk, predicted were %d", cfg, most, l.disk)
		}
	}
}
