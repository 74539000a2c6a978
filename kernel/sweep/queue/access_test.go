package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// serve runs a server in this process with a configuration file's text.
func serve(t *testing.T, config string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server.conf")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(config, "STORE", t.TempDir())), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o.NoSigs, o.NoLog = true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(startTimeout) {
		t.Fatal("the server does not come up")
	}
	return s.Addr().String()
}

func wantRefused(t *testing.T, a Access, want string) {
	t.Helper()
	c, err := Dial(t.Context(), a)
	if err == nil {
		c.Close()
		t.Fatalf("%s let us in, want %q", redacted(a.URL), want)
	}
	if text := err.Error(); !strings.Contains(text, want) || strings.Contains(text, "secret") || strings.Contains(text, "\n") {
		t.Errorf("refused with %q, want %q", text, want)
	}
}

func TestCredentials(t *testing.T) {
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := user.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "user.nk")
	if err := os.WriteFile(key, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	host := serve(t, `listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}
authorization: {users: [{user: ann, password: "right"}, {nkey: `+public+`}]}`)
	dial(t, Access{URL: "nats://ann:right@" + host})
	dial(t, Access{URL: "nats://" + host, NKey: key})
	refused := "queue: nats://" + host + ": the server refuses the credentials: "
	wantRefused(t, Access{URL: "nats://ann:secret@" + host}, refused)
	wantRefused(t, Access{URL: "nats://" + host}, refused)
	wantRefused(t, Access{URL: "nats://" + host, NKey: "nowhere.nk"}, "nowhere.nk: no such file")
	wantRefused(t, Access{URL: "nats://" + host, Creds: "nowhere.creds"}, "nowhere.creds: no such file")
	wantRefused(t, Access{URL: "nats://" + host, Cert: "cert.pem"}, "want a certificate and its key, found one of them")
	wantRefused(t, Access{URL: "nats://127.0.0.1:1"}, "queue: nats://127.0.0.1:1: cannot connect: ")
}

// A user who may do no more than the documentation says gets by with it.
func TestPermissions(t *testing.T) {
	host := serve(t, `listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}
authorization: {users: [{user: ann, password: "right", permissions: {
	publish: ["godream.>", "$JS.API.>", "$JS.ACK.>", "$KV.>", "$O.>", "_INBOX.>"], subscribe: ["godream.>", "_INBOX.>"]}}]}`)
	q := on(t, Access{URL: "nats://ann:right@" + host}, Terms{Backoff: 1})
	put(t, q, 1, items("a")...)
	stop, err := q.Answer(func() []byte { return []byte("here") })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if answers, err := q.RollCall(t.Context(), startTimeout/60); err != nil || len(answers) != 1 {
		t.Errorf("answers are %q, %v", answers, err)
	}
	h := worker(t, q)
	if err := next(t, h).Again(t.Context(), errors.New("failed")); err != nil {
		t.Fatal(err)
	}
	task := next(t, h)
	if err := q.PutObject(t.Context(), "p", make([]byte, 300_000)); err != nil {
		t.Fatal(err)
	}
	if err := task.Done(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	results, err := q.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	if r, err := results.Next(t.Context()); err != nil || r.ID != "a" {
		t.Fatalf("collected %+v, %v", r, err)
	}
	if data, err := q.Object(t.Context(), "p"); err != nil || len(data) != 300_000 {
		t.Fatal(len(data), err)
	}
	if err := q.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestServersWithoutJetStream(t *testing.T) {
	host := serve(t, `listen: "127.0.0.1:-1"`)
	wantRefused(t, Access{URL: "nats://" + host}, "the server runs without JetStream, which keeps the queue: want one started with it, as by nats-server -js")
	host = serve(t, `listen: "127.0.0.1:-1", jetstream: {store_dir: "STORE"}
accounts: {A: {users: [{user: ann, password: right}]}, B: {jetstream: enabled, users: [{user: bob, password: right}]}}`)
	wantRefused(t, Access{URL: "nats://ann:right@" + host}, "the account has no JetStream, which keeps the queue: want one with it enabled")
	dial(t, Access{URL: "nats://bob:right@" + host})
}

func TestVersionSkew(t *testing.T) {
	s, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q := on(t, s.Access(), Terms{})
	put(t, q, 1, items("a")...)
	want := "queue: test was filled by version 1.0, and this is version 2.0: want the same on both sides"
	var skew *SkewError
	if _, err := Open(t.Context(), q.conn, "test", "2.0"); !errors.As(err, &skew) || err.Error() != want {
		t.Errorf("opened with another version: %v", err)
	}
	if _, err := Create(t.Context(), q.conn, Terms{Name: "test", Version: "2.0"}); !errors.As(err, &skew) || err.Error() != want {
		t.Errorf("created with another version: %v", err)
	}
	if left, err := q.Left(t.Context()); err != nil || left.Jobs != 1 {
		t.Errorf("left are %+v, %v, want the job", left, err)
	}
}

func TestBadTerms(t *testing.T) {
	s, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := dial(t, s.Access())
	for _, terms := range []Terms{{}, {Name: "a.b"}, {Name: "a b"}, {Name: "a", Tries: -1}, {Name: "a", Replicas: -1}, {Name: "a", AckWait: -1}} {
		if _, err := Create(t.Context(), c, terms); err == nil || !strings.HasPrefix(err.Error(), "queue: ") {
			t.Errorf("%+v: %v", terms, err)
		}
	}
	if _, err := Create(t.Context(), c, Terms{Name: "a", Replicas: 3}); err == nil || !strings.Contains(err.Error(), "replicas") {
		t.Errorf("three replicas on one server: %v", err)
	}
}

func TestCancel(t *testing.T) {
	q := local(t, Terms{})
	put(t, q, 2, items("a", "b")...)
	h := worker(t, q)
	task := next(t, h)
	ctx, stop := h.Until(t.Context())
	defer stop()
	if err := q.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if t.Context().Err() != nil {
		t.Fatal("the job was not told")
	}
	if left, err := q.Left(t.Context()); err != nil || left != (Left{Cancelled: true}) {
		t.Errorf("left are %+v, %v, want nothing", left, err)
	}
	if _, err := h.Next(t.Context()); !errors.Is(err, ErrGone) {
		t.Errorf("a worker of a cancelled queue got %v", err)
	}
	if err := task.Done(t.Context(), nil); err != nil { // just finished: its result counts
		t.Error(err)
	}
}

func TestPrune(t *testing.T) {
	q := local(t, Terms{})
	put(t, q, 3, items("a", "b", "c")...)
	if err := q.Prune(t.Context(), func(id string) bool { return id == "b" }); err != nil {
		t.Fatal(err)
	}
	h := worker(t, q)
	if task := next(t, h); task.ID != "b" {
		t.Errorf("took %s, want b", task.ID)
	}
	none(t, h)
}

func TestRollCall(t *testing.T) {
	q := local(t, Terms{})
	for _, name := range []string{"ann", "bob"} {
		stop, err := q.Answer(func() []byte { return []byte(name) })
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	answers, err := q.RollCall(t.Context(), startTimeout/60)
	if err != nil || len(answers) != 2 || string(answers[0])+string(answers[1]) != "annbob" && string(answers[0])+string(answers[1]) != "bobann" {
		t.Errorf("answers are %q, %v", answers, err)
	}
}

// What is silent for the moment is tried again, also in the midst of a picture.
func TestPassing(t *testing.T) {
	silent := &net.OpError{Op: "read", Net: "pipe", Err: os.ErrDeadlineExceeded}
	for err, want := range map[error]bool{silent: true, context.DeadlineExceeded: true, nats.ErrNoResponders: true, context.Canceled: false, ErrNoObject: false, io.ErrUnexpectedEOF: false} {
		if got := Passing(fmt.Errorf("wrapped: %w", err)); got != want {
			t.Errorf("%v: passing is %v, want %v", err, got, want)
		}
	}
}
