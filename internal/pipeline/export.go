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
	"inzage/internal/portal"
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
	Kind    policy.Kind
	Outcome Outcome
	Code    string // reason of refused and failed
	Entry   ledger.Entry
	Review  int // items that wait for a human
	Missing int // attachments that are missing
	Pages   int
	Err     error // of failed; names no one
}

// export takes one work item through every stage after policy's plan.
func (r *run) export(ctx context.Context, c client, w policy.Work) Result {
	res := Result{Kind: w.Kind, Outcome: Made}
	err := r.exportSteps(ctx, c, w, &res)
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
	content := r.contentID(view, c.portal, rd)
	res.Entry, err = r.entry(c, w, view, content, rd)
	if err != nil {
		return err
	}
	old, ok, err := r.Ledger.Find(ctx, content)
	if err != nil {
		return err
	}
	if ok && slices.Equal(old.KeyIDs, rd.ids()) {
		res.Outcome, res.Entry = Unchanged, old
		return nil
	}
	j := job{client: c, view: view, reader: rd, again: ok}
	made, err := r.make(ctx, j, res)
	if err != nil {
		return err
	}
	defer made.Discard()
	return r.keep(ctx, j, made, &res.Entry)
}

// A job is one bundle on its way through the stages after policy.
type job struct {
	client
	view   policy.View
	reader reader
	again  bool // the same content stands there for a code that the reader no longer has
}

// contentID digests all that makes the bundle: what is shown, the portal's
// texts, the terms, who can open it, and this program's version. A reader's code
// is not in it: a new code opens the same content.
func (r *run) contentID(v policy.View, p *portal.Portal, rd reader) string {
	ids := rd.ids()
	if rd.byCode() {
		ids[len(ids)-1] = rd.code.Holder
	}
	w := v.Work()
	return r.Secret.ContentID([]byte(w.Kind), []byte(w.GrantID), []byte(w.RequestID), v.Canonical(), []byte(p.Digest),
		[]byte(w.Terms.SHA256), []byte(strings.Join(ids, " ")), []byte(r.Program), []byte(r.Signer.Fingerprint()))
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
		Pseudonym: r.Secret.Pseudonym(w.Portal, string(c.dossier.Ref)),
		Subject:   r.subject(c, w.Kind, w.GrantID+w.RequestID),
		ContentID: content, TermsVersion: w.Terms.Version, TermsSHA256: w.Terms.SHA256,
		Key: key, RecordKey: store.RecordKey(key), MadeAt: r.Now, AsOf: v.AsOf().Start(),
		AccessUntil: w.AccessUntil, Outcome: string(Made), Program: r.Program,
		Lock: r.lock(w),
	}
	if rd.byCode() && w.Kind == policy.Terugval {
		e.Key = store.FallbackKey(w.Portal, rd.code.Locator)
	}
	return e, nil
}

// subject names one audience of one client: what a newer copy replaces.
func (r *run) subject(c client, k policy.Kind, grant string) string {
	return r.Secret.Pseudonym(c.portal.ID, string(c.dossier.Ref)+"\x00"+string(k)+"\x00"+grant)
}

// lock is the retention of an archief object: until the portal's term is over,
// or a legal hold while the end of care is not known.
func (r *run) lock(w policy.Work) store.Lock {
	if w.Kind != policy.Archief {
		return store.Lock{}
	}
	if w.Retention.Hold || w.Retention.Until.IsZero() {
		return store.Lock{Hold: true}
	}
	return store.Lock{Mode: r.LockMode, Until: w.Retention.Until}
}

// make renders a view and seals the bundle into the spool.
func (r *run) make(ctx context.Context, j job, res *Result) (seal.Sealed, error) {
	set, err := r.prepare(ctx, j.client, j.view)
	if err != nil {
		return seal.Sealed{}, err
	}
	res.Missing = set.MissingCount()
	if r.MaxMissing >= 0 && res.Missing > r.MaxMissing {
		return seal.Sealed{}, fmt.Errorf("%d attachments: %w", res.Missing, errTooManyMissing)
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
	return media.Prepare(ctx, c.opener, shownItems(v), r.Limits)
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
	if v.Kind() != policy.Archief {
		m.Reader = r.holder(j.client, v.Work())
	}
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
