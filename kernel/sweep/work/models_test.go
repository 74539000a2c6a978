package work

import (
	"os"
	"testing"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
)

// A pool keeps two idle models open, and closes one that has compiled more than it may.
func TestModelPool(t *testing.T) {
	t.Parallel()
	g := small(t)
	g.Nets = []string{gridtest.Narrow, "random:divide=32,seed=2", "random:divide=32,seed=3"}
	jobs := gridtest.Jobs(t, g) // of the three nets, six each
	picture, err := os.ReadFile(jobs[0].Picture.Source)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	s := &modelPool{engine: engine}
	defer s.close()
	dream := func(j grid.Job) *vgg.Model {
		if _, _, err := s.dream(t.Context(), j, picture, func(float64) {}); err != nil {
			t.Fatal(err)
		}
		if len(s.open) == 0 {
			return nil // it has compiled too much
		}
		return s.open[len(s.open)-1].model
	}
	a, b := dream(jobs[0]), dream(jobs[6])
	if dream(jobs[1]) != a || dream(jobs[7]) != b || len(s.open) != 2 {
		t.Error("a model that was warm was opened anew")
	}
	c := dream(jobs[12])
	if len(s.open) != 2 || dream(jobs[6]) != b || dream(jobs[12]) != c {
		t.Error("want the two models warm that were used last")
	}
	if dream(jobs[0]) == a {
		t.Error("a model that was closed dreams still")
	}
	programs := c.Compiled().Programs
	if programs < 2 {
		t.Fatalf("a model has compiled %d programs, want some", programs)
	}
	s.most = programs - 1
	dream(jobs[0])
	for _, w := range s.open {
		if w.model == c {
			t.Errorf("a model of %d programs is kept, want %d at the most", programs, s.most)
		}
	}
	if _, err := s.get(grid.Input{Source: "nowhere.pth"}, vgg.Options{}); err == nil || len(s.open) > 2 {
		t.Errorf("opened nowhere.pth: %v, and %d models are warm", err, len(s.open))
	}
}
