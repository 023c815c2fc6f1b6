package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"slices"

	"github.com/minio/minio-go/v7"

	"inzage/internal/seal"
	"inzage/internal/store"
)

// maxObject is the most that one request may put (S3: 5 GiB).
const maxObject = 5 << 30

// askFirst is the size in bytes above which the key is looked at before a put. A
// server refuses a put by its headers alone and closes, and a client that is
// still sending then sees a broken connection, not the refusal.
const askFirst = 64 << 10

// ErrTooLarge means that a bundle is larger than one request may carry. Make
// it smaller by leaving large attachments out; splitting it would lose its lock
// on some stores.
var ErrTooLarge = errors.New("larger than 5 GiB")

// PutSealed stores a bundle. When the same content (by o.ContentID, which must
// be set) stands there already, that is success with Existed set, and a lock
// that is weaker than asked for is strengthened; other content is
// [store.ErrConflict]. When it returns nil, the store has confirmed the lock.
func (s *Store) PutSealed(ctx context.Context, o store.Object, b seal.Sealed) (store.Receipt, error) {
	return s.putSealed(ctx, o, b, true)
}

func (s *Store) putSealed(ctx context.Context, o store.Object, b seal.Sealed, once bool) (store.Receipt, error) {
	if !b.Valid() || o.ContentID == "" {
		return store.Receipt{}, fmt.Errorf("store: put %s: nothing sealed, or no content id", o.Key)
	}
	f, err := b.Open()
	if err != nil {
		return store.Receipt{}, fmt.Errorf("store: put %s: %w", o.Key, err)
	}
	defer f.Close()
	return s.put(ctx, put{Object: o, body: f, size: b.Size(), sha256: b.SHA256(), contentType: b.ContentType(), once: once})
}

// ReplaceSealed stores ciphertext that changes under one key, such as a fallback
// copy: the new version first, and then it removes the versions that were there
// before it, so that a reader always finds one. A version that another writer
// put later stays. It refuses a lock: what is locked does not change.
func (s *Store) ReplaceSealed(ctx context.Context, o store.Object, b seal.Sealed) (store.Receipt, error) {
	if !o.Lock.IsZero() {
		return store.Receipt{}, fmt.Errorf("store: put %s: a lock on what is replaced", o.Key)
	}
	r, err := s.putSealed(ctx, o, b, false)
	if err != nil {
		return r, err
	}
	versions, err := s.versions(ctx, o.Key)
	if err != nil {
		return r, err
	}
	return r, s.removeVersions(ctx, o.Key, versions[:max(0, slices.Index(versions, r.VersionID))], false)
}

// PutStatement stores a public text under a key that is free. The same text
// (by o.ContentID, or by its SHA-256 when that is empty) is success with
// Existed set; another is [store.ErrConflict].
func (s *Store) PutStatement(ctx context.Context, o store.Object, b seal.Statement) (store.Receipt, error) {
	return s.putStatement(ctx, o, b, true)
}

// ReplaceStatement stores a public text that changes, such as an index page:
// whatever stood there becomes an older version.
func (s *Store) ReplaceStatement(ctx context.Context, o store.Object, b seal.Statement) (store.Receipt, error) {
	return s.putStatement(ctx, o, b, false)
}

func (s *Store) putStatement(ctx context.Context, o store.Object, b seal.Statement, once bool) (store.Receipt, error) {
	if !b.Valid() {
		return store.Receipt{}, fmt.Errorf("store: put %s: nothing published", o.Key)
	}
	return s.put(ctx, put{Object: o, body: bytes.NewReader(b.Bytes()), size: int64(len(b.Bytes())),
		sha256: b.SHA256(), contentType: b.ContentType(), once: once})
}

// put is one object on its way.
type put struct {
	store.Object
	body        io.ReadSeeker // seekable, so that a try can be repeated
	size        int64
	sha256      string // hex
	contentType string
	once        bool // only when the key is free
}

func (s *Store) put(ctx context.Context, p put) (store.Receipt, error) {
	if err := p.Key.Check(); err != nil {
		return store.Receipt{}, err
	}
	if p.size > maxObject {
		return store.Receipt{}, fmt.Errorf("store: put %s: %w", p.Key, ErrTooLarge)
	}
	defer s.turn(p.Key)()
	p.Lock = s.lockFor(p.Lock)
	if p.once && (p.size > askFirst || s.weakIn(ConditionalPut)) {
		if r, err := s.existing(ctx, p); !errors.Is(err, store.ErrNotFound) {
			return r, err
		}
	}
	up, err := s.send(ctx, p)
	if err == nil {
		return s.confirm(ctx, p, up)
	}
	if p.once && (taken(err) || !answered(err)) {
		r, herr := s.existing(ctx, p)
		if !errors.Is(herr, store.ErrNotFound) {
			return r, herr
		}
		if taken(err) { // a writer that is not done yet, or somebody's delete marker
			return r, fmt.Errorf("store: put %s: the key is taken and nothing can be read there: %w", p.Key, store.ErrUnavailable)
		}
	}
	return store.Receipt{}, s.fault(ctx, "put "+string(p.Key), err)
}

// turn lets the writers of one key in this process go one after another, and
// gives what ends a turn. Some stores decide about a condition and then write,
// so that two conditional puts at one moment both succeed.
func (s *Store) turn(k store.Key) func() {
	h := fnv.New32a()
	h.Write([]byte(k))
	m := &s.turns[h.Sum32()%uint32(len(s.turns))]
	m.Lock()
	return m.Unlock
}

// lockFor is what can be asked of this store: no lock when the configuration
// says that it has none. The receipt then tells so.
func (s *Store) lockFor(l store.Lock) store.Lock {
	if s.weakIn(ObjectLock) {
		return store.Lock{}
	}
	return l.Normal()
}

// send makes the one request. Its shape was measured against six servers: one
// part, unsigned payload with the SHA-256 in the header, the condition, and an
// explicit lock (a bucket's default is not stamped on the object everywhere).
func (s *Store) send(ctx context.Context, p put) (minio.UploadInfo, error) {
	sum, err := hex.DecodeString(p.sha256)
	if err != nil {
		return minio.UploadInfo{}, err
	}
	o := minio.PutObjectOptions{ContentType: p.contentType, CacheControl: p.CacheControl,
		DisableMultipart: true, DisableContentSha256: true,
		UserMetadata: map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum)}}
	if s.weakIn(Checksum) {
		delete(o.UserMetadata, "x-amz-checksum-sha256")
		o.SendContentMd5 = true
	}
	if p.ContentID != "" {
		o.UserMetadata[metaContentID] = p.ContentID
	}
	if p.Lock.Mode != "" {
		o.Mode, o.RetainUntilDate = minio.RetentionMode(p.Lock.Mode), p.Lock.Until
	}
	if p.Lock.Hold {
		o.LegalHold = minio.LegalHoldEnabled
	}
	if p.once && !s.weakIn(ConditionalPut) {
		o.SetMatchETagExcept("*")
	}
	return s.c.PutObject(ctx, s.bucket, string(p.Key), p.body, p.size, o)
}

// taken reports whether a conditional put was refused because the key is taken,
// be it by ourselves in a request whose answer was lost.
func taken(err error) bool {
	e := minio.ToErrorResponse(err)
	return err != nil && (e.StatusCode == http.StatusPreconditionFailed || e.Code == minio.PreconditionFailed ||
		e.Code == "ConditionalRequestConflict")
}

// existing compares what stands under the key with what was to be put there.
func (s *Store) existing(ctx context.Context, p put) (store.Receipt, error) {
	in, err := s.Head(ctx, p.Key)
	if err != nil {
		return store.Receipt{}, err
	}
	same := p.ContentID != "" && in.ContentID == p.ContentID ||
		p.ContentID == "" && in.SHA256 == p.sha256
	if !same {
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

// confirm makes the receipt of a put. For one with a lock it asks the store
// again: some answer 200 and keep no lock.
func (s *Store) confirm(ctx context.Context, p put, up minio.UploadInfo) (store.Receipt, error) {
	if p.Lock.IsZero() {
		return store.Receipt{Key: p.Key, VersionID: up.VersionID, SHA256: p.sha256, ContentID: p.ContentID, Size: p.size}, nil
	}
	in, err := s.head(ctx, p.Key, up.VersionID)
	if err != nil {
		return store.Receipt{}, err
	}
	switch {
	case in.SHA256 != p.sha256 && !s.weakIn(Checksum), in.Size != p.size:
		return store.Receipt{}, fmt.Errorf("store: put %s: the store holds other bytes than were sent: %w", p.Key, store.ErrWeak)
	case !in.Lock.Covers(p.Lock):
		return store.Receipt{}, fmt.Errorf("store: put %s: the store took the object and not its lock: %w", p.Key, store.ErrWeak)
	}
	if in.SHA256 == "" {
		in.SHA256 = p.sha256
	}
	return receipt(in, false), nil
}

func receipt(in store.Info, existed bool) store.Receipt {
	return store.Receipt{Key: in.Key, VersionID: in.VersionID, SHA256: in.SHA256, ContentID: in.ContentID,
		Size: in.Size, Lock: in.Lock, Existed: existed}
}
