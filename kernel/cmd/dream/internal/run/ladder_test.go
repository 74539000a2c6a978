package run

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/models"
)

func TestLadderExpands(t *testing.T) {
	net, err := models.Random(3, "vgg11", 32)
	if err != nil {
		t.Fatal(err)
	}
	net.Labels = []string{"spiral", "spider", "eye", "two words"}
	net.Classifier = &models.Classifier{Layer: "relu2_1", Weight: make([]float32, 4*4), Bias: make([]float32, 4)}
	for entry, want := range map[string]string{
		"relu*":            "[relu1_1 relu2_1 relu3_1 relu3_2 relu4_1 relu4_2 relu5_1 relu5_2]",
		" relu3_* ":        "[relu3_1 relu3_2]",
		"pool5*":           "[pool5]",
		"logit:*":          "[logit:spiral logit:spider logit:eye logit:3]",
		"logit:sp*":        "[logit:spiral logit:spider]",
		"2*relu3_1 - 30":   "[2*relu3_1 - 30]",
		"logit:spiral":     "[logit:spiral]",
		"0.5*logit:1 + 12": "[0.5*logit:1 + 12]",
	} {
		got, err := expand(net, entry)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: got %v, %v, want %s", entry, got, err, want)
		}
	}
	all, err := expand(net, "*")
	if err != nil || len(all) != len(net.Layers) {
		t.Errorf("all layers: got %v, %v", all, err)
	}
}

// Each dream's share of the bar is its plan's share of the work.
func TestLadderShares(t *testing.T) {
	l := newLadderProgress(make([]dreamlib.Objective, 3), []*dreamlib.Plan{{GFLOP: 1}, {GFLOP: 4}, {GFLOP: 3}}, io.Discard)
	if want := []float64{0.125, 0.5, 0.375}; !slices.Equal(l.shares, want) {
		t.Errorf("got %v, want %v", l.shares, want)
	}
}
