package fhir

import (
	"context"
	"sort"

	"inzage/internal/source/fhir/r4"
)

// A Profile tells an operator what an input holds, without a word of any
// client: counts of types, marks, elements that no row reads, faults.
type Profile struct {
	Clients    int                     `json:"clients"`
	NoClient   map[string]int          `json:"noClient,omitempty"` // files that give no dossier, by reason
	Account    Account                 `json:"account"`
	Types      map[string]*TypeProfile `json:"types"`
	Marks      map[string]int          `json:"marks,omitempty"`    // "system|code"
	Effects    map[string]Effect       `json:"effects,omitempty"`  // what the rules do with each mark
	Unmapped   map[string]int          `json:"unmapped,omitempty"` // element paths in "Overige gegevens"
	Notes      map[string]int          `json:"notes,omitempty"`    // tolerated faults
	Stops      map[string]int          `json:"stops,omitempty"`    // why items are not shown as facts
	Unreadable map[string]int          `json:"unreadable,omitempty"`
	NoPatient  map[string]int          `json:"noPatient,omitempty"` // of a bulk export, by type
}

// A TypeProfile counts the resources of one type.
type TypeProfile struct {
	Count   int    `json:"count"`
	Shown   bool   `json:"shownByDefault"` // by the rule for the type
	Mapped  bool   `json:"mapped"`
	Section string `json:"section"` // of the last one seen
}

func newProfile() *Profile {
	return &Profile{NoClient: map[string]int{}, Types: map[string]*TypeProfile{}, Marks: map[string]int{}, Effects: map[string]Effect{}, Unmapped: map[string]int{}, Notes: map[string]int{}, Stops: map[string]int{}, Unreadable: map[string]int{}, NoPatient: map[string]int{}}
}

func (p *Profile) count(r *r4.Resource, res *r4.Result, rules Rules) {
	t := p.Types[r.Type]
	if t == nil {
		t = &TypeProfile{Mapped: !res.Unmapped, Section: string(res.Item.Section)}
		t.Shown = Rules{Show: rules.Show}.shows(r.Type)
		p.Types[r.Type] = t
	}
	t.Count++
	for _, k := range marks(r) {
		name := k.system + "|" + k.code
		p.Marks[name]++
		p.Effects[name] = rules.effect(k)
	}
	for _, l := range res.Left {
		p.Unmapped[l]++
	}
	for _, n := range res.Notes {
		p.Notes[n]++
	}
	for _, s := range res.Stops {
		p.Stops[s]++
	}
}

func (p *Profile) broken(why string) { p.Unreadable[why]++ }

// add takes in the profile of one client.
func (p *Profile) add(r *Record) {
	p.Clients++
	a, b := &p.Account, r.Account
	a.Read, a.Items, a.Parts, a.Same, a.Unreadable = a.Read+b.Read, a.Items+b.Items, a.Parts+b.Parts, a.Same+b.Same, a.Unreadable+b.Unreadable
	a.Foreign, a.Older, a.Empty, a.Deleted = a.Foreign+b.Foreign, a.Older+b.Older, a.Empty+b.Empty, a.Deleted+b.Deleted
	for name, t := range r.Profile.Types {
		if have := p.Types[name]; have != nil {
			have.Count += t.Count
		} else {
			p.Types[name] = t
		}
	}
	for k, e := range r.Profile.Effects {
		p.Effects[k] = e
	}
	sum(p.Marks, r.Profile.Marks)
	sum(p.Unmapped, r.Profile.Unmapped)
	sum(p.Notes, r.Profile.Notes)
	sum(p.Stops, r.Profile.Stops)
	sum(p.Unreadable, r.Profile.Unreadable)
}

func sum(into, from map[string]int) {
	for k, n := range from {
		into[k] += n
	}
}

// Profile reads the whole input once and tells what it holds.
func (s *Source) Profile(ctx context.Context) (*Profile, error) {
	p := newProfile()
	for ref, err := range s.Clients(ctx) {
		if err != nil {
			return p, err
		}
		r, err := s.Record(ctx, ref)
		switch {
		case err == nil:
			p.add(r)
		case ctx.Err() != nil:
			return p, ctx.Err()
		default:
			p.NoClient[err.Error()]++
		}
	}
	if s.groups != nil {
		sum(p.NoPatient, s.groups.Homeless())
	}
	return p, nil
}

// Most lists the keys of a count, the highest first, then by name.
func Most(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		return m[out[i]] > m[out[j]] || m[out[i]] == m[out[j]] && out[i] < out[j]
	})
	return out
}
