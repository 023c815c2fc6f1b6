package pipeline

import (
	"context"
	"errors"
	"io"

	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/viewer"
)

// keep stores the bundle, what lies beside it, and its record last: a bundle
// exists when its record does.
func (r *run) keep(ctx context.Context, j job, s seal.Sealed, e *ledger.Entry) error {
	defer r.clock.start(stageStore)()
	if err := r.again(ctx, j, *e); err != nil {
		return err
	}
	put := r.Store.PutSealed
	if j.again || e.Kind == string(policy.Terugval) {
		put = r.Store.ReplaceSealed // a name that outlives its content
	}
	got, err := put(ctx, store.Object{Key: e.Key, ContentID: e.ContentID, Lock: e.Lock, CacheControl: caching(*e)}, s)
	if err != nil {
		return err
	}
	e.VersionID, e.Size, e.SHA256, e.Lock = got.VersionID, got.Size, got.SHA256, got.Lock
	e.KeyIDs = s.KeyIDs()
	e.Audience = e.KeyIDs[len(e.KeyIDs)-1]
	if err := r.beside(ctx, j, s, *e); err != nil {
		return err
	}
	return r.enter(ctx, *e)
}

// caching keeps a fallback copy out of caches, where it would outlive its
// removal.
func caching(e ledger.Entry) string {
	if e.Kind == string(policy.Terugval) {
		return "no-store"
	}
	return ""
}

// enter states the record of a stored bundle and writes it into the ledger.
func (r *run) enter(ctx context.Context, e ledger.Entry) error {
	body, err := ledger.MarshalRecord(e)
	if err != nil {
		return err
	}
	if err := r.state(ctx, e.RecordKey, e, body); err != nil {
		return err
	}
	return r.Ledger.Record(ctx, e)
}

// beside stores what a reader with a code needs besides the ciphertext: the slot
// that lets a stock age take the code, and the page that opens itself.
func (r *run) beside(ctx context.Context, j job, s seal.Sealed, e ledger.Entry) error {
	if !j.reader.byCode() {
		return nil
	}
	slot, err := seal.SealSlot(r.Spool, j.reader.code.Slot)
	if err != nil {
		return err
	}
	defer slot.Discard()
	if err := r.place(ctx, store.SlotKey(e.Key), e, slot); err != nil {
		return err
	}
	if e.Kind == string(policy.Terugval) || !viewer.Built() {
		return nil // the fallback page opens the first, and the report tells of the second
	}
	return r.page(ctx, j, s, e)
}

// page stores the self-opening page: the viewer with the ciphertext in it, or
// the viewer alone when that is too large for a page.
func (r *run) page(ctx context.Context, j job, s seal.Sealed, e ledger.Entry) error {
	o := viewer.Options{
		Lang: j.reader.code.Lang, Portal: j.portal, BundleID: e.BundleID, Size: s.Size(), SHA256: s.SHA256(),
		Deployment: r.deployment(j.portal.ID), Edition: r.Edition, Fingerprint: r.Signer.Fingerprint(),
	}
	if s.Size() > viewer.MaxPage {
		page, err := viewer.Small(o)
		if err != nil {
			return err
		}
		text, err := page.Statement()
		if err != nil {
			return err
		}
		return r.replace(ctx, store.PageKey(e.Key), e, text)
	}
	head, tail, err := viewer.Page(o)
	if err != nil {
		return err
	}
	page, err := s.Enclose(r.Spool, head, tail, blocks)
	if err != nil {
		return err
	}
	defer page.Discard()
	return r.place(ctx, store.PageKey(e.Key), e, page)
}

// place stores ciphertext that belongs to a bundle.
func (r *run) place(ctx context.Context, key store.Key, e ledger.Entry, s seal.Sealed) error {
	_, err := r.Store.ReplaceSealed(ctx, store.Object{Key: key, ContentID: e.ContentID, CacheControl: caching(e)}, s)
	return err
}

// state puts a public text about a bundle into the store, with its signature.
func (r *run) state(ctx context.Context, key store.Key, e ledger.Entry, body []byte) error {
	if err := r.sign(ctx, key, e, body); err != nil {
		return err
	}
	text, err := seal.Publish("application/json", body)
	if err != nil {
		return err
	}
	_, err = r.Store.PutStatement(ctx, store.Object{Key: key, ContentID: e.ContentID, Lock: e.Lock}, text)
	return err
}

// sign puts the signature of a text beside it, before the text: who finds a
// record finds its signature.
func (r *run) sign(ctx context.Context, key store.Key, e ledger.Entry, body []byte) error {
	if !r.Signer.Valid() {
		return nil
	}
	sig, err := r.Signer.Sign(body)
	if err != nil {
		return err
	}
	return r.text(ctx, store.SignatureKey(key), e, "text/plain; charset=utf-8", sig)
}

// text puts a public text that may be written anew.
func (r *run) text(ctx context.Context, key store.Key, e ledger.Entry, kind string, body []byte) error {
	text, err := seal.Publish(kind, body)
	if err != nil {
		return err
	}
	return r.replace(ctx, key, e, text)
}

func (r *run) replace(ctx context.Context, key store.Key, e ledger.Entry, text seal.Statement) error {
	_, err := r.Store.ReplaceStatement(ctx, store.Object{Key: key, ContentID: e.ContentID, Lock: e.Lock}, text)
	return err
}

// again clears the way for a bundle that was taken away and may be there again,
// such as after a grant that was renewed, or that gets another key.
func (r *run) again(ctx context.Context, j job, e ledger.Entry) error {
	gone, err := r.Ledger.Withdrawn(ctx, e.BundleID)
	if err != nil || !gone && !j.again {
		return err
	}
	for _, key := range []store.Key{e.RecordKey, store.WithdrawalKey(e.RecordKey)} {
		if err := r.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

func blocks(w io.Writer, r io.Reader) error {
	_, err := viewer.WriteBlocks(w, r)
	return err
}
