package policy

import (
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// A relation is the state of the care relation at a moment (step 3).
type relation int

const (
	noRelation relation = iota
	active
	tail // care has ended, access has not
	over
	dead
	unclear // the record contradicts itself about it
)

// relationAt finds the state. What is known in part counts as what gives least:
// care has begun on the last day that it can have, and access ends as if care had
// ended on the first. Care that ended on an unknown day is over.
func relationAt(d *dossier.Dossier, p *portal.Portal, now time.Time) relation {
	r := d.Relation
	switch {
	case hasDied(r, now):
		return dead
	case contradictory(d, now):
		return unclear
	case r.Start.IsZero() || r.Start.Latest().After(now):
		return noRelation
	case r.Ended && r.End.Precision() < dossier.Day:
		return over
	case r.End.IsZero() || now.Before(dossier.DayOf(r.End.Start()).End()):
		return active
	case !now.Before(accessEnd(r, p)):
		return over
	}
	return tail
}

func hasDied(r dossier.Relation, now time.Time) bool {
	return r.Died || !r.Deceased.IsZero() && !r.Deceased.Start().After(now)
}

// hasEnded reports whether the last day of care is over for certain. An end that
// lies ahead has not come yet.
func hasEnded(r dossier.Relation, now time.Time) bool {
	if r.End.Precision() < dossier.Day && r.Ended {
		return true
	}
	return !r.End.IsZero() && !now.Before(r.End.End())
}

// accessEnd is the first moment without access: the midnight in Amsterdam after
// the last of the days that the terms allow (B8: 14 or 7 days after the end). Of
// an end that is known in part the first day counts. Days are counted on the
// calendar, so a change of the clock changes nothing.
func accessEnd(r dossier.Relation, p *portal.Portal) time.Time {
	if r.End.IsZero() {
		return time.Time{}
	}
	return dossier.DayOf(r.End.Start()).AddDays(p.Access.TailDays).End()
}

// A Retention is until when an archief object is kept. Hold means that the end
// is not known: keep it until it is.
type Retention struct {
	Until time.Time
	Hold  bool
	Class string // the class that reaches furthest
}

// RetentionOf is the longest term of the classes that the dossier's items fall
// under (RULES section 4.6). A section of no class, or a class without a day to
// count from, keeps everything; so does a placeholder where that day should be.
func RetentionOf(d *dossier.Dossier, p *portal.Portal) Retention {
	classes := map[dossier.Section][]portal.RetentionClass{}
	var fallback []portal.RetentionClass
	for _, c := range p.Retention {
		for _, s := range c.Sections {
			classes[s] = append(classes[s], c)
		}
		if c.Default {
			fallback = append(fallback, c)
		}
	}
	present := map[dossier.Section]bool{}
	for i := range d.Items {
		present[d.Items[i].Section] = true
	}
	rel := dossier.WithoutPlaceholders(d).Relation
	out := Retention{Hold: d.Relation.End.Placeholder() || d.Relation.LastChange.Placeholder()}
	for _, s := range dossier.ItemSections() {
		if !present[s] && len(d.Items) > 0 {
			continue
		}
		list := classes[s]
		if len(list) == 0 {
			list = fallback
		}
		out.Hold = out.Hold || len(list) == 0
		for _, c := range list {
			out = out.longest(c, rel)
		}
	}
	return out
}

// longest is r or the term of c, whichever reaches further.
func (r Retention) longest(c portal.RetentionClass, rel dossier.Relation) Retention {
	from := endOf(rel)
	if c.From == portal.FromLastChange && !rel.LastChange.IsZero() {
		from = rel.LastChange // BW 7:454 lid 3
	}
	if from.IsZero() {
		r.Hold = true
		return r
	}
	last := dossier.DayOf(from.End().Add(-time.Nanosecond))
	if from.HasTime() {
		last = dossier.DayOf(from.Start())
	}
	if until := last.AddYears(c.Years).End(); until.After(r.Until) {
		r.Until, r.Class = until, c.ID
	}
	return r
}

// endOf is the end of care, which death is too.
func endOf(r dossier.Relation) dossier.Date {
	if r.End.IsZero() {
		return r.Deceased
	}
	return r.End
}

// oldest is an age that nobody in care has: more than that is an error.
const oldest = 120

// ages are the least and the greatest number of birthdays that somebody born on a
// day can have had; false when that says nothing. A birthday begins at midnight in
// Amsterdam; of a child born on 29 February it falls on 1 March in a common year.
func ages(birth dossier.Date, now time.Time) (young, old int, known bool) {
	if birth.IsZero() || birth.Placeholder() || birth.Start().After(now) {
		return 0, 0, false
	}
	young, old = birthdays(birth.Latest(), now), birthdays(birth.Start(), now)
	return young, old, old <= oldest
}

func birthdays(born, now time.Time) int {
	day, n := dossier.DayOf(born), 0
	for n <= oldest && !day.AddYears(n+1).Start().After(now) {
		n++
	}
	return n
}
