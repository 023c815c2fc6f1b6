package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/store"
)

// errDiffers means that the store says two things about one object. Nothing is
// concluded from either; the next run asks again.
var errDiffers = errors.New("the store says one thing and another about this object")

// examine asks the store for one copy and for what lies beside it, and mends what
// is certain.
func (r *run) examine(ctx context.Context, e ledger.Entry) error {
	want := append([]ledger.Part{{Key: e.Key, Size: e.Size, SHA256: e.SHA256, VersionID: e.VersionID}}, e.Parts...)
	for _, p := range want {
		code, err := r.verdict(ctx, p)
		switch {
		case err != nil && r.hopeless(ctx, err):
			return err
		case err != nil:
			r.trouble(policy.Kind(e.Kind), codeDiffers, p.Key, err)
			return nil
		case code != "":
			return r.mend(ctx, e, code)
		}
	}
	return nil
}

// verdict says what is wrong with one object, or "". Missing is what the store
// denies in three ways; altered is what was read and has another SHA-256.
func (s Settings) verdict(ctx context.Context, p ledger.Part) (code string, err error) {
	in, err := s.Store.Head(ctx, p.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.absent(ctx, p.Key)
	case err != nil:
		return "", err
	case in.Size == p.Size && in.SHA256 == p.SHA256 && (in.VersionID == p.VersionID || p.VersionID == ""):
		return "", nil
	}
	// A store may not tell a SHA-256, and a head may be wrong: the bytes decide.
	sum, err := s.sumOf(ctx, p.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", fmt.Errorf("%s: %w", p.Key, errDiffers)
	case err != nil:
		return "", err
	case sum != p.SHA256:
		return codeAltered, nil
	}
	return "", nil
}

// absent is what it means that a head finds nothing: the object is missing when
// the listing and a read say so too.
func (s Settings) absent(ctx context.Context, key store.Key) (string, error) {
	for o, err := range s.Store.List(ctx, string(key)) {
		if err != nil {
			return "", err
		}
		if o.Key == key {
			return "", fmt.Errorf("%s: %w", key, errDiffers)
		}
	}
	switch _, err := s.sumOf(ctx, key); {
	case errors.Is(err, store.ErrNotFound):
		return codeMissing, nil
	case err != nil:
		return "", err
	}
	return "", fmt.Errorf("%s: %w", key, errDiffers)
}

// sumOf reads an object and gives its SHA-256 in hex.
func (s Settings) sumOf(ctx context.Context, key store.Key) (string, error) {
	body, _, err := s.Store.Get(ctx, key)
	if err != nil {
		return "", err
	}
	defer body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return "", fmt.Errorf("%s: %w: %w", key, err, store.ErrUnavailable)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// mend forgets a copy that is gone or altered, so that it is made again in this
// run, and takes away what stands in its place. A copy of which nobody can make
// another is told in every run. What stands in front of a locked copy is left for
// a person: to remove it is to touch the archive.
func (r *run) mend(ctx context.Context, e ledger.Entry, code string) error {
	kind := policy.Kind(e.Kind)
	if code == codeAltered && !e.Lock.IsZero() {
		r.trouble(kind, codeShadowed, e.Key, errShadowed)
		return nil
	}
	_, answered := r.census.answered[e.Subject]
	if answered || !r.census.may(e.Pseudonym, e.Subject) {
		r.trouble(kind, code, e.Key, errUnmendable)
		return nil
	}
	if code == codeAltered {
		if err := r.retried(func() error { return r.removeParts(ctx, e.Key) }); err != nil {
			if r.hopeless(ctx, err) {
				return err
			}
			r.trouble(kind, codeNotRemoved, e.Key, err)
			return nil
		}
	}
	if err := r.Ledger.Forget(ctx, e.BundleID, code); err != nil {
		return err
	}
	r.found(kind, code)
	return nil
}

var (
	errShadowed   = errors.New("another object stands in front of the locked copy; compare its versions with version_id in the record, and remove the other")
	errUnmendable = errors.New("the copy is not in the bucket as its record says, and the source gives nothing to make it from; find out who removed it")
)

// strangers removes what stands in the bucket and belongs to no live copy: what a
// run that was killed left behind, and copies that were put back after they had
// been taken away. What has a record that could not be taken in is left.
func (r *run) strangers(ctx context.Context, in *inventory, owned map[store.Key]bool) error {
	for key := range in.size {
		if owned[key] {
			continue
		}
		returned, alone, err := r.stranger(ctx, key)
		if err == nil && returned {
			err = r.retried(func() error { return r.Store.Remove(ctx, key) })
		}
		if err == nil && alone {
			err = r.retried(func() error { return r.Store.Discard(ctx, key) })
		}
		switch {
		case errors.Is(err, store.ErrLocked) && alone:
			// the run that made it was killed; making it again finds it and writes its record
		case err != nil && r.hopeless(ctx, err):
			return err
		case err != nil:
			r.trouble("", codeNotRemoved, key, err)
		case returned:
			r.found(policy.Kind(strings.Split(string(key), "/")[1]), codeReturned)
		case alone:
			r.tally.swept++
		}
	}
	return nil
}

// stranger says of an object that no live copy owns whether its copy was taken
// away, or whether it never had a record: the ledger and the bucket both say so.
// What this run has removed since it was listed is neither.
func (r *run) stranger(ctx context.Context, key store.Key) (returned, alone bool, err error) {
	if _, err := r.Store.Head(ctx, key); errors.Is(err, store.ErrNotFound) {
		return false, false, nil
	}
	base := partOf(key)
	returned, err = r.Ledger.Withdrawn(ctx, strings.TrimSuffix(path.Base(string(base)), ".age"))
	if err != nil || returned {
		return returned, false, err
	}
	if base.IsFallback() {
		return false, true, nil // its record stands elsewhere, and is in the ledger
	}
	_, err = r.Store.Head(ctx, store.RecordKey(base))
	if errors.Is(err, store.ErrNotFound) {
		return false, true, nil
	}
	return false, false, err
}
