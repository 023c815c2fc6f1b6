package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/http"
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

func (s *Store) head(ctx context.Context, key store.Key, version string) (store.Info, error) {
	st, err := s.c.StatObject(ctx, s.bucket, string(key), minio.StatObjectOptions{VersionID: version, Checksum: true})
	if err != nil {
		return store.Info{}, s.fault(ctx, "head "+string(key), err)
	}
	in, err := info(st)
	if err != nil {
		return store.Info{}, fmt.Errorf("store: head %s: %w: %w", key, err, store.ErrWeak)
	}
	return in, nil
}

// Get opens an object for reading; the caller closes it. A body that is cut off
// ends in an error, not in io.EOF.
func (s *Store) Get(ctx context.Context, key store.Key) (io.ReadCloser, store.Info, error) {
	body, st, _, err := minio.Core{Client: s.c}.GetObject(ctx, s.bucket, string(key), minio.GetObjectOptions{Checksum: true})
	if err != nil {
		return nil, store.Info{}, s.fault(ctx, "get "+string(key), err)
	}
	st.Key = string(key)
	in, err := info(st)
	if err != nil {
		discard(body)
		return nil, store.Info{}, fmt.Errorf("store: get %s: %w: %w", key, err, store.ErrWeak)
	}
	return body, in, nil
}

// List gives every object whose key starts with prefix, once, in the order of
// keys. It ends at the first error. Only Key, Size and Modified are known.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		last := ""
		for o := range s.c.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if o.Err != nil {
				yield(store.Info{}, s.fault(ctx, "list "+prefix, o.Err))
				return
			}
			if o.Key == last {
				continue
			}
			if o.Key < last {
				yield(store.Info{}, fmt.Errorf("store: list %s: not in the order of keys: %w", prefix, store.ErrWeak))
				return
			}
			last = o.Key
			if !yield(store.Info{Key: store.Key(o.Key), Size: o.Size, Modified: o.LastModified.UTC()}, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the listing just ends then
			yield(store.Info{}, fmt.Errorf("store: list %s: %w", prefix, err))
		}
	}
}

func info(o minio.ObjectInfo) (store.Info, error) {
	in := store.Info{Key: store.Key(o.Key), VersionID: o.VersionID, ContentType: o.ContentType, Size: o.Size,
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
