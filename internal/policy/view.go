package policy

import (
	"cmp"
	"regexp"
	"slices"

	"inzage/internal/dossier"
)

// A View is what one reader sees of one dossier, and the account of what that
// reader does not see. Only [Decide] makes a view that shows anything; the zero
// View shows nothing. Callers must not alter what its methods return.
type View struct{ v *view }

type view struct {
	pol          Policy
	work         Work
	client       dossier.Person
	asOf         dossier.Date
	system       string
	relation     dossier.Relation
	sections     []dossier.Section
	items        map[dossier.Section][]dossier.Item
	counts       map[dossier.Section]Count
	held         map[heldKey]*Withheld
	withheld     []Withheld
	unreadable   map[Unreadable]int
	stoodFor     map[string]bool // ids of items in whose place a newer one is shown
	onlyInPortal int
	review       int // items that wait for a person, for the officers
	waiting      int // of these, what the reader may know
	masker       dossier.Masker
	total        Total
	canonical    []byte // dossier.json, written once: a view does not change
}

type heldKey struct {
	section dossier.Section
	ground  Code
	tell    bool
}

// A Count is the account of one section.
type Count struct {
	Shown      int `json:"shown"`
	Withheld   int `json:"withheld"`
	Unreadable int `json:"unreadable"`
}

// A Total is the account of a whole dossier; Read is the sum of the other three.
type Total struct{ Read, Shown, Withheld, Unreadable int }

// Withheld is how many items of a section are held back on one ground, and of
// what period. Tell is false when this reader may not know of them.
type Withheld struct {
	Section dossier.Section `json:"section"`
	Ground  Code            `json:"ground"`
	Count   int             `json:"count"`
	From    dossier.Date    `json:"from,omitzero"`
	Until   dossier.Date    `json:"until,omitzero"`
	Tell    bool            `json:"-"`
}

// Unreadable is items that the source could not read, by reason.
type Unreadable struct {
	Section dossier.Section `json:"section"`
	Reason  string          `json:"reason"`
	Count   int             `json:"count"`
}

// newView takes from the dossier, by name, what a copy may hold of it beside the
// items. The person who receives it is known by name and role alone.
func newView(d *dossier.Dossier, pol Policy, w Work, m mask) *view {
	v := &view{
		pol: pol, work: w, client: m.person(d.Client, w.FullBSN), asOf: d.AsOf, system: m.Text(d.System), relation: d.Relation,
		items: map[dossier.Section][]dossier.Item{}, counts: map[dossier.Section]Count{},
		held: map[heldKey]*Withheld{}, unreadable: map[Unreadable]int{}, stoodFor: map[string]bool{}, masker: m.Masker,
	}
	v.work.Recipient.Person = dossier.Person{Name: m.Text(w.Recipient.Person.Name), CallName: m.Text(w.Recipient.Person.CallName)}
	switch {
	case pol.LabelsKept:
	case w.AfterDeath, pol.NeedsGrant && w.Recipient.Audience == dossier.AudienceContact:
		// a contact, or who asks after a death, learns whose copy it is, not who
		// this person is or why care ends (B3, B9)
		v.client = dossier.Person{Name: v.client.Name, CallName: v.client.CallName}
		v.relation = dossier.Relation{}
	case pol.NeedsGrant:
		v.relation = dossier.Relation{Start: d.Relation.Start, Ended: d.Relation.Ended, End: d.Relation.End}
	default:
		v.relation.EndReason = m.Text(d.Relation.EndReason)
	}
	return v
}

func (v *view) show(it dossier.Item) {
	v.items[it.Section] = append(v.items[it.Section], it)
	v.count(it.Section, Count{Shown: 1})
}

// reasonForm is what a reason code looks like, with what part of the record it is about.
var reasonForm = regexp.MustCompile(`^[a-z0-9-]{1,60}(: [a-z0-9-]{1,60})?$`)

func (v *view) unread(it *dossier.Item) {
	reason := it.Unreadable
	if reason != "" && !reasonForm.MatchString(reason) { // a sentence could quote the record
		reason = "onleesbaar"
	}
	v.unreadable[Unreadable{Section: it.Section, Reason: reason}]++
	v.count(it.Section, Count{Unreadable: 1})
}

func (v *view) hold(it *dossier.Item, ground Code, tell bool) {
	key := heldKey{it.Section, ground, tell}
	h := v.held[key]
	if h == nil {
		h = &Withheld{Section: it.Section, Ground: ground, Tell: tell}
		v.held[key] = h
	}
	h.Count++
	if !it.Date.IsZero() {
		if h.From.IsZero() || it.Date.Compare(h.From) < 0 {
			h.From = it.Date
		}
		if h.Until.IsZero() || it.Date.Compare(h.Until) > 0 {
			h.Until = it.Date
		}
	}
	if ground == Replaced {
		v.stoodFor[v.masker.Text(it.ID)] = true
	}
	v.count(it.Section, Count{Withheld: 1})
}

func (v *view) count(s dossier.Section, c Count) {
	n := v.counts[s]
	v.counts[s] = Count{n.Shown + c.Shown, n.Withheld + c.Withheld, n.Unreadable + c.Unreadable}
	v.total.Shown += c.Shown
	v.total.Withheld += c.Withheld
	v.total.Unreadable += c.Unreadable
}

// finish puts everything in a fixed order: items from old to new, without a
// date last; grounds by section.
func (v *view) finish() {
	v.unlink()
	for _, list := range v.items {
		slices.SortStableFunc(list, func(a, b dossier.Item) int {
			return cmp.Or(a.Date.Compare(b.Date), a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, h := range v.held {
		v.withheld = append(v.withheld, *h)
	}
	rank := map[dossier.Section]int{}
	for i, s := range dossier.Sections() {
		rank[s] = i
	}
	slices.SortFunc(v.withheld, func(a, b Withheld) int {
		tell := func(w Withheld) int {
			if w.Tell {
				return 0
			}
			return 1
		}
		return cmp.Or(rank[a.Section]-rank[b.Section], cmp.Compare(a.Ground, b.Ground), tell(a)-tell(b))
	})
}

// unlink drops references to items that this reader does not see: an id alone
// would say that something is hidden. That a shown item replaces an older text
// is said (C8).
func (v *view) unlink() {
	if v.pol.LabelsKept {
		return
	}
	seen := map[string]bool{"": true}
	for id := range v.stoodFor {
		seen[id] = true
	}
	for _, list := range v.items {
		for i := range list {
			seen[list[i].ID] = true
		}
	}
	for _, list := range v.items {
		for i := range list {
			for _, id := range []*string{&list[i].Supersedes, &list[i].Corrects, &list[i].RelatesTo} {
				if !seen[*id] {
					*id = ""
				}
			}
		}
	}
}

// Work is the work item that the view was made for.
func (v View) Work() Work {
	if v.v == nil {
		return Work{}
	}
	return v.v.work
}

// Kind of bundle.
func (v View) Kind() Kind { return v.Work().Kind }

// Policy of the kind.
func (v View) Policy() Policy {
	if v.v == nil {
		return Policy{}
	}
	return v.v.pol
}

// Client is whose dossier it is, with the BSN masked unless it was asked for.
func (v View) Client() dossier.Person {
	if v.v == nil {
		return dossier.Person{}
	}
	return v.v.client
}

// AsOf is the moment of the source's data.
func (v View) AsOf() dossier.Date {
	if v.v == nil {
		return dossier.Date{}
	}
	return v.v.asOf
}

// System is the source system's name.
func (v View) System() string {
	if v.v == nil {
		return ""
	}
	return v.v.system
}

// Relation is the care relation.
func (v View) Relation() dossier.Relation {
	if v.v == nil {
		return dossier.Relation{}
	}
	return v.v.relation
}

// Has reports whether the reader has a right to a section. The others are
// absent from a copy and not named in it (B3).
func (v View) Has(s dossier.Section) bool { return slices.Contains(v.Sections(), s) }

// Sections that the reader has a right to, in document order.
func (v View) Sections() []dossier.Section {
	if v.v == nil {
		return nil
	}
	return v.v.sections
}

// Items shown in a section, from old to new; those without a date last.
func (v View) Items(s dossier.Section) []dossier.Item {
	if v.v == nil {
		return nil
	}
	return v.v.items[s]
}

// Count is the account of a section.
func (v View) Count(s dossier.Section) Count {
	if v.v == nil {
		return Count{}
	}
	return v.v.counts[s]
}

// Withheld is the account of what is held back, by section and ground. What has
// Tell false must not reach the reader in any form.
func (v View) Withheld() []Withheld {
	if v.v == nil {
		return nil
	}
	return v.v.withheld
}

// Unreadable is what the source could not read, by section. Of a section that
// the reader has no right to nothing is said (B3); the totals do count it. What
// stands in no section is told to who is told of everything.
func (v View) Unreadable() []Unreadable {
	if v.v == nil {
		return nil
	}
	var out []Unreadable
	for u, n := range v.v.unreadable {
		if !v.Has(u.Section) && (!v.v.pol.TellsWithheld || u.Section.Known()) {
			continue
		}
		u.Count = n
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b Unreadable) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// ImagesOnlyInPortal is how many pictures stay in the portal because others are,
// or may be, in them (C11).
func (v View) ImagesOnlyInPortal() int {
	if v.v == nil {
		return 0
	}
	return v.v.onlyInPortal
}

// Alerts are the shown items that a reader must not miss, in document order.
func (v View) Alerts() []dossier.Item {
	var out []dossier.Item
	for _, s := range v.Sections() {
		for _, it := range v.Items(s) {
			if it.Alert {
				out = append(out, it)
			}
		}
	}
	return out
}

// Waiting is how many items wait for a person's judgement, as far as the reader
// may know: in sections that the reader may see, and only in a kind that tells.
func (v View) Waiting() int {
	if v.v == nil {
		return 0
	}
	return v.v.waiting
}

// Masker masks what else goes into this reader's copy, as the view itself is masked.
func (v View) Masker() dossier.Masker {
	if v.v == nil {
		return dossier.Masker{}
	}
	return v.v.masker
}

// Review is how many items wait for a person's judgement: for officers, never
// for a copy.
func (v View) Review() int {
	if v.v == nil {
		return 0
	}
	return v.v.review
}

// TermsSeen reports whether the reader has logged in since the terms came into
// force, which is how they are accepted (A7). Opening a bundle is not.
func (v View) TermsSeen() bool {
	w := v.Work()
	return !w.LastLogin.IsZero() && !w.LastLogin.Start().Before(w.Terms.ValidFrom.Start())
}

// Total is the account of the whole dossier.
func (v View) Total() Total {
	if v.v == nil {
		return Total{}
	}
	return v.v.total
}

// told is what is held back as far as the reader may know.
func (v View) told() []Withheld {
	return slices.DeleteFunc(slices.Clone(v.Withheld()), func(w Withheld) bool { return !w.Tell })
}
