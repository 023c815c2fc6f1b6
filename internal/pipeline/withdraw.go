package pipeline

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"

	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/store"
)

// Reasons for taking a copy away.
const (
	whyAccessEnded = "toegang-geeindigd" // rules B5 to B9
	whyReplaced    = "vervangen"         // a newer copy stands ready
	whyGone        = "niet-in-bron"      // the client is no longer in the source
	whyRevoked     = "code-ingetrokken"  // the reader's access code was revoked
	whyOther       = "andere-houder"     // another person, role or basis stands under the grant
)

// withdraw takes away the copies of portaalkopie and terugval that nobody may
// have any more, and the older ones of those that may. While some dossiers
// cannot be read, a client that is not seen is left alone: it may be one of them.
func (r *run) withdraw(ctx context.Context) error {
	latest := map[string]ledger.Entry{}
	var gone []ledger.Entry
	var why []string
	drop := func(e ledger.Entry, code string) { gone, why = append(gone, e), append(why, code) }
	for e, err := range r.standingCopies(ctx) {
		if err != nil {
			return err
		}
		if code := r.ended(e); code != "" {
			drop(e, code)
			continue
		}
		old, twice := latest[e.Subject]
		switch {
		case !twice:
			latest[e.Subject] = e
		case r.current(e, old):
			drop(old, whyReplaced)
			latest[e.Subject] = e
		default:
			drop(e, whyReplaced)
		}
	}
	for i, e := range gone {
		// A newer fallback copy stands under the same name.
		taken := e.Key == latest[e.Subject].Key
		if err := r.remove(ctx, e, why[i], taken); err != nil {
			return err
		}
	}
	r.standing(latest)
	return nil
}

// standingCopies are the live portaalkopie and terugval bundles of this run's portals.
func (r *run) standingCopies(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for id := range r.Portals {
			for e, err := range r.Ledger.Live(ctx, id, string(policy.Portaalkopie), string(policy.Terugval)) {
				if !yield(e, err) {
					return
				}
			}
		}
	}
}

// current reports whether e, and not old, is the copy to keep: the one of this
// run, else the newer.
func (r *run) current(e, old ledger.Entry) bool {
	if r.tally.kept[e.BundleID] != r.tally.kept[old.BundleID] {
		return r.tally.kept[e.BundleID]
	}
	return e.MadeAt.After(old.MadeAt)
}

// ended says why a copy may not stay, or "".
func (r *run) ended(e ledger.Entry) string {
	switch {
	case !e.AccessUntil.IsZero() && !r.Now.Before(e.AccessUntil):
		return whyAccessEnded
	case r.seen[e.Pseudonym] && !r.entitled[e.Subject] && r.has(policy.Kind(e.Kind)):
		return whyAccessEnded
	case !r.seen[e.Pseudonym] && r.tally.unread == 0:
		return whyGone
	}
	return ""
}

// remove takes a copy away and states that it did. The record stays, as proof
// of what was made.
func (r *run) remove(ctx context.Context, e ledger.Entry, code string, taken bool) error {
	for _, key := range []store.Key{e.Key, store.SlotKey(e.Key), store.PageKey(e.Key)} {
		if taken {
			break
		}
		if err := r.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	gone := ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: r.Now, Code: code}
	if err := r.Ledger.State(ctx, r.Book(), gone); err != nil {
		return err
	}
	r.count1(Result{Kind: policy.Kind(e.Kind), Outcome: Withdrawn, Code: code})
	return nil
}

// sweep clears away what an earlier run that was killed left behind: spool
// files, and objects without a record. A locked object stays; the rerun finds
// it and writes its record.
func (r *run) sweep(ctx context.Context) error {
	spooled, err := filepath.Glob(filepath.Join(r.Spool, "spool-*.age"))
	if err != nil {
		return err
	}
	for _, name := range spooled {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for id := range r.Portals {
		if err := r.sweepPortal(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) sweepPortal(ctx context.Context, id string) error {
	var objects []store.Key
	recorded := map[store.Key]bool{}
	for e, err := range r.Ledger.Live(ctx, id) {
		if err != nil {
			return err
		}
		recorded[e.Key] = true
	}
	for o, err := range r.Store.List(ctx, id+"/") {
		if err != nil {
			return err
		}
		switch {
		case o.Key.IsRecord():
			recorded[o.Key.Bundle()] = true
		case o.Key.Bundle() != "":
			objects = append(objects, o.Key)
		}
	}
	for _, key := range objects {
		if recorded[key.Bundle()] {
			continue
		}
		if err := r.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrLocked) {
			return err
		}
		r.tally.swept++
	}
	return nil
}
