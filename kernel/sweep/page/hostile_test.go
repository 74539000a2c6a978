package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// hostile are texts that break pages which take them for HTML, scripts, addresses or
// selectors.
var hostile = []string{
	`</script><script>window.hacked = 1</script>`,
	`<!--<script>`,
	`"><img src=x onerror="window.hacked = 2">`,
	`' onmouseover='window.hacked = 3`,
	"line\u2028paragraph\u2029end",
	"__proto__",
	"constructor",
	`{{.Data}} ${window.hacked = 4} \u003c`,
	"tab\tnew\nline\x00",
	"עברית 日本語 🌀 \u202eright to left",
	`javascript:window.hacked=5`,
	"&amp; & %41 #? =+;",
}

// hostilePage has them everywhere.
func hostilePage(t testing.TB) (Page, string) {
	t.Helper()
	folder := t.TempDir()
	p := Page{Title: hostile[0], Note: hostile[2], Axes: []Axis{{hostile[0], hostile}, {"__proto__", hostile[:2]}}, Numbers: []string{hostile[2], "__proto__"}}
	for i, text := range hostile {
		file := "a" + strings.NewReplacer("/", "_", "\x00", "").Replace(text) + ".png"
		if i == 10 {
			file = file[1:] // begins like a scheme
		}
		if runtime.GOOS == "windows" {
			file = fmt.Sprint(i, ".png")
		}
		putPNG(t, folder, file, swirl(40, 30, i))
		p.Items = append(p.Items, Item{
			ID: text, Point: []string{text, hostile[i%2]}, Picture: file, Before: file, Numbers: []float64{float64(i), 1},
			Settings: []Setting{{text, text, true}, {"__proto__", text, false}}, Command: text, Code: text + "\n" + text,
		})
	}
	p.Items = append(p.Items, Item{ID: "failed", Point: []string{"", ""}, State: Failed, Error: hostile[0] + hostile[2]})
	return p, folder
}

func TestHostileTextStaysText(t *testing.T) {
	p, folder := hostilePage(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Want("document.title", strings.TrimSpace(hostile[0]))
	tab.Want(count, "13 pictures")
	choose(tab, "rows", "none")
	choose(tab, "columns", "none")
	tab.Want("[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 40).length", "12")
	tab.Want("document.querySelectorAll('script').length", "2")
	tab.Want("document.querySelector('.failed .blank').textContent", "✕ "+hostile[0]+hostile[2])
	tab.Press(kb.ArrowDown)
	for i, text := range hostile {
		tab.Press(kb.Enter)
		tab.Want("document.querySelector('#panel pre').textContent", text)
		tab.Want("document.querySelector('#panel section th').textContent + document.querySelector('#panel section td').textContent", text+text)
		tab.Want("document.querySelector('#panel details:last-of-type th').textContent", "__proto__")
		tab.Want("document.querySelector('.frame img.after').naturalWidth", "40")
		tab.Want("new URLSearchParams(location.hash.slice(1)).get('open')", text)
		tab.Press(kb.Escape)
		tab.Want(opened, "false")
		if tab.Press(kb.ArrowRight); i == 0 {
			tab.Shoot("hostile")
		}
	}
	tab.Want("typeof window.hacked", "undefined")
}

// The data between the script's tags are what was put in, and hold nothing that ends
// them.
func TestHostileTextComesBack(t *testing.T) {
	p, _ := hostilePage(t)
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(b.String())
	if parts == nil {
		t.Fatal("no data in the page")
	}
	if i := strings.IndexAny(parts[1], "<>&\u2028\u2029"); i >= 0 {
		t.Errorf("the data hold %q", parts[1][i:i+10])
	}
	var w wire
	if err := json.Unmarshal([]byte(parts[1]), &w); err != nil {
		t.Fatal(err)
	}
	for i, text := range hostile {
		item := w.Items[i]
		if item.ID != text || w.Axes[0].Values[item.Point[0]] != text || item.Command != text || w.Text[item.Settings[0]] != text || w.Text[item.Settings[1]] != text {
			t.Errorf("%q came back as %+v", text, item)
		}
	}
	if strings.Count(b.String(), "<script") != 2 || strings.Count(b.String(), "</script") != 2 {
		t.Error("the page has other scripts than its data and its own")
	}
}

// FuzzWrite holds any text to that.
func FuzzWrite(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := Page{Title: text, Note: text, Axes: []Axis{{text, []string{text}}}, Numbers: []string{text}}
		p.Items = []Item{{ID: "x" + text, Point: []string{text}, Picture: "p" + text, Error: text, Command: text, Code: text, Settings: []Setting{{text, text, true}}}}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(strings.ToLower(b.String()), "<script") + strings.Count(strings.ToLower(b.String()), "</script"); n != 4 {
			t.Errorf("%q: the page has %d tags of scripts, want 4", text, n)
		}
	})
}
