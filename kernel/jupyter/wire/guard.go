package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// zmq4 v0.17.0 trusts who connects: it shakes hands with one client at a time,
// for as long as that one takes, and allocates whatever length a frame claims.
// guarded is a transport that does neither: it shakes hands for zmq4, with each
// client apart and within patience, and closes connections whose frames are
// larger than any notebook's.
type guarded struct{ transport.Transport }

const (
	patience     = 10 * time.Second // for a client's greeting
	maxHandshake = 4 << 10          // bytes of a client's first command
	maxMessage   = 256 << 20        // bytes of all frames of a message
)

var register = sync.OnceValue(func() error {
	return errors.Join(
		zmq4.RegisterTransport("guarded-tcp", guarded{transport.New("tcp")}),
		zmq4.RegisterTransport("guarded-ipc", guarded{transport.New("unix")}))
})

func (g guarded) Listen(ctx context.Context, addr string) (net.Listener, error) {
	inner, err := g.Transport.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	l := &guardedListener{Listener: inner, ready: make(chan net.Conn), closed: make(chan struct{})}
	go l.accept()
	return l, nil
}

// guardedListener hands over connections whose handshake has arrived.
type guardedListener struct {
	net.Listener
	ready  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *guardedListener) accept() {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			l.Close()
			return
		}
		go l.greet(conn)
	}
}

// greet shakes hands with one client.
func (l *guardedListener) greet(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(patience)) // a socket always takes one
	said, err := handshake(conn)
	_ = conn.SetDeadline(time.Time{})
	if err == nil {
		select {
		case l.ready <- &guardedConn{Conn: conn, replay: bytes.NewReader(said), mute: greetingSize, skip: greetingSize}:
			return
		case <-l.closed:
		}
	}
	conn.Close()
}

func (l *guardedListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.ready:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *guardedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// greetingSize is how many bytes open a ZMTP 3 connection, both ways.
const greetingSize = 64

// handshake sends a ZMTP 3.0 greeting, reads the client's and its first command,
// and returns what the client said. See https://rfc.zeromq.org/spec/23.
func handshake(conn io.ReadWriter) ([]byte, error) {
	greeting := make([]byte, greetingSize)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	if _, err := conn.Write(greeting); err != nil {
		return nil, err
	}
	said := make([]byte, greetingSize+2)
	if _, err := io.ReadFull(conn, said); err != nil {
		return nil, err
	}
	if said[0] != 0xff || said[9] != 0x7f || said[10] < 3 {
		return nil, errors.New("wire: greeting: want ZMTP 3")
	}
	flags, size := said[greetingSize], uint64(said[greetingSize+1])
	if flags&flagCommand == 0 {
		return nil, errors.New("wire: greeting: want a command after it")
	}
	if flags&flagLong != 0 {
		long := make([]byte, 7)
		if _, err := io.ReadFull(conn, long); err != nil {
			return nil, err
		}
		said = append(said, long...)
		size = binary.BigEndian.Uint64(said[greetingSize+1:])
	}
	if size > maxHandshake {
		return nil, fmt.Errorf("wire: greeting: want at most %d bytes, found %d", maxHandshake, size)
	}
	command := make([]byte, size)
	if _, err := io.ReadFull(conn, command); err != nil {
		return nil, err
	}
	return append(said, command...), nil
}

// Bits of a frame's first byte.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// guardedConn is a connection after its handshake: zmq4 reads again what the
// client said, its own greeting is not sent twice, and the frames' lengths are
// watched.
type guardedConn struct {
	net.Conn
	replay *bytes.Reader
	mute   int // bytes yet to be swallowed of what zmq4 writes
	skip   int // bytes of the greeting yet to be read, which are no frame

	header []byte // what has been read of a frame's header
	body   uint64 // bytes yet to be read of a frame
	total  uint64 // bytes of the message so far
}

func (c *guardedConn) Write(p []byte) (int, error) {
	n := min(c.mute, len(p))
	c.mute -= n
	if n == len(p) {
		return n, nil
	}
	wrote, err := c.Conn.Write(p[n:])
	return n + wrote, err
}

func (c *guardedConn) Read(p []byte) (n int, err error) {
	if c.replay != nil && c.replay.Len() > 0 {
		n, err = c.replay.Read(p)
	} else {
		c.replay = nil
		n, err = c.Conn.Read(p)
	}
	if bad := c.watch(p[:n]); bad != nil {
		c.Conn.Close()
		return 0, bad
	}
	return n, err
}

// watch follows the frames in what was read.
func (c *guardedConn) watch(p []byte) error {
	n := min(c.skip, len(p))
	c.skip -= n
	for p = p[n:]; len(p) > 0; {
		if c.body > 0 {
			n := min(c.body, uint64(len(p)))
			c.body, p = c.body-n, p[n:]
			continue
		}
		c.header, p = append(c.header, p[0]), p[1:]
		flags, size := c.header[0], uint64(0)
		switch {
		case len(c.header) == 2 && flags&flagLong == 0:
			size = uint64(c.header[1])
		case len(c.header) == 9:
			size = binary.BigEndian.Uint64(c.header[1:])
		default:
			continue
		}
		c.header, c.body = c.header[:0], size
		if c.total += size; size > maxMessage || c.total > maxMessage {
			return fmt.Errorf("wire: message: want at most %d bytes, found a frame of %d", maxMessage, size)
		}
		if flags&flagMore == 0 {
			c.total = 0
		}
	}
	return nil
}
