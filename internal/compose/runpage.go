package compose

import (
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/report"
)

// RunPage is the report of a run as a page for an officer: what was made, who
// was refused and why, what failed, under which terms. It names nobody.
func RunPage(r report.Run, lang string) *document.Document {
	p := runPage{wordsIn(lang), r}
	d := &document.Document{
		Lang: p.lang, Title: p.say(kRunTitle), ID: r.RunID, Made: r.Now,
		Theme: document.Theme{Accent: 0x2F5D62, AccentDark: 0x8FC1C6},
		Cover: document.Cover{Kind: p.say(kRunTitle), Lead: p.lead(), Facts: p.facts()},
		Words: document.Words{
			Contents: p.say(kRendererContents), SkipToText: p.say(kRendererSkip), Continued: p.say(kRendererContinued),
			Page: p.say(kRendererPage), Sections: p.say(kRendererSections),
		},
	}
	d.Sections = append(d.Sections, p.totals())
	d.Sections = append(d.Sections, p.reasons()...)
	d.Sections = append(d.Sections, p.bucket(), p.terms(), p.ready(), p.waiting())
	return d
}

type runPage struct {
	*catalogue
	r report.Run
}

func (p runPage) lead() []document.Inline {
	switch {
	case !p.r.Finished:
		return plainWords(p.say(kRunLeadStopped))
	case p.r.Failures() > 0:
		return plainWords(p.count(kRunLeadFailed, p.r.Failures()))
	case p.r.Odd() > 0:
		return plainWords(p.say(kRunLeadBucket))
	}
	return plainWords(p.say(kRunLeadGood))
}

func plainWords(s string) []document.Inline { return []document.Inline{document.Text(s)} }

func (p runPage) facts() []document.Field {
	return []document.Field{
		{Label: p.say(kRunMoment), Value: plainWords(p.moment(dossier.DateAt(p.r.Now)))},
		{Label: p.say(kRunDossiers), Value: plainWords(p.say(kRunDossiersRead, "done", p.number(p.r.Done-report.Sum(p.r.Unread)), "all", p.number(p.r.Clients)))},
		{Label: p.say(kRunOldest), Value: plainWords(p.oldest())},
		{Label: p.say(kRunID), Value: []document.Inline{document.Code(p.r.RunID)}},
		{Label: p.say(kRunProgram), Value: plainWords(p.r.Program)},
	}
}

// oldest is the first day of the oldest terms that this run used.
func (p runPage) oldest() string {
	var oldest dossier.Date
	for _, t := range p.r.Portals {
		if oldest.IsZero() || t.ValidFrom.Compare(oldest) < 0 {
			oldest = t.ValidFrom
		}
	}
	return p.date(oldest)
}

// totals is one row for each kind.
func (p runPage) totals() document.Section {
	t := p.table(p.say(kRunTotals), p.say(kRunKind), p.say(kRunMade), p.say(kRunUnchanged), p.say(kRunRefused), p.say(kRunFailed), p.say(kRunWithdrawn))
	for _, k := range p.r.Kinds {
		t.Groups[0].Rows = append(t.Groups[0].Rows, p.row(p.wordOr("copyKind", string(k.Kind), string(k.Kind)),
			k.Made, k.Unchanged, report.Sum(k.Refused), report.Sum(k.Failed), report.Sum(k.Withdrawn)))
	}
	return document.Section{ID: "totalen", Title: p.say(kRunTotals), Blocks: []document.Block{t, document.Para{Text: plainWords(p.say(kRunTotalsNote)), Small: true}}}
}

// reasons are the sections that tell why: refused, failed, withdrawn. What did
// not happen is one line.
func (p runPage) reasons() []document.Section {
	var refused, failed, withdrawn []reasonRow
	failed = append(failed, p.rows("", p.r.Unread)...)
	for _, k := range p.r.Kinds {
		kind := p.wordOr("copyKind", string(k.Kind), string(k.Kind))
		refused = append(refused, p.rows(kind, k.Refused)...)
		failed = append(failed, p.rows(kind, k.Failed)...)
		withdrawn = append(withdrawn, p.rows(kind, k.Withdrawn)...)
	}
	failed = append(failed, p.rows(p.say(kRunDoubt), p.r.Doubts)...)
	return []document.Section{
		p.why("geweigerd", kRunWhyRefused, kRunWhyRefusedNone, refused),
		p.why("mislukt", kRunWhyFailed, kRunWhyFailedNone, failed),
		p.why("ingetrokken", kRunWhyWithdrawn, kRunWhyWithdrawnNone, withdrawn),
	}
}

type reasonRow struct {
	kind, code string
	count      int
}

func (p runPage) rows(kind string, list []report.CodeCount) []reasonRow {
	out := make([]reasonRow, len(list))
	for i, c := range list {
		out[i] = reasonRow{kind, c.Code, c.Count}
	}
	return out
}

func (p runPage) why(id string, title, none key, rows []reasonRow) document.Section {
	s := document.Section{ID: id, Title: p.say(title)}
	if len(rows) == 0 {
		s.Blocks = []document.Block{document.Notice{Text: plainWords(p.say(none))}}
		return s
	}
	t := p.table(s.Title, p.say(kRunReason), p.say(kRunKind), p.say(kRunNumber))
	t.Columns[1].Align = document.Left
	for _, r := range rows {
		kind := r.kind
		if kind == "" {
			kind = p.say(kRunWhole)
		}
		t.Groups[0].Rows = append(t.Groups[0].Rows, []document.Cell{
			{Text: plainWords(p.wordOr("runReason", r.code, r.code))}, {Text: plainWords(kind)}, {Text: plainWords(p.number(r.count))},
		})
	}
	s.Blocks = []document.Block{t}
	return s
}

// terms says under which version each portal's copies were made.
func (p runPage) terms() document.Section {
	t := p.table(p.say(kRunTerms), p.say(kRunPortal), p.say(kRunVersion), p.say(kRunValidFrom))
	s := document.Section{ID: "voorwaarden", Title: p.say(kRunTerms)}
	var notes [][]document.Block
	for i := range t.Columns {
		t.Columns[i].Align = document.Left
	}
	for _, r := range p.r.Portals {
		t.Groups[0].Rows = append(t.Groups[0].Rows, []document.Cell{
			{Text: plainWords(r.Name)}, {Text: plainWords(r.Terms)}, {Text: plainWords(p.date(r.ValidFrom))},
		})
		for _, w := range r.Warnings {
			notes = append(notes, []document.Block{document.Para{Text: plainWords(r.Name + ": " + w)}})
		}
	}
	s.Blocks = []document.Block{t}
	if len(notes) > 0 {
		s.Blocks = append(s.Blocks, document.Heading{Level: 2, ID: "aandacht", Text: p.say(kRunWarnings)}, document.List{Items: notes})
	}
	return s
}

// ready says who has a copy for when the portal is down (B11).
func (p runPage) ready() document.Section {
	s := document.Section{ID: "reservekopie", Title: p.say(kRunReady)}
	for _, r := range p.r.Portals {
		text := p.say(kRunReadyCount, "portal", r.Name, "ready", p.number(r.Ready), "all", p.number(r.Holders))
		if len(r.Lacking) > 0 {
			text += " " + p.say(kRunLacking, "list", strings.Join(r.Lacking, ", "))
		}
		s.Blocks = append(s.Blocks, document.Para{Text: plainWords(text)})
	}
	if p.r.NoViewer {
		s.Blocks = append(s.Blocks, document.Para{Text: plainWords(p.say(kRunNoViewer))})
	}
	return s
}

// waiting is what a person must look at.
func (p runPage) waiting() document.Section {
	s := document.Section{ID: "wacht", Title: p.say(kRunWaiting)}
	s.Blocks = append(s.Blocks, document.Para{Text: plainWords(p.count(kRunReview, p.r.Review))}, document.Para{Text: plainWords(p.count(kRunMissing, p.r.Missing))})
	due := 0
	for _, k := range p.r.Kinds {
		due += k.Due
	}
	for _, note := range []struct {
		of key
		n  int
	}{{kRunStarting, p.r.Starting}, {kRunDue, due}, {kRunSwept, p.r.Swept}, {kRunTakenIn, p.r.TakenIn}} {
		if note.n > 0 {
			s.Blocks = append(s.Blocks, document.Para{Text: plainWords(p.count(note.of, note.n))})
		}
	}
	return s
}

// bucket is what was not as it must be in the store, put right or not.
func (p runPage) bucket() document.Section {
	s := p.why("opslag", kRunBucket, kRunBucketNone,
		append(p.rows(p.say(kRunTroubled), p.r.Troubles), p.rows(p.say(kRunMended), p.r.Mended)...))
	if p.r.Unsigned {
		s.Blocks = append(s.Blocks, document.Para{Text: plainWords(p.say(kRunUnsigned))})
	}
	return s
}

// table is an empty table of which the first column heads the rows and the
// others hold numbers.
func (p runPage) table(caption string, heads ...string) document.Table {
	t := document.Table{Caption: caption, Groups: make([]document.RowGroup, 1)}
	for i, h := range heads {
		c := document.Column{Head: h, Align: document.Right, RowHead: i == 0}
		if i == 0 {
			c.Align = document.Left
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func (p runPage) row(head string, numbers ...int) []document.Cell {
	cells := []document.Cell{{Text: plainWords(head)}}
	for _, n := range numbers {
		cells = append(cells, document.Cell{Text: plainWords(p.number(n))})
	}
	return cells
}
