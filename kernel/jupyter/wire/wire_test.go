package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-zeromq/zmq4"
)

const sound = `{"transport":"tcp","ip":"127.0.0.1","shell_port":5001,"control_port":5002,"stdin_port":5003,"iopub_port":5004,"hb_port":5005,"key":"k","signature_scheme":"hmac-sha256"}`

func parse(t *testing.T, text string) (Connection, error) {
	path := filepath.Join(t.TempDir(), "connection.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadConnection(path)
}

func TestConnection(t *testing.T) {
	c, err := parse(t, sound)
	if err != nil || c.ShellPort != 5001 || c.Key != "k" || c.endpoint(5001) != "guarded-tcp://127.0.0.1:5001" {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"127.0.0.1"`, `"0.0.0.0"`, `want a loopback address, as 127.0.0.1, found "0.0.0.0"`},
		{`"127.0.0.1"`, `"*"`, `found "*"`},
		{`"127.0.0.1"`, `"192.168.0.7"`, `found "192.168.0.7"`},
		{`"127.0.0.1"`, `"example.org"`, `found "example.org"`},
		{`"127.0.0.1"`, `""`, `found ""`},
		{`hmac-sha256`, `hmac-md5`, `want hmac-sha256, found "hmac-md5"`},
		{`"tcp"`, `"udp"`, `want tcp or ipc, found "udp"`},
		{`5003`, `0`, `stdin_port: want a port, 1..65535, found 0`},
		{`5003`, `70000`, `found 70000`},
		{`5003`, `"x"`, `cannot unmarshal`},
		{`}`, ``, `unexpected end`},
	} {
		if _, err := parse(t, strings.Replace(sound, c.old, c.new, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: found %v, want %q", c.new, c.old, err, c.want)
		}
	}
	for _, host := range []string{"127.0.0.1", "127.3.4.5", "::1", "localhost"} {
		if err := checkLoopback(host); err != nil {
			t.Error(err)
		}
	}
}

// TestSignature checks a signature that Python's hmac and json made:
//
//	hmac.new(b"k", b'{"msg_id":"1"}{}{}{"code":"1"}', hashlib.sha256).hexdigest()
func TestSignature(t *testing.T) {
	s := NewSigner("k")
	got := string(s.sign([][]byte{[]byte(`{"msg_id":"1"}`), []byte("{}"), []byte("{}"), []byte(`{"code":"1"}`)}))
	if want := "5a1085e640d0d36ed26db2c090cb9b6f229b0d37db8e9e69f4fd511f17c834b2"; got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}

func message(t *testing.T, s *Signer) [][]byte {
	t.Helper()
	m, err := s.New("execute_request", Message{Header: Header{ID: "p"}}, map[string]string{"code": "1"})
	if err != nil {
		t.Fatal(err)
	}
	m.Identities = [][]byte{{0, 1}, []byte("two")}
	frames, err := s.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

func TestDecode(t *testing.T) {
	s := NewSigner("k")
	frames := message(t, s)
	m, err := s.Decode(frames)
	if err != nil || m.Header.Type != "execute_request" || string(m.Content) != `{"code":"1"}` || len(m.Identities) != 2 ||
		!strings.Contains(string(m.Parent), `"msg_id":"p"`) {
		t.Fatalf("%+v, %v", m, err)
	}
	other := message(t, NewSigner("other"))
	unsigned := message(t, NewSigner(""))
	for name, c := range map[string]struct {
		frames [][]byte
		want   string
	}{
		"other key":    {other, "its signature is not"},
		"no signature": {unsigned, "its signature is not"},
		"half":         {frames[:6], "half a message"},
		"no delimiter": {frames[3:], "found 5 frames without"},
		"nothing":      {nil, "found 0 frames without"},
		"changed":      {append(append([][]byte{}, frames[:7]...), []byte(`{"code":"2"}`)), "its signature is not"},
	} {
		if _, err := s.Decode(c.frames); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, want %q", name, err, c.want)
		}
	}
	if _, err := NewSigner("").Decode(other); err != nil {
		t.Errorf("without a key any signature will do: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"msg_type":"a"}`), []byte("{}"), []byte("{}"), []byte("{}"), []byte("<IDS|MSG>"))
	f.Add([]byte(`[]`), []byte("{"), []byte("null"), []byte(""), []byte("x"))
	s := NewSigner("")
	f.Fuzz(func(t *testing.T, header, parent, metadata, content, identity []byte) {
		m, err := s.Decode([][]byte{identity, delimiter, nil, header, parent, metadata, content})
		if err != nil || bytes.Equal(identity, delimiter) {
			return
		}
		again, err := s.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := s.Decode(again); err != nil || back.Header != m.Header {
			t.Errorf("%+v came back as %+v, %v", m, back, err)
		}
	})
}

// FuzzGuard gives arbitrary bytes to the watch over frames, in two pieces.
func FuzzGuard(f *testing.F) {
	f.Add([]byte{0, 1, 'x', 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 'y'}, 3)
	f.Add([]byte{2, 255, 255, 255, 255, 255, 255, 255, 255}, 1)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		cut = max(0, min(cut, len(text)))
		whole, pieces := &guardedConn{}, &guardedConn{}
		want := whole.watch(text)
		got := pieces.watch(text[:cut])
		if got == nil {
			got = pieces.watch(text[cut:])
		}
		if (want == nil) != (got == nil) || want == nil && (whole.body != pieces.body || whole.total != pieces.total) {
			t.Errorf("in one piece %v, in two %v", want, got)
		}
		if whole.body > maxMessage && want == nil {
			t.Errorf("a frame of %d bytes passed", whole.body)
		}
	})
}

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// listen opens sockets on free ports.
func listen(t *testing.T) (*Sockets, Connection, *logged) {
	t.Helper()
	c := Connection{Transport: "tcp", IP: "127.0.0.1", Key: "k", SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.ShellPort, &c.ControlPort, &c.StdinPort, &c.IOPubPort, &c.HeartbeatPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
		l.Close()
	}
	var text logged
	s, err := Listen(context.Background(), c, log.New(&text, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, c, &text
}

// TestHostileClients connect, misbehave, and must not keep others waiting.
func TestHostileClients(t *testing.T) {
	s, c, text := listen(t)
	address := fmt.Sprintf("127.0.0.1:%d", c.ShellPort)
	greeting := make([]byte, greetingSize)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	ready := []byte("\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER")
	hello := append(append([]byte{}, greeting...), append([]byte{flagCommand, byte(len(ready))}, ready...)...)
	huge := binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<62)
	for _, said := range [][]byte{
		nil, []byte("GET / HTTP/1.1\r\n\r\n"), greeting[:20], greeting, hello[:70], hello,
		append(append([]byte{}, hello...), huge...), append(append([]byte{}, hello...), 0, 100, 'h', 'a', 'l', 'f'),
		append(append([]byte{}, greeting...), binary.BigEndian.AppendUint64([]byte{flagCommand | flagLong}, 1<<40)...),
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write(said); err != nil {
			t.Fatal(err)
		}
		if len(said)%2 == 1 {
			conn.Close()
		}
	}
	dealer := zmq4.NewDealer(context.Background())
	defer dealer.Close()
	if err := dealer.Dial("tcp://" + address); err != nil {
		t.Fatal(err)
	}
	signer := NewSigner(c.Key)
	bad := message(t, NewSigner("other"))
	for _, frames := range [][][]byte{bad[2:], {[]byte("x")}, message(t, signer)[2:]} {
		if err := dealer.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
			t.Fatal(err)
		}
	}
	m := <-s.Requests[Shell]
	s.Reply(Shell, m, "execute_reply", map[string]string{"status": "ok"})
	raw, err := dealer.Recv()
	if err != nil {
		t.Fatal(err)
	}
	reply, err := signer.Decode(raw.Frames)
	if err != nil || reply.Header.Type != "execute_reply" {
		t.Fatalf("%+v, %v", reply, err)
	}
	var parent Header
	if err := json.Unmarshal(reply.Parent, &parent); err != nil || parent != m.Header {
		t.Errorf("parent %+v, want %+v", parent, m.Header)
	}
	for _, want := range []string{"its signature is not", "found 2 frames without"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("want %q in the log: %s", want, text)
		}
	}
}

func TestHeartbeat(t *testing.T) {
	_, c, _ := listen(t)
	req := zmq4.NewReq(context.Background())
	defer req.Close()
	if err := req.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", c.HeartbeatPort)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := req.Send(zmq4.NewMsgString("ping")); err != nil {
			t.Fatal(err)
		}
		if m, err := req.Recv(); err != nil || string(m.Bytes()) != "ping" {
			t.Fatalf("%v, %v", m, err)
		}
	}
}
