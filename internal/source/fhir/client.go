package fhir

import (
	"encoding/json"
	"path"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// accessName ends the file that holds what a record system does not know: who may
// look, and which requests wait. Beside a file it is "<name>.toegang.json", in a
// client's folder "toegang.json"; an export has "toegang/<Patient id>.json".
const accessName = "toegang.json"

// Access is what an access file holds, in the words of dossier/v1.
type Access struct {
	Portal   string            `json:"portal,omitempty"`
	Relation *dossier.Relation `json:"relation,omitempty"`
	Grants   []dossier.Grant   `json:"grants,omitempty"`
	Requests []dossier.Request `json:"requests,omitempty"`
}

// access reads the access file of a client in a file or folder; none is no error.
func (s *Source) access(ref Ref) (Access, error) {
	if s.bulk != nil {
		return Access{}, nil // by the Patient's id, once it is known
	}
	name := strings.TrimSuffix(strings.TrimSuffix(ref.Path, ".ndjson"), ".json") + "." + accessName
	if dir, ok := strings.CutSuffix(ref.Path, "/"); ok {
		name = path.Join(dir, accessName)
	}
	return s.accessFile(name)
}

// accessFile is the operator's list of who may have what, beside the records; a list
// that is not there grants nothing.
func (s *Source) accessFile(name string) (Access, error) {
	var a Access
	if _, err := s.root.Stat(name); err != nil {
		return a, nil
	}
	text, err := s.text(name)
	if err != nil {
		return a, err
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return a, &Error{File: name, Text: "is not an access file", err: dossier.ErrUnreadable}
	}
	return a, nil
}

// client is the Patient that this record is about: the only one, the subject of
// the document, or the one that most resources belong to. Nil when there is none,
// or when none of several has most.
func (r *record) client() *resource {
	var list []*resource
	for _, res := range r.all {
		if res.kind == "Patient" && res.bad == "" {
			list = append(list, res)
		}
	}
	if len(list) < 2 {
		return only1(list)
	}
	votes := map[*resource]int{}
	for _, res := range r.all {
		if res.bad != "" {
			continue
		}
		for _, name := range owners {
			for _, o := range res.node.All(name) {
				to := r.find(o, res)
				if to == nil || to.kind != "Patient" {
					continue
				}
				votes[to]++
				if res.kind == "Composition" && res == r.all[0] {
					return to
				}
			}
		}
	}
	best := list[0]
	for _, p := range list {
		if votes[p] > votes[best] {
			best = p
		}
	}
	for _, p := range list { // as much the client as the other: nobody may guess
		if p != best && votes[p] == votes[best] && (p.id == "" || p.id != best.id) {
			return nil
		}
	}
	return best
}

// only1 is the first of a list, nil when there is none.
func only1(list []*resource) *resource {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// dossierOf makes the dossier: the head from the Patient and the episodes of
// care, the items from all resources.
func (m *mapper) dossierOf(a Access) *dossier.Dossier {
	n := m.patient.node
	w := &writer{rec: m.rec, res: m.patient}
	d := &dossier.Dossier{Schema: dossier.Version, Portal: m.opt.Portal, Ref: m.ref(), System: m.opt.System,
		Client: dossier.Person{Ref: m.patient.id, Name: w.personName(n), CallName: callName(n)}, Grants: a.Grants, Requests: a.Requests}
	if d.Client.Name == "" {
		d.Client.Name = "naam onbekend"
	}
	if a.Portal != "" {
		d.Portal = a.Portal
	}
	d.Client.BirthDate, _ = date(n.Get("birthDate").Peek())
	for _, id := range n.All("identifier") {
		if v := id.Get("value").Peek(); isBSN(id) && d.Client.BSN == "" {
			d.Client.BSN = v
		}
	}
	d.Items = m.items()
	m.gaps(d)
	d.Relation = m.relation(d)
	if a.Relation != nil {
		d.Relation = *a.Relation
	}
	d.AsOf = m.asOf()
	if m.opt.ClientHolds && len(d.Grants) == 0 {
		d.Grants = []dossier.Grant{{ID: "client", ClientRef: d.Ref, Person: d.Client, Role: dossier.RoleClient, Holder: true, From: d.Relation.Start, Mobile: true}}
	}
	return d
}

// ref is the organisation's reference to the client.
func (m *mapper) ref() dossier.ClientRef {
	for _, id := range m.patient.node.All("identifier") {
		if m.opt.RefSystem != "" && id.Get("system").Peek() == m.opt.RefSystem && id.Get("value").Peek() != "" {
			return dossier.ClientRef(id.Get("value").Peek())
		}
	}
	if m.patient.id != "" {
		return dossier.ClientRef(m.patient.id)
	}
	for _, id := range m.patient.node.All("identifier") {
		if v := id.Get("value").Peek(); v != "" {
			return dossier.ClientRef(id.Get("system").Peek() + "|" + v)
		}
	}
	return dossier.ClientRef("bestand " + m.at) // no id at all: the place of the file stands for it
}

// gaps adds an unreadable item for each way in which the delivery itself is not
// complete, so that no copy of it can pass for whole.
func (m *mapper) gaps(d *dossier.Dossier) {
	for i, g := range m.rec.gaps {
		id := "levering/" + string(rune('a'+i%26))
		d.Items = append(d.Items, dossier.Item{ID: id, Section: dossier.SectionCare, Kind: "levering", Unreadable: reasonGap + ": " + g})
	}
}

// notCare are the statuses of an episode in which no care is or was given.
var notCare = set("entered-in-error", "cancelled", "planned", "waitlist")

// relation is the care relation: from the first episode of care to the last; a
// death ends it.
func (m *mapper) relation(d *dossier.Dossier) dossier.Relation {
	var r dossier.Relation
	open, any := false, false
	for _, res := range m.rec.all {
		if res.kind != "EpisodeOfCare" || m.owner(res) != "" || notCare[res.node.Get("status").Peek()] {
			continue
		}
		any = true
		from, _ := date(res.node.At("period", "start").Peek())
		end, hasEnd := date(res.node.At("period", "end").Peek())
		status := res.node.Get("status").Peek()
		if !from.IsZero() && (r.Start.IsZero() || from.Compare(r.Start) < 0) {
			r.Start = from
		}
		if hasEnd && (r.End.IsZero() || end.Compare(r.End) > 0) {
			r.End = end
		}
		open = open || !hasEnd && status != "finished" && status != "cancelled"
	}
	if r.Ended = any && !open; !r.Ended {
		r.End = dossier.Date{}
	}
	if r.Start.IsZero() && m.opt.RelationFromRecord {
		r.Start = earliest(d.Items)
	}
	m.death(&r)
	for _, res := range m.rec.all {
		if u, ok := date(res.node.At("meta", "lastUpdated").Peek()); ok && (r.LastChange.IsZero() || u.Compare(r.LastChange) > 0) {
			r.LastChange = u
		}
	}
	return r
}

// death ends the relation on the day of death; RULES section 4: rights and terms run on from it.
func (m *mapper) death(r *dossier.Relation) {
	n := m.patient.node
	if d := n.Get("deceasedDateTime"); d != nil {
		r.Died = true
		r.Deceased, _ = date(d.Peek())
	}
	if n.Get("deceasedBoolean").Peek() == "true" {
		r.Died = true
	}
}

// earliest is the first date of all items: where a record has no episode of care,
// the relation began no later.
func earliest(items []dossier.Item) dossier.Date {
	var first dossier.Date
	for i := range items {
		it := &items[i]
		if it.ClientRef == "" && it.Section != dossier.SectionPerson && !it.Date.IsZero() && (first.IsZero() || it.Date.Compare(first) < 0) {
			first = it.Date
		}
	}
	return first
}

// asOf is the moment of the copy: what the source says, else its newest change.
func (m *mapper) asOf() dossier.Date {
	if d, ok := date(m.rec.asOf); ok {
		return d
	}
	var newest dossier.Date
	for _, r := range m.rec.all {
		for _, p := range []*tree.Node{r.node.At("meta", "lastUpdated"), r.node.Get("date"), r.node.Get("issued"), r.node.Get("authoredOn")} {
			if d, ok := date(p.Peek()); ok && (newest.IsZero() || d.Compare(newest) > 0) {
				newest = d
			}
		}
	}
	return newest
}
