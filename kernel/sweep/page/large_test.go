package page

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// large is a page of 10,000 pictures in a folder, each a file of its own, with all that
// a sweep says of a job.
func large(t testing.TB) (Page, string) {
	t.Helper()
	folder := t.TempDir()
	p := Page{Title: "10,000 dreams", Numbers: []string{"objective", "seconds"}}
	for _, a := range []struct {
		name string
		n    int
	}{{"layer", 10}, {"step", 10}, {"seed", 100}} {
		axis := Axis{Name: a.name}
		for v := range a.n {
			axis.Values = append(axis.Values, fmt.Sprint(v))
		}
		p.Axes = append(p.Axes, axis)
	}
	code := ""
	for l := range 45 {
		code += fmt.Sprintf("\tline %d of a program that is the same everywhere\n", l)
	}
	putPNG(t, folder, "thumbs/0.png", swirl(256, 192, 1))
	for i := range 10_000 {
		thumbnail := fmt.Sprintf("thumbs/%d.png", i)
		if i > 0 {
			if err := os.Link(filepath.Join(folder, "thumbs/0.png"), filepath.Join(folder, thumbnail)); err != nil {
				t.Fatal(err)
			}
		}
		item := Item{
			ID: fmt.Sprintf("%016x", i*2654435761), Picture: fmt.Sprintf("pictures/%d.png", i), Thumbnail: thumbnail, Width: 512, Height: 384,
			Point:   []string{strconv.Itoa(i / 1000), strconv.Itoa(i / 100 % 10), strconv.Itoa(i % 100)},
			Numbers: []float64{float64(i * 7919 % 10_000), 1.25}, Before: "inputs/a.png",
			Command: fmt.Sprintf("dream run photos/hills.jpg --layer relu%d_1 --step %d --seed %d --width 512 --engine go -o hills-%d.png", i/1000, i/100%10, i%100, i),
		}
		for s := range 22 { // as many as a Config has, with what a sweep adds
			item.Settings = append(item.Settings, Setting{fmt.Sprintf("setting %d", s), "usual", false})
		}
		item.Settings = append(item.Settings, Setting{"finished", fmt.Sprint("2026-11-26 02:00:", i), false})
		item.Code = fmt.Sprintf("%s\tcfg.Seed = %d\n", code, i%100)
		p.Items = append(p.Items, item)
	}
	return p, folder
}

// A page of 10,000 pictures keeps few of them in the document, wherever it is scrolled
// to, and finds and sorts all.
func TestLargePage(t *testing.T) {
	p, folder := large(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Want(count, "10,000 pictures")
	tab.Want("document.querySelectorAll('.cell').length < 300", "true")
	if n := len(tab.Requests()); n > 400 {
		t.Errorf("asked for %d files to begin with", n)
	}
	tab.Press(kb.ArrowDown)
	tab.Press(kb.End)
	tab.Want(focused, "layer 9, step 9, seed 99")
	tab.Want("document.querySelectorAll('.cell').length < 300", "true")
	tab.Want("document.activeElement.querySelector('img').naturalWidth", "256")
	tab.Press("/")
	tab.Press("99")
	tab.Want(count, "100 of 10,000 pictures")
	tab.Press(kb.Escape)
	choose(tab, "sort", "objective, highest first")
	tab.Want("document.querySelector('.caption').textContent.split(' · ')[0].length > 0", "true")
	choose(tab, "rows", "seed")
	tab.Want("Number(document.querySelector('#grid').getAttribute('aria-rowcount')) > 100", "true")
	tab.Want("document.querySelectorAll('.cell').length < 400", "true")
}

// BenchmarkOpen10000 measures how long a browser takes from being sent to the page until
// all pictures in sight are painted.
func BenchmarkOpen10000(b *testing.B) {
	p, folder := large(b)
	tab := show(b, p, folder, "", 1280, 860)
	info, err := os.Stat(filepath.Join(folder, "index.html"))
	if err != nil {
		b.Fatal(err)
	}
	const painted = `new Promise(done => {
		const look = () => {
			const shown = [...document.querySelectorAll('.cell img')].filter(i => i.getBoundingClientRect().top < innerHeight);
			if (shown.length && shown.every(i => i.complete && i.naturalWidth)) requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
			else requestAnimationFrame(look);
		};
		look();
	})`
	var ms float64
	for b.Loop() {
		tab.Reload()
		n, err := strconv.ParseFloat(tab.Await(painted), 64)
		if err != nil {
			b.Fatal(err)
		}
		ms += n
	}
	b.ReportMetric(ms/float64(b.N), "ms-to-painted")
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}
