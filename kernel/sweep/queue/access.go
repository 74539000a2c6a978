package queue

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Access is a NATS server's address and the credentials for it.
type Access struct {
	// URL of the server, or of several of a cluster with commas between:
	// nats://host:4222, tls://host:4222, nats://user:password@host, nats://token@host.
	// It has no default.
	URL string

	Creds string // file with a user's JWT and seed. Default none
	NKey  string // file with a user's seed. Default none
	CA    string // PEM file of authorities to trust. Default the system's
	Cert  string // PEM file with the client's certificate. Default none
	Key   string // PEM file with Cert's key. Default none

	inProcess nats.InProcessConnProvider // Server's
}

// Connection intervals. A server that is silent for two pings is gone.
const (
	pingEvery      = 10 * time.Second
	connectTimeout = 5 * time.Second
	requestTimeout = 10 * time.Second
	reconnectWait  = 200 * time.Millisecond

	leaderWait  = 2 * time.Second // for an answer, as many times as
	leaderTries = 15
)

// oldestServer is the first whose streams keep metadata.
var oldestServer = [2]int{2, 10}

// Conn is a connection to a server with JetStream. It connects anew by itself when
// it is lost.
type Conn struct {
	nc  *nats.Conn
	js  jetstream.JetStream
	url string // without its secrets
}

// Dial connects. Its errors tell apart a server that is not there, one that refuses
// the credentials, and one without JetStream.
func Dial(ctx context.Context, a Access) (*Conn, error) {
	shown := redacted(a.URL)
	options, err := a.options()
	if err != nil {
		return nil, fmt.Errorf("queue: %s: %w", shown, err)
	}
	nc, err := nats.Connect(a.URL, options...)
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		return nil, fmt.Errorf("queue: %s: the server refuses the credentials: %w", shown, err)
	case err != nil:
		return nil, fmt.Errorf("queue: %s: cannot connect: %w", shown, err)
	}
	c := &Conn{nc: nc, url: shown}
	if err := c.check(ctx); err != nil {
		nc.Close()
		return nil, fmt.Errorf("queue: %s: %w", shown, err)
	}
	return c, nil
}

// redacted is a list of URLs without passwords and tokens.
func redacted(urls string) string {
	list := strings.Split(urls, ",")
	for i, text := range list {
		if u, err := url.Parse(strings.TrimSpace(text)); err == nil {
			u.User = nil
			list[i] = u.String()
		}
	}
	return strings.Join(list, ",")
}

func (a Access) options() ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name("dream"), nats.Timeout(connectTimeout), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(2),
		nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), nats.ReconnectJitter(reconnectWait, reconnectWait),
		nats.IgnoreAuthErrorAbort(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // calls return them; the default prints
	}
	if a.inProcess != nil {
		token := ""
		if u, err := url.Parse(a.URL); err == nil {
			token = u.User.Username()
		}
		options = append(options, nats.InProcessServer(a.inProcess), nats.Token(token))
	}
	if a.Creds != "" {
		options = append(options, nats.UserCredentials(a.Creds))
	}
	if a.NKey != "" {
		option, err := nats.NkeyOptionFromSeed(a.NKey)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", a.NKey, err)
		}
		options = append(options, option)
	}
	if a.CA != "" {
		options = append(options, nats.RootCAs(a.CA))
	}
	switch {
	case a.Cert != "" && a.Key != "":
		options = append(options, nats.ClientCert(a.Cert, a.Key))
	case a.Cert != "" || a.Key != "":
		return nil, errors.New("want a certificate and its key, found one of them")
	}
	if a.CA != "" || a.Cert != "" {
		options = append(options, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	return options, nil
}

// check finds out whether the server can hold a queue.
func (c *Conn) check(ctx context.Context) (err error) {
	version := c.nc.ConnectedServerVersion()
	var found [2]int
	if _, err := fmt.Sscanf(version, "%d.%d", &found[0], &found[1]); err == nil &&
		(found[0] < oldestServer[0] || found[0] == oldestServer[0] && found[1] < oldestServer[1]) {
		return fmt.Errorf("want nats-server %d.%d or later, found %s", oldestServer[0], oldestServer[1], version)
	}
	if c.js, err = jetstream.New(c.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		return err
	}
	err = c.awaitJetStream(ctx)
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return errors.New("the server runs without JetStream, which keeps the queue: want one started with it, as by nats-server -js")
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return errors.New("the account has no JetStream, which keeps the queue: want one with it enabled")
	case err != nil:
		return fmt.Errorf("JetStream: %w", err)
	}
	return nil
}

// awaitJetStream asks for JetStream until there is an answer: a cluster that has just
// started, or lost its leader, is silent or refuses until it has one.
func (c *Conn) awaitJetStream(ctx context.Context) (err error) {
	for ends := time.Now().Add(leaderTries * leaderWait); time.Now().Before(ends); {
		asking, stop := context.WithTimeout(ctx, leaderWait)
		_, err = c.js.AccountInfo(asking)
		stop()
		if !Passing(err) || ctx.Err() != nil {
			return err
		}
		if err := pause(ctx, retryWait); err != nil {
			return err
		}
	}
	return fmt.Errorf("no answer in %v: the cluster has no leader, or the user may not use $JS.API: %w", leaderTries*leaderWait, err)
}

// URL is the server's, without secrets.
func (c *Conn) URL() string { return c.url }

// Close ends the connection.
func (c *Conn) Close() { c.nc.Close() }
