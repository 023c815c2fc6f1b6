package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"inzage/internal/store"
)

// existing compares what stands under the key with what was to be put there.
func (s *Store) existing(ctx context.Context, p put) (store.Receipt, error) {
	in, err := s.Head(ctx, p.Key)
	if err != nil {
		return store.Receipt{}, err
	}
	same, err := s.same(ctx, p, in)
	switch {
	case err != nil:
		return store.Receipt{}, err
	case !same && !p.once: // it changes
		return store.Receipt{}, fmt.Errorf("store: put %s: %w", p.Key, store.ErrNotFound)
	case !same:
		return store.Receipt{}, fmt.Errorf("store: put %s: %w", p.Key, store.ErrConflict)
	}
	if !in.Lock.Covers(p.Lock) {
		if err := s.SetLock(ctx, p.Key, in.VersionID, stronger(in.Lock, p.Lock)); err != nil {
			return store.Receipt{}, err
		}
		if in, err = s.head(ctx, p.Key, in.VersionID); err != nil {
			return store.Receipt{}, err
		}
	}
	return receipt(in, true), nil
}

// same reports whether what stands there is what was to be put. For what is
// put once, the content id says so: encryption makes other bytes of the same.
// A text that a store keeps no digest of is read back.
func (s *Store) same(ctx context.Context, p put, in store.Info) (bool, error) {
	if p.once && p.ContentID != "" {
		return in.ContentID == p.ContentID, nil
	}
	if in.SHA256 == "" && p.text && in.Size == p.size {
		var err error
		if in.SHA256, err = s.digest(ctx, p.Key, in.VersionID); err != nil {
			return false, err
		}
	}
	if !p.once && (in.ContentID != p.ContentID || in.ContentType != p.contentType || in.Caching != p.CacheControl) {
		return false, nil
	}
	return in.SHA256 == p.sha256 && in.Size == p.size, nil
}

// digest reads an object to its end.
func (s *Store) digest(ctx context.Context, key store.Key, version string) (string, error) {
	body, _, err := s.get(ctx, key, version)
	if err != nil {
		return "", err
	}
	defer body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// stronger is a lock that covers both, as far as a store can keep one.
func stronger(have, want store.Lock) store.Lock {
	l := want
	if have.Mode == store.Compliance || l.Mode == "" {
		l.Mode = have.Mode
	}
	if have.Until.After(l.Until) {
		l.Until = have.Until
	}
	l.Hold = have.Hold || want.Hold
	return l
}

// confirm asks the store for what it says it has: some answer 200 and keep
// nothing, or no lock, or other bytes. It looks twice before it believes that
// something is wrong. Again says that another put may help.
func (s *Store) confirm(ctx context.Context, p put, version string) (r store.Receipt, again bool, err error) {
	var in store.Info
	for range 2 {
		in, err = s.head(ctx, p.Key, version)
		if err == nil && s.holds(in, p) && in.Lock.Covers(p.Lock) {
			if in.SHA256 == "" {
				in.SHA256 = p.sha256
			}
			return receipt(in, false), false, nil
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return store.Receipt{}, false, err
		}
	}
	switch {
	case err != nil, version == "" && in.VersionID != "" && !s.holds(in, p):
		return store.Receipt{}, true, fmt.Errorf("store: put %s: the store says that it has it, and shows that it has not: %w", p.Key, store.ErrUnavailable)
	case s.holds(in, p):
		return store.Receipt{}, false, fmt.Errorf("store: put %s: the store took the object and not its lock: %w", p.Key, store.ErrWeak)
	}
	if err := s.removeVersion(ctx, p.Key, version, false); err != nil {
		return store.Receipt{}, false, fmt.Errorf("store: put %s: the store holds other bytes than were sent, and they stay there (%w): %w", p.Key, err, store.ErrRejected)
	}
	return store.Receipt{}, true, fmt.Errorf("store: put %s: the store shows other bytes than were sent, each time: %w", p.Key, store.ErrRejected)
}

// holds reports whether what a store tells of an object is what was sent.
func (s *Store) holds(in store.Info, p put) bool {
	sum := in.SHA256 == p.sha256 || in.SHA256 == "" && s.weakIn(Checksum)
	return sum && in.Size == p.size && in.ContentID == p.ContentID
}

// reveal deals with a key that is taken and shows nothing. When a marker hides
// what was to be put, the marker goes; markers over nothing go too. Else it is
// a writer that is not done yet, or a store that errs.
func (s *Store) reveal(ctx context.Context, p put) (r store.Receipt, again bool, err error) {
	list, err := s.versions(ctx, p.Key)
	if err != nil {
		return r, false, err
	}
	first := slices.IndexFunc(list, func(v version) bool { return v.marker })
	if first < 0 {
		return r, true, fmt.Errorf("store: put %s: the key is taken and nothing can be read there: %w", p.Key, store.ErrUnavailable)
	}
	if first > 0 {
		in, err := s.head(ctx, p.Key, list[first-1].id)
		if err != nil {
			return r, false, err
		}
		if same, err := s.same(ctx, p, in); err != nil || !same {
			return r, false, errors.Join(err, fmt.Errorf("store: put %s: what was removed there is locked: %w", p.Key, store.ErrConflict))
		}
	}
	if err := s.removeAll(ctx, p.Key, list[first:], false); err != nil {
		return r, false, err
	}
	r, err = s.existing(ctx, p)
	return r, errors.Is(err, store.ErrNotFound), err
}

func receipt(in store.Info, existed bool) store.Receipt {
	return store.Receipt{Key: in.Key, VersionID: in.VersionID, SHA256: in.SHA256, ContentID: in.ContentID,
		Size: in.Size, Lock: in.Lock, Existed: existed}
}
