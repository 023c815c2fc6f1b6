package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/store"
)

var (
	// ErrBehind means that the bucket tells of things that the ledger has never
	// heard of. A run would take the absence of a copy in the ledger for its absence.
	ErrBehind = errors.New("the bucket holds facts and the ledger never heard of it; make the ledger again from the bucket with: inzage reindex")
	// ErrEarlier means that the clock was set back: a copy that had to go since
	// would come back.
	ErrEarlier = errors.New("this moment lies before the latest fact in the bucket; set the clock of this machine right")
)

// Codes of what was found in the bucket and was not as the ledger has it.
const (
	codeNotRemoved = "niet-verwijderd"      // a copy that had to go could not be removed
	codeNotStored  = "niet-opgeslagen"      // a public text could not be put in its place
	codeFactGone   = "feit-weg"             // a statement that the ledger knows was removed
	codeFact       = "feit-onleesbaar"      // a record, code or statement that is rotten or forged
	codeMissing    = "kopie-weg"            // a copy that had to stand there does not
	codeAltered    = "kopie-veranderd"      // other bytes stand there
	codeReturned   = "kopie-teruggezet"     // a copy that was taken away stands there again
	codeDiffers    = "opslag-spreekt-tegen" // the store says one thing and another
	codeShadowed   = "kopie-verdrongen"     // another object stands in front of a locked copy
)

// An inventory is what one listing of the bucket says.
type inventory struct {
	size    map[store.Key]int64 // objects that are parts of copies
	unknown []store.Info        // facts that the ledger does not know, or has otherwise
	missing []store.Key         // facts that the ledger knows and the listing lacks
	last    time.Time           // of the latest run that reported; zero: none
}

// witnesses asks the two witnesses, the bucket and the ledger, before anything is
// done. A ledger that knows nothing of a bucket with facts ends the run; facts
// that are newer than the ledger are taken in, and a moment before the latest
// fact ends the run too.
func (r *run) witnesses(ctx context.Context) (*inventory, error) {
	if err := r.clearSpool(); err != nil {
		return nil, err
	}
	in, err := r.inventory(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.takeIn(ctx, in.unknown); err != nil {
		return nil, err
	}
	return in, r.notEarlier(ctx, in.last)
}

// notEarlier refuses a moment before what is known to have happened.
func (s Settings) notEarlier(ctx context.Context, last time.Time) error {
	latest, err := s.Ledger.Latest(ctx)
	if err != nil {
		return err
	}
	if last.After(latest) {
		latest = last
	}
	if s.Now.Before(latest) && !s.AllowEarlier {
		return fmt.Errorf("%s, the latest fact %s: %w", s.Now.UTC().Format(time.RFC3339), latest.UTC().Format(time.RFC3339), ErrEarlier)
	}
	return nil
}

// takeIn enters facts that the bucket has and the ledger lacks or has otherwise:
// after a run that was killed, when an older ledger was put back, when another
// machine was at work. A ledger that never belonged to this bucket is no witness.
func (r *run) takeIn(ctx context.Context, list []store.Info) error {
	joined, err := r.Ledger.Joined(ctx)
	if err != nil {
		return err
	}
	if !joined && len(list) > 0 {
		return fmt.Errorf("%d facts: %w", len(list), ErrBehind)
	}
	if err := r.Ledger.Join(ctx, r.Book(), r.Now); err != nil || len(list) == 0 {
		return err
	}
	var unknown []store.Key
	var changed []ledger.Known
	for _, in := range list {
		known, ok, err := r.Ledger.Fact(ctx, in.Key)
		if err != nil {
			return err
		}
		if ok {
			changed = append(changed, known)
		} else {
			unknown = append(unknown, in.Key)
		}
	}
	if err := r.enter(ctx, unknown); err != nil {
		return err
	}
	if err := together(ctx, r.Workers, changed, r.restateOne); err != nil {
		return err
	}
	return r.Ledger.Listed(ctx, list)
}

// enter takes facts into the ledger that it does not know.
func (r *run) enter(ctx context.Context, keys []store.Key) error {
	if len(keys) == 0 {
		return nil
	}
	n, bad, err := r.Ledger.TakeIn(ctx, r.Book(), keys)
	if err != nil {
		return err
	}
	r.tally.takenIn += n
	for _, fault := range bad {
		r.trouble("", codeFact, "", fault)
	}
	return nil
}

// inventory lists what belongs to this run's portals, beside the facts that the
// ledger knows, and the runs.
func (r *run) inventory(ctx context.Context) (*inventory, error) {
	in := &inventory{size: map[store.Key]int64{}}
	for _, id := range r.PortalIDs() {
		unknown, missing, err := r.Ledger.Compare(ctx, id+"/", in.noting(r.Store.List(ctx, id+"/")))
		if err != nil {
			return nil, err
		}
		in.unknown, in.missing = append(in.unknown, unknown...), append(in.missing, missing...)
	}
	for o, err := range r.Store.List(ctx, store.Runs+"/") {
		if err != nil {
			return nil, err
		}
		if t := runMoment(o.Key); t.After(in.last) {
			in.last = t
		}
	}
	return in, nil
}

// noting passes a listing on and notes what is part of a copy.
func (in *inventory) noting(list iter.Seq2[store.Info, error]) iter.Seq2[store.Info, error] {
	return func(yield func(store.Info, error) bool) {
		for o, err := range list {
			if err == nil && partOf(o.Key) != "" {
				in.size[o.Key] = o.Size
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// partOf is the key of the copy that an object is part of, itself included, or ""
// for a statement and what stands elsewhere.
func partOf(key store.Key) store.Key {
	if strings.HasSuffix(string(key), ".age") || strings.HasSuffix(string(key), ".html") {
		return key.Bundle()
	}
	return ""
}

// runMoment reads the moment of a run from the key of its report.
func runMoment(k store.Key) time.Time {
	id, _, _ := strings.Cut(strings.TrimPrefix(string(k), store.Runs+"/"), "/")
	moment, _, _ := strings.Cut(id, "-")
	t, err := time.Parse("20060102t150405z", moment)
	if err != nil {
		return time.Time{}
	}
	return t
}

// clearSpool removes what a run that was killed left there.
func (r *run) clearSpool() error {
	spooled, err := filepath.Glob(filepath.Join(r.Spool, "spool-*.age"))
	if err != nil {
		return err
	}
	for _, name := range spooled {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// reconcile holds the bucket against the ledger. A copy of which the bucket has
// nothing, or other bytes, is forgotten, so that it is made again, and told; a
// statement that is gone or altered is stated again; what stands in the bucket and
// may not is removed. Where the bucket says two things, nothing is concluded.
func (r *run) reconcile(ctx context.Context, in *inventory) error {
	if err := r.restate(ctx, in); err != nil {
		return err
	}
	owned := map[store.Key]bool{}
	var turn []ledger.Entry
	for _, id := range r.PortalIDs() {
		for e, err := range r.Ledger.Live(ctx, id) {
			if err != nil {
				return err
			}
			for _, p := range parts(e.Key) {
				owned[p] = true
			}
			if r.doubtful(in, e) || e.Kind == string(policy.Terugval) || r.turnOf(e.BundleID, in.last) {
				turn = append(turn, e)
			}
		}
	}
	if err := together(ctx, r.Workers, turn, r.examine); err != nil {
		return err
	}
	return r.strangers(ctx, in, owned)
}

// together does one thing for each of a list, several at a time.
func together[T any](ctx context.Context, workers int, list []T, do func(context.Context, T) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(2 * max(workers, 1))
	for _, v := range list {
		g.Go(func() error { return do(gctx, v) })
	}
	return g.Wait()
}

// doubtful reports whether the listing does not have a copy as it must stand there.
func (r *run) doubtful(in *inventory, e ledger.Entry) bool {
	if size, ok := in.size[e.Key]; !ok || size != e.Size {
		return true
	}
	for _, p := range e.Parts {
		if size, ok := in.size[p.Key]; !ok || size != p.Size {
			return true
		}
	}
	return false
}

// week is in how many days everything is looked at that no listing shows the
// bytes of.
const week = 7

// turnOf reports whether something is looked at in this run: on one day of the
// week, or because that day has passed without a run.
func (r *run) turnOf(name string, last time.Time) bool {
	today, before := day(r.Now), day(last)
	if last.IsZero() || today-before >= week {
		return true
	}
	slot := 0
	for _, c := range []byte(name) {
		slot += int(c)
	}
	for d := min(before+1, today); d <= today; d++ {
		if slot%week == d%week {
			return true
		}
	}
	return false
}

func day(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }

// restate looks at the statements whose turn it is, and at those that the listing
// lacks, and states again what is gone, rotten or forged.
func (r *run) restate(ctx context.Context, in *inventory) error {
	var turn []ledger.Known
	for _, id := range r.PortalIDs() {
		for k, err := range r.Ledger.Facts(ctx, id+"/") {
			if err != nil {
				return err
			}
			if slices.Contains(in.missing, k.Key) || r.turnOf(string(k.Key), in.last) {
				turn = append(turn, k)
			}
		}
	}
	return together(ctx, r.Workers, turn, r.restateOne)
}

// newer takes in a statement that verifies and is not the one that the ledger knows.
// It reports whether it counts: an older one that was put back does not.
func (r *run) newer(ctx context.Context, key store.Key) bool {
	n, bad, err := r.Ledger.TakeIn(ctx, r.Book(), []store.Key{key})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally.takenIn += n
	return err == nil && n == 1 && len(bad) == 0
}

func (r *run) restateOne(ctx context.Context, k ledger.Known) error {
	body, err := r.Book().Get(ctx, k.Key)
	sum := sha256.Sum256(body)
	code := codeFact
	switch {
	case err == nil && hex.EncodeToString(sum[:]) == k.SHA256:
		return nil
	case err == nil && r.newer(ctx, k.Key):
		return nil
	case errors.Is(err, store.ErrNotFound):
		code = codeFactGone
	case err != nil && !fact.Bad(err):
		if r.hopeless(ctx, err) {
			return err
		}
		r.trouble("", codeDiffers, k.Key, err)
		return nil
	}
	err = r.retried(func() error { return r.Ledger.Restate(ctx, r.Book(), k.Key) })
	switch {
	case err == nil:
		r.found("", code)
	case r.hopeless(ctx, err):
		return err
	default:
		r.trouble("", code, k.Key, err)
	}
	return nil
}
