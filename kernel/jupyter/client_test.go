package jupyter

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	_ "github.com/seed2310110f/godream/dreamlib/engines"
	"github.com/seed2310110f/godream/kernel/jupyter/wire"
)

// The test binary is also the kernel's process and the session's.
const roleVariable, memoryVariable = "DREAM_KERNEL_TEST", "DREAM_KERNEL_TEST_MEMORY"

func TestMain(m *testing.M) {
	here, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	switch os.Getenv(roleVariable) {
	case "kernel":
		os.Setenv(roleVariable, "session")
		err = Run(context.Background(), os.Args[1], []string{os.Args[0]})
	case "session":
		memory, _ := strconv.ParseInt(os.Getenv(memoryVariable), 10, 64)
		err = Work(memory, []string{here})
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(0)
}

// A client is a kernel in a process of its own, and a notebook's end of it.
type client struct {
	t                     *testing.T
	cmd                   *exec.Cmd
	signer                *wire.Signer
	key                   string
	shell, control, stdin zmq4.Socket
	iopub                 chan wire.Message
	stderr                printed
	ended                 chan struct{}
	connection            wire.Connection
}

// printed is what a process prints, for a test to read while it runs.
type printed struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// patience ends tests that would hang.
const patience = 2 * time.Minute

func startKernel(t *testing.T, memory int64) *client {
	t.Helper()
	c := &client{t: t, key: "secret", iopub: make(chan wire.Message, 10000), ended: make(chan struct{})}
	c.signer = wire.NewSigner(c.key)
	c.connection = wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: c.key, SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.connection.ShellPort, &c.connection.ControlPort, &c.connection.StdinPort, &c.connection.IOPubPort, &c.connection.HeartbeatPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // when all are known, so that no two are the same
		*port = l.Addr().(*net.TCPAddr).Port
	}
	text, err := json.Marshal(c.connection)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "connection.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(os.Args[0], file)
	c.cmd.Dir, c.cmd.Stderr = dir, &c.stderr
	c.cmd.Env = append(os.Environ(), roleVariable+"=kernel", fmt.Sprintf("%s=%d", memoryVariable, memory))
	t.Cleanup(c.close)
	return c
}

// begin starts the process and connects; the ports were given back meanwhile.
func (c *client) begin() *client {
	c.t.Helper()
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait() // how it ended is seen elsewhere
		close(c.ended)
	}()
	ctx := context.Background()
	dial := func(s zmq4.Socket, port int) zmq4.Socket {
		if err := s.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", port)); err != nil {
			c.t.Fatal(err)
		}
		return s
	}
	id := zmq4.WithID(zmq4.SocketIdentity("client"))
	retry := zmq4.WithDialerMaxRetries(200)
	c.shell = dial(zmq4.NewDealer(ctx, id, retry), c.connection.ShellPort)
	c.control = dial(zmq4.NewDealer(ctx, id, retry), c.connection.ControlPort)
	c.stdin = dial(zmq4.NewDealer(ctx, id, retry), c.connection.StdinPort)
	sub := dial(zmq4.NewSub(ctx, retry), c.connection.IOPubPort)
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		c.t.Fatal(err)
	}
	signer := c.signer // not the one that a test takes meanwhile
	go func() {
		for {
			raw, err := sub.Recv()
			if err != nil {
				return
			}
			if m, err := signer.Decode(raw.Frames); err == nil {
				c.iopub <- m
			}
		}
	}()
	for subscribed := false; !subscribed; { // until what is published arrives
		c.request(c.shell, "kernel_info_request", nil)
		select {
		case <-c.iopub:
			subscribed = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	return c
}

func (c *client) close() {
	if c.cmd.Process != nil {
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// send sends a message and gives its id.
func (c *client) send(on zmq4.Socket, kind string, content any) string {
	c.t.Helper()
	if content == nil {
		content = map[string]any{}
	}
	m, err := c.signer.New(kind, wire.Message{}, content)
	if err != nil {
		c.t.Fatal(err)
	}
	frames, err := c.signer.Encode(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := on.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
	return m.Header.ID
}

// receive waits for a message.
func (c *client) receive(on zmq4.Socket) wire.Message {
	c.t.Helper()
	got := make(chan wire.Message, 1)
	go func() {
		if raw, err := on.Recv(); err == nil {
			if m, err := c.signer.Decode(raw.Frames); err == nil {
				got <- m
			}
		}
	}()
	select {
	case m := <-got:
		return m
	case <-time.After(patience):
		c.t.Fatalf("no message for %v; the kernel says %s", patience, c.stderr.String())
	}
	return wire.Message{}
}

type dict = map[string]any

func (c *client) request(on zmq4.Socket, kind string, content any) dict {
	c.t.Helper()
	id := c.send(on, kind, content)
	m := c.receive(on)
	if parentID(m) != id {
		c.t.Fatalf("%s answers %s, not the %s", m.Header.Type, m.Parent, kind)
	}
	return asDict(m.Content)
}

func asDict(text []byte) (d dict) {
	_ = json.Unmarshal(text, &d) // wire has checked it
	return d
}

func parentID(m wire.Message) string {
	id, _ := asDict(m.Parent)["msg_id"].(string)
	return id
}

// output is what a cell led to.
type output struct {
	reply  dict
	texts  map[string]string // stdout, stderr
	all    []wire.Message    // but for status and input
	result string
}

func (o output) fault() string {
	if o.reply["status"] != "error" {
		return ""
	}
	return fmt.Sprintf("%s: %s", o.reply["ename"], o.reply["evalue"])
}

// run runs a cell.
func (c *client) run(code string) output {
	c.t.Helper()
	return c.finish(c.start(code))
}

func (c *client) start(code string) string {
	return c.send(c.shell, "execute_request", dict{"code": code, "silent": false, "store_history": true, "allow_stdin": true, "user_expressions": dict{}})
}

// finish collects what the request led to.
func (c *client) finish(id string) output {
	c.t.Helper()
	reply := c.receive(c.shell)
	if parentID(reply) != id {
		c.t.Fatalf("%s answers another request", reply.Header.Type)
	}
	o := output{reply: asDict(reply.Content), texts: map[string]string{}}
	for {
		var m wire.Message
		select {
		case m = <-c.iopub:
		case <-time.After(patience):
			c.t.Fatal("the cell does not become idle")
		}
		if parentID(m) != id {
			continue
		}
		content := asDict(m.Content)
		switch m.Header.Type {
		case "status":
			if content["execution_state"] == "idle" {
				return o
			}
			continue
		case "execute_input":
			continue
		case "stream":
			o.texts[content["name"].(string)] += content["text"].(string)
		case "execute_result":
			o.result, _ = content["data"].(dict)["text/plain"].(string)
		}
		o.all = append(o.all, m)
	}
}
