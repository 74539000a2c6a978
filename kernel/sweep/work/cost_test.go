package work

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/seed2310110f/godream/dreamlib/engines"

	"github.com/seed2310110f/godream/dreamlib"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
	"github.com/seed2310110f/godream/models/hub"
)

// goEngine opens the engine that is always there.
func goEngine(t *testing.T) *vgg.Engine {
	t.Helper()
	e, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func dimensions(t *testing.T, g grid.Grid) []grid.Dimension {
	t.Helper()
	dims, err := grid.Dimensions(g)
	if err != nil {
		t.Fatal(err)
	}
	return dims
}

// TestEstimate wants the sum of what dreamlib plans for each job.
func TestEstimate(t *testing.T) {
	e := goEngine(t)
	dir := t.TempDir()
	g := gridtest.Parse(t, "{set: {iterations: 2}, axes: [{layer: [relu2_1, relu1_1]}, {width: [0, 64]}, {octaves: [1, 2]}, {seed: [1, 2]}]}",
		gridtest.WriteImage(t, dir, "a.png", 10), gridtest.WriteImage(t, dir, "b.png", 20))
	g.Nets = []string{gridtest.Narrow, "random:divide=32,variant=vgg11"}
	jobs := gridtest.Jobs(t, g)
	got, err := Estimate(context.Background(), dimensions(t, g), jobs, e, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*NetCost{}
	var gflop, pixels, most float64
	var memory int64
	for _, j := range jobs {
		net, err := hub.Outline(j.Net.Source)
		if err != nil {
			t.Fatal(err)
		}
		options := j.Options
		options.Memory = 1 << 30
		m, err := vgg.NewModel(e, net, options)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := dreamlib.NewPlan(m, picture.Size{Width: 40, Height: 30}, j.Config)
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		if want[j.Net.Source] == nil {
			want[j.Net.Source] = &NetCost{}
		}
		n := want[j.Net.Source]
		n.Jobs, n.GFLOP = n.Jobs+1, n.GFLOP+plan.GFLOP
		gflop, pixels, memory, most = gflop+plan.GFLOP, pixels+float64(plan.Size.Width*plan.Size.Height), max(memory, plan.Memory), max(most, plan.GFLOP)
	}
	if got.Jobs != 64 || math.Abs(got.GFLOP-gflop) > 1e-9*gflop || got.Memory != memory || math.Abs(float64(got.Bytes)-2.1*pixels) > 64 {
		t.Errorf("got %+v, want %v GFLOP, %v bytes of memory, %v pixels", got, gflop, memory, pixels)
	}
	if len(got.Nets) != 2 || got.Nets[0].Net != gridtest.Narrow {
		t.Fatalf("got %+v", got.Nets)
	}
	for _, n := range got.Nets {
		if w := want[n.Net]; n.Jobs != w.Jobs || math.Abs(n.GFLOP-w.GFLOP) > 1e-9*w.GFLOP || n.Largest.Config.Width != 64 || n.Largest.Config.Octaves != 2 {
			t.Errorf("got %+v, want %+v", n, w)
		}
	}
}

// TestEstimateRefuses wants what a dream would not begin with told beforehand, with
// its job.
func TestEstimateRefuses(t *testing.T) {
	e := goEngine(t)
	picture := gridtest.WriteImage(t, t.TempDir(), "a.png", 10)
	for _, c := range []struct {
		spec   string
		memory int64
		want   string
	}{
		{"axes: [{width: [64, 4000]}]", 100e6, "sweep: the job (width 4000): dreamlib: memory 0.10 GB: "},
		{"axes: [{precision: [float32, bfloat16]}]", 0, "sweep: the job (precision bfloat16): vgg: precision bfloat16: engine go cannot compute in it"},
	} {
		g := gridtest.Parse(t, c.spec, picture)
		if got, err := Estimate(context.Background(), dimensions(t, g), gridtest.Jobs(t, g), e, c.memory); err == nil || got != nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.spec, err, c.want)
		}
	}
	g := gridtest.Parse(t, "axes: []", picture)
	jobs := gridtest.Jobs(t, g)
	jobs[0].Picture.Source = filepath.Join(t.TempDir(), "gone.png")
	if _, err := Estimate(context.Background(), dimensions(t, g), jobs, e, 0); err == nil || !strings.Contains(err.Error(), "gone.png: no such file") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Estimate(ctx, dimensions(t, g), jobs, e, 0); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v", err)
	}
	if _, err := grid.Jobs(ctx, g); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got %v", err)
	}
}
