// Package wire speaks the Jupyter messaging protocol: connection files, signed
// messages, and the five ZeroMQ sockets of a kernel, on loopback addresses only.
//
//	c, err := wire.ReadConnection("kernel-1.json")
//	sockets, err := wire.Listen(ctx, c, log)
//	for m := range sockets.Shell { ... sockets.Reply(wire.Shell, m, "kernel_info_reply", content) }
//
// It knows neither Go code nor pictures. What arrives with a wrong signature, in
// a frame that is too large or half, is reported to the log and goes no further.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// Connection is a connection file: where a kernel listens, and the key that
// signs its messages.
type Connection struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // a loopback address, or the beginning of a path for ipc
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HeartbeatPort   int    `json:"hb_port"`
	Key             string `json:"key"`              // empty: messages are not signed
	SignatureScheme string `json:"signature_scheme"` // hmac-sha256
}

// ReadConnection reads a connection file and checks it.
func ReadConnection(path string) (Connection, error) {
	c := Connection{Transport: "tcp", IP: "127.0.0.1", SignatureScheme: "hmac-sha256"}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return Connection{}, fmt.Errorf("wire: connection file %s: %w", path, err)
	}
	return c, nil
}

func (c Connection) check() error {
	if c.SignatureScheme != "hmac-sha256" && c.Key != "" {
		return fmt.Errorf("signature_scheme: want hmac-sha256, found %q", c.SignatureScheme)
	}
	switch c.Transport {
	case "tcp":
		if err := checkLoopback(c.IP); err != nil {
			return err
		}
	case "ipc": // a socket in the file system, which no other machine reaches
		if c.IP == "" {
			return errors.New("ip: want the beginning of a path, found none")
		}
	default:
		return fmt.Errorf("transport: want tcp or ipc, found %q", c.Transport)
	}
	for name, port := range map[string]int{"shell_port": c.ShellPort, "control_port": c.ControlPort, "stdin_port": c.StdinPort,
		"iopub_port": c.IOPubPort, "hb_port": c.HeartbeatPort} {
		if port < 1 || port > 65535 {
			return fmt.Errorf("%s: want a port, 1..65535, found %d", name, port)
		}
	}
	return nil
}

// checkLoopback keeps the kernel, which runs any code that it is sent, to this
// machine.
func checkLoopback(host string) error {
	ip := net.ParseIP(host)
	if host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("ip: want a loopback address, as 127.0.0.1, found %q: the kernel runs what it is sent, and listens to this machine alone", host)
}

// endpoint is the address of a port for ZeroMQ.
func (c Connection) endpoint(port int) string {
	if c.Transport == "ipc" {
		return "guarded-ipc://" + c.IP + "-" + strconv.Itoa(port)
	}
	host := c.IP
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	return "guarded-tcp://" + net.JoinHostPort(host, strconv.Itoa(port))
}
