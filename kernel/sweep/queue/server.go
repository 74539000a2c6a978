package queue

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startTimeout is how long a server may take to read its files.
const startTimeout = time.Minute

// Server is a NATS server inside this process. It listens on the loopback device
// alone, and wants its token.
type Server struct {
	server *server.Server
	log    *lastWords
	url    string
}

// Start starts a server that keeps its streams in a folder. What an earlier one
// kept there is there again, however that one ended.
func Start(folder string) (*Server, error) {
	token := rand.Text()
	s, err := server.NewServer(&server.Options{
		ServerName: "dream", Host: "127.0.0.1", Port: server.RANDOM_PORT, Authorization: token,
		JetStream: true, StoreDir: folder, DisableJetStreamBanner: true,
		NoSigs: true, NoLog: true,
	})
	if err != nil {
		return nil, fmt.Errorf("queue: server: %w", err)
	}
	words := &lastWords{}
	s.SetLogger(words, false, false)
	s.Start()
	at := &Server{server: s, log: words}
	if !s.ReadyForConnections(startTimeout) || !s.JetStreamEnabled() {
		at.Close()
		return nil, fmt.Errorf("queue: server: cannot start in %s: %w", folder, at.reason())
	}
	u := url.URL{Scheme: "nats", User: url.User(token), Host: s.Addr().(*net.TCPAddr).String()}
	at.url = u.String()
	return at, nil
}

// URL has the token in it: it is all that a worker on this machine needs.
func (s *Server) URL() string { return s.url }

// Access is how this process reaches the server, without a socket.
func (s *Server) Access() Access { return Access{URL: s.url, inProcess: s.server} }

// ErrDown reports that a server in this process takes nothing any more.
var ErrDown = errors.New("queue: the server is down")

// Down is why the server takes nothing just now, as ErrDown, or nil while it does. After
// a full disk it is silent, and clients wait in vain. Of a server whose machine is busy it
// may say that it is not ready, and be wrong: it asks for an answer within a millisecond.
func (s *Server) Down() error {
	if health := s.server.Healthz(&server.HealthzOptions{}); health.Error != "" {
		return fmt.Errorf("%w: %s", ErrDown, health.Error)
	}
	return nil
}

// reason is why JetStream is off.
func (s *Server) reason() error {
	if err := s.log.last(); err != nil {
		return err
	}
	return errors.New("JetStream is off")
}

// Close stops the server and waits until its files are written.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// lastWords is a server's log, of which the last error is kept.
type lastWords struct {
	mu   sync.Mutex
	text string
}

func (l *lastWords) last() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text == "" {
		return nil
	}
	return errors.New(l.text)
}

func (l *lastWords) keep(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = strings.TrimSpace(fmt.Sprintf(format, v...))
}

func (l *lastWords) Errorf(format string, v ...any) { l.keep(format, v...) }
func (l *lastWords) Fatalf(format string, v ...any) { l.keep(format, v...) }
func (l *lastWords) Noticef(string, ...any)         {}
func (l *lastWords) Warnf(string, ...any)           {}
func (l *lastWords) Debugf(string, ...any)          {}
func (l *lastWords) Tracef(string, ...any)          {}
