package compose

import (
	"cmp"
	"slices"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/prose"
)

// left is "what is not in here and why" (RULES 3, 4.4; AVG art. 15 lid 4): per
// ground with its count, pictures that stay in the portal (C11), files that are
// missing, items that could not be read. Every copy has it; something reports
// whether there is more to it than the general sentence.
func (c *composer) left() (s document.Section, something bool) {
	var out []document.Block
	out = append(out, c.leftItems()...)
	if n := c.v.ImagesOnlyInPortal(); n > 0 {
		out = append(out, heading(2, c.say(kLeftImages)), para(c.count(kLeftImagesText, n)))
	}
	out = append(out, c.leftFiles()...)
	out = append(out, c.leftUnreadable()...)
	intro := kLeftIntro
	if len(out) == 0 {
		intro = kLeftIntroNothing
	}
	if c.pol.Article15 && c.v.Waiting() > 0 {
		out = append(out, para(c.count(kLeftReview, c.v.Waiting())))
		intro = kLeftIntro
	}
	something = len(out) > 0
	head := []document.Block{lead(c.say(intro))}
	if c.pol.TermsAreCondition {
		head = []document.Block{lead(c.say(kLeftIntroPortal, "portal", prose.Clean(c.p.Name), "organisation", prose.Clean(c.p.Organisation)))}
	}
	if c.pol.Article15 && something {
		out = append(out, para(c.say(kLeftComplain)))
	}
	return document.Section{
		ID: leftID, Title: c.sectionTitle(dossier.SectionNotIncluded), Role: document.RoleMissing,
		Blocks: append(head, out...),
	}, something
}

// leftItems is the table of what is held back and may be told: section, number,
// period, reason with the article after the plain words.
func (c *composer) leftItems() []document.Block {
	var g document.RowGroup
	for _, id := range dossier.ItemSections() {
		for _, w := range c.heldBack(id) {
			when := ""
			if !w.From.IsZero() {
				when = c.period(coarse(w.From), coarse(w.Until))
			}
			g.Rows = append(g.Rows, []document.Cell{
				cell(c.sectionTitle(id)), cell(c.number(w.Count)), cell(when), cell(c.reason(w.Ground)),
			})
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return []document.Block{heading(2, c.say(kLeftTable)), document.Table{
		Caption: c.say(kLeftTableCaption),
		Columns: []document.Column{
			{Head: c.say(kLeftSection), Weight: 3, RowHead: true}, {Head: c.say(kLeftNumber), Align: document.Right, Weight: 1},
			{Head: c.say(kLeftPeriod), Weight: 3}, {Head: c.say(kLeftReason), Weight: 5},
		},
		Groups: []document.RowGroup{g},
	}}
}

// reason is the ground in plain words with the article after it, without the
// word "reason", for a column that has it as its head.
func (c *composer) reason(g policy.Code) string {
	plain := c.groundWord(g)
	if law, ok := c.word("law", string(g)); ok {
		return unstop(plain) + " (" + law + ")."
	}
	return plain
}

// leftFiles lists files that belong to something the reader sees and could not
// be given, with the reason.
func (c *composer) leftFiles() []document.Block {
	if c.o.Media == nil || c.o.Media.MissingCount() == 0 {
		return nil
	}
	var names []string
	for _, f := range c.o.Media.Files() {
		if f.Missing != "" {
			names = append(names, c.missingFile(f))
		}
	}
	return []document.Block{heading(2, c.say(kLeftFiles)), para(c.count(kLeftFilesText, len(names))), lines(names)}
}

func (c *composer) missingFile(f media.File) string {
	name := firstOf(prose.Clean(f.Attachment.Caption), prose.Clean(f.Attachment.Name), c.say(kFileUnnamed))
	return c.say(kLeftFile, "name", name, "reason", c.missingWord(f.Missing))
}

func (c *composer) leftUnreadable() []document.Block {
	count := map[dossier.Section]int{}
	total := 0
	for _, u := range c.v.Unreadable() {
		if c.v.Has(u.Section) {
			count[u.Section] += u.Count
			total += u.Count
		}
	}
	if total == 0 {
		return nil
	}
	var names []string
	for _, p := range c.parts {
		if n := count[p.id]; n > 0 {
			names = append(names, c.count(kLeftUnreadableIn, n, "section", c.sectionTitle(p.id)))
		}
	}
	return []document.Block{heading(2, c.say(kLeftUnreadable)), para(c.count(kLeftUnreadableText, total)), lines(names)}
}

// article15 is the information of AVG art. 15(1), the organisation's texts in
// order, with the recipients that the record itself names.
func (c *composer) article15() []document.Section {
	if !c.pol.Article15 {
		return nil
	}
	s := document.Section{
		ID: string(dossier.SectionArticle15), Title: c.sectionTitle(dossier.SectionArticle15), Role: document.RoleArticle15,
		Blocks: []document.Block{lead(c.say(kArticle15Intro))},
	}
	named := false
	for _, t := range c.p.Article15 {
		blocks := c.dutch(t.Blocks)
		if en, ok := c.p.Text(t.Key, c.lang); ok && en.SHA256 != t.SHA256 {
			t.Title, blocks = en.Title, en.Blocks
		}
		s.Blocks = append(append(s.Blocks, heading(2, t.Title)), lower(blocks, 3)...)
		if recipientsText(t.Key) {
			s.Blocks = append(s.Blocks, c.recipients()...)
			named = true
		}
	}
	if !named {
		s.Blocks = append(s.Blocks, heading(2, c.say(kArticle15Recipients)))
		s.Blocks = append(s.Blocks, c.recipients()...)
	}
	return []document.Section{s}
}

// recipients are built from the record and not from a fixed sentence (RULES
// 4.2): the team, who exchanged messages, and other organisations that wrote.
func (c *composer) recipients() []document.Block {
	var team, letters, orgs []string
	for _, p := range c.parts {
		for i := range p.items {
			it := &p.items[i]
			switch p.id {
			case dossier.SectionTeam:
				team = append(team, nameOf(firstOf(it.Title, it.Author.Name)))
			case dossier.SectionMessages:
				if it.Origin != dossier.OriginClient {
					letters = append(letters, nameOf(it.Author.Name))
				}
			}
			if it.Author.Organisation != c.p.Organisation {
				orgs = append(orgs, nameOf(it.Author.Organisation))
			}
		}
	}
	var out []document.Block
	for _, part := range []struct {
		title key
		names []string
	}{{kArticle15Team, team}, {kArticle15Letters, letters}, {kArticle15Organisations, orgs}} {
		if names := distinct(part.names); len(names) > 0 {
			out = append(out, heading(3, c.say(part.title)), lines(names))
		}
	}
	if len(out) == 0 {
		return []document.Block{para(c.say(kArticle15None, "record", c.told))}
	}
	return append([]document.Block{para(c.say(kArticle15FromRecord, "record", c.told))}, out...)
}

// distinct sorts names and drops the empty and the doubled.
func distinct(names []string) []string {
	slices.SortFunc(names, cmp.Compare[string])
	names = slices.Compact(names)
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	return names
}
