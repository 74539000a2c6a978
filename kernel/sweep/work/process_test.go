//go:build unix

package work

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/seed2310110f/godream/dreamlib/vgg"
	"github.com/seed2310110f/godream/kernel/sweep/folder"
	"github.com/seed2310110f/godream/kernel/sweep/grid"
	"github.com/seed2310110f/godream/kernel/sweep/queue"
)

// asRole makes the test's program one of the processes that tests need, whose
// parameters come with it as JSON.
const asRole = "GODREAM_SWEEP_ROLE"

// roles are what the test's program can be.
var roles = map[string]func(parameters []byte) error{"server": beServer, "worker": beWorker, "coordinator": beCoordinator}

func TestMain(m *testing.M) {
	role, parameters, ok := strings.Cut(os.Getenv(asRole), " ")
	if !ok {
		exit := m.Run()
		os.RemoveAll(fixture.folder)
		os.Exit(exit)
	}
	go func() { // nobody outlives the test
		_, _ = io.Copy(io.Discard, os.NewFile(3, "life"))
		os.Exit(1)
	}()
	if err := roles[role]([]byte(parameters)); err != nil {
		fmt.Println("failed:", oneLine(err))
		os.Exit(1)
	}
	fmt.Println("ended")
}

// process is one that a test starts, and ends with it at the latest.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	said  chan string // its lines
	heard []string    // those that nobody has waited for yet
	once  sync.Once
}

func start(t *testing.T, role string, parameters any) *process {
	t.Helper()
	text, err := json.Marshal(parameters)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	life, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(self), said: make(chan string, 1000)}
	p.cmd.Env = append(os.Environ(), asRole+"="+role+" "+string(text))
	p.cmd.ExtraFiles = []*os.File{life}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.stdin, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	life.Close()
	go func() {
		defer close(p.said)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.said <- lines.Text()
		}
	}()
	t.Cleanup(func() { p.kill(); hold.Close() })
	return p
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	p.once.Do(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
}

// hears waits for a line that begins so, and returns the rest of it. Every line is heard
// once.
func (p *process) hears(begin string) string {
	p.t.Helper()
	for i, line := range p.heard {
		if rest, found := strings.CutPrefix(line, begin); found {
			p.heard = slices.Delete(p.heard, i, i+1)
			return rest
		}
	}
	for {
		select {
		case line, ok := <-p.said:
			if rest, found := strings.CutPrefix(line, begin); found {
				return rest
			}
			if p.heard = append(p.heard, line); !ok || strings.HasPrefix(line, "failed:") {
				p.t.Fatalf("waited for %q, and the process said %q", begin, p.heard)
			}
		case <-time.After(patient):
			p.t.Fatalf("waited for %q in vain, and the process said %q", begin, p.heard)
		}
	}
}

// goOn lets a worker go on that holds.
func (p *process) goOn() {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.stdin); err != nil {
		p.t.Fatal(err)
	}
}

// serverRole is a nats-server.
type serverRole struct {
	Config string // file
}

func beServer(parameters []byte) error {
	var r serverRole
	if err := json.Unmarshal(parameters, &r); err != nil {
		return err
	}
	o, err := server.ProcessConfigFile(r.Config)
	if err != nil {
		return err
	}
	o.NoSigs, o.NoLog = true, true
	s, err := server.NewServer(o)
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(patient) {
		return fmt.Errorf("the server does not come up")
	}
	fmt.Println("listens", s.ClientURL())
	s.WaitForShutdown()
	return nil
}

// startServer starts a nats-server with a configuration, and returns its URL. It keeps
// its files in a folder of its own.
func startServer(t *testing.T, config string) (*process, string) {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "server.conf")
	config = strings.ReplaceAll(config, "STORE", filepath.Join(folder, "store"))
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "server", serverRole{path})
	return p, p.hears("listens ")
}

// plainServer is a configuration with nothing but JetStream.
const plainServer = `listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}`

// workerRole is a worker that says what it begins and ends.
type workerRole struct {
	URL     string
	Hold    bool   // before each dream, until a line comes
	DieAt   string // ID of a job that ends the process
	Options WorkerOptions
}

func beWorker(parameters []byte) error {
	var r workerRole
	if err := json.Unmarshal(parameters, &r); err != nil {
		return err
	}
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		return err
	}
	r.Options.dream = announced((&modelPool{engine: engine}).dream, r.Hold, r.DieAt)
	r.Options.Poll = 20 * time.Millisecond
	done := 0
	r.Options.OnState = func(s WorkerState) {
		if s.Done > done {
			done = s.Done
			fmt.Println("handed in", done)
		}
	}
	return Work(context.Background(), queue.Access{URL: r.URL}, r.Options)
}

// announced is a dreamFunc that says when it begins, and may wait or die there.
func announced(dream dreamFunc, hold bool, dieAt string) dreamFunc {
	in := bufio.NewReader(os.Stdin)
	return func(ctx context.Context, job grid.Job, picture []byte, onStep func(float64)) ([]byte, folder.Record, error) {
		fmt.Println("begins", job.ID)
		if job.ID == dieAt {
			os.Exit(9)
		}
		if hold {
			_, _ = in.ReadString('\n')
		}
		return dream(ctx, job, picture, onStep)
	}
}

// coordinatorRole is a coordinator that says what comes in.
type coordinatorRole struct {
	Folder  string
	URL     string // of a server, or empty for one in the process
	Hold    bool   // as a worker does
	Options Options
}

func beCoordinator(parameters []byte) error {
	var r coordinatorRole
	if err := json.Unmarshal(parameters, &r); err != nil {
		return err
	}
	f, err := folder.Open(r.Folder)
	if err == nil {
		err = f.Lock()
	}
	if err != nil {
		return err
	}
	defer f.Close()
	engine, err := vgg.OpenEngine("go")
	if err != nil {
		return err
	}
	r.Options.NATS.URL = r.URL
	r.Options.dream = announced((&modelPool{engine: engine}).dream, r.Hold, "")
	r.Options.OnProgress = func(p Progress) {
		if p.Record != nil {
			fmt.Println("recorded", p.Record.ID)
		}
	}
	fmt.Println("runs")
	return Run(context.Background(), f, r.Options)
}
