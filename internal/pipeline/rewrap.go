package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/viewer"
)

// A Rewrapping is what an officer's own machine has: the store, its own signing
// key, whose statements it believes, and the officer's private key. It has no
// source, no ledger and not the deployment's secret.
type Rewrapping struct {
	Book    fact.Book // without Secret
	Officer seal.Identity
	Spool   string // folder for ciphertext in flight
	Now     time.Time
	Sync    func() error // as in [Settings]
}

// Rewrapped is what became of the copies of the work lists.
type Rewrapped struct {
	Copies int     // open with the new code now
	Anew   int     // were made anew or taken away since; nothing to do
	Bad    []error // lists and copies that could not be dealt with, by key; the others were
}

// Rewrap gives the copies of all work lists in the bucket the key of the new code,
// their content untouched. Who kept an old copy opens it with the old code as
// before.
//
// For each copy the new ciphertext is stored first, then the statement that it
// counts, and then the old ciphertext goes. Whenever it ends, the copy that is
// stated stands; the same command again finishes.
func Rewrap(ctx context.Context, w Rewrapping) (out Rewrapped, err error) {
	switch {
	case !w.Officer.Valid():
		return out, settingsError("no officer's private key")
	case !w.Book.Signer.Valid() || len(w.Book.Trusted) == 0:
		return out, settingsError("what is rewrapped is signed and verified; set keys.signing to this machine's own key, and keys.signers")
	}
	var lists []store.Key
	for in, err := range w.Book.Store.List(ctx, "") {
		if err != nil {
			return out, err
		}
		if in.Key.IsWorkList() {
			lists = append(lists, in.Key)
		}
	}
	for _, key := range lists {
		err := w.list(ctx, key, &out)
		if hopeless(ctx, w.Book.Store, err) || ctx.Err() != nil {
			return out, errors.Join(err, ctx.Err())
		}
		if err != nil {
			out.Bad = append(out.Bad, err)
		}
	}
	if w.Sync != nil {
		err = w.Sync()
	}
	return out, err
}

// list goes through one work list, and removes it when nothing is left in it.
func (w Rewrapping) list(ctx context.Context, key store.Key, out *Rewrapped) error {
	cipher, err := w.fetch(ctx, key)
	if err != nil {
		return err
	}
	l, err := readList(w.Book, w.Officer, key, cipher)
	if err != nil {
		return err
	}
	if current, err := w.current(ctx, l); err != nil || !current {
		return err // the next run removes a list that is of no use
	}
	to, err := l.recipients()
	if err != nil {
		return err
	}
	left := 0
	for _, c := range l.Copies {
		switch anew, err := w.copy(ctx, l, c, to); {
		case hopeless(ctx, w.Book.Store, err):
			return err
		case err != nil:
			left++
			out.Bad = append(out.Bad, fmt.Errorf("%s: %w", c.RecordKey, err))
		case anew:
			out.Anew++
		default:
			out.Copies++
		}
	}
	if left > 0 {
		return nil
	}
	return w.Book.Store.Remove(ctx, key)
}

// fetch reads a work list.
func (w Rewrapping) fetch(ctx context.Context, key store.Key) ([]byte, error) {
	body, _, err := w.Book.Store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, 2*maxList))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", key, err, store.ErrUnavailable)
	}
	return b, nil
}

// current reports whether the code of a list is the holder's last, as registered,
// and not revoked. A revocation that cannot be verified counts too.
func (w Rewrapping) current(ctx context.Context, l workList) (bool, error) {
	code := store.CodeKey(l.Portal, l.Holder, l.Edition)
	body, err := w.Book.Get(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil // the program ended before it registered the code
	}
	if err != nil {
		return false, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != l.Code {
		return false, fmt.Errorf("%s: the list is of another code: %w", l.StandsAt, fact.ErrForged)
	}
	for in, err := range w.Book.Store.List(ctx, l.Portal+"/codes/"+l.Holder+"-") {
		if err != nil {
			return false, err
		}
		_, holder, edition, ok := in.Key.CodeOf()
		if ok && holder == l.Holder && (edition > l.Edition || edition == l.Edition && in.Key.IsRevocation()) {
			return false, nil
		}
	}
	return true, nil
}

// copy gives one copy the new key, or finds that it is not the copy that the list
// speaks of any more.
func (w Rewrapping) copy(ctx context.Context, l workList, c workCopy, to []seal.Recipient) (anew bool, err error) {
	s := w.Book.Store
	if _, err := s.Head(ctx, store.WithdrawalKey(c.RecordKey)); !errors.Is(err, store.ErrNotFound) {
		return err == nil, err
	}
	record, err := w.Book.Get(ctx, c.RecordKey)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	made, err := momentOf(record)
	if err != nil {
		return false, err
	}
	if w.Now.Before(made) {
		return false, errClock
	}
	done, err := w.Book.Get(ctx, store.RewrapKey(c.RecordKey, c.Number))
	switch at, bad := momentOf(done); {
	case err == nil && bad == nil && !at.Before(made):
		return false, w.tidy(ctx, c, done) // the program ended between statement and tidying
	case err == nil:
		err = w.Book.Remove(ctx, store.RewrapKey(c.RecordKey, c.Number)) // of an earlier copy of this id
	case errors.Is(err, store.ErrNotFound) || fact.Bad(err):
		err = nil
	}
	if err != nil {
		return false, err
	}
	from, parts, err := w.stands(ctx, c, record)
	if err != nil || from != c.From {
		return err == nil, err
	}
	return false, w.rewrap(ctx, l, c, parts, to)
}

// momentOf is when a verified statement was made.
func momentOf(body []byte) (time.Time, error) {
	var h fact.Head
	if err := json.Unmarshal(body, &h); err != nil {
		return time.Time{}, fact.ErrUnreadable
	}
	return h.At, nil
}

// stands is the copy that counts before the rewrap of c.
func (w Rewrapping) stands(ctx context.Context, c workCopy, record []byte) (ledger.Part, []ledger.Part, error) {
	if c.Number == 1 {
		return ledger.PublicCopy(record)
	}
	before, err := w.Book.Get(ctx, store.RewrapKey(c.RecordKey, c.Number-1))
	if errors.Is(err, store.ErrNotFound) {
		return ledger.Part{}, nil, nil // the record is of a copy that was made anew
	}
	if err != nil {
		return ledger.Part{}, nil, err
	}
	return ledger.PublicCopy(before)
}

func (w Rewrapping) rewrap(ctx context.Context, l workList, c workCopy, parts []ledger.Part, to []seal.Recipient) error {
	src, err := w.take(ctx, c.From)
	if err != nil {
		return err
	}
	defer os.Remove(src.Name())
	defer src.Close()
	made, err := seal.Rewrap(w.Spool, src, c.From.Size, w.Officer, to)
	if err != nil {
		return err
	}
	defer made.Discard()
	main, err := w.add(ctx, c, c.To, made)
	if err != nil {
		return err
	}
	beside, err := w.beside(ctx, l, c, parts, made)
	if err != nil {
		return err
	}
	keys := made.KeyIDs()
	stated := ledger.Rewrap{
		BundleID: c.BundleID, RecordKey: c.RecordKey, At: w.Now, Number: c.Number, Key: main.Key, VersionID: main.VersionID,
		Size: main.Size, SHA256: main.SHA256, Parts: beside, Audience: keys[len(keys)-1], KeyIDs: keys,
	}
	secret, err := seal.ParseSecret(c.Secret)
	if err != nil {
		return errList
	}
	body, err := stated.MarshalWith(secret)
	if err != nil {
		return err
	}
	if body, err = w.Book.Put(ctx, store.Object{Key: stated.StandsAt()}, body); err != nil {
		return err
	}
	return w.tidy(ctx, c, body)
}

// add stores ciphertext of a copy beside what stands under the key.
func (w Rewrapping) add(ctx context.Context, c workCopy, key store.Key, s seal.Sealed) (ledger.Part, error) {
	return part(w.Book.Store.AddSealed(ctx, store.Object{Key: key, ContentID: c.ContentID, CacheControl: caching(ledger.Entry{Kind: c.Kind})}, s))
}

// beside stores the slot of the new code, and the page where there was one.
func (w Rewrapping) beside(ctx context.Context, l workList, c workCopy, before []ledger.Part, made seal.Sealed) ([]ledger.Part, error) {
	slot, err := seal.SealSlot(w.Spool, l.Slots[c.Kind])
	if err != nil {
		return nil, err
	}
	defer slot.Discard()
	first, err := w.add(ctx, c, store.SlotKey(c.To), slot)
	if err != nil {
		return nil, err
	}
	for _, p := range before {
		if p.Key == store.PageKey(c.From.Key) {
			page, err := w.page(ctx, c, p, made)
			return []ledger.Part{first, page}, err
		}
	}
	return []ledger.Part{first}, nil
}

// page makes the self-opening page anew from the one that stands there.
func (w Rewrapping) page(ctx context.Context, c workCopy, before ledger.Part, made seal.Sealed) (ledger.Part, error) {
	old, err := w.take(ctx, before)
	if err != nil {
		return ledger.Part{}, err
	}
	defer os.Remove(old.Name())
	defer old.Close()
	head, tail, small, err := viewer.Remade(old, made.Size(), made.SHA256())
	if err != nil {
		return ledger.Part{}, err
	}
	key := store.PageKey(c.To)
	if small.Bytes() != nil {
		text, err := small.Statement()
		if err != nil {
			return ledger.Part{}, err
		}
		return part(w.Book.Store.ReplaceStatement(ctx, store.Object{Key: key, ContentID: c.ContentID}, text))
	}
	page, err := made.Enclose(w.Spool, head, tail, blocks)
	if err != nil {
		return ledger.Part{}, err
	}
	defer page.Discard()
	return w.add(ctx, c, key, page)
}

// take fetches the version of an object that a statement names into the spool. It
// refuses bytes that are not those.
func (w Rewrapping) take(ctx context.Context, p ledger.Part) (_ *os.File, err error) {
	body, _, err := w.Book.Store.GetVersion(ctx, p.Key, p.VersionID)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	f, err := os.CreateTemp(w.Spool, "spool-*.age")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(body, p.Size+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", p.Key, err, store.ErrUnavailable)
	case n != p.Size || hex.EncodeToString(sum.Sum(nil)) != p.SHA256:
		return nil, fmt.Errorf("%s: %w", p.Key, seal.ErrDamaged)
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, err
}

// tidy takes away what stood there before the statement stated.
func (w Rewrapping) tidy(ctx context.Context, c workCopy, stated []byte) error {
	now, parts, err := ledger.PublicCopy(stated)
	if err != nil {
		return err
	}
	if now.Key != c.From.Key {
		for _, key := range []store.Key{c.From.Key, store.SlotKey(c.From.Key)} {
			if err := w.Book.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
	for _, p := range append([]ledger.Part{now}, parts...) {
		if err := w.Book.Store.RemoveBefore(ctx, p.Key, p.VersionID); err != nil {
			return err
		}
	}
	return nil
}

var errClock = errors.New("the record is of a later moment than the clock of this machine; set the clock right")
