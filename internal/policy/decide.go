package policy

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// ErrAccount means that an item was neither shown, held back nor counted as
// unreadable. No bundle may be made; it is a fault of this program.
var ErrAccount = errors.New("policy: the counts of shown, withheld and unreadable items do not add up")

// ErrNumber means that a measured value is not a number that can be written.
var ErrNumber = errors.New("policy: a measured value is not a finite number")

// Decide makes the view of one work item: steps 5 to 7 of the decision
// procedure. The first thing that stands against an item is its ground.
func Decide(d *dossier.Dossier, p *portal.Portal, w Work) (View, error) {
	pol, err := For(w.Kind)
	if err != nil {
		return View{}, err
	}
	if err := ready(p, w.Terms, pol); err != nil {
		return View{}, err
	}
	if w.Client != d.Ref || w.Portal != p.ID || w.Recipient.Role == "" && (pol.NeedsGrant || pol.NeedsRequest) {
		return View{}, ErrWork
	}
	d = dossier.WithoutPlaceholders(d)
	j := judge{d: d, p: p, w: w, pol: pol, mask: mask{masker(d, pol, w)}}
	v := newView(d, pol, w, j.mask)
	v.sections = j.sections()
	j.judge()
	for i := range d.Items {
		j.item(v, &d.Items[i], j.grounds[i])
	}
	v.finish()
	if v.total.Read != len(d.Items) || v.total.Shown+v.total.Withheld+v.total.Unreadable != v.total.Read {
		return View{}, ErrAccount
	}
	v.canonical, err = json.Marshal(View{v}.copied())
	if err != nil { // a number that JSON has no word for; the text of the error may quote it
		return View{}, ErrNumber
	}
	return View{v}, nil
}

// A judge decides about the items of one dossier for one reader.
type judge struct {
	d       *dossier.Dossier
	p       *portal.Portal
	w       Work
	pol     Policy
	mask    mask
	grounds []Code // of each item; "" for what is shown
}

// sections are those that the reader has a right to, in document order.
func (j *judge) sections() []dossier.Section {
	var out []dossier.Section
	for _, s := range dossier.ItemSections() {
		if j.has(s) {
			out = append(out, s)
		}
	}
	return out
}

// judge finds every item's ground. What a shown item replaces or corrects is then
// held back too, unless such items go round in a circle.
func (j *judge) judge() {
	j.grounds = make([]Code, len(j.d.Items))
	at := make(map[string]int, len(j.d.Items))
	for i := range j.d.Items {
		j.grounds[i] = j.ground(&j.d.Items[i])
		at[j.d.Items[i].ID] = i
	}
	if j.pol.WithInvalid {
		return
	}
	older := func(i int) []int {
		var out []int
		for _, id := range []string{j.d.Items[i].Supersedes, j.d.Items[i].Corrects} {
			if k, ok := at[id]; ok && id != "" && k != i && j.grounds[k] == "" {
				out = append(out, k)
			}
		}
		return out
	}
	below := map[int]bool{} // items that a shown one stands in for
	for i, g := range j.grounds {
		if g == "" {
			for _, k := range older(i) {
				below[k] = true
			}
		}
	}
	var walk func(i int)
	walk = func(i int) {
		for _, k := range older(i) {
			j.grounds[k] = Replaced
			walk(k)
		}
	}
	for i, g := range j.grounds {
		if g == "" && !below[i] {
			walk(i)
		}
	}
}

// item enters one item into the view.
func (j *judge) item(v *view, it *dossier.Item, ground Code) {
	v.total.Read++
	if ground == unreadable {
		v.unread(it)
		return
	}
	if ground != "" {
		tell, queued := j.tells(it, ground), j.queued(ground)
		v.hold(it, ground, tell)
		if queued {
			v.review++
			if tell && j.pol.TellsWithheld {
				v.waiting++
			}
		}
		return
	}
	shown, pictures := j.present(it)
	v.onlyInPortal += pictures
	if pictures > 0 && len(shown.Attachments) == 0 && empty(shown.Body) {
		v.hold(it, WithOthers, j.pol.TellsWithheld) // elsewhere told by the count of pictures
		return
	}
	v.show(shown)
}

// unreadable is no ground but the third way that an item can end.
const unreadable Code = "\x00unreadable"

func empty(body []dossier.Block) bool {
	for _, b := range body {
		if strings.TrimSpace(b.Text) != "" || len(b.Rows) > 0 || len(b.Entries) > 0 {
			return false
		}
	}
	return true
}

// ground is why an item is held back, or "". The order is that of step 5: hard
// stops, the record's own flag, labels, section rights, the default.
func (j *judge) ground(it *dossier.Item) Code {
	if it.Unreadable != "" || !slices.Contains(recordSections, it.Section) {
		return unreadable
	}
	for _, ask := range []func(*dossier.Item) Code{j.hardStop, j.decided, j.flag, j.labels, j.rights, j.request} {
		if code := ask(it); code != "" {
			return code
		}
	}
	return ""
}

var recordSections = dossier.ItemSections()

// hardStop: what may never be shown as a fact of this client.
func (j *judge) hardStop(it *dossier.Item) Code {
	switch {
	case it.ClientRef != "" && !it.ClientRef.Same(j.d.Ref):
		return OtherClient
	case j.pol.WithInvalid:
		return "" // still stored personal data: shown, and marked
	case it.Status == dossier.StatusRemoved:
		return Removed
	case it.Status == dossier.StatusEnteredInError:
		return EnteredInError
	case it.Status == dossier.StatusDraft:
		return Draft
	}
	return ""
}

// decided: what a person has decided about this item: a refusal on a recorded
// ground, or the client's own wish to shield it, from the moment it was accepted
// and not thirty days later (C8); a moment that cannot be read has come.
func (j *judge) decided(it *dossier.Item) Code {
	vis := &it.Visibility
	switch {
	case j.pol.LabelsKept:
		return ""
	case vis.Refusal != nil && officerGrounds[vis.Refusal.Ground]:
		return Code(vis.Refusal.Ground)
	case vis.Refusal != nil:
		return WaitsForReview // a refusal without a ground in law is none
	case !vis.ShieldedFrom.IsZero() && (vis.ShieldedFrom.Placeholder() || !vis.ShieldedFrom.Start().After(j.w.Now)):
		return Shielded
	}
	return ""
}

// officerGrounds are the grounds that the law knows (RULES section 4.4).
var officerGrounds = map[string]bool{"avg-15-4": true, "uavg-41-1-i": true, "bw-7-456": true, "bw-7-457-3": true, "bw-7-458a": true}

// flag: nothing said means hidden. The access log has no flags: it is shown when
// it was asked for (Wabvpz art. 15e).
func (j *judge) flag(it *dossier.Item) Code {
	switch {
	case !j.pol.VisibleOnly, it.Visibility.Portal == dossier.Yes:
		return ""
	case it.Section == dossier.SectionAccessLog && j.w.WithLog && j.pol.NeedsRequest:
		return ""
	}
	switch g := labelGround(it.Visibility.Labels); g { // the label says better why
	case Internal, WaitsForReview:
		return g
	}
	return NotShared
}

// labelGround is the ground that labels give, in a fixed order: what a person must
// see first, what is for colleagues, what is about others, what is not for
// relatives. A label that we do not know waits for a person.
func labelGround(labels []dossier.Label) Code {
	var out Code
	rank := map[Code]int{WaitsForReview: 5, Internal: 4, ThirdParty: 3, Confidential: 2, NotRelatives: 1}
	for _, l := range labels {
		g := WaitsForReview
		switch l {
		case dossier.LabelInternal:
			g = Internal
		case dossier.LabelThirdParty:
			g = ThirdParty
		case dossier.LabelRestricted:
			g = Confidential
		case dossier.LabelNotRelatives:
			g = NotRelatives
		}
		if rank[g] > rank[out] {
			out = g
		}
	}
	return out
}

// labels: marks that narrow who may see an item (C4, C5).
func (j *judge) labels(it *dossier.Item) Code {
	if j.pol.LabelsKept {
		return ""
	}
	switch g := labelGround(it.Visibility.Labels); g {
	case "", NotRelatives:
		if g != "" && j.w.Recipient.Audience != dossier.AudienceClient {
			return g
		}
	case Internal:
		if !j.pol.Internal {
			return g
		}
	default:
		return g
	}
	aud := it.Visibility.Audience
	if len(aud) > 0 && !slices.Contains(aud, j.w.Recipient.Audience) {
		return NotShared
	}
	return ""
}

// rights: the sections that this reader may see, and of some sections only what
// is the reader's own.
func (j *judge) rights(it *dossier.Item) Code {
	switch {
	case !j.has(it.Section) && it.Section == dossier.SectionAccessLog && !j.w.WithLog:
		return NotAsked
	case !j.has(it.Section):
		return NoRight
	case !j.pol.LabelsKept && j.rule(it.Section) == portal.RuleOwn && !j.own(it):
		return NotShared
	}
	return ""
}

// request: only the period that was asked for; after death only what the ground
// concerns (BW 7:458a lid 3).
func (j *judge) request(it *dossier.Item) Code {
	w := &j.w
	if !w.From.IsZero() && (it.Date.IsZero() || it.Date.End().Before(w.From.Start())) ||
		!w.Until.IsZero() && (it.Date.IsZero() || !it.Date.Start().Before(w.Until.End())) {
		return OutsideRequest
	}
	return ""
}

// full reports whether the reader has the client's own view of the portal: the
// client, who acts for the client, or the first contact person to whom the
// holder has handed the credentials (Plan refuses one without).
func (j *judge) full() bool {
	r := &j.w.Recipient
	switch r.Audience {
	case dossier.AudienceClient, dossier.AudienceRepresentative:
		return true
	}
	return r.Role == dossier.RoleFirstContact && j.p.Access.FirstContactMayHold
}

// rule is the portal's default for a section and this reader. What is for
// representatives alone stays so, also for a contact with the credentials.
func (j *judge) rule(s dossier.Section) portal.Rule {
	rules := j.p.Sections[s]
	switch {
	case j.pol.NeedsRequest:
		return rules.AVG
	case j.full() && (rules.Contacts != portal.RuleRepresentative || j.w.Recipient.Audience != dossier.AudienceContact):
		return rules.Portal
	}
	return rules.Contacts
}

// has reports whether the reader has a right to a section at all.
func (j *judge) has(s dossier.Section) bool {
	switch {
	case j.pol.LabelsKept:
		return true
	case s == dossier.SectionAccessLog && !j.w.WithLog:
		return false
	case !j.inScope(s):
		return false
	case j.pol.NeedsRequest:
		return j.rule(s) != portal.RuleNo
	}
	switch j.rule(s) {
	case portal.RuleYes, portal.RuleFlag, portal.RuleOwn, portal.RuleScope, portal.RuleRequest:
		return true
	case portal.RuleRepresentative:
		return j.w.Recipient.Audience != dossier.AudienceContact
	}
	return false
}

// inScope: an empty scope means all that the role allows; for a contact it means
// nothing (B3).
func (j *judge) inScope(s dossier.Section) bool {
	scope := j.w.Recipient.Scope
	if len(scope) == 0 {
		return j.full() || j.pol.NeedsRequest
	}
	return slices.Contains(scope, s)
}

// own reports whether an item is the reader's own: a thread that he takes part
// in, the row about him, what he added. The client, and who stands in for the
// client, have the client's threads.
func (j *judge) own(it *dossier.Item) bool {
	refs := []string{j.w.Recipient.Person.Ref}
	if j.full() || j.pol.NeedsRequest {
		if it.Section != dossier.SectionMessages {
			return true
		}
		refs = append(refs, j.d.Client.Ref, "client")
		if slices.ContainsFunc(it.Participants, func(p string) bool { return p != "" && j.d.Ref.Same(dossier.ClientRef(p)) }) {
			return true
		}
	}
	for _, ref := range refs {
		if ref != "" && (it.AboutPerson == ref || slices.Contains(it.Participants, ref)) {
			return true
		}
	}
	return false
}

// tells reports whether the reader may know that something is held back. A count
// of internal or confidential notes would betray them; a contact is told nothing.
func (j *judge) tells(it *dossier.Item, ground Code) bool {
	if r := it.Visibility.Refusal; r != nil && r.Silent && !j.pol.LabelsKept {
		return false
	}
	switch {
	case j.pol.LabelsKept:
		return ground != NoRight
	case j.pol.TellsWithheld: // of the access log, that it was not asked for
		return j.has(it.Section) || it.Section == dossier.SectionAccessLog && !j.w.WithLog && j.inScope(it.Section)
	case j.w.Recipient.Audience == dossier.AudienceContact:
		return false
	case !j.has(it.Section):
		return false
	}
	return it.Visibility.Portal == dossier.Yes && (ground == ThirdParty || officerGrounds[string(ground)])
}

// queued reports whether a person has still to judge this item.
func (j *judge) queued(ground Code) bool {
	return ground == WaitsForReview || ground == NotRelatives && j.w.Recipient.Audience == dossier.AudienceRepresentative
}
