package fhir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/r4"
)

// accessName is the file beside the records that says who may look: FHIR has
// no place for it. It maps a client's reference to an access.
const accessName = "toegang.json"

// An access is what dossier/v1 holds of the care relation and the readers.
type access struct {
	Relation *dossier.Relation `json:"relation"`
	Grants   []dossier.Grant   `json:"grants"`
	Requests []dossier.Request `json:"requests"`
}

func readAccess(root *os.Root) (map[dossier.ClientRef]access, error) {
	f, err := root.Open(accessName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("fhir %s: %w", accessName, err)
	}
	defer f.Close()
	var out map[dossier.ClientRef]access
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if d.Decode(&out) != nil { // its text may quote the file
		return nil, &Error{File: accessName, Text: "does not map client references to relation, grants and requests"}
	}
	return out, nil
}

// client fills whose record it is.
func (rd *reading) client() {
	d, c := rd.rec.Dossier, rd.who.client
	if c == nil {
		d.Ref = dossier.ClientRef(tail(rd.who.ref))
		return
	}
	d.Ref = dossier.ClientRef(c.ID)
	name := r4.BestName(c.Node)
	d.Client.Name, d.Client.CallName = r4.FullName(name), r4.CallName(name)
	d.Client.BirthDate, _ = dossier.ParseDate(c.Node.Peek("birthDate").Look())
	if list := c.Node.Peek("address").List(); len(list) > 0 {
		d.Client.Address = r4.AddressLines(list[0])
	}
	for _, n := range c.Node.Peek("identifier").List() {
		system, value := n.Peek("system").Look(), n.Peek("value").Look()
		if isBSN(system) {
			d.Client.BSN = value
		} else if system == rd.opt.RefSystem && value != "" {
			d.Ref = dossier.ClientRef(value)
		}
	}
	if d.Ref == "" {
		d.Ref = dossier.ClientRef(c.Key)
	}
}

func tail(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// relation reads the care relation from the episodes of care and the death
// from the Patient. What toegang.json says goes before it.
func (rd *reading) relation() {
	rel := &rd.rec.Dossier.Relation
	open := false
	for _, r := range rd.in.list {
		if o, _ := rd.who.whose(r); r.Type != "EpisodeOfCare" || o != ours || strings.Contains(r.Key, "@") {
			continue
		}
		switch r.Node.Peek("status").Look() {
		case "planned", "waitlist", "cancelled", "entered-in-error":
			continue
		}
		start, _ := dossier.ParseDate(r.Node.Path("period", "start").Look())
		end, _ := dossier.ParseDate(r.Node.Path("period", "end").Look())
		if !start.IsZero() && (rel.Start.IsZero() || start.Compare(rel.Start) < 0) {
			rel.Start = start
		}
		over := !end.IsZero() || r.Node.Peek("status").Look() == "finished"
		open = open || !over
		if over && !end.IsZero() && (rel.End.IsZero() || end.Compare(rel.End) > 0) {
			rel.End = end
		}
		rel.Ended = true
	}
	if open {
		rel.Ended, rel.End = false, dossier.Date{}
	}
	rd.death(rel)
	if rel.Start.IsZero() && rd.opt.PresentIsInCare {
		rel.Start = rd.earliest()
	}
	rel.LastChange = rd.in.asOf
}

func (rd *reading) death(rel *dossier.Relation) {
	c := rd.who.client
	if c == nil {
		return
	}
	died := c.Node.Peek("deceasedDateTime")
	rel.Deceased, _ = dossier.ParseDate(died.Look())
	rel.Died = !died.Empty() || strings.EqualFold(c.Node.Peek("deceasedBoolean").Look(), "true")
}

// earliest is the first date of the client's own items, or the copy's moment.
func (rd *reading) earliest() dossier.Date {
	out := rd.rec.Dossier.AsOf
	for i := range rd.rec.Dossier.Items {
		it := &rd.rec.Dossier.Items[i]
		if it.ClientRef == "" && !it.Date.IsZero() && (out.IsZero() || it.Date.Compare(out) < 0) {
			out = it.Date
		}
	}
	return out
}

// grants adds who may look.
func (rd *reading) grants(all map[dossier.ClientRef]access) {
	d := rd.rec.Dossier
	if rd.opt.ClientLooks {
		d.Grants = append(d.Grants, dossier.Grant{ID: "client", Person: dossier.Person{Name: d.Client.Name, BirthDate: d.Client.BirthDate}, Role: dossier.RoleClient, Holder: true, Mobile: true, LastLogin: d.AsOf})
	}
	a, ok := all[d.Ref]
	if !ok {
		return
	}
	if a.Relation != nil {
		d.Relation = *a.Relation
	}
	if len(a.Grants) > 0 {
		d.Grants = a.Grants
	}
	d.Requests = a.Requests
}
