package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// rounds is how often something is done over that a store said it had done, and
// had not.
const rounds = 3

// Remove takes an object away with all its versions and markers, and asks the
// store whether it is gone; one that is not there is no error. It works from
// the oldest version to the newest, so that it never brings an older one back
// into view, and goes on past what it cannot take away: that is hidden by a
// delete marker, so that nobody can fetch it by its name, and told with
// [store.ErrLocked] or [store.ErrRejected].
func (s *Store) Remove(ctx context.Context, key store.Key) error {
	var in store.Info
	for range rounds {
		list, err := s.versions(ctx, key)
		if err != nil {
			return err
		}
		kept, err := s.clear(ctx, key, list)
		if err != nil {
			return err
		}
		in, err = s.Head(ctx, key)
		switch {
		case err == nil: // a listing lacked it, or a removal was none
		case !errors.Is(err, store.ErrNotFound):
			return err
		case kept != nil:
			return kept
		case len(list) == 0:
			return nil
		}
	}
	if in.Key == "" {
		return fmt.Errorf("store: remove %s: no name leads to it, and the store still lists it after %d removals: %w", key, rounds, store.ErrUnavailable)
	}
	return s.removeShown(ctx, in)
}

// removeShown takes away what a name shows, one version after another, of a
// store whose listings cannot be trusted.
func (s *Store) removeShown(ctx context.Context, in store.Info) error {
	key, last := in.Key, ""
	for in.VersionID != last {
		kept, err := s.clear(ctx, key, []version{{id: in.VersionID}})
		if err != nil {
			return err
		}
		last = in.VersionID
		if in, err = s.Head(ctx, key); errors.Is(err, store.ErrNotFound) {
			return kept
		} else if err != nil {
			return err
		}
	}
	return fmt.Errorf("store: remove %s: the store says that it is gone, and still shows it: %w", key, store.ErrUnavailable)
}

// Discard takes away what no record speaks of. Unlike [Store.Remove] it leaves
// in view what is locked, with [store.ErrLocked]: whoever makes the same again
// finds it.
func (s *Store) Discard(ctx context.Context, key store.Key) error {
	list, err := s.versions(ctx, key)
	if err != nil {
		return err
	}
	return s.removeAll(ctx, key, list, false)
}

// A version of an object, or a marker that it was removed.
type version struct {
	id     string
	marker bool
	latest bool
}

// versions lists the versions and markers of one key, the oldest first, and all
// markers after what they hide: some stores list them apart. Some repeat an
// entry at the border of two pages.
func (s *Store) versions(ctx context.Context, key store.Key) ([]version, error) {
	var out []version
	err := s.try(ctx, func() error {
		out = nil
		for o := range s.c.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: string(key), Recursive: true, WithVersions: true}) {
			if o.Err != nil {
				return o.Err
			}
			v := version{o.VersionID, o.IsDeleteMarker, o.IsLatest}
			if o.Key == string(key) && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, s.fault(ctx, "versions of "+string(key), err)
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b version) int {
		switch {
		case a.marker == b.marker:
			return 0
		case a.marker:
			return 1
		}
		return -1
	})
	return out, nil
}

// Versions counts the versions and markers of one key: 0 when nothing is left.
func (s *Store) Versions(ctx context.Context, key store.Key) (int, error) {
	v, err := s.versions(ctx, key)
	return len(v), err
}

func (s *Store) removeVersion(ctx context.Context, key store.Key, id string, bypass bool) error {
	err := s.try(ctx, func() error {
		return s.c.RemoveObject(ctx, s.bucket, string(key), minio.RemoveObjectOptions{VersionID: id, GovernanceBypass: bypass})
	})
	if err == nil {
		return nil
	}
	if err = s.denied(ctx, "remove", key, id, err); errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// removeAll takes versions away and stops at the first that stays.
func (s *Store) removeAll(ctx context.Context, key store.Key, list []version, bypass bool) error {
	for _, v := range list {
		if err := s.removeVersion(ctx, key, v.id, bypass); err != nil {
			return err
		}
	}
	return nil
}

// clear takes versions away and hides those that stay, which kept tells of. A
// marker goes only when it hides nothing.
func (s *Store) clear(ctx context.Context, key store.Key, list []version) (kept, err error) {
	hidden := slices.ContainsFunc(list, func(v version) bool { return v.marker && v.latest })
	for _, v := range list {
		if v.marker && v.latest && kept != nil {
			continue
		}
		err := s.removeVersion(ctx, key, v.id, false)
		switch {
		case err == nil:
		case v.marker, !errors.Is(err, store.ErrLocked) && !errors.Is(err, store.ErrRejected):
			return nil, err
		default:
			kept = err
			if hidden {
				continue
			}
			if e := s.hide(ctx, key); e != nil {
				return nil, fmt.Errorf("%w, and it can still be fetched: %w", err, e)
			}
			hidden = true
		}
	}
	return kept, nil
}

// hide puts a marker on a key, after which its name yields nothing. A lock keeps
// a version, and forbids no marker.
func (s *Store) hide(ctx context.Context, key store.Key) error {
	err := s.try(ctx, func() error {
		return s.c.RemoveObject(ctx, s.bucket, string(key), minio.RemoveObjectOptions{})
	})
	if err != nil {
		return s.objectFault(ctx, "hide", key, err)
	}
	return nil
}

// prune takes away what is older than the version that was put just now. What
// is locked stays; no name leads to it.
func (s *Store) prune(ctx context.Context, key store.Key, put string) error {
	newest := -1
	var list []version
	for round := 0; newest < 0 && round < rounds; round++ { // a listing may lack what was just put
		var err error
		if list, err = s.versions(ctx, key); err != nil {
			return err
		}
		newest = slices.IndexFunc(list, func(v version) bool { return v.id == put })
	}
	for i, v := range list {
		if i >= newest && !v.marker || v.marker && v.latest {
			continue
		}
		if err := s.removeVersion(ctx, key, v.id, false); err != nil && !errors.Is(err, store.ErrLocked) {
			return err
		}
	}
	return nil
}
