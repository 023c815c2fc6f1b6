package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"inzage/internal/bundle"
	"inzage/internal/compose"
	"inzage/internal/document"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/render/html"
	"inzage/internal/render/pdf"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// An Outcome is how one work item ended.
type Outcome string

const (
	Made      Outcome = "made"
	Unchanged Outcome = "unchanged" // the same content is in the store already
	Refused   Outcome = "refused"   // validly: somebody may not have this
	Failed    Outcome = "failed"
	Withdrawn Outcome = "withdrawn"
)

// A Result is what became of one work item, without anybody's name.
type Result struct {
	Kind     policy.Kind
	Outcome  Outcome
	Code     string // reason of refused and failed
	Entry    ledger.Entry
	Review   int // items that wait for a human
	Missing  int // attachments that are missing
	Starting int // attachments that can start something
	Pages    int
	Due      bool  // of archief: its retention term is over
	Err      error // of failed; names no one
}

// export takes one work item through every stage after policy's plan.
func (r *run) export(ctx context.Context, c client, w policy.Work) Result {
	res := Result{Kind: w.Kind, Outcome: Made, Due: r.due(w)}
	err := r.retried(func() error { return r.exportSteps(ctx, c, w, &res) })
	if err != nil {
		res.Outcome, res.Code, res.Err = Failed, failureCode(err), err
	}
	return res
}

func (r *run) exportSteps(ctx context.Context, c client, w policy.Work, res *Result) error {
	rd, err := r.reader(ctx, c, w)
	if errors.Is(err, errRevoked) {
		res.Outcome, res.Code = Refused, whyRevoked
		return nil
	}
	if err != nil {
		return err
	}
	stop := r.clock.start(stagePolicy)
	view, err := policy.Decide(c.dossier, c.portal, w)
	stop()
	if err != nil {
		return err
	}
	res.Review = view.Review()
	content, err := r.contentID(c, w, view, rd)
	if err != nil {
		return err
	}
	res.Entry, err = r.entry(c, w, view, content, rd)
	if err != nil {
		return err
	}
	old, ok, err := r.Ledger.Find(ctx, content)
	if err != nil {
		return err
	}
	if ok && r.stands(old, res.Entry, rd) {
		res.Outcome, res.Entry = Unchanged, old
		return nil
	}
	j := job{client: c, view: view, reader: rd, holder: r.holder(c, w), again: ok}
	made, err := r.make(ctx, j, res)
	if err != nil {
		return err
	}
	defer made.Discard()
	if err := r.keep(ctx, j, made, &res.Entry); err != nil {
		return err
	}
	// The new copy is stated: what cannot be removed of the old is told, and the next
	// run removes it, for nothing speaks of it any more.
	err = r.retried(func() error { return r.leave(ctx, old, res.Entry) })
	if err != nil && !fatal(err) {
		r.trouble(w.Kind, codeNotRemoved, old.Key, err)
		err = nil
	}
	return err
}

// A job is one bundle on its way through the stages after policy.
type job struct {
	client
	view   policy.View
	reader reader
	holder string // of the work item: a view does not hold all that names a person
	again  bool   // the same content stands there for a code that the reader no longer has
}

// stands reports whether a copy with this content may stay as it is: the same
// people open it and its access ends at the same moment. A copy that is kept for
// a term stays whoever holds the keys today.
func (r *run) stands(old, now ledger.Entry, rd reader) bool {
	return policy.Kept(policy.Kind(old.Kind)) || slices.Equal(old.KeyIDs, rd.ids()) && old.AccessUntil.Equal(now.AccessUntil)
}

// contentID digests all that makes the bundle: whose and for whom it is, what is
// shown, the portal's texts, the terms, who can open it, and this program's
// version. A reader's code is not in it: a new code opens the same content. A copy that is kept for a term
// depends on the record's items alone, so that the same record gives the same
// copy for ever, whatever texts, keys and dates of delivery become.
func (r *run) contentID(c client, w policy.Work, v policy.View, rd reader) (string, error) {
	if policy.Kept(w.Kind) {
		record, err := v.Record()
		return r.Secret.ContentID([]byte(w.Kind), []byte(c.portal.ID), []byte(r.clientOf(c)), record), err
	}
	ids := rd.ids()
	if rd.byCode() {
		ids[len(ids)-1] = rd.code.Holder
	}
	return r.Secret.ContentID([]byte(r.subject(c, w)), v.Canonical(), []byte(c.portal.Digest),
		[]byte(w.Terms.SHA256), []byte(strings.Join(ids, " ")), []byte(r.Program), []byte(r.Signer.Fingerprint())), nil
}

// entry is the record of the bundle as far as it is known before it is made.
func (r *run) entry(c client, w policy.Work, v policy.View, content string, rd reader) (ledger.Entry, error) {
	id, err := seal.BundleID(content)
	if err != nil {
		return ledger.Entry{}, err
	}
	key := store.BundleKey(w.Portal, string(w.Kind), r.Now, id)
	e := ledger.Entry{
		BundleID: id, RunID: r.RunID, Portal: w.Portal, Kind: string(w.Kind),
		Pseudonym: r.clientOf(c),
		Subject:   r.subject(c, w),
		ContentID: content, TermsVersion: w.Terms.Version, TermsSHA256: w.Terms.SHA256,
		Key: key, RecordKey: store.RecordKey(key), MadeAt: r.Now, AsOf: v.AsOf().Start(),
		AccessUntil: w.EndsAt(r.Now), Program: r.Program,
		Lock: r.lock(w),
	}
	if rd.byCode() && w.Kind == policy.Terugval {
		e.Key = store.FallbackKey(w.Portal, rd.code.Locator)
	}
	return e, nil
}

// subject names one kind of copy for one holder under one grant or request of
// one client: what a newer copy replaces.
func (r *run) subject(c client, w policy.Work) string {
	return r.Secret.Pseudonym(c.portal.ID, "subject", c.dossier.Ref.Normal(), string(w.Kind), w.GrantID, w.RequestID, r.holder(c, w))
}

// lock is the retention of an archief object: until the end of the year in which
// the portal's term is over, for the day tells when care ended; or a legal hold
// while the end of care is not known. A term that is over needs no lock.
func (r *run) lock(w policy.Work) store.Lock {
	switch {
	case !policy.Kept(w.Kind) || r.due(w):
		return store.Lock{}
	case w.Retention.Hold || w.Retention.Until.IsZero():
		return store.Lock{Hold: true}
	}
	return store.Lock{Mode: r.LockMode, Until: w.Retention.Until}.Rounded()
}

// due reports whether the term of a copy is over already: it may be destroyed.
func (r *run) due(w policy.Work) bool {
	t := w.Retention
	return policy.Kept(w.Kind) && !t.Hold && !t.Until.IsZero() && !r.Now.Before(t.Until)
}

// make renders a view and seals the bundle into the spool.
func (r *run) make(ctx context.Context, j job, res *Result) (seal.Sealed, error) {
	set, err := r.prepare(ctx, j.client, j.view)
	if err != nil {
		return seal.Sealed{}, err
	}
	res.Missing, res.Starting = set.MissingCount(), set.StartingCount()
	if lost := res.Missing - set.LeftOutCount(); r.MaxMissing >= 0 && lost > r.MaxMissing {
		return seal.Sealed{}, fmt.Errorf("%d attachments: %w", lost, errTooManyMissing)
	}
	fhirJSON, err := r.originals(ctx, j)
	if err != nil {
		return seal.Sealed{}, err
	}
	contents, err := r.render(j, set, fhirJSON, res.Entry)
	if err != nil {
		return seal.Sealed{}, err
	}
	contents.Pad = j.view.Kind() == policy.Terugval
	if r.Signer.Valid() {
		contents.Sign = r.Signer.Sign
	}
	res.Pages = contents.Manifest.Pages
	defer r.clock.start(stageSeal)()
	return seal.Seal(r.Spool, j.reader.keys, func(w io.Writer) error {
		_, err := bundle.Write(ctx, w, contents)
		return err
	})
}

func (r *run) prepare(ctx context.Context, c client, v policy.View) (*media.Set, error) {
	defer r.clock.start(stageMedia)()
	return media.Prepare(ctx, c.opener, shownItems(v), r.limits(c.portal, v.Kind()))
}

// render draws the document in all its forms.
func (r *run) render(j job, set *media.Set, fhirJSON []byte, e ledger.Entry) (bundle.Contents, error) {
	v, p := j.view, j.portal
	o := compose.Options{Media: set, BundleID: e.BundleID, Program: r.Program, FHIR: fhirJSON != nil}
	stop := r.clock.start(stageCompose)
	doc, err := compose.Compose(v, p, o)
	stop()
	if err != nil {
		return bundle.Contents{}, err
	}
	readMe, err := compose.ReadMe(v, p, o)
	if err != nil {
		return bundle.Contents{}, err
	}
	data, err := v.MarshalJSON()
	if err != nil {
		return bundle.Contents{}, err
	}
	pages, pdfBytes, htmlBytes, err := r.draw(doc, data)
	if err != nil {
		return bundle.Contents{}, err
	}
	m := describe(v, p, set, e)
	m.Pages = pages
	m.Reader = j.holder
	files := []bundle.File{
		{Path: "dossier.pdf", Data: pdfBytes}, {Path: "dossier.html", Data: htmlBytes},
		{Path: "dossier.json", Data: data}, {Path: "LEESMIJ.txt", Data: readMe},
	}
	if fhirJSON != nil {
		files = append(files, bundle.File{Path: "fhir.json", Data: fhirJSON})
	}
	return bundle.Contents{ID: e.BundleID, Made: r.Now, Manifest: m, Files: append(files, attachments(set)...)}, nil
}

func (r *run) draw(doc *document.Document, data []byte) (pages int, pdfBytes, htmlBytes []byte, err error) {
	var p, h bytes.Buffer
	stop := r.clock.start(stagePDF)
	stats, err := pdf.Render(&p, doc, pdf.Options{Data: data})
	stop()
	if err != nil {
		return 0, nil, nil, err
	}
	defer r.clock.start(stageHTML)()
	if err := html.Render(&h, doc); err != nil {
		return 0, nil, nil, err
	}
	return stats.Pages, p.Bytes(), h.Bytes(), nil
}

func attachments(set *media.Set) []bundle.File {
	var out []bundle.File
	for _, f := range set.Files() {
		if f.Missing == "" {
			out = append(out, bundle.File{Path: f.Path, Open: f.Open})
		}
	}
	return out
}

// A stage is a part of the work whose share of the time is reported.
type stage int

const (
	stageRead stage = iota
	stagePolicy
	stageMedia
	stageCompose
	stagePDF
	stageHTML
	stageSeal
	stageStore
	stages
)

// StageNames are the names of the stages in [report.Run].Stages.
var StageNames = [stages]string{"read", "policy", "attachments", "compose", "pdf", "html", "zip and seal", "store"}
