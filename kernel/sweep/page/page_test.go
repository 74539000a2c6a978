package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/sweep/page/pagetest"
)

func TestMain(m *testing.M) { os.Exit(pagetest.Run(m)) }

// swirl is a picture that differs with its seed.
func swirl(w, h, seed int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x*255/w + 40*seed), uint8(y * 255 / h), uint8((x*y/64 + 90*seed) % 256), 255})
		}
	}
	return m
}

func putPNG(t testing.TB, folder, name string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// gallery is a page of 2 x 4 x 3 items in a folder, the last of which failed.
func gallery(t testing.TB) (Page, string) {
	t.Helper()
	folder := t.TempDir()
	p := Page{
		Title:   "hills and haze",
		Note:    "24 dreams on the embedded net",
		Axes:    []Axis{{"picture", []string{"hills.jpg", "haze.jpg"}}, {"layer", []string{"relu2_2", "relu3_3", "relu4_2", "relu5_1"}}, {"step", []string{"1", "2", "4"}}},
		Numbers: []string{"objective", "seconds"},
	}
	putPNG(t, folder, "inputs/hills.png", swirl(80, 60, 9))
	for i := range 24 {
		point := []string{p.Axes[0].Values[i/12], p.Axes[1].Values[i/3%4], p.Axes[2].Values[i%3]}
		item := Item{
			ID: fmt.Sprintf("id%02d", i), Point: point, Width: 80, Height: 60, Before: "inputs/hills.png",
			Picture: fmt.Sprintf("pictures/%02d.png", i), Thumbnail: fmt.Sprintf("thumbs/%02d.png", i),
			Numbers:  []float64{float64(i * 7 % 24), 1.5},
			Settings: []Setting{{"layer", point[1], true}, {"step", point[2], true}, {"octaves", "4", false}},
			Command:  "dream run " + point[0] + " --layer " + point[1] + " --step " + point[2],
			Code:     "package main\n\nfunc main() {\n\tdream(\"" + point[1] + "\", " + point[2] + ")\n}\n",
		}
		if i == 23 {
			item.State, item.Error, item.Picture, item.Thumbnail, item.Numbers = Failed, "out of memory", "", "", nil
		} else {
			putPNG(t, folder, item.Picture, swirl(80, 60, i))
			putPNG(t, folder, item.Thumbnail, swirl(40, 30, i))
		}
		p.Items = append(p.Items, item)
	}
	return p, folder
}

// write writes a page into a folder and returns its address.
func write(t testing.TB, p Page, folder string) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "index.html")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// show opens a page in Chromium.
func show(t testing.TB, p Page, folder, hash string, width, height int64) *pagetest.Tab {
	t.Helper()
	address := write(t, p, folder)
	return pagetest.Open(t, address+hash, strings.TrimSuffix(address, "index.html"), width, height)
}
