package s3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// kinds are the ways to store something; each must be sure of what it stored.
var kinds = []struct {
	name string
	key  store.Key
	put  func(*testing.T, *s3.Store, store.Key) (store.Receipt, error)
}{
	{"sealed", key, func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.PutSealed(t.Context(), store.Object{Key: k, ContentID: "c0ffee"}, storetest.Sealed(t, "dossier"))
	}},
	{"sealed and large", key, func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.PutSealed(t.Context(), store.Object{Key: k, ContentID: "c0ffee"}, storetest.Sealed(t, strings.Repeat("dossier ", 20_000)))
	}},
	{"sealed and locked", key, func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.PutSealed(t.Context(), store.Object{Key: k, ContentID: "c0ffee", Lock: store.Lock{Hold: true}}, storetest.Sealed(t, "dossier"))
	}},
	{"replaced", store.FallbackKey("p", "bcdf"), func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.ReplaceSealed(t.Context(), store.Object{Key: k, ContentID: "c0ffee"}, storetest.Sealed(t, "dossier"))
	}},
	{"statement", store.RecordKey(key), func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.PutStatement(t.Context(), store.Object{Key: k}, storetest.Statement(t, "text/plain", "record"))
	}},
	{"statement that changes", store.FallbackPage("p", "index.html"), func(t *testing.T, s *s3.Store, k store.Key) (store.Receipt, error) {
		return s.ReplaceStatement(t.Context(), store.Object{Key: k, ContentID: "c0ffee"}, storetest.Statement(t, "text/plain", "page"))
	}},
}

// storeFaults are what a store does wrong with one object. The text is part of
// what is said when it always does; one that is empty does no harm at all.
var storeFaults = []struct {
	name  string
	want  error
	text  string
	fault fault
}{
	{"says 200 and stores nothing", store.ErrUnavailable, "shows that it has not", func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method != http.MethodPut {
			next.ServeHTTP(w, r)
			return
		}
		io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"00000000000000000000000000000000"`)
	}},
	{"stores other bytes", store.ErrRejected, "other bytes", func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			b, _ := io.ReadAll(r.Body)
			b[0] ^= 1
			sum := sha256.Sum256(b)
			r.Header.Set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(sum[:]))
			r.Body = io.NopCloser(bytes.NewReader(b))
		}
		next.ServeHTTP(w, r)
	}},
	{"stores half", store.ErrRejected, "other bytes", func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			b, _ := io.ReadAll(r.Body)
			b = b[:len(b)/2]
			r.Header.Del("X-Amz-Checksum-Sha256")
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
			r.Header.Set("Content-Length", strconv.Itoa(len(b)))
		}
		next.ServeHTTP(w, r)
	}},
	{"loses the content id", store.ErrRejected, "other bytes", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("X-Amz-Meta-Content-Id") != "" {
			r.Header.Set("X-Amz-Meta-Content-Id", "decaf")
		}
		next.ServeHTTP(w, r)
	}},
	{"flips a bit on the way", store.ErrRejected, "other bytes arrive", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			r.Body = &flipped{r.Body, false}
		}
		next.ServeHTTP(w, r)
	}},
	{"says 412 for nothing", store.ErrUnavailable, "nothing can be read there", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("If-None-Match") != "" {
			answer(w, 412, "PreconditionFailed")
			return
		}
		next.ServeHTTP(w, r)
	}},
	{"shows other bytes", nil, "", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodHead {
			w = &lying{w}
		}
		next.ServeHTTP(w, r)
	}},
	{"breaks off the answer", nil, "", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}},
	{"stores and says 500", nil, "", func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			next.ServeHTTP(httptest.NewRecorder(), r)
			answer(w, 500, "InternalError")
			return
		}
		next.ServeHTTP(w, r)
	}},
}

// lying tells another SHA-256 than the store keeps.
type lying struct{ http.ResponseWriter }

func (l *lying) WriteHeader(status int) {
	if l.Header().Get("X-Amz-Checksum-Sha256") != "" {
		l.Header().Set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(make([]byte, 32)))
	}
	l.ResponseWriter.WriteHeader(status)
}

// through opens a bucket through a proxy that treats the requests about one
// object with f, and counts them from 1; making the bucket is not counted.
func through(t *testing.T, key store.Key, f fault, change ...func(*s3.Config)) (s, behind *s3.Store) {
	t.Helper()
	c := storetest.Config(t)
	behind = storetest.OpenConfig(t, c)
	next := proxyTo(c)
	var n atomic.Int64
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, string(key)) || r.URL.Query().Get("prefix") == string(key) {
			f(n.Add(1), w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	c.Endpoint, c.Socket, c.Attempts = p.Listener.Addr().String(), "", 2
	for _, ch := range change {
		ch(&c)
	}
	return storetest.OpenConfig(t, c), behind
}

// What a store does wrong once is mended and not seen; what it does always is
// told. In no case does the program believe in an object that is not there.
func TestEveryPutIsConfirmed(t *testing.T) {
	for _, f := range storeFaults {
		for _, k := range kinds {
			t.Run(f.name+"/"+k.name, func(t *testing.T) {
				t.Parallel()
				once, behind := through(t, k.key, onceFor(f.fault))
				r, err := k.put(t, once, k.key)
				if k.name == "sealed and locked" && f.text == "other bytes" { // nobody can take it away
					if !errors.Is(err, store.ErrRejected) || !strings.Contains(err.Error(), "they stay there") {
						t.Errorf("once: %v", err)
					}
				} else if err != nil {
					t.Errorf("once: %v", err)
				} else {
					stands(t, behind, k.key, r)
				}
				always, behind := through(t, k.key, f.fault)
				r, err = k.put(t, always, k.key)
				switch {
				case err == nil:
					if f.name == "shows other bytes" {
						t.Error("a store that always shows other bytes is believed")
					}
					stands(t, behind, k.key, r)
				case f.want != nil && (!errors.Is(err, f.want) || !strings.Contains(err.Error(), f.text)):
					t.Errorf("always: %v, want %v", err, f.want)
				case !strings.Contains(err.Error(), string(k.key)) || errors.Is(err, store.ErrRefused):
					t.Errorf("always: %v is not about the object", err)
				}
			})
		}
	}
}

// onceFor lets a fault strike one request of each method.
func onceFor(f fault) fault {
	var put, head atomic.Bool
	return func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		struck := r.Method == http.MethodPut && !put.Swap(true) || r.Method == http.MethodHead && !head.Swap(true)
		if struck {
			f(n, w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// stands looks behind the proxy: one version, of the bytes of the receipt.
func stands(t *testing.T, s *s3.Store, key store.Key, r store.Receipt) {
	t.Helper()
	in, err := s.Head(t.Context(), key)
	if err != nil || in.VersionID != r.VersionID || in.SHA256 != r.SHA256 || in.Size != r.Size || in.ContentID != r.ContentID || in.Lock != r.Lock {
		t.Errorf("receipt %+v\nstands  %+v, %v", r, in, err)
	}
	if n, err := s.Versions(t.Context(), key); err != nil || n != 1 {
		t.Errorf("%d versions, %v", n, err)
	}
}

var entries = regexp.MustCompile(`(?s)<Version>.*</Version>|<DeleteMarker>.*</DeleteMarker>`)

// blind takes the entries out of a listing of versions.
func blind(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if !r.URL.Query().Has("versions") {
		next.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	b := entries.ReplaceAll(rec.Body.Bytes(), nil)
	w.Header().Set("Content-Type", "application/xml")
	w.Write(b)
}

func denies(w http.ResponseWriter, r *http.Request, next http.Handler, markers bool) {
	if r.Method == http.MethodDelete && (markers || r.URL.Query().Has("versionId")) {
		answer(w, 403, "AccessDenied")
		return
	}
	next.ServeHTTP(w, r)
}

// A removal that did not happen is done again, or told; what cannot be removed
// is hidden where that can be done.
func TestEveryRemovalIsConfirmed(t *testing.T) {
	for _, c := range []struct {
		name   string
		want   error
		text   string
		hidden bool
		fault  fault
	}{
		{"a listing lacks it", nil, "", true, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) { blind(w, r, next) }},
		{"a listing lacks it once", nil, "", true, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n == 1 {
				blind(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		}},
		{"says 204 once and removes nothing", nil, "", true, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if n == 2 {
				w.WriteHeader(204)
				return
			}
			next.ServeHTTP(w, r)
		}},
		{"says 204 and removes nothing", store.ErrUnavailable, "still shows it", false, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.Method == http.MethodDelete {
				w.WriteHeader(204)
				return
			}
			next.ServeHTTP(w, r)
		}},
		{"may not remove a version", store.ErrRejected, "no right", true, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
			denies(w, r, next, false)
		}},
		{"may remove nothing", store.ErrRejected, "can still be fetched", false, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
			denies(w, r, next, true)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, behind := through(t, key, c.fault)
			for i := range 3 {
				o := store.Object{Key: key, ContentID: fmt.Sprint("c", i)}
				if _, err := behind.ReplaceStatement(t.Context(), o, storetest.Statement(t, "text/plain", fmt.Sprint("text ", i))); err != nil {
					t.Fatal(err)
				}
			}
			err := s.Remove(t.Context(), key)
			if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, want %v %q", err, c.want, c.text)
			}
			if _, err := behind.Head(t.Context(), key); errors.Is(err, store.ErrNotFound) != c.hidden {
				t.Errorf("hidden: want %v: %v", c.hidden, err)
			}
		})
	}
}

// What an earlier night could not prune goes the next, though nothing is put.
func TestPruningIsMadeUpFor(t *testing.T) {
	page := store.FallbackPage("p", "index.html")
	var deny atomic.Bool
	s, behind := through(t, page, func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if deny.Load() {
			denies(w, r, next, true)
			return
		}
		next.ServeHTTP(w, r)
	})
	for i, text := range []string{"a", "b", "c", "c"} {
		deny.Store(i < 3)
		r, err := s.ReplaceStatement(t.Context(), store.Object{Key: page}, storetest.Statement(t, "text/html", text))
		if r.Existed != (i == 3) || (err != nil) != (i == 1 || i == 2) || err != nil && !errors.Is(err, store.ErrRejected) {
			t.Errorf("%d: %+v, %v", i, r, err)
		}
	}
	if n, err := behind.Versions(t.Context(), page); err != nil || n != 1 {
		t.Errorf("%d versions, %v; want 1", n, err)
	}
}

// A store that is silent costs three tries, whatever is asked of it; one that is
// slow is waited for.
func TestSilenceIsAFailure(t *testing.T) {
	quick := func(c *s3.Config) { c.Silence, c.Attempts = 300*time.Millisecond, 0 }
	long := storetest.Sealed(t, strings.Repeat("dossier ", 2<<20))
	for name, ask := range map[string]func(*s3.Store) error{
		"head":   func(s *s3.Store) error { _, err := s.Head(t.Context(), key); return err },
		"get":    func(s *s3.Store) error { _, _, err := s.Get(t.Context(), key); return err },
		"remove": func(s *s3.Store) error { return s.Remove(t.Context(), key) },
		"replace": func(s *s3.Store) error { // nobody reads what is sent
			_, err := s.ReplaceSealed(t.Context(), store.Object{Key: key, ContentID: "c0ffee"}, long)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int64
			end := make(chan struct{})
			s, _ := through(t, key, func(_ int64, _ http.ResponseWriter, r *http.Request, _ http.Handler) {
				n.Add(1)
				<-end
			}, quick)
			t.Cleanup(func() { close(end) })
			err := ask(s)
			if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "is silent: no byte for 300ms") {
				t.Error(err)
			}
			most := map[bool]int64{false: 3, true: 5}[name == "replace"] // a put is looked up too, for as long as one try
			if tries := n.Load(); tries < 1 || tries > most {            // one may be given up before it is heard
				t.Errorf("%d tries", tries)
			}
		})
	}
}

func TestABodyThatStopsIsAFailure(t *testing.T) {
	s, behind := through(t, key, func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodGet && r.URL.RawQuery == "" {
			next.ServeHTTP(&stalled{w, r, 1000}, r)
			return
		}
		next.ServeHTTP(w, r)
	}, func(c *s3.Config) { c.Silence = 300 * time.Millisecond })
	if _, err := behind.PutSealed(t.Context(), store.Object{Key: key, ContentID: "c0ffee"}, storetest.Sealed(t, strings.Repeat("dossier ", 20_000))); err != nil {
		t.Fatal(err)
	}
	body, _, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "is silent") {
		t.Errorf("read: %v", err)
	}
}

// stalled gives the first bytes of an answer and then nothing.
type stalled struct {
	http.ResponseWriter
	r    *http.Request
	left int
}

func (s *stalled) Write(p []byte) (int, error) {
	if len(p) <= s.left {
		s.left -= len(p)
		return s.ResponseWriter.Write(p)
	}
	s.ResponseWriter.Write(p[:s.left])
	s.ResponseWriter.(http.Flusher).Flush()
	<-s.r.Context().Done()
	return 0, io.ErrClosedPipe
}

// An upload that takes many times the limit goes on while bytes flow.
func TestASlowUploadIsNotCut(t *testing.T) {
	s, behind := through(t, key, func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut {
			r.Body = &slow{r.Body}
		}
		next.ServeHTTP(w, r)
	}, func(c *s3.Config) { c.Silence = time.Second })
	r, err := s.PutSealed(t.Context(), store.Object{Key: key, ContentID: "c0ffee"}, storetest.Sealed(t, strings.Repeat("dossier ", 4<<20)))
	if err != nil || r.Existed {
		t.Fatalf("%+v, %v", r, err)
	}
	stands(t, behind, key, r)
}

// slow gives a MiB each tenth of a second.
type slow struct{ io.ReadCloser }

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(time.Duration(len(p)) * 100 * time.Millisecond >> 20)
	return s.ReadCloser.Read(p)
}
