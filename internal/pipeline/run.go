package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/report"
)

// run is one batch on its way.
type run struct {
	Settings
	terms  map[string]portal.Terms
	clock  clock
	keys   sync.Map // public key text → seal.Recipient
	census census

	mu       sync.Mutex
	tally    tally
	holders  holders
	progress Progress
}

// Run exports every client of the source and withdraws what nobody may have any
// more. The order is the safety of it: first everything is read, then what must
// go goes, then the bucket is held against the ledger, and only then something is
// made. The report is there whenever the run began, also beside an error. When
// ctx ends, the clients in flight are finished and the error wraps [ErrStopped].
func Run(ctx context.Context, s Settings) (report.Run, error) {
	r, refs, err := begin(ctx, s)
	if err != nil {
		return report.Run{}, err
	}
	held, err := r.witnesses(ctx)
	if err != nil {
		return report.Run{}, err
	}
	r.shuffle(refs)
	err = r.stages(ctx, refs, held)
	if serr := s.sync(); err == nil {
		err = serr
	}
	return r.report(err), err
}

func (r *run) stages(ctx context.Context, refs []dossier.FileRef, held *inventory) error {
	for _, stage := range []func() error{
		func() error { return r.survey(ctx, refs) },
		func() error { return r.endReplaced(ctx) },
		func() error { return r.withdraw(ctx) },
		func() error { return r.reconcile(ctx, held) },
		func() error { return r.each(ctx, refs, r.client) },
		func() error { return r.supersede(ctx) },
		func() error { return r.clearLists(ctx) },
		func() error { return r.site(ctx) },
	} {
		if err := stage(); err != nil {
			return err
		}
	}
	return nil
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
	r := &run{Settings: s, terms: terms, census: newCensus(), holders: newHolders(), tally: newTally()}
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

// client exports one client. It returns only errors that make going on with
// others pointless.
func (r *run) client(ctx context.Context, ref dossier.FileRef) error {
	results, err := r.clientResults(ctx, ref)
	if err != nil {
		results = append(results, Result{Outcome: Failed, Code: failureCode(err), Err: err})
	}
	r.count(ref, results)
	for _, res := range results {
		if res.Err != nil && r.hopeless(ctx, res.Err) {
			return res.Err
		}
	}
	return nil
}

func (r *run) clientResults(ctx context.Context, ref dossier.FileRef) (results []Result, err error) {
	defer recovered(&err)
	c, work, refused, err := r.trusted(ctx, ref)
	if err != nil {
		return nil, err
	}
	for _, no := range refused {
		results = append(results, Result{Kind: no.Kind, Outcome: Refused, Code: string(no.Code)})
	}
	for _, w := range work {
		if !w.Answered {
			results = append(results, r.export(ctx, c, w))
		}
	}
	return results, nil
}

// trusted loads and plans a client as the survey did: one that gave nothing then,
// stands twice in the source or has changed since is not exported.
func (r *run) trusted(ctx context.Context, ref dossier.FileRef) (client, []policy.Work, []policy.Refused, error) {
	if err := r.census.unread[ref.Path]; err != nil {
		return client{}, nil, nil, err
	}
	c, err := r.load(ctx, ref)
	if err != nil {
		return client{}, nil, nil, err
	}
	switch who := r.clientOf(c); {
	case r.census.twice(who):
		return client{}, nil, nil, errTwice
	case !r.census.seen(who):
		return client{}, nil, nil, errChanged
	}
	work, refused, err := r.plan(c)
	return c, work, refused, err
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

// recovered turns a panic into an error that says nothing of the dossier: the
// value may quote client text.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %T", errPanic, p)
	}
}

var (
	errTooManyMissing = errors.New("more attachments are missing than limits.max_missing allows")
	errTwice          = errors.New("another dossier is this client's too, under the same reference or one that is written otherwise; neither can be trusted to be the whole record, leave one")
	errChanged        = errors.New("the dossier became another client's while the run went on; the next run reads it anew")
	errUnknownPortal  = errors.New("the dossier names a portal that the configuration does not have")
	errPanic          = errors.New("the program met a fault of its own")
)

// failureCode is the reason code of a failure in reports.
func failureCode(err error) string {
	for _, c := range []struct {
		is   error
		code string
	}{
		{errNoKey, "geen-sleutel"}, {errUnknown, string(whyUnknown)}, {errBadKey, "sleutel-onjuist"}, {errTooManyMissing, "te-veel-bijlagen-ontbreken"},
		{errUnknownPortal, "onbekend-portaal"}, {errTwice, "client-dubbel"}, {errChanged, "client-gewijzigd"}, {errPanic, "programmafout"}, {policy.ErrAccount, "telling-klopt-niet"},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	switch {
	case errors.Is(err, dossier.ErrUnreadable):
		return "dossier-onleesbaar"
	case ofStore(err):
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
	if err := r.survey(ctx, refs); err != nil {
		return r.report(err), err
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
	c, work, refused, err := r.trusted(ctx, ref)
	if err != nil {
		return []Result{{Outcome: Failed, Code: failureCode(err), Err: err}}
	}
	for _, no := range refused {
		results = append(results, Result{Kind: no.Kind, Outcome: Refused, Code: string(no.Code)})
	}
	for _, w := range work {
		if !w.Answered {
			results = append(results, r.plannedItem(c, w))
		}
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
	return Result{Kind: w.Kind, Outcome: Made, Review: v.Review(), Due: r.due(w)}
}
