package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// Remove takes an object away with all its versions and markers; one that is
// not there is no error. It works from the oldest version to the newest and
// stops at the first that is locked with [store.ErrLocked], so that it never
// brings an older version back into view.
func (s *Store) Remove(ctx context.Context, key store.Key) error { return s.remove(ctx, key, false) }

func (s *Store) remove(ctx context.Context, key store.Key, bypass bool) error {
	versions, err := s.versions(ctx, key)
	if err != nil {
		return err
	}
	return s.removeVersions(ctx, key, versions, bypass)
}

func (s *Store) removeVersions(ctx context.Context, key store.Key, versions []string, bypass bool) error {
	for _, v := range versions {
		err := s.c.RemoveObject(ctx, s.bucket, string(key), minio.RemoveObjectOptions{VersionID: v, GovernanceBypass: bypass})
		if err != nil {
			return s.denied(ctx, "remove", key, v, err)
		}
	}
	return nil
}

// versions lists the versions and markers of one key, the oldest first. Some
// stores repeat an entry at the border of two pages.
func (s *Store) versions(ctx context.Context, key store.Key) ([]string, error) {
	var out []string
	for o := range s.c.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: string(key), Recursive: true, WithVersions: true}) {
		if o.Err != nil {
			return nil, s.fault(ctx, "remove "+string(key), o.Err)
		}
		if o.Key == string(key) && !slices.Contains(out, o.VersionID) {
			out = append(out, o.VersionID)
		}
	}
	slices.Reverse(out)
	return out, ctx.Err()
}

// Versions counts the versions and markers of one key: 0 when nothing is left.
func (s *Store) Versions(ctx context.Context, key store.Key) (int, error) {
	v, err := s.versions(ctx, key)
	return len(v), err
}

// denied tells a lock from a lack of rights: stores answer both with 403.
func (s *Store) denied(ctx context.Context, what string, key store.Key, version string, err error) error {
	e := minio.ToErrorResponse(err)
	if e.StatusCode == http.StatusForbidden || e.StatusCode == http.StatusBadRequest {
		if s.locked(ctx, key, version) {
			return fmt.Errorf("store: %s %s: %w", what, key, store.ErrLocked)
		}
	}
	return s.fault(ctx, what+" "+string(key), err)
}

// locked reports whether a version is known to be locked. The head of an older
// version lacks its lock on some stores, so the retention itself is asked too.
func (s *Store) locked(ctx context.Context, key store.Key, version string) bool {
	if in, err := s.head(ctx, key, version); err == nil && !in.Lock.IsZero() {
		return true
	}
	_, _, err := s.c.GetObjectRetention(ctx, s.bucket, string(key), version)
	var shape xml.UnmarshalError // a retention in another shape than the client knows is one
	if err == nil || errors.As(err, &shape) {
		return true
	}
	hold, err := s.c.GetObjectLegalHold(ctx, s.bucket, string(key), minio.GetObjectLegalHoldOptions{VersionID: version})
	return err == nil && hold != nil && *hold == minio.LegalHoldEnabled
}

// SetLock changes the lock of one version: a later date, a stricter mode, a
// legal hold set or released. A lock without a Mode leaves the retention as it
// is. What the retention forbids is [store.ErrLocked]. The retention is set
// before a hold is released, so that the version is never free in between, and
// the store is asked for the result.
func (s *Store) SetLock(ctx context.Context, key store.Key, version string, want store.Lock) error {
	want = s.lockFor(want)
	have, err := s.head(ctx, key, version)
	if err != nil {
		return err
	}
	if want.Mode != "" && (want.Mode != have.Lock.Mode || !want.Until.Equal(have.Lock.Until)) {
		mode := minio.RetentionMode(want.Mode)
		err := s.c.PutObjectRetention(ctx, s.bucket, string(key),
			minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &want.Until, VersionID: version})
		if err != nil {
			return s.denied(ctx, "lock", key, version, err)
		}
	}
	if want.Hold != have.Lock.Hold {
		if err := s.hold(ctx, key, version, want.Hold); err != nil {
			return err
		}
	}
	return s.checkLock(ctx, key, version, want)
}

func (s *Store) hold(ctx context.Context, key store.Key, version string, on bool) error {
	status := minio.LegalHoldDisabled
	if on {
		status = minio.LegalHoldEnabled
	}
	err := s.c.PutObjectLegalHold(ctx, s.bucket, string(key), minio.PutObjectLegalHoldOptions{VersionID: version, Status: &status})
	if err != nil {
		return s.fault(ctx, "lock "+string(key), err)
	}
	return nil
}

func (s *Store) checkLock(ctx context.Context, key store.Key, version string, want store.Lock) error {
	in, err := s.head(ctx, key, version)
	if err != nil {
		return err
	}
	if !in.Lock.Covers(want) || in.Lock.Hold != want.Hold {
		return fmt.Errorf("store: lock %s: the store reports another lock than was set: %w", key, store.ErrWeak)
	}
	return nil
}
