package pipeline

import (
	"sort"

	"inzage/internal/bundle"
	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// describe fills in the manifest: what is inside, and what this reader may know
// of what is not.
func describe(v policy.View, p *portal.Portal, set *media.Set, e ledger.Entry) bundle.Manifest {
	w := v.Work()
	m := bundle.Manifest{
		BundleID: e.BundleID, Kind: e.Kind, Portal: e.Portal, Organisation: p.Organisation,
		Program: e.Program, Made: e.MadeAt, AsOf: v.AsOf().String(), Client: v.Client().Name,
		Recipient: bundle.RecipientEntry{
			Name: w.Recipient.Person.Name, Role: string(w.Recipient.Role),
			Audience: string(w.Recipient.Audience), Scope: sectionNames(w.Recipient.Scope),
		},
		Terms: bundle.TermsEntry{
			Version: w.Terms.Version, ValidFrom: w.Terms.ValidFrom.String(), SHA256: w.Terms.SHA256, URL: w.Terms.URL,
		},
		Disclaimer: p.Disclaimer.SHA256,
		Waiting:    v.Waiting(), OnlyInPortal: v.ImagesOnlyInPortal(),
		Attachments: listAttachments(set), Sources: sources(v),
	}
	m.Sections, m.Totals = account(v)
	return m
}

func sectionNames(list []dossier.Section) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// account counts by section. Grounds that the reader may not know of are left
// out, so that a count never betrays a hidden note (rules C4, C5).
func account(v policy.View) ([]bundle.SectionEntry, bundle.CountEntry) {
	grounds := map[dossier.Section][]bundle.GroundEntry{}
	for _, h := range v.Withheld() {
		if h.Tell || v.Kind() == policy.Archief {
			grounds[h.Section] = append(grounds[h.Section], bundle.GroundEntry{Ground: string(h.Ground), Count: h.Count})
		}
	}
	var list []bundle.SectionEntry
	var total bundle.CountEntry
	for _, s := range v.Sections() {
		e := bundle.SectionEntry{Section: string(s), Grounds: grounds[s]}
		n := v.Count(s)
		e.Counts.Shown, e.Counts.Unreadable = n.Shown, n.Unreadable
		for _, g := range e.Grounds {
			e.Counts.Withheld += g.Count
		}
		total.Shown += e.Counts.Shown
		total.Withheld += e.Counts.Withheld
		total.Unreadable += e.Counts.Unreadable
		list = append(list, e)
	}
	return list, total
}

func listAttachments(set *media.Set) []bundle.Attachment {
	var out []bundle.Attachment
	for _, f := range set.Files() {
		a := bundle.Attachment{Name: f.Attachment.Name, MIME: f.MIME, Missing: string(f.Missing)}
		for _, s := range f.Starts {
			a.Starts = append(a.Starts, string(s))
		}
		if f.Missing == "" {
			a.Path, a.Size, a.SHA256, a.Pages = "data/"+f.Path, f.Size, f.SHA256, f.Pages
		} else {
			a.MIME = f.Attachment.MIME
		}
		out = append(out, a)
	}
	return out
}

// sources counts the shown items by the system that they came from.
func sources(v policy.View) []bundle.SourceEntry {
	count := map[string]int{}
	for _, it := range shownItems(v) {
		name := v.System()
		if len(it.Sources) > 0 && it.Sources[0].System != "" {
			name = it.Sources[0].System
		}
		count[name]++
	}
	out := make([]bundle.SourceEntry, 0, len(count))
	for name, n := range count {
		out = append(out, bundle.SourceEntry{System: name, Items: n})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].System < out[j].System })
	return out
}

// shownItems are all items of a view in document order.
func shownItems(v policy.View) []dossier.Item {
	var out []dossier.Item
	for _, s := range v.Sections() {
		out = append(out, v.Items(s)...)
	}
	return out
}
