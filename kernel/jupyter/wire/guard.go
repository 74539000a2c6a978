package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// zmq4 v0.17.0 trusts who connects: it shakes hands with one client at a time,
// for as long as that one takes, and allocates whatever length a frame claims.
// guarded is a transport that closes connections which do not shake hands within
// patience, and those whose messages are larger than any notebook's.
type guarded struct{ transport.Transport }

const (
	patience     = 2 * time.Second // for a client's greeting
	greetingSize = 64              // bytes that open a ZMTP 3 connection, https://rfc.zeromq.org/spec/23
	maxMessage   = 256 << 20       // bytes of all frames of a message
)

var register = sync.OnceValue(func() error {
	return errors.Join(
		zmq4.RegisterTransport("guarded-tcp", guarded{transport.New("tcp")}),
		zmq4.RegisterTransport("guarded-ipc", guarded{transport.New("unix")}))
})

func (g guarded) Listen(ctx context.Context, addr string) (net.Listener, error) {
	inner, err := g.Transport.Listen(ctx, addr)
	return guardedListener{inner}, err
}

type guardedListener struct{ net.Listener }

func (l guardedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &guardedConn{Conn: conn, greeting: greetingSize}, conn.SetDeadline(time.Now().Add(patience))
}

// Bits of a frame's first byte.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// guardedConn is a connection whose frames' lengths are watched.
type guardedConn struct {
	net.Conn
	greeting int    // bytes of the greeting yet to be read, which are no frame
	frames   int    // whose header has been read; the first one ends the handshake
	ready    bool   // the handshake is over
	header   []byte // what has been read of a frame's header
	body     uint64 // bytes yet to be read of a frame
	total    uint64 // bytes of the message so far
}

func (c *guardedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bad := c.watch(p[:n]); bad != nil {
		c.Conn.Close()
		return 0, bad
	}
	if !c.ready && (c.frames > 1 || c.frames == 1 && c.body == 0) {
		c.ready = true
		_ = c.Conn.SetDeadline(time.Time{}) // a socket always takes one
	}
	return n, err
}

// watch follows the frames in what was read.
func (c *guardedConn) watch(p []byte) error {
	n := min(c.greeting, len(p))
	c.greeting -= n
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
		c.header, c.body, c.frames = c.header[:0], size, c.frames+1
		if c.total += size; size > maxMessage || c.total > maxMessage {
			return fmt.Errorf("wire: message: want at most %d bytes, found a frame of %d", maxMessage, size)
		}
		if flags&flagMore == 0 {
			c.total = 0
		}
	}
	return nil
}
