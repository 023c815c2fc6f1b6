// Package s3 puts sealed bundles and public statements into an S3 bucket, and is
// the only door to minio-go.
//
// Every put is one conditional request with its SHA-256, and its lock where it
// has one; so a second attempt never makes a second version. It refuses anything
// that is not a [seal.Sealed] or a [seal.Statement], never trusts a 200 (it asks
// again, after a put and after a removal), and never splits an object into parts.
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// The promises of a store that [Store.Probe] tries, and the names by which
// Config.AllowWeak accepts their absence.
const (
	Versioning         = "versioning"
	ConditionalPut     = "conditional-put"
	ConditionalReplace = "conditional-replace"
	Checksum           = "checksum"
	ObjectLock         = "object-lock"
	FreeByDefault      = "free-by-default" // what asks for no lock gets none; cannot be accepted
)

var promises = []string{Versioning, ConditionalPut, ConditionalReplace, Checksum, ObjectLock}

// A Config says where the bucket is and how to reach it. Without AccessKey and
// SecretKey, credentials are found the way AWS tools find them: see [chain].
type Config struct {
	Endpoint     string        // host, host:port, or either with http:// or https:// before it
	Bucket       string        // made only when CreateBucket is set
	Region       string        // "us-east-1" when empty
	AccessKey    string        //
	SecretKey    string        //
	SessionToken string        // of credentials that end
	CA           []byte        // certificates in PEM to trust besides the system's
	Insecure     bool          // http instead of https
	PathStyle    bool          // bucket in the path instead of the host name
	AllowWeak    []string      // promises that this store need not keep: see [ObjectLock] and its like
	CreateBucket bool          // make the bucket, with object lock, when it is not there
	Socket       string        // unix socket to dial instead of Endpoint; "@" before an abstract one
	Attempts     int           // tries of one request when the store is busy or silent; 8 when 0
	Silence      time.Duration // how long a connection may lie without a byte; 30 s when 0
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
	secrets   func() []string // what no message may hold
	bucket    string
	host      string
	region    string
	weak      []string
	attempts  int
	limit     time.Duration  // see Config.Silence
	turns     [64]sync.Mutex // by key; see [Store.turn]
}

// Open connects, and checks that the bucket is there and may be asked. All its
// errors wrap [store.ErrRefused] or [store.ErrUnavailable].
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := connect(c)
	if err != nil {
		return nil, fmt.Errorf("store: %w: %w", err, store.ErrRefused)
	}
	err = s.versioning(ctx)
	if minio.ToErrorResponse(err).Code == minio.NoSuchBucket && c.CreateBucket {
		err = s.create(ctx)
	}
	if err != nil {
		s.Close()
		return nil, s.fault(ctx, "open", err)
	}
	return s, nil
}

// versioning asks what every store answers, to know that this is one.
func (s *Store) versioning(ctx context.Context) error {
	return s.try(ctx, func() error {
		_, err := s.c.GetBucketVersioning(ctx, s.bucket)
		return err
	})
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
	if c.Bucket == "" || (c.AccessKey == "") != (c.SecretKey == "") {
		return nil, errors.New("bucket, access key and secret key must all be set")
	}
	s := &Store{bucket: c.Bucket, host: host, region: region(c), weak: c.AllowWeak, attempts: attempts(c), limit: cmp.Or(c.Silence, silence)}
	if s.transport, err = transport(c, s.limit); err != nil {
		return nil, err
	}
	creds := s.credentials(c)
	opts := minio.Options{Creds: creds, Secure: secure,
		Region: s.region, Transport: listener{s.transport}, MaxRetries: 1, // see [Store.try]
		TrailingHeaders: true} // the client refuses a checksum header without it; no trailer is ever sent
	if c.PathStyle {
		opts.BucketLookup = minio.BucketLookupPath
	}
	if s.c, err = minio.New(host, &opts); err != nil {
		return nil, fmt.Errorf("endpoint %s: not a host", host)
	}
	return s, nil
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

func (s *Store) create(ctx context.Context) error {
	err := s.try(ctx, func() error {
		return s.c.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region, ObjectLocking: true})
	})
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
