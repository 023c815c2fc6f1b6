// Package fact is the book of signed statements in the bucket: what was made,
// withdrawn, issued and revoked, each a small public text of which the signature
// stands beside it.
//
// A statement says itself where it stands and when it was made, so that a
// genuine one means nothing under another key. Package fact refuses to give a
// text that does not verify, and to write one that nobody could verify. What a
// statement means is the ledger's.
package fact

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/s3"
)

// The faults of a statement itself. The text is named and not believed; the
// store that holds it may be in order. See [Bad].
var (
	// ErrUnsigned means that no signature stands beside a statement, where every
	// one is signed. Find out who removed it.
	ErrUnsigned = errors.New("not signed, or its signature was removed")
	// ErrForged means that a statement was not made by who may make one, or not
	// for this key. Find out who can write the bucket.
	ErrForged = errors.New("forged, altered or moved")
	// ErrUnreadable means that what stands under a key is rotten, cut off or not
	// a statement. An older version of the object may be whole.
	ErrUnreadable = errors.New("not readable as a statement")
	// ErrNoSigner means that statements here are verified and this machine
	// cannot sign: set keys.signing.
	ErrNoSigner = errors.New("statements in this bucket are signed and there is no signing key; set keys.signing")
)

// Bad reports whether an error is the fault of one statement, and not of the
// store: others can be read.
func Bad(err error) bool {
	return errors.Is(err, ErrUnsigned) || errors.Is(err, ErrForged) || errors.Is(err, ErrUnreadable)
}

// maxText is the most bytes that a statement may have.
const maxText = 1 << 20

// A Head is how every statement begins.
type Head struct {
	Format   string    `json:"format"`
	StandsAt store.Key `json:"stands_at"` // its own key
	At       time.Time `json:"at"`        // UTC; the signer's key must be valid then
}

// A Book is the statements of one bucket, and what is needed to write and to
// believe them.
type Book struct {
	Store   *s3.Store
	Secret  seal.Secret // of the private parts
	Signer  seal.Signer // zero: this machine cannot sign
	Trusted []byte      // list of allowed signers; the key of Signer is always trusted
}

// Signed reports whether statements must be signed. When not, any text of the
// right shape is believed that fits the secret.
func (b Book) Signed() bool { return b.Signer.Valid() || len(bytes.TrimSpace(b.Trusted)) > 0 }

// Put signs a statement and stores it under its key, the signature first: who
// finds a statement finds its signature. When a statement that verifies stands
// there already, it stays, and is given back instead of body; one that does not
// verify is replaced.
func (b Book) Put(ctx context.Context, o store.Object, body []byte) (stands []byte, err error) {
	stands, err = b.Get(ctx, o.Key)
	switch {
	case err == nil:
		return stands, nil
	case errors.Is(err, store.ErrNotFound):
		err = b.write(ctx, o, body, b.Store.PutStatement)
		if errors.Is(err, store.ErrConflict) {
			return b.first(ctx, o.Key, err)
		}
		return body, err
	case Bad(err):
		return body, b.Replace(ctx, o, body)
	}
	return nil, err
}

// first gives what somebody put there first. A store that said so and shows
// nothing is asked again by who called.
func (b Book) first(ctx context.Context, key store.Key, conflict error) ([]byte, error) {
	body, err := b.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, conflict
	}
	return body, err
}

// Replace puts a statement in the place of another. Where a lock keeps the other,
// it becomes an older version.
func (b Book) Replace(ctx context.Context, o store.Object, body []byte) error {
	if err := b.Remove(ctx, o.Key); err != nil && !errors.Is(err, store.ErrLocked) {
		return err
	}
	return b.write(ctx, o, body, b.Store.ReplaceStatement)
}

func (b Book) write(ctx context.Context, o store.Object, body []byte,
	put func(context.Context, store.Object, seal.Statement) (store.Receipt, error)) error {
	if err := b.Sign(ctx, o, body); err != nil {
		return err
	}
	text, err := seal.Publish("application/json", body)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	_, err = put(ctx, o, text)
	return err
}

// Sign stores the signature of a statement. Where it says that it stands is looked
// at first, so that no key of ours ever signs a statement about another place.
func (b Book) Sign(ctx context.Context, o store.Object, body []byte) error {
	if _, err := head(o.Key, body); err != nil {
		return err
	}
	if !b.Signed() {
		return nil
	}
	if !b.Signer.Valid() {
		return fmt.Errorf("%s: %w", o.Key, ErrNoSigner)
	}
	sig, err := b.Signer.Sign(body)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	text, err := seal.Publish("text/plain; charset=utf-8", sig)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	_, err = b.Store.ReplaceStatement(ctx, store.Object{Key: store.SignatureKey(o.Key), Lock: o.Lock}, text)
	return err
}

// Remove takes a statement and its signature away with all their versions, the
// text first: there is never a text of ours without its signature. What is locked
// stays in view, with [store.ErrLocked].
func (b Book) Remove(ctx context.Context, key store.Key) error {
	for _, k := range []store.Key{key, store.SignatureKey(key)} {
		if err := b.Store.Discard(ctx, k); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// Get reads a statement and verifies it. An error that is [Bad] names the key;
// nothing under the key is [store.ErrNotFound].
func (b Book) Get(ctx context.Context, key store.Key) ([]byte, error) {
	body, err := b.read(ctx, key)
	if err != nil {
		return nil, err
	}
	var sig []byte
	if b.Signed() {
		sig, err = b.read(ctx, store.SignatureKey(key))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return body, b.Verify(key, body, sig)
}

// Verify checks that body is a statement for key, signed by a key that was
// trusted at the statement's own moment.
func (b Book) Verify(key store.Key, body, sig []byte) error {
	h, err := head(key, body)
	if err != nil || !b.Signed() {
		return err
	}
	_, err = seal.Verify(b.trusted(), body, sig, h.At)
	switch {
	case errors.Is(err, seal.ErrUnsigned):
		return fmt.Errorf("%s: %w", key, ErrUnsigned)
	case err != nil:
		return fmt.Errorf("%s: %w: %w", key, ErrForged, err)
	}
	return nil
}

// trusted is the list with our own key at its end.
func (b Book) trusted() []byte {
	if !b.Signer.Valid() {
		return b.Trusted
	}
	own := seal.AllowedSigner(b.Signer, "self", time.Time{}, time.Time{})
	return append(append(bytes.Clone(b.Trusted), '\n'), own...)
}

// head reads how a statement begins, and checks that it belongs under key.
func head(key store.Key, body []byte) (Head, error) {
	var h Head
	if json.Unmarshal(body, &h) != nil || h.Format == "" || h.At.IsZero() {
		return Head{}, fmt.Errorf("%s: %w", key, ErrUnreadable)
	}
	if h.StandsAt != key {
		return Head{}, fmt.Errorf("%s: the statement belongs under another key: %w", key, ErrForged)
	}
	return h, nil
}

// tries is how often a text is fetched that arrives otherwise than the store
// says it is.
const tries = 3

// read fetches a whole text. What is rotten in the store is not the store's
// silence: bytes that differ from the store's own digest every time are
// [ErrUnreadable].
func (b Book) read(ctx context.Context, key store.Key) ([]byte, error) {
	var err error
	for range tries {
		var body []byte
		if body, err = b.readOnce(ctx, key); err == nil {
			return body, nil
		}
		if !Bad(err) && !errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func (b Book) readOnce(ctx context.Context, key store.Key) ([]byte, error) {
	r, in, err := b.Store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, maxText+1))
	sum := sha256.Sum256(body)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", key, ctx.Err())
	case len(body) > maxText, int64(len(body)) == in.Size && in.SHA256 != "" && hex.EncodeToString(sum[:]) != in.SHA256:
		return nil, fmt.Errorf("%s: %w", key, ErrUnreadable)
	case err != nil:
		return nil, fmt.Errorf("%s: the answer was cut off: %w", key, store.ErrUnavailable)
	}
	return body, nil
}
