package pipeline

import (
	"context"
	"errors"
	"io"

	"inzage/internal/fact"
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
	o := store.Object{Key: e.Key, ContentID: e.ContentID, Lock: e.Lock, CacheControl: caching(*e)}
	got, err := put(ctx, o, s)
	if err == nil && got.SHA256 != s.SHA256() && !policy.Kept(policy.Kind(e.Kind)) {
		// left by a try that failed, and perhaps for a code that was replaced since
		got, err = r.Store.ReplaceSealed(ctx, o, s)
	}
	if err != nil {
		return err
	}
	e.VersionID, e.Size, e.SHA256, e.Lock = got.VersionID, got.Size, got.SHA256, got.Lock
	e.KeyIDs = s.KeyIDs()
	if e.Audience = ""; e.Kind != string(policy.Archief) {
		e.Audience = e.KeyIDs[len(e.KeyIDs)-1]
	}
	if e.Parts, err = r.beside(ctx, j, s, *e); err != nil {
		return err
	}
	return r.Ledger.State(ctx, r.Book(), *e)
}

// Book is the statements of the bucket, as these settings write and believe them.
func (s Settings) Book() fact.Book {
	return fact.Book{Store: s.Store, Secret: s.Secret, Signer: s.Signer, Trusted: s.Signers}
}

// leave takes away what stood under the name that an earlier code gave, once the
// copy under the new name is stated.
func (r *run) leave(ctx context.Context, old, now ledger.Entry) error {
	if old.Key == "" || old.Key == now.Key {
		return nil
	}
	for _, key := range []store.Key{old.Key, store.SlotKey(old.Key)} {
		if err := r.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// caching keeps a fallback copy out of caches, where it would outlive its
// removal.
func caching(e ledger.Entry) string {
	if e.Kind == string(policy.Terugval) {
		return "no-store"
	}
	return ""
}

// beside stores what a reader with a code needs besides the ciphertext: the slot
// that lets a stock age take the code, and the page that opens itself.
func (r *run) beside(ctx context.Context, j job, s seal.Sealed, e ledger.Entry) ([]ledger.Part, error) {
	if !j.reader.byCode() {
		return nil, nil
	}
	slot, err := seal.SealSlot(r.Spool, j.reader.code.Slot(e.Kind))
	if err != nil {
		return nil, err
	}
	defer slot.Discard()
	first, err := r.place(ctx, store.SlotKey(e.Key), e, slot)
	if err != nil || e.Kind == string(policy.Terugval) || !viewer.Built() {
		// the fallback page opens the first, and the report tells of the second
		return []ledger.Part{first}, err
	}
	second, err := r.page(ctx, j, s, e)
	return []ledger.Part{first, second}, err
}

// page stores the self-opening page: the viewer with the ciphertext in it, or
// the viewer alone when that is too large for a page.
func (r *run) page(ctx context.Context, j job, s seal.Sealed, e ledger.Entry) (ledger.Part, error) {
	o := viewer.Options{
		Lang: j.reader.code.Lang, Portal: j.portal, BundleID: e.BundleID, Size: s.Size(), SHA256: s.SHA256(),
		Deployment: r.deployment(j.portal.ID), Edition: r.Edition, Fingerprint: r.Signer.Fingerprint(),
	}
	if s.Size() > viewer.MaxPage {
		page, err := viewer.Small(o)
		if err != nil {
			return ledger.Part{}, err
		}
		text, err := page.Statement()
		if err != nil {
			return ledger.Part{}, err
		}
		return part(r.Store.ReplaceStatement(ctx, store.Object{Key: store.PageKey(e.Key), ContentID: e.ContentID}, text))
	}
	head, tail, err := viewer.Page(o)
	if err != nil {
		return ledger.Part{}, err
	}
	page, err := s.Enclose(r.Spool, head, tail, blocks)
	if err != nil {
		return ledger.Part{}, err
	}
	defer page.Discard()
	return r.place(ctx, store.PageKey(e.Key), e, page)
}

// place stores ciphertext that belongs to a bundle.
func (r *run) place(ctx context.Context, key store.Key, e ledger.Entry, s seal.Sealed) (ledger.Part, error) {
	return part(r.Store.ReplaceSealed(ctx, store.Object{Key: key, ContentID: e.ContentID, CacheControl: caching(e)}, s))
}

// part is a receipt as a record tells it.
func part(got store.Receipt, err error) (ledger.Part, error) {
	return ledger.Part{Key: got.Key, VersionID: got.VersionID, Size: got.Size, SHA256: got.SHA256}, err
}

// again clears the way for a bundle that was taken away and may be there again,
// such as after a grant that was renewed, or that gets another key.
func (r *run) again(ctx context.Context, j job, e ledger.Entry) error {
	gone, err := r.Ledger.Withdrawn(ctx, e.BundleID)
	if err != nil || !gone && !j.again {
		return err
	}
	return r.Ledger.Clear(ctx, r.Book(), e.BundleID)
}

func blocks(w io.Writer, r io.Reader) error {
	_, err := viewer.WriteBlocks(w, r)
	return err
}
