package pipeline

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

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

// withdraw takes away every copy that its reader may not have any more, before
// anything is made. A copy that cannot be removed is told and the others go on.
// While some dossiers cannot be read, a client that is not seen is left alone
// until the end of access that was known when the copy was made.
func (r *run) withdraw(ctx context.Context) error {
	var gone []ledger.Entry
	var why []string
	for e, err := range r.standingCopies(ctx) {
		if err != nil {
			return err
		}
		if code := r.ended(e); code != "" {
			gone, why = append(gone, e), append(why, code)
		}
	}
	for i, e := range gone {
		if err := r.take(ctx, e, why[i], false); err != nil {
			return err
		}
	}
	return r.overwritten(ctx)
}

// overwritten states that a fallback copy was replaced by another under the same
// name, where a run ended before it could: only one of them stands there.
func (r *run) overwritten(ctx context.Context) error {
	under := map[store.Key][]ledger.Entry{}
	for e, err := range r.standingCopies(ctx) {
		if err != nil {
			return err
		}
		if e.Key.IsFallback() {
			under[e.Key] = append(under[e.Key], e)
		}
	}
	for key, list := range under {
		if len(list) < 2 {
			continue
		}
		in, err := r.Store.Head(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound): // all of them are missing
		case err != nil && r.hopeless(ctx, err):
			return err
		case err != nil:
			r.trouble(policy.Kind(list[0].Kind), codeDiffers, key, err)
			continue
		}
		for _, e := range replaced(list, in) {
			if err := r.take(ctx, e, whyReplaced, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// replaced are all copies under one name but the one that stands there, or the
// newest when none does.
func replaced(list []ledger.Entry, in store.Info) []ledger.Entry {
	stands := 0
	for i, e := range list {
		if e.MadeAt.After(list[stands].MadeAt) {
			stands = i
		}
	}
	for i, e := range list {
		if in.VersionID == e.VersionID && in.SHA256 == e.SHA256 {
			stands = i
		}
	}
	return slices.Delete(slices.Clone(list), stands, stands+1)
}

// supersede takes away the older copies of who has a newer one, and counts who has
// a fallback copy.
func (r *run) supersede(ctx context.Context) error {
	latest := map[string]ledger.Entry{}
	var older []ledger.Entry
	for e, err := range r.standingCopies(ctx) {
		if err != nil {
			return err
		}
		old, twice := latest[e.Subject]
		switch {
		case !twice:
			latest[e.Subject] = e
		case r.current(e, old):
			older = append(older, old)
			latest[e.Subject] = e
		default:
			older = append(older, e)
		}
	}
	for _, e := range older {
		// A newer fallback copy stands under the same name.
		taken := e.Key == latest[e.Subject].Key
		if err := r.take(ctx, e, whyReplaced, taken); err != nil {
			return err
		}
	}
	r.standing(latest)
	return r.settleGone(ctx, latest)
}

// settleGone states of each copy that was found missing or altered that it is no
// more: another was made for its reader, or nobody may have one. One that could
// not be made yet waits for the next run.
func (r *run) settleGone(ctx context.Context, latest map[string]ledger.Entry) error {
	var gone []ledger.Entry
	for id := range r.Portals {
		for e, err := range r.Ledger.Gone(ctx, id) {
			if err != nil {
				return err
			}
			if !policy.Kept(policy.Kind(e.Kind)) {
				gone = append(gone, e)
			}
		}
	}
	for _, e := range gone {
		now, made := latest[e.Subject]
		why := r.ended(e)
		if why == "" && made {
			why = whyReplaced
		}
		if why == "" {
			continue
		}
		if err := r.take(ctx, e, why, made && now.Key == e.Key); err != nil {
			return err
		}
	}
	return nil
}

// take takes one copy away. It returns only what makes going on pointless; all
// else is told, and the next run tries again.
func (r *run) take(ctx context.Context, e ledger.Entry, why string, taken bool) error {
	err := r.retried(func() error { return r.remove(ctx, e, why, taken) })
	switch {
	case err == nil:
		r.count1(Result{Kind: policy.Kind(e.Kind), Outcome: Withdrawn, Code: why})
	case r.hopeless(ctx, err):
		return err
	default:
		r.trouble(policy.Kind(e.Kind), codeNotRemoved, e.Key, err)
	}
	return nil
}

// standingCopies are the live copies of this run's portals that go when their
// reader's access ends: all but those that are kept for a retention term.
func (r *run) standingCopies(ctx context.Context) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for id := range r.Portals {
			for e, err := range r.Ledger.Live(ctx, id, policy.Withdrawable()...) {
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

// ended says why a copy may not stay, or "". Of a client who is in the source,
// the source's word of today counts; of one who is not, what was known when the
// copy was made.
func (r *run) ended(e ledger.Entry) string {
	over := func(t time.Time) bool { return !t.IsZero() && !r.Now.Before(t) }
	c := &r.census
	switch {
	case !c.seen(e.Pseudonym) && over(e.AccessUntil):
		return whyAccessEnded
	case !c.seen(e.Pseudonym) && len(c.unread) == 0:
		return whyGone
	case !c.seen(e.Pseudonym) || !r.has(policy.Kind(e.Kind)):
		return ""
	case !c.may(e.Pseudonym, e.Subject):
		return whyAccessEnded
	}
	if w, ok := c.answered[e.Subject]; ok && over(w.EndsAt(e.MadeAt)) {
		return whyAccessEnded
	}
	return ""
}

// remove takes a copy away, all of it that can be removed, and states that it
// did when nobody can fetch it any more. What a lock keeps is told. The record
// stays, as proof of what was made.
func (r *run) remove(ctx context.Context, e ledger.Entry, code string, taken bool) error {
	var kept error
	if !taken {
		kept = r.removeParts(ctx, e.Key)
		if kept != nil && !r.hidden(ctx, e.Key) {
			return kept
		}
	}
	gone := ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: r.Now, Code: code}
	return errors.Join(kept, r.Ledger.State(ctx, r.Book(), gone))
}

// hidden reports whether nothing of a copy can be fetched by its name.
func (s Settings) hidden(ctx context.Context, key store.Key) bool {
	for _, part := range parts(key) {
		if _, err := s.Store.Head(ctx, part); !errors.Is(err, store.ErrNotFound) {
			return false
		}
	}
	return true
}

// parts are a copy and what may lie beside it.
func parts(key store.Key) []store.Key {
	return []store.Key{key, store.SlotKey(key), store.PageKey(key)}
}

// removeParts removes a bundle and what lies beside it. It goes on past what
// cannot be removed.
func (s Settings) removeParts(ctx context.Context, key store.Key) error {
	var errs []error
	for _, part := range parts(key) {
		if err := s.Store.Remove(ctx, part); err != nil && !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
