package compose

import (
	"slices"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// medication tells what is used now from what was, and lists what was given.
func (c *composer) medication(items []dossier.Item) []document.Block {
	var now, past, given []*dossier.Item
	for _, it := range newestFirst(items) {
		switch {
		case strings.EqualFold(it.Kind, "toediening") && plainRow(it):
			given = append(given, it)
		case it.Status == dossier.StatusCancelled, it.Status == dossier.StatusEnteredInError, c.ended(it):
			past = append(past, it)
		default:
			now = append(now, it)
		}
	}
	out := c.titled(kMedicationNow, now)
	out = append(out, c.titled(kMedicationPast, past)...)
	if len(given) > 0 {
		out = append(out, heading(2, c.say(kMedicationGiven)), c.rows(c.say(kMedicationGivenCaption), given))
	}
	return out
}

func (c *composer) ended(it *dossier.Item) bool {
	return !it.Until.IsZero() && !it.Until.End().After(c.now())
}

// titled is a heading with entries, or nothing when there are none.
func (c *composer) titled(title key, items []*dossier.Item) []document.Block {
	if len(items) == 0 {
		return nil
	}
	out := []document.Block{heading(2, c.say(title))}
	for _, it := range items {
		out = append(out, c.entry(it))
	}
	return out
}

// appointments gives what is to come first, the next one on top; then what was.
func (c *composer) appointments(items []dossier.Item) []document.Block {
	var coming, past []*dossier.Item
	for _, it := range newestFirst(items) {
		if c.passed(it) {
			past = append(past, it)
		} else {
			coming = append(coming, it)
		}
	}
	slices.SortStableFunc(coming, func(a, b *dossier.Item) int { return a.Date.Compare(b.Date) })
	return append(c.titled(kAppointmentsComing, coming), c.titled(kAppointmentsPast, past)...)
}

// passed reports whether an appointment lies before the moment of the record. A
// day passes at its end; one without a date never passes.
func (c *composer) passed(it *dossier.Item) bool {
	end := it.Until
	if end.IsZero() {
		end = it.Date
	}
	return !end.IsZero() && !end.End().After(c.now())
}

// messages gives each conversation under its subject, the one with the newest
// message first; within it the messages run as they were sent.
func (c *composer) messages(items []dossier.Item) []document.Block {
	var order []string
	threads := map[string][]*dossier.Item{}
	for _, it := range newestFirst(items) {
		id := c.threadOf(it)
		if threads[id] == nil {
			order = append(order, id)
		}
		threads[id] = append(threads[id], it)
	}
	old := c.now().AddDate(-1, 0, 0)
	var out []document.Block
	for _, id := range order {
		thread := threads[id]
		title := c.threadTitle(id, thread)
		out = append(out, document.Heading{Level: 2, Text: title, Fold: folds(thread[0].Date, old)})
		for i := len(thread) - 1; i >= 0; i-- {
			e := c.entry(thread[i])
			if e.Title == title {
				e.Title = ""
			}
			out = append(out, e)
		}
	}
	return out
}

// threadOf is the id of the first message of an item's conversation.
func (c *composer) threadOf(it *dossier.Item) string {
	id := it.ID
	for range 64 { // a ring of references ends here
		if it.RelatesTo == "" {
			return id
		}
		id = it.RelatesTo
		next := c.links.item[id]
		if next == nil || next.Section != dossier.SectionMessages {
			return id
		}
		it = next
	}
	return id
}

func (c *composer) threadTitle(id string, thread []*dossier.Item) string {
	if first := c.links.item[id]; first != nil && first.Title != "" {
		return prose.Clean(first.Title)
	}
	for _, it := range slices.Backward(thread) {
		if it.Title != "" {
			return prose.Clean(it.Title)
		}
	}
	return c.say(kMessagesUntitled)
}

// images stands pictures together, newest first. What is more than a picture
// with a caption, or is not a picture after all, is an entry.
func (c *composer) images(items []dossier.Item) []document.Block {
	var figures document.Figures
	var out []document.Block
	for _, it := range newestFirst(items) {
		pictures, files := c.attachments(it)
		if len(files) > 0 || len(pictures) == 0 || len(it.Body) > 0 || len(c.tags(it)) > 0 || len(c.notes(it)) > 0 {
			out = append(out, c.entry(it))
			continue
		}
		for i := range pictures {
			pictures[i].Caption = text(c.pictureLine(it, &it.Attachments[i]))
		}
		figures.Items = append(figures.Items, pictures...)
	}
	if len(figures.Items) > 0 {
		out = append([]document.Block{figures}, out...)
	}
	return out
}

// pictureLine is caption, date and maker of a picture that stands by itself.
func (c *composer) pictureLine(it *dossier.Item, a *dossier.Attachment) string {
	when := a.TakenAt
	if when.IsZero() {
		when = it.Date
	}
	words := []string{firstOf(prose.Clean(a.Caption), prose.Clean(it.Title), c.say(kFilePhoto))}
	if !when.IsZero() {
		words = append(words, c.date(when))
	}
	if who := firstOf(prose.Clean(it.Author.Name), prose.Clean(it.Author.Role)); who != "" {
		words = append(words, c.say(kFileBy, "who", who))
	}
	return strings.Join(words, ", ")
}

// forms sets questions and answers in a table, one for each form.
func (c *composer) forms(items []dossier.Item) []document.Block {
	var out []document.Block
	for _, it := range newestFirst(items) {
		e := c.entry(it)
		for i, b := range e.Blocks {
			if f, ok := b.(document.Fields); ok && len(f.Items) > 1 {
				e.Blocks[i] = c.answers(f)
			}
		}
		out = append(out, e)
	}
	return out
}

func (c *composer) answers(f document.Fields) document.Table {
	t := document.Table{Caption: c.say(kFormsCaption), Columns: []document.Column{
		{Head: c.say(kFormsQuestion), Weight: 3, RowHead: true}, {Head: c.say(kFormsAnswer), Weight: 2},
	}}
	var g document.RowGroup
	for _, x := range f.Items {
		g.Rows = append(g.Rows, []document.Cell{cell(x.Label), {Text: x.Value}})
	}
	t.Groups = []document.RowGroup{g}
	return t
}

// accessLog is who has looked (Wabvpz art. 15e): when, which organisation, in
// what role, at what.
func (c *composer) accessLog(items []dossier.Item) []document.Block {
	var simple []*dossier.Item
	var out []document.Block
	for _, it := range newestFirst(items) {
		if plainRow(it) {
			simple = append(simple, it)
		} else {
			out = append(out, c.entry(it))
		}
	}
	if len(simple) == 0 {
		return out
	}
	return append([]document.Block{c.rows(c.say(kLogCaption), simple)}, out...)
}

// whoInField gives an item without the field that says who looked, and what it says.
func (c *composer) whoInField(it *dossier.Item) (*dossier.Item, []string) {
	for i, b := range it.Body {
		if b.Kind == dossier.BlockField && b.Label == c.say(kLogWho) && b.Text != "" {
			rest := *it
			rest.Body = slices.Concat(it.Body[:i], it.Body[i+1:])
			return &rest, []string{capital(prose.Clean(b.Text))}
		}
	}
	return it, nil
}

// plainRow reports whether an item fits a table row without losing anything.
func plainRow(it *dossier.Item) bool {
	return len(it.Attachments) == 0 && it.Unreadable == "" && it.Measurement == nil
}

// rows is a table of items: when, who, of which organisation, what. Where a record
// says who in a field of that name, it stands in that column.
func (c *composer) rows(caption string, items []*dossier.Item) document.Table {
	t := document.Table{Caption: caption, Columns: []document.Column{
		{Head: c.say(kLogWhen), Weight: 2}, {Head: c.say(kLogWho), Weight: 2},
		{Head: c.say(kLogWhat), Weight: 4},
	}}
	var g document.RowGroup
	for _, it := range items {
		told := c.who(it)
		if len(told) == 0 {
			it, told = c.whoInField(it)
		}
		what := text(c.itemTitle(it))
		for _, extra := range [][]document.Inline{flat(c.body(it)), text(strings.Join(append(c.tags(it), c.notes(it)...), ". "))} {
			if len(extra) == 1 && extra[0] == document.Text("") || len(extra) == 0 {
				continue
			}
			what = append(append(what, document.Break{}), extra...)
		}
		who := strings.Join(told, ", ")
		g.Rows = append(g.Rows, []document.Cell{cell(c.moment(it.Date)), cell(who), {Text: what}})
	}
	t.Groups = []document.RowGroup{g}
	return t
}
