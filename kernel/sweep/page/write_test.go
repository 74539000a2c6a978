package page

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/seed2310110f/godream/dreamlib/picture"
)

func TestCheckFindsMistakes(t *testing.T) {
	whole := func() Page {
		return Page{Axes: []Axis{{"layer", []string{"a", "b"}}}, Numbers: []string{"n"}, Items: []Item{{ID: "x", Point: []string{"a"}, Picture: "x.png"}}}
	}
	if err := whole().Check(); err != nil {
		t.Fatal(err)
	}
	for want, break1 := range map[string]func(*Page){
		`page: axis "layer": want each value once, found ["a" "b" "a"]`: func(p *Page) { p.Axes[0].Values = []string{"a", "b", "a"} },
		`page: axis "layer": is there twice`:                            func(p *Page) { p.Axes = append(p.Axes, p.Axes[0]) },
		`page: item "x": is there twice`:                                func(p *Page) { p.Items = append(p.Items, p.Items[0]) },
		`page: item "": want an ID, found none`:                         func(p *Page) { p.Items[0].ID = "" },
		`page: item "x": want a value for each of 1 axes, found []`:     func(p *Page) { p.Items[0].Point = nil },
		`page: item "x": layer "c": is not on that axis`:                func(p *Page) { p.Items[0].Point[0] = "c" },
		`page: item "x": want 1 numbers or none, found [1 2]`:           func(p *Page) { p.Items[0].Numbers = []float64{1, 2} },
		`page: item "x": want a picture, found none`:                    func(p *Page) { p.Items[0].Picture = "" },
		`page: has 100001 items, want at most 100000`: func(p *Page) {
			p.Items = make([]Item, MaxItems+1)
		},
		`page: item "x": state "dead": want "done", "failed" or "waiting"`: func(p *Page) {
			p.Items[0].State = "dead"
		},
	} {
		p := whole()
		break1(&p)
		var b bytes.Buffer
		if err := p.Write(&b); err == nil || err.Error() != want || b.Len() > 0 {
			t.Errorf("got %v and %d bytes, want %s", err, b.Len(), want)
		}
	}
}

func TestEncodeHoldsTextOnce(t *testing.T) {
	p := Page{Axes: []Axis{{"layer", []string{"a", "b"}}}, Numbers: []string{"n", "m"}}
	p.Items = []Item{
		{ID: "1", Point: []string{"b"}, Picture: "x y.png", Before: "i.png", Numbers: []float64{0.5, math.NaN()}, Settings: []Setting{{"step", "2", true}}, Code: "one\ntwo\n"},
		{ID: "2", Point: []string{""}, Picture: "a:b.png", Before: "i.png", Numbers: []float64{0, math.Inf(1)}, Settings: []Setting{{"step", "2", false}}, Code: "two\none"},
	}
	got, err := p.whole().encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"axes":[{"name":"layer","values":["a","b"]}],"numbers":["n","m"],"text":["i.png","step","2","one","two"],"items":[` +
		`{"id":"1","point":[1],"picture":"x%20y.png","before":0,"numbers":[0.5,null],"settings":[1,2,1],"code":[3,4]},` +
		`{"id":"2","point":[-1],"picture":"./a:b.png","before":0,"numbers":[0,null],"settings":[1,2,0],"code":[4,3]}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	fragment, err := p.Fragment(p.Items[1])
	if err != nil {
		t.Fatal(err)
	}
	want = `{"text":["i.png","step","2","two","one"],"items":[` +
		`{"id":"2","point":[-1],"picture":"./a:b.png","before":0,"numbers":[0,null],"settings":[1,2,0],"code":[3,4]}]}`
	if string(fragment) != want {
		t.Errorf("got  %s\nwant %s", fragment, want)
	}
	if _, err := p.Fragment(Item{ID: "3"}); err == nil || !strings.Contains(err.Error(), `page: item "3": want a value for each of 1 axes`) {
		t.Errorf("a fragment of nothing: %v", err)
	}
}

// A sweep over seeds has as many values on an axis as items: looking each up among
// all would take minutes.
func TestAsManyValuesAsItems(t *testing.T) {
	p := Page{Axes: []Axis{{Name: "seed"}}}
	for i := range MaxItems {
		seed := strconv.Itoa(i)
		p.Axes[0].Values = append(p.Axes[0].Values, seed)
		p.Items = append(p.Items, Item{ID: seed, Point: []string{seed}, Picture: "x.png"})
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"99999","point":[99999],"picture":"x.png"}]}`; !strings.Contains(b.String(), want) {
		t.Errorf("want the last item as %s", want)
	}
}

// An embedded page shows its pictures wherever it lies.
func TestEmbed(t *testing.T) {
	p, folder := gallery(t)
	clear := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	clear.SetNRGBA(1, 1, color.NRGBA{255, 0, 0, 128})
	putPNG(t, folder, p.Items[2].Picture, clear)
	inside, err := p.Embed(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	tab := show(t, inside, t.TempDir(), "#open=id01", 1000, 700)
	tab.Want("document.querySelector('.frame img.after').naturalWidth", "80")
	tab.Want("document.querySelector('.frame img.after').src.slice(0, 23)", "data:image/jpeg;base64,")
	tab.Want("document.querySelector('.frame img.before').naturalWidth", "80")
	tab.Want("[...document.querySelectorAll('.cell img')].every(i => i.src.startsWith('data:image/png;base64,'))", "true")
	tab.Press(kb.ArrowDown)
	tab.Want("document.querySelector('.frame img.after').src.slice(0, 22)", "data:image/png;base64,") // a JPEG holds no opacity
	for _, address := range tab.Requests()[1:] {
		if !strings.HasPrefix(address, "data:") {
			t.Errorf("asked for %s", address)
		}
	}

	p.Items[4].Picture = "pictures/gone.png"
	if _, err := p.Embed(os.DirFS(folder)); err == nil || !strings.HasPrefix(err.Error(), "page: embed pictures/gone.png: ") {
		t.Errorf("a picture that is gone: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "pictures/gone.png"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Embed(os.DirFS(folder)); err == nil || !strings.HasPrefix(err.Error(), "page: embed pictures/gone.png: ") {
		t.Errorf("a picture that is none: %v", err)
	}
}

// What is embedded from a PNG is the same picture, within what a JPEG of quality 90
// loses.
func TestEmbedKeepsThePicture(t *testing.T) {
	m := swirl(160, 120, 0)
	folder := t.TempDir()
	putPNG(t, folder, "a.png", m)
	p, err := Page{Items: []Item{{ID: "a", Picture: "a.png"}}}.Embed(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	data, err := p.whole().encode()
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`data:image/jpeg;base64,([^"]+)`).FindSubmatch(data)
	if text == nil {
		t.Fatalf("no JPEG in %.200s", data)
	}
	var address string
	if err := json.Unmarshal([]byte(`"`+string(text[1])+`"`), &address); err != nil {
		t.Fatal(err)
	}
	file, err := base64.StdEncoding.DecodeString(address)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if likeness, err := picture.PSNR(picture.FromImage(m), picture.FromImage(got)); err != nil || likeness < 30 {
		t.Errorf("%.1f dB, %v", likeness, err)
	}
}

func TestShrink(t *testing.T) {
	folder := t.TempDir()
	clear := picture.FromImage(image.NewNRGBA(image.Rect(0, 0, 8, 8)))
	for name, c := range map[string]struct {
		m    *picture.Image
		want picture.Size
	}{
		"wide":  {picture.FromImage(swirl(600, 30, 0)), picture.Size{Width: 200, Height: 10}},
		"high":  {picture.FromImage(swirl(1, 600, 0)), picture.Size{Width: 1, Height: 200}},
		"small": {picture.FromImage(swirl(20, 30, 0)), picture.Size{Width: 20, Height: 30}},
		"clear": {clear, picture.Size{Width: 8, Height: 8}},
	} {
		to := filepath.Join(folder, name+".jpg")
		if err := Shrink(c.m, to, 200); err != nil {
			t.Fatal(err)
		}
		m, err := picture.Read(to)
		if err != nil {
			t.Fatal(err)
		}
		if got := (picture.Size{Width: m.Width, Height: m.Height}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if name == "clear" && m.Pix[0] < 0.99 {
			t.Errorf("what is transparent shows %v, want white", m.Pix[:3])
		}
	}
	if clear.Alpha == nil || clear.Pix[0] != 0 {
		t.Error("the picture itself was changed")
	}
}
