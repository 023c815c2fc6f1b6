package s3

import (
	"context"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"

	"inzage/internal/seal"
	"inzage/internal/store"
)

// AddSealed stores ciphertext under a key and leaves the versions that stand
// there, so that whoever goes by the version that a record names still finds it.
// [Store.RemoveBefore] takes them away when the new one is stated.
func (s *Store) AddSealed(ctx context.Context, o store.Object, b seal.Sealed) (store.Receipt, error) {
	if !o.Lock.IsZero() {
		return store.Receipt{}, fmt.Errorf("store: put %s: a lock on what is replaced", o.Key)
	}
	return s.putSealed(ctx, o, b, false)
}

// RemoveBefore takes away the versions of a key that are older than version. One
// that another writer put later stays, and where version is not there, all do.
func (s *Store) RemoveBefore(ctx context.Context, key store.Key, version string) error {
	return s.prune(ctx, key, version)
}

// GetVersion opens one version of an object for reading, as [Store.Get] does.
func (s *Store) GetVersion(ctx context.Context, key store.Key, version string) (io.ReadCloser, store.Info, error) {
	body, st, _, err := minio.Core{Client: s.c}.GetObject(ctx, s.bucket, string(key), minio.GetObjectOptions{VersionID: version, Checksum: true})
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
