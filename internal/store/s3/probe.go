package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// A Finding is what the probe found out about one promise. Weak means that the
// promise is not kept and that the configuration accepts that.
type Finding struct {
	Promise string // [Versioning] and its like
	Kept    bool
	Weak    bool
	Text    string // one plain sentence
}

// String is the promise and what was found, in one line.
func (f Finding) String() string { return f.Promise + ": " + f.Text }

// probeLock is how long a probe object stays locked when the access key has no
// right to lift it.
const probeLock = time.Minute

// Probe tries each promise with small objects under probe/ and removes them.
// A promise that is not kept is an error that wraps [store.ErrWeak], unless the
// configuration accepts it. Stores exist that answer 200 and do nothing, so
// each check looks at what happened, not at the answer.
func (s *Store) Probe(ctx context.Context) ([]Finding, error) {
	prefix := store.Probes + "/" + randomName()
	defer s.sweep(context.WithoutCancel(ctx))
	checks := []struct {
		promise string
		try     func(context.Context, string) (string, bool, error)
	}{
		{Versioning, s.probeVersioning}, {ConditionalPut, s.probeCondition}, {ConditionalReplace, s.probeReplace},
		{Checksum, s.probeChecksum}, {ObjectLock, s.probeLock}, {FreeByDefault, s.probeFree},
	}
	var out []Finding
	var faults []string
	for _, c := range checks {
		text, kept, err := c.try(ctx, prefix+"-"+c.promise)
		if err != nil {
			return out, err
		}
		f := Finding{Promise: c.promise, Kept: kept, Weak: !kept && s.weakIn(c.promise), Text: text}
		out = append(out, f)
		if !kept && !f.Weak {
			faults = append(faults, fmt.Sprintf("%s: %s", c.promise, text))
		}
	}
	if len(faults) > 0 {
		return out, fmt.Errorf("store: bucket %s at %s: %s: %w", s.bucket, s.host, strings.Join(faults, "; "), store.ErrWeak)
	}
	return out, nil
}

func (s *Store) probeVersioning(ctx context.Context, _ string) (string, bool, error) {
	var v minio.BucketVersioningConfiguration
	err := s.try(ctx, func() (err error) {
		v, err = s.c.GetBucketVersioning(ctx, s.bucket)
		return err
	})
	switch {
	case err != nil:
		return "", false, s.fault(ctx, "probe "+Versioning, err)
	case v.Suspended():
		return "versioning is suspended, so new versions are not kept; turn it on again", false, nil
	case !v.Enabled():
		return "versions are not kept; turn versioning on", false, nil
	}
	return "versions are kept", true, nil
}

func (s *Store) probeCondition(ctx context.Context, name string) (string, bool, error) {
	for i, body := range []string{"first", "second"} {
		err := s.sendProbe(ctx, name, body, sum(body), store.Lock{}, true)
		switch {
		case i == 0 && err != nil:
			return "", false, s.fault(ctx, "probe "+ConditionalPut, err)
		case i == 1 && err == nil:
			return "a second put under a taken key is accepted", false, nil
		case i == 1 && !taken(err):
			return "", false, s.fault(ctx, "probe "+ConditionalPut, err)
		}
	}
	return "a second put under a taken key is refused", true, nil
}

// probeReplace tries the condition by which a lease is renewed and taken over.
func (s *Store) probeReplace(ctx context.Context, name string) (string, bool, error) {
	if err := s.sendProbe(ctx, name, "first", sum("first"), store.Lock{}, false); err != nil {
		return "", false, s.fault(ctx, "probe "+ConditionalReplace, err)
	}
	for i, first := range []string{"first", "second"} { // with the ETag of what stands there, and of what did
		etag, err := s.etag(ctx, name)
		if err != nil {
			return "", false, s.fault(ctx, "probe "+ConditionalReplace, err)
		}
		if i == 1 {
			etag = strings.Repeat("0", 32)
		}
		o := minio.PutObjectOptions{DisableMultipart: true, DisableContentSha256: true, SendContentMd5: true}
		o.SetMatchETag(etag)
		body := "after " + first
		_, err = s.upload(ctx, put{Object: store.Object{Key: store.Key(name)}, body: strings.NewReader(body), size: int64(len(body))}, o)
		switch {
		case i == 0 && err != nil && answered(err) && !busy(minio.ToErrorResponse(err).StatusCode, ""):
			return "a put over the version that it names is refused", false, nil
		case i == 1 && err == nil:
			return "a put over a version that is no longer there is accepted", false, nil
		case err != nil && !taken(err):
			return "", false, s.fault(ctx, "probe "+ConditionalReplace, err)
		}
	}
	return "a put is accepted over the version that it names, and over no other", true, nil
}

func (s *Store) etag(ctx context.Context, name string) (string, error) {
	var st minio.ObjectInfo
	err := s.try(ctx, func() (err error) {
		st, err = s.c.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
		return err
	})
	return st.ETag, err
}

// probeFree sees to it that what must not be locked is not: a rule of the bucket
// would lock the copies of readers, and no withdrawal could take them away.
// Some stores enforce the rule and do not tell it of the object.
// Free refuses a bucket that locks what asks for no lock, such as a lease, before
// anything is written into it.
func (s *Store) Free(ctx context.Context) error {
	rule, err := s.defaultLock(ctx)
	if rule == "" {
		return s.unless(ctx, err)
	}
	return fmt.Errorf("store: %s: %w", s.ruled(rule), store.ErrWeak)
}

// unless is the error of asking for a rule, but for stores that have none.
func (s *Store) unless(ctx context.Context, err error) error {
	switch minio.ToErrorResponse(err).StatusCode {
	case http.StatusNotFound, http.StatusNotImplemented, http.StatusForbidden, http.StatusBadRequest:
		return nil
	}
	if err == nil {
		return nil
	}
	return s.fault(ctx, "probe "+FreeByDefault, err)
}

func (s *Store) ruled(rule string) string {
	return fmt.Sprintf("bucket %s locks every object by default (%s); remove that default retention rule and keep object lock on: "+
		"the program sets a lock on each object that needs one, and what readers fetch must not be locked", s.bucket, rule)
}

func (s *Store) probeFree(ctx context.Context, name string) (string, bool, error) {
	rule, err := s.defaultLock(ctx)
	if rule != "" {
		return s.ruled(rule), false, nil
	}
	if err := s.unless(ctx, err); err != nil {
		return "", false, err
	}
	if err := s.sendProbe(ctx, name, "body", sum("body"), store.Lock{}, false); err != nil {
		return "", false, s.fault(ctx, "probe "+FreeByDefault, err)
	}
	in, err := s.Head(ctx, store.Key(name))
	if err != nil {
		return "", false, err
	}
	if until, locked := s.locked(ctx, store.Key(name), in.VersionID); locked {
		return fmt.Sprintf("an object that asks for no lock stays %s; look for a default retention rule of bucket %s and remove it", until, s.bucket), false, nil
	}
	switch err := s.removeVersion(ctx, store.Key(name), in.VersionID, false); {
	case err == nil:
		return "what asks for no lock gets none", true, nil
	case errors.Is(err, store.ErrLocked), errors.Is(err, store.ErrRejected):
		return fmt.Sprintf("an object that asks for no lock cannot be removed: bucket %s has a default retention rule, which must go, "+
			"or the access key may not remove versions (s3:DeleteObjectVersion)", s.bucket), false, nil
	default:
		return "", false, err
	}
}

func (s *Store) probeChecksum(ctx context.Context, name string) (string, bool, error) {
	err := s.sendProbe(ctx, name, "body", sum("another body"), store.Lock{}, false)
	if e := minio.ToErrorResponse(err); err != nil && e.StatusCode != 400 {
		return "", false, s.fault(ctx, "probe "+Checksum, err)
	}
	_, herr := s.Head(ctx, store.Key(name))
	switch {
	case errors.Is(herr, store.ErrNotFound) && err != nil:
	case herr != nil && !errors.Is(herr, store.ErrNotFound):
		return "", false, herr
	default:
		return "an object with a wrong SHA-256 is accepted", false, nil
	}
	if err := s.sendProbe(ctx, name, "body", sum("body"), store.Lock{}, false); err != nil {
		return "", false, s.fault(ctx, "probe "+Checksum, err)
	}
	in, err := s.Head(ctx, store.Key(name))
	if err != nil {
		return "", false, err
	}
	if in.SHA256 != sum("body") {
		return "the SHA-256 of an object is not told", false, nil
	}
	return "an object with a wrong SHA-256 is refused, and the right one is told", true, nil
}

func (s *Store) probeLock(ctx context.Context, name string) (string, bool, error) {
	lock := store.Lock{Mode: store.Governance, Until: time.Now().Add(probeLock)}.Normal()
	err := s.sendProbe(ctx, name, "body", sum("body"), lock, false)
	if e := minio.ToErrorResponse(err); err != nil && e.StatusCode == 400 {
		return "an object with a retention date is refused: the bucket was made without object lock", false, nil
	}
	if err != nil {
		return "", false, s.fault(ctx, "probe "+ObjectLock, err)
	}
	in, err := s.Head(ctx, store.Key(name))
	if err != nil {
		return "", false, err
	}
	if in.Lock != lock {
		return "a retention date is accepted and not kept", false, nil
	}
	err = s.removeVersion(ctx, store.Key(name), in.VersionID, false)
	if err == nil {
		return "a locked object can be removed", false, nil
	}
	if !errors.Is(err, store.ErrLocked) {
		return "", false, err
	}
	return "a retention date is kept and told, and a locked object cannot be removed", true, nil
}

// defaultLock is the rule by which the bucket locks every object that names no
// lock, in words; or "".
func (s *Store) defaultLock(ctx context.Context) (string, error) {
	var mode *minio.RetentionMode
	var length *uint
	var unit *minio.ValidityUnit
	err := s.try(ctx, func() (err error) {
		mode, length, unit, err = s.c.GetBucketObjectLockConfig(ctx, s.bucket)
		return err
	})
	if err != nil || mode == nil {
		return "", err
	}
	if length == nil || unit == nil {
		return string(*mode), nil
	}
	return fmt.Sprintf("%d %s, %s", *length, strings.ToLower(string(*unit)), *mode), nil
}

// sendProbe puts a probe object with a checksum that may be wrong. The put is
// always in the full shape: what the configuration accepts is still tried.
func (s *Store) sendProbe(ctx context.Context, name, body, sha256 string, l store.Lock, once bool) error {
	full := Store{c: s.c, transport: s.transport, bucket: s.bucket, host: s.host, attempts: s.attempts, secrets: s.secrets, limit: s.limit}
	_, err := full.send(ctx, put{Object: store.Object{Key: store.Key(name), Lock: l},
		body: bytes.NewReader([]byte(body)), size: int64(len(body)), sha256: sha256, contentType: "text/plain", once: once})
	return err
}

// sweep removes what probes left, this one or an earlier one. What is still
// locked stays for the next.
func (s *Store) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for o, err := range s.List(ctx, store.Probes+"/") {
		if err != nil {
			return
		}
		list, err := s.versions(ctx, o.Key)
		if err == nil && s.removeAll(ctx, o.Key, list, true) != nil {
			s.removeAll(ctx, o.Key, list, false)
		}
	}
}

func sum(text string) string {
	b := sha256.Sum256([]byte(text))
	return hex.EncodeToString(b[:])
}

func randomName() string {
	b := make([]byte, 8)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
