// Package s3 puts sealed bundles and public statements into an S3 bucket, and is
// the only door to minio-go.
//
// Every put is one conditional request with its SHA-256, and its lock where it
// has one; so a second attempt never makes a second version. It refuses anything
// that is not a [seal.Sealed] or a [seal.Statement], never trusts a 200 for a
// lock (it asks again), and never splits an object into parts.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"inzage/internal/store"
)

// The promises of a store that [Store.Probe] tries, and the names by which
// Config.AllowWeak accepts their absence.
const (
	Versioning     = "versioning"
	ConditionalPut = "conditional-put"
	Checksum       = "checksum"
	ObjectLock     = "object-lock"
)

var promises = []string{Versioning, ConditionalPut, Checksum, ObjectLock}

// A Config says where the bucket is and how to reach it.
type Config struct {
	Endpoint     string   // host, host:port, or either with http:// or https:// before it
	Bucket       string   // made only when CreateBucket is set
	Region       string   // "us-east-1" when empty
	AccessKey    string   //
	SecretKey    string   //
	Insecure     bool     // http instead of https
	PathStyle    bool     // bucket in the path instead of the host name
	AllowWeak    []string // promises that this store need not keep: see [ObjectLock] and its like
	CreateBucket bool     // make the bucket, with object lock, when it is not there
	Socket       string   // unix socket to dial instead of Endpoint; "@" before an abstract one
	Attempts     int      // tries of one request when the store is busy or silent; 8 when 0
}

// String leaves the credentials out, so that a Config may stand in a message.
func (c Config) String() string { return "s3://" + c.Bucket + " at " + c.Endpoint }

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for a log.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// A Store is one bucket. It is safe for use by many goroutines.
type Store struct {
	c         *minio.Client
	transport *http.Transport
	bucket    string
	host      string
	weak      []string
	turns     [64]sync.Mutex // by key; see [Store.turn]
}

// Open connects, and checks that the bucket is there and may be asked. All its
// errors wrap [store.ErrRefused] or [store.ErrUnavailable].
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := connect(c)
	if err != nil {
		return nil, fmt.Errorf("store: %w: %w", err, store.ErrRefused)
	}
	_, err = s.c.GetBucketVersioning(ctx, s.bucket)
	if minio.ToErrorResponse(err).Code == minio.NoSuchBucket && c.CreateBucket {
		err = s.create(ctx, region(c))
	}
	if err != nil {
		s.Close()
		return nil, s.fault(ctx, "open", err)
	}
	return s, nil
}

func connect(c Config) (*Store, error) {
	host, secure, err := endpoint(c)
	if err != nil {
		return nil, err
	}
	for _, name := range c.AllowWeak {
		if !slices.Contains(promises, name) {
			return nil, fmt.Errorf("store.allow_weak: %q is none of %s", name, strings.Join(promises, ", "))
		}
	}
	if c.Bucket == "" || c.AccessKey == "" || c.SecretKey == "" {
		return nil, errors.New("bucket, access key and secret key must all be set")
	}
	tr := transport(c.Socket)
	opts := minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: secure,
		Region: region(c), Transport: tr, MaxRetries: attempts(c),
		TrailingHeaders: true} // the client refuses a checksum header without it; no trailer is ever sent
	if c.PathStyle {
		opts.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.New(host, &opts)
	if err != nil {
		return nil, fmt.Errorf("endpoint %s: not a host", host)
	}
	return &Store{c: client, transport: tr, bucket: c.Bucket, host: host, weak: c.AllowWeak}, nil
}

// endpoint splits a configured endpoint into host and port, and TLS or not.
func endpoint(c Config) (host string, secure bool, err error) {
	host, secure = strings.TrimSuffix(c.Endpoint, "/"), !c.Insecure
	if h, ok := strings.CutPrefix(host, "http://"); ok {
		if !c.Insecure {
			return "", false, errors.New("endpoint starts with http://; set store.insecure to allow that")
		}
		host = h
	} else if h, ok := strings.CutPrefix(host, "https://"); ok {
		host, secure = h, true
	}
	if host == "" || strings.ContainsAny(host, "/@?#") {
		return "", false, errors.New("endpoint is not a host or host:port")
	}
	return host, secure, nil
}

func region(c Config) string {
	if c.Region == "" {
		return "us-east-1"
	}
	return c.Region
}

func attempts(c Config) int {
	if c.Attempts <= 0 {
		return 8
	}
	return c.Attempts
}

// transport holds no proxy of the environment for a socket, keeps connections
// for many workers, and gives up on a store that is silent.
func transport(socket string) *http.Transport {
	dial := (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	t := &http.Transport{MaxIdleConns: 512, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute,
		DisableCompression: true, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 5 * time.Minute,
		Proxy: http.ProxyFromEnvironment, DialContext: dial}
	if socket != "" {
		t.Proxy = nil
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dial(ctx, "unix", socket)
		}
	}
	return t
}

func (s *Store) create(ctx context.Context, region string) error {
	err := s.c.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region, ObjectLocking: true})
	if minio.ToErrorResponse(err).Code == minio.BucketAlreadyOwnedByYou {
		return nil // another process was first
	}
	return err
}

// weakIn reports whether the configuration accepts that a promise is not kept.
func (s *Store) weakIn(promise string) bool { return slices.Contains(s.weak, promise) }

// Close lets the connections go. A store may not be used after.
func (s *Store) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// discard reads a body to its end, so that its connection is used again.
func discard(r io.ReadCloser) {
	io.Copy(io.Discard, io.LimitReader(r, 1<<16))
	r.Close()
}
