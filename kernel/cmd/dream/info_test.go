package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed2310110f/godream/kernel/cmd/dream/internal/nets"
	"github.com/seed2310110f/godream/models"
)

// The text is one table: a name, two spaces or more, what it is.
func TestModelsInfoOfTheEmbeddedNet(t *testing.T) {
	net := embeddedNet(t)
	o := must(t, dream(t, "models", "info", "embedded"))
	classes := fmt.Sprint(len(net.Labels))
	wantRow(t, o.stdout, "name", "embedded")
	wantRow(t, o.stdout, "variant", "vgg19,", "37", "layers")
	wantRow(t, o.stdout, "sha256", net.SHA256)
	wantRow(t, o.stdout, "classes", classes)
	wantRow(t, o.stdout, "classifier", "reads", "the", "mean", "of", net.Classifier.Layer)
	_, list, _ := strings.Cut(o.stdout, "classes     "+classes+"\n")
	list, _, _ = strings.Cut(list, "classifier ")
	if got := strings.Join(strings.Fields(list), " "); got != strings.Join(net.Labels, ", ") {
		t.Errorf("got classes %q, want %q", got, net.Labels)
	}
	for line := range strings.Lines(o.stdout) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 78 {
			t.Errorf("%d characters in %q, want 78 at most", n, line)
		}
	}

	info := parse[nets.Info](t, must(t, dream(t, "models", "info", "embedded", "--json")).stdout)
	parameters := 0
	for _, l := range net.Layers {
		parameters += len(l.Kernel) + len(l.Bias)
	}
	parameters += (1 + info.Channels[len(info.Channels)-1]) * len(net.Labels) // the classifier reads the last block
	if info.Name != "embedded" || info.SHA256 != net.SHA256 || !slices.Equal(info.Classes, net.Labels) ||
		info.Classifier != net.Classifier.Layer || info.Parameters != parameters || len(info.Channels) != 16 {
		t.Errorf("got %+v", info)
	}
	if info.Trained == nil || info.Trained.Steps == 0 {
		t.Errorf("nothing is said of its training: %+v", info.Trained)
	}
}

// putNet writes a net of two classes whose file says this of its training.
func putNet(t *testing.T, labels []string, record string) {
	t.Helper()
	net, err := models.Random(1, "vgg11", 64)
	if err != nil {
		t.Fatal(err)
	}
	net.Name, net.Labels = "pair", labels
	net.Classifier = &models.Classifier{Layer: "relu5_2", Weight: make([]float32, 2*8), Bias: make([]float32, 2)}
	var b bytes.Buffer
	if err := net.WriteSafetensors(&b, "F16", map[string]string{"godream.trained": record}); err != nil {
		t.Fatal(err)
	}
	put(t, ".", "pair.safetensors", b.Bytes())
}

func TestModelsInfoOfATrainedNet(t *testing.T) {
	t.Chdir(t.TempDir())
	putNet(t, []string{"dots", "great\tspiral\x1b[2J"}, `{"run":{"Seed":7,"Rate":0.002},"steps":8500,"accuracy":0.9712,"pictures":6700,"commit":"0123abc","date":"2026-05-04","more":1}`)
	o := must(t, dream(t, "models", "info", "pair.safetensors"))
	// 1 2 4 4 8 8 8 8 channels: 9 weights for each pair, and a bias; two classes of 8 weights and a bias.
	const want = `name        pair
variant     vgg11, 21 layers
channels    [1 2 4 4 8 8 8 8]
parameters  2338
sha256      SHA256
input       RGB, 0..1, less [0.485 0.456 0.406], over [0.229 0.224 0.225]
classes     2
            dots, "great\tspiral\x1b[2J"
classifier  reads the mean of relu5_2
accuracy    97.1 % right on 6700 fresh pictures
training    8500 steps, seed 7
commit      0123abc
date        2026-05-04
`
	info := parse[nets.Info](t, must(t, dream(t, "models", "info", "pair.safetensors", "--json")).stdout)
	if got := strings.Replace(o.stdout, info.SHA256, "SHA256", 1); got != want {
		t.Errorf("printed\n%swant\n%s", got, want)
	}
	if info.Trained == nil || *info.Trained != (nets.Trained{Accuracy: 0.9712, Pictures: 6700, Steps: 8500, Seed: 7, Commit: "0123abc", Date: "2026-05-04"}) {
		t.Errorf("got %+v", info.Trained)
	}
}

// What a record does not say is not shown; a foreign one is none.
func TestModelsInfoOfOtherRecords(t *testing.T) {
	t.Chdir(t.TempDir())
	for record, want := range map[string]string{
		`{"steps":1}`:      "training    1 step, seed 0\n",
		`{"steps":"many"}`: "",
		`yesterday`:        "",
		`[1]`:              "",
		``:                 "",
	} {
		putNet(t, []string{"dots", "spiral"}, record)
		o := must(t, dream(t, "models", "info", "pair.safetensors"))
		if _, rest, _ := strings.Cut(o.stdout, "classifier  reads the mean of relu5_2\n"); rest != want {
			t.Errorf("%s: printed %q at the end, want %q", record, rest, want)
		}
		json := must(t, dream(t, "models", "info", "pair.safetensors", "--json")).stdout
		if strings.Contains(json, `"trained"`) != (want != "") {
			t.Errorf("%s: printed %s", record, json)
		}
	}
}

func TestModelsInfoOfANetWithoutClasses(t *testing.T) {
	o := must(t, dream(t, "models", "info", narrowNet))
	wantRow(t, o.stdout, "name", "narrow")
	wantRow(t, o.stdout, "variant", "vgg19,", "37", "layers")
	wantRow(t, o.stdout, "input", "RGB,", "0..1,", "less", "[0.485", "0.456", "0.406],", "over", "[0.229", "0.224", "0.225]")
	if !strings.HasSuffix(o.stdout, "\nclasses     0\n") {
		t.Errorf("printed\n%swant nothing after the classes", o.stdout)
	}
	text := must(t, dream(t, "models", "info", "random:variant=vgg11,divide=64", "--json")).stdout
	info := parse[nets.Info](t, text)
	// 1 2 4 4 8 8 8 8 channels: 9 weights for each pair, and a bias.
	if info.Variant != "vgg11" || !slices.Equal(info.Channels, []int{1, 2, 4, 4, 8, 8, 8, 8}) ||
		info.Parameters != 9*(3+2+8+16+32+64+64+64)+43 || len(info.SHA256) != 64 {
		t.Errorf("got %+v", info)
	}
	if !strings.Contains(text, `"classes":[]`) || strings.Contains(text, "classifier") || strings.Contains(text, "trained") {
		t.Errorf("printed %s", text)
	}
}

// Nobody writes to the net that all share.
func TestDreamsLeaveTheEmbeddedNetAlone(t *testing.T) {
	net := embeddedNet(t)
	stored := func() []byte {
		var b bytes.Buffer
		if err := net.WriteSafetensors(&b, "F32", nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	before := stored()
	t.Chdir(t.TempDir())
	picture := photo(t)
	for _, layer := range []string{"relu1_1", "logit:0"} {
		must(t, dreamQuickly(t, picture, "--model", "embedded", "--layer", layer, "-o", "out.png"))
	}
	must(t, dream(t, "models", "info", "embedded"))
	if !bytes.Equal(before, stored()) {
		t.Error("the embedded net has changed")
	}
	if _, err := os.Stat("out.png"); err != nil {
		t.Error(err)
	}
}
