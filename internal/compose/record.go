package compose

import (
	"cmp"
	"slices"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
)

// builders make the blocks of the sections that have a form of their own. A
// section that is not here is a row of entries.
var builders = map[dossier.Section]func(*composer, []dossier.Item) []document.Block{
	dossier.SectionPerson:       (*composer).person,
	dossier.SectionContacts:     (*composer).standing,
	dossier.SectionTeam:         (*composer).standing,
	dossier.SectionCare:         (*composer).standing,
	dossier.SectionPlan:         (*composer).plan,
	dossier.SectionReports:      (*composer).reports,
	dossier.SectionMeasurements: (*composer).measurements,
	dossier.SectionMedication:   (*composer).medication,
	dossier.SectionAppointments: (*composer).appointments,
	dossier.SectionMessages:     (*composer).messages,
	dossier.SectionImages:       (*composer).images,
	dossier.SectionForms:        (*composer).forms,
	dossier.SectionAccessLog:    (*composer).accessLog,
}

// record is the sections of the dossier in the order of RULES 6. One to which
// the reader has no right is absent and not named (B3).
func (c *composer) record() []document.Section {
	out := make([]document.Section, 0, len(c.parts))
	for _, p := range c.parts {
		out = append(out, c.recordSection(p))
	}
	return out
}

func (c *composer) recordSection(p recordPart) document.Section {
	s := document.Section{ID: string(p.id), Title: c.sectionTitle(p.id), Role: document.RoleRecord}
	if len(p.items) == 0 && p.id != dossier.SectionPerson {
		s.Blocks = append(s.Blocks, document.Notice{Text: text(c.say(key("section."+string(p.id)+".empty"), "record", c.told))})
		s.Blocks = append(s.Blocks, c.withheldHere(p.id)...)
		return s
	}
	if len(p.items) > 0 {
		s.Count = c.sectionCount(p.id, len(p.items))
	}
	build := builders[p.id]
	if build == nil {
		build = (*composer).entries
	}
	s.Blocks = append(build(c, p.items), c.withheldHere(p.id)...)
	return s
}

// manyEntries is from how many entries a section gets a heading for each month.
const manyEntries = 24

// entries is the fallback: every item as an entry, newest first, under months
// when there are many.
func (c *composer) entries(items []dossier.Item) []document.Block {
	if len(items) >= manyEntries {
		return c.byMonth(items)
	}
	out := make([]document.Block, 0, len(items))
	for _, it := range newestFirst(items) {
		out = append(out, c.entry(it))
	}
	return out
}

// newestFirst turns the view's order (oldest first, undated last) around and
// leaves what has no date at the end. Of one day, what was written last comes
// first, so that a correction stands above what it corrects.
func newestFirst(items []dossier.Item) []*dossier.Item {
	out := make([]*dossier.Item, 0, len(items))
	for i := range items {
		out = append(out, &items[i])
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b *dossier.Item) int {
		if a.Date.IsZero() || b.Date.IsZero() {
			return a.Date.Compare(b.Date)
		}
		return cmp.Or(b.Date.Compare(a.Date), writtenAt(b).Compare(writtenAt(a)))
	})
	return out
}

// writtenAt is when an item was written down, as far as that is known.
func writtenAt(it *dossier.Item) dossier.Date {
	if it.RecordedAt.IsZero() {
		return it.Date
	}
	return it.RecordedAt
}

// byMonth sets a heading above each month, newest first. Months that are older
// than a year may be folded on a screen.
func (c *composer) byMonth(items []dossier.Item) []document.Block {
	old := c.now().AddDate(-1, 0, 0)
	out := make([]document.Block, 0, len(items)+len(items)/8+1)
	last := ""
	for i, it := range newestFirst(items) {
		title := c.monthOf(it.Date)
		if i == 0 || title != last {
			out = append(out, document.Heading{Level: 2, Text: title, Fold: folds(it.Date, old)})
			last = title
		}
		out = append(out, c.entry(it))
	}
	return out
}

// monthOf is the heading over a date: its month, its year when the month is not
// known, "Zonder datum" when nothing is.
func (c *composer) monthOf(d dossier.Date) string {
	switch d.Precision() {
	case dossier.NoDate:
		return c.say(kReportsUndated)
	case dossier.Year:
		return c.date(d)
	}
	return capital(c.month(d.Start()))
}

// folds reports whether a date's whole month lies before the given moment.
func folds(d dossier.Date, old time.Time) bool {
	if d.IsZero() {
		return false
	}
	t := d.Start()
	next := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, dossier.Amsterdam)
	if d.Precision() == dossier.Year {
		next = d.End()
	}
	return !next.After(old)
}

// reports begins with what reports are for (C3).
func (c *composer) reports(items []dossier.Item) []document.Block {
	var out []document.Block
	if t := c.theirs("rapportages"); len(t) > 0 {
		out = append(out, t...)
	} else {
		out = append(out, lead(c.say(kReportsIntro)))
	}
	return append(out, c.byMonth(items)...)
}

// withheldHere says at a section's end that something is not in it, where the
// reader may know: how many, why, and the law after the plain words.
func (c *composer) withheldHere(s dossier.Section) []document.Block {
	held := c.heldBack(s)
	n := 0
	for _, w := range held {
		n += w.Count
	}
	if n == 0 {
		return nil
	}
	box := document.Callout{Kind: document.CalloutWithheld, Title: c.count(kWithheldHere, n)}
	for _, w := range held {
		reason := c.reasonWithLaw(w.Ground)
		if len(held) > 1 {
			reason = c.count(kWithheldSome, w.Count) + " " + reason
		}
		box.Blocks = append(box.Blocks, para(reason))
	}
	return []document.Block{box}
}

// heldBack is what is held back from a section and may be told to this reader,
// with equal grounds counted together.
func (c *composer) heldBack(s dossier.Section) []policy.Withheld {
	var out []policy.Withheld
	for _, w := range c.v.Withheld() {
		if !w.Tell || w.Section != s || w.Count == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(o policy.Withheld) bool { return o.Ground == w.Ground })
		if i < 0 {
			out = append(out, w)
			continue
		}
		out[i].Count += w.Count
		out[i].From, out[i].Until = span(out[i].From, w.From), later(out[i].Until, w.Until)
	}
	return out
}

// span and later widen a period by another's start and end; no date widens nothing.
func span(a, b dossier.Date) dossier.Date {
	if a.IsZero() || !b.IsZero() && b.Compare(a) < 0 {
		return b
	}
	return a
}

func later(a, b dossier.Date) dossier.Date {
	if a.IsZero() || !b.IsZero() && b.Compare(a) > 0 {
		return b
	}
	return a
}

// reasonWithLaw is the ground in plain words, then the article.
func (c *composer) reasonWithLaw(g policy.Code) string {
	plain := c.groundWord(g)
	if law, ok := c.word("law", string(g)); ok {
		return c.say(kWithheldReasonLaw, "reason", unstop(plain), "law", law) + "."
	}
	return c.say(kWithheldReason, "reason", plain)
}

func (c *composer) groundWord(g policy.Code) string {
	return c.wordOr("ground", string(g), c.wordOr("ground", "anders", ""))
}

// unstop takes the full stop off a sentence that goes on.
func unstop(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}
