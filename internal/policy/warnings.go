package policy

import (
	"slices"
	"time"

	"inzage/internal/dossier"
)

// PlaceholderDate is the code of a date that is none, such as 1900-01-01.
const PlaceholderDate Code = "plaatshouder-als-datum"

// A Warning names a field of a dossier that holds no date, or contradicts another;
// never a value, a person or an item.
type Warning struct {
	Code  Code   // [PlaceholderDate] or [Contradictory]
	Field string // such as "relation.end", of the native format
}

// Warnings is what somebody should mend in the source: placeholders, which count
// as no date, and facts that cannot both be so, which close what rests on them.
func Warnings(d *dossier.Dossier, now time.Time) []Warning {
	var out []Warning
	for _, f := range dossier.Placeholders(d) {
		out = append(out, Warning{PlaceholderDate, f})
	}
	for _, f := range contradictions(dossier.WithoutPlaceholders(d), now) {
		out = append(out, Warning{Contradictory, f})
	}
	return out
}

// A clash is two facts that cannot both be so.
type clash struct {
	field  string
	is     bool
	closes bool // nothing is known of the care relation for sure
}

// clashes of the client and the care relation, of a dossier without placeholders.
func clashes(d *dossier.Dossier, now time.Time) []clash {
	r, birth := d.Relation, d.Client.BirthDate
	_, old, _ := ages(birth, now)
	return []clash{
		{"client.birthDate", birth.Start().After(now) || old > oldest, false},
		{"relation.ended", r.Ended && r.End.Start().After(now), true},
		{"relation.end", before(r.End, r.Start), true},
		{"relation.died", r.Deceased.Start().After(now), r.Died},
		{"relation.deceased", before(r.Deceased, birth) || before(r.Deceased, r.Start), true},
		{"relation.lastChange", r.LastChange.Start().After(now), false},
	}
}

// before reports whether a is over before b can have begun.
func before(a, b dossier.Date) bool {
	return !a.IsZero() && !b.IsZero() && lastDayOf(a).Before(b.Start())
}

func lastDayOf(d dossier.Date) time.Time {
	return dossier.DayOf(d.Latest()).End().Add(-time.Nanosecond)
}

// contradictory reports whether the record says two things about the care
// relation that cannot both be so.
func contradictory(d *dossier.Dossier, now time.Time) bool {
	return slices.ContainsFunc(clashes(d, now), func(c clash) bool { return c.is && c.closes })
}

// contradictions names the fields that clash, each once.
func contradictions(d *dossier.Dossier, now time.Time) []string {
	var out []string
	add := func(field string, is bool) {
		if is && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	for _, c := range clashes(d, now) {
		add(c.field, c.is)
	}
	for i := range d.Grants {
		g := &d.Grants[i]
		add("grants.until", before(g.Until, g.From))
		add("grants.lastLogin", g.LastLogin.Start().After(now))
		add("grants.reconsented", g.Reconsented.Start().After(now))
	}
	for i := range d.Requests {
		q := &d.Requests[i]
		add("requests.identityDate", q.IdentityDate.Start().After(now))
		add("requests.received", q.Received.Start().After(now))
		add("requests.answeredAt", q.AnsweredAt.Start().After(now))
		add("requests.answered", !q.Answered && !q.AnsweredAt.IsZero())
	}
	return out
}
