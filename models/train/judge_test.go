package main

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed2310110f/godream/models"
)

// TestEmbeddedNet shows the embedded net pictures that no net has learned from.
func TestEmbeddedNet(t *testing.T) {
	net, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var said provenance
	if err := json.Unmarshal([]byte(net.Metadata[models.TrainedKey]), &said); err != nil {
		t.Fatal(err)
	}
	if !embedded.same(said.Run) {
		t.Errorf("the embedded net comes from the run %+v, want %+v: train it again", said.Run, embedded)
	}
	if said.Accuracy < 0.95 || said.Accuracy > 1 || said.Pictures < 1000 || said.Steps != embedded.steps() {
		t.Errorf("its record says %.3f of %d pictures after %d steps", said.Accuracy, said.Pictures, said.Steps)
	}
	n := 10 * len(net.Labels)
	for _, engine := range []string{"go", "xla:cpu"} {
		if engine == "xla:cpu" {
			xla(t)
		}
		v, err := judgeOn(engine, net, n, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.accuracy(); got < 0.95 {
			t.Errorf("%s: %.3f of %d fresh pictures right, want at least 0.95", engine, got, n)
		}
	}
}

func TestVerdict(t *testing.T) {
	v := verdict{labels: []string{"bricks", "dots", "eye"}, answers: [][]int{{3, 1, 0}, {0, 4, 0}, {2, 0, 2}}}
	if got := v.accuracy(); got != 0.75 {
		t.Errorf("accuracy %v, want 0.75", got)
	}
	mistakes := v.mistakes()
	want := []mistake{{"eye", "bricks", 0.5}, {"bricks", "dots", 0.25}}
	if len(mistakes) != 2 || mistakes[0] != want[0] || mistakes[1] != want[1] {
		t.Errorf("mistakes %v, want %v", mistakes, want)
	}
	if got := v.Z(0, 2); got*got < 0.499 || got*got > 0.501 {
		t.Errorf("Z(0, 2) squared %v, want 0.5", got*got)
	}
	var b bytes.Buffer
	v.print(&b, 12)
	if want := "75.00 % of 12 fresh pictures right\n 50.0 % of eye taken for bricks\n 25.0 % of bricks taken for dots\n"; b.String() != want {
		t.Errorf("printed %q, want %q", b.String(), want)
	}
	path := filepath.Join(t.TempDir(), "confusion.png")
	if err := v.draw(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err := png.Decode(f); err != nil || m.Bounds().Dx() < 300 {
		t.Errorf("confusion matrix: %v, %v", m.Bounds(), err)
	}
}
