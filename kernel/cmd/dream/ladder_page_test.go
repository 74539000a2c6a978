package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/kernel/sweep/page/pagetest"
)

// The page of a ladder shows the dreams themselves, and each says how it is made.
func TestLadderPage(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	must(t, ladderQuickly(t, picture, "--objectives", "2,relu3_1,relu1_1", "-o", "my ladder.png", "--html"))
	var names []string
	for name := range files(t, "my ladder") {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) != 4 || names[0] != "input.jpg" || !strings.HasPrefix(names[1], "photo-relu1_1-") || !strings.HasPrefix(names[2], "photo-relu3_1-") || names[3] != "thumbs" {
		t.Fatalf("the folder holds %q", names)
	}
	must(t, dream(t, "redo", filepath.Join("my ladder", names[1])))
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tab := pagetest.Open(t, "file://"+here+"/my%20ladder.html", "file://"+here, 1000, 700)
	tab.Want("document.title", "my ladder")
	tab.Want("document.querySelector('#note').textContent", "photo.png on random:divide=32")
	tab.Want("[...document.querySelectorAll('.caption')].map(c => c.textContent).join(' ')", "relu1_1 relu3_1")
	tab.Want("[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth === 40).length", "2")
	tab.Click(".cell")
	tab.Want("document.querySelector('.frame img.after').naturalWidth", "40")
	tab.Want("document.querySelector('.frame img.before').naturalWidth", "40")
	command := tab.Eval("document.querySelector('#panel pre').textContent")
	if want := "dream run " + picture + " --layer relu1_1 --octaves 2 --iterations 2 --jitter 4 --model random:divide=32 --engine go -o " + names[1]; command != want {
		t.Errorf("the command is %s, want %s", command, want)
	}
	wantMistake(t, ladderQuickly(t, picture, "--html", "-o", put(t, ".", "taken", nil)+"/x.png"), terminal.ExitFailed, "taken")
}
