//go:build unix

package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/grid/gridtest"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// undisturbed returns a sweep of six jobs and the pictures of a run of it to which
// nothing happens.
func undisturbed(t *testing.T) (grid.Grid, map[string]string) {
	t.Helper()
	fixture.once.Do(func() {
		folder, err := os.MkdirTemp("", "sweep-test-")
		if err != nil {
			t.Fatal(err)
		}
		fixture.folder = folder
		fixture.grid = smallOn(t, gridtest.WriteImage(t, folder, "a.png", 90))
		f := folderOf(t, fixture.grid)
		mustRun(t, f, Options{Engine: "go"})
		fixture.pictures = pictures(t, f)
	})
	if fixture.pictures == nil {
		t.Fatal("the undisturbed run failed")
	}
	return fixture.grid, fixture.pictures
}

var fixture struct {
	once     sync.Once
	folder   string
	grid     grid.Grid
	pictures map[string]string
}

// quickly are terms under which silence is noticed soon.
func quickly(url string) Options {
	return Options{NATS: queue.Access{URL: url}, AckWait: 500 * time.Millisecond, Backoff: time.Millisecond, Engine: "go"}
}

// running is a run in the background.
type running struct {
	t       *testing.T
	f       *folder.Folder
	records chan folder.Record
	ended   chan error
}

func runs(t *testing.T, f *folder.Folder, o Options) *running {
	t.Helper()
	return runUntil(patiently(t), t, f, o)
}

func runUntil(ctx context.Context, t *testing.T, f *folder.Folder, o Options) *running {
	t.Helper()
	r := &running{t, f, make(chan folder.Record, 1000), make(chan error, 1)}
	o.OnProgress = func(p Progress) {
		if p.Record != nil {
			r.records <- *p.Record
		}
	}
	go func() { r.ended <- Run(ctx, f, o) }()
	return r
}

// records waits for a job to be recorded.
func (r *running) next() folder.Record {
	r.t.Helper()
	select {
	case record := <-r.records:
		return record
	case err := <-r.ended:
		r.t.Fatal("the run ended: ", err)
	case <-time.After(patient):
		r.t.Fatal("no record came")
	}
	return folder.Record{}
}

func (r *running) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(patient):
		r.t.Fatal("the run does not end")
		return nil
	}
}

func (r *running) mustEnd() {
	r.t.Helper()
	if err := r.end(); err != nil {
		r.t.Fatal(err)
	}
}

// work runs a worker in the background, which ends with the test.
func work(t *testing.T, url string, o WorkerOptions) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	o.Poll, o.Engine = 20*time.Millisecond, "go"
	ended := make(chan error, 1)
	go func() { ended <- Work(ctx, queue.Access{URL: url}, o) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestWorkerKilledInADream(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	o := quickly(url)
	o.Remote = true
	r := runs(t, f, o)
	victim := start(t, "worker", workerRole{URL: url, Hold: true})
	victim.hears("begins ")
	victim.goOn()
	r.next() // its first job comes through
	lost := victim.hears("begins ")
	victim.kill()
	work(t, url, WorkerOptions{})
	r.mustEnd()
	wantWhole(t, f, want)
	if again := lines(t, f)[lost]; again.Tries != 2 {
		t.Errorf("the lost job is recorded as %+v, want a second try", again)
	}
}

func TestCoordinatorKilled(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	victim := start(t, "coordinator", coordinatorRole{Folder: f.Path(), Hold: true})
	for range 2 {
		victim.hears("begins ")
		victim.goOn()
		victim.hears("recorded ")
	}
	victim.hears("begins ")
	victim.kill()

	f = folderAt(t, f.Path(), g)
	if n := len(f.Records()); n != 2 {
		t.Fatalf("%d jobs are done, want 2", n)
	}
	mustRun(t, f, Options{Engine: "go"})
	wantWhole(t, f, want)
}

// The queue is elsewhere: its workers go on while no coordinator is there.
func TestCoordinatorKilledWorkersGoOn(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	o := quickly("")
	o.Remote = true
	victim := start(t, "coordinator", coordinatorRole{Folder: f.Path(), URL: url, Options: o})
	worker := start(t, "worker", workerRole{URL: url, Hold: true})
	worker.hears("begins ")
	worker.goOn()
	victim.hears("recorded ")
	worker.hears("begins ")
	victim.kill()
	worker.goOn()
	for range 4 { // the last ones begin and end
		worker.hears("begins ")
		worker.goOn()
	}
	f = folderAt(t, f.Path(), g)
	o.NATS.URL = url
	r := runs(t, f, o)
	r.mustEnd()
	wantWhole(t, f, want)
	for _, record := range lines(t, f) {
		if record.Tries != 1 {
			t.Errorf("%v was done again", record.Point)
		}
	}
}

// startCluster starts three servers with routes between them.
func startCluster(t *testing.T) (nodes []*process, urls []string) {
	t.Helper()
	var listeners [3]net.Listener
	var at, routes []string
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i] = l
		at, routes = append(at, l.Addr().String()), append(routes, "nats://"+l.Addr().String())
	}
	for i, l := range listeners { // so far it kept others from the port
		l.Close()
		node, url := startServer(t, fmt.Sprintf(`
server_name: n%d, listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}
cluster: {name: c, listen: "%s", routes: [%s]}`, i, at[i], strings.Join(routes, ", ")))
		nodes, urls = append(nodes, node), append(urls, url)
	}
	return nodes, urls
}

// leader is the node that leads the stream of a folder's jobs.
func leader(t *testing.T, urls string, f *folder.Folder) (node int) {
	t.Helper()
	nc, err := nats.Connect(urls)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	a, err := folder.ReadAddress(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := js.Stream(patiently(t), "godream-"+a.Queue+"-jobs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(jobs.CachedInfo().Cluster.Leader, "n%d", &node); err != nil {
		t.Fatal(err)
	}
	return node
}

func TestClusterNodeKilled(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	nodes, urls := startCluster(t)
	all := strings.Join(urls, ",")
	f := folderOf(t, g)
	o := quickly(all)
	o.Replicas, o.Remote = 3, true
	r := runs(t, f, o)
	worker := start(t, "worker", workerRole{URL: all, Hold: true})
	worker.hears("begins ")
	worker.goOn()
	r.next()
	worker.hears("begins ")
	nodes[leader(t, all, f)].kill()
	worker.goOn()
	go func() { // the rest at once
		for range 20 {
			_, _ = io.WriteString(worker.stdin, "\n")
		}
	}()
	r.mustEnd()
	wantWhole(t, f, want)
}

// A worker that is cut off goes on dreaming. Its job is handed out again and done by
// another; when it comes back with its own result, that is one too many.
func TestWorkerCutOff(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	_, url := startServer(t, plainServer)
	way := startProxy(t, url)
	f := folderOf(t, g)
	o := quickly(url)
	o.Remote = true
	r := runs(t, f, o)

	far := start(t, "worker", workerRole{URL: way.url(), Hold: true})
	job := far.hears("begins ")
	busy := start(t, "worker", workerRole{URL: url, Hold: true})
	busy.hears("begins ") // and holds, so that the sweep does not end
	way.part()
	work(t, url, WorkerOptions{})
	for range 5 {
		r.next()
	}
	if again, done := f.Record(job); !done || again.Tries != 2 {
		t.Fatalf("the job is recorded as %+v, want a second try", again)
	}
	way.heal()
	far.goOn()
	far.hears("handed in ")
	busy.goOn()
	r.mustEnd()
	wantWhole(t, f, want)
}

func TestPoisonJob(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	poison := f.Jobs[2]
	tries := 0
	o := quickly("")
	o.dream = func(ctx context.Context, job grid.Job, picture []byte, onStep func(float64)) ([]byte, folder.Record, error) {
		if job.ID != poison.ID {
			return dreamGo(t)(ctx, job, picture, onStep)
		}
		if tries++; tries == 2 {
			panic("second try")
		}
		return nil, folder.Record{}, fmt.Errorf("failed in try %d\nbadly", tries)
	}
	mustRun(t, f, o)
	records := lines(t, f)
	dead := records[poison.ID]
	if len(records) != 6 || dead.State != folder.Dead || dead.Error != "failed in try 3 badly" || dead.Tries != 3 || dead.File != "" || dead.Worker == "" || tries != 3 {
		t.Errorf("%d records, the poison's %+v after %d tries", len(records), dead, tries)
	}
	if found := pictures(t, f); len(found) != 5 || found[poison.File()] != "" {
		t.Errorf("pictures are %v", found)
	}

	mustRun(t, f, o) // it stays given up
	if tries != 3 {
		t.Errorf("tried %d times, want 3", tries)
	}
	o = quickly("")
	o.Retry = true
	mustRun(t, f, o)
	wantWhole(t, f, want)
}

// dreamGo is the pure-Go engine's.
func dreamGo(t *testing.T) dreamFunc {
	t.Helper()
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		t.Fatal(err)
	}
	return (&modelPool{engine: engine}).dream
}

// A job that ends every process which tries it is given up as well.
func TestKillerJob(t *testing.T) {
	t.Parallel()
	g, _ := undisturbed(t)
	_, url := startServer(t, plainServer)
	f := folderOf(t, g)
	killer := f.Jobs[3].ID
	o := quickly(url)
	o.Remote = true
	r := runs(t, f, o)
	for range 3 {
		victim := start(t, "worker", workerRole{URL: url, DieAt: killer})
		for victim.hears("begins ") != killer {
		}
		_ = victim.cmd.Wait()
	}
	work(t, url, WorkerOptions{})
	r.mustEnd()
	records := lines(t, f)
	dead := records[killer]
	if len(records) != 6 || dead.State != folder.Dead || dead.Error != "its worker went away without a word, in try 3 of 3" || dead.Tries != 3 {
		t.Errorf("%d records, the killer's %+v", len(records), dead)
	}
	if n := len(pictures(t, f)); n != 5 {
		t.Errorf("%d pictures, want 5", n)
	}
}

func TestSecondCoordinatorIsRefused(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	first := start(t, "coordinator", coordinatorRole{Folder: f.Path(), Hold: true})
	first.hears("begins ")
	_, err := folder.Create(f.Path(), g, gridtest.Jobs(t, g))
	var locked *folder.LockedError
	if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, fmt.Sprintf("process %d on ", first.cmd.Process.Pid)) {
		t.Errorf("the second coordinator got %v", err)
	}
	for range 6 {
		first.goOn()
	}
	first.hears("ended")
	wantWhole(t, f, want)
}

// What is done when a run is interrupted is kept, and the job that is under way is not
// counted as tried.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	g, want := undisturbed(t)
	f := folderOf(t, g)
	ctx, stop := context.WithCancel(patiently(t))
	o := quickly("")
	begun := 0
	o.dream = func(ctx context.Context, job grid.Job, picture []byte, onStep func(float64)) ([]byte, folder.Record, error) {
		if begun++; begun == 3 {
			stop()
			<-ctx.Done()
			return nil, folder.Record{}, ctx.Err()
		}
		return dreamGo(t)(ctx, job, picture, onStep)
	}
	if err := Run(ctx, f, o); !errors.Is(err, context.Canceled) {
		t.Fatal("the run ended with ", err)
	}
	if n := len(lines(t, f)); n != 2 {
		t.Errorf("%d jobs are recorded, want 2", n)
	}
	mustRun(t, f, quickly(""))
	wantWhole(t, f, want)
	for _, r := range lines(t, f) {
		if r.Tries != 1 {
			t.Errorf("%v took %d tries", r.Point, r.Tries)
		}
	}
}
