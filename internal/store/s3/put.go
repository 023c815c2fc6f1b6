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
	"time"

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
	before, err := s.Head(ctx, o.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Receipt{}, err
	}
	r, err := s.putSealed(ctx, o, b, false)
	if err != nil {
		return r, err
	}
	if before.VersionID != "" && before.VersionID != r.VersionID { // also where a listing lacks it
		if err := s.removeVersion(ctx, o.Key, before.VersionID, false); err != nil && !errors.Is(err, store.ErrLocked) {
			return r, err
		}
	}
	return r, s.prune(ctx, o.Key, r.VersionID)
}

// PutStatement stores a public text under a key that is free. The same text
// (by o.ContentID, or by its SHA-256 when that is empty) is success with
// Existed set; another is [store.ErrConflict].
func (s *Store) PutStatement(ctx context.Context, o store.Object, b seal.Statement) (store.Receipt, error) {
	return s.putStatement(ctx, o, b, true)
}

// ReplaceStatement stores a public text that changes, such as an index page.
// When the same text stands there already, nothing is put and Existed is set.
// What stood there becomes an older version, or is taken away when only the
// newest counts: see [store.Key.IsPassing].
func (s *Store) ReplaceStatement(ctx context.Context, o store.Object, b seal.Statement) (store.Receipt, error) {
	r, err := s.putStatement(ctx, o, b, false)
	if err != nil || !o.Key.IsPassing() {
		return r, err
	}
	return r, s.prune(ctx, o.Key, r.VersionID)
}

func (s *Store) putStatement(ctx context.Context, o store.Object, b seal.Statement, once bool) (store.Receipt, error) {
	if !b.Valid() {
		return store.Receipt{}, fmt.Errorf("store: put %s: nothing published", o.Key)
	}
	return s.put(ctx, put{Object: o, body: bytes.NewReader(b.Bytes()), size: int64(len(b.Bytes())),
		sha256: b.SHA256(), contentType: b.ContentType(), once: once, text: true})
}

// put is one object on its way.
type put struct {
	store.Object
	body        io.ReadSeeker // seekable, so that a try can be repeated
	size        int64
	sha256      string // hex
	contentType string
	once        bool // only when the key is free
	text        bool // a public text, small enough to be read back
}

func (s *Store) put(ctx context.Context, p put) (store.Receipt, error) {
	if err := p.Key.Check(); err != nil {
		return store.Receipt{}, err
	}
	if p.size > maxObject {
		return store.Receipt{}, fmt.Errorf("store: put %s: %w: %w", p.Key, ErrTooLarge, store.ErrRejected)
	}
	defer s.turn(p.Key)()
	p.Lock = s.lockFor(p.Lock)
	if p.asksFirst() || p.once && s.weakIn(ConditionalPut) {
		r, err := s.existing(ctx, p)
		if errors.As(err, new(hidden)) && p.once {
			r, _, err = s.reveal(ctx, p)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return r, err
		}
	}
	if p.Lock.Mode != "" && !p.Lock.Until.After(time.Now()) {
		return store.Receipt{}, fmt.Errorf("store: put %s: its lock would end on %s, which is over: %w", p.Key, p.Lock.Until.Format(time.DateOnly), store.ErrRejected)
	}
	for n := 1; ; n++ {
		r, again, err := s.putOnce(ctx, p)
		if !again || n >= rounds || ctx.Err() != nil {
			return r, err
		}
	}
}

// asksFirst reports whether the key is looked at before a put: when a body would
// be sent for nothing, when a second version would stay locked for years, and
// for a text that is written anew each night.
func (p put) asksFirst() bool {
	return p.once && (p.size > askFirst || !p.Lock.IsZero()) || !p.once && p.text
}

// putOnce sends an object and makes sure of it. Again says that doing both once
// more may help.
func (s *Store) putOnce(ctx context.Context, p put) (r store.Receipt, again bool, err error) {
	up, err := s.send(ctx, p)
	if err == nil {
		return s.confirm(ctx, p, up.VersionID)
	}
	if p.once && taken(err) {
		r, err := s.existing(ctx, p)
		if errors.Is(err, store.ErrNotFound) {
			return s.reveal(ctx, p)
		}
		return r, false, err
	}
	if e := minio.ToErrorResponse(err); e.StatusCode == 0 || e.StatusCode >= 500 { // the store may have kept it all the same
		look, cancel := ctx, context.CancelFunc(func() {})
		if silent(err) { // it was waited for long enough
			look, cancel = context.WithTimeout(ctx, s.limit)
		}
		defer cancel()
		if r, err := s.existing(look, p); err == nil && (p.once || r.SHA256 == p.sha256 && r.ContentID == p.ContentID) {
			r.Existed = p.once
			return r, false, nil
		} else if p.once && errors.Is(err, store.ErrConflict) {
			return r, false, err
		}
	}
	return store.Receipt{}, false, s.putFault(ctx, p, err)
}

// putFault explains why a put was refused. Of an object with a lock it asks
// whether the bucket can lock at all: stores say no more than "invalid".
func (s *Store) putFault(ctx context.Context, p put, err error) error {
	e := minio.ToErrorResponse(err)
	if p.Lock.IsZero() || e.StatusCode != http.StatusBadRequest || damaged(e.Code) {
		return s.objectFault(ctx, "put", p.Key, err)
	}
	if _, lerr := s.defaultLock(ctx); minio.ToErrorResponse(lerr).StatusCode == http.StatusNotFound {
		return s.fault(ctx, "put "+string(p.Key), lerr)
	}
	lock := "a legal hold"
	if p.Lock.Mode != "" {
		lock = fmt.Sprintf("%s until %s", p.Lock.Mode, p.Lock.Until.Format(time.DateOnly))
	}
	return fmt.Errorf("its lock is %s: %w", lock, s.objectFault(ctx, "put", p.Key, err))
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
	return s.upload(ctx, p, o)
}

// upload makes a request until it is answered. The client closes what can be
// closed after its first try, and that would be the last.
func (s *Store) upload(ctx context.Context, p put, o minio.PutObjectOptions) (up minio.UploadInfo, err error) {
	err = s.try(ctx, func() error {
		if _, err := p.body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		up, err = s.c.PutObject(ctx, s.bucket, string(p.Key), struct{ io.ReadSeeker }{p.body}, p.size, o)
		return err
	})
	return up, err
}

// taken reports whether a conditional put was refused because the key is taken,
// be it by ourselves in a request whose answer was lost.
func taken(err error) bool {
	e := minio.ToErrorResponse(err)
	return err != nil && (e.StatusCode == http.StatusPreconditionFailed || e.Code == minio.PreconditionFailed ||
		e.Code == "ConditionalRequestConflict")
}
