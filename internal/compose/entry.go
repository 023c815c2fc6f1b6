package compose

import (
	"slices"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// entry is one item on the grid: when and who at the left, what at the right.
// It is right for any item of any section; sections that know better add to it.
func (c *composer) entry(it *dossier.Item) document.Entry {
	e := document.Entry{
		ID: c.links.anchor[it.ID], When: c.date(it.Date), Time: c.timeOf(it),
		Who: c.who(it), Title: c.itemTitle(it), Tags: c.tags(it), Notes: c.notes(it),
	}
	e.Blocks = c.body(it)
	e.Blocks = append(e.Blocks, c.belongsTo(it)...)
	pictures, files := c.attachments(it)
	if len(pictures) > 0 {
		e.Blocks = append(e.Blocks, document.Figures{Items: pictures})
	}
	e.Files = files
	return e
}

// timeOf is the line under the date: the time of day, or the end of the period.
func (c *composer) timeOf(it *dossier.Item) string {
	switch {
	case it.Until.IsZero():
		return c.clock(it.Date)
	case it.Date.HasTime() && it.Until.HasTime() && c.date(it.Date) == c.date(it.Until):
		times := c.say(kTimes, "from", c.bareClock(it.Date), "until", c.bareClock(it.Until))
		return c.say(kClock, "time", times)
	case it.Date.HasTime():
		return c.clock(it.Date) + ", " + c.say(kUntil, "date", c.moment(it.Until))
	}
	return c.say(kUntil, "date", c.moment(it.Until))
}

// who is the author: role, name, organisation when it is another than the
// portal's, discipline when the role does not already say it.
func (c *composer) who(it *dossier.Item) []string {
	a := it.Author
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	add(capital(prose.Clean(a.Role)))
	add(prose.Clean(a.Name))
	if !strings.EqualFold(it.Discipline, a.Role) {
		add(c.coded(prose.Clean(it.Discipline)))
	}
	if a.Organisation != c.p.Organisation {
		add(prose.Clean(a.Organisation))
	}
	if it.OnBehalfOf != "" {
		add(c.say(kEntryOnBehalf, "who", prose.Clean(it.OnBehalfOf)))
	}
	return out
}

// itemTitle is the title as the record has it; without one, the word for its kind.
func (c *composer) itemTitle(it *dossier.Item) string {
	if it.Title != "" {
		return c.coded(prose.Clean(it.Title))
	}
	return c.kindWord(it)
}

// kindWord is the reader's word for an item's kind, or the source's own.
func (c *composer) kindWord(it *dossier.Item) string {
	if it.Kind == "" {
		return ""
	}
	return c.wordOr("kind", strings.ToLower(it.Kind), capital(c.coded(prose.Clean(it.Kind))))
}

// coded explains a bare code that has no words: "code 8302-2 (zonder
// omschrijving)" (EDPB 01/2022, 5.2.3). Anything with a word in it stays.
func (c *composer) coded(s string) string {
	if !isCode(s) {
		return s
	}
	return c.say(kEntryCode, "code", s)
}

// isCode knows the shapes of SNOMED CT, LOINC and ICD-10 codes: six or more
// digits, digits with a check digit, or a letter, two digits, a point and more digits.
func isCode(s string) bool {
	digits, dashes := 0, 0
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch >= '0' && ch <= '9':
			digits++
		case ch == '-' && i == len(s)-2:
			dashes++
		case ch >= 'A' && ch <= 'Z' && i == 0, ch == '.' && i == 3:
		default:
			return false
		}
	}
	letter := s != "" && s[0] >= 'A' && s[0] <= 'Z'
	switch {
	case letter:
		return len(s) > 4 && s[3] == '.' && digits == len(s)-2 && len(s) <= 7
	case dashes == 1:
		return digits >= 4
	}
	return digits >= 6 && digits == len(s)
}

// tags are the marks that a reader must see first, in words (C10): who added
// it, what became of it.
func (c *composer) tags(it *dossier.Item) []string {
	var out []string
	if it.Alert && !slices.ContainsFunc(it.Body, func(b dossier.Block) bool { return b.Kind == dossier.BlockWarning }) {
		out = append(out, c.say(kEntryAlert))
	}
	if s := c.addedBy(it); s != "" {
		out = append(out, s)
	}
	out = append(out, c.labels(it)...)
	if it.Status != dossier.StatusFinal {
		out = append(out, c.wordOr("status", string(it.Status), capital(prose.Clean(string(it.Status)))))
	}
	if c.links.newer[it.ID] != nil && it.Status != dossier.StatusEnteredInError {
		out = append(out, c.say(kEntryReplacedTag))
	}
	return out
}

// labels say, in the archive's own copy alone, what mark an item bore and that
// the portal did not show it. Other readers' items come without.
func (c *composer) labels(it *dossier.Item) []string {
	if !c.pol.LabelsKept {
		return nil
	}
	var out []string
	for _, l := range it.Visibility.Labels {
		out = append(out, c.wordOr("label", string(l), prose.Clean(string(l))))
	}
	if it.Visibility.Portal != dossier.Yes {
		out = append(out, c.say(kEntryNotInPortal))
	}
	return out
}

func (c *composer) addedBy(it *dossier.Item) string {
	switch it.Origin {
	case dossier.OriginClient:
		return c.choose(kEntryAddedByYou, kEntryAddedByClient)
	case dossier.OriginRelative:
		return c.addedByRelative(prose.Clean(it.Author.Role))
	}
	return ""
}

// addedByRelative names the relation where the record does: "Door uw dochter
// toegevoegd" to the client, "Door een naaste toegevoegd (dochter)" to others.
func (c *composer) addedByRelative(role string) string {
	kin, known := c.word("kin", strings.ToLower(role))
	switch {
	case role == "":
		return c.say(kEntryAddedByKin)
	case known && c.own:
		return c.say(kEntryAddedByYours, "who", kin)
	case known:
		role = kin
	}
	return c.say(kEntryAddedByKinRole, "who", role)
}

// notes say what happened to the text: corrected, replaced, withdrawn, written later.
func (c *composer) notes(it *dossier.Item) []string {
	var out []string
	changed := it.RecordedAt
	if changed.IsZero() {
		changed = it.Date
	}
	if it.Supersedes != "" {
		out = append(out, c.dated(kEntryReplaced, kEntryReplacedUndated, changed))
	}
	if it.Corrects != "" {
		out = append(out, c.dated(kEntryCorrects, kEntryCorrectsUndated, changed))
	}
	if n := c.links.newer[it.ID]; n != nil {
		out = append(out, c.say(kEntryReplacedBy, "date", c.date(n.Date)))
	}
	if w, ok := c.word("statusNote", string(it.Status)); ok {
		out = append(out, w)
	}
	if late := it.RecordedAt; !late.IsZero() && it.Supersedes == "" && it.Corrects == "" && c.date(late) != c.date(it.Date) {
		out = append(out, c.say(kEntryRecorded, "when", c.when(late)))
	}
	return out
}

func (c *composer) dated(with, without key, d dossier.Date) string {
	if d.IsZero() {
		return c.say(without)
	}
	return c.say(with, "when", c.when(d))
}

// belongsTo leads to the goal or item that this one belongs to, if the reader
// may see that one too.
func (c *composer) belongsTo(it *dossier.Item) []document.Block {
	to := c.links.item[it.RelatesTo]
	if to == nil || to.Section != dossier.SectionPlan || it.Section == dossier.SectionPlan {
		return nil
	}
	in := c.inline(kEntryGoal, "ref", ref(c.links.anchor[to.ID], firstOf(c.itemTitle(to), c.say(kEntryUntitled))))
	return []document.Block{document.Para{Text: in, Small: true}}
}
