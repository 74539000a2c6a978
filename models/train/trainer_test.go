package main

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/seed2310110f/godream/dreamlib/faulttest"
	"github.com/seed2310110f/godream/dreamlib/picture"
	"github.com/seed2310110f/godream/dreamlib/pjrt"
	"github.com/seed2310110f/godream/dreamlib/vgg"
)

// small is a run of a few seconds: an eighth of VGG19's width, five classes.
var small = run{
	Classes: []string{"clock", "eye", "starfish", "stripes", "tree"}, Seed: 3, Divide: 8, Batch: 32,
	Rate: 3e-3, Warmup: 10, Decay: 0.02, Smoothing: 0.05,
	Stages: []stage{{Steps: 150, Size: 32}, {Steps: 50, Size: 32, Radius: 0.3}},
}

// xla opens the backend that trains; a machine without it skips the test.
func xla(t *testing.T) compute.Backend {
	t.Helper()
	plugin, err := pjrt.Find("cpu")
	if err != nil {
		t.Skip("needs XLA: ", err)
	}
	backend, err := compute.NewWithConfig("xla:" + plugin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.Finalize)
	return backend
}

func start(t *testing.T, backend compute.Backend, r run) *trainer {
	t.Helper()
	trainer, err := newTrainer(backend, r)
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// advance takes n steps.
func advance(t *testing.T, trainer *trainer, n int) {
	t.Helper()
	enough := errors.New("enough")
	err := trainer.train(t.Context(), func(float64, float64) error {
		if n--; n == 0 {
			return enough
		}
		return nil
	})
	if err != nil && err != enough {
		t.Fatal(err)
	}
}

func TestTwoHundredStepsLearn(t *testing.T) {
	trainer := start(t, xla(t), small)
	advance(t, trainer, small.steps())
	if trainer.step != 200 {
		t.Fatalf("step %d after the run, want 200", trainer.step)
	}
	accuracy, err := trainer.accuracy(256, 32)
	if err != nil {
		t.Fatal(err)
	}
	if accuracy < 0.5 {
		t.Errorf("accuracy %.2f after 200 steps on 5 classes, want well above 0.2", accuracy)
	}

	// The exported net, batch normalisation folded and weights in F16, sees the
	// same in the same pictures.
	net, err := trainer.net()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "net.safetensors")
	if err := export(path, net, provenance{Run: small, Steps: 200, Accuracy: accuracy}); err != nil {
		t.Fatal(err)
	}
	kept, err := halved(net)
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"xla:cpu", "go"} {
		v, err := judgeOn(engine, kept, 250, 32)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(v.accuracy()-accuracy) > 0.05 {
			t.Errorf("%s: accuracy %.3f of the exported net, %.3f of the trainer's", engine, v.accuracy(), accuracy)
		}
	}
}

func TestFoldedLogits(t *testing.T) {
	backend := xla(t)
	trainer := start(t, backend, small)
	advance(t, trainer, 20)
	b := trainer.fresh(0, 4, 32)
	exec, err := model.NewExec(backend, trainer.store, func(scope *model.Scope, in []*Node) []*Node {
		trainer.store.SetTraining(in[0].Graph(), false)
		logits := trainer.network.logits(scope, trainer.network.preprocess(in[0]), true)
		return logits[len(logits)-1:]
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(b.tensor(32))
	if err != nil {
		t.Fatal(err)
	}
	want := tensors.MustCopyFlatData[float32](out[0])

	net, err := trainer.net()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	m, err := vgg.NewModel(engine, net, vgg.Options{Lowering: vgg.LoweringDirect})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for i := range 4 {
		img := picture.New(32, 32)
		for p := range img.Pix {
			img.Pix[p] = float32(b.pixels[i*len(img.Pix)+p]) / 255
		}
		got, err := m.Logits(vgg.Preprocess(net.Preprocessing, img))
		if err != nil {
			t.Fatal(err)
		}
		for c, g := range got[0] {
			if w := want[i*len(got[0])+c]; math.Abs(float64(g-w)) > 1e-3*(1+math.Abs(float64(w))) {
				t.Errorf("picture %d, class %d: logit %v, want %v", i, c, g, w)
			}
		}
	}
}

func TestResumeEqualsUninterrupted(t *testing.T) {
	backend := xla(t)
	r := small
	r.Warmup = 1
	r.Stages = []stage{{Steps: 3, Size: 32}, {Steps: 3, Size: 40, Radius: 0.5}}
	whole := start(t, backend, r)
	advance(t, whole, 6)

	path := filepath.Join(t.TempDir(), "checkpoint")
	for range 2 { // the second time with steps of the second stage still to come
		trainer := start(t, backend, r)
		if err := trainer.resume(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		advance(t, trainer, 2)
		if err := trainer.save(path); err != nil {
			t.Fatal(err)
		}
	}
	resumed := start(t, backend, r)
	if err := resumed.resume(path); err != nil {
		t.Fatal(err)
	}
	if err := resumed.save(path); err != nil { // before a step has asked for its variables
		t.Fatal(err)
	}
	resumed = start(t, backend, r)
	if err := resumed.resume(path); err != nil {
		t.Fatal(err)
	}
	if resumed.step != 4 {
		t.Fatalf("resumed at step %d, want 4", resumed.step)
	}
	advance(t, resumed, 2)
	variables := 0
	for v := range whole.store.IterVariables() {
		got := resumed.store.GetVariable(v.Path())
		if got == nil {
			t.Errorf("%s is missing after resuming", v.Path())
		} else if !got.MustValue().Equal(v.MustValue()) {
			t.Errorf("%s differs after resuming", v.Path())
		}
		variables++
	}
	if variables < 16*5 {
		t.Errorf("%d variables, want those of 16 convolutions", variables)
	}
}

// tiny is a run whose checkpoint has some 40 kB.
var tiny = run{
	Classes: []string{"bricks", "dots"}, Divide: 128, Batch: 2,
	Rate: 1e-3, Warmup: 1, Stages: []stage{{Steps: 10, Size: 32}},
}

func TestCheckpointFaults(t *testing.T) {
	backend := xla(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "checkpoint")
	trainer := start(t, backend, tiny)
	for range 2 {
		advance(t, trainer, 1)
		if err := trainer.save(path); err != nil {
			t.Fatal(err)
		}
	}

	other := tiny
	other.Seed++
	if err := start(t, backend, other).resume(path); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("checkpoint of another run: error %v", err)
	}

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"empty": {}, "cut": data[:len(data)/2], "changed": slices.Concat(data[:99], []byte{data[99] ^ 1}, data[100:]),
	} {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		err := start(t, backend, tiny).resume(path)
		if err == nil || !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "from step 1, rename") {
			t.Errorf("%s checkpoint: error %v, want damage and the way out", name, err)
		}
	}
	if err := os.Rename(path+".before", path); err != nil {
		t.Fatal(err)
	}
	again := start(t, backend, tiny)
	if err := again.resume(path); err != nil || again.step != 1 {
		t.Errorf("the checkpoint before: step %d, error %v, want step 1", again.step, err)
	}
}

func TestFullDiskKeepsTheLastCheckpoint(t *testing.T) {
	backend := xla(t)
	trainer := start(t, backend, tiny)
	advance(t, trainer, 1)
	folder := t.TempDir()
	faulttest.SmallDisk(t, folder)
	path := filepath.Join(folder, "checkpoint")
	if err := trainer.save(path); err != nil {
		t.Fatal(err)
	}
	advance(t, trainer, 1)
	if err := trainer.save(path); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Fatalf("second checkpoint on a disk with room for one: error %v", err)
	}
	again := start(t, backend, tiny)
	if err := again.resume(path); err != nil || again.step != 1 {
		t.Errorf("after the full disk: step %d, error %v, want step 1", again.step, err)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if want := []string{path, path + ".before"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("files left: %v, %v, want %v", left, err, want)
	}
}

func TestInterruptedRunSaves(t *testing.T) {
	xla(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := settings{out: filepath.Join(t.TempDir(), "net"), folder: t.TempDir(), every: 5}
	err := s.run(ctx, tiny)
	if err == nil || !strings.Contains(err.Error(), "interrupted after step 0 of 10") {
		t.Fatalf("error %v", err)
	}
	if err := s.run(t.Context(), tiny); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{s.out, filepath.Join(s.folder, "curve.png"), filepath.Join(s.folder, "checkpoint")} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s after the run: %v", file, err)
		}
	}
}

func TestDisturb(t *testing.T) {
	backend := xla(t)
	trainer := start(t, backend, small)
	advance(t, trainer, 20)
	b := trainer.fresh(0, 4, 32)
	exec, err := model.NewExec(backend, trainer.store, func(scope *model.Scope, in []*Node) []*Node {
		g, n := in[0].Graph(), trainer.network
		trainer.store.SetTraining(g, true)
		x := n.preprocess(in[0])
		moved := n.disturb(scope, x, in[1], in[2])
		pixels := Mul(Sub(moved, x), perChannel(g, n.start.Preprocessing.Std))
		loss := func(x *Node) *Node { return n.loss(n.logits(scope, x, true), in[1], 0) }
		return []*Node{Sqrt(ReduceSum(Square(pixels), 1, 2, 3)), loss(x), loss(moved)}
	})
	if err != nil {
		t.Fatal(err)
	}
	radius := []float32{0.125, 0.5}
	out, err := exec.Call(b.tensor(32), b.labels, radius)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range tensors.MustCopyFlatData[float32](out[0]) {
		if want := append(radius, 0, 0)[i]; math.Abs(float64(got-want)) > 1e-4 {
			t.Errorf("picture %d moved by %v, want %v", i, got, want)
		}
	}
	before, after := tensors.ToScalar[float32](out[1]), tensors.ToScalar[float32](out[2])
	if after <= before {
		t.Errorf("loss %v on pictures as they are, %v on disturbed ones, want more", before, after)
	}
}

func TestBatches(t *testing.T) {
	r, err := small.prepare()
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := r.batch(7), r.batch(7), r.batch(8)
	if !slices.Equal(a.pixels, b.pixels) || !slices.Equal(a.labels, b.labels) {
		t.Error("the same step has two batches")
	}
	if slices.Equal(a.pixels, c.pixels) {
		t.Error("two steps have the same batch")
	}
	if slices.Max(a.radius) != 0 || slices.Max(r.batch(150).radius) == 0 {
		t.Error("radii: want 0 in the first stage and more in the second")
	}
	if got := r.fresh(3, 4, 32).labels; !slices.Equal(got, []int32{3, 4, 0, 1}) {
		t.Errorf("fresh labels %v, want classes by turns", got)
	}
	i := 5
	for b := range r.feed(5) {
		if !slices.Equal(b.pixels, r.batch(i).pixels) {
			t.Fatalf("batch %d is not the step's", i)
		}
		if i++; i == 9 {
			break
		}
	}
}

func TestRunMistakes(t *testing.T) {
	r := small
	r.Classes = []string{"bricks", "unicorn"}
	if _, err := r.prepare(); err == nil || !strings.Contains(err.Error(), `no class "unicorn"`) {
		t.Errorf("unknown class: error %v", err)
	}
	r.Classes = r.Classes[:1]
	if _, err := r.prepare(); err == nil || !strings.Contains(err.Error(), "2 classes or more") {
		t.Errorf("one class: error %v", err)
	}
	r = small
	r.Warmup = r.steps()
	if _, err := r.prepare(); err == nil || !strings.Contains(err.Error(), "warmup") {
		t.Errorf("nothing after the warmup: error %v", err)
	}
}
