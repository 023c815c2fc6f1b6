package dossier

import (
	"slices"
	"time"
)

// The years outside which no date of a record can lie: nobody in care was born
// before, nothing is agreed for after. Systems write such years for "no date".
const (
	firstYear = 1901
	lastYear  = 2199
)

// Placeholder reports whether d is what systems write where they have no date:
// 0001-01-01, 1900-01-01, 9999-12-31, the zero of Unix time and their like.
func (d Date) Placeholder() bool { return d.tooEarly() || d.tooLate() }

func (d Date) tooLate() bool { return !d.IsZero() && d.t.Year() > lastYear }

func (d Date) tooEarly() bool {
	switch {
	case d.IsZero():
		return false
	case d.HasTime() && d.t.Unix() == 0:
		return true
	}
	return d.t.Before(time.Date(firstYear, 1, 1, 0, 0, 0, 0, Amsterdam))
}

// A place is a date of the record that decides about access, with its field.
type place struct {
	field string
	date  *Date
	// closes keeps an early placeholder as it is, because no date would give more:
	// a grant whose end cannot be read gives nothing.
	closes bool
}

// places are the dates that decide who may look, of d itself.
func places(d *Dossier) []place {
	r := &d.Relation
	out := []place{
		{"client.birthDate", &d.Client.BirthDate, false}, {"relation.start", &r.Start, false}, {"relation.end", &r.End, false},
		{"relation.deceased", &r.Deceased, false}, {"relation.lastChange", &r.LastChange, false},
	}
	for i := range d.Grants {
		g := &d.Grants[i]
		out = append(out, place{"grants.person.birthDate", &g.Person.BirthDate, false}, place{"grants.from", &g.From, false},
			place{"grants.until", &g.Until, true}, place{"grants.revokedAt", &g.RevokedAt, true},
			place{"grants.reconsented", &g.Reconsented, false}, place{"grants.lastLogin", &g.LastLogin, false})
		if g.Blocked != nil {
			out = append(out, place{"grants.blocked.since", &g.Blocked.Since, false})
		}
	}
	for i := range d.Requests {
		q := &d.Requests[i]
		out = append(out, place{"requests.requester.birthDate", &q.Requester.BirthDate, false}, place{"requests.received", &q.Received, false},
			place{"requests.identityDate", &q.IdentityDate, false}, place{"requests.basisFrom", &q.BasisFrom, false},
			place{"requests.answeredAt", &q.AnsweredAt, false}, place{"requests.until", &q.Until, true})
	}
	for i := range d.Items {
		it := &d.Items[i]
		out = append(out, place{"items.date", &it.Date, false}, place{"items.until", &it.Until, false}, place{"items.recordedAt", &it.RecordedAt, false})
	}
	return out
}

// Placeholders names the fields of d that hold a placeholder, each once.
func Placeholders(d *Dossier) []string {
	var out []string
	for _, p := range places(d) {
		if p.date.Placeholder() && !slices.Contains(out, p.field) {
			out = append(out, p.field)
		}
	}
	return out
}

// WithoutPlaceholders is d with no date where a placeholder stands: d itself when
// there is none. Two dates keep an early one, since no date there would give a
// reader more than the record says: the end and the revocation of a grant, and
// the end of the period that a request concerns.
func WithoutPlaceholders(d *Dossier) *Dossier {
	if len(Placeholders(d)) == 0 {
		return d
	}
	out := *d
	out.Grants, out.Requests, out.Items = slices.Clone(d.Grants), slices.Clone(d.Requests), slices.Clone(d.Items)
	for i := range out.Grants {
		if b := out.Grants[i].Blocked; b != nil {
			kept := *b
			out.Grants[i].Blocked = &kept
		}
	}
	for _, p := range places(&out) {
		if p.date.tooLate() || p.date.tooEarly() && !p.closes {
			*p.date = Date{}
		}
	}
	return &out
}
