package sweep

import (
	"os"
	"testing"

	"github.com/seed2310110f/godream/dreamlib"
)

// A studio keeps two models warm, opens none twice while it is warm, and anew one that
// has compiled more than it may.
func TestStudioKeepsModelsWarm(t *testing.T) {
	t.Parallel()
	g := small(t)
	g.Nets = []string{narrow, "random:divide=32,seed=2", "random:divide=32,seed=3"}
	jobs := jobsOf(t, g) // of the three nets, six each
	picture, err := os.ReadFile(jobs[0].Picture.Source)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := dreamlib.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	s := &studio{engine: engine}
	defer s.close()
	dream := func(j Job) *dreamlib.Model {
		if _, _, err := s.dream(t.Context(), j, picture, func(float64) {}); err != nil {
			t.Fatal(err)
		}
		if len(s.warm) == 0 {
			return nil // it has compiled too much
		}
		return s.warm[len(s.warm)-1].model
	}
	a, b := dream(jobs[0]), dream(jobs[6])
	if dream(jobs[1]) != a || dream(jobs[7]) != b || len(s.warm) != 2 {
		t.Error("a model that was warm was opened anew")
	}
	c := dream(jobs[12])
	if len(s.warm) != 2 || dream(jobs[6]) != b || dream(jobs[12]) != c {
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
	for _, w := range s.warm {
		if w.model == c {
			t.Errorf("a model of %d programs is kept, want %d at the most", programs, s.most)
		}
	}
	if _, err := s.borrow(Job{Net: Input{Source: "nowhere.pth"}}); err == nil || len(s.warm) > 2 {
		t.Errorf("opened nowhere.pth: %v, and %d models are warm", err, len(s.warm))
	}
}
