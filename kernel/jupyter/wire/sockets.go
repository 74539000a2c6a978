package wire

import (
	"context"
	"fmt"
	"io"
	"log"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Channel is one of the sockets on which requests and replies go.
type Channel int

const (
	Shell   Channel = iota // code and questions about it
	Control                // interrupt and shutdown, past what waits on Shell
	Stdin                  // the kernel's questions to the user
)

// waiting is how many requests a channel of them holds before ZeroMQ does.
const waiting = 1000

// Sockets are a kernel's ends of the five sockets. Messages that arrive are on
// the channels; the heartbeat answers by itself.
type Sockets struct {
	*Signer
	Requests [3]<-chan Message // by Channel; closed by Close

	routers [3]socket
	iopub   socket
	beat    zmq4.Socket
	log     *log.Logger
	cancel  context.CancelFunc
}

// Listen opens the sockets. What arrives and is no proper message is reported
// to the log and dropped.
func Listen(ctx context.Context, c Connection, logger *log.Logger) (*Sockets, error) {
	if err := register(); err != nil {
		return nil, fmt.Errorf("wire: transport: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	s := &Sockets{Signer: NewSigner(c.Key), log: logger, cancel: cancel,
		iopub: socket{Socket: zmq4.NewPub(ctx, quiet)}, beat: zmq4.NewRep(ctx, quiet)}
	for i := range s.routers {
		s.routers[i].Socket = zmq4.NewRouter(ctx, quiet)
	}
	for _, open := range []struct {
		socket zmq4.Socket
		port   int
	}{
		{s.routers[Shell].Socket, c.ShellPort}, {s.routers[Control].Socket, c.ControlPort}, {s.routers[Stdin].Socket, c.StdinPort},
		{s.iopub.Socket, c.IOPubPort}, {s.beat, c.HeartbeatPort},
	} {
		if err := open.socket.Listen(c.endpoint(open.port)); err != nil {
			s.Close()
			return nil, fmt.Errorf("wire: port %d: %w", open.port, err)
		}
	}
	for i := range s.routers {
		requests := make(chan Message, waiting)
		s.Requests[i] = requests
		go s.receive(ctx, s.routers[i].Socket, requests)
	}
	go s.echo(ctx)
	return s, nil
}

// receive decodes what arrives on a socket.
func (s *Sockets) receive(ctx context.Context, from zmq4.Socket, to chan<- Message) {
	defer close(to)
	for {
		raw, err := from.Recv()
		if ctx.Err() != nil {
			return
		}
		var m Message
		if err == nil {
			m, err = s.Decode(raw.Frames)
		}
		if err != nil {
			s.log.Printf("dropped a message: %v", err)
			continue
		}
		select {
		case to <- m:
		case <-ctx.Done():
			return
		}
	}
}

// echo answers heartbeats.
func (s *Sockets) echo(ctx context.Context) {
	for ctx.Err() == nil {
		m, err := s.beat.Recv()
		if err == nil {
			err = s.beat.Send(m)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Printf("heartbeat: %v", err)
		}
	}
}

// Reply answers a request on the channel that it came on.
func (s *Sockets) Reply(on Channel, to Message, kind string, content any) {
	s.send(&s.routers[on], to.Identities, to, kind, content)
}

// Publish tells every client something that a request led to.
func (s *Sockets) Publish(parent Message, kind string, content any) {
	s.send(&s.iopub, [][]byte{[]byte(kind)}, parent, kind, content)
}

func (s *Sockets) send(on *socket, to [][]byte, parent Message, kind string, content any) {
	m, err := s.New(kind, parent, content)
	if err == nil {
		m.Identities = to
		var frames [][]byte
		if frames, err = s.Encode(m); err == nil {
			err = on.send(frames)
		}
	}
	if err != nil {
		s.log.Printf("%s was not sent: %v", kind, err)
	}
}

// A socket keeps messages that two goroutines send at once from mixing.
type socket struct {
	zmq4.Socket
	lock sync.Mutex
}

func (s *socket) send(frames [][]byte) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.SendMulti(zmq4.NewMsgFrom(frames...))
}

// Close closes the sockets.
func (s *Sockets) Close() {
	s.cancel()
	for _, socket := range []zmq4.Socket{s.iopub.Socket, s.beat, s.routers[Shell].Socket, s.routers[Control].Socket, s.routers[Stdin].Socket} {
		_ = socket.Close() // there is nothing left to say
	}
}
