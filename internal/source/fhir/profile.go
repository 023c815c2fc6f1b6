package fhir

import (
	"context"
	"errors"
	"maps"
	"slices"

	"inzage/internal/dossier"
)

// A Profile is what a source holds, for whoever sets it up: no names, no texts,
// only types, codes of labels, names of elements and counts.
type Profile struct {
	Clients    int            // clients that gave a dossier
	Failed     int            // clients that gave none
	Resources  int            // resources read
	Items      int            // items made; Parts + Items is Resources, but for Gaps
	Parts      int            // resources shown inside an item
	Entries    int            // Bundle entries without a resource
	Types      map[string]int // resources by type
	Labels     map[string]int // security labels by "system|code"
	Unmapped   map[string]int // elements that went to "Overige gegevens", by "Type.element"
	Modifiers  map[string]int // modifiers that nothing could read, by "Type.element"
	Unreadable map[string]int // resources that gave nothing, by reason
	Outcome    map[string]int // what the rules make of each type: "Type: getoond", "Type: verborgen", "Type: beoordelen"
	Twice      int            // clients whose reference an earlier client has too: one would take the other's place
	NoPatient  int            // resources of an export that belong to no patient; they enter no bundle
	Gaps       []string       // ways in which the delivery is not complete
}

func newProfile() *Profile {
	return &Profile{Types: map[string]int{}, Labels: map[string]int{}, Unmapped: map[string]int{}, Modifiers: map[string]int{}, Unreadable: map[string]int{}, Outcome: map[string]int{}}
}

// A Count is a row of a profile.
type Count struct {
	Name string
	N    int
}

// Sorted gives counts, the most frequent first.
func Sorted(m map[string]int) []Count {
	out := make([]Count, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, Count{k, m[k]})
	}
	slices.SortStableFunc(out, func(a, b Count) int { return b.N - a.N })
	return out
}

// Profile reads all clients and counts. One client that cannot be read does not stop it.
func (s *Source) Profile(ctx context.Context) (*Profile, error) {
	p := newProfile()
	known := map[dossier.ClientRef]bool{}
	for ref, err := range s.Clients(ctx) {
		if err != nil {
			return p, err
		}
		m, err := s.mapped(ctx, ref, p)
		switch {
		case ctx.Err() != nil:
			return p, ctx.Err()
		case errors.Is(err, dossier.ErrUnreadable):
			p.Failed++
			p.Unreadable["client: "+failure(err)]++
		case err != nil:
			return p, err
		default:
			p.Clients++
			if known[m.dossier.Ref] {
				p.Twice++
			}
			known[m.dossier.Ref] = true
			p.Items += len(m.m.made)
			p.Parts += len(m.rec.all) - len(m.m.made)
		}
	}
	if s.bulk != nil {
		p.NoPatient, p.Gaps = s.bulk.Orphans(), s.bulk.Gaps()
	}
	return p, nil
}

// failure is why a file could not be read, without a word of what is in it.
func failure(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Text
	}
	return "unreadable"
}

// The methods below take a nil Profile: then nothing is counted.

// count adds the resources of a record by type.
func (p *Profile) count(r *record) {
	if p == nil {
		return
	}
	p.Entries += r.notices
	for _, res := range r.all {
		p.Resources++
		p.Types[res.kind]++
	}
}

// unmapped counts an element that stood among the leftovers.
func (p *Profile) unmapped(kind, name string) {
	if p != nil {
		p.Unmapped[kind+"."+name]++
	}
}

// modifier counts a modifier element that nobody could read.
func (p *Profile) modifier(kind, name string) {
	if p != nil {
		p.Modifiers[kind+"."+name]++
	}
}

// label counts a security label as the source gives it.
func (p *Profile) label(system, code string) {
	if p != nil {
		p.Labels[system+"|"+code]++
	}
}

// item counts what the portal's rules make of one item.
func (p *Profile) item(c *cx) {
	if p == nil {
		return
	}
	v := &c.it.Visibility
	word := "verborgen"
	switch {
	case c.it.Unreadable != "":
		p.Unreadable[c.it.Unreadable]++
		word = "onleesbaar"
	case c.it.ClientRef != "":
		word = "van een ander"
	case slices.Contains(v.Labels, dossier.LabelReview):
		word = "beoordelen"
	case v.Portal == dossier.Yes && len(v.Audience)+len(v.Labels) > 0:
		word = "getoond aan sommigen"
	case v.Portal == dossier.Yes:
		word = "getoond"
	}
	p.Outcome[c.res.kind+": "+word]++
}
