package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/report"
)

// run is one batch on its way.
type run struct {
	Settings
	terms map[string]portal.Terms
	clock clock
	keys  sync.Map // public key text → seal.Recipient

	mu       sync.Mutex
	tally    tally
	seen     map[string]bool   // clients in the source, by pseudonym
	from     map[string]string // the file that a client was read from, by pseudonym
	entitled map[string]bool   // subjects that may have a copy now
	fallback map[string]string // of these, those of terugval: subject → portal
	progress Progress
}

// Run exports every client of the source and withdraws what nobody may have any
// more. The report is there whenever the run began, also beside an error. When
// ctx ends, the clients in flight are finished and the error wraps [ErrStopped].
func Run(ctx context.Context, s Settings) (report.Run, error) {
	r, refs, err := begin(ctx, s)
	if err != nil {
		return report.Run{}, err
	}
	if err := r.sweep(ctx); err != nil {
		return report.Run{}, err
	}
	r.shuffle(refs)
	runErr := r.batch(ctx, refs)
	if runErr == nil {
		runErr = r.withdraw(ctx)
	}
	if runErr == nil {
		runErr = r.site(ctx)
	}
	if err := s.sync(); runErr == nil {
		runErr = err
	}
	return r.report(runErr), runErr
}

// begin checks everything that must hold before the first client, and lists the source.
func begin(ctx context.Context, s Settings) (*run, []dossier.FileRef, error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	terms, err := s.pinTerms()
	if err != nil {
		return nil, nil, err
	}
	r := &run{Settings: s, terms: terms, seen: map[string]bool{}, from: map[string]string{}, entitled: map[string]bool{}, fallback: map[string]string{}, tally: newTally()}
	var refs []dossier.FileRef
	for ref, err := range s.Source.Clients(ctx) {
		if err != nil {
			return nil, nil, err
		}
		refs = append(refs, ref)
	}
	_, pixels := share(s.InFlight)
	r.Limits.Pixels = media.NewBudget(pixels)
	r.progress.Clients = len(refs)
	return r, refs, nil
}

// shuffle puts the clients in an order that only the secret and the run give, so
// that whoever watches the bucket cannot tell from the order of uploads which
// copy belongs to which client of an alphabetical source.
func (r *run) shuffle(refs []dossier.FileRef) {
	place := make(map[string]string, len(refs))
	for _, ref := range refs {
		place[ref.Path] = r.Secret.Pseudonym(r.RunID, ref.Path)
	}
	slices.SortFunc(refs, func(a, b dossier.FileRef) int {
		return cmp.Or(strings.Compare(place[a.Path], place[b.Path]), strings.Compare(a.Path, b.Path))
	})
}

// batch works through the clients with N workers. Memory is bounded by the
// bytes of the dossiers in flight, not by their number.
func (r *run) batch(ctx context.Context, refs []dossier.FileRef) error {
	budget, _ := share(r.InFlight)
	room := semaphore.NewWeighted(budget)
	g, stop := errgroup.WithContext(ctx) // stop ends when a worker meets a fatal error
	g.SetLimit(max(r.Workers, 1))
	for _, ref := range refs {
		weight := min(ref.Size*cost, budget)
		if room.Acquire(stop, weight) != nil {
			break
		}
		g.Go(func() error {
			defer room.Release(weight)
			// A client that is begun is finished, also after Ctrl-C.
			return r.client(context.WithoutCancel(ctx), ref)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ErrStopped
	}
	return nil
}

// client loads, plans and exports one client. It returns only errors that make
// going on with others pointless.
func (r *run) client(ctx context.Context, ref dossier.FileRef) error {
	results, err := r.clientResults(ctx, ref)
	if err != nil {
		results = append(results, Result{Outcome: Failed, Code: failureCode(err), Err: err})
	}
	r.count(ref, results)
	for _, res := range results {
		if res.Err != nil && fatal(res.Err) {
			return res.Err
		}
	}
	return nil
}

func (r *run) clientResults(ctx context.Context, ref dossier.FileRef) (results []Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %T", errPanic, p) // the value may quote client text
		}
	}()
	c, err := r.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !r.only(c) {
		return nil, errTwice
	}
	work, refused, err := policy.Plan(c.dossier, c.portal, r.Kinds, r.terms[c.portal.ID], r.Now)
	if err != nil {
		return nil, err
	}
	if err := r.remember(ctx, c, work); err != nil {
		return nil, err
	}
	for _, no := range refused {
		results = append(results, Result{Kind: no.Kind, Outcome: Refused, Code: string(no.Code)})
	}
	for _, w := range work {
		results = append(results, r.export(ctx, c, w))
	}
	return results, nil
}

func (r *run) load(ctx context.Context, ref dossier.FileRef) (client, error) {
	defer r.clock.start(stageRead)()
	d, err := r.Source.Load(ctx, ref)
	if err != nil {
		return client{}, err
	}
	p, ok := r.Portals[d.Portal]
	if !ok {
		return client{}, errUnknownPortal
	}
	return client{ref: ref, dossier: d, opener: r.Source.Opener(ref), portal: p}, nil
}

// only reports whether no other file holds this client: two would overwrite each
// other's copies.
func (r *run) only(c client) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	who := r.Secret.Pseudonym(c.portal.ID, string(c.dossier.Ref))
	if before, ok := r.from[who]; ok && before != c.ref.Path {
		return false
	}
	r.from[who] = c.ref.Path
	return true
}

// remember notes who may have a copy, before anything is made: what fails to be
// made today does not take away yesterday's.
func (r *run) remember(ctx context.Context, c client, work []policy.Work) error {
	allowed := work[:0:0]
	for _, w := range work {
		switch _, err := r.reader(ctx, c, w); {
		case fatal(err):
			return err
		case !errors.Is(err, errRevoked):
			allowed = append(allowed, w)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[r.Secret.Pseudonym(c.portal.ID, string(c.dossier.Ref))] = true
	for _, w := range allowed {
		subject := r.subject(c, w.Kind, w.GrantID+w.RequestID)
		r.entitled[subject] = true
		if w.Kind == policy.Terugval {
			r.fallback[subject] = c.portal.ID
		}
	}
	return nil
}

var (
	errTooManyMissing = errors.New("more attachments are missing than limits.max_missing allows")
	errTwice          = errors.New("another file holds this client too; neither can be trusted to be the whole record, leave one")
	errUnknownPortal  = errors.New("the dossier names a portal that the configuration does not have")
	errPanic          = errors.New("the program met a fault of its own")
)

// failureCode is the reason code of a failure in reports.
func failureCode(err error) string {
	for _, c := range []struct {
		is   error
		code string
	}{
		{errNoKey, "geen-sleutel"}, {errBadKey, "sleutel-onjuist"}, {errTooManyMissing, "te-veel-bijlagen-ontbreken"},
		{errUnknownPortal, "onbekend-portaal"}, {errTwice, "client-dubbel"}, {errPanic, "programmafout"}, {policy.ErrAccount, "telling-klopt-niet"},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	switch {
	case errors.Is(err, dossier.ErrUnreadable):
		return "dossier-onleesbaar"
	case fatal(err):
		return "opslag"
	}
	return "mislukt"
}

// Plan goes through the source and counts what [Run] would do, without making
// or storing anything.
func Plan(ctx context.Context, s Settings) (report.Run, error) {
	r, refs, err := begin(ctx, s)
	if err != nil {
		return report.Run{}, err
	}
	for _, ref := range refs {
		if ctx.Err() != nil {
			return r.report(ErrStopped), ErrStopped
		}
		r.count(ref, r.planned(ctx, ref))
	}
	return r.report(nil), nil
}

func (r *run) planned(ctx context.Context, ref dossier.FileRef) (results []Result) {
	c, err := r.load(ctx, ref)
	if err != nil {
		return []Result{{Outcome: Failed, Code: failureCode(err), Err: err}}
	}
	work, refused, err := policy.Plan(c.dossier, c.portal, r.Kinds, r.terms[c.portal.ID], r.Now)
	if err != nil {
		return []Result{{Outcome: Failed, Code: failureCode(err), Err: err}}
	}
	for _, no := range refused {
		results = append(results, Result{Kind: no.Kind, Outcome: Refused, Code: string(no.Code)})
	}
	for _, w := range work {
		results = append(results, r.plannedItem(c, w))
	}
	return results
}

func (r *run) plannedItem(c client, w policy.Work) Result {
	switch _, err := r.reader(context.Background(), c, w); {
	case errors.Is(err, errRevoked):
		return Result{Kind: w.Kind, Outcome: Refused, Code: whyRevoked}
	case err != nil:
		return Result{Kind: w.Kind, Outcome: Failed, Code: failureCode(err), Err: err}
	}
	v, err := policy.Decide(c.dossier, c.portal, w)
	if err != nil {
		return Result{Kind: w.Kind, Outcome: Failed, Code: failureCode(err), Err: err}
	}
	return Result{Kind: w.Kind, Outcome: Made, Review: v.Review()}
}
