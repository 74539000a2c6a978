package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
	"github.com/seed2310110f/godream/models"
)

// ladderQuickly runs "dream ladder" with the quick flags before args.
func ladderQuickly(t *testing.T, args ...string) outcome {
	t.Helper()
	return dream(t, slices.Concat([]string{"ladder"}, quick, args)...)
}

// wantCell checks that a sheet shows a picture with its upper left corner at x, y.
func wantCell(t *testing.T, page *picture.Image, x, y int, want *picture.Image) {
	t.Helper()
	for row := range want.Height {
		got := page.Pix[((y+row)*page.Width+x)*3:][:want.Width*3]
		if !slices.Equal(got, want.Pix[row*want.Width*3:][:want.Width*3]) {
			t.Errorf("the cell at %d, %d shows another picture from row %d on", x, y, row)
			return
		}
	}
}

func readPicture(t *testing.T, path string) *picture.Image {
	t.Helper()
	m, err := picture.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// classifiedNet writes a small random network with classes.
func classifiedNet(t *testing.T) string {
	t.Helper()
	net, err := models.Random(3, "vgg11", 32)
	if err != nil {
		t.Fatal(err)
	}
	net.Name = "classified"
	net.Labels = []string{"spiral", "spider", "eye", "two words"}
	net.Classifier = &models.Classifier{Layer: "relu2_1", Weight: make([]float32, 4*4), Bias: make([]float32, 4)}
	for i := range net.Classifier.Weight {
		net.Classifier.Weight[i] = float32(i%5) - 2
	}
	var b bytes.Buffer
	if err := net.WriteSafetensors(&b, "F32", nil); err != nil {
		t.Fatal(err)
	}
	return put(t, t.TempDir(), "classified.safetensors", b.Bytes())
}

// Every cell is what "dream run" makes of the same settings.
func TestLadderShowsWhatRunMakes(t *testing.T) {
	t.Chdir(t.TempDir())
	picture, net := photo(t), classifiedNet(t)
	flags := []string{"--model", net, "--seed", "5", "--preset", "google"}
	o := must(t, ladderQuickly(t, append(flags, picture, "--objectives", "2, logit:eye,logit:3 - 0.5*relu3_1", "--across", "2")...))
	if !regexp.MustCompile(`^photo-ladder\.png: 98x110, 3 dreams in \d+\.\d s\n$`).MatchString(o.stdout) {
		t.Errorf("printed %q", o.stdout)
	}
	lines := regexp.MustCompile(`^3 objectives on .*classified\.safetensors \(go\)
2 \(1/3\): 4 steps in \d+\.\d s
logit:eye \(2/3\): 4 steps in \d+\.\d s
logit:3 - 0\.5\*relu3_1 \(3/3\): 4 steps in \d+\.\d s
$`)
	if !lines.MatchString(o.stderr) {
		t.Errorf("printed %q", o.stderr)
	}
	page := readPicture(t, "photo-ladder.png")
	wantCell(t, page, 6, 6, readPicture(t, picture))
	for i, objective := range []string{"relu1_1", "logit:eye", "logit:3 - 0.5*relu3_1"} {
		must(t, dreamQuickly(t, append(flags, picture, "--objective", objective, "-o", "one.png")...))
		at := []image.Point{{52, 6}, {6, 58}, {52, 58}}[i]
		wantCell(t, page, at.X, at.Y, readPicture(t, "one.png"))
	}
}

func TestLadderOfTheUsualLayers(t *testing.T) {
	t.Chdir(t.TempDir())
	o := must(t, ladderQuickly(t, photo(t), "--octaves", "1", "--iterations", "1", "-o", "l.png"))
	if page := readPicture(t, "l.png"); page.Width != 190 || page.Height != 162 { // 4x3 cells of 40x30
		t.Errorf("a sheet of %dx%d", page.Width, page.Height)
	}
	if !strings.HasPrefix(o.stderr, "8 objectives on random:divide=32 (go)\nnote: the network's weights are random") ||
		!strings.Contains(o.stderr, "\nrelu1_2 (1/8): 1 step in ") || !strings.Contains(o.stderr, "\nrelu5_4 (8/8): 1 step in ") {
		t.Errorf("printed %q", o.stderr)
	}
	// VGG11 has one convolution in each of its first two blocks, and no relu4_3,
	// which the google preset ascends.
	o = must(t, ladderQuickly(t, photo(t), "--model", "random:variant=vgg11,divide=64", "--preset", "google", "-o", "l.png"))
	ascended := regexp.MustCompile(`(?m)^\S+ \(\d/\d\)`).FindAllString(o.stderr, -1)
	if want := []string{"relu3_2 (1/3)", "relu4_2 (2/3)", "relu5_2 (3/3)"}; !slices.Equal(ascended, want) {
		t.Errorf("ascended %q, want %q", ascended, want)
	}
}

func TestLadderScales(t *testing.T) {
	t.Chdir(t.TempDir())
	input := putPicture(t, ".", "photo.png", colors(80, 60))
	o := must(t, ladderQuickly(t, input, "--objectives", "relu1_1,relu2_1", "--width", "60", "--cell", "30", "--across", "3", "-o", "l.png"))
	page := readPicture(t, "l.png")
	if page.Width != 114 || page.Height != 51 { // 3 cells of 30x23
		t.Errorf("a sheet of %dx%d", page.Width, page.Height)
	}
	small := picture.Resize(readPicture(t, input), 30, 23, picture.Lanczos)
	wantCell(t, page, 6, 6, picture.FromImage(small.NRGBA()))
	must(t, dreamQuickly(t, input, "--layer", "relu2_1", "--width", "60", "-o", "one.png"))
	one := picture.Resize(readPicture(t, "one.png"), 30, 23, picture.Lanczos)
	one.Clip()
	cell := picture.New(30, 23)
	for y := range 23 {
		copy(cell.Pix[y*90:][:90], page.Pix[((6+y)*114+78)*3:])
	}
	if likeness, err := picture.PSNR(cell, one); err != nil || likeness < 50 { // one.png was rounded first
		t.Errorf("the last cell is not the dream scaled down: %.1f dB, %v", likeness, err)
	}
	if n := strings.Count(o.stderr, "note: the picture was brought from 80x60 to 60x45 pixels\n"); n != 1 {
		t.Errorf("printed %d times that the picture was brought to another size, want once: %q", n, o.stderr)
	}
}

// A sheet is opaque, so that a JPEG holds it whatever the picture is.
func TestLadderWritesJPEG(t *testing.T) {
	t.Chdir(t.TempDir())
	m := colors(40, 30)
	for i := range 40 * 30 {
		m.Pix[4*i+3] = uint8(i)
	}
	put(t, ".", "l.jpg", []byte("old"))
	must(t, ladderQuickly(t, putPicture(t, t.TempDir(), "glass.png", m), "--objectives", "relu1_1", "--quality", "30", "-o", "l.jpg"))
	if held := files(t, "."); len(held) != 1 || !strings.HasPrefix(held["l.jpg"], "\xff\xd8\xff") {
		t.Errorf("wrote %.9q", held)
	}
}

func TestLadderRecordsWhatItRan(t *testing.T) {
	t.Chdir(t.TempDir())
	input := photo(t)
	must(t, ladderQuickly(t, input, "--objectives", "relu1_*", "--objectives", "logit:eye", "--model", classifiedNet(t), "--seed", "9", "-o", "l.png"))
	text, err := picture.ReadText("l.png")
	if err != nil {
		t.Fatal(err)
	}
	var record run.LadderRecord
	if err := json.Unmarshal([]byte(text[run.LadderKey]), &record); err != nil {
		t.Fatal(err)
	}
	if p := record.Dreams; !slices.Equal(record.Objectives, []string{"relu1_*", "logit:eye"}) || p.Steps != 8 || p.Config.Seed != 9 ||
		p.Config.Objective != nil || p.Picture.Source != input || len(p.Net.SHA256) != 64 || p.Ended != "" {
		t.Errorf("recorded %+v", record)
	}
	wantMistake(t, dream(t, "redo", "l.png"), terminal.ExitFailed, "picture l.png: has no record of a dream inside")
}

func TestLadderRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := putPicture(t, ".", "photo.png", colors(40, 30))
	put(t, ".", "out.png", []byte("old"))
	net := classifiedNet(t)
	before := files(t, ".")
	for _, c := range []struct {
		flags string
		exit  int
		want  string
	}{
		{"--layer relu3_1", terminal.ExitUsage, "--layer is for one dream, and a ladder has several: want --objectives, as in --objectives relu3_2,relu4_2"},
		{"--objective relu3_1", terminal.ExitUsage, "--objective is for one dream"},
		{"--objectives relu1_1,relu4_9", terminal.ExitUsage, `unknown layer "relu4_9": did you mean relu4_4?`},
		{"--objectives rely*", terminal.ExitUsage, `unknown layer "rely*": did you mean relu`},
		{"--objectives logit:*", terminal.ExitUsage, "the net has no classifier"},
		{"--objectives relu1_1,logit:0", terminal.ExitUsage, "the net has no classifier"},
		{"--objectives logit:sprial --model " + net, terminal.ExitUsage, `unknown class "sprial": did you mean "spiral"?`},
		{"--objectives logit:x* --model " + net, terminal.ExitUsage, `unknown class "x*": did you mean "eye"? valid classes: 0 to 3 or spiral,`},
		{"--objectives relu1_1,+", terminal.ExitUsage, `objective "+": cannot read "+"`},
		{"--objectives relu1_1,,relu2_1", terminal.ExitUsage, "objective: is empty, want a layer"},
		{"--objectives=", terminal.ExitUsage, "--objectives: want at least one, found none"},
		{"--objectives 1e300*relu1_1", terminal.ExitUsage, "weight 1e+300: want a finite number"},
		{"--across -1", terminal.ExitUsage, "--across -1: want 1 or more, or 0"},
		{"--cell 0", terminal.ExitUsage, "--cell 0: want 1 or more"},
		{"--cell wide", terminal.ExitUsage, `--cell "wide": want a whole number`},
		{"--cell 10000 --width 10000", terminal.ExitUsage, "a page of "},
		{"--octaves 0", terminal.ExitUsage, "octaves 0: want 1 to 10000"},
		{"--quality 0", terminal.ExitUsage, "--quality 0: want 1 to 100"},
		{"--depth 8", terminal.ExitUsage, "unknown flag: --depth"},
		{"--model vgg20", terminal.ExitUsage, `unknown network "vgg20"`},
		{"-o out.gif", terminal.ExitUsage, `found ".gif"`},
		{"-o photo.png", terminal.ExitUsage, "output photo.png is the picture itself"},
		{"-o none/out.png", terminal.ExitFailed, "cannot make a file in folder none: no such file or directory"},
	} {
		t.Run(c.flags, func(t *testing.T) {
			args := append([]string{"ladder", picture, "--engine", "go", "--model", "random:divide=32", "-o", "out.png"}, strings.Fields(c.flags)...)
			wantMistake(t, dream(t, args...), c.exit, c.want)
		})
	}
	wantMistake(t, ladderQuickly(t), terminal.ExitUsage, "want one picture, found 0 arguments")
	wantMistake(t, ladderQuickly(t, ""), terminal.ExitUsage, "want a picture, found an empty name")
	wantMistake(t, ladderQuickly(t, "missing.png"), terminal.ExitFailed, "missing.png: no such file or directory")
	if !maps.Equal(before, files(t, ".")) {
		t.Errorf("files changed: %q", files(t, "."))
	}
}

// trigger cancels when what is written to it holds a text.
type trigger struct {
	bytes.Buffer
	text   string
	cancel func()
}

func (w *trigger) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if strings.Contains(w.String(), w.text) {
		w.cancel()
	}
	return n, err
}

func TestInterruptSavesTheLadderSoFar(t *testing.T) {
	input := photo(t)
	for _, c := range []struct{ when, want, sheet string }{
		{"relu2_1 (2/3): ", "dream: interrupted after 2 of 3 dreams: the sheet so far is out.png\n", "98x110"}, // 2x2 cells
		{"3 objectives on ", "dream: interrupted before the first dream was finished: nothing was written\n", ""},
	} {
		t.Chdir(t.TempDir())
		put(t, ".", "out.png", []byte("old"))
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stderr := trigger{text: c.when, cancel: cancel}
		var stdout bytes.Buffer
		args := slices.Concat([]string{"ladder"}, quick, []string{input, "-o", "out.png", "--across", "2", "--objectives", "relu1_1,relu2_1,relu3_1"})
		exit := execute(ctx, args, &stdout, &stderr)
		if exit != terminal.ExitInterrupted || !strings.HasSuffix(stderr.String(), c.want) {
			t.Errorf("exit %d, printed %q, want %q at its end", exit, stderr.String(), c.want)
		}
		if c.sheet == "" {
			if held := files(t, "."); !maps.Equal(held, map[string]string{"out.png": "old"}) || stdout.Len() > 0 {
				t.Errorf("files changed: %q, printed %q", held, stdout.String())
			}
			continue
		}
		if !strings.HasPrefix(stdout.String(), "out.png: "+c.sheet+", 2 dreams in ") || len(files(t, ".")) != 1 {
			t.Errorf("printed %q, wrote %d files", stdout.String(), len(files(t, ".")))
		}
		wantCell(t, readPicture(t, "out.png"), 6, 6, readPicture(t, input))
		if text, err := picture.ReadText("out.png"); err != nil || !strings.Contains(text[run.LadderKey], `"ended":"interrupted after 2 of 3 dreams"`) {
			t.Errorf("recorded %q, %v", text[run.LadderKey], err)
		}
	}
}

// A dream that fails ends the ladder, and what came before is kept.
func TestLadderSavesWhatCameBeforeAFailure(t *testing.T) {
	t.Chdir(t.TempDir())
	o := ladderQuickly(t, photo(t), "--objectives", "relu1_1,1e38*relu1_1 + 3e38*relu2_1 + 3e38*relu3_1,relu3_1", "--rule", "none", "--step", "1e-3", "-o", "out.png")
	if o.exit != terminal.ExitFailed || !strings.Contains(o.stderr, "dream: 1e+38*relu1_1 + 3e+38*relu2_1 + 3e+38*relu3_1: dream ended after ") ||
		!strings.HasSuffix(o.stderr, ": the sheet so far is out.png\n") {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
	if page := readPicture(t, "out.png"); page.Width != 98 || page.Height != 58 { // two cells
		t.Errorf("a sheet of %dx%d", page.Width, page.Height)
	}
}

func TestLadderCompletion(t *testing.T) {
	net := classifiedNet(t)
	for _, c := range []struct {
		typed string
		want  []string
	}{
		{"", []string{"relu3_1", "relu*", "logit:eye", "logit:*"}},
		{"relu1_1,re", []string{"relu1_1,relu3_1", "relu1_1,relu*", "relu1_1,logit:*"}},
		{"relu*,2*re", []string{"relu*,2*relu3_1"}},
	} {
		wantOffered(t, []string{"ladder", "--model", net, "--objectives", c.typed}, c.want...)
	}
	wantOffered(t, []string{"ladder", "--engine", ""}, "auto", "go")
	o := must(t, dream(t, "__complete", "ladder", "--model", "random", "--objectives", ""))
	if strings.Contains(o.stdout, "logit") || !strings.Contains(o.stdout, "\nrelu*\n") {
		t.Errorf("offered %s", o.stdout)
	}
	if o := must(t, dream(t, "ladder", "--help")); strings.Contains(o.stdout, "--layer") || !strings.Contains(o.stdout, "--objectives strings") {
		t.Errorf("the help is %s", o.stdout)
	}
	if got := run.NameAfter(filepath.Join("a", "photo.jpg"), "ladder"); got != "photo-ladder.png" {
		t.Errorf("the sheet is called %s", got)
	}
}
