package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/run"
	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/terminal"
)

func TestRunNamesTheOutput(t *testing.T) {
	picture := photo(t)
	for name, want := range map[string]string{
		"photo.png": "photo-dream.png", "two words é.jpeg": "two words é-dream.png", "a.b.png": "a.b-dream.png",
		"bare": "bare-dream.png", ".hidden": ".hidden-dream.png", "-dash.png": "-dash-dream.png",
	} {
		t.Chdir(t.TempDir())
		data, err := os.ReadFile(picture)
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		put(t, folder, name, data)
		o := must(t, dreamQuickly(t, filepath.Join(folder, name)))
		if !strings.HasPrefix(o.stdout, want+": 40x30, 4 steps in ") || strings.Count(o.stdout, "\n") != 1 {
			t.Errorf("%s: printed %q", name, o.stdout)
		}
		if got := slices.Collect(maps.Keys(files(t, "."))); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: wrote %q, want %q", name, got, want)
		}
		if len(files(t, folder)) != 1 {
			t.Errorf("%s: wrote beside the picture", name)
		}
	}
}

func TestRunTakesNamesWithADash(t *testing.T) {
	t.Chdir(t.TempDir())
	putPicture(t, ".", "-dash.png", colors(40, 30))
	must(t, dreamQuickly(t, "--", "-dash.png"))
	readDream(t, "-dash-dream.png")
	wantMistake(t, dreamQuickly(t, "-dash.png"), terminal.ExitUsage, "unknown shorthand flag")
}

func TestRunFormats(t *testing.T) {
	picture := photo(t)
	for _, c := range []struct {
		out, begins    string
		flags          []string
		depth, quality int
	}{
		{"out.png", "\x89PNG", nil, 8, 0},
		{"out.PNG", "\x89PNG", nil, 8, 0},
		{"out.png", "\x89PNG", []string{"--depth", "16"}, 16, 0},
		{"out.jpg", "\xff\xd8\xff", nil, 0, 95},
		{"out.JPEG", "\xff\xd8\xff", []string{"--quality", "40"}, 0, 40},
	} {
		out := filepath.Join(t.TempDir(), c.out)
		must(t, dreamQuickly(t, append(c.flags, picture, "-o", out)...))
		data, err := os.ReadFile(out)
		if err != nil || !strings.HasPrefix(string(data), c.begins) {
			t.Fatalf("%s: got %.8q, %v", c.out, data, err)
		}
		if bits := data[24]; c.depth > 0 && int(bits) != c.depth { // in the header chunk
			t.Errorf("%s: %d bits, want %d", c.out, bits, c.depth)
		}
		m, p := readDream(t, out)
		if m.Width != 40 || m.Height != 30 {
			t.Errorf("%s: %dx%d pixels", c.out, m.Width, m.Height)
		}
		if p.Depth != c.depth || p.Quality != c.quality {
			t.Errorf("%s: recorded depth %d and quality %d", c.out, p.Depth, p.Quality)
		}
	}
}

func TestRunPrintsJSON(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.png")
	o := must(t, dreamQuickly(t, photo(t), "-o", out, "--json"))
	if o.stderr != "" {
		t.Errorf("also printed %q", o.stderr)
	}
	var kinds []string
	var values []float64
	var done run.DoneEvent
	for line := range strings.Lines(o.stdout) {
		var event struct {
			Event string
			Value float64
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		kinds = append(kinds, event.Event)
		switch event.Event {
		case "step":
			values = append(values, event.Value)
		case "done":
			if err := json.Unmarshal([]byte(line), &done); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := []string{"start", "step", "step", "step", "step", "done"}; !slices.Equal(kinds, want) {
		t.Errorf("got events %q, want %q", kinds, want)
	}
	_, p := readDream(t, out)
	if jsonOf(t, done.Provenance) != jsonOf(t, p) || done.Output != out || done.Width != 40 || !slices.Equal(done.Values, values) || done.Notes == nil {
		t.Errorf("the last event says %+v", done)
	}
	if done.Programs != 2 || done.Startup <= 0 || done.Compile <= 0 || done.Run <= 0 {
		t.Errorf("%d programs for two octaves; start-up %v s, compile %v s, run %v s", done.Programs, done.Startup, done.Compile, done.Run)
	}
}

func TestRunPresets(t *testing.T) {
	picture := putPicture(t, t.TempDir(), "small.png", colors(24, 20))
	for _, name := range dreamlib.Presets() {
		out := filepath.Join(t.TempDir(), "out.png")
		must(t, dream(t, "run", picture, "-o", out, "--engine", "go", "--model", "random:divide=64",
			"--preset", name, "--octaves", "1", "--iterations", "1", "--width", "24"))
		want, err := dreamlib.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		want.Octaves, want.Iterations, want.Width = 1, 1, 24
		if _, p := readDream(t, out); jsonOf(t, p.Config) != jsonOf(t, want) {
			t.Errorf("%s: ran %+v, want %+v", name, p.Config, want)
		}
	}
}

func TestRunFlagsChangeThePreset(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.png")
	must(t, dream(t, "run", photo(t), "-o", out, "--engine", "go", "--model", "random:divide=32", "--lowering", "direct",
		"--preset", "pytorch", "--objective", "0.5*relu1_2 - pool1", "--measure", "l2", "--pyramid", "detail",
		"--octaves", "2", "--octave-scale", "1.3", "--iterations", "1", "--step", "-0.5", "--units", "pixel",
		"--rule", "none", "--jitter", "0", "--smooth", "0", "--clip=false", "--width", "20", "--seed", "7"))
	objective, err := dreamlib.ParseObjective("0.5*relu1_2 - pool1")
	if err != nil {
		t.Fatal(err)
	}
	want := dreamlib.Config{Preset: "pytorch", Objective: objective, Measure: dreamlib.L2, Pyramid: dreamlib.Detail,
		Octaves: 2, OctaveScale: 1.3, Iterations: 1, Step: -0.5, Units: dreamlib.UnitsPixel, Optimizer: dreamlib.Plain, Width: 20, Seed: 7}
	m, p := readDream(t, out)
	if jsonOf(t, p.Config) != jsonOf(t, want) {
		t.Errorf("ran %+v, want %+v", p.Config, want)
	}
	if m.Width != 20 || m.Height != 15 || p.Lowering != vgg.LoweringDirect {
		t.Errorf("got %dx%d pixels, lowering %q", m.Width, m.Height, p.Lowering)
	}
}

// Without --model it is the embedded net, and the record says which.
func TestRunDreamsWithTheEmbeddedNet(t *testing.T) {
	t.Chdir(t.TempDir())
	putPicture(t, ".", "photo.png", colors(40, 30))
	o := must(t, dream(t, "run", "photo.png", "--engine", "go", "--octaves", "1", "--iterations", "1", "--layer", "relu2_1", "-o", "out.png"))
	if !strings.HasPrefix(o.stderr, "relu2_1 on embedded (go)\n") || strings.Contains(o.stderr, "random") {
		t.Errorf("printed %q", o.stderr)
	}
	if _, p := readDream(t, "out.png"); p.Net.Source != "embedded" || p.Net.SHA256 != embeddedNet(t).SHA256 {
		t.Errorf("recorded %+v", p.Net)
	}
	if o := must(t, dream(t, "redo", "out.png")); o.stdout != "out.png: identical\n" {
		t.Errorf("printed %q", o.stdout)
	}
}

// However a class is called, the file is the same to the last byte.
func TestRunClasses(t *testing.T) {
	t.Chdir(t.TempDir())
	picture, label := putPicture(t, ".", "photo.png", colors(40, 30)), embeddedNet(t).Labels[2]
	var first string
	for _, flags := range [][]string{
		{"--layer", "logit:" + label}, {"--layer", "logit:2"}, {"--layer", "logit:" + strings.ToUpper(label)},
		{"--objective", "1*logit:" + label},
	} {
		must(t, dreamQuickly(t, append(flags, "--model", "embedded", picture, "-o", "out.png")...))
		if _, p := readDream(t, "out.png"); p.Config.Objective.String() != "logit:"+label {
			t.Errorf("%q: recorded %s, want logit:%s", flags, p.Config.Objective, label)
		}
		made := files(t, ".")["out.png"]
		if first == "" {
			first = made
		}
		if made != first {
			t.Errorf("%q makes another picture than --layer logit:%s", flags, label)
		}
	}
	must(t, dreamQuickly(t, "--model", "embedded", "--objective", "logit:3 - 0.5*relu2_1", picture, "-o", "out.png"))
	if files(t, ".")["out.png"] == first {
		t.Error("the next class makes the same picture")
	}
	if o := must(t, dream(t, "redo", "out.png")); o.stdout != "out.png: identical\n" {
		t.Errorf("printed %q", o.stdout)
	}
}

func TestRunRefusesUnknownClasses(t *testing.T) {
	t.Chdir(t.TempDir())
	net, picture := embeddedNet(t), photo(t)
	misspelt := net.Labels[0] + "x"
	wantMistake(t, dreamQuickly(t, picture, "--model", "embedded", "--layer", "logit:"+misspelt), terminal.ExitUsage,
		fmt.Sprintf("unknown class %q: did you mean %q? valid classes: 0 to %d or %s, ", misspelt, net.Labels[0], len(net.Labels)-1, net.Labels[0]))
	wantMistake(t, dreamQuickly(t, picture, "--model", "embedded", "--objective", fmt.Sprintf("relu1_1 + logit:%d", len(net.Labels))), terminal.ExitUsage,
		fmt.Sprintf(`unknown class "%d": did you mean `, len(net.Labels)))
	wantMistake(t, dreamQuickly(t, picture, "--layer", "logit:"+net.Labels[0]), terminal.ExitUsage, "the net has no classifier")
	if held := files(t, "."); len(held) > 0 {
		t.Errorf("wrote %q", held)
	}
}

// However a layer is called, the file is the same to the last byte.
func TestRunLayersByAnyName(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	var first string
	for _, flags := range [][]string{
		{"--layer", "relu3_1"}, {"--layer", "features.11"}, {"--layer", "block3_conv1"}, {"--layer", "12"}, {"--layer", "RELU3_1"},
		{"--objective", "relu3_1"}, {"--objective", "1*relu3_1"},
	} {
		must(t, dreamQuickly(t, append(flags, picture, "-o", "out.png")...))
		made := files(t, ".")["out.png"]
		if first == "" {
			first = made
		}
		if made != first {
			t.Errorf("%q makes another picture than --layer relu3_1", flags)
		}
	}
	must(t, dreamQuickly(t, "--layer", "relu3_2", picture, "-o", "out.png"))
	if files(t, ".")["out.png"] == first {
		t.Error("relu3_2 makes the same picture as relu3_1")
	}
}

func TestRunKeepsAlpha(t *testing.T) {
	m := colors(40, 30)
	for i := range 40 * 30 {
		m.Pix[4*i+3] = uint8(i)
	}
	input := putPicture(t, t.TempDir(), "glass.png", m)
	before, err := picture.Read(input)
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"default", "classic"} {
		out := filepath.Join(t.TempDir(), "out.png")
		must(t, dreamQuickly(t, "--preset", preset, "--octaves", "1", "--jitter", "0", input, "-o", out))
		after, _ := readDream(t, out)
		if !slices.Equal(after.Alpha, before.Alpha) {
			t.Errorf("%s: opacity changed", preset)
		}
		if slices.Equal(after.Pix, before.Pix) {
			t.Errorf("%s: colours did not change", preset)
		}
	}
}

// A camera that was held upright stores a picture lying on its side and says so.
func TestRunTurnsPicturesUpright(t *testing.T) {
	lying := image.NewNRGBA(image.Rect(0, 0, 40, 30)) // red left, blue right
	draw.Draw(lying, lying.Bounds(), image.NewUniform(color.NRGBA{B: 255, A: 255}), image.Point{}, draw.Src)
	draw.Draw(lying, image.Rect(0, 0, 20, 30), image.NewUniform(color.NRGBA{R: 255, A: 255}), image.Point{}, draw.Src)
	folder := t.TempDir()
	data, err := os.ReadFile(putPicture(t, folder, "lying.jpg", lying))
	if err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + // one entry:
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + // orientation 6, turn clockwise
		"\x00\x00\x00\x00")
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	picture := put(t, folder, "camera.jpg", slices.Concat(data[:2], segment, exif, data[2:]))
	out := filepath.Join(folder, "out.png")
	must(t, dreamQuickly(t, "--iterations", "0", picture, "-o", out))
	m, _ := readDream(t, out)
	if m.Width != 30 || m.Height != 40 {
		t.Fatalf("got %dx%d pixels, want 30x40", m.Width, m.Height)
	}
	top, bottom := m.Pix[(5*30+15)*3:][:3], m.Pix[(35*30+15)*3:][:3]
	if top[0] < 0.9 || top[2] > 0.1 || bottom[0] > 0.1 || bottom[2] < 0.9 {
		t.Errorf("top %v, bottom %v, want red over blue", top, bottom)
	}
}

func TestRunClassicWithoutOctaves(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.png")
	o := must(t, dreamQuickly(t, "--preset", "classic", "--octaves", "0", "--jitter", "0", "--iterations", "1", photo(t), "-o", out))
	if !strings.Contains(o.stderr, "octave 1/1 224x224: objective ") {
		t.Errorf("printed %q", o.stderr)
	}
	if _, p := readDream(t, out); p.Steps != 1 || p.Config.Octaves != 0 {
		t.Errorf("recorded %+v", p)
	}
}

func TestRunSaysWhatItRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	picture := photo(t)
	o := must(t, dreamQuickly(t, picture, "--octave-scale", "1.5"))
	lines := strings.Split(o.stderr, "\n")
	if len(lines) != 5 || lines[0] != "relu5_1 on random:divide=32 (go)" || !strings.Contains(lines[1], "the network's weights are random") ||
		!strings.HasPrefix(lines[2], "octave 1/2 27x20: objective ") || !strings.HasPrefix(lines[3], "octave 2/2 40x30: objective ") {
		t.Errorf("printed %q", lines)
	}
	o = must(t, dreamQuickly(t, picture, "--model", narrowNet))
	if strings.Contains(o.stderr, "random") {
		t.Errorf("a trained network is called random: %q", o.stderr)
	}
	o = must(t, dreamQuickly(t, picture, "--octaves", "10000", "--iterations", "1"))
	if !strings.Contains(o.stderr, "note: 9998 of 10000 octaves were dropped: relu5_1 needs at least 16 pixels a side\n") {
		t.Errorf("printed %q", o.stderr)
	}
}

// A step too large ends the dream where it stands.
func TestRunSavesWhatAFailedDreamMade(t *testing.T) {
	t.Chdir(t.TempDir())
	o := dreamQuickly(t, photo(t), "-o", "out.png", "--step", "1e30", "--clip=false")
	if o.exit != terminal.ExitFailed || !strings.Contains(o.stderr, "try a smaller step than 1e+30: the picture so far is out.png") {
		t.Errorf("exit %d: %s", o.exit, o.stderr)
	}
	if _, p := readDream(t, "out.png"); p.Steps == 0 || !strings.Contains(p.Ended, "the objective is ") {
		t.Errorf("recorded %d steps, ended %q", p.Steps, p.Ended)
	}
}
