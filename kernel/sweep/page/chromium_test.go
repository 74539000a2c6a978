package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/seed2310110f/godream/kernel/sweep/page/pagetest"
)

const (
	count   = "document.querySelector('#count').textContent"
	cells   = "document.querySelectorAll('.cell').length"
	focused = "document.activeElement.getAttribute('aria-label')"
	columns = "[...document.querySelectorAll('[role=columnheader]')].map(e => e.textContent).join(' | ')"
	rows    = "[...document.querySelectorAll('[role=rowheader]')].map(e => e.textContent).join(' | ')"
	opened  = "document.querySelector('#viewer').open"
	heading = "document.querySelector('#about').textContent"
	hash    = "decodeURIComponent(location.hash)"
)

// choose sets a menu to one of its options.
func choose(tab *pagetest.Tab, id, option string) {
	tab.Eval(fmt.Sprintf(`(() => {
		const select = document.getElementById(%q);
		select.value = [...select.options].find(o => o.textContent === %q).value;
		select.dispatchEvent(new Event('change'));
	})()`, id, option))
}

func TestPageOpensFromAFile(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Want("document.title", "hills and haze")
	tab.Want(count, "24 pictures")
	tab.Want("document.querySelector('#note').textContent", "24 dreams on the embedded net")
	tab.Want(cells, "24")
	tab.Want("[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 40).length", "23")
	tab.Want(columns, "picture | relu2_2 | relu3_3 | relu4_2 | relu5_1")
	tab.Want(rows, "hills.jpg | haze.jpg")
	tab.Want("document.querySelector('.failed .blank').textContent", "✕ out of memory")
	tab.Want("document.querySelectorAll('.cell img[loading=lazy]').length", "23")
	tab.Shoot("grid")
	if requests := tab.Requests(); len(requests) != 24 {
		t.Errorf("the page asked for %d files, want itself and 23 small copies: %q", len(requests), requests)
	}
}

func TestPageAxesFiltersAndSort(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1280, 2000)
	choose(tab, "rows", "step")
	tab.Want(rows, "step 1 | step 2 | step 4")
	tab.Want(hash, "#rows=step")
	choose(tab, "columns", "step") // they change places
	tab.Want(columns, "layer | step 1 | step 2 | step 4")
	tab.Want(rows, "relu2_2 | relu3_3 | relu4_2 | relu5_1")

	tab.Click("#filter1")
	tab.Want("document.querySelector('#filter1').getAttribute('aria-expanded')", "true")
	tab.Click("#box1 .both button:nth-child(2)")
	tab.Want(count, "0 of 24 pictures")
	tab.Want("document.querySelector('#nothing').hidden", "false")
	tab.Click("#box1 .values label:nth-child(2)")
	tab.Want(count, "6 of 24 pictures")
	tab.Want("document.querySelector('#filter1').textContent", "layer: relu3_3")
	tab.Press(kb.Escape)
	tab.Want("document.querySelectorAll('.box:popover-open').length", "0")
	tab.Want(count, "6 of 24 pictures")

	tab.Press("/")
	tab.Want("document.activeElement.id", "query")
	tab.Press("haze")
	tab.Want(count, "3 of 24 pictures")
	tab.Want(hash, "#rows=layer&columns=step&is.layer=relu3_3&words=haze")
	tab.Press(kb.Escape)
	tab.Want(count, "24 pictures")

	choose(tab, "rows", "none")
	choose(tab, "columns", "none")
	choose(tab, "sort", "objective, highest first")
	first := "[...document.querySelectorAll('.caption')].slice(0, 3).map(e => e.textContent.split(' · ')[0]).join(' ')"
	tab.Want(first, "23 22 21")
	choose(tab, "sort", "objective, lowest first")
	tab.Want(first, "0 1 2")
	last := "[...document.querySelectorAll('.cell')].at(-1).className"
	tab.Want(last, "cell failed")
	tab.Want(hash, "#rows=&columns=&sort=+objective")
}

func TestPageKeyboard(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Press(kb.ArrowDown)
	tab.Want(focused, "hills.jpg, relu2_2, step 1")
	tab.Press(kb.ArrowRight)
	tab.Want(focused, "hills.jpg, relu3_3, step 1")
	tab.Press(kb.ArrowDown)
	tab.Want(focused, "hills.jpg, relu3_3, step 2")
	tab.Press(kb.ArrowLeft)
	tab.Press(kb.ArrowLeft) // over the line's end
	tab.Want(focused, "hills.jpg, relu5_1, step 1")
	tab.Press(kb.End)
	tab.Want(focused, "haze.jpg, relu5_1, step 4, failed: out of memory")
	tab.Press(kb.Home)
	tab.Want("document.querySelectorAll('.cell[tabindex=\"0\"]').length", "1")
	tab.Press(kb.Enter)
	tab.Want(opened, "true")
	tab.Want(heading, "hills.jpg · relu2_2 · step 1")
	tab.Press(kb.ArrowDown)
	tab.Want(heading, "hills.jpg · relu2_2 · step 2")
	tab.Press(kb.Escape)
	tab.Want(opened, "false")
	tab.Want(focused, "hills.jpg, relu2_2, step 2")
	tab.Press("x")
	tab.Press(kb.ArrowRight)
	tab.Press("x")
	tab.Want("document.querySelectorAll('.cell[aria-selected=true]').length", "2")
	tab.Want("document.querySelector('#tray').hidden", "false")
	tab.Press("c")
	tab.Want(heading, "2 pictures compared")
	tab.Press(kb.Escape)
	tab.Press(kb.Escape)
	tab.Want("document.querySelector('#tray').hidden", "true")
	tab.Press("?")
	tab.Want("document.querySelector('#help').open", "true")
	tab.Shoot("help")
	tab.Press(kb.Escape)
	tab.Want("document.querySelector('#help').open", "false")
	wide := "document.querySelector('.cell').clientWidth"
	before := tab.Eval(wide)
	tab.Press("-")
	tab.Want("Number("+wide+") < "+before, "true")
}

// transforms are how the open pictures lie.
const transforms = "[...document.querySelectorAll('.frame img.after')].map(i => i.style.transform)"

// scaleOf is how large the first is shown.
const scaleOf = transforms + "[0].match(/scale.(.*)./)[1]"

func TestPageComparesInStep(t *testing.T) {
	p, folder := gallery(t)
	p.Items[1].Width, p.Items[1].Height = 160, 120 // another size of the same shape
	putPNG(t, folder, p.Items[1].Picture, swirl(160, 120, 1))
	tab := show(t, p, folder, "#open=id00&open=id01&open=id05", 1200, 700)
	tab.Want("document.querySelectorAll('.pane').length", "3")
	tab.Want(transforms+".length", "3")
	tab.Want("[...document.querySelectorAll('figcaption')].map(e => e.textContent).join(' | ')", "A · relu2_2 · step 1 | B · relu2_2 · step 2 | C · relu3_3 · step 4")
	tab.Want("[...document.querySelectorAll('#panel tbody tr')].map(e => e.textContent).join(' | ')", "objective0711 | layerrelu2_2relu2_2relu3_3 | step124")
}

func TestPageZoomsTogether(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "#open=id00&open=id01", 1200, 700)
	tab.Want("new Set("+transforms+").size", "1")
	fit := tab.Eval(transforms + "[0]")
	wheel := func(x, y, by float64) {
		tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseWheel, x, y, func(e *input.DispatchMouseEventParams) { e.DeltaX, e.DeltaY = 1e-3, by }))
	}
	wheel(200, 300, -400)
	tab.Want(transforms+"[0] !== "+fmt.Sprintf("%q", fit), "true")
	tab.Want("new Set("+transforms+").size", "1")
	zoomed := tab.Eval(transforms + "[0]")
	tab.Do(chromedp.DragAndDropXY(200, 300, 260, 340))
	tab.Want(transforms+"[1] !== "+fmt.Sprintf("%q", zoomed), "true")
	tab.Want("new Set("+transforms+").size", "1")
	tab.Want("/zoom=[\\d.]+ [\\d.]+ [\\d.]+/.test("+hash+".replaceAll('+', ' '))", "true")
	tab.Shoot("compare")
	tab.Press("0")
	tab.Want(transforms+"[0]", fit)
	tab.Press("1")
	tab.Want("document.querySelector('#scale').textContent", "100 %")
	tab.Want("[...document.querySelectorAll('.frame img.after')].map(i => i.getBoundingClientRect().width).join(' ')", "80 80")
}

func TestPageBeforeAndAfter(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "#open=id04", 1000, 700)
	tab.Want("document.querySelector('.before').hidden", "true")
	tab.Press("b")
	tab.Want("document.querySelector('.before').hidden", "false")
	tab.Want("document.querySelector('.before').naturalWidth", "80")
	right := "parseFloat(document.querySelector('.before').style.clipPath.split(' ')[1] ?? 0)" // what is cut off there
	tab.Want(right, "40")
	tab.Eval("document.querySelector('#wipe').focus()")
	tab.Press(kb.End)
	tab.Want(right, "0")
	tab.Press(kb.Home)
	tab.Want(right, "80")
	tab.Want(heading, "hills.jpg · relu3_3 · step 2") // the slider's keys are its own
	at := strings.Fields(tab.Eval(`(() => {
		const line = document.querySelector('.wipe-line').getBoundingClientRect(), frame = document.querySelector('.frame').getBoundingClientRect();
		return [line.x + line.width / 2, line.y + line.height / 2, frame.x + frame.width / 2].join(' ');
	})()`))
	var x, y, middle float64
	if _, err := fmt.Sscan(strings.Join(at, " "), &x, &y, &middle); err != nil {
		t.Fatal(err)
	}
	tab.Do(chromedp.DragAndDropXY(x, y, middle, y))
	tab.Want("Math.abs("+right+" - 40) < 1", "true")
	tab.Shoot("slider")
}

func TestPageShowsHowToMakeAPicture(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "#open=id04", 1200, 800)
	tab.Want("[...document.querySelectorAll('#panel tr')].map(e => e.textContent).join(' | ')",
		"layerrelu3_3 | step2 | objective4 | seconds1.5 | octaves4")
	tab.Want("[...document.querySelectorAll('#panel .own th')].map(e => e.textContent).join(' ')", "layer step objective seconds")
	tab.Eval("navigator.clipboard.writeText = async text => { window.copied = text; }")
	tab.Click("#panel .copy")
	tab.Want("window.copied", "dream run hills.jpg --layer relu3_3 --step 2")
	tab.Want("document.querySelector('#whispers').textContent", "Command copied")
	tab.Click("#panel details:nth-of-type(2) summary")
	tab.Click("#panel details:nth-of-type(2) .copy")
	tab.Want("window.copied", "package main\n\nfunc main() {\n\tdream(\"relu3_3\", 2)\n}")
	tab.Eval("navigator.clipboard.writeText = async text => { throw new Error('no clipboard here'); }")
	tab.Eval("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
	tab.Click("#panel .copy")
	tab.Want("window.copied", "dream run hills.jpg --layer relu3_3 --step 2")
	tab.Shoot("view")
}

func TestPageColours(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1000, 700)
	paper := "getComputedStyle(document.body).backgroundColor"
	const light, dark = "rgb(252, 252, 251)", "rgb(18, 18, 17)"
	tab.Prefer("prefers-color-scheme", "light")
	tab.Want(paper, light)
	tab.Prefer("prefers-color-scheme", "dark")
	tab.Want(paper, dark)
	tab.Shoot("dark")
	tab.Click("#theme")
	tab.Want(paper, light)
	tab.Press("t")
	tab.Prefer("prefers-color-scheme", "light")
	tab.Want(paper, dark)
	tab.Want("document.querySelector('#theme').getAttribute('aria-label')", "Colours: dark")
}

// A view is shared by its address, and Back leads out of an open picture.
func TestPageAddress(t *testing.T) {
	p, folder := gallery(t)
	view := "#rows=layer&columns=step&is.picture=haze.jpg&words=relu3_3&size=128&picked=id15&picked=nobody&open=id16&before=0.25"
	tab := show(t, p, folder, view, 1000, 700)
	tab.Want(count, "3 of 24 pictures")
	tab.Want(heading, "haze.jpg · relu3_3 · step 2")
	tab.Want("document.querySelector('#wipe').value", "25")
	tab.Want(hash, "#rows=layer&columns=step&is.picture=haze.jpg&words=relu3_3&size=128&picked=id15&open=id16&before=0.25")
	tab.Press(kb.Escape)
	tab.Want(opened, "false")
	tab.Click(".cell")
	tab.Want(opened, "true")
	tab.Eval("history.back()")
	tab.Want(opened, "false")
	tab.Want(count, "3 of 24 pictures")
}

// node finds what a screen reader is told by role and name.
func node(nodes []pagetest.Node, role, name string) *pagetest.Node {
	i := slices.IndexFunc(nodes, func(n pagetest.Node) bool { return n.Role == role && n.Name == name })
	if i < 0 {
		return nil
	}
	return &nodes[i]
}

func TestPageIsReadByScreenReaders(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 1280, 860)
	tab.Want(cells, "24")
	nodes := tab.Accessible()
	for _, want := range []struct{ role, name string }{
		{"heading", "hills and haze"}, {"toolbar", "What is shown"}, {"combobox", "Rows"}, {"combobox", "Columns"}, {"combobox", "Sort"},
		{"button", "picture"}, {"button", "layer"}, {"searchbox", "Filter by words"}, {"slider", "Size"}, {"button", "Colours: as the system has them"},
		{"button", "Keys and help"}, {"grid", "Pictures"}, {"columnheader", "relu3_3"}, {"rowheader", "haze.jpg"},
		{"gridcell", "hills.jpg, relu3_3, step 2"}, {"image", "hills.jpg, relu3_3, step 2"}, {"gridcell", "haze.jpg, relu5_1, step 4, failed: out of memory"},
	} {
		if node(nodes, want.role, want.name) == nil {
			t.Errorf("no %s %q", want.role, want.name)
		}
	}
	for _, n := range nodes {
		if slices.Contains([]string{"button", "image", "combobox", "slider", "searchbox", "gridcell", "checkbox", "link", "dialog", "columnheader", "rowheader"}, n.Role) && n.Name == "" {
			t.Errorf("a %s without a name", n.Role)
		}
	}
	tab.Want("document.querySelector('#grid').getAttribute('aria-rowcount') + ' ' + document.querySelector('#grid').getAttribute('aria-colcount')", "7 5")
	tab.Press(kb.ArrowDown)
	tab.Press(kb.Enter)
	tab.Want(opened, "true")
	nodes = tab.Accessible()
	for _, want := range []struct{ role, name string }{
		{"dialog", "hills.jpg · relu2_2 · step 1"}, {"toolbar", "Picture"}, {"button", "Previous picture"}, {"button", "Zoom in"}, {"button", "Before"},
		{"button", "Close"}, {"complementary", "Settings"}, {"rowheader", "layer"}, {"button", "Copy: Command"}, {"image", "hills.jpg, relu2_2, step 1"},
	} {
		if node(nodes, want.role, want.name) == nil {
			t.Errorf("no %s %q in the viewer", want.role, want.name)
		}
	}
	if node(nodes, "gridcell", "hills.jpg, relu3_3, step 2") != nil {
		t.Error("the grid is read behind the open viewer")
	}
	tab.Want("document.querySelector('#whispers').textContent", "hills.jpg, relu2_2, step 1")
}

func TestPageOnAPhone(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "", 390, 844)
	tab.Want("document.documentElement.scrollWidth", "390")
	tab.Want("document.querySelectorAll('.label.above').length", "2")
	tab.Shoot("phone")
	tab.Click(".cell")
	tab.Want(opened, "true")
	tab.Want("document.querySelector('#viewer').scrollWidth", "390")
	tab.Shoot("phone-open")
}

// Two fingers zoom, one moves what is zoomed, and leads on where it is not.
func TestPageUnderFingers(t *testing.T) {
	p, folder := gallery(t)
	tab := show(t, p, folder, "#open=id04", 390, 844)
	tab.Want(transforms+".length", "1")
	fit := tab.Eval(transforms + "[0]")
	tab.Touch([][2]float64{{300, 400}, {200, 400}, {100, 400}})
	tab.Want(heading, "hills.jpg · relu4_2 · step 2")
	tab.Touch([][2]float64{{100, 400}, {200, 400}, {300, 400}})
	tab.Want(heading, "hills.jpg · relu3_3 · step 2")
	tab.Touch([][2]float64{{180, 400}, {150, 400}, {100, 400}}, [][2]float64{{220, 400}, {250, 400}, {300, 400}})
	tab.Want("Math.round("+scaleOf+" / "+fmt.Sprintf("%q", fit)+".match(/scale.(.*)./)[1])", "5") // 40 pixels apart, then 200
	zoomed := tab.Eval(transforms + "[0]")
	tab.Touch([][2]float64{{200, 400}, {150, 420}})
	tab.Want(transforms+"[0] !== "+fmt.Sprintf("%q", zoomed), "true")
	tab.Want(heading, "hills.jpg · relu3_3 · step 2")
}

// What cannot be loaded is said, small copies last.
func TestPageMissesPictures(t *testing.T) {
	p, folder := gallery(t)
	p.Items = p.Items[:3]
	p.Items[0].Thumbnail = "thumbs/none.png"
	p.Items[1].Thumbnail, p.Items[1].Picture = "thumbs/none.png", "pictures/100% none.png"
	p.Items[2].Thumbnail, p.Items[2].Picture = "", "pictures/\xff.png"
	tab := show(t, p, folder, "#rows=&columns=", 1000, 700)
	tab.Expect("net::ERR_FILE_NOT_FOUND")
	tab.Want("[...document.querySelectorAll('.cell')].map(c => c.querySelector('img')?.naturalWidth ?? c.querySelector('.blank').textContent).join(' | ')",
		"80 | ✕ pictures/100% none.png is not there | ✕ pictures/%FF.png is not there")
	tab.Press(kb.ArrowDown)
	tab.Press(kb.End)
	tab.Press(kb.Enter)
	tab.Want("document.querySelector('.frame').textContent", "✕ pictures/%FF.png is not there")
}

// On paper all pictures are there, also those below what the window shows.
func TestPagePrints(t *testing.T) {
	p, folder := gallery(t)
	for i := range p.Items { // all in one column, which no window is high enough for
		p.Items[i].Point[1] = "relu2_2"
	}
	tab := show(t, p, folder, "", 500, 300)
	tab.Want("Number("+cells+") < 24", "true")
	tab.Eval("dispatchEvent(new Event('beforeprint'))")
	tab.Print()
	tab.Want(cells, "24")
	tab.Want("getComputedStyle(document.querySelector('#tools')).display", "none")
	tab.Want("getComputedStyle(document.querySelector('.line')).position", "relative") // so that pages end between lines
	tab.Prefer("prefers-color-scheme", "light")                                        // on the screen again
	tab.Eval("dispatchEvent(new Event('afterprint'))")
	tab.Want("Number("+cells+") < 24", "true")
}
