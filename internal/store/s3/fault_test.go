package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7/pkg/signer"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// A fault is what a proxy does to the n-th put (from 1) instead of passing it on
// with next.
type fault func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler)

// broken opens a bucket of the embedded server through a proxy with a fault in
// its puts, and one that is whole to look behind it. The configuration is
// changed by the given functions.
func broken(t *testing.T, f fault, change ...func(*s3.Config)) (through, behind *s3.Store, puts *atomic.Int64) {
	t.Helper()
	c := storetest.Config(t)
	behind = storetest.OpenConfig(t, c)
	puts = new(atomic.Int64)
	next := proxyTo(c)
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			f(puts.Add(1), w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	c.Endpoint, c.Socket, c.Attempts = p.Listener.Addr().String(), "", 4
	for _, ch := range change {
		ch(&c)
	}
	return storetest.OpenConfig(t, c), behind, puts
}

// proxyTo passes requests on to the embedded server, signed again because a
// fault may have changed what was signed.
func proxyTo(c s3.Config) http.Handler {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.Socket)
	}}
	return &httputil.ReverseProxy{Transport: tr, Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "embedded", r.In.Host
		r.Out.Header.Del("Authorization")
		signer.SignV4(*r.Out, c.AccessKey, c.SecretKey, "", c.Region)
	}}
}

// answer gives an S3 error.
func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>CANARY-1</Message></Error>", code)
}

var key = store.BundleKey("p", "archief", time.Date(2026, 3, 15, 3, 0, 0, 0, time.UTC), "bcdf")

func put(t *testing.T, s *s3.Store) (store.Receipt, error) {
	t.Helper()
	return s.PutSealed(t.Context(), store.Object{Key: key, ContentID: "c0ffee"}, storetest.Sealed(t, "dossier"))
}

func TestABusyStoreIsTriedAgain(t *testing.T) {
	s, _, puts := broken(t, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n <= 2 {
			answer(w, 503, "SlowDown")
			return
		}
		next.ServeHTTP(w, r)
	})
	if r, err := put(t, s); err != nil || r.Existed || puts.Load() != 3 {
		t.Errorf("%+v, %v after %d puts", r, err, puts.Load())
	}
}

// The answer to the first put is cut off after the store kept the object.
func TestALostAnswerIsSuccessAndOneVersion(t *testing.T) {
	s, behind, puts := broken(t, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n > 1 {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	r, err := put(t, s)
	if err != nil || !r.Existed || puts.Load() != 2 {
		t.Fatalf("%+v, %v after %d puts", r, err, puts.Load())
	}
	if in, err := behind.Head(t.Context(), key); err != nil || in.VersionID != r.VersionID || in.SHA256 != r.SHA256 {
		t.Errorf("%+v, %v", in, err)
	}
	n, err := behind.Versions(t.Context(), key)
	if err != nil || n != 1 {
		t.Errorf("%d versions, %v; want 1", n, err)
	}
}

// A server that refuses by the headers and closes is seen as a broken
// connection by a client that is still sending.
func TestARefusalThatIsNotHeardIsLookedUp(t *testing.T) {
	s, behind, _ := broken(t, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n == 1 {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	})
	if r, err := put(t, s); err != nil || !r.Existed {
		t.Fatalf("%+v, %v", r, err)
	}
	if n, err := behind.Versions(t.Context(), key); err != nil || n != 1 {
		t.Errorf("%d versions, %v; want 1", n, err)
	}
}

func TestFaultsOfAPutAreToldPlainly(t *testing.T) {
	for _, c := range []struct {
		status   int
		code     string
		want     error
		text     string
		attempts int64
	}{
		{503, "SlowDown", store.ErrUnavailable, "503 SlowDown", 4},
		{500, "InternalError", store.ErrUnavailable, "500", 4},
		{507, "InsufficientStorage", store.ErrFull, "no room left", 1},
		{403, "RequestTimeTooSkewed", store.ErrRefused, "the clock of this machine differs from the store's", 1},
		{403, "AccessDenied", store.ErrRejected, "has no right", 1},
		{403, "SignatureDoesNotMatch", store.ErrRefused, "the secret does not fit", 1},
		{409, "OperationAborted", store.ErrUnavailable, "409", 1},
	} {
		s, behind, puts := broken(t, func(_ int64, w http.ResponseWriter, _ *http.Request, _ http.Handler) { answer(w, c.status, c.code) })
		_, err := put(t, s)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %v, want %v", c.code, err, c.want)
		}
		if puts.Load() != c.attempts {
			t.Errorf("%s: %d attempts, want %d", c.code, puts.Load(), c.attempts)
		}
		if _, err := behind.Head(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", c.code, err)
		}
	}
}

func TestTryingAgainEndsWithTheContext(t *testing.T) {
	s, _, _ := broken(t, func(_ int64, w http.ResponseWriter, _ *http.Request, _ http.Handler) { answer(w, 503, "SlowDown") },
		func(c *s3.Config) { c.Attempts = 1000 })
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.PutStatement(ctx, store.Object{Key: key}, storetest.Statement(t, "text/plain", "x"))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// A byte that changes on the way must never be kept.
func TestAByteChangedOnTheWayIsRefused(t *testing.T) {
	s, behind, _ := broken(t, func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.Body = &flipped{r.Body, false}
		next.ServeHTTP(w, r)
	})
	if _, err := put(t, s); err == nil {
		t.Error("accepted")
	}
	if _, err := behind.Head(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("kept: %v", err)
	}
}

type flipped struct {
	io.ReadCloser
	done bool
}

func (f *flipped) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if n > 0 && !f.done {
		p[0] ^= 1
		f.done = true
	}
	return n, err
}

// without removes headers from puts, as a store does that ignores them.
func without(headers ...string) fault {
	return func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		for _, h := range headers {
			r.Header.Del(h)
		}
		next.ServeHTTP(w, r)
	}
}
