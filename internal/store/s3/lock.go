package s3

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// denied tells a lock from a lack of rights: stores answer both with 403.
func (s *Store) denied(ctx context.Context, what string, key store.Key, version string, err error) error {
	e := minio.ToErrorResponse(err)
	if e.StatusCode == http.StatusForbidden || e.StatusCode == http.StatusBadRequest {
		if until, ok := s.locked(ctx, key, version); ok {
			return fmt.Errorf("store: %s %s: version %s stays %s: %w", what, key, version, until, store.ErrLocked)
		}
	}
	return s.objectFault(ctx, what, key, err)
}

// locked reports whether a version is known to be locked, and until when.
func (s *Store) locked(ctx context.Context, key store.Key, version string) (until string, ok bool) {
	in, err := s.headLock(ctx, key, version)
	switch {
	case err != nil || in.Lock.IsZero():
		return "", false
	case in.Lock.Hold:
		return "as long as it is held", true
	}
	return "until " + in.Lock.Until.Format(time.RFC3339), in.Lock.Until.After(time.Now())
}

// headLock is head with the lock for certain: the head of an older version, and
// of one that a rule of the bucket locks, lacks it on some stores.
func (s *Store) headLock(ctx context.Context, key store.Key, version string) (store.Info, error) {
	in, err := s.head(ctx, key, version)
	if err != nil || !in.Lock.IsZero() {
		return in, err
	}
	in.Lock = s.retained(ctx, key, in.VersionID)
	hold, err := s.c.GetObjectLegalHold(ctx, s.bucket, string(key), minio.GetObjectLegalHoldOptions{VersionID: in.VersionID})
	in.Lock.Hold = err == nil && hold != nil && *hold == minio.LegalHoldEnabled
	return in, nil
}

// retained asks for the retention of a version. The client knows one shape of
// the answer and stores give two, so the question goes around it. A store
// without locks refuses it in many ways; all mean none.
func (s *Store) retained(ctx context.Context, key store.Key, version string) store.Lock {
	q := url.Values{"retention": {""}}
	if version != "" {
		q.Set("versionId", version)
	}
	var answer struct {
		Mode            store.Mode
		RetainUntilDate time.Time
	}
	err := s.try(ctx, func() error {
		u, err := s.c.Presign(ctx, http.MethodGet, s.bucket, string(key), time.Minute, q)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return err
		}
		res, err := listener{s.transport}.RoundTrip(req)
		if err != nil {
			return err
		}
		defer discard(res.Body)
		if res.StatusCode != http.StatusOK {
			return minio.ErrorResponse{StatusCode: res.StatusCode}
		}
		return xml.NewDecoder(io.LimitReader(res.Body, 1<<16)).Decode(&answer)
	})
	if err != nil || answer.Mode == "" {
		return store.Lock{}
	}
	return store.Lock{Mode: answer.Mode, Until: answer.RetainUntilDate.UTC()}
}

// SetLock changes the lock of one version: a later date, a stricter mode, a
// legal hold set or released. A lock without a Mode leaves the retention as it
// is. What the retention forbids is [store.ErrLocked]. The retention is set
// before a hold is released, so that the version is never free in between, and
// the store is asked for the result.
func (s *Store) SetLock(ctx context.Context, key store.Key, version string, want store.Lock) error {
	want = s.lockFor(want)
	have, err := s.headLock(ctx, key, version)
	if err != nil {
		return err
	}
	if want.Mode != "" && (want.Mode != have.Lock.Mode || !want.Until.Equal(have.Lock.Until)) {
		mode := minio.RetentionMode(want.Mode)
		err := s.try(ctx, func() error {
			return s.c.PutObjectRetention(ctx, s.bucket, string(key),
				minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &want.Until, VersionID: version})
		})
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
	err := s.try(ctx, func() error {
		return s.c.PutObjectLegalHold(ctx, s.bucket, string(key), minio.PutObjectLegalHoldOptions{VersionID: version, Status: &status})
	})
	if err != nil {
		return s.objectFault(ctx, "lock", key, err)
	}
	return nil
}

func (s *Store) checkLock(ctx context.Context, key store.Key, version string, want store.Lock) error {
	in, err := s.headLock(ctx, key, version)
	if err != nil {
		return err
	}
	if !in.Lock.Covers(want) || in.Lock.Hold != want.Hold {
		return fmt.Errorf("store: lock %s: the store reports another lock than was set: %w", key, store.ErrWeak)
	}
	return nil
}
