package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// transfer is one file on its way. Each try continues the part file where it
// can: RFC 9110, section 14 (range requests) and 13.1.5 (If-Range).
type transfer struct {
	src   Source
	part  string // the bytes so far; part+".etag" holds their validator
	total int64  // size of the whole file, 0 while unknown
	opt   FetchOptions
}

var (
	errStalled  = errors.New("the connection went silent")
	errChanged  = errors.New("the file on the server has changed")
	errTooLong  = errors.New("wrong size: the server sent more than")
	errComplete = errors.New("nothing is missing")
)

// lastingError is a failure that trying again would only repeat.
type lastingError struct{ error }

func (e lastingError) Unwrap() error { return e.error }

// lasting reports whether an error is a lastingError, an unknown host or a bad
// certificate.
func lasting(err error) bool {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	return errors.As(err, new(lastingError)) || errors.As(err, &cert) ||
		errors.As(err, &dns) && dns.IsNotFound
}

// client bounds every wait but that for the next byte, which try watches.
// Compression is off because sizes, ranges and hashes are those of the file.
var client = &http.Client{
	Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: 15 * time.Second,
		IdleConnTimeout:     30 * time.Second,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
	},
	CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return lastingError{errors.New("more than 10 redirects")}
		}
		if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
			return lastingError{fmt.Errorf("redirect from https to %s://%s", req.URL.Scheme, req.URL.Host)}
		}
		return nil
	},
}

// try makes one request and appends what comes.
func (t *transfer) try(ctx context.Context) error {
	have, tag := t.kept()
	if have > 0 && have == t.src.Bytes {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(t.opt.Stall, func() { cancel(errStalled) })
	defer watch.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.src.URL, nil)
	if err != nil {
		return lastingError{err}
	}
	req.Header.Set("User-Agent", "godream")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		req.Header.Set("If-Range", tag)
	}
	resp, err := client.Do(req)
	if err != nil {
		return because(ctx, err)
	}
	defer resp.Body.Close()
	from, err := t.accept(resp, have, tag)
	if err == errComplete {
		return nil
	}
	if err != nil {
		return err
	}
	if err = t.save(resp, from, watch); errors.Is(err, errTooLong) {
		t.discard()
		return lastingError{err}
	}
	return because(ctx, err)
}

// because puts the reason for a cancellation in the place of its effect.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && !errors.As(err, new(lastingError)) {
		return context.Cause(ctx)
	}
	return err
}

// accept reads the answer's head. It returns the offset in the file of the
// body's first byte and sets t.total.
func (t *transfer) accept(resp *http.Response, have int64, tag string) (from int64, err error) {
	var total int64
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		total = max(resp.ContentLength, 0)
	case code == http.StatusPartialContent && have > 0:
		first := int64(-1)
		if first, total, err = contentRange(resp.Header.Get("Content-Range")); err != nil {
			return 0, lastingError{err}
		}
		if now := validator(resp.Header); first != have || now != "" && now != tag {
			t.discard()
			return 0, errChanged
		}
		from = have
	case code == http.StatusRequestedRangeNotSatisfiable && have > 0:
		if _, total, err = contentRange(resp.Header.Get("Content-Range")); err == nil && total == have {
			return have, errComplete
		}
		t.discard()
		return 0, errChanged
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return 0, fmt.Errorf("the server answered %s", resp.Status)
	default:
		return 0, lastingError{fmt.Errorf("the server answered %s", resp.Status)}
	}
	if t.src.Bytes > 0 && total > 0 && total != t.src.Bytes {
		return 0, lastingError{fmt.Errorf("wrong size: expected %d bytes, the server has %d", t.src.Bytes, total)}
	}
	t.total = max(total, t.src.Bytes)
	return from, nil
}

// save writes the body to the part file at offset from and syncs it. The watch
// starts again with every byte.
func (t *transfer) save(resp *http.Response, from int64, watch *time.Timer) (err error) {
	f, err := t.open(from, validator(resp.Header))
	if err != nil {
		return lastingError{err}
	}
	defer func() {
		if e := f.Close(); e != nil && err == nil {
			err = lastingError{e}
		}
	}()
	limit := t.total
	if limit == 0 {
		limit = maxBytes
	}
	buf := make([]byte, 256<<10)
	for done := from; ; {
		n, readErr := resp.Body.Read(buf)
		if n > 0 {
			watch.Reset(t.opt.Stall)
			if done+int64(n) > limit {
				return fmt.Errorf("%w %d bytes", errTooLong, limit)
			}
			if _, err := f.Write(buf[:n]); err != nil {
				return lastingError{err}
			}
			done += int64(n)
			if t.opt.Progress != nil {
				t.opt.Progress(done, t.total)
			}
		}
		if readErr == io.EOF && done < t.total {
			readErr = io.ErrUnexpectedEOF
		}
		if readErr == io.EOF {
			if err := f.Sync(); err != nil {
				return lastingError{err}
			}
			return nil
		}
		if readErr != nil {
			return fmt.Errorf("connection cut: %w", readErr)
		}
	}
}

// open opens the part file for writing at offset from and notes the validator
// of its bytes. The old bytes go before the old validator does, so the two
// belong together at every moment.
func (t *transfer) open(from int64, tag string) (*os.File, error) {
	f, err := os.OpenFile(t.part, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if info, e := f.Stat(); e == nil && info.Size() != from {
		err = f.Truncate(from)
	}
	if err == nil && from == 0 {
		err = os.WriteFile(t.part+".etag", []byte(tag), 0o644)
	}
	if err == nil {
		_, err = f.Seek(from, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// kept returns how many bytes the part file holds and their validator. Without
// one, or with more bytes than the file has, they are of no use: 0.
func (t *transfer) kept() (int64, string) {
	tag, err := os.ReadFile(t.part + ".etag")
	if err != nil || len(tag) == 0 {
		return 0, ""
	}
	info, err := os.Stat(t.part)
	if err != nil || t.src.Bytes > 0 && info.Size() > t.src.Bytes {
		return 0, ""
	}
	return info.Size(), string(tag)
}

// discard forgets what was kept.
func (t *transfer) discard() {
	os.Remove(t.part)
	os.Remove(t.part + ".etag")
}

// validator returns what If-Range may carry: a strong ETag, else the date.
func validator(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// contentRange parses "bytes 5-9/10" and "bytes */10". The first is -1 in the
// second form, and the total 0 where it is "*".
func contentRange(s string) (first, total int64, err error) {
	bad := fmt.Errorf("bad Content-Range: expected bytes FIRST-LAST/TOTAL, found %q", s)
	span, size, ok := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	if !ok || !strings.HasPrefix(s, "bytes ") {
		return 0, 0, bad
	}
	if size != "*" {
		if total, err = digits(size); err != nil {
			return 0, 0, bad
		}
	}
	if span == "*" {
		return -1, total, nil
	}
	a, b, ok := strings.Cut(span, "-")
	first, err = digits(a)
	last, err2 := digits(b)
	if !ok || err != nil || err2 != nil || last < first || size != "*" && last >= total {
		return 0, 0, bad
	}
	return first, total, nil
}

func digits(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err
}
