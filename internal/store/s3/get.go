package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// metaContentID is the metadata name of the content id; on the wire it is
// x-amz-meta-content-id.
const metaContentID = "Content-Id"

// The headers in which every store tells a lock. The request for retention
// itself is answered in different shapes by different stores.
const (
	headerMode  = "X-Amz-Object-Lock-Mode"
	headerUntil = "X-Amz-Object-Lock-Retain-Until-Date"
	headerHold  = "X-Amz-Object-Lock-Legal-Hold"
)

// Head tells what stands under a key, or [store.ErrNotFound].
func (s *Store) Head(ctx context.Context, key store.Key) (store.Info, error) {
	return s.head(ctx, key, "")
}

// hidden is a key whose newest version is a delete marker.
type hidden struct{ error }

func (h hidden) Unwrap() error { return h.error }

func (s *Store) head(ctx context.Context, key store.Key, version string) (store.Info, error) {
	var st minio.ObjectInfo
	err := s.try(ctx, func() (err error) {
		st, err = s.c.StatObject(ctx, s.bucket, string(key), minio.StatObjectOptions{VersionID: version, Checksum: true})
		return err
	})
	if err != nil {
		err := s.objectFault(ctx, "head", key, err)
		if st.IsDeleteMarker && errors.Is(err, store.ErrNotFound) {
			return store.Info{}, hidden{err}
		}
		return store.Info{}, err
	}
	in, err := info(st)
	if err != nil {
		return store.Info{}, fmt.Errorf("store: head %s: %w: %w", key, err, store.ErrWeak)
	}
	return in, nil
}

// Get opens an object for reading; the caller closes it. A body that is cut off
// or falls silent ends in an error that wraps [store.ErrUnavailable], not in
// io.EOF.
func (s *Store) Get(ctx context.Context, key store.Key) (io.ReadCloser, store.Info, error) {
	return s.get(ctx, key, "")
}

func (s *Store) get(ctx context.Context, key store.Key, version string) (io.ReadCloser, store.Info, error) {
	var body io.ReadCloser
	var st minio.ObjectInfo
	err := s.try(ctx, func() (err error) {
		body, st, _, err = minio.Core{Client: s.c}.GetObject(ctx, s.bucket, string(key), minio.GetObjectOptions{VersionID: version, Checksum: true})
		return err
	})
	if err != nil {
		return nil, store.Info{}, s.objectFault(ctx, "get", key, err)
	}
	st.Key = string(key)
	in, err := info(st)
	if err != nil {
		discard(body)
		return nil, store.Info{}, fmt.Errorf("store: get %s: %w: %w", key, err, store.ErrWeak)
	}
	return &reading{body, func(err error) error { return s.objectFault(ctx, "get", key, err) }}, in, nil
}

// reading names what is wrong when a body does not come to its end.
type reading struct {
	io.ReadCloser
	fault func(error) error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = r.fault(err)
	}
	return n, err
}

// List gives every object whose key starts with prefix, once, in the order of
// keys. It ends at the first error that stays. Only Key, Size and Modified are
// known.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		last, stopped := "", false
		err := s.try(ctx, func() error { // another try goes on where the last stopped
			for o := range s.c.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, StartAfter: last}) {
				if o.Err != nil {
					return o.Err
				}
				if o.Key == last {
					continue
				}
				if o.Key < last {
					return errUnordered
				}
				last = o.Key
				if stopped = !yield(store.Info{Key: store.Key(o.Key), Size: o.Size, ETag: strings.Trim(o.ETag, `"`), Modified: o.LastModified.UTC()}, nil); stopped {
					return nil
				}
			}
			return ctx.Err() // the listing just ends then
		})
		switch {
		case stopped || err == nil:
		case errors.Is(err, errUnordered):
			yield(store.Info{}, fmt.Errorf("store: list %s: %w: %w", prefix, err, store.ErrWeak))
		default:
			yield(store.Info{}, s.fault(ctx, "list "+prefix, err))
		}
	}
}

var errUnordered = errors.New("not in the order of keys")

func info(o minio.ObjectInfo) (store.Info, error) {
	in := store.Info{Key: store.Key(o.Key), VersionID: o.VersionID, ContentType: o.ContentType, Size: o.Size, Caching: o.Metadata.Get("Cache-Control"),
		Modified: o.LastModified.UTC(), ContentID: o.UserMetadata[metaContentID]}
	if sum, err := base64.StdEncoding.DecodeString(o.ChecksumSHA256); err == nil && len(sum) == 32 {
		in.SHA256 = hex.EncodeToString(sum)
	}
	var err error
	in.Lock, err = lockOf(o.Metadata)
	return in, err
}

func lockOf(h http.Header) (store.Lock, error) {
	l := store.Lock{Mode: store.Mode(h.Get(headerMode)), Hold: h.Get(headerHold) == "ON"}
	if l.Mode == "" {
		return l, nil
	}
	t, err := time.Parse(time.RFC3339, h.Get(headerUntil))
	if err != nil || l.Mode != store.Governance && l.Mode != store.Compliance {
		return store.Lock{}, fmt.Errorf("a lock in a shape that is not S3's")
	}
	l.Until = t.UTC()
	return l, nil
}
