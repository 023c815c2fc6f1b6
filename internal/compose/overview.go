package compose

import (
	"slices"
	"strings"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// leftID is the anchor of "what is not in here"; the overview refers to it.
const leftID = string(dossier.SectionNotIncluded)

// overview is the record at a glance: warnings first, then what is new, what
// there is, what is not in here, and the months.
func (c *composer) overview(leftOut bool) document.Section {
	s := document.Section{ID: "overzicht", Title: c.say(kOverviewTitle), Role: document.RoleOverview, OwnPage: true}
	s.Blocks = append(s.Blocks, c.warnings()...)
	s.Blocks = append(s.Blocks, c.recent()...)
	s.Blocks = append(s.Blocks, c.counts()...)
	s.Blocks = append(s.Blocks, document.Para{Text: c.leftSentence(leftOut)})
	s.Blocks = append(s.Blocks, c.timeline()...)
	return s
}

// leftSentence says in one line whether something is not in here, with the
// place that says what and why.
func (c *composer) leftSentence(leftOut bool) []document.Inline {
	to := ref(leftID, c.sectionTitle(dossier.SectionNotIncluded))
	switch {
	case leftOut:
		return c.inline(kOverviewMissing, "ref", to)
	case c.pol.TermsAreCondition:
		return c.inline(kOverviewMissingPortal, "ref", to, "portal", prose.Clean(c.p.Name))
	}
	return text(c.say(kOverviewMissingNone))
}

// warnings are allergies, directives and risks: in words, each with the place
// where the whole of it stands.
func (c *composer) warnings() []document.Block {
	alerts := c.v.Alerts()
	if len(alerts) == 0 {
		return nil
	}
	l := document.List{}
	for i := range alerts {
		it := &alerts[i]
		if it.Status == dossier.StatusEnteredInError || it.Status == dossier.StatusCancelled || c.links.newer[it.ID] != nil {
			continue
		}
		l.Items = append(l.Items, []document.Block{document.Para{Text: c.warning(it)}})
	}
	if len(l.Items) == 0 {
		return nil
	}
	return []document.Block{document.Callout{
		Kind: document.CalloutWarning, Title: c.say(kOverviewWarnings), Blocks: []document.Block{l},
	}}
}

// unheaded takes "Let op" off the warnings of an item: the box around it says so.
func (c *composer) unheaded(blocks []document.Block) []document.Block {
	out := slices.Clone(blocks)
	for i, b := range out {
		if call, ok := b.(document.Callout); ok && call.Title == c.say(kEntryAlert) {
			call.Title = ""
			out[i] = call
		}
	}
	return out
}

// warning is one alert: its title, what it says, and where it stands. The whole
// text stands here; a warning that is cut short warns wrongly.
func (c *composer) warning(it *dossier.Item) []document.Inline {
	title := c.itemTitle(it)
	if kind := c.kindWord(it); kind != "" && !strings.EqualFold(kind, title) {
		title = kind + ": " + title
	}
	in := []document.Inline{document.Strong{Text: text(firstOf(title, c.say(kEntryUntitled)))}}
	if say := flat(c.unheaded(c.body(it))); len(say) > 0 {
		in = append(append(in, document.Break{}), say...)
	}
	if at, ok := c.links.anchor[it.ID]; ok {
		more := c.inline(kOverviewWarningMore, "ref", ref(at, c.sectionTitle(it.Section)))
		in = append(append(in, document.Text(" (")), append(more, document.Text(")"))...)
	}
	return in
}

// recent lists what the last three months of the record brought, per section.
func (c *composer) recent() []document.Block {
	since, until := c.now().AddDate(0, -3, 0), c.now()
	l := document.List{}
	for _, p := range c.parts {
		n, last := 0, dossier.Date{}
		for i := range p.items {
			d := happened(&p.items[i])
			if d.IsZero() || d.Precision() < dossier.Month || d.Start().Before(since) || d.Start().After(until) {
				continue
			}
			n, last = n+1, later(last, d)
		}
		if n == 0 {
			continue
		}
		to := ref(string(p.id), c.sectionTitle(p.id))
		line := []document.Inline{to, document.Text(": " + c.say(kOverviewNewLine, "what", c.sectionCount(p.id, n), "when", c.when(last)))}
		l.Items = append(l.Items, []document.Block{document.Para{Text: line}})
	}
	out := []document.Block{heading(2, c.say(kOverviewNew))}
	if len(l.Items) == 0 {
		return append(out, para(c.say(kOverviewNewNone)))
	}
	return append(out, l)
}

// happened is the date that counts for periods: when it happened, else when it
// was written down.
func happened(it *dossier.Item) dossier.Date {
	if it.Date.IsZero() {
		return it.RecordedAt
	}
	return it.Date
}

// counts is the table of sections with number and period; the empty ones stand
// in one sentence below it.
func (c *composer) counts() []document.Block {
	t := document.Table{Caption: c.say(kOverviewCountsCaption), Columns: []document.Column{
		{Head: c.say(kOverviewSection), Weight: 3, RowHead: true},
		{Head: c.say(kOverviewNumber), Align: document.Right, Weight: 1},
		{Head: c.say(kOverviewPeriod), Weight: 4},
	}}
	var g document.RowGroup
	var empty []string
	for _, p := range c.parts {
		if len(p.items) == 0 && p.id != dossier.SectionPerson {
			empty = append(empty, c.sectionTitle(p.id))
			continue
		}
		if len(p.items) == 0 {
			continue // only the client's name and birth date
		}
		name := document.Cell{Text: []document.Inline{ref(string(p.id), c.sectionTitle(p.id))}}
		g.Rows = append(g.Rows, []document.Cell{name, cell(c.number(len(p.items))), cell(c.periodOf(p.items))})
	}
	out := []document.Block{heading(2, c.say(kOverviewCounts))}
	if len(g.Rows) > 0 {
		t.Groups = []document.RowGroup{g}
		out = append(out, t)
	}
	if len(empty) > 0 {
		out = append(out, small(c.say(kOverviewEmpty, "list", strings.Join(empty, "; "))))
	}
	return out
}

// periodOf is from the first to the last date of items, in months.
func (c *composer) periodOf(items []dossier.Item) string {
	var from, until dossier.Date
	for i := range items {
		d := happened(&items[i])
		from, until = span(from, d), later(until, d)
	}
	if from.IsZero() {
		return ""
	}
	return c.period(coarse(from), coarse(until))
}

// coarse gives a date to the month, which is enough in an overview.
func coarse(d dossier.Date) dossier.Date {
	if d.Precision() <= dossier.Month {
		return d
	}
	m, err := dossier.ParseDate(d.Start().Format("2006-01"))
	if err != nil {
		return d
	}
	return m
}

// timelineMonths is the most months that a timeline shows: four years are what
// still can be read on a page.
const timelineMonths = 48

// timeline counts the dated things of each section per month, up to the month
// of the record. What falls outside is counted in a sentence.
func (c *composer) timeline() []document.Block {
	first, last, ok := c.timelineSpan()
	if !ok {
		return nil
	}
	width := monthsBetween(first, last) + 1
	tl := document.Timeline{}
	totals := make([]int, width)
	rest := 0
	for _, p := range c.parts {
		row, outside := c.timelineRow(p, first, width, totals)
		rest += outside
		if row.Total != "" {
			tl.Rows = append(tl.Rows, row)
		}
	}
	if len(tl.Rows) == 0 {
		return nil
	}
	top := 0
	for i, n := range totals {
		if n > totals[top] {
			top = i
		}
	}
	tl.Alt = c.say(kOverviewTimelineAlt, "from", c.month(first), "until", c.month(last), "month", c.month(first.AddDate(0, top, 0)))
	out := []document.Block{heading(2, c.say(kOverviewTimeline)), tl}
	if rest > 0 {
		out = append(out, small(c.count(kOverviewTimelineRest, rest)))
	}
	return out
}

// timelineSpan is the first month with something in it, at most timelineMonths
// back, and the month of the record.
func (c *composer) timelineSpan() (first, last time.Time, ok bool) {
	last = monthStart(c.now())
	first = last
	for _, p := range c.parts {
		for i := range p.items {
			d := happened(&p.items[i])
			if d.Precision() >= dossier.Month && !d.Start().After(c.now()) {
				ok = true
				if m := monthStart(d.Start()); m.Before(first) {
					first = m
				}
			}
		}
	}
	if earliest := last.AddDate(0, 1-timelineMonths, 0); first.Before(earliest) {
		first = earliest
	}
	return first, last, ok
}

func (c *composer) timelineRow(p recordPart, first time.Time, width int, totals []int) (document.TimelineRow, int) {
	row := document.TimelineRow{Label: c.sectionTitle(p.id), Cells: make([]document.TimelineCell, width)}
	for i := range row.Cells {
		m := first.AddDate(0, i, 0)
		row.Cells[i].Month, row.Cells[i].Label = m.Format("2006-01"), c.month(m)
	}
	inside := 0
	for i := range p.items {
		d := happened(&p.items[i])
		at := monthsBetween(first, d.Start())
		if d.Precision() < dossier.Month || at < 0 || at >= width {
			continue
		}
		row.Cells[at].Count++
		totals[at]++
		inside++
	}
	if inside > 0 {
		row.Total = c.number(inside)
	}
	return row, len(p.items) - inside
}

func monthStart(t time.Time) time.Time {
	y, m, _ := t.In(dossier.Amsterdam).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, dossier.Amsterdam)
}

func monthsBetween(a, b time.Time) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
}

func (c *composer) contents() document.Section {
	return document.Section{
		ID: "inhoud", Title: c.say(kRendererContents), Role: document.RoleContents, OwnPage: true,
		Blocks: []document.Block{document.Contents{}},
	}
}

// nameOf is a person's or organisation's name for a list, cleaned.
func nameOf(s string) string { return strings.TrimSpace(prose.Clean(s)) }
