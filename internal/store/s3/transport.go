package s3

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// silence is how long a connection may lie without a byte in either direction.
const silence = 30 * time.Second

// transport holds no proxy of the environment for a socket, keeps connections
// for many workers, and gives up on a store that is silent. An upload of any
// length goes on as long as bytes flow.
func transport(c Config, limit time.Duration) (*http.Transport, error) {
	dial := (&net.Dialer{Timeout: min(limit, 10*time.Second), KeepAlive: 30 * time.Second}).DialContext
	t := &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 256, IdleConnTimeout: limit * 2 / 3,
		DisableCompression: true, TLSHandshakeTimeout: min(limit, 10*time.Second), ResponseHeaderTimeout: limit,
		Proxy: http.ProxyFromEnvironment}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if c.Socket != "" {
			network, address = "unix", c.Socket
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &watched{Conn: conn, limit: limit + limit/10}, nil // a little later than the wait for headers: after a failed read the library asks again by itself
	}
	if c.Socket != "" {
		t.Proxy = nil
	}
	if len(c.CA) == 0 {
		return t, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(c.CA) {
		return nil, errors.New("store.ca_file: holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool}
	return t, nil
}

// watched is a connection that ends when it is silent. Each step in one
// direction gives time to the other too: while a body is sent, the answer is
// awaited.
type watched struct {
	net.Conn
	limit time.Duration
	over  atomic.Bool // it was silent, and the library closes it
}

func (w *watched) Read(p []byte) (int, error) {
	w.SetDeadline(time.Now().Add(w.limit))
	n, err := w.Conn.Read(p)
	return n, w.why(err)
}

func (w *watched) Write(p []byte) (int, error) {
	w.SetDeadline(time.Now().Add(w.limit))
	n, err := w.Conn.Write(p)
	return n, w.why(err)
}

// why keeps the reason of the direction that noticed first: the other only sees
// that the connection is closed.
func (w *watched) why(err error) error {
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		w.over.Store(true)
	case errors.Is(err, net.ErrClosed) && w.over.Load():
		return os.ErrDeadlineExceeded
	}
	return err
}

// listener turns away what is no answer of an S3 store, before it is taken for
// one: a page of a proxy that says 404 is no word about an object.
type listener struct{ next http.RoundTripper }

// strange is an answer that no S3 store gives.
type strange struct {
	status int
	what   string
	tls    bool // the port speaks TLS and was asked without
}

func (e *strange) Error() string { return fmt.Sprintf("answers %d with %s", e.status, e.what) }

func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodHead {
		if err := headless(res); err != nil {
			return nil, err
		}
		return res, nil
	}
	body := bufio.NewReader(res.Body)
	head, _ := body.Peek(512) // what is cut off shows when it is read
	if odd := oddity(r, res, head); odd != nil {
		res.Body.Close()
		return nil, odd
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{body, res.Body}
	return res, nil
}

// headless looks at an answer to HEAD, which has no body to look at.
func headless(res *http.Response) error {
	page := strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && res.Header.Get("Etag") == ""
	if page || res.StatusCode == http.StatusOK && res.Header.Get("Etag") == "" {
		res.Body.Close()
		return &strange{status: res.StatusCode, what: "something that is no object"}
	}
	return nil
}

// questions are the parameters of requests whose answer is XML.
var questions = []string{"versioning", "list-type", "versions", "object-lock", "retention", "legal-hold", "location"}

func oddity(r *http.Request, res *http.Response, head []byte) error {
	asked := false
	for _, q := range questions {
		asked = asked || r.Method == http.MethodGet && r.URL.Query().Has(q)
	}
	what := shape(head)
	switch good := res.StatusCode < 300; {
	case good && asked && what == "":
	case good && asked:
		return &strange{status: res.StatusCode, what: what}
	case good && (r.Method != http.MethodGet || res.Header.Get("Etag") != ""):
	case good:
		return &strange{status: res.StatusCode, what: "something that is no object"}
	case what != "" && what != empty:
		return &strange{status: res.StatusCode, what: what, tls: bytes.Contains(head, []byte("HTTP request to an HTTPS server")) ||
			bytes.Contains(head, []byte("plain HTTP request was sent to HTTPS port"))}
	}
	return nil
}

const empty = "an empty answer"

// shape says what a body is, or "" for XML.
func shape(head []byte) string {
	low := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	switch {
	case len(low) == 0:
		return empty
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")):
		return "an HTML page"
	case low[0] == '<':
		return ""
	case low[0] == '{' || low[0] == '[':
		return "JSON"
	}
	return "plain text"
}

// discard reads a body to its end, so that its connection is used again.
func discard(r io.ReadCloser) {
	io.Copy(io.Discard, io.LimitReader(r, 1<<16))
	r.Close()
}
